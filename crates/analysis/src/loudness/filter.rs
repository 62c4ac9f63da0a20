//! The K-weighting filter at work on planar channels, and the power that comes out of it.

use super::kweight::{Section, sections};
use crate::meter::finite;

/// The filter of `N` channels side by side. States are `f64`: the high-pass poles lie within 0.5 % of the unit circle,
/// where single precision would add noise of its own.
#[derive(Clone, Debug)]
pub struct KFilter<const N: usize> {
    sections: [Section; 2],
    /// The last two values of the input, of what is between the sections, and of the output, newest first. Held so
    /// rather than as sums that wait, because then one product and one difference lie between an output and the next.
    past: [[[f64; N]; 2]; 3],
}

impl<const N: usize> KFilter<N> {
    /// At rest, for a rate.
    pub fn new(rate_hz: u32) -> Self {
        Self { sections: sections(rate_hz), past: [[[0.0; N]; 2]; 3] }
    }

    /// Filters these frames and adds the squares of what comes out to one sum a channel.
    pub fn add_power(&mut self, planes: [&[f32]; N], sums: &mut [f64; N]) {
        let frames = planes.iter().map(|plane| plane.len()).min().unwrap_or(0);
        let silent = || planes.iter().all(|plane| plane.iter().all(|&x| x == 0.0));
        if self.is_at_rest() && silent() {
            return;
        }
        // The largest magnitude as bits: what is no number lies above every number, and a maximum vectorises.
        let magnitude = |most: u32, x: &f32| (x.to_bits() & !SIGN).max(most);
        let all_numbers =
            planes.iter().all(|plane| plane.iter().fold(0, magnitude) < f32::INFINITY.to_bits());
        if all_numbers {
            self.run(frames, planes, sums, |x| x);
        } else {
            self.run(frames, planes, sums, finite);
        }
    }

    #[expect(clippy::needless_range_loop, reason = "a frame is the same place in every plane")]
    #[inline(always)]
    fn run(&mut self, frames: usize, planes: [&[f32]; N], sums: &mut [f64; N], clean: impl Fn(f32) -> f32) {
        let planes = planes.map(|plane| plane.get(..frames).unwrap_or_default());
        let [shelf, high_pass] = self.sections;
        let [mut x, mut y, mut z] = self.past;
        let mut squares = *sums;
        for frame in 0..frames {
            for c in 0..N {
                let new = f64::from(clean(planes[c][frame]));
                let old = (shelf.b[1] * x[0][c] + shelf.b[2] * x[1][c]) - shelf.a[1] * y[1][c];
                let between = (shelf.b[0] * new + old) - shelf.a[0] * y[0][c];
                (x[1][c], x[0][c]) = (x[0][c], new);
                let old = (high_pass.b[1] * y[0][c] + high_pass.b[2] * y[1][c]) - high_pass.a[1] * z[1][c];
                let out = (high_pass.b[0] * between + old) - high_pass.a[0] * z[0][c];
                (y[1][c], y[0][c]) = (y[0][c], between);
                (z[1][c], z[0][c]) = (z[0][c], out);
                squares[c] += out * out;
            }
        }
        self.past = [x, y, z];
        *sums = squares;
    }

    /// Sets what has decayed far below hearing to zero, so that silence costs no slow arithmetic. The limit, 1e-30 of
    /// full scale, is −600 dB: no reading can tell.
    pub fn settle(&mut self) {
        for state in self.past.iter_mut().flatten().flatten() {
            if state.abs() < 1e-30 {
                *state = 0.0;
            }
        }
    }

    /// Whether zeros in give zeros out.
    fn is_at_rest(&self) -> bool {
        self.past.iter().flatten().flatten().all(|state| *state == 0.0)
    }
}

/// The sign of an `f32` (IEEE 754).
const SIGN: u32 = 0x8000_0000;
