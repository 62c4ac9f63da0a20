//! How wide a sound is, how it is balanced, and what is left of it in mono.

mod reading;

pub use reading::{BandStereo, MomentStereo, StereoReading};
