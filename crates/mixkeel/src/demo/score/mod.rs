//! The song on paper: "Harbour Light". A reader can read the tune here; nothing in this folder makes sound.

pub(super) mod form;
pub(super) mod groove;
pub(super) mod harmony;
pub(super) mod lines;
pub(super) mod melody;
pub(super) mod tempo;
