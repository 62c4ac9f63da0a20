//! Integrated, momentary and short-term loudness of a stream.

use mixkeel_dsp::block::{Channels, Signal};
use serde::{Deserialize, Serialize};

use super::gating::{ABSOLUTE_GATE_LUFS, gated, power_of};
use super::kweight::KFilter;
use super::lufs_from_power;
use crate::meter::{Meter, finite};

/// Slices a second. Windows of 400 ms and 3 s begin on every slice: with the usual 100 ms the highest momentary reading
/// of a 400 ms tone falls short by up to 0.45 LU (EBU Tech 3341, cases 13 and 14); 10 ms divides the 20 ms grid on
/// which those cases lie.
const SLICES_PER_S: u64 = 100;

/// 400 ms: the gating block (BS.1770-5, Annex 1) and the momentary window (EBU Tech 3341).
const BLOCK_SLICES: usize = 40;

/// 75 % overlap: a gating block begins every 100 ms (BS.1770-5, Annex 1).
const STEP_SLICES: u64 = 10;

/// 3 s: the short-term window (EBU Tech 3341).
const SHORT_TERM_SLICES: usize = 300;

/// What [`LoudnessMeter`] reads. `None` stands where there is nothing to read: silence, or less than one window.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct LoudnessReading {
    /// Programme loudness with both gates. For one track of a song this is the loudness of the blocks where it plays.
    pub integrated_lufs: Option<f64>,
    /// The loudest 400 ms, not gated.
    pub max_momentary_lufs: Option<f64>,
    /// The loudest 3 s, not gated.
    pub max_short_term_lufs: Option<f64>,
    /// How much of the signal passed both gates, 0 to 1: how much of the song a track plays.
    pub active_fraction: f64,
    /// The start of the first 10 ms above the absolute gate, in seconds.
    pub first_active_s: Option<f64>,
}

/// Measures loudness after BS.1770-5 and EBU Tech 3341. A mono signal counts as one channel: 3.01 LU below the same
/// sound on two.
#[derive(Clone, Debug)]
pub struct LoudnessMeter {
    rate_hz: u32,
    filter: Filter,
    slice_power: f64,
    slice_frames: u64,
    slice_end: u64,
    frames: u64,
    slices: u64,
    recent: Recent,
    blocks: Vec<f64>,
    max_momentary: f64,
    max_short_term: f64,
    first_active: Option<u64>,
}

#[derive(Clone, Debug)]
enum Filter {
    Mono(KFilter<1>),
    Stereo(KFilter<2>),
}

impl LoudnessMeter {
    /// Ready for a stereo signal at 48 kHz; [`prepare`](Meter::prepare) says otherwise.
    pub fn new() -> Self {
        Self::at(48_000, Channels::Stereo)
    }

    fn at(rate_hz: u32, channels: Channels) -> Self {
        let rate_hz = rate_hz.max(1);
        Self {
            rate_hz,
            filter: match channels {
                Channels::Mono => Filter::Mono(KFilter::new(rate_hz)),
                Channels::Stereo => Filter::Stereo(KFilter::new(rate_hz)),
            },
            slice_power: 0.0,
            slice_frames: 0,
            slice_end: slice_end(0, rate_hz),
            frames: 0,
            slices: 0,
            recent: Recent::default(),
            blocks: Vec::new(),
            max_momentary: 0.0,
            max_short_term: 0.0,
            first_active: None,
        }
    }

    fn end_slice(&mut self) {
        match &mut self.filter {
            Filter::Mono(filter) => filter.settle(),
            Filter::Stereo(filter) => filter.settle(),
        }
        if self.first_active.is_none()
            && self.slice_power > power_of(ABSOLUTE_GATE_LUFS) * self.slice_frames as f64
        {
            self.first_active = Some(self.slices);
        }
        self.recent.push(self.slice_power, self.slice_frames);
        self.slices += 1;
        if let Some(power) = self.recent.mean(BLOCK_SLICES) {
            self.max_momentary = self.max_momentary.max(power);
            if (self.slices - BLOCK_SLICES as u64).is_multiple_of(STEP_SLICES) {
                self.blocks.push(power);
            }
        }
        if let Some(power) = self.recent.mean(SHORT_TERM_SLICES) {
            self.max_short_term = self.max_short_term.max(power);
        }
        self.slice_power = 0.0;
        self.slice_frames = 0;
        self.slice_end = slice_end(self.slices, self.rate_hz);
    }
}

