//! Moves a signal by any number of frames, whole or not, with a windowed sinc; whole shifts are exact copies.
//!
//! Source of the method: T. I. Laakso, V. Välimäki, M. Karjalainen, U. K. Laine, "Splitting the unit delay", IEEE Signal
//! Processing Magazine 13(1), 1996, §"Windowing the sinc". The window is Kaiser's (see
//! [`windowed_sinc`](crate::kernels::windowed_sinc)).

use std::ops::Range;

use crate::kernels::windowed_sinc::WindowedSinc;

/// Frames of input on each side of a moment that its value between two frames depends on. Ours, chosen because 40 frames
/// leave an error under −110 dB up to 0.9 of Nyquist, below the noise of 16-bit and of any analogue recording.
pub const HALF_WIDTH_FRAMES: usize = 40;

/// How many input frames one output frame is made of.
pub const TAPS: usize = 2 * HALF_WIDTH_FRAMES;

/// The window's stop band. 120 dB is what 80 taps hold with a transition from 0.9 to 1.1 of Nyquist (the equation of
/// [`half_width_frames`](crate::kernels::windowed_sinc::half_width_frames) gives 39.0 frames a side).
const STOP_DB: f64 = 120.0;

/// The weights of the frames `i − 39 ..= i + 40` whose sum is the signal's value at `i + fraction`. A `fraction` of
/// exactly 0 weighs frame `i` alone. `fraction` is held within 0 and 1; not-a-number counts as 0.
pub fn taps(fraction: f64) -> [f64; TAPS] {
    let fraction = if fraction > 0.0 { fraction.min(1.0) } else { 0.0 };
    let shape = WindowedSinc::new(1.0, HALF_WIDTH_FRAMES as f64, STOP_DB);
    let mut weights = [0.0; TAPS];
    for (index, weight) in weights.iter_mut().enumerate() {
        *weight = shape.at(index as f64 - (HALF_WIDTH_FRAMES - 1) as f64 - fraction);
    }
    // Exact at 0 Hz for every fraction, so that a slow sweep of the delay does not ripple the level.
    let sum: f64 = weights.iter().sum();
    weights.iter_mut().for_each(|weight| *weight /= sum);
    weights
}

/// The weighted sum of one run of input, in `f64`, in an order that is the same on every machine.
pub fn weigh(weights: &[f64; TAPS], input: &[f32; TAPS]) -> f32 {
    let mut lanes = [0.0_f64; 4];
    for (weights, input) in weights.as_chunks::<4>().0.iter().zip(input.as_chunks::<4>().0) {
        for lane in 0..4 {
            lanes[lane] += weights[lane] * f64::from(input[lane]);
        }
    }
    ((lanes[0] + lanes[2]) + (lanes[1] + lanes[3])) as f32
}

/// A fixed shift in time, to be applied to any stretch of a signal: the same frames come out whatever the stretch.
///
/// ```
/// use mixkeel_dsp::kernels::fractional::FractionalShift;
/// let later = FractionalShift::new(2.5);
/// let needed = later.input_range(100..164);
/// let recording: Vec<f32> = (0..1000).map(|frame| frame as f32).collect();
/// let mut out = [0.0; 64];
/// later.apply(&recording[needed.start as usize..needed.end as usize], &mut out);
/// assert!((out[0] - 97.5).abs() < 1e-3);
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct FractionalShift {
    /// Output frame n lies between input frames n + offset and n + offset + 1.
    offset: i64,
    weights: Option<Box<[f64; TAPS]>>,
}

impl FractionalShift {
    /// Positive shifts make the sound later. Not-a-number and infinity count as 0.
    pub fn new(shift_frames: f64) -> Self {
        let shift_frames = if shift_frames.is_finite() { shift_frames } else { 0.0 };
        let offset = libm::floor(-shift_frames);
        let fraction = -shift_frames - offset;
        if fraction >= 1.0 {
            // A shift so close under a whole frame that the rest is not a number below one.
            return Self { offset: offset as i64 + 1, weights: None };
        }
        Self { offset: offset as i64, weights: (fraction != 0.0).then(|| Box::new(taps(fraction))) }
    }

    /// The input frames that a run of output frames is made of; [`apply`](Self::apply) wants exactly these. Frames
    /// outside the recording are to be given as zeros.
    pub fn input_range(&self, output: Range<i64>) -> Range<i64> {
        let start = output.start.saturating_add(self.offset);
        let end = output.end.max(output.start).saturating_add(self.offset);
        match self.weights {
            None => start..end,
            Some(_) => {
                let half = HALF_WIDTH_FRAMES as i64;
                start.saturating_sub(half - 1)..end.saturating_add(half)
            }
        }
    }

    /// Fills `out` from the frames named by [`input_range`](Self::input_range) for it. Where `input` is shorter than
    /// that, the rest of `out` is zeros.
    pub fn apply(&self, input: &[f32], out: &mut [f32]) {
        let made = match &self.weights {
            None => {
                let frames = input.len().min(out.len());
                out[..frames].copy_from_slice(&input[..frames]);
                frames
            }
            Some(weights) => {
                let runs = input.windows(TAPS).filter_map(|run| <&[f32; TAPS]>::try_from(run).ok());
                out.iter_mut().zip(runs).map(|(out, run)| *out = weigh(weights, run)).count()
            }
        };
        out[made..].fill(0.0);
    }
}
