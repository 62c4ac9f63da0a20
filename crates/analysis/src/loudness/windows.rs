//! The windows of BS.1770-5 and Tech 3341 over a stream of weighted power: 400 ms, 3 s, and the gating blocks.

use serde::{Deserialize, Serialize};

use super::gating::{ABSOLUTE_GATE_LUFS, gated, power_of};
use super::lufs_from_power;
use super::range::range_lu;

/// Slices a second. Windows of 400 ms and 3 s begin on every slice: with the usual 100 ms the highest momentary reading
/// of a 400 ms tone falls short by up to 0.45 LU (EBU Tech 3341, cases 13 and 14); 10 ms divides the 20 ms grid on
/// which those cases lie.
const SLICES_PER_S: u64 = 100;

/// 400 ms: the gating block (BS.1770-5, Annex 1) and the momentary window (EBU Tech 3341).
const BLOCK_SLICES: usize = 40;

/// 75 % overlap: a gating block begins every 100 ms (BS.1770-5, Annex 1). Contours have the same step.
const STEP_SLICES: usize = 10;

/// 3 s: the short-term window (EBU Tech 3341).
const SHORT_TERM_SLICES: usize = 300;

/// Steps of a contour in a gating block.
pub(crate) const BLOCK_STEPS: usize = BLOCK_SLICES / STEP_SLICES;

/// Steps of a contour in the short-term window.
pub(crate) const SHORT_TERM_STEPS: usize = SHORT_TERM_SLICES / STEP_SLICES;

/// What a loudness meter reads. `None` stands where there is nothing to read: silence, or less than one window.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct LoudnessReading {
    /// Programme loudness with both gates. For one track of a song this is the loudness of the blocks where it plays.
    pub integrated_lufs: Option<f64>,
    /// The loudest 400 ms, not gated.
    pub max_momentary_lufs: Option<f64>,
    /// The loudest 3 s, not gated.
    pub max_short_term_lufs: Option<f64>,
    /// Loudness range (EBU Tech 3342). Under a minute of sound it is not yet steady. The last short-term window ends with
    /// the last whole step: no silence is appended, so that a song and the same song repeated have one range.
    pub loudness_range_lu: Option<f64>,
    /// How much of the signal passed both gates, 0 to 1: how much of the song a track plays.
    pub active_fraction: f64,
    /// The start of the first 10 ms above the absolute gate, in seconds.
    pub first_active_s: Option<f64>,
}

/// The K-weighted, channel-weighted mean square of every 100 ms: all loudness there is to know, 10 numbers a second.
/// Gains and sums of uncorrelated tracks are exact in it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct LoudnessContour {
    /// Mean squares, from the first whole 100 ms to the last.
    pub powers: Vec<f32>,
}

impl LoudnessContour {
    /// The step in seconds.
    pub const STEP_S: f64 = STEP_SLICES as f64 / SLICES_PER_S as f64;

    /// Momentary loudness; the first value is that of the window that ends after 400 ms, the next 100 ms later.
    pub fn momentary_lufs(&self) -> Vec<Option<f64>> {
        self.over(BLOCK_STEPS).into_iter().map(lufs_from_power).collect()
    }

    /// Short-term loudness; the first value is that of the window that ends after 3 s, the next 100 ms later.
    pub fn short_term_lufs(&self) -> Vec<Option<f64>> {
        self.over(SHORT_TERM_STEPS).into_iter().map(lufs_from_power).collect()
    }

    /// Programme loudness. Within 0.001 LU of the meter's own, which adds up at full precision.
    pub fn integrated_lufs(&self) -> Option<f64> {
        gated(&self.over(BLOCK_STEPS)).map(|gated| gated.lufs)
    }

    /// Loudness range.
    pub fn loudness_range_lu(&self) -> Option<f64> {
        range_lu(&self.over(SHORT_TERM_STEPS))
    }

    /// The mean power of every window of so many steps.
    pub(crate) fn over(&self, steps: usize) -> Vec<f64> {
        let mean = |window: &[f32]| window.iter().map(|&power| f64::from(power)).sum::<f64>() / steps as f64;
        self.powers.windows(steps.max(1)).map(mean).collect()
    }
}

/// Gathers weighted power in slices of 10 ms and reads every window that ends with one.
#[derive(Clone, Debug)]
pub(crate) struct Windows {
    rate_hz: u32,
    frames: u64,
    slices: u64,
    slice_frames: u64,
    slice_end: u64,
    recent: Recent,
    /// The mean power of every 100 ms.
    steps: Vec<f32>,
    blocks: Vec<f64>,
    short_terms: Vec<f64>,
    momentary: f64,
    short_term: f64,
    max_momentary: f64,
    max_short_term: f64,
    first_active: Option<u64>,
}

