//! How much room is already in a sound: decay time and direct-to-reverberant ratio, guessed without knowing the source.

mod decays;
mod envelope;
mod meter;

pub use meter::{Estimate, SpaceMeter, SpaceReading};
