//! From samples to levels in dB: of peaks, and of powers.

use super::{Cell, Mean};
use crate::kernels::fastmath::{db_from_gain, db_from_power, larger};
use crate::kernels::svf::{Step, Svf};
use crate::simd::wide;

wide! {
    /// Samples to the levels of their magnitudes in dBFS, in place. Silence reads −764.6 dB.
    pub fn peaks_db(samples: &mut [f32]) {
        samples.iter_mut().for_each(|sample| *sample = db_from_gain(sample.abs()));
    }

    /// The same of the louder of two channels, in place of the first. As the logarithm never falls, it is the higher of both levels.
    pub fn louder_peaks_db(left: &mut [f32], right: &[f32]) {
        for (left, right) in left.iter_mut().zip(right) {
            *left = db_from_gain(larger(left.abs(), right.abs()));
        }
    }

    fn powers_db(powers: &mut [f32]) {
        powers.iter_mut().for_each(|power| *power = db_from_power(*power));
    }
}

/// Samples of the first `frames` frames to the levels of their mean power, in place, so that a steady sine reads its peak, as
/// AES17 has it: 3.01 dB over its root mean square. `kept` is [`retained`](super::retained) of the window's time constant.
/// Silence reads −297 dB after a while.
pub fn means_db(cell: &mut Cell, channels: usize, frames: usize, mean: &mut Mean<2>, kept: f64) {
    let [left, right] = cell;
    let mut moving = *mean;
    for (left, right) in left[..frames].iter_mut().zip(&mut right[..frames]) {
        let power = [*left, *right].map(|sample| f64::from(sample) * f64::from(sample));
        [*left, *right] = moving.step(power, kept).map(|power| 2.0 * power as f32);
    }
    *mean = moving;
    for channel in cell.iter_mut().take(channels) {
        powers_db(&mut channel[..frames]);
    }
}

/// Sends the first `frames` frames through a filter, in place.
pub fn filtered(cell: &mut Cell, frames: usize, filter: &mut Svf<2>, step: &Step) {
    let [left, right] = cell;
    let mut moving = *filter;
    for (left, right) in left[..frames].iter_mut().zip(&mut right[..frames]) {
        let [of_left, of_right] = moving.next(step, [f64::from(*left), f64::from(*right)]);
        (*left, *right) = (of_left as f32, of_right as f32);
    }
    moving.settle();
    *filter = moving;
}
