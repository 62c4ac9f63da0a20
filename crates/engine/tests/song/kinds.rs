//! Processors that show what the engine does around them: a pure delay, a fading echo, a keyed difference, a plain gain,
//! and one that is broken.

use std::sync::Arc;

use mixkeel_dsp::block::{Block, Buffer, Channels, Signal};
use mixkeel_dsp::catalog::Kind;
use mixkeel_dsp::processor::{AssetSpec, Context, Processor, Setup, State, Tail};

/// Nothing but latency.
pub static LOOK_AHEAD: Kind = Kind::of::<LookAhead>("look-ahead", "For tests.");
/// Adds half of what it gave 100 frames ago; never quite silent again.
pub static ECHO: Kind = Kind::of::<Echo>("echo", "For tests.");
/// Takes its first key away from what comes in.
pub static MINUS_KEY: Kind = Kind::of::<MinusKey>("minus-key", "For tests.");
/// A gain that is there at once, on the grid.
pub static PLAIN_GAIN: Kind = Kind::of::<PlainGain>("plain-gain", "For tests.");
/// Gives its recording, over and over, instead of what comes in.
pub static TAPE_LOOP: Kind = Kind::of::<TapeLoop>("tape-loop", "For tests.");
/// Gives not-a-number at one session frame, infinity at the next and a subnormal after it.
pub static BROKEN: Kind = Kind::of::<Broken>("broken", "For tests.");

mixkeel_dsp::params! {
    /// How far to look ahead.
    pub struct LookAheadSettings {
        /// Latency.
        frames: f64 = 100.0 [0.0..=10000.0, "frames"];
    }
}

#[derive(Default)]
struct LookAhead {
    frames: usize,
    stereo: bool,
    kept: Vec<[f32; 2]>,
    at: usize,
}

impl Processor for LookAhead {
    type Settings = LookAheadSettings;

    fn prepare(&mut self, setup: &Setup) {
        self.stereo = setup.channels == Channels::Stereo;
    }

    fn set(&mut self, settings: &LookAheadSettings) {
        self.frames = settings.frames as usize;
        self.kept = vec![[0.0; 2]; self.frames];
    }

    fn process(&mut self, io: &mut Block<'_>, _keys: &[Signal<'_>], _at: &Context) {
        if self.frames == 0 {
            return;
        }
        for frame in 0..io.frames() {
            for (side, channel) in io.each().enumerate() {
                std::mem::swap(&mut channel[frame], &mut self.kept[self.at][side]);
            }
            self.at = (self.at + 1) % self.frames;
        }
    }

    fn reset(&mut self) {
        self.kept.fill([0.0; 2]);
    }

    fn latency_frames(&self) -> usize {
        self.frames
    }

    fn tail(&self) -> Tail {
        Tail::Exact(self.frames)
    }

    fn snapshot(&self, to: &mut State) {
        to.put(self.at as f64);
        self.kept.iter().for_each(|frame| to.put_all(frame));
    }

    fn restore(&mut self, from: &mut State) {
        self.at = from.take() as usize;
        self.kept.iter_mut().for_each(|frame| from.take_all(frame));
    }
}

mixkeel_dsp::params! {
    /// How much comes back.
    pub struct EchoSettings {
        /// Share of what was heard that is heard again.
        feedback: f64 = 0.5 [0.0..=0.99, ""] automatable;
    }
}

struct Echo {
    feedback: f32,
    kept: Buffer,
    at: usize,
}

impl Default for Echo {
    fn default() -> Self {
        Self { feedback: 0.5, kept: Buffer::new(Channels::Stereo, 100), at: 0 }
    }
}

impl Processor for Echo {
    type Settings = EchoSettings;

    fn prepare(&mut self, _setup: &Setup) {}

    fn set(&mut self, settings: &EchoSettings) {
        self.feedback = settings.feedback as f32;
    }

    fn process(&mut self, io: &mut Block<'_>, _keys: &[Signal<'_>], _at: &Context) {
        for frame in 0..io.frames() {
            for (channel, kept) in io.each().zip(self.kept.block().each()) {
                channel[frame] += kept[self.at] * self.feedback;
                kept[self.at] = channel[frame];
            }
            self.at = (self.at + 1) % 100;
        }
    }

    fn reset(&mut self) {
        self.kept.block().clear();
    }

    fn tail(&self) -> Tail {
        // 0.5^20 is −120 dB.
        Tail::Fading(2_000)
    }

    fn snapshot(&self, to: &mut State) {
        to.put(self.at as f64);
        self.kept.signal().each().for_each(|channel| to.put_all(channel));
    }

    fn restore(&mut self, from: &mut State) {
        self.at = from.take() as usize;
        self.kept.block().each().for_each(|channel| from.take_all(channel));
    }
}

