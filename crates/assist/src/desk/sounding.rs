//! One track or return as it stands in the mix: its power by cell and band, how loud that is, and what it excites in an ear.
//!
//! What was rendered is kept once. What is turned is told from it when somebody asks, and only what is asked for.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use mixkeel_analysis::energy::{BANDS, Power};
use mixkeel_analysis::masking::{Cochlea, Pattern};
use mixkeel_dsp::units::{db_from_gain, gain_from_db, power_from_db};

use super::Place;
use super::treatment::Treatment;
use crate::forecast::Forecast;

/// A sound whose sides differ by less than this part of its power is mono. Ours: sides 30 dB down are noise.
const MONO: f64 = 1e-3;

/// Patterns of a sound that is only louder or softer are told from those at whole multiples of so many dB. Ours: the ear's filters
/// change with level so evenly that between them the straight line is right.
const LEVEL_STEP_DB: f64 = 6.0;

/// The powers of one cell.
pub(super) type Row = [Power; BANDS];

/// What a sound brings into the mix as it was rendered.
#[derive(Debug)]
struct Source {
    id: String,
    k_gain: [f64; BANDS],
    powers: Vec<Power>,
    steps: Vec<f64>,
    /// Sums over cells by band: of every place, then of the whole.
    sums: Vec<Row>,
    places: Arc<Vec<Place>>,
    /// What cells excite on a playback system, so many steps louder.
    at_levels: Mutex<BTreeMap<(usize, usize, i32), Arc<Pattern>>>,
}

/// What is done to it.
#[derive(Debug)]
enum Change {
    Nothing,
    /// A treatment.
    Treated(Box<Treated>),
    /// Factors of power by place (the whole after the last) and band.
    Rung(Vec<[f64; BANDS]>),
}

/// A treatment, and what it comes to.
#[derive(Debug)]
struct Treated {
    treatment: Treatment,
    /// Whether it changes nothing but the level.
    is_level: bool,
    /// The gain of every cell.
    gains: Vec<f64>,
    /// The factor on the sides of every cell.
    sides: Vec<f64>,
}

/// One sound.
#[derive(Debug)]
pub(super) struct Sounding {
    source: Arc<Source>,
    change: Change,
    steps: OnceLock<Vec<f64>>,
    sums: OnceLock<Vec<Row>>,
    /// What cells excite on a playback system.
    patterns: Mutex<BTreeMap<(usize, usize), Arc<Pattern>>>,
}

impl Sounding {
    pub fn of(
        forecast: &Forecast<'_>,
        sound: usize,
        id: &str,
        kept: &[usize],
        places: &Arc<Vec<Place>>,
    ) -> Self {
        let cells = kept.iter();
        let powers: Vec<Power> =
            cells.flat_map(|cell| (0..BANDS).map(|band| forecast.power(sound, *cell, band))).collect();
        let k_gain = std::array::from_fn(|band| forecast.k_gain(sound, band));
        let steps = powers.chunks_exact(BANDS).map(|row| step(row, &k_gain)).collect();
        let rows = |cells: std::ops::Range<usize>| {
            powers.chunks_exact(BANDS).take(cells.end).skip(cells.start).fold(silence(), added)
        };
        let count = powers.len() / BANDS;
        let spans = places.iter().map(|place| place.cells.clone()).chain(std::iter::once(0..count));
        let sums = spans.map(rows).collect();
        let at_levels = Mutex::default();
        let places = places.clone();
        Self::new(
            Arc::new(Source { id: id.to_owned(), k_gain, powers, steps, sums, places, at_levels }),
            Change::Nothing,
        )
    }

    fn new(source: Arc<Source>, change: Change) -> Self {
        Self { source, change, steps: OnceLock::new(), sums: OnceLock::new(), patterns: Mutex::default() }
    }

    pub fn id(&self) -> &str {
        &self.source.id
    }

    /// The same after a treatment, seen from how it was rendered.
    pub fn treated(&self, treatment: &Treatment) -> Self {
        let (cells, places) = (self.source.steps.len(), &self.source.places);
        let treated = Treated {
            treatment: treatment.clone(),
            is_level: treatment.is_level(),
            gains: treatment.gains(cells, places),
            sides: treatment.sides(cells, places),
        };
        Self::new(self.source.clone(), Change::Treated(Box::new(treated)))
    }

    /// Whether it is so treated already.
    pub fn is_treated(&self, treatment: &Treatment) -> bool {
        matches!(&self.change, Change::Treated(own) if own.treatment == *treatment)
    }

