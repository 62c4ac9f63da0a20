//! Finds clicks and crackle, and puts back what the sound most likely was.

mod model;

use model::{Model, ORDER, Work};

use crate::block::{Block, Channels, Signal};
use crate::curve::{Curve, LEAST_DB};
use crate::param::Preset;
use crate::param::PresetValue;
use crate::processor::{Context, Processor, Report, Setup, State, Tail};
use crate::units::{db_from_gain, frames_from_ms, gain_from_db};

crate::params! {
    /// What a declicker can be set to.
    pub struct DeclickSettings {
        /// How little a click has to stand out to be mended. At 50 % it is 28 dB above what surrounds it.
        sensitivity_percent: f64 = 50.0 [0.0..=100.0, "%"];
        /// What is longer than this is sound and is left alone.
        longest_ms: f64 = 1.0 [0.1..=4.0, "ms"];
        /// How much of every click is taken away. At 0 % the sound is itself, bit for bit.
        mix_percent: f64 = 100.0 [0.0..=100.0, "%"];
    }
}

impl DeclickSettings {
    /// How far a click stands out of what usually surprises there.
    fn stands_out_db(&self) -> f64 {
        let sensitivity = self.sensitivity_percent / 100.0;
        LEAST_SENSITIVE_DB + (MOST_SENSITIVE_DB - LEAST_SENSITIVE_DB) * sensitivity
    }
}

/// The level of what usually surprises in the sound that is drawn.
const DRAWN_DBFS: f64 = -60.0;

/// The longest click there may be, as the parameter's range has it.
const MOST_MS: f64 = 4.0;

/// Frames mended at a time: 21 ms, over which (and as much again) sound counts as stationary. Ours, as usual for models of
/// voices and instruments.
const HOP_MS: f64 = 64.0 / 3.0;

/// Hops kept: one before the one being mended, and one after.
const HOPS: usize = 3;

/// Parts of a hop over which the usual surprise is taken: 2.7 ms each, shorter than the ringing of any drum and much longer
/// than most clicks.
const PARTS: usize = 8;

/// Parts looked at beside the hop itself: one before it, and after it what the longest click may reach into and one more.
const BESIDE: usize = 4;

/// How far a click stands out, in dB, at the least and the greatest sensitivity. Ours: noise and music reach 22 dB.
const LEAST_SENSITIVE_DB: f64 = 40.0;
const MOST_SENSITIVE_DB: f64 = 16.0;

/// Surprises below this are nobody's click: −100 dBFS.
const NOTHING: f64 = 1e-5;

/// Surprises this close together are one click. Ours: what a click leaves between its two flanks.
const TOGETHER: usize = 8;

/// Frames to each side of a click that are mended too, where converters have spread it.
const AROUND: usize = 3;

/// Mends clicks by linear prediction.
///
/// A model of what the sound is made of foretells every sample from those before it and from those after it. What neither
/// foretold, by far, for a short time, in the midst of sound that is as loud after it as before, is a click; samples around
/// it say what was there instead (S. Godsill, P. Rayner, "Digital Audio Restoration", 1998, chapter 5). A drum begins as
/// suddenly but does not end as suddenly: what follows it is as surprising as itself, so it is left alone.
///
/// ```
/// use mixkeel_dsp::block::{Block, Channels};
/// use mixkeel_dsp::processor::{Context, Processor, Setup};
/// use mixkeel_dsp::processors::declick::Declick;
/// let mut declick = Declick::default();
/// declick.prepare(&Setup { rate_hz: 48_000, channels: Channels::Mono, max_block_frames: 16_384 });
/// let mut sound: Vec<f32> = (0..16_384).map(|frame| 0.3 * (frame as f32 * 0.05).sin()).collect();
/// sound[6_000] += 0.5;
/// declick.process(&mut Block::mono(&mut sound), &[], &Context { frame: 0, tempo_bpm: 120.0 });
/// assert!(sound.iter().all(|sample| sample.abs() < 0.31));
/// ```
#[derive(Debug)]
pub struct Declick {
    rate_hz: u32,
    settings: DeclickSettings,
    lanes: Vec<Lane>,
    removed: f64,
    mended: u32,
    removed_power: f64,
}

