//! What a sum of tracks measures, from their energy maps alone.

use super::bands::BANDS;
use super::cross::CrossMap;
use super::map::{CELLS_PER_S, EnergyMap, Power};
use crate::loudness::gating::gated;
use crate::loudness::{BLOCK_STEPS, SHORT_TERM_STEPS, lufs_from_power};
use mixkeel_dsp::block::Channels;

/// A track in a sum: how much of it goes to each side, and from when.
#[derive(Clone, Copy, Debug)]
pub struct Part<'a> {
    /// What it measures alone.
    pub map: &'a EnergyMap,
    /// The gain on the left side; negative turns the polarity.
    pub left_gain: f64,
    /// The gain on the right side. A mono track goes to both sides with the gain of each.
    pub right_gain: f64,
    /// The cell of the sum at which it begins.
    pub from_cell: usize,
}

/// What two parts of a sum have in common.
#[derive(Clone, Copy, Debug)]
pub struct Crossing<'a> {
    /// The places of both among the parts, in the order in which they were measured.
    pub parts: [usize; 2],
    /// Measured on both as they arrive, before gains, from the beginning of each.
    pub map: &'a CrossMap,
}

/// The energy of a sum, cell by cell.
#[derive(Clone, Debug, PartialEq)]
pub struct Sum {
    powers: Vec<Power>,
    weighted: Vec<f64>,
}

/// The energy of tracks played together. Tracks that have nothing in common add up in power; for pairs that do, the terms in
/// `crossings` are added. Where two tracks are alike and no crossing says so, the sum is wrong by up to 3 dB upwards and
/// without limit downwards.
pub fn sum(parts: &[Part], crossings: &[Crossing]) -> Sum {
    let cells = parts.iter().map(|part| part.from_cell + part.map.cells()).max().unwrap_or(0);
    let mut sum = Sum::silent(cells);
    for part in parts {
        for cell in 0..part.map.cells() {
            for band in 0..BANDS {
                let power = part.placed(cell, band);
                sum.add(part.from_cell + cell, band, power, part.map.k_gain(band));
            }
        }
    }
    for crossing in crossings {
        let (Some(one), Some(other)) = (parts.get(crossing.parts[0]), parts.get(crossing.parts[1])) else {
            continue;
        };
        // Measured from the beginning of each: they go together only where both begin together.
        if one.from_cell != other.from_cell {
            continue;
        }
        for cell in 0..crossing.map.cells() {
            for band in 0..BANDS {
                let weight = (one.map.k_gain(band) * other.map.k_gain(band)).sqrt();
                sum.add(one.from_cell + cell, band, crossed(one, other, crossing.map, cell, band), weight);
            }
        }
    }
    sum
}

impl Part<'_> {
    /// Its power as it stands in the sum, in a cell of its own and a band.
    pub(crate) fn placed(&self, cell: usize, band: usize) -> Power {
        both_sides(self.map, cell, band).gained(self.left_gain, self.right_gain)
    }
}

/// A track as it would come from two loudspeakers at unity: mono from both.
fn both_sides(map: &EnergyMap, cell: usize, band: usize) -> Power {
    let power = map.power(cell, band);
    match map.channels() {
        Channels::Stereo => power,
        Channels::Mono => Power::centre(power.left),
    }
}

/// What the products of two parts add to the sum: (a + b)² = a² + b² + 2ab.
fn crossed(one: &Part, other: &Part, map: &CrossMap, cell: usize, band: usize) -> Power {
    let (a, b) = (both_sides(one.map, cell, band), both_sides(other.map, cell, band));
    let (one_sides, other_sides) = ([a.left, a.right], [b.left, b.right]);
    let (gains, other_gains) = ([one.left_gain, one.right_gain], [other.left_gain, other.right_gain]);
    let product = |side: usize, away: usize| {
        let cross = map.cross(cell, band, [side, away], [one_sides[side], other_sides[away]]);
        gains[side] * other_gains[away] * cross
    };
    Power { left: 2.0 * product(0, 0), right: 2.0 * product(1, 1), cross: product(0, 1) + product(1, 0) }
}

impl Sum {
    /// So many cells of silence, to which tracks are [added](Self::add).
    pub fn silent(cells: usize) -> Self {
        Self { powers: vec![Power::default(); cells * BANDS], weighted: vec![0.0; cells] }
    }

    /// Stretches of a song, one after the other.
    pub fn joined(stretches: impl IntoIterator<Item = Self>) -> Self {
        let mut all = Self::silent(0);
        for Self { powers, weighted } in stretches {
            all.powers.extend(powers);
            all.weighted.extend(weighted);
        }
        all
    }

    /// Adds power in one cell and band, of which loudness counts so much ([`EnergyMap::k_gain`]). Nothing outside.
    pub fn add(&mut self, cell: usize, band: usize, power: Power, weight: f64) {
        if let Some(place) = self.powers.get_mut(cell * BANDS + band) {
            place.left += power.left;
            place.right += power.right;
            place.cross += power.cross;
        }
        if let Some(place) = self.weighted.get_mut(cell) {
            *place += weight * (power.left + power.right);
        }
    }

    /// Cells of 100 ms.
    pub fn cells(&self) -> usize {
        self.weighted.len()
    }

    /// The power in one cell and band; nothing outside.
    pub fn power(&self, cell: usize, band: usize) -> Power {
        self.powers.get(cell * BANDS + band).copied().unwrap_or_default()
    }

    /// The mean power in each band over a span of cells, as far as there are any.
    pub fn spectrum(&self, cells: std::ops::Range<usize>) -> [Power; BANDS] {
        let end = cells.end.min(self.cells());
        let count = end.saturating_sub(cells.start).max(1) as f64;
        std::array::from_fn(|band| {
            let mut mean = Power::default();
            for cell in cells.start..end {
                let power = self.power(cell, band);
                mean.left += power.left / count;
                mean.right += power.right / count;
                mean.cross += power.cross / count;
            }
            mean
        })
    }

    /// Programme loudness with both gates. `None` for silence.
    pub fn integrated_lufs(&self) -> Option<f64> {
        gated(&self.over(BLOCK_STEPS)).map(|gated| gated.lufs)
    }

    /// The loudest 3 s. `None` for silence, or less.
    pub fn max_short_term_lufs(&self) -> Option<f64> {
        lufs_from_power(self.over(SHORT_TERM_STEPS).into_iter().fold(0.0, f64::max))
    }

    /// The loudness of a span of cells, not gated. `None` for silence.
    pub fn lufs(&self, cells: std::ops::Range<usize>) -> Option<f64> {
        let end = cells.end.min(self.cells());
        let span = self.weighted.get(cells.start..end)?;
        lufs_from_power(span.iter().sum::<f64>().max(0.0) / span.len().max(1) as f64)
    }

    /// The mean weighted power of every window of so many cells. What cancels leaves nothing, never less.
    fn over(&self, cells: usize) -> Vec<f64> {
        let mean = |window: &[f64]| window.iter().sum::<f64>().max(0.0) / cells as f64;
        self.weighted.windows(cells).map(mean).collect()
    }
}

/// Cells in a time, at the nearest border.
pub fn cell_from_seconds(seconds: f64) -> usize {
    libm::round(seconds.max(0.0) * f64::from(CELLS_PER_S)) as usize
}
