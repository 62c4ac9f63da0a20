//! What processors of dynamics hear and decide by: levels, gain computers, ballistics, and maxima over a window.
//!
//! The order of Giannoulis, Massberg and Reiss ("Digital Dynamic Range Compressor Design: A Tutorial and Analysis", JAES
//! 60(6), 2012) throughout: a level in dB, a [`GainComputer`] that says by how much to turn down, [`Ballistics`] that smooth
//! this in dB, and one exponential a sample. Levels and decisions are `f32` and elementwise, so they vectorise along time;
//! what is recursive is `f64` in `C` lanes, one a channel, each equal to what one lane alone gives.

mod ahead;
mod ballistics;
mod gain_computer;
mod key_filter;
mod levels;
mod reducer;
mod side_chain;
mod sliding_max;

pub use ahead::Ahead;
pub use ballistics::{Ballistics, Follower, FollowerTiming, Mean, SLOW_RELEASES, Timing, retained};
pub use gain_computer::GainComputer;
pub use key_filter::{Key, KeyFilter};
pub use levels::{filtered, louder_peaks_db, means_db, peaks_db};
pub use reducer::{Cell, Reducer, Reducing, meet};
pub use side_chain::{hear, listen_along};
pub use sliding_max::SlidingMax;

/// For how many of its slowest time constants something that follows levels is changed by what it has heard: after ten, 24 dB
/// are a thousandth of a dB.
pub const REMEMBERED: f64 = 10.0;
