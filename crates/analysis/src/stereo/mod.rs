//! How wide a sound is, how it is balanced, and what is left of it in mono.

mod delay;
mod reading;

pub use delay::ChannelDelay;
pub use reading::{BandStereo, MomentStereo, StereoReading};
