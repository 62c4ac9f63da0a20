//! Which level of the metre is the beat: whether a song goes at 90 or at 180.
//!
//! Every level that lies in a simple ratio to the pulse is asked four questions about the accents on it, and one about
//! people. The weights are ours, chosen so that each question alone can decide between two levels that the others leave open,
//! and that the preference of people decides only then.

use serde::Serialize;

use super::accents::Accents;
use super::grid::Grid;
use super::tempogram::preference;
use super::{STEPS_PER_S, mean};

/// Periods of the levels that are asked, in pulses.
const FACTORS: [f64; 9] = [1.0 / 3.0, 0.5, 2.0 / 3.0, 0.75, 1.0, 4.0 / 3.0, 1.5, 2.0, 3.0];

/// Tempos that are asked, in beats a minute: those of a mechanical metronome, 40 to 208, and a little above. Ours.
const SLOWEST_BPM: f64 = 40.0;
const FASTEST_BPM: f64 = 240.0;

/// How much the score of a level must be ahead to be e times as likely. Ours: a level that wins every question by half
/// is ten times as likely.
const TEMPER: f64 = 0.3;

/// Levels whose accents fit alike within this are told apart by preference. Ours.
const CLOSE: f64 = 0.2;

/// What may sound between beats, in parts of what sounds on them, before it speaks against a level: hats on every eighth under
/// kick and snare. Ours.
const USUAL_BETWEEN: f64 = 0.4;

/// A level with less than this between its beats has nothing that divides it, and loses so much: it is more often the
/// division itself. Ours: a beat that nothing divides, such as a metronome, is still better than half of it.
const BARE: f64 = 0.1;
const BARE_COST: f64 = 0.4;

/// What a level loses that is neither a multiple nor a part of the pulse, which repeats better. Ours: a third of a perfect
/// answer.
const ACROSS: f64 = 0.3;

/// What a level loses for more than that: 0.9 where as much sounds between beats as on them. Ours.
const CROWDED_WEIGHT: f64 = 1.5;

/// What decided for the level of the beat.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum LevelReason {
    /// Low and middle strokes, kick and snare, alternate from beat to beat.
    Backbeat,
    /// At half this tempo as much would sound between the beats as on them.
    FullBetween,
    /// At twice this tempo every other beat would be empty or weaker.
    EmptyBetween,
    /// The accents fit another level as well; this one is nearer to the tempo people tap at, 120 beats a minute.
    Preference,
}

/// One way to count the song.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct TempoLevel {
    /// Beats a minute.
    pub bpm: f64,
    /// How likely it is that people count so, from 0 to 1; all levels sum to 1.
    pub likelihood: f64,
}

/// What was measured on one level.
#[derive(Clone, Debug)]
pub(crate) struct Level {
    pub grid: Grid,
    pub bpm: f64,
    /// The weaker of odd and even beats over the stronger, or the two weaker of every third over the strongest, whichever is
    /// less: of a level that is too fast, only every other or every third beat is one.
    pub evenness: f64,
    /// What sounds half way or a third of the way between beats, over what sounds on them.
    pub between: f64,
    /// How far low and middle accents alternate from beat to beat.
    pub backbeat: f64,
    /// The mean accent of a beat over that of the strongest level.
    pub height: f64,
    /// The preference of people.
    pub preferred: f64,
    /// What is taken off where its beats run across the pulse.
    pub across: f64,
    /// Whether beats divide into three: both thirds sound, and more than the half.
    pub in_three: bool,
}

impl Level {
    pub fn score(&self) -> f64 {
        self.evenness + self.backbeat - self.crowded() + self.height + self.preferred - self.across
    }

    /// What speaks against the level because of what sounds between its beats.
    fn crowded(&self) -> f64 {
        let bare = if self.between < BARE { BARE_COST } else { 0.0 };
        bare + CROWDED_WEIGHT * (self.between.min(1.2) - USUAL_BETWEEN).max(0.0)
    }

