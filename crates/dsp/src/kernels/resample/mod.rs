//! Sample-rate conversion by a polyphase windowed sinc: streaming, seekable, no delay, exact length.
//!
//! Method: J. O. Smith and P. Gossett, "A flexible sampling-rate conversion method", ICASSP 1984, with exact weights
//! for every position where there are few enough of them. Positions are whole numbers over whole numbers throughout, so
//! frame one hundred million is as exact as frame one, and any output frame can be reached without those before it.

mod filter;
mod sum;

use std::ops::Range;
use std::sync::Arc;

use crate::block::{Block, Channels, Signal};
use filter::Filter;

/// The lowest rate that can be converted from or to.
pub const MIN_RATE_HZ: u32 = 1_000;

/// The highest rate that can be converted from or to.
pub const MAX_RATE_HZ: u32 = 768_000;

/// Input that has been used is forgotten once there are this many frames of it. Ours: moving the rest then costs
/// little beside the sums made since.
const FORGET_FRAMES: usize = 4096;

/// Why a pair of rates cannot be converted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RateError {
    /// A rate is too low or too high to be the rate of a recording.
    #[error("the rate {rate_hz} Hz must lie between {MIN_RATE_HZ} and {MAX_RATE_HZ} Hz")]
    OutOfRange {
        /// The rate asked for.
        rate_hz: u32,
    },
}

/// Converts one or two channels from one rate to another, as they come.
///
/// The pass band is flat within 0.01 dB to 0.91 of the lower Nyquist frequency; images and aliases stay under −140 dB. An
/// output frame is the signal at exactly its time: there is no delay to make up for. Before the first frame and after
/// the last, the signal counts as silent. Equal rates copy the bits. Which frames are pushed and pulled at a time
/// changes no bit of the result, nor does starting in the middle with [`reset_to`](Self::reset_to).
///
/// ```
/// use mixkeel_dsp::block::{Block, Signal};
/// use mixkeel_dsp::kernels::resample::Resampler;
///
/// let mut resampler = Resampler::new(96_000, 44_100)?;
/// let recording = vec![0.25_f32; 9_600];
/// let mut converted = vec![0.0_f32; resampler.output_length(9_600) as usize];
/// assert_eq!(converted.len(), 4_410);
///
/// let mut done = 0;
/// for chunk in recording.chunks(1_000) {
///     resampler.push(&Signal::mono(chunk));
///     done += resampler.pull(&mut Block::mono(&mut converted[done..]));
/// }
/// resampler.finish();
/// done += resampler.pull(&mut Block::mono(&mut converted[done..]));
/// assert_eq!(done, 4_410);
/// assert!((converted[2_205] - 0.25).abs() < 1e-6);
/// # Ok::<(), mixkeel_dsp::kernels::resample::RateError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Resampler {
    /// `None` where rates are equal.
    filter: Option<Arc<Filter>>,
    /// One output frame lasts `stride / steps` input frames.
    stride: u64,
    steps: u64,
    /// The next output frame's window starts at this frame of the input held, …
    window: usize,
    /// … and its centre lies `step / steps` of a frame after the window's middle.
    step: u64,
    channels: Option<Channels>,
    left: Vec<f32>,
    right: Vec<f32>,
    interpolated: Vec<f32>,
    next_output: u64,
    input_seen: u64,
    finished: bool,
}

impl Resampler {
    /// Ready for the first frame of a signal at `from_hz`, to become one at `to_hz`.
    ///
    /// # Errors
    /// [`RateError::OutOfRange`] when either lies outside [`MIN_RATE_HZ`] to [`MAX_RATE_HZ`].
    pub fn new(from_hz: u32, to_hz: u32) -> Result<Self, RateError> {
        for rate_hz in [from_hz, to_hz] {
            if !(MIN_RATE_HZ..=MAX_RATE_HZ).contains(&rate_hz) {
                return Err(RateError::OutOfRange { rate_hz });
            }
        }
        let common = u64::from(greatest_common_divisor(from_hz, to_hz));
        let (stride, steps) = (u64::from(from_hz) / common, u64::from(to_hz) / common);
        let filter = (stride != steps).then(|| Arc::new(Filter::new(stride, steps)));
        let taps = filter.as_ref().map_or(0, |filter| filter.taps());
        let mut resampler = Self {
            filter,
            stride,
            steps,
            window: 0,
            step: 0,
            channels: None,
            left: Vec::new(),
            right: Vec::new(),
            interpolated: vec![0.0; taps],
            next_output: 0,
            input_seen: 0,
            finished: false,
        };
        resampler.reset_to(0);
        Ok(resampler)
    }

    /// How many frames a signal of `input_frames` becomes: its length at the new rate, to the nearest frame.
    pub fn output_length(&self, input_frames: u64) -> u64 {
        let (stride, steps) = (u128::from(self.stride), u128::from(self.steps));
        let rounded = (2 * u128::from(input_frames) * steps + stride) / (2 * stride);
        u64::try_from(rounded).unwrap_or(u64::MAX)
    }

    /// The input frames that a run of output frames is made of. Its end may lie after the signal's.
    pub fn input_range(&self, output: Range<u64>) -> Range<u64> {
        if output.is_empty() {
            let (frame, _) = self.place(output.start);
            return frame..frame;
        }
        let (first, _) = self.place(output.start);
        let (last, _) = self.place(output.end - 1);
        let half_width = self.half_width();
        first.saturating_sub(half_width.saturating_sub(1))..last.saturating_add(half_width + 1)
    }

