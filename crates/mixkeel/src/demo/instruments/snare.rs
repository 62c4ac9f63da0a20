//! The snare: two modes of the head, overtones that die at once, and the wires under it.

use super::super::filters::Biquad;
use super::super::modal::{Mode, strike};
use super::super::noise::Noise;

/// The modes of the struck head: frequency (Hz), level, decay (s). Ours: a 14-inch drum with its lowest mode at 192 Hz;
/// the ratios are those of an ideal membrane (1, 1.59, 2.14, 2.30, 2.65, 2.92; Fletcher & Rossing, "The Physics of
/// Musical Instruments", §3.6), the lowest raised by the air inside.
const MODES: [(f64, f64, f64); 6] = [
    (192.0, 1.0, 0.22),
    (305.0, 0.55, 0.16),
    (411.0, 0.25, 0.11),
    (442.0, 0.22, 0.10),
    (509.0, 0.15, 0.08),
    (561.0, 0.12, 0.07),
];

/// Adds the head of one stroke.
pub(in crate::demo) fn head(line: &mut [f64], start: usize, velocity: f64, noise: &mut Noise, rate_hz: u32) {
    let modes = MODES.map(|(freq_hz, level, decay_s)| Mode {
        freq_hz: freq_hz * (1.0 + 0.004 * noise.human() + 0.02 * velocity),
        level: level * velocity * (1.0 + 0.1 * noise.human()),
        decay_s: decay_s * (0.8 + 0.4 * velocity),
    });
    strike(line, start, usize::MAX, &modes, rate_hz);
    // The stick: a knock of 3 ms.
    let rate = f64::from(rate_hz);
    let Some(line) = line.get_mut(start..) else { return };
    let mut stick = Biquad::bandpass(1400.0 + 1800.0 * velocity, 0.7, rate_hz);
    let decay = libm::exp(-1.0 / (0.003 * rate));
    let mut level = 1.6 * velocity * velocity;
    for sample in line.iter_mut().take((0.04 * rate) as usize) {
        *sample += stick.next(noise.white() * level);
        level *= decay;
    }
}

/// Adds the wires of one stroke: noise that starts a moment later, when the wave has crossed the drum, and that a soft
/// stroke hardly excites for long.
pub(in crate::demo) fn wires(line: &mut [f64], start: usize, velocity: f64, noise: &mut Noise, rate_hz: u32) {
    let rate = f64::from(rate_hz);
    let Some(line) = line.get_mut(start + (0.0006 * rate) as usize..) else { return };
    let mut low = Biquad::highpass(1300.0, 0.7, rate_hz);
    let mut high = Biquad::lowpass(7000.0 + 6000.0 * velocity, 0.7, rate_hz);
    let mut body = Biquad::bell(4200.0, 0.8, 5.0, rate_hz);
    let fast = libm::exp(-1.0 / (0.018 * rate));
    let slow = libm::exp(-1.0 / ((0.045 + 0.05 * velocity) * rate));
    let (mut first, mut rest) = (0.7 * velocity, 0.5 * velocity);
    for (index, sample) in line.iter_mut().take((0.5 * rate) as usize).enumerate() {
        let rise = (index as f64 / (0.0008 * rate)).min(1.0);
        *sample += body.next(high.next(low.next(noise.white() * (first + rest) * rise)));
        first *= fast;
        rest *= slow;
    }
}
