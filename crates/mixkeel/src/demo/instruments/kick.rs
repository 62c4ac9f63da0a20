//! The kick: a head whose pitch falls, and the beater that hits it.

use std::f64::consts::PI;

use super::super::filters::Biquad;
use super::super::noise::Noise;

/// The pitch to which the head settles, in Hz. Ours: 52 Hz is a 22-inch drum tuned low.
const SETTLED_HZ: f64 = 52.0;
/// How far above that it starts when hit hardest, in Hz.
const BEND_HZ: f64 = 105.0;
/// The time constant of the fall, in seconds.
const BEND_S: f64 = 0.028;

/// Adds one hit of the head. `velocity` is 0 to 1.
pub(in crate::demo) fn head(line: &mut [f64], start: usize, velocity: f64, rate_hz: u32) {
    let rate = f64::from(rate_hz);
    let Some(line) = line.get_mut(start..) else { return };
    let fall = libm::exp(-1.0 / (BEND_S * rate));
    let decay = libm::exp(-1.0 / (0.105 * rate));
    let (mut bend, mut level) = (BEND_HZ * velocity, velocity);
    // The phasor turns by a small angle each frame. Its sine and cosine come from two and three terms of their series:
    // the angle stays under 0.03, where they are exact to 1e-10, and dividing by the length keeps the circle round.
    let (mut c, mut s) = (1.0, 0.0);
    for (index, sample) in line.iter_mut().take((0.75 * rate) as usize).enumerate() {
        let angle = 2.0 * PI * (SETTLED_HZ + bend) / rate;
        let square = angle * angle;
        let (turn_c, turn_s) = (1.0 - square / 2.0 + square * square / 24.0, angle * (1.0 - square / 6.0));
        (c, s) = (c * turn_c - s * turn_s, c * turn_s + s * turn_c);
        let length = (c * c + s * s).sqrt();
        (c, s) = (c / length, s / length);
        // The first millisecond is faded in, as a head moves: no click that no microphone hears.
        let rise = (index as f64 / (0.001 * rate)).min(1.0);
        *sample += s * level * rise;
        bend *= fall;
        level *= decay;
    }
}

/// Adds one stroke of the beater: a short knock around 3 kHz, harder strokes brighter.
pub(in crate::demo) fn beater(
    line: &mut [f64],
    start: usize,
    velocity: f64,
    noise: &mut Noise,
    rate_hz: u32,
) {
    let rate = f64::from(rate_hz);
    let Some(line) = line.get_mut(start..) else { return };
    let mut body = Biquad::bandpass(2400.0 + 1500.0 * velocity, 0.8, rate_hz);
    let mut wood = Biquad::bandpass(900.0, 1.5, rate_hz);
    let decay = libm::exp(-1.0 / (0.0045 * rate));
    let mut level = velocity * velocity;
    for sample in line.iter_mut().take((0.05 * rate) as usize) {
        let hit = noise.white() * level;
        *sample += body.next(hit) + 0.8 * wood.next(hit);
        level *= decay;
    }
}
