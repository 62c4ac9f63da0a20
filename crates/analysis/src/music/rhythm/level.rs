//! Which level of the metre is the beat: whether a song goes at 90 or at 180.
//!
//! Every level that lies in a simple ratio to the pulse is laid over the song in each way it can lie, and bars over it. Each
//! reading is asked what its beats and bars show (`facts`), and the answers are weighed into how likely it is.

use serde::Serialize;

use super::STEPS_PER_S;
use super::accents::Accents;
use super::facts::{Facts, Kind, Reason};
use super::grid::Grid;
use super::metre::{Bar, Form, IN_THREE, IN_TWO, best_chain, chain_metre};
use super::places::Places;
use super::shown::Shown;

/// Tempos that are asked, in beats a minute: those of a mechanical metronome, 40 to 208, and a little above. Ours.
const SLOWEST_BPM: f64 = 40.0;
const FASTEST_BPM: f64 = 240.0;

/// From this tempo on, bars of seven beats are bars of seven eighths. Ours.
const EIGHTHS_BPM: f64 = 140.0;

/// How strong another place of a bar must be, in parts of the strongest: where one is struck alone, a bar is a beat. Ours.
const SECOND_LEAST: f64 = 0.25;

/// Tempos that differ by less than this are one: 4 %, as tempos are judged.
const SAME_TEMPO: f64 = 0.04;

/// One way to count the song.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct TempoLevel {
    /// Beats a minute.
    pub bpm: f64,
    /// How likely it is that people count so, from 0 to 1; all levels sum to 1.
    pub likelihood: f64,
}

/// A level laid over the song in one way, with its bars.
#[derive(Clone, Debug)]
pub(crate) struct Level {
    pub bpm: f64,
    /// Quarters, or dotted quarters where beats divide into three.
    pub beats: Grid,
    /// Halves of beats, or thirds.
    pub eighths: Grid,
    /// Whether beats divide into three.
    pub in_three: bool,
    pub places: Places,
    pub forms: &'static [Form],
    pub bars: Vec<Bar>,
    /// What the bars are worth.
    pub worth: f64,
    pub facts: Facts,
}

impl Level {
    pub fn score(&self) -> f64 {
        self.facts.score()
    }

    /// Whether more than one place of its bars is struck.
    fn is_struck(&self) -> bool {
        self.facts.shown.second > SECOND_LEAST
    }

    /// The level whose beats these are.
    pub fn of(beats: Grid, accents: &Accents, in_three: bool) -> Option<Self> {
        let bpm = 60.0 * STEPS_PER_S / beats.median_gap()?;
        if beats.len() < 4 {
            return None;
        }
        let divisions = if in_three { 3 } else { 2 };
        let eighths = beats.every(0.0, 1.0 / f64::from(divisions));
        let forms: &[Form] = match in_three {
            true => &IN_THREE,
            false if bpm < EIGHTHS_BPM => &IN_TWO,
            false => &IN_TWO[..IN_TWO.len() - 1],
        };
        let places = Places::of(accents, &eighths, divisions as usize);
        let (worth, bars) = best_chain(&places, forms);
        let asked = if is_seven(&bars) { &eighths } else { &beats };
        let kind = chain_metre(&bars).map(Kind::of).unwrap_or_default();
        let facts = Facts::of(asked, accents, bpm, kind, Shown::of(&places, &bars, forms))?;
        Some(Self { bpm, beats, eighths, in_three, places, forms, bars, worth, facts })
    }
}

/// Whether most bars have seven eighths.
fn is_seven(bars: &[Bar]) -> bool {
    chain_metre(bars).is_some_and(|metre| metre.unit == 8 && metre.count == 7)
}

/// Periods of the levels that are asked, in pulses.
const LEVELS: [f64; 10] = [1.0 / 3.0, 0.5, 2.0 / 3.0, 0.75, 1.0, 4.0 / 3.0, 1.5, 2.0, 3.0, 4.0];

/// The same of bars of seven eighths that a pulse halves or quarters: what is struck on the first and the fifth of them, say, sounds
/// like an even beat with a loose hand.
const SEVENS: [f64; 2] = [4.0 / 7.0, 8.0 / 7.0];

/// Where beats `factor` pulses apart may begin: at every pulse, and at every division of a beat, which the pulse may lie on itself.
fn phases(factor: f64, divisions: u32) -> Vec<f64> {
    let parts = (0..divisions).map(|n| factor * f64::from(n) / f64::from(divisions));
    let mut all: Vec<f64> = parts.chain((1..4).map(f64::from).filter(|pulse| *pulse < factor)).collect();
    all.sort_by(f64::total_cmp);
    all.dedup_by(|a, b| (*a - *b).abs() < 1e-6);
    all
}