impl Default for LoudnessMeter {
    fn default() -> Self {
        Self::new()
    }
}

impl Meter for LoudnessMeter {
    type Reading = LoudnessReading;

    fn prepare(&mut self, rate_hz: u32, channels: Channels) {
        *self = Self::at(rate_hz, channels);
    }

    fn push(&mut self, signal: &Signal) {
        let mut done = 0;
        while done < signal.frames() {
            let left = (self.slice_end - self.frames) as usize;
            let part = signal.part(done..done.saturating_add(left));
            self.slice_power = match &mut self.filter {
                Filter::Mono(filter) => mono_power(filter, part.left(), self.slice_power),
                Filter::Stereo(filter) => {
                    stereo_power(filter, part.left(), part.right_or_only(), self.slice_power)
                }
            };
            done += part.frames();
            self.frames += part.frames() as u64;
            self.slice_frames += part.frames() as u64;
            if self.frames == self.slice_end {
                self.end_slice();
            }
        }
    }

    fn finish(&mut self) -> LoudnessReading {
        let gated = gated(&self.blocks);
        LoudnessReading {
            integrated_lufs: gated.map(|gated| gated.lufs),
            max_momentary_lufs: lufs_from_power(self.max_momentary),
            max_short_term_lufs: lufs_from_power(self.max_short_term),
            active_fraction: gated.map_or(0.0, |gated| gated.passed as f64 / gated.blocks.max(1) as f64),
            first_active_s: self.first_active.map(|slice| slice as f64 / SLICES_PER_S as f64),
        }
    }
}

/// The frame after the last of a slice: slices end on round(k · rate / 100), so that 400 ms are 400 ms to the nearest
/// frame at every rate, as the standard asks.
fn slice_end(slice: u64, rate_hz: u32) -> u64 {
    let doubled = (slice + 1) * u64::from(rate_hz) * 2 + SLICES_PER_S;
    // A rate under 100 Hz would make slices of no length; they get one frame each.
    (doubled / (2 * SLICES_PER_S)).max(slice + 1)
}

fn mono_power(filter: &mut KFilter<1>, only: &[f32], mut power: f64) -> f64 {
    if filter.is_at_rest() && only.iter().all(|&x| x == 0.0) {
        return power;
    }
    for &x in only {
        let [y] = filter.next([f64::from(finite(x))]);
        power += y * y;
    }
    power
}

fn stereo_power(filter: &mut KFilter<2>, left: &[f32], right: &[f32], mut power: f64) -> f64 {
    if filter.is_at_rest() && left.iter().chain(right).all(|&x| x == 0.0) {
        return power;
    }
    for (&l, &r) in left.iter().zip(right) {
        let [l, r] = filter.next([f64::from(finite(l)), f64::from(finite(r))]);
        power += l * l + r * r;
    }
    power
}

/// The last 3 s of slices, summed anew for every window: a running sum that adds and subtracts can fall below zero when
/// a loud passage ends.
#[derive(Clone, Debug, Default)]
struct Recent {
    powers: Vec<f64>,
    frames: Vec<u64>,
}

impl Recent {
    fn push(&mut self, power: f64, frames: u64) {
        if self.powers.len() >= 4 * SHORT_TERM_SLICES {
            let old = self.powers.len() - SHORT_TERM_SLICES;
            self.powers.drain(..old);
            self.frames.drain(..old);
        }
        self.powers.push(power);
        self.frames.push(frames);
    }

    fn mean(&self, slices: usize) -> Option<f64> {
        let from = self.powers.len().checked_sub(slices)?;
        let powers = self.powers.get(from..)?;
        let frames: u64 = self.frames.get(from..)?.iter().sum();
        // Four sums side by side keep the adder busy; the order is fixed, so the bits are too.
        let mut sums = [0.0; 4];
        for four in powers.chunks(4) {
            for (sum, power) in sums.iter_mut().zip(four) {
                *sum += power;
            }
        }
        Some((sums[0] + sums[1] + sums[2] + sums[3]) / frames.max(1) as f64)
    }
}