    /// Forgets everything and makes `output_frame` the next to be pulled. The caller pushes the signal from the returned
    /// input frame on.
    pub fn reset_to(&mut self, output_frame: u64) -> u64 {
        let (frame, step) = self.place(output_frame);
        let reach_back = self.half_width().saturating_sub(1);
        let from = frame.saturating_sub(reach_back);
        // What the window covers before the signal's first frame is silence.
        let silence = reach_back.saturating_sub(frame) as usize;
        for channel in [&mut self.left, &mut self.right] {
            channel.clear();
            channel.resize(silence, 0.0);
        }
        self.window = 0;
        self.step = step;
        self.channels = None;
        self.next_output = output_frame;
        self.input_seen = from;
        self.finished = false;
        from
    }

    /// Takes the next input. The first push after a reset settles whether there are one or two channels; a later
    /// push of one channel to two counts for both, and of two channels to one the left is taken. Input is held until it
    /// is pulled: pull as much as comes after every push. After [`finish`](Self::finish) nothing more is taken.
    pub fn push(&mut self, input: &Signal<'_>) {
        if self.finished || input.frames() == 0 {
            return;
        }
        self.forget();
        self.left.extend_from_slice(input.left());
        if *self.channels.get_or_insert(input.channels()) == Channels::Stereo {
            self.right.extend_from_slice(input.right_or_only());
        }
        self.input_seen = self.input_seen.saturating_add(input.frames() as u64);
    }

    /// Says that the signal has ended; what is left of the output can then be pulled.
    pub fn finish(&mut self) {
        if self.finished {
            return;
        }
        self.finished = true;
        let half_width = self.half_width() as usize;
        self.left.resize(self.left.len() + half_width, 0.0);
        if self.channels == Some(Channels::Stereo) {
            self.right.resize(self.left.len(), 0.0);
        }
    }

    /// Writes the next output frames to the start of `out` and says how many: fewer than its length when input is
    /// lacking or the signal has ended. A signal of one channel fills both of a stereo block; of two, a mono block
    /// gets the left.
    pub fn pull(&mut self, out: &mut Block<'_>) -> usize {
        let frames = self.ready().min(out.frames());
        let mut out = out.part(0..frames);
        if self.channels == Some(Channels::Stereo) && out.channels() == Channels::Stereo {
            if let Some((left, right)) = out.pair() {
                self.make_two(left, right);
            }
        } else {
            self.make_one(out.left());
            if let Some((left, right)) = out.pair() {
                right.copy_from_slice(left);
            }
        }
        self.next_output += frames as u64;
        frames
    }

    /// How many output frames the input held is enough for.
    fn ready(&self) -> usize {
        let span = self.filter.as_ref().map_or(1, |filter| filter.taps());
        let Some(room) = self.left.len().checked_sub(self.window + span) else { return 0 };
        // Output frame k from here needs the window to move by floor((step + k · stride) / steps) ≤ room.
        let ready = ((room as u64 + 1) * self.steps - self.step).div_ceil(self.stride);
        let left = if self.finished {
            self.output_length(self.input_seen).saturating_sub(self.next_output)
        } else {
            u64::MAX
        };
        usize::try_from(ready.min(left)).unwrap_or(usize::MAX)
    }

    fn make_one(&mut self, out: &mut [f32]) {
        let Some(filter) = self.filter.clone() else {
            out.copy_from_slice(&self.left[self.window..][..out.len()]);
            self.window += out.len();
            return;
        };
        for sample in out {
            let weights = filter.weights(self.step, &mut self.interpolated);
            *sample = sum::one(weights, &self.left[self.window..][..weights.len()]);
            self.advance();
        }
    }

    fn make_two(&mut self, left: &mut [f32], right: &mut [f32]) {
        let Some(filter) = self.filter.clone() else {
            left.copy_from_slice(&self.left[self.window..][..left.len()]);
            right.copy_from_slice(&self.right[self.window..][..right.len()]);
            self.window += left.len();
            return;
        };
        for (left, right) in left.iter_mut().zip(right) {
            let weights = filter.weights(self.step, &mut self.interpolated);
            let window = self.window..self.window + weights.len();
            (*left, *right) = sum::two(weights, &self.left[window.clone()], &self.right[window]);
            self.advance();
        }
    }

    fn advance(&mut self) {
        self.step += self.stride % self.steps;
        self.window += (self.stride / self.steps) as usize;
        if self.step >= self.steps {
            self.step -= self.steps;
            self.window += 1;
        }
    }

    fn forget(&mut self) {
        let used = self.window.min(self.left.len());
        if used >= FORGET_FRAMES {
            self.left.drain(..used);
            self.right.drain(..used.min(self.right.len()));
            self.window -= used;
        }
    }

    /// The input frame at or before an output frame, and by how many steps before.
    fn place(&self, output_frame: u64) -> (u64, u64) {
        let position = u128::from(output_frame) * u128::from(self.stride);
        let steps = u128::from(self.steps);
        (u64::try_from(position / steps).unwrap_or(u64::MAX), (position % steps) as u64)
    }

    fn half_width(&self) -> u64 {
        self.filter.as_ref().map_or(0, |filter| filter.half_width() as u64)
    }
}

fn greatest_common_divisor(a: u32, b: u32) -> u32 {
    if b == 0 { a } else { greatest_common_divisor(b, a % b) }
}
