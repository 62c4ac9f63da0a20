//! Takes mains hum and its harmonics out, and leaves every tone that is not hum.

mod harmonics;

use crate::GRID_FRAMES;
use crate::block::{Block, Channels, Signal};
use crate::curve::{Axis, Curve};
use crate::glide::Glide;
use crate::param::{Preset, PresetValue};
use crate::processor::{Context, Processor, Report, Setup, State, Tail};
use crate::units::db_from_power;
use harmonics::{Harmonics, MOST};

crate::params! {
    /// What the removal of hum can be set to.
    pub struct DehumSettings {
        /// The frequency of the mains: 50 Hz in most of the world, 60 Hz in the Americas and parts of Asia.
        freq_hz: f64 = 50.0 [45.0..=65.0, "Hz"];
        /// Whether it follows the mains (or an unsteady tape) up to 0.5 Hz away from there.
        track: bool = true;
        /// How many harmonics are taken out, the first included.
        harmonics: f64 = 20.0 [1.0..=40.0, ""];
        /// How much of the hum is taken out.
        amount_percent: f64 = 100.0 [0.0..=100.0, "%"] automatable;
        /// How long a tone must stand still before it counts as hum. Longer is narrower and safer, and later.
        learn_s: f64 = 2.0 [0.5..=10.0, "s"];
    }
}

/// How far the frequency is followed, in Hz. Ours: twice and a half what a large grid allows itself (±0.2 Hz, ENTSO-E
/// "Policy 1: Load-frequency control"), for generators and for tape.
const TRACKED_HZ: f64 = 0.5;

/// How often the frequency is looked at, in seconds. Ours: two or three periods.
const LOOK_S: f64 = 0.05;

/// What turns by less than this many turns in `learn_s` against a harmonic stands still. Ours: a quarter of a hertz at
/// the default, which mains are told within.
const SLOW_TURNS: f64 = 0.5;

/// Harmonics over this share of the rate are left alone.
const HIGHEST_SHARE: f64 = 0.45;

/// Follows each harmonic with a narrow canceller, and believes of what it hears only what keeps its phase and has been
/// there in every moment of the last `learn_s` (the least reading over that time): hum is there in the pauses too, notes
/// are not, and notes beside a harmonic turn against it. What is believed is taken out; a note on the very frequency of a
/// harmonic is kept until it has stood still for that long. The frequency itself follows the turning of the phases.
///
/// ```
/// use mixkeel_dsp::block::{Block, Channels};
/// use mixkeel_dsp::processor::{Context, Processor, Report, Setup};
/// use mixkeel_dsp::processors::dehum::{Dehum, DehumSettings};
/// let mut dehum = Dehum::default();
/// dehum.prepare(&Setup { rate_hz: 48_000, channels: Channels::Mono, max_block_frames: 480 });
/// dehum.set(&DehumSettings { freq_hz: 60.0, ..DehumSettings::default() });
/// let mut sound = [0.0_f32; 480];
/// dehum.process(&mut Block::mono(&mut sound), &[], &Context { frame: 0, tempo_bpm: 120.0 });
/// let mut report = Report::default();
/// dehum.report(&mut report);
/// assert_eq!(report.removed_power, 0.0);
/// ```
#[derive(Debug)]
pub struct Dehum {
    rate_hz: u32,
    channels: Channels,
    wanted: DehumSettings,
    /// What is in force since the last point of the grid.
    now: DehumSettings,
    sounding: bool,
    bank: Harmonics,
    /// Points of the grid since the frequency was looked at, and since the stretch began.
    since_look: usize,
    since_stretch: usize,
    amount: Glide<[f64; 1]>,
    removed_power: f64,
}

impl Default for Dehum {
    fn default() -> Self {
        Self::at_rate(DehumSettings::default(), 48_000, Channels::Stereo)
    }
}

impl Dehum {
    fn at_rate(settings: DehumSettings, rate_hz: u32, channels: Channels) -> Self {
        let step = std::f64::consts::TAU * settings.freq_hz / f64::from(rate_hz);
        Self {
            rate_hz,
            channels,
            wanted: settings,
            now: settings,
            sounding: false,
            bank: Harmonics::new(step, count(&settings, rate_hz)),
            since_look: 0,
            since_stretch: 0,
            amount: Glide::new([settings.amount_percent / 100.0]),
            removed_power: 0.0,
        }
    }

