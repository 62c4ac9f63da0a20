//! Turns down what is soft: the pauses between notes, and the bleed in them.
//!
//! A gate is open or closed. It opens when the level reaches the threshold and closes when it has fallen `hysteresis_db` under
//! it, so a level that hovers does not make it chatter. The level is the largest magnitude of the last 16 ms (half a period of
//! the lowest string of a five-string bass), so neither does the wave itself. An expander has no two states: every dB under
//! the threshold becomes `ratio` dB.
//!
//! Attack is the time in which 63.2 % (1 − 1/e) of the reduction in dB is given back when it opens, release that in which as
//! much of it is reached when it closes, after the 16 ms and the hold. Open, it passes every bit as it is.
//!
//! ```
//! use mixkeel_dsp::block::{Block, Channels};
//! use mixkeel_dsp::processor::{Context, Processor, Setup};
//! use mixkeel_dsp::processors::gate::{Gate, GateSettings};
//!
//! let mut gate = Gate::default();
//! gate.prepare(&Setup { rate_hz: 48_000, channels: Channels::Mono, max_block_frames: 4_096 });
//! gate.set(&GateSettings { threshold_db: -40.0, range_db: 60.0, ..Default::default() });
//! let mut bleed = vec![0.001; 4_096]; // −60 dBFS
//! gate.process(&mut Block::mono(&mut bleed), &[], &Context { frame: 0, tempo_bpm: 120.0 });
//! assert!((bleed[4_095] - 0.000_001).abs() < 1e-9);
//! ```

use crate::block::{Block, Channels, Signal};
use crate::curve::Curve;
use crate::glide::{Glide, Motion};
use crate::kernels::detector::{
    Ahead, Cell, GainComputer, Key, KeyFilter, REMEMBERED, Reducing, SlidingMax, Timing, filtered,
    listen_along, meet, peaks_db,
};
use crate::kernels::fastmath::{largest, turn_down};
use crate::kernels::svf::Svf;
use crate::param::{Preset, PresetValue::Number, PresetValue::Word};
use crate::processor::{Context, Processor, Report, Setup, State, Tail};
use crate::units;

crate::choices! {
    /// How softness is met.
    pub enum GateMode {
        /// Open, or closed by the whole range.
        Gate = "gate",
        /// The softer, the more it is turned down.
        Expander = "expander",
    }
}

crate::params! {
    /// What a gate can be set to.
    pub struct GateSettings {
        /// Whether it closes, or turns down more and more.
        mode: GateMode;
        /// The level at which it is open.
        threshold_db: f64 = -40.0 [-80.0..=0.0, "dB"] automatable;
        /// How far under the threshold a gate closes again.
        hysteresis_db: f64 = 4.0 [0.0..=24.0, "dB"] automatable;
        /// How many dB one dB under the threshold becomes in an expander.
        ratio: f64 = 2.0 [1.0..=20.0, ""] automatable;
        /// The width of the bend around an expander's threshold.
        knee_db: f64 = 6.0 [0.0..=24.0, "dB"] automatable;
        /// How much it turns down at most.
        range_db: f64 = 40.0 [0.0..=100.0, "dB"] automatable;
        /// The time in which 63 % of the way to open is done.
        attack_ms: f64 = 0.5 [0.0..=100.0, "ms"] automatable;
        /// How long it stays open after the sound has become soft.
        hold_ms: f64 = 40.0 [0.0..=1000.0, "ms"];
        /// The time in which 63 % of the way to closed is done.
        release_ms: f64 = 120.0 [1.0..=2500.0, "ms"] automatable;
        /// How far ahead it hears, so that it is open when a note begins; the sound becomes later by this.
        look_ahead_ms: f64 = 0.0 [0.0..=20.0, "ms"];
        /// How much of each channel's level is that of the louder channel; at 100 both open together.
        link_percent: f64 = 100.0 [0.0..=100.0, "%"] automatable;
        /// What it listens for.
        key_filter: KeyFilter;
        /// Where its filter lies.
        key_freq_hz: f64 = 100.0 [20.0..=20000.0, "Hz"] automatable;
        /// How narrow its filter is; 0.71 has no resonance.
        key_q: f64 = 0.71 [0.1..=10.0, ""] automatable;
        /// How much more, or less, its bell hears.
        key_gain_db: f64 = 12.0 [-24.0..=24.0, "dB"] automatable;
    }
}

/// How long a peak counts as the level: half a period of 31 Hz, the low B of a bass.
const WAVE_MS: f64 = 16.0;

/// The longest hold and look-ahead, as the parameters' ranges have them.
const LONGEST_WINDOW_MS: f64 = 1_020.0;

/// Levels that stand for open and closed where a computer decides between nothing and the whole range.
const OPEN_DB: f32 = 0.0;
const CLOSED_DB: f32 = -700.0;

