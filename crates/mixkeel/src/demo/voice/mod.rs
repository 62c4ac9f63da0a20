//! The singers: a tune and its words become air.
//!
//! [`performance`] decides what is sung when (sounds, pitch, loudness, breath), [`tract`] turns it into sound with a
//! glottis, a vocal tract and noise at the lips, [`phones`] says what each sound is, [`singers`] who sings.

pub(super) mod performance;
mod phones;
pub(super) mod singers;
mod tract;
