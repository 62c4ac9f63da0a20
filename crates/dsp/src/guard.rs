//! What every processor is spared, seen to once: samples that are no numbers, subnormal ones, and work on silence.

use std::sync::Arc;

use crate::GRID_FRAMES;
use crate::block::{Block, Buffer, Signal};
use crate::curve::Curve;
use crate::param::Preset;
use crate::processor::{AssetSpec, Context, Processor, Report, Setup, State, Tail};
use crate::simd::wide;

/// Under this magnitude a sample counts as zero, before it can decay into the subnormal numbers that many processors
/// compute a hundred times slower. Ours: 1e-30 is −600 dBFS, and eight powers of ten above the first subnormal `f32`,
/// so nothing that is multiplied by an ordinary gain downstream gets there either.
pub const NOTHING: f32 = 1e-30;

/// Above this magnitude a sample is brought down to it: +120 dBFS, far over anything that is sound, and low enough that its
/// square and a thousand of those still fit an `f32`. Ours.
pub const LOUDEST: f32 = 1e6;

/// Replaces what is not finite or nearly nothing by zero, brings what is beyond all sound down to [`LOUDEST`], and says how many
/// samples were not finite.
pub fn clean(io: &mut Block<'_>) -> u64 {
    // In runs short enough for a 32-bit counter, which keeps the loop in full lanes.
    let runs = io.each().flat_map(|channel| channel.chunks_mut(1 << 16));
    runs.filter(|run| !is_clean(run)).map(|run| u64::from(clean_run(run))).sum()
}

wide! {
    /// Whether every sample is zero or a number that may stay: nearly always, and sooner found out than put right.
    fn is_clean(run: &[f32]) -> bool {
        // Magnitudes are in the order of their bits. One less puts zero, wrapped round, above all of them.
        let (mut least, mut most) = (u32::MAX, 0_u32);
        for sample in run {
            let magnitude = sample.to_bits() & (u32::MAX >> 1);
            least = least.min(magnitude.wrapping_sub(1));
            most = most.max(magnitude);
        }
        least >= NOTHING.to_bits() - 1 && most <= LOUDEST.to_bits()
    }

    fn clean_run(run: &mut [f32]) -> u32 {
        let mut odd: u32 = 0;
        for sample in run {
            let magnitude = sample.abs();
            odd += u32::from(!magnitude.is_finite());
            *sample = if (NOTHING..=f32::MAX).contains(&magnitude) {
                sample.clamp(-LOUDEST, LOUDEST)
            } else {
                0.0
            };
        }
        odd
    }
}

/// A processor that is only ever handed finite samples, and that sleeps through silence.
///
/// It falls asleep at the first point of the control grid at which input and keys have been exactly zero for as long as
/// its memory, and forgets everything then, as after a reset; it wakes with the first frame that is not zero. Both are
/// frames of the session and of the sound, so the size of blocks is not heard. While it sleeps it gives zeros and costs a
/// look at its input.
#[derive(Debug, Default)]
pub struct Guard<P> {
    inner: P,
    /// Frames of silence up to here, while awake.
    silent: usize,
    asleep: bool,
}

impl<P: Processor> Guard<P> {
    /// The processor inside.
    pub fn inner(&self) -> &P {
        &self.inner
    }

    /// Plays frames that are awake, up to where it falls asleep if it does. Says how many those were.
    fn awake(&mut self, io: &mut Block<'_>, keys: &[Signal<'_>], at: &Context) -> usize {
        let frames = io.frames();
        let mut end = 0;
        let mut falls_asleep = false;
        while end < frames && !falls_asleep {
            let into_cell = at.frame.wrapping_add(end as i64).rem_euclid(GRID_FRAMES as i64) as usize;
            let to = frames.min(end + GRID_FRAMES - into_cell);
            let quiet = quiet_at_end(&io.signal().part(end..to), keys, end..to);
            self.silent = if quiet == to - end { self.silent.saturating_add(quiet) } else { quiet };
            let on_grid = into_cell + (to - end) == GRID_FRAMES;
            end = to;
            falls_asleep = on_grid && self.silent >= GRID_FRAMES && self.silent >= self.rests_after();
        }
        let keys = Parts::new(keys, 0..end);
        self.inner.process(&mut io.part(0..end), keys.as_slice(), at);
        if falls_asleep {
            self.inner.reset();
            self.asleep = true;
        }
        end
    }

    fn rests_after(&self) -> usize {
        self.inner.memory_frames().max(self.inner.tail().frames()).max(self.inner.latency_frames())
    }
}

/// How many frames at the end of a stretch are zero in the signal and in every key.
fn quiet_at_end(io: &Signal<'_>, keys: &[Signal<'_>], stretch: std::ops::Range<usize>) -> usize {
    let of = |signal: &Signal<'_>| {
        let zeros = |channel: &[f32]| channel.iter().rev().take_while(|sample| **sample == 0.0).count();
        signal.each().map(zeros).min().unwrap_or(0)
    };
    let mut quiet = of(io);
    for key in keys {
        if quiet == 0 {
            break;
        }
        quiet = quiet.min(of(&key.part(stretch.clone())));
    }
    quiet
}

/// How many frames at the beginning are zero in the signal and in every key.
fn quiet_at_start(io: &Signal<'_>, keys: &[Signal<'_>], from: usize) -> usize {
    let of = |signal: &Signal<'_>| {
        let zeros = |channel: &[f32]| channel.iter().take_while(|sample| **sample == 0.0).count();
        signal.each().map(zeros).min().unwrap_or(0)
    };
    let frames = from..from + io.frames();
    keys.iter().map(|key| of(&key.part(frames.clone()))).fold(of(io), usize::min)
}