impl GateSettings {
    /// The static curve in a mode. A gate's is over levels that stand for open and closed.
    fn computer(&self, mode: GateMode) -> GainComputer {
        match mode {
            GateMode::Gate => GainComputer::expander(-1.0, 100.0, 0.0, self.range_db),
            GateMode::Expander => {
                GainComputer::expander(self.threshold_db, self.ratio, self.knee_db, self.range_db)
            }
        }
    }

    fn key(&self) -> Key {
        Key { filter: self.key_filter, freq_hz: self.key_freq_hz, q: self.key_q, gain_db: self.key_gain_db }
    }

    fn look_ahead_frames(&self, rate_hz: u32) -> usize {
        libm::round(units::frames_from_ms(self.look_ahead_ms, rate_hz)) as usize
    }

    fn window_frames(&self, rate_hz: u32) -> usize {
        let hold = libm::round(units::frames_from_ms(self.hold_ms, rate_hz)) as usize;
        self.look_ahead_frames(rate_hz) + hold + 1
    }
}

/// A gate, or a downward expander; see the [module](self).
#[derive(Debug)]
pub struct Gate {
    rate_hz: u32,
    settings: GateSettings,
    glide: Glide<GateSettings>,
    filter: Svf<2>,
    waves: [SlidingMax; 2],
    open: [bool; 2],
    ahead: Ahead,
    reduced_db: f32,
}

impl Gate {
    fn ready(rate_hz: u32, channels: Channels, settings: GateSettings) -> Self {
        let wave = SlidingMax::new(libm::ceil(units::frames_from_ms(WAVE_MS, rate_hz)) as usize + 2);
        let mut gate = Self {
            rate_hz,
            settings,
            glide: Glide::new(settings),
            filter: Svf::default(),
            waves: [wave.clone(), wave],
            open: [false; 2],
            ahead: Ahead::new(LONGEST_WINDOW_MS, rate_hz, channels),
            reduced_db: 0.0,
        };
        gate.fit_window();
        gate
    }

    fn fit_window(&mut self) {
        let (settings, rate_hz) = (&self.settings, self.rate_hz);
        self.ahead.set(settings.look_ahead_frames(rate_hz), settings.window_frames(rate_hz));
    }

    /// One stretch of the control grid.
    fn stretch(
        &mut self,
        io: &mut Block<'_>,
        levels: &mut Cell,
        heard: usize,
        motion: &Motion<GateSettings>,
    ) {
        let frames = io.frames();
        let (from, to) = motion.ends();
        let key = Key { filter: self.settings.key_filter, ..to.key() };
        if let Some(section) = key.section(self.rate_hz) {
            filtered(levels, frames, &mut self.filter, &section.step());
        }
        for (channel, wave) in levels.iter_mut().zip(&mut self.waves).take(heard) {
            let channel = &mut channel[..frames];
            channel.iter_mut().for_each(|sample| *sample = sample.abs());
            wave.run(channel);
            peaks_db(channel);
        }
        // One channel that listens to two follows the louder.
        let link = if heard > io.signal().each().count() { 1.0 } else { to.link_percent / 100.0 };
        if heard > 1 && link > 0.0 {
            let [left, right] = &mut *levels;
            meet(&mut left[..frames], &mut right[..frames], link as f32);
        }
        let mode = self.settings.mode;
        if mode == GateMode::Gate {
            self.decide(levels, frames, heard, &to);
        }
        let how = Reducing {
            computers: [from.computer(mode), to.computer(mode)],
            share: motion.share(0),
            link: 0.0,
            timing: Timing::new(to.attack_ms, to.release_ms, self.rate_hz),
            adaptive: 0.0,
        };
        self.ahead.reducer.run(levels, heard, frames, &how);
        self.ahead.delay(io);
        for (channel, reductions) in io.each().zip(&*levels) {
            let reductions = &reductions[..frames];
            self.reduced_db = largest(reductions, self.reduced_db);
            turn_down(channel, reductions);
        }
    }

    /// Levels to open and closed.
    fn decide(&mut self, levels: &mut Cell, frames: usize, heard: usize, settings: &GateSettings) {
        let opens_db = settings.threshold_db as f32;
        let closes_db = (settings.threshold_db - settings.hysteresis_db) as f32;
        for (channel, open) in levels.iter_mut().zip(&mut self.open).take(heard) {
            for level in &mut channel[..frames] {
                *open = *level >= if *open { closes_db } else { opens_db };
                *level = if *open { OPEN_DB } else { CLOSED_DB };
            }
        }
    }
}

impl Default for Gate {
    fn default() -> Self {
        Self::ready(48_000, Channels::Stereo, GateSettings::default())
    }
}

impl Processor for Gate {
    type Settings = GateSettings;

