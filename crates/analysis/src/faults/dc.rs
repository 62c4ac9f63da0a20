//! A constant offset under the sound, by channel.

use super::problem::{Problem, Sureness};
use mixkeel_dsp::units::db_from_gain;

/// Offsets smaller than this part of full scale (−60 dBFS) are left alone: they cost nothing and click nowhere.
const LEAST: f64 = 0.001;

/// An offset counts when it is at least this part of the RMS. Ours: 5 % takes 0.4 dB off what one side of the wave can
/// use; waves of drums and brass, uneven by nature, stay under it.
const OF_RMS: f64 = 0.05;

/// Windows in a second in which the mean is looked at. Ours: ten, five periods of 50 Hz.
const WINDOWS_PER_S: u32 = 10;

/// Windows needed: three seconds.
const LEAST_WINDOWS: u32 = 30;

/// A mean that is there in the quiet windows too is at least this part of the mean of all. Ours: half; the mean of a lopsided
/// wave goes with its level.
const EVERYWHERE: f64 = 0.5;

/// The power of a window that counts as quiet without limit: −100 dBFS.
const QUIETEST: f64 = 1e-10;

/// Sums over windows.
#[derive(Clone, Debug, Default)]
struct Means {
    sum: f64,
    square: f64,
    all_sum: f64,
    all_square: f64,
    /// Means weighted by the inverse of the power that moves them, so that quiet windows count most.
    weighted: f64,
    weights: f64,
    windows: u32,
}

/// What [`Dc`] reads.
pub(super) struct Offsets {
    /// The mean of each channel as a part of full scale.
    pub means: Vec<f64>,
    /// The largest of those that are an offset, and zero where none is.
    pub offset: f64,
}

/// Measures offsets.
#[derive(Debug)]
pub(super) struct Dc {
    window_frames: u64,
    frames: u64,
    channels: Vec<Means>,
}

impl Dc {
    pub fn new(rate_hz: u32, channels: usize) -> Self {
        let window_frames = u64::from((rate_hz / WINDOWS_PER_S).max(1));
        Self { window_frames, frames: 0, channels: vec![Means::default(); channels] }
    }

    pub fn push(&mut self, at: u64, block: &[&[f32]]) {
        for (means, samples) in self.channels.iter_mut().zip(block) {
            let mut rest = *samples;
            let mut frame = at;
            while !rest.is_empty() {
                let to_end = self.window_frames - frame % self.window_frames;
                let (part, next) = rest.split_at((to_end as usize).min(rest.len()));
                means.add(part);
                frame += part.len() as u64;
                if frame.is_multiple_of(self.window_frames) {
                    means.end_window(self.window_frames);
                }
                rest = next;
            }
        }
        self.frames = at + block.first().map_or(0, |samples| samples.len()) as u64;
    }

    pub fn finish(self, problems: &mut Vec<Problem>) -> Offsets {
        let frames = self.frames.max(1) as f64;
        let mut offset: Vec<(usize, f64, f64)> = Vec::new();
        for (index, means) in self.channels.iter().enumerate() {
            let mean = (means.all_sum + means.sum) / frames;
            let rms = ((means.all_square + means.square) / frames).sqrt().max(f64::MIN_POSITIVE);
            let quiet = means.weighted / means.weights.max(f64::MIN_POSITIVE);
            let everywhere =
                means.windows >= LEAST_WINDOWS && quiet * mean.signum() >= EVERYWHERE * mean.abs();
            if everywhere && mean.abs() >= LEAST && mean.abs() >= OF_RMS * rms {
                offset.push((index, mean, mean.abs() / rms));
            }
        }
        let worst = offset.iter().copied().reduce(|a, b| if b.1.abs() > a.1.abs() { b } else { a });
        if let Some((_, worst, share)) = worst {
            let which = match (self.channels.len(), offset.as_slice()) {
                (1, _) => "",
                (_, [(0, ..)]) => " on the left",
                (_, [(1, ..)]) => " on the right",
                _ => " on both sides",
            };
            let message = format!(
                "a constant offset{which} of {:.1} % of full scale ({:.0} dBFS), {:.0} % of the RMS",
                worst * 100.0,
                db_from_gain(worst),
                share * 100.0
            );
            let sureness = Sureness::Certain;
            problems.push(Problem { id: "dc", message, spans_s: Vec::new(), sureness });
        }
        let means = self.channels.iter().map(|means| (means.all_sum + means.sum) / frames).collect();
        Offsets { means, offset: worst.map_or(0.0, |(_, mean, _)| mean) }
    }
}

impl Means {
    fn add(&mut self, samples: &[f32]) {
        for &sample in samples {
            let sample = f64::from(sample);
            self.sum += sample;
            self.square += sample * sample;
        }
    }

    fn end_window(&mut self, frames: u64) {
        let (sum, square) = (std::mem::take(&mut self.sum), std::mem::take(&mut self.square));
        self.all_sum += sum;
        self.all_square += square;
        if square == 0.0 {
            // Digital silence is no recording of anything.
            return;
        }
        let mean = sum / frames as f64;
        let weight = 1.0 / (square / frames as f64 - mean * mean).max(QUIETEST);
        self.weighted += mean * weight;
        self.weights += weight;
        self.windows += 1;
    }
}
