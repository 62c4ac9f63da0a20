//! Makes a signal later, by any time and not only whole frames.
//!
//! ```
//! use mixkeel_dsp::block::{Block, Channels};
//! use mixkeel_dsp::processor::{Context, Processor, Setup};
//! use mixkeel_dsp::processors::delay_line::{DelayLine, DelayLineSettings};
//!
//! let mut later = DelayLine::default();
//! later.prepare(&Setup { rate_hz: 48_000, channels: Channels::Mono, max_block_frames: 200 });
//! later.set(&DelayLineSettings { delay_ms: 1.0 }); // 48 frames
//! let mut click = [0.0; 200];
//! click[0] = 1.0;
//! later.process(&mut Block::mono(&mut click), &[], &Context { frame: 0, tempo_bpm: 120.0 });
//! assert_eq!(click[48 + later.latency_frames()], 1.0);
//! ```

use std::f64::consts::TAU;

use crate::block::{Block, Channels, Signal};
use crate::curve::Curve;
use crate::glide::Glide;
use crate::kernels::fractional::{HALF_WIDTH_FRAMES, TAPS, taps, weigh};
use crate::processor::{Context, Processor, Setup, State, Tail};
use crate::units::{db_from_power, frames_from_ms};

crate::params! {
    /// What a delay line can be set to.
    pub struct DelayLineSettings {
        /// How much later. What falls on a whole number of frames is an exact copy.
        delay_ms: f64 = 0.0 [0.0..=2000.0, "ms"] automatable;
    }
}

/// The longest delay, as the parameter's range has it.
const MAX_DELAY_MS: f64 = 2000.0;

/// Delays by a windowed sinc (see [`fractional`](crate::kernels::fractional)), which needs to know 40 frames of the
/// future: that is its latency, apart from the delay itself. Moved while sound plays, it fades from the old place to the
/// new within one grid interval, so that the pitch does not bend.
#[derive(Debug)]
pub struct DelayLine {
    rate_hz: u32,
    channels: Channels,
    delay_ms: f64,
    place: Glide<Place>,
    left: Ring,
    right: Ring,
}

impl DelayLine {
    fn at_rate(rate_hz: u32, channels: Channels, delay_ms: f64) -> Self {
        let longest = longest_frames(rate_hz) as usize + TAPS + 1;
        let place = Place::new(frames_from_ms(delay_ms, rate_hz), rate_hz);
        Self {
            rate_hz,
            channels,
            delay_ms,
            place: Glide::new(place),
            left: Ring::new(longest),
            right: Ring::new(longest),
        }
    }
}

impl Default for DelayLine {
    fn default() -> Self {
        Self::at_rate(48_000, Channels::Stereo, DelayLineSettings::default().delay_ms)
    }
}

impl Processor for DelayLine {
    type Settings = DelayLineSettings;

    fn curves(settings: &DelayLineSettings, rate_hz: u32) -> Vec<Curve> {
        let place = Place::new(frames_from_ms(settings.delay_ms, rate_hz), rate_hz);
        vec![Curve::response("both", rate_hz, |hz| place.gain_db(hz, rate_hz))]
    }

    fn prepare(&mut self, setup: &Setup) {
        *self = Self::at_rate(setup.rate_hz, setup.channels, self.delay_ms);
    }

    fn set(&mut self, settings: &DelayLineSettings) {
        if settings.delay_ms != self.delay_ms {
            self.delay_ms = settings.delay_ms;
            self.place.aim(Place::new(frames_from_ms(self.delay_ms, self.rate_hz), self.rate_hz));
        }
    }

    fn process(&mut self, io: &mut Block<'_>, _keys: &[Signal<'_>], at: &Context) {
        self.place.walk(at.frame, io.frames(), |stretch, motion| {
            let mut part = io.part(stretch);
            for (channel, ring) in part.each().zip([&mut self.left, &mut self.right]) {
                let (from, to) = motion.ends();
                let still = motion.still().is_some();
                for (frame, sample) in channel.iter_mut().enumerate() {
                    ring.put(*sample);
                    let new = ring.read(&to);
                    *sample = if still {
                        new
                    } else {
                        let old = f64::from(ring.read(&from));
                        (old + (f64::from(new) - old) * motion.share(frame)) as f32
                    };
                }
            }
        });
    }

    fn reset(&mut self) {
        self.place.settle();
        self.left.clear();
        self.right.clear();
    }

    fn latency_frames(&self) -> usize {
        HALF_WIDTH_FRAMES
    }

    fn tail(&self) -> Tail {
        let (places, _) = self.place.parts();
        Tail::Exact(places.iter().map(Place::reach_frames).max().unwrap_or(0))
    }

    fn snapshot(&self, to: &mut State) {
        let (places, sounding) = self.place.parts();
        to.put(f64::from(u8::from(sounding)));
        places.iter().for_each(|place| to.put(place.delay_frames));
        self.left.snapshot(to);
        if self.channels == Channels::Stereo {
            self.right.snapshot(to);
        }
    }

    fn restore(&mut self, from: &mut State) {
        let sounding = from.take() != 0.0;
        let frames: [f64; 3] = std::array::from_fn(|_| from.take());
        self.place = Glide::from_parts(frames.map(|frames| Place::new(frames, self.rate_hz)), sounding);
        self.left.restore(from);
        if self.channels == Channels::Stereo {
            self.right.restore(from);
        }
    }
}