/// Keys cut to a stretch, without allocating for as many as people use.
struct Parts<'a> {
    few: [Signal<'a>; FEW_KEYS],
    count: usize,
}

/// More keys than this are not heard: ours, more microphones than a drum kit is recorded with.
pub const FEW_KEYS: usize = 32;

impl<'a> Parts<'a> {
    fn new(keys: &[Signal<'a>], frames: std::ops::Range<usize>) -> Self {
        let count = keys.len().min(FEW_KEYS);
        let few = std::array::from_fn(|index| match keys.get(index) {
            Some(key) => key.part(frames.clone()),
            None => Signal::mono(&[]),
        });
        Self { few, count }
    }

    fn as_slice(&self) -> &[Signal<'a>] {
        &self.few[..self.count]
    }
}

impl<P: Processor> Processor for Guard<P> {
    type Settings = P::Settings;

    const PRESETS: &'static [Preset] = P::PRESETS;
    const ASSETS: &'static [AssetSpec] = P::ASSETS;
    const KEYS: Option<&'static str> = P::KEYS;

    fn curves(settings: &P::Settings, rate_hz: u32) -> Vec<Curve> {
        P::curves(settings, rate_hz)
    }

    fn load(&mut self, assets: &[Arc<Buffer>]) {
        self.inner.load(assets);
    }

    fn prepare(&mut self, setup: &Setup) {
        (self.silent, self.asleep) = (0, false);
        self.inner.prepare(setup);
    }

    fn set(&mut self, settings: &P::Settings) {
        self.inner.set(settings);
    }

    fn process(&mut self, io: &mut Block<'_>, keys: &[Signal<'_>], at: &Context) {
        clean(io);
        let frames = io.frames();
        let mut done = 0;
        while done < frames {
            if self.asleep {
                done += quiet_at_start(&io.signal().part(done..frames), keys, done);
                if done < frames {
                    (self.silent, self.asleep) = (0, false);
                }
            } else {
                let keys = Parts::new(keys, done..frames);
                let at = Context { frame: at.frame.wrapping_add(done as i64), ..*at };
                done += self.awake(&mut io.part(done..frames), keys.as_slice(), &at);
            }
        }
    }

    fn reset(&mut self) {
        (self.silent, self.asleep) = (0, false);
        self.inner.reset();
    }

    fn latency_frames(&self) -> usize {
        self.inner.latency_frames()
    }

    fn tail(&self) -> Tail {
        self.inner.tail()
    }

    fn memory_frames(&self) -> usize {
        self.inner.memory_frames()
    }

    fn report(&self, out: &mut Report) {
        if !self.asleep {
            self.inner.report(out);
        }
    }

    fn snapshot(&self, to: &mut State) {
        to.put(f64::from(u8::from(self.asleep)));
        to.put(self.silent as f64);
        self.inner.snapshot(to);
    }

    fn restore(&mut self, from: &mut State) {
        self.asleep = from.take() != 0.0;
        self.silent = from.take() as usize;
        self.inner.restore(from);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_numbers_that_are_something_stay() {
        let mut samples =
            [1.0, f32::NAN, -0.5, f32::INFINITY, 1e-31, -1e-45, f32::NEG_INFINITY, 2e-30, -1e30];
        assert_eq!(clean(&mut Block::mono(&mut samples)), 3);
        assert_eq!(samples, [1.0, 0.0, -0.5, 0.0, 0.0, 0.0, 0.0, 2e-30, -LOUDEST]);
    }

    #[test]
    fn whatever_has_to_be_put_right_is_noticed_wherever_it_stands() {
        let nearly = [f32::from_bits(NOTHING.to_bits() - 1), f32::from_bits(LOUDEST.to_bits() + 1)];
        let odd =
            [f32::NAN, f32::INFINITY, f32::NEG_INFINITY, f32::from_bits(1), -1e-31, nearly[0], nearly[1]];
        let mut sound = [0.0, -0.0, 0.25, -1.0, NOTHING, -NOTHING, LOUDEST, -LOUDEST, 0.5, 1e-20, 0.0];
        assert!(is_clean(&sound) && is_clean(&[]));
        for odd in odd {
            for at in 0..sound.len() {
                let kept = std::mem::replace(&mut sound[at], odd);
                assert!(!is_clean(&sound), "{odd} at {at}");
                sound[at] = kept;
            }
        }
    }

    /// Counts the frames that it is asked to play.
    #[derive(Default)]
    struct Counting(usize);

    impl Processor for Counting {
        type Settings = crate::processors::gain::GainSettings;

        fn prepare(&mut self, _setup: &Setup) {}

        fn set(&mut self, _settings: &Self::Settings) {}

        fn process(&mut self, io: &mut Block<'_>, _keys: &[Signal<'_>], _at: &Context) {
            self.0 += io.frames();
        }

        fn reset(&mut self) {}

        fn snapshot(&self, _to: &mut State) {}

        fn restore(&mut self, _from: &mut State) {}

        fn memory_frames(&self) -> usize {
            1_000
        }
    }

    #[test]
    fn silence_costs_nothing_but_a_look_at_it() {
        let mut guard = Guard::<Counting>::default();
        let mut frame = 0;
        let mut play = |guard: &mut Guard<Counting>, sound: &mut [f32]| {
            guard.process(&mut Block::mono(sound), &[], &Context { frame, tempo_bpm: 120.0 });
            frame += sound.len() as i64;
        };
        play(&mut guard, &mut [0.5; 640]);
        // A minute of silence: it is played as long as something may be remembered, to the next point of the grid.
        (0..600).for_each(|_| play(&mut guard, &mut [0.0; 4_800]));
        assert_eq!(guard.inner().0, 640 + 1_024);
        play(&mut guard, &mut [0.0, 0.25]);
        assert_eq!(guard.inner().0, 640 + 1_024 + 1);
    }
}
