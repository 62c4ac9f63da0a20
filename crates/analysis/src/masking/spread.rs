//! The excitation of coarse filters by bands as wide as the ear's: the fast model.
//!
//! The power of a band is taken as spread evenly over its Cams. What each filter passes of it is then a number that
//! depends on the level alone, and comes from a table.

use std::sync::{Arc, Mutex, PoisonError};

use mixkeel_dsp::units::power_from_db;

use super::ear::{Field, ear_gain_db};
use super::roex;
use super::specific::{Filter, release};
use super::table::OctaveTable;
use crate::erb::{hz_from_rate, rate_from_hz};

/// The step of the table of levels in dB, and how many there are, from 0 dB SPL. Ours: between levels 2 dB apart the
/// filters' skirts are straight within 2 %, where they matter within 0.1 %.
const LEVEL_STEP_DB: f64 = 2.0;
/// See [`LEVEL_STEP_DB`].
const LEVELS: usize = 66;

/// How finely a band is taken apart when the table is made, in Cams: as the fine model's filters.
const SLIVER_CAM: f64 = 0.1;

/// What passes less than this of a band is left out (−90 dB: a band would have to stand 90 dB over the rest to matter).
const NOTHING: f64 = 1e-9;

/// Excitations are counted in whole parts of the power at 0 dB SPL, so that sums of tracks are exact and do not depend on
/// their order. 2^16 parts reach from −48 dB to 141 dB SPL.
pub(crate) const PARTS: f64 = 65_536.0;

/// The loudest excitation of one track in parts: 120 dB SPL, so that a hundred tracks still add up.
const MOST_PARTS: f64 = 1e12 * PARTS;

/// Filters, and what bands do to them.
#[derive(Clone, Debug)]
pub(crate) struct Spread {
    pub(crate) centres_hz: Vec<f64>,
    pub(crate) width_cam: f64,
    filters: Vec<Filter>,
    /// For each filter, which of `growth` it has.
    grows: Vec<usize>,
    growth: Vec<OctaveTable>,
    release: OctaveTable,
    level: OctaveTable,
    bands: Vec<Band>,
}

#[derive(Clone, Debug)]
struct Band {
    /// The first band that counts to the level around this one, and how much each from there on counts.
    around: usize,
    counts: Vec<f64>,
    /// For each level but the last.
    passes: Vec<Pass>,
}

/// What passes the filters that a band reaches between one level of the table and the next.
#[derive(Clone, Debug)]
struct Pass {
    /// The first filter that it reaches.
    first: usize,
    /// At this level, what passes each filter from there on.
    low: Vec<f64>,
    /// At the next.
    high: Vec<f64>,
}

/// What a spread is made for: edges of bands in Hz, the field, and the step in Cams.
type MadeFor = (Vec<f64>, Field, f64);

/// The most kinds that are kept. Ours: bands are the same everywhere, and there are two fields and two steps.
const KEPT: usize = 8;