/// How far back to read.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Place {
    delay_frames: f64,
    /// Frames from the newest back to the last that is read.
    back: usize,
    /// What that frame and those before it weigh, the oldest first; `None` where one frame is copied.
    weights: Option<[f64; TAPS]>,
}

impl Place {
    /// Delays out of range are brought within; not-a-number counts as none.
    fn new(delay_frames: f64, rate_hz: u32) -> Self {
        let delay_frames =
            if delay_frames > 0.0 { delay_frames.min(f64::from(longest_frames(rate_hz))) } else { 0.0 };
        let whole = libm::ceil(delay_frames);
        // With the latency, the moment asked for lies this far after the frame HALF_WIDTH_FRAMES + whole ago, …
        let after = whole - delay_frames;
        let back = whole as usize;
        if after > 0.0 {
            // … and the newest frame that it depends on is HALF_WIDTH_FRAMES after that one.
            Self { delay_frames, back, weights: Some(taps(after)) }
        } else {
            Self { delay_frames, back: back + HALF_WIDTH_FRAMES, weights: None }
        }
    }

    /// The gain of what is read at a frequency: 0 dB where one frame is copied, and nearly so below the top of the band.
    fn gain_db(&self, hz: f64, rate_hz: u32) -> f64 {
        let Some(weights) = &self.weights else { return 0.0 };
        let turn = TAU * hz / f64::from(rate_hz);
        let [re, im] = [libm::cos, libm::sin].map(|of: fn(f64) -> f64| {
            weights.iter().zip(0..).map(|(weight, frame)| weight * of(turn * f64::from(frame))).sum::<f64>()
        });
        db_from_power(re * re + im * im)
    }

    /// How old the oldest frame is that it depends on.
    fn reach_frames(&self) -> usize {
        self.back + if self.weights.is_some() { TAPS - 1 } else { 0 }
    }
}

fn longest_frames(rate_hz: u32) -> u32 {
    libm::ceil(frames_from_ms(MAX_DELAY_MS, rate_hz)) as u32
}

/// The last so many samples of a channel.
#[derive(Debug)]
struct Ring {
    samples: Vec<f32>,
    newest: usize,
}

impl Ring {
    fn new(frames: usize) -> Self {
        Self { samples: vec![0.0; frames], newest: 0 }
    }

    fn put(&mut self, sample: f32) {
        self.newest = if self.newest + 1 < self.samples.len() { self.newest + 1 } else { 0 };
        self.samples[self.newest] = sample;
    }

    fn read(&self, place: &Place) -> f32 {
        match &place.weights {
            None => self.samples[self.index(place.back)],
            Some(weights) => {
                let mut run = [0.0; TAPS];
                let start = self.index(place.back + TAPS - 1);
                let first = (self.samples.len() - start).min(TAPS);
                run[..first].copy_from_slice(&self.samples[start..start + first]);
                run[first..].copy_from_slice(&self.samples[..TAPS - first]);
                weigh(weights, &run)
            }
        }
    }

    /// Where the sample `back` frames before the newest lies; `back` is under the ring's length.
    fn index(&self, back: usize) -> usize {
        if back <= self.newest { self.newest - back } else { self.newest + self.samples.len() - back }
    }

    fn clear(&mut self) {
        self.samples.fill(0.0);
        self.newest = 0;
    }

    fn snapshot(&self, to: &mut State) {
        to.put(self.newest as f64);
        to.put_all(&self.samples);
    }

    fn restore(&mut self, from: &mut State) {
        self.newest = (from.take() as usize).min(self.samples.len() - 1);
        from.take_all(&mut self.samples);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_whole_delay_is_an_exact_copy() {
        let mut line = DelayLine::default();
        line.set(&DelayLineSettings { delay_ms: 1.0 });
        let sound: Vec<f32> = (0..500).map(|frame| (frame as f32).sqrt()).collect();
        let mut heard = sound.clone();
        line.process(&mut Block::mono(&mut heard), &[], &Context { frame: 0, tempo_bpm: 120.0 });
        assert_eq!(heard[..88], [0.0; 88]);
        assert_eq!(heard[88..], sound[..500 - 88]);
    }

    #[test]
    fn half_a_frame_lies_between_two() {
        let mut line = DelayLine::default();
        line.set(&DelayLineSettings { delay_ms: 100.5 / 48.0 });
        let mut heard: Vec<f32> = (0..1000).map(|frame| frame as f32 / 1000.0).collect();
        line.process(&mut Block::mono(&mut heard), &[], &Context { frame: 0, tempo_bpm: 120.0 });
        let delayed = 100.5 + HALF_WIDTH_FRAMES as f32;
        assert!((heard[600] - (600.0 - delayed) / 1000.0).abs() < 1e-5);
    }
}