    pub fn of(pulses: &Grid, accents: &Accents, factor: f64, phase: f64) -> Option<Self> {
        let grid = pulses.every(phase, factor);
        let gap = grid.median_gap()?;
        let bpm = 60.0 * STEPS_PER_S / gap;
        if !(SLOWEST_BPM..=FASTEST_BPM).contains(&bpm) || grid.len() < 4 {
            return None;
        }
        let on = |curve: &[f64], offset: f64, from: usize, by: usize| {
            let places = (from..grid.len()).step_by(by);
            mean(places.filter_map(|n| grid.at(n as f64 + offset)).map(|step| Accents::near(curve, step)))
        };
        let all = |offset: f64| on(&accents.total, offset, 0, 1);
        let halves = |curve: &[f64]| (on(curve, 0.0, 0, 2), on(curve, 0.0, 1, 2));
        let evenness = [2, 3].map(|by| {
            let parts: Vec<f64> = (0..by).map(|from| on(&accents.total, 0.0, from, by)).collect();
            let strongest = parts.iter().copied().fold(0.0, f64::max);
            let others = (parts.iter().sum::<f64>() - strongest) / (by - 1) as f64;
            if strongest > 0.0 { others / strongest } else { 0.0 }
        });
        let (low, middle) = (halves(&accents.low), halves(&accents.middle));
        let depth = |low: f64, middle: f64| if low + middle > 0.0 { low / (low + middle) } else { 0.0 };
        let depths = (depth(low.0, middle.0) - depth(low.1, middle.1)).abs();
        let (here, half, third, thirds) = (all(0.0), all(0.5), all(1.0 / 3.0), all(2.0 / 3.0));
        if here <= 0.0 {
            return None;
        }
        Some(Self {
            evenness: evenness[0].min(evenness[1]),
            between: half.max(third.min(thirds)) / here,
            backbeat: (2.0 * depths * evenness[0]).min(1.0),
            height: here,
            preferred: preference(gap),
            across: if [0.75, 2.0 / 3.0, 4.0 / 3.0, 1.5].contains(&factor) { ACROSS } else { 0.0 },
            in_three: third.min(thirds) > 1.3 * half && third.min(thirds) > 0.15 * here,
            bpm,
            grid,
        })
    }
}

/// The levels in a simple ratio to the pulse, the best first.
pub(crate) fn levels(pulses: &Grid, accents: &Accents) -> Vec<Level> {
    let mut found: Vec<Level> = Vec::new();
    for factor in FACTORS {
        // Where a level begins: at every pulse, and at every place where its own beats fall on pulses.
        let phases: &[f64] = match factor {
            f if f > 2.5 => &[0.0, 1.0, 2.0],
            f if f > 1.7 => &[0.0, 1.0],
            f if f > 1.4 => &[0.0, 0.5, 1.0],
            f if f > 1.2 => &[0.0, 1.0 / 3.0, 2.0 / 3.0, 1.0],
            f if f > 0.9 => &[0.0],
            f if f > 0.7 => &[0.0, 0.25, 0.5],
            f if f > 0.6 => &[0.0, 1.0 / 3.0],
            _ => &[0.0],
        };
        found.extend(phases.iter().filter_map(|&phase| Level::of(pulses, accents, factor, phase)));
    }
    let tallest = found.iter().map(|level| level.height).fold(0.0, f64::max);
    if tallest > 0.0 {
        found.iter_mut().for_each(|level| level.height /= tallest);
    }
    found.sort_by(|a, b| b.score().total_cmp(&a.score()));
    found
}

/// How likely each tempo is, the likeliest first.
pub(crate) fn likelihoods(levels: &[Level]) -> Vec<TempoLevel> {
    let best = levels.first().map_or(0.0, Level::score);
    let mut found: Vec<TempoLevel> = Vec::new();
    for level in levels {
        // Levels that differ in where they begin are one tempo.
        if found.iter().all(|other| (level.bpm / other.bpm - 1.0).abs() > 0.04) {
            found.push(TempoLevel { bpm: level.bpm, likelihood: libm::exp((level.score() - best) / TEMPER) });
        }
    }
    let whole: f64 = found.iter().map(|level| level.likelihood).sum();
    found.iter_mut().for_each(|level| level.likelihood /= whole.max(f64::MIN_POSITIVE));
    found
}

/// Why the first of the levels is the beat and not the next tempo.
pub(crate) fn reason(levels: &[Level]) -> LevelReason {
    let Some((best, others)) = levels.split_first() else { return LevelReason::Preference };
    let Some(next) = others.iter().find(|other| (other.bpm / best.bpm - 1.0).abs() > 0.04) else {
        return LevelReason::FullBetween;
    };
    let backbeat = best.backbeat - next.backbeat;
    let between = next.crowded() - best.crowded();
    let even = best.evenness - next.evenness + best.height - next.height;
    let without = |level: &Level| level.score() - level.preferred;
    let most = backbeat.max(between).max(even);
    if without(best) < without(next) + CLOSE {
        LevelReason::Preference
    } else if backbeat >= most {
        LevelReason::Backbeat
    } else if between >= most {
        LevelReason::FullBetween
    } else {
        LevelReason::EmptyBetween
    }
}
