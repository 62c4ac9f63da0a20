//! What a sound is made of: energies by third octave, over all of it and over any span of time.

mod contour;
mod decimate;
mod meter;
mod pair;
mod resolution;
mod sums;
pub mod third_octave;
mod windows;

pub use contour::{Contour, Span};
pub use meter::{SpectrumMeter, SpectrumReading};
pub use pair::Pair;
pub use sums::Sums;
