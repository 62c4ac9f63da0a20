//! Windows through the Fourier transform, four complex ones at once.

use std::sync::Arc;

use rustfft::num_complex::Complex;
use rustfft::{Fft, FftPlannerScalar};

use crate::four::{FOUR, Four};

/// Transforms of one length, and what they are made in.
pub(super) struct Transform {
    fft: Arc<dyn Fft<Four>>,
    /// The height of the window at each of its frames.
    heights: Vec<f32>,
    work: Vec<Complex<Four>>,
    scratch: Vec<Complex<Four>>,
}

impl Transform {
    /// Of two real windows as one complex one, of all their length.
    pub fn of_two(heights: Vec<f32>) -> Self {
        let length = heights.len();
        Self::new(heights, length)
    }

    /// Of one real window as a complex one of half its length.
    pub fn of_halves(heights: Vec<f32>) -> Self {
        let length = heights.len() / 2;
        Self::new(heights, length)
    }

    fn new(heights: Vec<f32>, transformed: usize) -> Self {
        let fft = FftPlannerScalar::new().plan_fft_forward(transformed);
        Self {
            heights,
            work: vec![Complex::default(); transformed],
            scratch: vec![Complex::default(); fft.get_inplace_scratch_len()],
            fft,
        }
    }

    /// Four windows as the real parts and four as the imaginary ones.
    pub fn two(&mut self, real: [&[f32]; FOUR], imaginary: [&[f32]; FOUR]) -> &[Complex<Four>] {
        let length = self.heights.len();
        // Of one length, so that nothing is asked of each frame again.
        let [real, imaginary] = [real, imaginary].map(|four| four.map(|wave| &wave[..length]));
        for (n, (z, &height)) in self.work.iter_mut().zip(&self.heights).enumerate() {
            *z = Complex::new(
                Four(real.map(|wave| wave[n])) * height,
                Four(imaginary.map(|wave| wave[n])) * height,
            );
        }
        self.fft.process_with_scratch(&mut self.work, &mut self.scratch);
        &self.work
    }

    /// Four windows, the even samples of each as the real part and the odd ones as the imaginary.
    pub fn halves(&mut self, waves: [&[f32]; FOUR]) -> &[Complex<Four>] {
        let heights = self.heights.chunks_exact(2);
        for (n, (z, heights)) in self.work.iter_mut().zip(heights).enumerate() {
            let sample = |odd: usize| Four(waves.map(|wave| wave[2 * n + odd])) * heights[odd];
            *z = Complex::new(sample(0), sample(1));
        }
        self.fft.process_with_scratch(&mut self.work, &mut self.scratch);
        &self.work
    }
}

/// What two real signals have in one bin, of the transform of the one as the real and the other as the imaginary part.
#[inline(always)]
pub(crate) fn unfolded(transformed: &[Complex<Four>], bin: usize) -> [Complex<Four>; 2] {
    let length = transformed.len();
    // Bin 0 and, of halves, the one after the last are their own mirror images.
    let (z, m) = match bin {
        0 => (transformed[0], transformed[0]),
        bin if bin == length => (transformed[0], transformed[0]),
        bin => (transformed[bin], transformed[length - bin]),
    };
    [
        Complex::new((z.re + m.re) * 0.5, (z.im - m.im) * 0.5),
        Complex::new((z.im + m.im) * 0.5, (m.re - z.re) * 0.5),
    ]
}
