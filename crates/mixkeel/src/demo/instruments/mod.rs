//! The instruments: how each thing makes its sound. One a file.

pub(super) mod bass;
pub(super) mod click;
pub(super) mod cymbals;
pub(super) mod guitar;
pub(super) mod kick;
pub(super) mod pad;
pub(super) mod piano;
pub(super) mod riser;
pub(super) mod snare;
pub(super) mod string;
pub(super) mod tambourine;
pub(super) mod toms;
