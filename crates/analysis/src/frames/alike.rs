//! Whether the right channel is the left at another level: a track of one channel that was panned. Then one of them says all.

use crate::levels::sample_peak;

/// How far the right may be from the left times the ratio, re itself. Samples, and the ratio that is read from them, are each
/// rounded to 2⁻²⁴; together that is under 2⁻²¹. Ours: twice of that, −120 dB of each sample.
const ROUNDING: f32 = 1.0 / (1 << 20) as f32;

/// Under this, samples have not all their digits (the smallest that have are 1.2e-38).
const SMALLEST: f32 = 1e-30;

/// How many samples are compared before asking whether to go on.
const STRETCH: usize = 1_024;

/// What the left has to be multiplied with to be the right. `None` where no number does that.
pub(super) fn ratio(left: &[f32], right: &[f32]) -> Option<f32> {
    let sound = left.iter().zip(right).position(|(l, r)| *l != 0.0 || *r != 0.0);
    let Some(from) = sound else { return Some(1.0) };
    let (left, right) = (left.get(from..)?, right.get(from..)?);
    let turned = (left.first()? * right.first()?) < 0.0;
    let ratio = if left == right { 1.0 } else { sample_peak(right, 0.0) / sample_peak(left, 0.0) };
    let ratio = if turned { -ratio } else { ratio };
    let fits = |(l, r): (&f32, &f32)| (r - ratio * l).abs() <= ROUNDING * r.abs() + SMALLEST;
    let all = |(left, right): (&[f32], &[f32])| {
        // Without a way out in between, so that several are compared at once.
        left.iter().zip(right).fold(true, |all, pair| all & fits(pair))
    };
    // Two channels that are two mostly turn out to be so in the first stretch.
    (ratio.is_finite() && left.chunks(STRETCH).zip(right.chunks(STRETCH)).all(all)).then_some(ratio)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wave(frames: usize) -> Vec<f32> {
        (0..frames).map(|n| libm::sinf(n as f32 * 0.37) * libm::cosf(n as f32 * 0.011)).collect()
    }

    #[test]
    fn a_panned_track_is_one_channel_and_a_stereo_track_is_two() {
        let one = wave(5_000);
        let scaled = |gain: f32| one.iter().map(|x| x * gain).collect::<Vec<f32>>();
        for gain in [1.0, 0.734, 1e-4, 0.0, -0.5] {
            let found = ratio(&scaled(0.31), &scaled(0.31 * gain)).unwrap();
            assert!((found - gain).abs() <= 1e-6 * gain.abs(), "{gain}: {found}");
        }
        assert_eq!(ratio(&[0.0; 9], &[0.0; 9]), Some(1.0));
        assert_eq!(ratio(&[0.0; 9], &scaled(1.0)[..9]), None);
        let mut other = scaled(0.5);
        other[4_321] += 1e-4;
        assert_eq!(ratio(&one, &other), None);
        let late: Vec<f32> = [0.0].into_iter().chain(one.iter().copied().take(4_999)).collect();
        assert_eq!(ratio(&one, &late), None);
    }
}
