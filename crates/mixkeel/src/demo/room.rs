//! The room around the kit: a small feedback network, as wooden as a rehearsal room.

use super::filters::OnePole;

/// Lengths of the four paths in seconds: no common divisor worth hearing. Ours, for a room of about 5 by 7 metres.
const PATHS_S: [f64; 4] = [0.0137, 0.0191, 0.0233, 0.0297];
/// The time in which the room falls by 60 dB, in seconds.
const DECAY_S: f64 = 0.55;
/// Where its walls begin to swallow highs, in Hz.
const SOFT_HZ: f64 = 4200.0;

/// Adds the reverberation of what is on the line to it, at this gain for each path.
pub(super) fn add(line: &mut [f64], gain: f64, rate_hz: u32) {
    let rate = f64::from(rate_hz);
    let mut paths: Vec<(Vec<f64>, usize, f64, OnePole)> = PATHS_S
        .iter()
        .map(|seconds| {
            let frames = (seconds * rate) as usize;
            let keep = libm::exp10(-3.0 * seconds / DECAY_S);
            (vec![0.0; frames.max(1)], 0, keep, OnePole::lowpass(SOFT_HZ, rate_hz))
        })
        .collect();
    for sample in line {
        let mut out = [0.0; 4];
        for (value, (buffer, at, keep, soft)) in out.iter_mut().zip(&mut paths) {
            *value = *keep * soft.next(buffer[*at]);
        }
        // Householder's reflection mixes the paths and keeps their energy (J.-M. Jot, AES 1991).
        let half = (out[0] + out[1] + out[2] + out[3]) / 2.0;
        for (value, (buffer, at, _, _)) in out.iter().zip(&mut paths) {
            buffer[*at] = *sample + value - half;
            *at = if *at + 1 == buffer.len() { 0 } else { *at + 1 };
        }
        *sample += gain * (out[0] - out[1] + out[2] - out[3]);
    }
}