/// One channel.
#[derive(Debug)]
struct Lane {
    hop: usize,
    /// The hop before the one being mended (and what a click at its start may reach back to), that one, the one after.
    sound: Vec<f64>,
    /// Frames at the start of the next hop that were mended with a click of this one.
    skip: usize,
    /// Frames of the last hop that are there.
    filled: usize,
    window: Vec<f64>,
    faded: Vec<f64>,
    surprises: Vec<f64>,
    sorted: Vec<f64>,
    work: Work,
}

/// What was mended.
#[derive(Clone, Copy, Default)]
struct Mended {
    clicks: u32,
    energy: f64,
}

impl Lane {
    fn new(rate_hz: u32) -> Self {
        // Whole parts of at least ORDER frames, at any rate.
        let part = (libm::round(frames_from_ms(HOP_MS, rate_hz)) as usize / PARTS).max(2 * ORDER);
        let hop = part * PARTS;
        let longest = libm::ceil(frames_from_ms(MOST_MS, rate_hz)) as usize;
        let length = 2 * hop;
        let fade = |frame: usize| {
            0.5 - 0.5 * libm::cos(std::f64::consts::TAU * (frame as f64 + 0.5) / length as f64)
        };
        Self {
            hop,
            sound: vec![0.0; AROUND + HOPS * hop],
            skip: 0,
            filled: 0,
            window: (0..length).map(fade).collect(),
            faded: vec![0.0; length],
            surprises: vec![0.0; hop + BESIDE * part],
            sorted: vec![0.0; part],
            work: Work::new(longest + 2 * AROUND),
        }
    }

    /// Frames by which what comes out is late.
    fn late(&self) -> usize {
        AROUND + (HOPS - 1) * self.hop
    }

    /// Takes a sample and gives the one that is due.
    fn next(&mut self, sample: f32, settings: &DeclickSettings, rate_hz: u32) -> (f32, Mended) {
        let at = self.late() + self.filled;
        let due = self.sound[at - self.late()] as f32;
        self.sound[at] = f64::from(sample);
        self.filled += 1;
        if self.filled < self.hop {
            return (due, Mended::default());
        }
        let mended = self.mend(settings, rate_hz);
        self.sound.copy_within(self.hop.., 0);
        self.filled = 0;
        (due, mended)
    }

    /// Mends the middle hop.
    fn mend(&mut self, settings: &DeclickSettings, rate_hz: u32) -> Mended {
        let mut mended = Mended::default();
        let share = settings.mix_percent / 100.0;
        let (first, part) = (AROUND + self.hop, self.hop / PARTS);
        // The window lies around the middle hop, half a hop to each side.
        let around = &self.sound[first - self.hop / 2..][..2 * self.hop];
        for ((faded, sample), window) in self.faded.iter_mut().zip(around).zip(&self.window) {
            *faded = sample * window;
        }
        let Some(model) = Model::of(&self.faded).filter(|_| share > 0.0) else { return mended };
        model.surprises(&self.sound, first - part, &mut self.surprises);
        let mut usual = [0.0; PARTS + BESIDE];
        for (usual, part) in usual.iter_mut().zip(self.surprises.chunks_exact(part)) {
            self.sorted.copy_from_slice(part);
            let (_, middle, _) = self.sorted.select_nth_unstable_by(part.len() / 2, f64::total_cmp);
            *usual = *middle;
        }
        let factor = gain_from_db(settings.stands_out_db());
        let longest = libm::round(frames_from_ms(settings.longest_ms, rate_hz)).max(1.0) as usize;
        let stands_out = |frame: usize| {
            let middle = 1 + frame / part;
            let level = usual[middle - 1..=middle + 1].iter().fold(NOTHING, |most, usual| most.max(*usual));
            self.surprises[part + frame] > factor * level
        };
        let mut frame = std::mem::take(&mut self.skip);
        while frame < self.hop {
            if !stands_out(frame) {
                frame += 1;
                continue;
            }
            let (start, mut end, mut look) = (frame, frame + 1, frame + 1);
            while look < self.hop + (BESIDE - 2) * part && look < end + TOGETHER {
                if stands_out(look) {
                    end = look + 1;
                }
                look += 1;
            }
            frame = look;
            self.skip = end.saturating_sub(self.hop);
            if end - start <= longest {
                let (from, to) = (first + start - AROUND, first + end + AROUND);
                let before = &mut self.work.before[..to - from];
                before.copy_from_slice(&self.sound[from..to]);
                model.fill(&mut self.sound, from, to, &mut self.work);
                let energy = self.work.blend(&mut self.sound[from..to], share);
                mended.clicks += 1;
                mended.energy += energy;
            }
        }
        mended
    }