impl Spread {
    /// [`new`](Self::new), made once for all who ask for the same: making one takes as long as listening to hundreds of frames.
    pub(crate) fn shared(edges_hz: &[f64], field: Field, step_cam: f64) -> Arc<Self> {
        static MADE: Mutex<Vec<(MadeFor, Arc<Spread>)>> = Mutex::new(Vec::new());
        let wanted = (edges_hz.to_vec(), field, step_cam);
        let mut made = MADE.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, known)) = made.iter().find(|(made_for, _)| *made_for == wanted) {
            return known.clone();
        }
        let new = Arc::new(Self::new(edges_hz, field, step_cam));
        if made.len() < KEPT {
            made.push((wanted, new.clone()));
        }
        new
    }

    /// For bands between these frequencies in Hz, and filters this many Cams apart.
    fn new(edges_hz: &[f64], field: Field, step_cam: f64) -> Self {
        let centres_hz = roex::centres_hz(step_cam);
        let filters: Vec<Filter> = centres_hz.iter().map(|&centre_hz| Filter::at(centre_hz)).collect();
        let (mut grows, mut growth, mut owners) = (Vec::new(), Vec::new(), Vec::<Filter>::new());
        for filter in &filters {
            let known = owners.iter().position(|owner| owner.grows_like(filter));
            grows.push(known.unwrap_or(owners.len()));
            if known.is_none() {
                owners.push(*filter);
                growth.push(filter.table());
            }
        }
        let slivers: Vec<Vec<(f64, f64)>> = edges_hz.windows(2).map(|edge| slivers(edge, field)).collect();
        let bands = slivers.iter().map(|own| Band::new(own, &slivers, &centres_hz)).collect();
        Self {
            width_cam: roex::width_cam(centres_hz.len()),
            centres_hz,
            filters,
            grows,
            growth,
            release: OctaveTable::new(-60, 1, release),
            level: OctaveTable::new(0, 60, |power| 10.0 * libm::log10(power)),
            bands,
        }
    }

    /// The excitation of each filter, in whole [`PARTS`], by the power re 0 dB SPL in each band.
    pub(crate) fn excite(&self, powers: &[f64], excitation: &mut [f64]) {
        excitation.fill(0.0);
        for (band, &power) in self.bands.iter().zip(powers) {
            if power <= 0.0 {
                continue;
            }
            let near = powers.get(band.around..).unwrap_or_default();
            let around: f64 = band.counts.iter().zip(near).map(|(count, power)| count * power).sum();
            let place = self.level.at(around.max(1.0)) / LEVEL_STEP_DB;
            let step = (place as usize).min(LEVELS - 2);
            let part = (place - step as f64).min(1.0);
            if let Some(Pass { first, low, high }) = band.passes.get(step) {
                let (of_low, of_high) = (power * (1.0 - part), power * part);
                let filters = excitation.get_mut(*first..).unwrap_or_default();
                for ((place, low), high) in filters.iter_mut().zip(low).zip(high) {
                    *place += of_low * low + of_high * high;
                }
            }
        }
        for place in excitation {
            let parts = *place * PARTS;
            // Whole by way of a whole number: what is never negative and well within 64 bits needs no rounding function.
            *place = if parts < MOST_PARTS { parts as i64 as f64 } else { MOST_PARTS };
        }
    }

    /// The loudness in each filter, in sone for one ear: alone, and within a rest. Both in [`PARTS`].
    pub(crate) fn loudness(&self, own: &[f64], rest: &[f64], mut each: impl FnMut(usize, f64, f64)) {
        let filters = self.filters.iter().zip(&self.grows).zip(own.iter().zip(rest)).enumerate();
        for (number, ((filter, &grows), (&own, &rest))) in filters {
            if own <= filter.silence() * PARTS {
                continue;
            }
            let Some(growth) = self.growth.get(grows) else { continue };
            let (own, rest) = (own / PARTS, rest / PARTS);
            let alone = filter.alone(own, |excitation| growth.at(excitation));
            let within = filter.within(own, rest, |excitation| growth.at(excitation), |x| self.release.at(x));
            each(number, alone * self.width_cam, within.clamp(0.0, alone) * self.width_cam);
        }
    }
}

impl Band {
    fn new(own: &[(f64, f64)], all: &[Vec<(f64, f64)>], centres_hz: &[f64]) -> Self {
        // The level around a band is that around its middle.
        let middle_hz = own.get(own.len() / 2).map_or(1_000.0, |sliver| sliver.0);
        let counts: Vec<f64> = all
            .iter()
            .map(|band| band.iter().map(|&(freq_hz, share)| share * roex::counts(middle_hz, freq_hz)).sum())
            .collect();
        let around = counts.iter().position(|&count| count > NOTHING).unwrap_or(0);
        let until = counts.iter().rposition(|&count| count > NOTHING).map_or(0, |last| last + 1);
        let at = |step: usize| -> Vec<f64> {
            let level_db = step as f64 * LEVEL_STEP_DB;
            let of = |centre_hz: f64| {
                own.iter().map(|&(hz, share)| share * roex::passes(centre_hz, hz, level_db)).sum()
            };
            centres_hz.iter().map(|&centre_hz| of(centre_hz)).collect()
        };
        let rows: Vec<Vec<f64>> = (0..LEVELS).map(at).collect();
        Self {
            around,
            counts: counts.into_iter().take(until).skip(around).collect(),
            passes: rows.windows(2).map(|pair| Pass::new(&pair[0], &pair[1])).collect(),
        }
    }
}

impl Pass {
    fn new(low: &[f64], high: &[f64]) -> Self {
        let mut reached = low.iter().zip(high).map(|(low, high)| low.max(*high) > NOTHING);
        let first = reached.clone().position(|reached| reached).unwrap_or(0);
        let until = reached.rposition(|reached| reached).map_or(first, |last| last + 1);
        let cut = |row: &[f64]| row.get(first..until).unwrap_or_default().to_vec();
        Self { first, low: cut(low), high: cut(high) }
    }
}

/// A band between two frequencies taken apart: the middle of each sliver in Hz, and what the ear lets through of the
/// band's power in it.
fn slivers(edge: &[f64], field: Field) -> Vec<(f64, f64)> {
    let &[from_hz, to_hz] = edge else { return Vec::new() };
    let (from, to) = (rate_from_hz(from_hz), rate_from_hz(to_hz));
    let count = libm::ceil((to - from) / SLIVER_CAM).clamp(1.0, 1_000.0);
    (0..count as usize)
        .map(|n| {
            let freq_hz = hz_from_rate(from + (to - from) * (n as f64 + 0.5) / count);
            (freq_hz, power_from_db(ear_gain_db(freq_hz, field)) / count)
        })
        .collect()
}
