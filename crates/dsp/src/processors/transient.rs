//! Makes attacks stronger or softer, and what follows them, at any level.
//!
//! Two pairs of followers watch the level in dB. Where the fast one of the first pair is ahead of the slow one, a note begins;
//! where the slow one of the second pair lags behind as both fall, it rings out. Both differences are in dB, so a softer
//! recording is treated as a louder one is. How far a difference has come decides how much of the set gain applies, so the gain
//! never exceeds what is set.
//!
//! ```
//! use mixkeel_dsp::block::{Block, Channels};
//! use mixkeel_dsp::processor::{Context, Processor, Setup};
//! use mixkeel_dsp::processors::transient::{Transient, TransientSettings};
//!
//! let mut transient = Transient::default();
//! transient.prepare(&Setup { rate_hz: 48_000, channels: Channels::Mono, max_block_frames: 4_096 });
//! transient.set(&TransientSettings { attack_db: 6.0, sustain_db: -12.0, ..Default::default() });
//! let mut drum: Vec<f32> = (0..4_096).map(|frame| if frame < 480 { 0.2 } else { 0.02 }).collect();
//! transient.process(&mut Block::mono(&mut drum), &[], &Context { frame: 0, tempo_bpm: 120.0 });
//! assert!(drum[100] > 0.3 && drum[4_000] < 0.016);
//! ```

use crate::GRID_FRAMES;
use crate::block::{Block, Signal};
use crate::curve::{Axis, Curve};
use crate::glide::{Glide, Motion};
use crate::kernels::detector::{Cell, Follower, FollowerTiming, REMEMBERED, SlidingMax, listen_along};
use crate::kernels::fastmath::{db_from_gain, gain_from_db, larger};
use crate::param::{Preset, PresetValue::Number};
use crate::processor::{Context, Processor, Report, Setup, State, Tail};
use crate::units;

crate::params! {
    /// What a transient processor can be set to.
    pub struct TransientSettings {
        /// How much louder, or softer, the strongest attacks become.
        attack_db: f64 = 0.0 [-18.0..=18.0, "dB"] automatable;
        /// How much louder, or softer, what follows them becomes.
        sustain_db: f64 = 0.0 [-24.0..=24.0, "dB"] automatable;
        /// How long an attack is: how soon the slow follower catches up.
        attack_ms: f64 = 20.0 [2.0..=100.0, "ms"] automatable;
        /// How slowly a sound may ring out and still count as sustain.
        release_ms: f64 = 300.0 [50.0..=2000.0, "ms"] automatable;
        /// How much louder everything becomes.
        output_db: f64 = 0.0 [-24.0..=24.0, "dB"] automatable;
    }
}

/// How long a peak counts as the level: half a period of 50 Hz, so that the wave itself does not look like attacks.
const WAVE_MS: f64 = 10.0;

/// How fast the fast followers are. Ours: an attack rises within a few milliseconds (1 ms lets a click through), and a drum is
/// damped within tens.
const FAST_RISE_MS: f64 = 1.0;
const FAST_FALL_MS: f64 = 30.0;

/// A hit out of silence is one out of a floor this far below it. Ours: what a drum stands above the room and the ring of the hit
/// before.
const FLOOR_DB: f64 = 24.0;

/// The difference in dB at which half of the set gain applies. Ours: 6 dB, a note twice as strong as what went before.
const HALF_DB: f32 = 6.0;

/// Added to every magnitude: what is under −110 dBFS is a pause, whose length and noise do not matter. Ours.
const PAUSE: f32 = 3e-6;

/// Strengthens or softens attacks and sustain; see the [module](self). Both channels of a stereo sound get one gain.
#[derive(Debug)]
pub struct Transient {
    rate_hz: u32,
    settings: TransientSettings,
    glide: Glide<TransientSettings>,
    wave: SlidingMax,
    /// Rising fast, rising slowly; falling slowly, falling fast.
    rising: [Follower<1>; 2],
    falling: [Follower<1>; 2],
    reduced_db: f32,
}

