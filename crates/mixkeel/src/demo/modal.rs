//! Struck things: a sum of decaying partials, eight at a time.

use std::f64::consts::PI;

/// One partial of a struck body.
#[derive(Clone, Copy, Debug)]
pub(super) struct Mode {
    /// Its frequency in Hz.
    pub freq_hz: f64,
    /// Its amplitude at the strike.
    pub level: f64,
    /// The time in seconds in which it falls by 60 dB.
    pub decay_s: f64,
}

/// Partials computed side by side, so that their recurrences do not wait for each other.
const LANES: usize = 8;

/// A partial is left out once it is this far below its start (10^(-4.5) is −90 dB).
const FLOOR: f64 = 4.5;

/// Partials above this share of the rate are left out: nothing folds back.
const HIGHEST: f64 = 0.45;

/// Adds the ringing of `modes` to `line` from frame `start`, for at most `length` frames.
///
/// Each partial is the recurrence y(n) = 2r·cos(w)·y(n-1) − r²·y(n-2), which needs no sine per sample. It starts as a
/// sine, so a strike begins without a step.
pub(super) fn strike(line: &mut [f64], start: usize, length: usize, modes: &[Mode], rate_hz: u32) {
    let rate = f64::from(rate_hz);
    let Some(line) = line.get_mut(start..) else { return };
    for group in modes.chunks(LANES) {
        let (mut y1, mut y2) = ([0.0; LANES], [0.0; LANES]);
        let (mut c1, mut c2) = ([0.0; LANES], [0.0; LANES]);
        let mut longest = 0.0f64;
        for (lane, mode) in group.iter().enumerate() {
            if mode.freq_hz > HIGHEST * rate {
                continue;
            }
            let w = 2.0 * PI * mode.freq_hz / rate;
            let r = libm::exp10(-3.0 / (mode.decay_s * rate));
            c1[lane] = 2.0 * r * libm::cos(w);
            c2[lane] = r * r;
            // y(0) = 0 and y(1) = level · sin(w) · r: a sine that starts at zero.
            y1[lane] = 0.0;
            y2[lane] = -mode.level * libm::sin(w) / r;
            longest = longest.max(mode.decay_s);
        }
        let frames = ((longest * rate * FLOOR / 3.0) as usize).min(length).min(line.len());
        for sample in line.iter_mut().take(frames) {
            let mut sum = [0.0; LANES];
            for lane in 0..LANES {
                let y = c1[lane] * y1[lane] - c2[lane] * y2[lane];
                y2[lane] = y1[lane];
                y1[lane] = y;
                sum[lane] = y;
            }
            *sample += ((sum[0] + sum[4]) + (sum[1] + sum[5])) + ((sum[2] + sum[6]) + (sum[3] + sum[7]));
        }
    }
}
