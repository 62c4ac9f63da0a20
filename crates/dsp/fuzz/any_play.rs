//! What holds for every processor, whatever it is set to and whatever comes in: it does not panic, and what comes out is
//! a number. Bytes are read as a script: a kind, a rate, channels, and then things that happen.

use std::sync::Arc;

use mixkeel_dsp::MAX_BLOCK_FRAMES;
use mixkeel_dsp::block::{Buffer, Channels};
use mixkeel_dsp::catalog::{CATALOG, Kind};
use mixkeel_dsp::guard::clean;
use mixkeel_dsp::param::{ParamSpec, Range, Value};
use mixkeel_dsp::processor::{AnyProcessor, BoxedSettings, Context, Setup, State};

const RATES_HZ: [u32; 8] = [8_000, 44_100, 48_000, 88_200, 96_000, 176_400, 192_000, 384_000];

/// What is played of one script at most, so that no run takes long.
const MOST_FRAMES: usize = 1 << 14;

/// A block counts for this many at least.
const SHORTEST_FRAMES: usize = 16;

/// What making one ready counts for among those: it clears seconds of memory.
const REBUILT_FRAMES: usize = 1 << 11;

/// A recording is no longer than this: what counts is what is in it.
const MOST_ASSET_FRAMES: usize = 1 << 12;

/// Bytes that are read one after the other; after the last come zeros.
struct Script<'a>(&'a [u8]);

impl Script<'_> {
    fn byte(&mut self) -> u8 {
        let Some((first, rest)) = self.0.split_first() else { return 0 };
        self.0 = rest;
        *first
    }

    fn below(&mut self, end: usize) -> usize {
        usize::from(u16::from_le_bytes([self.byte(), self.byte()])) % end.max(1)
    }

    fn word(&mut self) -> u32 {
        u32::from_le_bytes([self.byte(), self.byte(), self.byte(), self.byte()])
    }

    fn value(&mut self, spec: &ParamSpec) -> Value {
        match spec.range {
            Range::Number { min, max, .. } => Value::Number(match self.byte() {
                0 => min,
                255 => max,
                _ => min + (max - min) * f64::from(self.word()) / f64::from(u32::MAX),
            }),
            Range::Switch { .. } => Value::Switch(self.byte() % 2 == 1),
            Range::Choice { words, .. } => Value::Word(words[self.below(words.len())].to_owned()),
        }
    }

    /// Moves one parameter anywhere, of a band too if there are bands.
    fn turn(&mut self, kind: &Kind, settings: &mut BoxedSettings) {
        let which = self.below(kind.specs.len() + kind.bands.map_or(0, |bands| bands.specs.len()));
        let (path, spec) = match (kind.specs.get(which), kind.bands) {
            (Some(spec), _) => (spec.id.to_owned(), spec),
            (None, Some(bands)) => {
                let spec = &bands.specs[which - kind.specs.len()];
                (bands.path(1 + self.below(bands.most), spec), spec)
            }
            (None, None) => return,
        };
        let value = self.value(spec);
        assert_eq!(settings.set(&path, &value), Ok(()), "{path} {value:?}");
    }

    /// Sound of some kind: a constant of any bits, two in turn, a click, noise, a few any bits over and over.
    fn sound(&mut self, to: &mut [f32]) {
        let (kind, one) = (self.byte() % 5, f32::from_bits(self.word()));
        match kind {
            0 => to.fill(one),
            1 => {
                let half = 1 + self.below(500);
                to.iter_mut().enumerate().for_each(|(at, to)| *to = [one, -one][at / half % 2]);
            }
            2 => {
                to.fill(0.0);
                let at = self.below(to.len());
                to[at..].iter_mut().take(1).for_each(|to| *to = one);
            }
            3 => {
                let mut random = self.word() | 1;
                for to in to {
                    random ^= random << 13;
                    random ^= random >> 17;
                    random ^= random << 5;
                    *to = random as i32 as f32 / i32::MAX as f32;
                }
            }
            _ => {
                let bits: [f32; 8] = std::array::from_fn(|_| f32::from_bits(self.word()));
                to.iter_mut().zip(bits.into_iter().cycle()).for_each(|(to, bits)| *to = bits);
            }
        }
    }

    fn buffer(&mut self, frames: usize) -> Buffer {
        let channels = if self.byte() % 2 == 1 { Channels::Stereo } else { Channels::Mono };
        let mut buffer = Buffer::new(channels, frames);
        buffer.block().each().for_each(|channel| self.sound(channel));
        buffer
    }

    /// The same as it comes to a processor by the side: files and the engine give keys and recordings that are clean.
    fn clean_buffer(&mut self, frames: usize) -> Buffer {
        let mut buffer = self.buffer(frames);
        clean(&mut buffer.block());
        buffer
    }
}

