//! The shape of everything that measures.

use mixkeel_dsp::block::{Channels, Signal};

/// Something that measures a signal as it streams past.
///
/// Laws, kept by the tests of this crate: the reading does not depend on how the signal was cut into blocks; a sample
/// that is not finite counts as zero; after [`prepare`](Meter::prepare) nothing of an earlier signal is left.
pub trait Meter {
    /// What comes out.
    type Reading;

    /// Starts afresh for a signal of this rate and this many channels. May allocate.
    fn prepare(&mut self, rate_hz: u32, channels: Channels);

    /// The next frames. A mono signal given where stereo was announced counts as the same sound on both sides; the
    /// right side of a stereo signal given where mono was announced is not heard.
    fn push(&mut self, signal: &Signal);

    /// What was measured from [`prepare`](Meter::prepare) to here. Ends the measurement: prepare again before the next.
    fn finish(&mut self) -> Self::Reading;
}

/// A sample, or zero where it is not a number or not finite.
pub(crate) fn finite(sample: f32) -> f32 {
    if sample.is_finite() { sample } else { 0.0 }
}

/// The loudest sample that is told from louder ones: 180 dB over full scale. Sums and squares of such samples stay within
/// the range of `f32`.
const LOUDEST: f32 = 1e9;

/// A sample no louder than [`LOUDEST`], or zero where it is not a number or not finite.
pub(crate) fn bounded(sample: f32) -> f32 {
    finite(sample).clamp(-LOUDEST, LOUDEST)
}