impl Windows {
    pub(crate) fn new(rate_hz: u32) -> Self {
        let rate_hz = rate_hz.max(1);
        Self {
            rate_hz,
            frames: 0,
            slices: 0,
            slice_frames: 0,
            slice_end: slice_end(0, rate_hz),
            recent: Recent::default(),
            steps: Vec::new(),
            blocks: Vec::new(),
            short_terms: Vec::new(),
            momentary: 0.0,
            short_term: 0.0,
            max_momentary: 0.0,
            max_short_term: 0.0,
            first_active: None,
        }
    }

    /// How many frames the slice in hand still takes.
    pub(crate) fn wanted_frames(&self) -> usize {
        (self.slice_end - self.frames) as usize
    }

    /// Counts frames towards the slice in hand; says whether that ends it.
    pub(crate) fn advance(&mut self, frames: usize) -> bool {
        self.frames += frames as u64;
        self.slice_frames += frames as u64;
        self.frames >= self.slice_end
    }

    /// Ends the slice in hand, with the weighted sum of squares in it.
    pub(crate) fn end_slice(&mut self, sum: f64) {
        if self.first_active.is_none() && sum > power_of(ABSOLUTE_GATE_LUFS) * self.slice_frames as f64 {
            self.first_active = Some(self.slices);
        }
        self.recent.push(sum, self.slice_frames);
        self.slices += 1;
        let on_a_step = self.slices.is_multiple_of(STEP_SLICES as u64);
        if on_a_step && let Some(power) = self.recent.mean(1) {
            self.steps.push(power as f32);
        }
        if let Some(power) = self.recent.mean(BLOCK_STEPS) {
            self.momentary = power;
            self.max_momentary = self.max_momentary.max(power);
            if on_a_step {
                self.blocks.push(power);
            }
        }
        if let Some(power) = self.recent.mean(SHORT_TERM_STEPS) {
            self.short_term = power;
            self.max_short_term = self.max_short_term.max(power);
            if on_a_step {
                self.short_terms.push(power);
            }
        }
        self.slice_frames = 0;
        self.slice_end = slice_end(self.slices, self.rate_hz);
    }

    /// Momentary and short-term loudness now.
    pub(crate) fn now(&self) -> (Option<f64>, Option<f64>) {
        (lufs_from_power(self.momentary), lufs_from_power(self.short_term))
    }

    pub(crate) fn reading(&self) -> LoudnessReading {
        let gated = gated(&self.blocks);
        LoudnessReading {
            integrated_lufs: gated.map(|gated| gated.lufs),
            max_momentary_lufs: lufs_from_power(self.max_momentary),
            max_short_term_lufs: lufs_from_power(self.max_short_term),
            loudness_range_lu: range_lu(&self.short_terms),
            active_fraction: gated.map_or(0.0, |gated| gated.passed as f64 / gated.blocks.max(1) as f64),
            first_active_s: self.first_active.map(|slice| slice as f64 / SLICES_PER_S as f64),
        }
    }

    pub(crate) fn contour(&self) -> LoudnessContour {
        LoudnessContour { powers: self.steps.clone() }
    }
}

/// The frame after the last of a slice: slices end on round(k · rate / 100), so that 400 ms are 400 ms to the nearest
/// frame at every rate, as the standard asks.
fn slice_end(slice: u64, rate_hz: u32) -> u64 {
    let doubled = (slice + 1) * u64::from(rate_hz) * 2 + SLICES_PER_S;
    // A rate under 100 Hz would make slices of no length; they get one frame each.
    (doubled / (2 * SLICES_PER_S)).max(slice + 1)
}

/// The last 3 s of slices, summed anew for every window: a running sum that adds and subtracts can fall below zero when
/// a loud passage ends. Windows are whole steps long, so they are summed from sums of steps, of which one ends with every slice.
#[derive(Clone, Debug, Default)]
struct Recent {
    powers: Vec<f64>,
    /// The sum of the step that ends with each of them.
    steps: Vec<f64>,
    /// The frame with which each of them begins.
    begins: Vec<u64>,
    /// The frame after the last.
    end: u64,
}

impl Recent {
    fn push(&mut self, power: f64, frames: u64) {
        if self.powers.len() >= 4 * SHORT_TERM_SLICES {
            let old = self.powers.len() - SHORT_TERM_SLICES;
            self.powers.drain(..old);
            self.steps.drain(..old);
            self.begins.drain(..old);
        }
        self.powers.push(power);
        self.steps.push(self.powers.iter().rev().take(STEP_SLICES).sum());
        self.begins.push(self.end);
        self.end += frames;
    }

    /// The mean of so many steps, the last of which ends with the last slice. `None` where there are fewer.
    fn mean(&self, steps: usize) -> Option<f64> {
        let from = self.powers.len().checked_sub(steps * STEP_SLICES)?;
        let frames = self.end - self.begins.get(from)?;
        let power: f64 = self.steps.iter().rev().step_by(STEP_SLICES).take(steps).sum();
        Some(power / frames.max(1) as f64)
    }
}
