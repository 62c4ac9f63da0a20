//! One track or return as it stands in the mix: its power by cell and band, and what follows from that.

use mixkeel_analysis::energy::{BANDS, Power};

use super::Place;
use super::treatment::Treatment;
use crate::forecast::Forecast;

/// A sound whose sides differ by less than this part of its power is mono. Ours: sides 30 dB down are noise.
const MONO: f64 = 1e-3;

/// One sound.
#[derive(Clone, Debug)]
pub(super) struct Sounding {
    pub id: String,
    k_gain: [f64; BANDS],
    powers: Vec<Power>,
    /// K-weighted power of every cell.
    pub steps: Vec<f64>,
    /// Sums over cells by band: of every place, then of the whole.
    sums: Vec<[Power; BANDS]>,
}

impl Sounding {
    pub fn of(forecast: &Forecast<'_>, sound: usize, id: &str, kept: &[usize], places: &[Place]) -> Self {
        let cells = kept.iter();
        let powers =
            cells.flat_map(|cell| (0..BANDS).map(|band| forecast.power(sound, *cell, band))).collect();
        let k_gain = std::array::from_fn(|band| forecast.k_gain(sound, band));
        Self::summed(id.to_owned(), k_gain, powers, places)
    }

    fn summed(id: String, k_gain: [f64; BANDS], powers: Vec<Power>, places: &[Place]) -> Self {
        let step =
            |row: &[Power]| row.iter().zip(&k_gain).map(|(power, k)| k * (power.left + power.right)).sum();
        let steps = powers.chunks_exact(BANDS).map(step).collect();
        let count = powers.len() / BANDS;
        let spans = places.iter().map(|place| place.cells.clone()).chain(std::iter::once(0..count));
        let sums = spans
            .map(|cells| {
                let mut sum = [Power::default(); BANDS];
                let rows = powers.chunks_exact(BANDS).take(cells.end.min(count)).skip(cells.start);
                for row in rows {
                    for (sum, power) in sum.iter_mut().zip(row) {
                        sum.left += power.left;
                        sum.right += power.right;
                        sum.cross += power.cross;
                    }
                }
                sum
            })
            .collect();
        Self { id, k_gain, powers, steps, sums }
    }

    /// The powers of one cell.
    pub fn row(&self, cell: usize) -> &[Power] {
        self.powers.get(cell * BANDS..(cell + 1) * BANDS).unwrap_or_default()
    }

    /// Sums over the cells of a place, or of the whole after the last place.
    pub fn sums(&self, span: usize) -> Option<&[Power; BANDS]> {
        self.sums.get(span)
    }

    /// Power on both sides in one band of a span.
    pub fn in_band(&self, span: usize, band: usize) -> f64 {
        self.sums.get(span).and_then(|sums| sums.get(band)).map_or(0.0, |power| power.left + power.right)
    }

    pub fn is_stereo(&self) -> bool {
        let Some(sums) = self.sums.last() else { return false };
        let (all, common) = sums.iter().fold((0.0, 0.0), |(all, common), power| {
            // Of what is panned, the sides are alike but for a factor.
            (all + power.left * power.right, common + power.cross * power.cross)
        });
        all > 0.0 && all - common > MONO * all
    }

    /// How much of it lies in each band, as parts of one.
    pub fn shape(&self) -> [f64; BANDS] {
        let whole = self.sums.len().saturating_sub(1);
        let all: f64 = (0..BANDS).map(|band| self.in_band(whole, band)).sum();
        std::array::from_fn(|band| if all > 0.0 { self.in_band(whole, band) / all } else { 0.0 })
    }

    /// The same after a treatment.
    pub fn treated(&self, treatment: &Treatment, places: &[Place]) -> Self {
        let count = self.steps.len();
        let mut powers = self.powers.clone();
        let (gains, sides) = (treatment.gains(count, places), treatment.sides(count, places));
        for (cell, row) in powers.chunks_exact_mut(BANDS).enumerate() {
            let gain = gains.get(cell).copied().unwrap_or(1.0);
            let side = sides.get(cell).copied().unwrap_or(1.0);
            for (power, band) in row.iter_mut().zip(&treatment.bands) {
                let factor = gain * gain * band * band;
                *power = widened(*power, side);
                power.left *= factor;
                power.right *= factor;
                power.cross *= factor;
            }
        }
        Self::summed(self.id.clone(), self.k_gain, powers, places)
    }

    /// The same with a factor of power by place (the whole after the last) and band.
    pub fn scaled(&self, factor: impl Fn(usize, usize) -> f64, places: &[Place]) -> Self {
        let table: Vec<[f64; BANDS]> =
            (0..=places.len()).map(|span| std::array::from_fn(|band| factor(span, band))).collect();
        let mut powers = self.powers.clone();
        for (cell, row) in powers.chunks_exact_mut(BANDS).enumerate() {
            let span = places.iter().position(|place| place.cells.contains(&cell)).unwrap_or(places.len());
            let Some(factors) = table.get(span) else { continue };
            for (power, factor) in row.iter_mut().zip(factors) {
                power.left *= factor;
                power.right *= factor;
                power.cross *= factor;
            }
        }
        Self::summed(self.id.clone(), self.k_gain, powers, places)
    }
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