mixkeel_dsp::params! {
    /// Nothing to set.
    pub struct MinusKeySettings {
        /// Whether it does anything.
        on: bool = true;
    }
}

#[derive(Default)]
struct MinusKey;

impl Processor for MinusKey {
    type Settings = MinusKeySettings;

    fn prepare(&mut self, _setup: &Setup) {}

    fn set(&mut self, _settings: &MinusKeySettings) {}

    fn process(&mut self, io: &mut Block<'_>, keys: &[Signal<'_>], _at: &Context) {
        let Some(key) = keys.first() else { return };
        assert_eq!(key.frames(), io.frames(), "a key is as long as the block");
        let sides = [key.left(), key.right_or_only()];
        for (channel, key) in io.each().zip(sides) {
            channel.iter_mut().zip(key).for_each(|(sample, key)| *sample -= key);
        }
    }

    fn reset(&mut self) {}
}

mixkeel_dsp::params! {
    /// How loud.
    pub struct PlainGainSettings {
        /// Factor.
        factor: f64 = 1.0 [0.0..=1000.0, ""] automatable;
    }
}

#[derive(Default)]
struct PlainGain {
    factor: f32,
}

impl Processor for PlainGain {
    type Settings = PlainGainSettings;

    fn prepare(&mut self, _setup: &Setup) {}

    fn set(&mut self, settings: &PlainGainSettings) {
        self.factor = settings.factor as f32;
    }

    fn process(&mut self, io: &mut Block<'_>, _keys: &[Signal<'_>], _at: &Context) {
        io.each().for_each(|channel| channel.iter_mut().for_each(|sample| *sample *= self.factor));
    }

    fn reset(&mut self) {}
}

mixkeel_dsp::params! {
    /// When to break.
    pub struct BrokenSettings {
        /// Session frame.
        at_frame: f64 = 500.0 [0.0..=1000000.0, "frames"];
    }
}

#[derive(Default)]
struct Broken {
    at_frame: i64,
}

impl Processor for Broken {
    type Settings = BrokenSettings;

    fn prepare(&mut self, _setup: &Setup) {}

    fn set(&mut self, settings: &BrokenSettings) {
        self.at_frame = settings.at_frame as i64;
    }

    fn process(&mut self, io: &mut Block<'_>, _keys: &[Signal<'_>], at: &Context) {
        for channel in io.each() {
            for (sample, frame) in channel.iter_mut().zip(at.frame..) {
                match frame - self.at_frame {
                    0 => *sample = f32::NAN,
                    1 => *sample = f32::NEG_INFINITY,
                    2 => *sample = 1e-40,
                    _ => {}
                }
            }
        }
    }

    fn reset(&mut self) {}
}

mixkeel_dsp::params! {
    /// There is nothing to set.
    pub struct TapeLoopSettings {
    }
}

#[derive(Default)]
struct TapeLoop {
    tape: Option<Arc<Buffer>>,
}

impl Processor for TapeLoop {
    type Settings = TapeLoopSettings;

    const ASSETS: &'static [AssetSpec] = &[AssetSpec { id: "tape", help: "What is played." }];

    fn load(&mut self, assets: &[Arc<Buffer>]) {
        self.tape = assets.first().cloned();
    }

    fn prepare(&mut self, _setup: &Setup) {}

    fn set(&mut self, _settings: &TapeLoopSettings) {}

    fn process(&mut self, io: &mut Block<'_>, _keys: &[Signal<'_>], at: &Context) {
        let Some(tape) = &self.tape else { return };
        let samples = tape.signal().left();
        for channel in io.each() {
            for (sample, frame) in channel.iter_mut().zip(at.frame..) {
                *sample = samples[frame.rem_euclid(samples.len() as i64) as usize];
            }
        }
    }

    fn reset(&mut self) {}

    fn tail(&self) -> Tail {
        Tail::Exact(1 << 20)
    }
}