/// The level of a pause, where followers start.
fn pause_db() -> f64 {
    f64::from(db_from_gain(PAUSE))
}

impl Transient {
    fn ready(rate_hz: u32, settings: TransientSettings) -> Self {
        let start = Follower::new([pause_db()]);
        Self {
            rate_hz,
            settings,
            glide: Glide::new(settings),
            wave: SlidingMax::new(libm::round(units::frames_from_ms(WAVE_MS, rate_hz)) as usize + 1),
            rising: [start; 2],
            falling: [start; 2],
            reduced_db: 0.0,
        }
    }

    /// One stretch of the control grid.
    fn stretch(&mut self, io: &mut Block<'_>, levels: &mut Cell, motion: &Motion<TransientSettings>) {
        let frames = io.frames();
        let (from, to) = motion.ends();
        let [level, other] = levels;
        let (level, other) = (&mut level[..frames], &mut other[..frames]);
        for (level, other) in level.iter_mut().zip(&*other) {
            *level = larger(level.abs(), other.abs());
        }
        self.wave.run(level);
        level.iter_mut().for_each(|level| *level = db_from_gain(*level + PAUSE));
        self.follow(level, other, &to);
        // From here on, `level` holds how much of an attack there is, and `other` how much sustain.
        let [attack, sustain, output] = [
            [from.attack_db, to.attack_db],
            [from.sustain_db, to.sustain_db],
            [from.output_db, to.output_db],
        ]
        .map(|[from, to]| (from as f32, (to - from) as f32));
        let first = motion.share(0) as f32;
        for (frame, (gain, sustained)) in level.iter_mut().zip(&*other).enumerate() {
            let share = first + frame as f32 * (1.0 / GRID_FRAMES as f32);
            let at = |(from, way): (f32, f32)| from + way * share;
            let gain_db = at(attack) * *gain + at(sustain) * sustained;
            self.reduced_db = larger(self.reduced_db, -gain_db);
            *gain = gain_from_db(gain_db + at(output));
        }
        for channel in io.each() {
            channel.iter_mut().zip(&*level).for_each(|(sample, gain)| *sample *= gain);
        }
    }

    /// Levels to the shares of attack and of sustain, from 0 to 1.
    fn follow(&mut self, levels: &mut [f32], sustains: &mut [f32], settings: &TransientSettings) {
        let timing = |rise_ms, fall_ms| FollowerTiming::new(rise_ms, fall_ms, self.rate_hz);
        let rising = [timing(FAST_RISE_MS, FAST_FALL_MS), timing(settings.attack_ms, FAST_FALL_MS)];
        let falling = [timing(FAST_RISE_MS, settings.release_ms), timing(FAST_RISE_MS, FAST_FALL_MS)];
        for (level, sustain) in levels.iter_mut().zip(sustains) {
            let target = [f64::from(*level)];
            let [fast] = self.rising[0].step(target, &rising[0]);
            let [slow] = self.rising[1].step(target, &rising[1]);
            // Out of silence the slow one would have so far to come that a whole note counted as its beginning.
            let slow = slow.max(fast - FLOOR_DB);
            self.rising[1].at = [slow];
            let [long] = self.falling[0].step(target, &falling[0]);
            let [short] = self.falling[1].step(target, &falling[1]);
            let (begins, rings) = (larger((fast - slow) as f32, 0.0), larger((long - short) as f32, 0.0));
            *level = begins / (begins + HALF_DB);
            // While a note begins, nothing rings out, whatever the note before left behind.
            *sustain = (1.0 - *level) * rings / (rings + HALF_DB);
        }
    }
}

impl Default for Transient {
    fn default() -> Self {
        Self::ready(48_000, TransientSettings::default())
    }
}

impl Processor for Transient {
    type Settings = TransientSettings;

