//! Takes every n-th frame of what lies low, so that the deep bands can be told apart with short transforms.

use mixkeel_dsp::kernels::windowed_sinc::{WindowedSinc, half_width_frames};
use rustfft::num_complex::Complex;

/// How far aliases lie below what they come from. Ours: with it the deepest band is right in any signal whose treble is
/// less than 90 dB above its bass.
const STOP_DB: f64 = 100.0;

/// A linear-phase low-pass that gives one frame for every `factor` frames.
pub(crate) struct Decimator {
    factor: usize,
    taps: Vec<f32>,
    left: Vec<f32>,
    right: Vec<f32>,
}

impl Decimator {
    /// What lies below `keep_hz` comes out free of aliases.
    pub(crate) fn new(rate_hz: u32, factor: usize, keep_hz: f64) -> Self {
        let taps = if factor <= 1 { vec![1.0] } else { low_pass(rate_hz, factor, keep_hz) };
        let held = vec![0.0; taps.len() - 1];
        Self { factor: factor.max(1), taps, left: held.clone(), right: held }
    }

    /// Frames by which what comes out is late, counted in frames of what goes in.
    pub(crate) fn delay_frames(&self) -> usize {
        self.taps.len() / 2
    }

    /// The gain in power at a frequency, to be divided out again.
    pub(crate) fn power_gain(&self, freq_hz: f64, rate_hz: u32) -> f64 {
        let turn = 2.0 * std::f64::consts::PI * freq_hz / f64::from(rate_hz.max(1));
        let middle = (self.taps.len() / 2) as f64;
        let taps = self.taps.iter().enumerate();
        let sum: f64 = taps.map(|(n, &tap)| f64::from(tap) * libm::cos(turn * (n as f64 - middle))).sum();
        sum * sum
    }

    /// Frames in; `out` gets what they complete.
    pub(crate) fn push(&mut self, left: &[f32], right: &[f32], out: &mut Vec<Complex<f32>>) {
        self.left.extend_from_slice(left);
        self.right.extend_from_slice(right);
        let length = self.taps.len();
        let ready = (self.left.len() + self.factor).saturating_sub(length) / self.factor;
        let starts = self.left.windows(length).zip(self.right.windows(length)).step_by(self.factor);
        out.extend(
            starts.map(|(left, right)| Complex::new(weighted(&self.taps, left), weighted(&self.taps, right))),
        );
        let done = (ready * self.factor).min(self.left.len());
        self.left.drain(..done);
        self.right.drain(..done);
    }
}

fn low_pass(rate_hz: u32, factor: usize, keep_hz: f64) -> Vec<f32> {
    let nyquist_hz = f64::from(rate_hz) / 2.0;
    let alias_hz = f64::from(rate_hz) / factor as f64 - keep_hz;
    let half = half_width_frames(STOP_DB, (alias_hz - keep_hz) / nyquist_hz);
    let shape = WindowedSinc::new((alias_hz + keep_hz) / 2.0 / nyquist_hz, half, STOP_DB);
    let reach = libm::ceil(half) as i32;
    (-reach..=reach).map(|frame| shape.at(f64::from(frame)) as f32).collect()
}

/// A sum of products in eight lanes: the order is fixed, and the lanes keep the adder busy.
fn weighted(taps: &[f32], samples: &[f32]) -> f32 {
    let mut lanes = [0.0_f32; 8];
    let (whole_taps, whole) = (taps.chunks_exact(8), samples.chunks_exact(8));
    let rest: f32 = whole_taps.remainder().iter().zip(whole.remainder()).map(|(tap, x)| tap * x).sum();
    for (taps, samples) in whole_taps.zip(whole) {
        for ((lane, tap), x) in lanes.iter_mut().zip(taps).zip(samples) {
            *lane += tap * x;
        }
    }
    lanes.iter().sum::<f32>() + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kept(rate_hz: u32, factor: usize, freq_hz: f64) -> f64 {
        let wave: Vec<f32> = (0..rate_hz as usize)
            .map(|n| libm::sin(2.0 * std::f64::consts::PI * freq_hz * n as f64 / f64::from(rate_hz)) as f32)
            .collect();
        let mut decimator = Decimator::new(rate_hz, factor, 570.0);
        let mut out = Vec::new();
        for (n, part) in wave.chunks(333).enumerate() {
            decimator.push(part, &wave[n * 333..n * 333 + part.len()], &mut out);
        }
        assert_eq!(out.len(), wave.len().div_ceil(factor));
        assert!(out.iter().all(|z| z.re == z.im));
        let settled = &out[out.len() / 4..];
        settled.iter().map(|z| f64::from(z.re).powi(2)).sum::<f64>() * 2.0 / settled.len() as f64
    }

    #[test]
    fn what_is_low_is_kept_as_stated_and_what_would_fold_onto_it_is_gone() {
        for (rate, factor) in [(44_100, 16), (48_000, 16), (8_000, 4), (192_000, 64)] {
            let decimator = Decimator::new(rate, factor, 570.0);
            for freq in [31.0, 200.0, 560.0] {
                let stated = decimator.power_gain(freq, rate);
                assert!((kept(rate, factor, freq) / stated - 1.0).abs() < 0.01, "{rate} {freq}");
                assert!(stated > 0.99 && stated < 1.01, "{rate} {freq} {stated}");
            }
            let folds_hz = f64::from(rate) / factor as f64 - 300.0;
            assert!(kept(rate, factor, folds_hz) < 1e-9, "{rate}");
        }
    }
}
