//! The faults people's folders have, and the little noise every preamplifier adds.

use super::noise::Noise;

/// By how much the room microphone was written too late, in seconds: a second converter with a buffer of its own.
pub(super) const LATE_S: f64 = 0.025;
/// By how much the bass amplifier is behind the direct signal, in seconds: its microphone stands 0.6 m away and its
/// amplifier is a digital one.
pub(super) const AMPLIFIER_LATE_S: f64 = 0.0042;

/// Moves a line back in time by whole frames; what leaves the end is lost, as in a recorder.
pub(super) fn late(line: &mut [f64], seconds: f64, rate_hz: u32) {
    let frames = libm::round(seconds * f64::from(rate_hz)).max(0.0) as usize;
    if frames == 0 || frames >= line.len() {
        return;
    }
    line.copy_within(..line.len() - frames, frames);
    line[..frames].fill(0.0);
}

/// Adds the hiss of a preamplifier at this level in dB RMS.
pub(super) fn hiss(line: &mut [f64], level_db: f64, stream: u64) {
    let mut noise = Noise::new(91, stream);
    // White noise evenly spread in ±1 has an RMS of 1/√3.
    let gain = mixkeel_dsp::units::gain_from_db(level_db) * 3.0f64.sqrt();
    line.iter_mut().for_each(|sample| *sample += gain * noise.white());
}