/// Builds a processor as the script says, and plays to it.
pub fn play(bytes: &[u8]) {
    let mut script = Script(bytes);
    let kind = &CATALOG[usize::from(script.byte()) % CATALOG.len()];
    let rate_hz = RATES_HZ[usize::from(script.byte()) % RATES_HZ.len()];
    let channels = if script.byte() % 2 == 1 { Channels::Stereo } else { Channels::Mono };
    let max_block_frames = 1 + script.below(MAX_BLOCK_FRAMES);
    let setup = Setup { rate_hz, channels, max_block_frames };

    let mut settings = (kind.settings)();
    for _ in 0..script.byte() % 32 {
        script.turn(kind, &mut settings);
    }
    let assets: Vec<_> = (0..script.below(kind.assets.len() + 1))
        .map(|_| {
            let frames = script.below(MOST_ASSET_FRAMES);
            Arc::new(script.clean_buffer(frames))
        })
        .collect();
    let ready = |settings: &BoxedSettings| {
        let mut processor = (kind.build)();
        processor.load(&assets);
        processor.prepare(&setup);
        processor.set(&**settings);
        processor
    };
    let mut processor = ready(&settings);
    let mut frame = i64::from(script.word() as i32) >> (script.byte() % 32);
    let mut played = 0;
    while !script.0.is_empty() && played < MOST_FRAMES {
        match script.byte() % 8 {
            0 => {
                script.turn(kind, &mut settings);
                processor.set(&*settings);
            }
            1 => processor.reset(),
            2 => {
                let mut state = State::default();
                processor.snapshot(&mut state);
                processor = ready(&settings);
                processor.restore(&mut state);
                played += REBUILT_FRAMES;
            }
            3 => frame = i64::from(script.word() as i32),
            4 => drop((kind.curves)(&*settings, rate_hz)),
            _ => {
                let frames = script.below(max_block_frames + 1);
                heard(&mut *processor, &mut script, channels, frames, frame, kind, &settings);
                frame += frames as i64;
                played += frames.max(SHORTEST_FRAMES);
            }
        }
    }
}

/// One block.
fn heard(
    processor: &mut dyn AnyProcessor,
    script: &mut Script<'_>,
    channels: Channels,
    frames: usize,
    frame: i64,
    kind: &Kind,
    settings: &BoxedSettings,
) {
    let mut io = Buffer::new(channels, frames);
    io.block().each().for_each(|channel| script.sound(channel));
    let keys: Vec<_> = (0..script.byte() % 3).map(|_| script.clean_buffer(frames)).collect();
    let keys: Vec<_> = keys.iter().map(Buffer::signal).collect();
    let at = Context { frame, tempo_bpm: 20.0 + f64::from(script.byte()) };
    processor.process(&mut io.block(), &keys, &at);
    let finite = io.signal().each().flatten().all(|sample| sample.is_finite());
    assert!(finite, "{} gave what is not a number with {settings:?}", kind.id);
}
