//! How a sound moves: levels over time, attacks, and what compressors and limiters have left behind.

mod cells;
mod envelope;
mod histogram;
mod meter;
mod onsets;
mod printed;

pub use envelope::Envelope;
pub use histogram::LevelHistogram;
pub(crate) use meter::median;
pub use meter::{DynamicsMeter, DynamicsReading};
pub use onsets::Onset;
pub use printed::{Printed, Sureness};