    /// The frequency it has found, in Hz.
    pub fn found_hz(&self) -> f64 {
        self.bank.step() * f64::from(self.rate_hz) / std::f64::consts::TAU
    }

    fn cells(&self, seconds: f64) -> usize {
        libm::ceil(seconds * f64::from(self.rate_hz) / GRID_FRAMES as f64) as usize
    }

    /// A point of the grid.
    fn decide(&mut self) {
        self.bank.turn_to(GRID_FRAMES as f64);
        self.bank.note();
        self.since_stretch += 1;
        self.since_look += 1;
        if self.since_look >= self.cells(LOOK_S) {
            self.follow(self.since_look);
            self.since_look = 0;
            let new_stretch = self.since_stretch >= self.cells(self.now.learn_s / 4.0);
            if new_stretch {
                self.since_stretch = 0;
            }
            self.bank.believe(new_stretch);
        }
        if self.now != self.wanted {
            if self.now.freq_hz != self.wanted.freq_hz || self.now.harmonics != self.wanted.harmonics {
                let step = std::f64::consts::TAU * self.wanted.freq_hz / f64::from(self.rate_hz);
                self.bank.aim(step, count(&self.wanted, self.rate_hz));
            }
            self.now = self.wanted;
        }
    }

    /// Looks at the frequency of the hum, and goes a part of the way to it.
    fn follow(&mut self, cells: usize) {
        let frames = (cells * GRID_FRAMES) as f64;
        let to_radians = std::f64::consts::TAU / f64::from(self.rate_hz);
        let (middle, away) = (self.now.freq_hz * to_radians, TRACKED_HZ * to_radians);
        let slow = SLOW_TURNS / self.now.learn_s * to_radians;
        let ahead = self.bank.look(cells as f64, frames, slow, middle, away);
        if !self.now.track || ahead == 0.0 {
            return;
        }
        // Four times slower than the amplitudes turn, so that it does not overshoot.
        let share = frames / (4.0 * time_constant_frames(&self.now, self.rate_hz));
        let step = (self.bank.step() + share.min(0.25) * ahead).clamp(middle - away, middle + away);
        self.bank.aim(step, count(&self.now, self.rate_hz));
    }

    /// Plays frames within one cell of the grid; what it takes out is added up.
    fn cell(&mut self, io: &mut Block<'_>, first: i64) -> f64 {
        let rate = 2.0 / time_constant_frames(&self.now, self.rate_hz);
        let (amount, bank) = (&mut self.amount, &mut self.bank);
        let mut removed = 0.0;
        amount.walk(first, io.frames(), |_, motion| {
            for frame in 0..io.frames() {
                let mut x = [0.0; 2];
                x.iter_mut().zip(io.signal().each()).for_each(|(x, channel)| *x = f64::from(channel[frame]));
                let hum = bank.next(x, rate);
                let [amount] = motion.at(frame);
                for (channel, hum) in io.each().zip(hum) {
                    let taken = amount * hum;
                    if taken != 0.0 {
                        channel[frame] = (f64::from(channel[frame]) - taken) as f32;
                        removed += taken * taken;
                    }
                }
            }
        });
        removed
    }
}

/// How many harmonics lie low enough.
fn count(settings: &DehumSettings, rate_hz: u32) -> usize {
    let highest = HIGHEST_SHARE * f64::from(rate_hz) / (settings.freq_hz + TRACKED_HZ);
    (libm::round(settings.harmonics).min(highest) as usize).min(MOST)
}

/// How fast the amplitudes follow: eight times in the time after which a tone is believed, so that a pause of half that
/// time shows what is hum and what was a note (e⁻⁴, −35 dB).
fn time_constant_frames(settings: &DehumSettings, rate_hz: u32) -> f64 {
    settings.learn_s / 8.0 * f64::from(rate_hz)
}

impl Processor for Dehum {
    type Settings = DehumSettings;

