//! What a sound is made of: energies by third octave and by ERB, over all of it and over any span of time; and what can
//! be said of them: tilt, distance from records, regions that build up, what rings, what hisses.

mod bursts;
mod contour;
mod decimate;
pub mod erb_bands;
mod fine;
mod meter;
mod pair;
pub mod records;
pub mod regions;
mod resolution;
pub mod resonances;
mod sums;
pub mod third_octave;
mod tilt;
mod windows;

pub use bursts::{Burst, Bursts, Sibilance};
pub use contour::{Contour, Span};
pub(crate) use decimate::Decimator;
pub use fine::Fine;
pub use meter::{SpectrumMeter, SpectrumReading};
pub use pair::Pair;
pub(crate) use resolution::Cross;
pub use resonances::Resonance;
pub use sums::Sums;