    /// The same with a factor of power by place (the whole after the last) and band, seen from how it was rendered.
    pub fn rung(&self, factor: impl Fn(usize, usize) -> f64) -> Self {
        let spans = 0..=self.source.places.len();
        let table = spans.map(|span| std::array::from_fn(|band| factor(span, band))).collect();
        Self::new(self.source.clone(), Change::Rung(table))
    }

    /// The powers of one cell.
    pub fn row(&self, cell: usize) -> Row {
        let own = self.source.powers.get(cell * BANDS..(cell + 1) * BANDS).unwrap_or_default();
        let mut row = silence();
        row.iter_mut().zip(own).for_each(|(row, own)| *row = *own);
        match &self.change {
            Change::Nothing => {}
            Change::Treated(treated) => {
                let (gain, side) = treated.at(cell);
                for (power, band) in row.iter_mut().zip(&treated.treatment.bands) {
                    *power = times(widened(*power, side), gain * gain * band * band);
                }
            }
            Change::Rung(table) => {
                let places = &self.source.places;
                let span =
                    places.iter().position(|place| place.cells.contains(&cell)).unwrap_or(places.len());
                for (power, factor) in row.iter_mut().zip(table.get(span).into_iter().flatten()) {
                    *power = times(*power, *factor);
                }
            }
        }
        row
    }

    /// K-weighted power of every cell.
    pub fn steps(&self) -> &[f64] {
        let source = &self.source;
        match &self.change {
            Change::Nothing => &source.steps,
            Change::Treated(treated) if treated.is_level => self.steps.get_or_init(|| {
                source.steps.iter().zip(&treated.gains).map(|(step, gain)| gain * gain * step).collect()
            }),
            Change::Treated(treated) => self.steps.get_or_init(|| {
                let bands = source.k_gain.iter().zip(&treated.treatment.bands);
                let mut weights = [0.0; BANDS];
                weights.iter_mut().zip(bands).for_each(|(weight, (k, band))| *weight = k * band * band);
                let of = |(cell, row): (usize, &[Power])| {
                    let (gain, side) = treated.at(cell);
                    gain * gain * widened_sum(row, &weights, side)
                };
                source.powers.chunks_exact(BANDS).enumerate().map(of).collect()
            }),
            Change::Rung(_) => self.steps.get_or_init(|| {
                (0..source.steps.len()).map(|cell| step(&self.row(cell), &source.k_gain)).collect()
            }),
        }
    }

    /// K-weighted power of every cell as it was rendered.
    pub fn rendered_steps(&self) -> &[f64] {
        &self.source.steps
    }

    /// Sums over the cells of a place, or of the whole after the last place.
    pub fn sums(&self, span: usize) -> Option<&Row> {
        let source = &self.source;
        match &self.change {
            Change::Nothing => &source.sums,
            _ => self.sums.get_or_init(|| (0..source.sums.len()).map(|span| self.summed(span)).collect()),
        }
        .get(span)
    }

    fn summed(&self, span: usize) -> Row {
        let source = &self.source;
        let cells = source.places.get(span).map_or(0..source.steps.len(), |place| place.cells.clone());
        if let Change::Treated(treated) = &self.change {
            let inside = |of: &[f64]| -> Option<f64> {
                let some = of.get(cells.clone())?;
                let first = *some.first()?;
                some.iter().all(|one| *one == first).then_some(first)
            };
            // What does not move within a span is the same factor on all of it.
            let still = (inside(&treated.gains), inside(&treated.sides));
            if let ((Some(gain), Some(side)), Some(sum)) = (still, source.sums.get(span)) {
                let bands = sum.iter().zip(&treated.treatment.bands);
                let mut now = silence();
                for (now, (sum, band)) in now.iter_mut().zip(bands) {
                    *now = times(widened(*sum, side), gain * gain * band * band);
                }
                return now;
            }
        }
        cells.fold(silence(), |sum, cell| added(sum, &self.row(cell)))
    }

    /// Power on both sides in one band of a span.
    pub fn in_band(&self, span: usize, band: usize) -> f64 {
        self.sums(span).and_then(|sums| sums.get(band)).map_or(0.0, |power| power.left + power.right)
    }

    pub fn is_stereo(&self) -> bool {
        let Some(sums) = self.sums(self.source.places.len()) else { return false };
        let (all, common) = sums.iter().fold((0.0, 0.0), |(all, common), power| {
            // Of what is panned, the sides are alike but for a factor.
            (all + power.left * power.right, common + power.cross * power.cross)
        });
        all > 0.0 && all - common > MONO * all
    }

    /// How much of it lies in each band, as parts of one.
    pub fn shape(&self) -> [f64; BANDS] {
        let whole = self.source.places.len();
        let all: f64 = (0..BANDS).map(|band| self.in_band(whole, band)).sum();
        std::array::from_fn(|band| if all > 0.0 { self.in_band(whole, band) / all } else { 0.0 })
    }

