//! The inner loop of the sample-rate converter: weights times samples, summed in one fixed order.
//!
//! Why `f32`: weights rounded to 24 bits put images and aliases near −155 dB, and four lanes fit a register where `f64`
//! has two. What would be lost in summing is kept by the order: from the far ends of the window, where products
//! are small, to its centre, so that large partial sums are rounded only in the last few additions. The lanes meet in
//! `f64`.

use super::filter::LANES;

type Lanes = [f32; LANES];

/// The weighted sum of one channel.
pub(super) fn one(weights: &[f32], only: &[f32]) -> f32 {
    let mut sum = [0.0; LANES];
    let (weights, only) = (weights.as_chunks::<LANES>().0, only.as_chunks::<LANES>().0);
    let half = weights.len() / 2;
    let early = weights.iter().zip(only);
    let late = weights.iter().rev().zip(only.iter().rev());
    for ((early, early_in), (late, late_in)) in early.zip(late).take(half) {
        add(&mut sum, early, early_in);
        add(&mut sum, late, late_in);
    }
    total(&sum)
}

/// The weighted sums of two channels, each the same bits as [`one`] gives.
pub(super) fn two(weights: &[f32], left: &[f32], right: &[f32]) -> (f32, f32) {
    let (mut left_sum, mut right_sum) = ([0.0; LANES], [0.0; LANES]);
    let weights = weights.as_chunks::<LANES>().0;
    let (left, right) = (left.as_chunks::<LANES>().0, right.as_chunks::<LANES>().0);
    let half = weights.len() / 2;
    let early = weights.iter().zip(left).zip(right);
    let late = weights.iter().rev().zip(left.iter().rev()).zip(right.iter().rev());
    for (((early, early_left), early_right), ((late, late_left), late_right)) in early.zip(late).take(half) {
        add(&mut left_sum, early, early_left);
        add(&mut right_sum, early, early_right);
        add(&mut left_sum, late, late_left);
        add(&mut right_sum, late, late_right);
    }
    (total(&left_sum), total(&right_sum))
}

#[inline(always)]
fn add(sum: &mut Lanes, weights: &Lanes, input: &Lanes) {
    for lane in 0..LANES {
        sum[lane] += weights[lane] * input[lane];
    }
}

/// A tree, in `f64`, always the same. Never inlined: seen from within the loops above, its pairs of `f64` would lead
/// the compiler to keep lanes in pairs there too, which is far slower.
#[inline(never)]
fn total(lanes: &Lanes) -> f32 {
    let mut lanes = lanes.map(f64::from);
    let mut width = LANES / 2;
    while width > 0 {
        for lane in 0..width {
            lanes[lane] += lanes[lane + width];
        }
        width /= 2;
    }
    lanes[0] as f32
}