/// The levels whose beats are `factor` pulses apart.
pub(crate) fn laid(pulses: &Grid, factor: f64, accents: &Accents) -> Vec<Level> {
    let steps = accents.smooth.len() as f64;
    [(false, 2), (true, 3)]
        .into_iter()
        .flat_map(|(in_three, divisions)| {
            phases(factor, divisions).into_iter().filter_map(move |phase| {
                Level::of(pulses.throughout(phase, factor, steps), accents, in_three)
            })
        })
        .collect()
}

/// The levels in a simple ratio to the pulse, and those in seven over eighths that are laid otherwise, the likeliest first.
pub(crate) fn levels(pulses: &Grid, eighths: Option<&Grid>, accents: &Accents) -> Vec<Level> {
    let steps = accents.smooth.len() as f64;
    let gap = pulses.median_gap().unwrap_or(f64::INFINITY);
    let is_asked =
        |factor: &f64| (SLOWEST_BPM..=FASTEST_BPM).contains(&(60.0 * STEPS_PER_S / (gap * factor)));
    let mut found: Vec<Level> =
        LEVELS.into_iter().filter(is_asked).flat_map(|factor| laid(pulses, factor, accents)).collect();
    // A pulse lies on the first of seven eighths, or in the middle of others, a quarter of a beat from an eighth at most.
    let sevens = SEVENS.into_iter().filter(is_asked).flat_map(|factor| {
        let between = |n: u32| pulses.throughout(factor * f64::from(n) / 8.0, factor, steps);
        (0..4).map(between).collect::<Vec<Grid>>()
    });
    let eighths =
        eighths.into_iter().flat_map(|eighths| [0.0, 1.0].map(|phase| eighths.throughout(phase, 2.0, steps)));
    let sevens = sevens.chain(eighths).filter_map(|beats| Level::of(beats, accents, false));
    found.extend(sevens.filter(|level| is_seven(&level.bars)));
    if found.iter().any(Level::is_struck) {
        found.retain(Level::is_struck);
    }
    let tallest = found.iter().map(|level| level.facts.height).fold(0.0, f64::max);
    if tallest > 0.0 {
        found.iter_mut().for_each(|level| level.facts.height /= tallest);
    }
    // Where the ground is says which way a tempo lies, not which tempo it is: bass often plays between beats.
    let grounds: Vec<(f64, f64)> = found.iter().map(|level| (level.bpm, level.facts.grounded)).collect();
    for level in &mut found {
        let same = grounds.iter().filter(|(bpm, _)| is_same(*bpm, level.bpm)).map(|(_, ground)| *ground);
        level.facts.grounded -= same.fold(-1.0, f64::max);
    }
    found.sort_by(|a, b| b.score().total_cmp(&a.score()));
    found
}

/// How likely each tempo is, the likeliest first: the readings of one tempo together.
pub(crate) fn likelihoods(levels: &[Level]) -> Vec<TempoLevel> {
    let best = levels.first().map_or(0.0, Level::score);
    let mut found: Vec<TempoLevel> = Vec::new();
    for level in levels {
        let likely = libm::exp(level.score() - best);
        match found.iter_mut().find(|other| is_same(other.bpm, level.bpm)) {
            Some(other) => other.likelihood += likely,
            None => found.push(TempoLevel { bpm: level.bpm, likelihood: likely }),
        }
    }
    let whole: f64 = found.iter().map(|level| level.likelihood).sum();
    found.iter_mut().for_each(|level| level.likelihood /= whole.max(f64::MIN_POSITIVE));
    found.sort_by(|a, b| b.likelihood.total_cmp(&a.likelihood));
    found
}

/// Whether two tempos are one.
pub(crate) fn is_same(bpm: f64, other: f64) -> bool {
    (bpm / other - 1.0).abs() <= SAME_TEMPO
}

/// Why the song is counted at its tempo and not at the next likely one.
pub(crate) fn reason(levels: &[Level], likely: &[TempoLevel]) -> Reason {
    let best = |bpm: f64| levels.iter().find(|level| is_same(level.bpm, bpm));
    match (likely.first().and_then(|first| best(first.bpm)), likely.get(1).and_then(|next| best(next.bpm))) {
        (Some(first), Some(next)) => first.facts.against(&next.facts),
        _ => Reason::FullBetween,
    }
}
