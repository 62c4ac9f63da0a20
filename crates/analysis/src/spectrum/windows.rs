//! Both channels through one Fourier transform, in windows that overlap by half.

use std::sync::Arc;

use rustfft::num_complex::Complex;
use rustfft::{Fft, FftPlannerScalar};

/// Windows of the shape sin(π/2 · sin²(πn/N)) (Vorbis I specification, 1.3.2). Their squares add up to one wherever two
/// overlap, so that every frame counts once and a single hit has its energy wherever it falls; and, unlike those of a
/// sine's half wave, which do so too, their side lobes fall steeply enough for a class 1 filter bank.
pub(crate) struct Windows {
    fft: Arc<dyn Fft<f32>>,
    shape: Vec<f32>,
    held: Vec<Complex<f32>>,
    filled: usize,
    work: Vec<Complex<f32>>,
    scratch: Vec<Complex<f32>>,
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
            held: vec![Complex::default(); length],
            filled: before.min(length.saturating_sub(1)),
            work: vec![Complex::default(); length],
            scratch: vec![Complex::default(); fft.get_inplace_scratch_len()],
            fft,
        }
    }

    /// Takes frames (left as the real part, right as the imaginary) and gives `each` the transform of every window they
    /// fill; `None` for a window of zeros.
    pub(crate) fn push(&mut self, frames: &[Complex<f32>], mut each: impl FnMut(Option<&[Complex<f32>]>)) {
        let mut rest = frames;
        while !rest.is_empty() {
            let (now, later) = rest.split_at(rest.len().min(self.held.len() - self.filled));
            self.held.iter_mut().skip(self.filled).zip(now).for_each(|(place, frame)| *place = *frame);
            self.filled += now.len();
            rest = later;
            if self.filled == self.held.len() {
                each(self.transformed());
                let half = self.held.len() / 2;
                self.held.copy_within(half.., 0);
                self.filled = self.held.len() - half;
            }
        }
    }

    fn transformed(&mut self) -> Option<&[Complex<f32>]> {
        if self.held.iter().all(|z| z.re == 0.0 && z.im == 0.0) {
            return None;
        }
        for ((place, frame), weight) in self.work.iter_mut().zip(&self.held).zip(&self.shape) {
            *place = *frame * *weight;
        }
        self.fft.process_with_scratch(&mut self.work, &mut self.scratch);
        Some(&self.work)
    }
}