    const PRESETS: &'static [Preset] = &[
        Preset {
            id: "punch",
            about: "More stick, less ring: a drum that hits.",
            values: &[("attack_db", Number(6.0)), ("sustain_db", Number(-4.0))],
        },
        Preset {
            id: "tight",
            about: "Shortens what rings, and leaves the hit.",
            values: &[("sustain_db", Number(-10.0)), ("release_ms", Number(200.0))],
        },
        Preset {
            id: "room",
            about: "Brings up what lies behind the hit.",
            values: &[("sustain_db", Number(8.0)), ("release_ms", Number(500.0))],
        },
        Preset {
            id: "soften",
            about: "Takes the edge off picks and sticks.",
            values: &[("attack_db", Number(-6.0)), ("attack_ms", Number(15.0))],
        },
        Preset {
            id: "pluck",
            about: "Makes the beginning of plucked notes clearer.",
            values: &[("attack_db", Number(5.0)), ("attack_ms", Number(30.0))],
        },
    ];
    const KEYS: Option<&'static str> = Some("The attacks of the keys, added up, count instead of its own.");

    fn curves(settings: &TransientSettings, rate_hz: u32) -> Vec<Curve> {
        // What it does to a hit out of silence that falls by 60 dB in half a second, heard once a millisecond.
        let mut processor = Self::ready(rate_hz, *settings);
        let ms_frames = (rate_hz as usize / 1_000).max(1);
        let level = |ms: i32| gain_from_db(-0.12 * ms as f32);
        let gain = |ms: i32| {
            let mut hit = vec![level(ms); ms_frames];
            let at = Context { frame: i64::from(ms) * ms_frames as i64, tempo_bpm: 120.0 };
            processor.process(&mut Block::mono(&mut hit), &[], &at);
            let out = hit.last().copied().unwrap_or_default();
            (f64::from(ms), f64::from(db_from_gain(out / level(ms))))
        };
        vec![Curve { of: "a hit".to_owned(), axis: Axis::GainDbOverMs, points: (0..500).map(gain).collect() }]
    }

    fn prepare(&mut self, setup: &Setup) {
        *self = Self::ready(setup.rate_hz, self.settings);
    }

    fn set(&mut self, settings: &TransientSettings) {
        self.settings = *settings;
        self.glide.aim(*settings);
    }

    fn process(&mut self, io: &mut Block<'_>, keys: &[Signal<'_>], at: &Context) {
        self.reduced_db = 0.0;
        let mut glide = self.glide;
        listen_along(&mut glide, io, keys, at.frame, |io, levels, _, motion| {
            self.stretch(io, levels, motion)
        });
        self.glide = glide;
    }

    fn reset(&mut self) {
        self.glide.settle();
        self.wave.reset();
        self.rising = [Follower::new([pause_db()]); 2];
        self.falling = self.rising;
        self.reduced_db = 0.0;
    }

    fn tail(&self) -> Tail {
        Tail::Fading(self.latency_frames())
    }

    fn memory_frames(&self) -> usize {
        let slowest_ms = self.settings.attack_ms.max(self.settings.release_ms).max(FAST_FALL_MS);
        // Its followers come down from full scale to a pause, some 100 dB: half as long again as a reduction takes.
        let frames = units::frames_from_ms(WAVE_MS + 1.5 * REMEMBERED * slowest_ms, self.rate_hz);
        self.latency_frames() + libm::ceil(frames) as usize
    }

    fn report(&self, out: &mut Report) {
        out.gain_reduction_db = f64::from(self.reduced_db);
    }

    fn snapshot(&self, to: &mut State) {
        self.glide.snapshot_settings(to);
        self.wave.snapshot(to);
        self.rising.iter().chain(&self.falling).for_each(|follower| to.put(follower.at[0]));
    }

    fn restore(&mut self, from: &mut State) {
        self.glide.restore_settings(from);
        self.wave.restore(from);
        self.rising.iter_mut().chain(&mut self.falling).for_each(|follower| follower.at = [from.take()]);
    }
}