    /// What one cell excites on a playback system, which has a number.
    pub fn pattern(&self, (system, cochlea): (usize, &Cochlea), cell: usize) -> Arc<Pattern> {
        let known = || self.patterns.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = known().get(&(system, cell)) {
            return known.clone();
        }
        let new = match &self.change {
            Change::Treated(treated) if treated.is_level => {
                self.source.louder((system, cochlea), cell, treated.at(cell).0)
            }
            _ => Arc::new(cochlea.pattern(&self.row(cell))),
        };
        known().insert((system, cell), new.clone());
        new
    }
}

impl Treated {
    /// Gain and factor on the sides of one cell.
    fn at(&self, cell: usize) -> (f64, f64) {
        let of = |values: &[f64]| values.get(cell).copied().unwrap_or(1.0);
        (of(&self.gains), of(&self.sides))
    }
}

impl Source {
    /// What a cell excites when it is louder by a factor of amplitude.
    fn louder(&self, on: (usize, &Cochlea), cell: usize, gain: f64) -> Arc<Pattern> {
        // Below −120 dB it is as good as silent, above 120 dB nothing is.
        let steps = db_from_gain(gain).clamp(-120.0, 120.0) / LEVEL_STEP_DB;
        let (low, part) = (libm::floor(steps), steps - libm::floor(steps));
        let at_low = self.at_level(on, cell, low as i32);
        if part == 0.0 {
            return at_low;
        }
        let at_high = self.at_level(on, cell, low as i32 + 1);
        // Each is brought to the level that is wanted, and both are mixed.
        let to_level = |steps: f64| power_from_db(steps * LEVEL_STEP_DB);
        let (of_low, of_high) = ((1.0 - part) * to_level(part), part * to_level(part - 1.0));
        Arc::new(Pattern::between(&at_low, of_low, &at_high, of_high))
    }

    fn at_level(&self, (system, cochlea): (usize, &Cochlea), cell: usize, level: i32) -> Arc<Pattern> {
        let known = || self.at_levels.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = known().get(&(system, cell, level)) {
            return known.clone();
        }
        let gain = gain_from_db(f64::from(level) * LEVEL_STEP_DB);
        let own = self.powers.get(cell * BANDS..(cell + 1) * BANDS).unwrap_or_default();
        let row: Vec<Power> = own.iter().map(|power| times(*power, gain * gain)).collect();
        let new = Arc::new(cochlea.pattern(&row));
        known().insert((system, cell, level), new.clone());
        new
    }
}

pub(super) fn silence() -> Row {
    [Power::default(); BANDS]
}

pub(super) fn added(mut sum: Row, row: &[Power]) -> Row {
    for (sum, power) in sum.iter_mut().zip(row) {
        sum.left += power.left;
        sum.right += power.right;
        sum.cross += power.cross;
    }
    sum
}

fn step(row: &[Power], k_gain: &[f64; BANDS]) -> f64 {
    row.iter().zip(k_gain).map(|(power, k)| k * (power.left + power.right)).sum()
}

fn times(power: Power, factor: f64) -> Power {
    Power { left: power.left * factor, right: power.right * factor, cross: power.cross * factor }
}

/// The power of a row on both sides together, each band by its weight, with its sides turned by a factor of amplitude: two
/// sums side by side, as processors work.
fn widened_sum(row: &[Power], weights: &[f64; BANDS], side: f64) -> f64 {
    let (near, far) = ((1.0 + side) / 2.0, (1.0 - side) / 2.0);
    let (of_both, of_cross) = (near * near + far * far, 4.0 * near * far);
    let mut sums = [0.0; 2];
    for (row, weights) in row.chunks_exact(2).zip(weights.chunks_exact(2)) {
        for ((sum, power), weight) in sums.iter_mut().zip(row).zip(weights) {
            *sum += weight * (of_both * (power.left + power.right) + of_cross * power.cross);
        }
    }
    sums.iter().sum()
}

/// A power whose sides are turned by a factor of amplitude, the middle left as it is.
fn widened(power: Power, side: f64) -> Power {
    if side == 1.0 {
        return power;
    }
    let (near, far) = ((1.0 + side) / 2.0, (1.0 - side) / 2.0);
    let Power { left, right, cross } = power;
    Power {
        left: near * near * left + far * far * right + 2.0 * near * far * cross,
        right: far * far * left + near * near * right + 2.0 * near * far * cross,
        cross: near * far * (left + right) + (near * near + far * far) * cross,
    }
}