    fn reset(&mut self) {
        self.sound.fill(0.0);
        (self.filled, self.skip) = (0, 0);
    }
}

impl Declick {
    fn at_rate(rate_hz: u32, channels: Channels, settings: DeclickSettings) -> Self {
        let lanes = (0..channels.count()).map(|_| Lane::new(rate_hz)).collect();
        Self { rate_hz, settings, lanes, removed: 0.0, mended: 0, removed_power: 0.0 }
    }
}

impl Default for Declick {
    fn default() -> Self {
        Self::at_rate(48_000, Channels::Stereo, DeclickSettings::default())
    }
}

impl Processor for Declick {
    type Settings = DeclickSettings;

    const PRESETS: &'static [Preset] = &[
        Preset {
            id: "mouth",
            about: "Lip and tongue noises of a close voice.",
            values: &[
                ("sensitivity_percent", PresetValue::Number(70.0)),
                ("longest_ms", PresetValue::Number(2.0)),
            ],
        },
        Preset {
            id: "crackle",
            about: "The many small ticks of a worn record or a bad contact.",
            values: &[
                ("sensitivity_percent", PresetValue::Number(80.0)),
                ("longest_ms", PresetValue::Number(0.5)),
            ],
        },
    ];

    fn curves(settings: &DeclickSettings, _rate_hz: u32) -> Vec<Curve> {
        // What is mended is known no better than the sound can be foretold.
        let left_db = db_from_gain(1.0 - settings.mix_percent / 100.0).max(LEAST_DB);
        let out = |dbfs: f64| {
            let mended = dbfs > DRAWN_DBFS + settings.stands_out_db();
            if mended { (dbfs + left_db).max(DRAWN_DBFS) } else { dbfs }
        };
        vec![Curve::levels("a click where surprises are at −60 dBFS", out)]
    }

    fn prepare(&mut self, setup: &Setup) {
        *self = Self::at_rate(setup.rate_hz, setup.channels, self.settings);
    }

    fn set(&mut self, settings: &DeclickSettings) {
        self.settings = *settings;
    }

    fn process(&mut self, io: &mut Block<'_>, _keys: &[Signal<'_>], _at: &Context) {
        let frames = io.frames();
        (self.mended, self.removed) = (0, 0.0);
        for (lane, samples) in self.lanes.iter_mut().zip(io.each()) {
            for sample in samples {
                let (due, mended) = lane.next(*sample, &self.settings, self.rate_hz);
                *sample = due;
                self.mended += mended.clicks;
                self.removed += mended.energy;
            }
        }
        self.removed_power = self.removed / (frames * self.lanes.len()).max(1) as f64;
    }

    fn reset(&mut self) {
        self.lanes.iter_mut().for_each(Lane::reset);
        (self.mended, self.removed, self.removed_power) = (0, 0.0, 0.0);
    }

    fn latency_frames(&self) -> usize {
        self.lanes.first().map_or(0, Lane::late)
    }

    /// Where its hops lie depends on where it began.
    fn tail(&self) -> Tail {
        Tail::Fading(self.latency_frames() + self.lanes.first().map_or(0, |lane| lane.hop))
    }

    fn report(&self, out: &mut Report) {
        out.mended = self.mended;
        out.removed_power = self.removed_power;
    }

    fn snapshot(&self, to: &mut State) {
        for lane in &self.lanes {
            to.put(lane.filled as f64);
            to.put(lane.skip as f64);
            lane.sound.iter().for_each(|sample| to.put(*sample));
        }
    }

    fn restore(&mut self, from: &mut State) {
        for lane in &mut self.lanes {
            lane.filled = (from.take() as usize).min(lane.hop - 1);
            lane.skip = from.take() as usize;
            lane.sound.iter_mut().for_each(|sample| *sample = from.take());
        }
    }
}
