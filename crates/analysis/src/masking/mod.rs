//! How loud each sound is within the others, and who covers whom.

pub(crate) mod ear;
mod phon;
mod roex;
mod specific;
mod steady;
mod table;

pub use ear::Field;
pub use phon::{SONE_OF_PHON, phon_from_sone};
pub use steady::{Component, loudness_sone, partial_loudness_sone};
