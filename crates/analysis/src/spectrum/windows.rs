//! Both channels through one Fourier transform, in windows that overlap by half, four of them at once.

use std::array::from_fn;
use std::sync::Arc;

use rustfft::num_complex::Complex;
use rustfft::{Fft, FftPlannerScalar};

use crate::four::{FOUR, Four};

/// Windows of the shape sin(π/2 · sin²(πn/N)) (Vorbis I specification, 1.3.2). Their squares add up to one wherever two
/// overlap, so that every frame counts once and a single hit has its energy wherever it falls; and, unlike those of a
/// sine's half wave, which do so too, their side lobes fall steeply enough for a class 1 filter bank.
pub(crate) struct Windows {
    fft: Arc<dyn Fft<Four>>,
    shape: Vec<f32>,
    /// As many frames as four windows cover.
    held: Vec<Complex<f32>>,
    filled: usize,
    work: Vec<Complex<Four>>,
    scratch: Vec<Complex<Four>>,
    given: Vec<Complex<f32>>,
}

impl Windows {
    /// Windows of `length` frames (even, two or more), the first of which begins `before` frames before the signal.
    pub(crate) fn new(length: usize, before: usize) -> Self {
        let fft = FftPlannerScalar::new().plan_fft_forward(length);
        // Scaled so that half the squares of 2L and 2R, taken over the positive frequencies, are the energy.
        let scale = 1.0 / (2.0 * length as f64).sqrt();
        let shape = (0..length)
            .map(|n| {
                let rise = libm::sin(std::f64::consts::PI * (n as f64 + 0.5) / length as f64);
                (libm::sin(std::f64::consts::FRAC_PI_2 * rise * rise) * scale) as f32
            })
            .collect();
        Self {
            shape,
            held: vec![Complex::default(); length + (FOUR - 1) * (length / 2)],
            filled: before.min(length.saturating_sub(1)),
            work: vec![Complex::default(); length],
            scratch: vec![Complex::default(); fft.get_inplace_scratch_len()],
            given: vec![Complex::default(); length],
            fft,
        }
    }

    /// Takes frames (left as the real part, right as the imaginary) and gives `each` the transform of windows that they
    /// fill, in order; `None` for a window of zeros. Up to three wait for those that follow.
    pub(crate) fn push(&mut self, frames: &[Complex<f32>], mut each: impl FnMut(Option<&[Complex<f32>]>)) {
        let mut rest = frames;
        while !rest.is_empty() {
            let (now, later) = rest.split_at(rest.len().min(self.held.len() - self.filled));
            self.held.iter_mut().skip(self.filled).zip(now).for_each(|(place, frame)| *place = *frame);
            self.filled += now.len();
            rest = later;
            if self.filled == self.held.len() {
                self.give(FOUR, &mut each);
            }
        }
    }

    /// Gives the windows that are full and still wait.
    pub(crate) fn finish(&mut self, mut each: impl FnMut(Option<&[Complex<f32>]>)) {
        let (length, half) = (self.shape.len(), self.shape.len() / 2);
        if self.filled >= length {
            self.give((self.filled - length) / half + 1, &mut each);
        }
    }

    /// Gives so many windows from what is held, four at most.
    fn give(&mut self, count: usize, each: &mut impl FnMut(Option<&[Complex<f32>]>)) {
        let (length, half) = (self.shape.len(), self.shape.len() / 2);
        let windows: [&[Complex<f32>]; FOUR] = from_fn(|n| &self.held[n * half..n * half + length]);
        let is_silent = |window: &[Complex<f32>]| window.iter().all(|z| z.re == 0.0 && z.im == 0.0);
        let silent = windows.map(is_silent);
        if silent.iter().take(count).any(|silent| !silent) {
            for (n, (place, weight)) in self.work.iter_mut().zip(&self.shape).enumerate() {
                let frames = windows.map(|window| window[n]);
                *place =
                    Complex::new(Four(frames.map(|z| z.re)) * *weight, Four(frames.map(|z| z.im)) * *weight);
            }
            self.fft.process_with_scratch(&mut self.work, &mut self.scratch);
        }
        for (lane, silent) in silent.into_iter().enumerate().take(count) {
            if silent {
                each(None);
                continue;
            }
            for (given, z) in self.given.iter_mut().zip(&self.work) {
                *given = Complex::new(z.re.0[lane], z.im.0[lane]);
            }
            each(Some(&self.given));
        }
        self.held.copy_within(count * half..self.filled, 0);
        self.filled -= count * half;
    }
}