    const PRESETS: &'static [Preset] = &[
        Preset {
            id: "kick",
            about: "Keeps the other drums out of the kick's microphone.",
            values: &[
                ("threshold_db", Number(-24.0)),
                ("range_db", Number(30.0)),
                ("hold_ms", Number(80.0)),
                ("release_ms", Number(120.0)),
                ("look_ahead_ms", Number(2.0)),
                ("key_filter", Word("high-cut")),
                ("key_freq_hz", Number(150.0)),
            ],
        },
        Preset {
            id: "snare",
            about: "Keeps the hi-hat out of the snare's microphone.",
            values: &[
                ("threshold_db", Number(-22.0)),
                ("range_db", Number(20.0)),
                ("hold_ms", Number(100.0)),
                ("release_ms", Number(150.0)),
                ("look_ahead_ms", Number(2.0)),
                ("key_filter", Word("bell")),
                ("key_freq_hz", Number(200.0)),
            ],
        },
        Preset {
            id: "toms",
            about: "Opens for the toms and lets them ring.",
            values: &[
                ("threshold_db", Number(-24.0)),
                ("range_db", Number(30.0)),
                ("hold_ms", Number(250.0)),
                ("release_ms", Number(400.0)),
                ("look_ahead_ms", Number(2.0)),
                ("key_filter", Word("high-cut")),
                ("key_freq_hz", Number(300.0)),
            ],
        },
        Preset {
            id: "vocal-pauses",
            about: "Makes the room between the words softer, unheard.",
            values: &[
                ("mode", Word("expander")),
                ("threshold_db", Number(-46.0)),
                ("range_db", Number(12.0)),
                ("hold_ms", Number(100.0)),
                ("release_ms", Number(300.0)),
                ("attack_ms", Number(2.0)),
                ("look_ahead_ms", Number(5.0)),
            ],
        },
        Preset {
            id: "guitar-noise",
            about: "Silences the hum of an amplifier between the notes.",
            values: &[
                ("threshold_db", Number(-52.0)),
                ("hysteresis_db", Number(8.0)),
                ("hold_ms", Number(150.0)),
                ("release_ms", Number(250.0)),
            ],
        },
    ];
    const KEYS: Option<&'static str> =
        Some("The level of the keys, added up, opens it instead of its own: a kick lets a bass sound.");

    fn curves(settings: &GateSettings, rate_hz: u32) -> Vec<Curve> {
        let computer = settings.computer(settings.mode);
        let mut curves = vec![Curve::levels("level", |dbfs| {
            let level = match settings.mode {
                GateMode::Gate if dbfs >= settings.threshold_db => OPEN_DB,
                GateMode::Gate => CLOSED_DB,
                GateMode::Expander => dbfs as f32,
            };
            dbfs - f64::from(computer.reduction_db(level))
        })];
        curves.extend(settings.key().curve(rate_hz));
        curves
    }

    fn prepare(&mut self, setup: &Setup) {
        *self = Self::ready(setup.rate_hz, setup.channels, self.settings);
    }

    fn set(&mut self, settings: &GateSettings) {
        self.settings = *settings;
        self.fit_window();
        self.glide.aim(*settings);
    }

    fn process(&mut self, io: &mut Block<'_>, keys: &[Signal<'_>], at: &Context) {
        self.reduced_db = 0.0;
        let mut glide = self.glide;
        listen_along(&mut glide, io, keys, at.frame, |io, levels, heard, motion| {
            self.stretch(io, levels, heard, motion);
        });
        self.glide = glide;
    }

    fn reset(&mut self) {
        self.glide.settle();
        self.filter.reset();
        self.waves.iter_mut().for_each(SlidingMax::reset);
        self.open = [false; 2];
        self.ahead.reset();
        self.reduced_db = 0.0;
    }

    fn latency_frames(&self) -> usize {
        self.settings.look_ahead_frames(self.rate_hz)
    }

    fn tail(&self) -> Tail {
        Tail::Fading(self.settings.window_frames(self.rate_hz))
    }

    fn memory_frames(&self) -> usize {
        let settings = &self.settings;
        let follows_ms = WAVE_MS + REMEMBERED * (settings.attack_ms + settings.release_ms);
        let frames = units::frames_from_ms(follows_ms, self.rate_hz);
        settings.window_frames(self.rate_hz) + libm::ceil(frames) as usize
    }

    fn report(&self, out: &mut Report) {
        out.gain_reduction_db = f64::from(self.reduced_db);
    }

    fn snapshot(&self, to: &mut State) {
        self.glide.snapshot_settings(to);
        self.filter.snapshot(to);
        self.waves.iter().for_each(|wave| wave.snapshot(to));
        self.open.iter().for_each(|open| to.put(f64::from(u8::from(*open))));
        self.ahead.snapshot(to);
    }

    fn restore(&mut self, from: &mut State) {
        self.glide.restore_settings(from);
        self.filter.restore(from);
        self.waves.iter_mut().for_each(|wave| wave.restore(from));
        self.open.iter_mut().for_each(|open| *open = from.take() != 0.0);
        self.ahead.restore(from);
    }
}