    const PRESETS: &'static [Preset] = &[
        Preset {
            id: "50-hz",
            about: "Mains of 50 Hz, as in Europe and most of Africa, Asia and Australia.",
            values: &[("freq_hz", PresetValue::Number(50.0))],
        },
        Preset {
            id: "60-hz",
            about: "Mains of 60 Hz, as in North America.",
            values: &[("freq_hz", PresetValue::Number(60.0))],
        },
    ];

    fn curves(settings: &DehumSettings, rate_hz: u32) -> Vec<Curve> {
        // What follows an amplitude with a time constant τ takes out a band of 1/(πτ) around it.
        let half_hz = f64::from(rate_hz) / (std::f64::consts::TAU * time_constant_frames(settings, rate_hz));
        let taken = settings.amount_percent / 100.0;
        let around = [-8.0, -4.0, -2.0, -1.0, -0.5, 0.0, 0.5, 1.0, 2.0, 4.0, 8.0];
        let mut points: Vec<(f64, f64)> = vec![(20.0, 0.0)];
        for harmonic in 1..=count(settings, rate_hz) {
            let middle_hz = settings.freq_hz * harmonic as f64;
            points.extend(around.map(|offset: f64| {
                let left = (1.0 - taken) * (1.0 - taken) + offset * offset;
                let power = (left / (1.0 + offset * offset)).max(1e-6);
                (middle_hz + offset * half_hz, db_from_power(power))
            }));
        }
        points.push((points.last().map_or(20_000.0, |last| last.0 + 1_000.0), 0.0));
        points.sort_by(|one, other| one.0.total_cmp(&other.0));
        points.dedup_by(|one, other| one.0 <= other.0);
        vec![Curve { of: "steady hum".to_owned(), axis: Axis::ResponseDb, points }]
    }

    fn prepare(&mut self, setup: &Setup) {
        *self = Self::at_rate(self.wanted, setup.rate_hz, setup.channels);
    }

    fn set(&mut self, settings: &DehumSettings) {
        self.wanted = *settings;
        if self.sounding {
            self.amount.aim([settings.amount_percent / 100.0]);
        } else {
            self.reset();
        }
    }

    fn process(&mut self, io: &mut Block<'_>, _keys: &[Signal<'_>], at: &Context) {
        let frames = io.frames();
        let mut removed = 0.0;
        let mut done = 0;
        while done < frames {
            let first = at.frame.wrapping_add(done as i64);
            let offset = first.rem_euclid(GRID_FRAMES as i64) as usize;
            if offset == 0 && self.sounding {
                self.decide();
            }
            self.sounding = true;
            let end = frames.min(done + GRID_FRAMES - offset);
            removed += self.cell(&mut io.part(done..end), first);
            done = end;
        }
        self.removed_power = removed / (frames * self.channels.count()).max(1) as f64;
    }

    fn reset(&mut self) {
        *self = Self::at_rate(self.wanted, self.rate_hz, self.channels);
    }

    fn tail(&self) -> Tail {
        // The amplitudes fall by 120 dB in 14 time constants; what is believed of them is never more.
        Tail::Fading(libm::ceil(16.0 * time_constant_frames(&self.now, self.rate_hz)) as usize)
    }

    fn report(&self, out: &mut Report) {
        out.removed_power = self.removed_power;
    }

    fn snapshot(&self, to: &mut State) {
        self.amount.snapshot(to);
        let flags = [self.sounding, self.now.track].map(|flag| f64::from(u8::from(flag)));
        let numbers = [self.since_look as f64, self.since_stretch as f64];
        let now = [self.now.freq_hz, self.now.harmonics, self.now.amount_percent, self.now.learn_s];
        flags.iter().chain(&numbers).chain(&now).for_each(|value| to.put(*value));
        self.bank.snapshot(to);
    }

    fn restore(&mut self, from: &mut State) {
        self.amount.restore(from);
        let [sounding, track] = std::array::from_fn(|_| from.take() != 0.0);
        let [since_look, since_stretch] = std::array::from_fn(|_| from.take() as usize);
        let [freq_hz, harmonics, amount_percent, learn_s] = std::array::from_fn(|_| from.take());
        self.sounding = sounding;
        (self.since_look, self.since_stretch) = (since_look, since_stretch);
        self.now = DehumSettings { freq_hz, track, harmonics, amount_percent, learn_s };
        self.bank.restore(from);
    }
}
