//! The Fourier transform of real samples, with the same bits on every machine.
//!
//! A row of N real samples is transformed as N/2 complex ones and turned apart afterwards, at half the work. The plans are
//! scalar: faster ones round differently from one processor to the next.

use std::sync::Arc;

use rustfft::num_complex::Complex;
use rustfft::{Fft, FftPlannerScalar};

/// A transform of one even length and back. Allocates when made, never after.
pub struct RealFft {
    frames: usize,
    forward: Arc<dyn Fft<f32>>,
    inverse: Arc<dyn Fft<f32>>,
    /// e^(−2πi·k/N), k from 0 to N/2.
    turns: Vec<Complex<f32>>,
    scratch: Vec<Complex<f32>>,
}

impl std::fmt::Debug for RealFft {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RealFft").field("frames", &self.frames).finish_non_exhaustive()
    }
}

impl RealFft {
    /// For so many samples: made even, at least 2.
    pub fn new(frames: usize) -> Self {
        let frames = (frames.max(2) + 1) & !1;
        let half = frames / 2;
        let mut planner = FftPlannerScalar::new();
        let (forward, inverse) = (planner.plan_fft_forward(half), planner.plan_fft_inverse(half));
        let scratch = forward.get_inplace_scratch_len().max(inverse.get_inplace_scratch_len());
        let turn = |bin: usize| {
            let (sin, cos) = libm::sincos(-2.0 * std::f64::consts::PI * bin as f64 / frames as f64);
            Complex::new(cos as f32, sin as f32)
        };
        Self {
            frames,
            forward,
            inverse,
            turns: (0..=half).map(turn).collect(),
            scratch: vec![Complex::default(); scratch],
        }
    }

    /// Samples of one row.
    pub fn frames(&self) -> usize {
        self.frames
    }

    /// Bins of one spectrum, from 0 Hz to half the rate, both included.
    pub fn bins(&self) -> usize {
        self.frames / 2 + 1
    }

    /// The spectrum of a row: bin k is the sum over n of x(n)·e^(−2πi·k·n/N). Rows of another length give nothing.
    pub fn forward(&mut self, row: &[f32], spectrum: &mut [Complex<f32>]) {
        let half = self.frames / 2;
        if row.len() != self.frames || spectrum.len() != half + 1 {
            return;
        }
        for (bin, pair) in spectrum.iter_mut().zip(row.chunks_exact(2)) {
            *bin = Complex::new(pair[0], pair[1]);
        }
        self.forward.process_with_scratch(&mut spectrum[..half], &mut self.scratch);
        // Even and odd samples, turned apart; bin 0 stands for its own mirror image at the end.
        spectrum[half] = spectrum[0];
        for bin in 0..=half / 2 {
            let (a, b) = (spectrum[bin], spectrum[half - bin]);
            spectrum[bin] = apart(a, b, self.turns[bin]);
            spectrum[half - bin] = apart(b, a, self.turns[half - bin]);
        }
    }

    /// The row of a spectrum, scaled so that [`forward`](Self::forward) and back is the row itself. The spectrum is used up.
    /// Imaginary parts of the first and the last bin are of no account.
    pub fn inverse(&mut self, spectrum: &mut [Complex<f32>], row: &mut [f32]) {
        let half = self.frames / 2;
        if row.len() != self.frames || spectrum.len() != half + 1 {
            return;
        }
        spectrum[0].im = 0.0;
        spectrum[half].im = 0.0;
        for bin in 0..=half / 2 {
            let (a, b) = (spectrum[bin], spectrum[half - bin]);
            spectrum[bin] = together(a, b, self.turns[bin]);
            spectrum[half - bin] = together(b, a, self.turns[half - bin]);
        }
        self.inverse.process_with_scratch(&mut spectrum[..half], &mut self.scratch);
        let scale = 1.0 / self.frames as f32;
        for (bin, pair) in spectrum.iter().zip(row.chunks_exact_mut(2)) {
            pair[0] = bin.re * scale;
            pair[1] = bin.im * scale;
        }
    }
}

/// One bin of the real transform, from the bin of the packed one and its mirror image.
#[inline(always)]
fn apart(bin: Complex<f32>, mirror: Complex<f32>, turn: Complex<f32>) -> Complex<f32> {
    let even = (bin + mirror.conj()) * 0.5;
    let odd = (bin - mirror.conj()) * 0.5;
    even + turn * Complex::new(odd.im, -odd.re)
}

/// Twice one bin of the packed transform, from the bin of the real one and its mirror image.
#[inline(always)]
fn together(bin: Complex<f32>, mirror: Complex<f32>, turn: Complex<f32>) -> Complex<f32> {
    let even = bin + mirror.conj();
    let odd = (bin - mirror.conj()) * turn.conj();
    even + Complex::new(-odd.im, odd.re)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(frames: usize) -> Vec<f32> {
        let mut state = 7_u64;
        (0..frames)
            .map(|_| {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                (state >> 40) as f32 / (1 << 23) as f32 - 1.0
            })
            .collect()
    }

    #[test]
    fn it_is_the_sum_that_defines_it() {
        for frames in [2, 4, 6, 16, 30, 512] {
            let mut fft = RealFft::new(frames);
            let row = row(frames);
            let mut spectrum = vec![Complex::default(); fft.bins()];
            fft.forward(&row, &mut spectrum);
            for (k, bin) in spectrum.iter().enumerate() {
                let (mut re, mut im) = (0.0, 0.0);
                for (n, sample) in row.iter().enumerate() {
                    let (sin, cos) =
                        libm::sincos(-2.0 * std::f64::consts::PI * ((k * n) % frames) as f64 / frames as f64);
                    re += f64::from(*sample) * cos;
                    im += f64::from(*sample) * sin;
                }
                // A handful of roundings of sums that grow as the root of the length.
                let allowed = 2e-6 * (frames as f64).sqrt();
                assert!((f64::from(bin.re) - re).abs() < allowed, "{frames}: {k}");
                assert!((f64::from(bin.im) - im).abs() < allowed, "{frames}: {k}");
            }
        }
    }

    #[test]
    fn there_and_back_is_the_row_itself() {
        for frames in [2, 6, 64, 2_048] {
            let mut fft = RealFft::new(frames);
            let row = row(frames);
            let mut spectrum = vec![Complex::default(); fft.bins()];
            let mut back = vec![0.0; frames];
            fft.forward(&row, &mut spectrum);
            fft.inverse(&mut spectrum, &mut back);
            let worst = row.iter().zip(&back).fold(0.0_f32, |worst, (a, b)| worst.max((a - b).abs()));
            assert!(worst < 1e-6, "{frames}: {worst}");
        }
    }
}
