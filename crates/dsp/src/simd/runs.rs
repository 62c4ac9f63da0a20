//! Runs of samples: added up, made louder, rounded, brought side by side.

use super::wide;
use crate::block::{Block, Signal};

/// Adds samples times a gain to sums of the same length.
pub fn add(samples: &[f32], gain: f64, sums: &mut [f64]) {
    if gain == 1.0 { add_as_it_is(samples, sums) } else { add_scaled(samples, gain, sums) }
}

wide! {
    fn add_as_it_is(samples: &[f32], sums: &mut [f64]) {
        for (sum, sample) in sums.iter_mut().zip(samples) {
            *sum += f64::from(*sample);
        }
    }

    fn add_scaled(samples: &[f32], gain: f64, sums: &mut [f64]) {
        for (sum, sample) in sums.iter_mut().zip(samples) {
            *sum += f64::from(*sample) * gain;
        }
    }

    /// Rounds sums to samples.
    pub fn round(sums: &[f64], out: &mut [f32]) {
        for (out, sum) in out.iter_mut().zip(sums) {
            *out = *sum as f32;
        }
    }

    /// Samples times a gain in `f64`, rounded once.
    pub fn scale_exactly(input: &[f32], gain: f64, out: &mut [f32]) {
        for (out, sample) in out.iter_mut().zip(input) {
            *out = (f64::from(*sample) * gain) as f32;
        }
    }

    /// Samples times a gain.
    pub fn scale(input: &[f32], gain: f32, out: &mut [f32]) {
        for (out, sample) in out.iter_mut().zip(input) {
            *out = sample * gain;
        }
    }

    /// Two channels, each times its gain, as one.
    pub fn blend(left: &[f32], right: &[f32], gains: [f64; 2], out: &mut [f32]) {
        for ((out, left), right) in out.iter_mut().zip(left).zip(right) {
            *out = (f64::from(*left) * gains[0] + f64::from(*right) * gains[1]) as f32;
        }
    }

    fn pairs(left: &[f32], right: &[f32], frames: &mut [[f64; 2]]) {
        for ((frame, left), right) in frames.iter_mut().zip(left).zip(right) {
            *frame = [f64::from(*left), f64::from(*right)];
        }
    }

    fn unpaired(frames: &[[f64; 2]], left: &mut [f32], right: &mut [f32]) {
        for ((frame, left), right) in frames.iter().zip(left).zip(right) {
            (*left, *right) = (frame[0] as f32 + 0.0, frame[1] as f32 + 0.0);
        }
    }
}

/// The frames of a signal with left and right side by side; of a mono signal, the right is silent.
pub fn to_frames(signal: &Signal<'_>, frames: &mut [[f64; 2]]) {
    match signal.right() {
        Some(right) => pairs(signal.left(), right, frames),
        None => {
            frames.iter_mut().zip(signal.left()).for_each(|(frame, left)| *frame = [f64::from(*left), 0.0])
        }
    }
}

/// Frames to samples. What has faded to nothing is nothing above zero, whichever side it came from.
pub fn from_frames(frames: &[[f64; 2]], io: &mut Block<'_>) {
    match io.pair() {
        Some((left, right)) => unpaired(frames, left, right),
        None => io.left().iter_mut().zip(frames).for_each(|(left, frame)| *left = frame[0] as f32 + 0.0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simd::tests::plainly;

    #[test]
    fn runs_of_any_length_are_the_same_on_wide_lanes_and_on_narrow_ones() {
        for frames in [0, 1, 3, 7, 8, 31, 64, 513] {
            let left: Vec<f32> = (0..frames).map(|frame| libm::sinf(frame as f32 * 0.7)).collect();
            let right: Vec<f32> = (0..frames).map(|frame| libm::cosf(frame as f32 * 1.3) / 3.0).collect();
            let all = || {
                let (mut sums, mut out, mut pairs) =
                    (vec![0.1; frames], vec![vec![0.0; frames]; 6], vec![[9.0; 2]; frames]);
                add(&left, 1.0, &mut sums);
                add(&right, 0.3, &mut sums);
                round(&sums, &mut out[0]);
                scale(&left, 0.7, &mut out[1]);
                scale_exactly(&right, 0.7, &mut out[2]);
                blend(&left, &right, [0.3, -0.9], &mut out[3]);
                to_frames(&Signal::stereo(&left, &right), &mut pairs);
                let [.., last, end] = &mut out[..] else { return (sums, out, pairs) };
                from_frames(&pairs, &mut Block::stereo(last, end));
                (sums, out, pairs)
            };
            let wide = all();
            assert_eq!(wide, plainly(all));
            assert_eq!((&wide.1[4], &wide.1[5]), (&left, &right));
        }
    }

    #[test]
    fn a_mono_signal_stands_on_the_left() {
        let mut frames = [[9.0; 2]; 3];
        to_frames(&Signal::mono(&[0.25, -0.5, 1.0]), &mut frames);
        assert_eq!(frames, [[0.25, 0.0], [-0.5, 0.0], [1.0, 0.0]]);
        let mut back = [9.0; 3];
        from_frames(&frames, &mut Block::mono(&mut back));
        assert_eq!(back, [0.25, -0.5, 1.0]);
    }
}
