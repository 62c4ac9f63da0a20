//! How far a region of the spectrum stands out, in all of it and in passages, and what that is made of.

use mixkeel_analysis::spectrum::records::{record_db, tolerance_db};
use mixkeel_analysis::spectrum::regions::{Region, RegionLevel};
use mixkeel_analysis::spectrum::third_octave::{BANDS, edges_hz, mid_hz};
use mixkeel_analysis::spectrum::{Pair, Span};

use crate::causes;
use crate::check::Case;
use crate::compare::heard as together;
use crate::evidence::Evidence;
use crate::finding::Cause;

/// A passage has to stand out by this much more than the whole song to be told alone. Ours: a passage is short, and
/// arrangements differ.
const PASSAGE_FACTOR: f64 = 1.25;

/// A section shorter than this is a moment, and one this far below the loudest is background.
const LEAST_SECTION_S: f64 = 6.0;
/// See [`LEAST_SECTION_S`].
const BACKGROUND_LU: f64 = 8.0;

/// A region that stands out.
#[derive(Clone, Debug, PartialEq)]
pub struct Bump {
    /// By how much it stands above records and above what lies beside it, the lesser of the two, in dB.
    pub over_db: f64,
    /// Where exactly.
    pub band_hz: (f64, f64),
    /// In which passages; empty where it is everywhere.
    pub spans: Vec<[f64; 2]>,
}

/// How far a region stands out of a span: above records, and above its neighbours; the lesser of the two, because what is
/// loud as a whole is style, and what is a bump on a slope of its own is not heard as one.
pub fn stands_out_db(span: &Span, region: Region) -> Option<f64> {
    let found = region_level(span, region)?;
    Some(found.over_records_db.min(found.over_neighbours_db))
}

/// A region that stands out by a threshold or more, in all of the song or in sections of it.
pub fn bump(case: &Case<'_>, region: Region, threshold_db: f64) -> Option<Bump> {
    let evidence = case.evidence;
    let whole = evidence.sound.spectrum.whole();
    let over_db = stands_out_db(&whole, region)?;
    let loudest =
        evidence.sections.iter().filter_map(|one| one.integrated_lufs).fold(f64::NEG_INFINITY, f64::max);
    let passages: Vec<([f64; 2], f64)> = evidence
        .sections
        .iter()
        .filter(|one| one.to_s - one.from_s >= LEAST_SECTION_S)
        .filter(|one| one.integrated_lufs.is_some_and(|lufs| lufs > loudest - BACKGROUND_LU))
        .filter_map(|one| {
            let span = evidence.sound.spectrum.contour.between(one.from_s..one.to_s);
            Some(([one.from_s, one.to_s], stands_out_db(&span, region)?))
        })
        .collect();
    let least = if over_db >= threshold_db { threshold_db } else { threshold_db * PASSAGE_FACTOR };
    let over: Vec<&([f64; 2], f64)> = passages.iter().filter(|(_, over_db)| *over_db >= least).collect();
    if over_db < threshold_db && over.is_empty() {
        return None;
    }
    let most = over.iter().map(|(_, over_db)| *over_db).fold(over_db, f64::max);
    let spans =
        if over.len() == passages.len() { Vec::new() } else { over.iter().map(|(span, _)| *span).collect() };
    Some(Bump { over_db: most, band_hz: core(evidence, &spans, region), spans })
}

/// The tracks that make a region stand out, by how much more of it there would be if each were turned up.
///
/// Whoever holds most of a region is not for that reason what is too much of it: a bass belongs between 100 and 160 Hz, and
/// what lies beside rises with it. So a track counts with its share of the energy in the region less its share of what the
/// region is compared with; that is by how many decibels the region rises beside it for each decibel of that track.
pub fn raisers(evidence: &Evidence, region: Region, spans: &[[f64; 2]]) -> Vec<Cause> {
    let heard = heard(evidence, spans);
    let beside_neighbours =
        region_level(&heard, region).is_none_or(|level| level.over_neighbours_db <= level.over_records_db);
    let against = |band: usize| {
        if beside_neighbours {
            f64::from(u8::from(region.neighbours(band)))
        } else if region.holds(band) {
            0.0
        } else {
            1.0 / (tolerance_db(band) * tolerance_db(band))
        }
    };
    let mut over = vec![0.0; evidence.tracks.len()];
    let (mut held, mut compared) = (0.0, 0.0);
    let mut bands: Vec<(f64, f64, Vec<f64>)> = Vec::new();
    for band in 0..BANDS {
        let (inside, outside) = (f64::from(u8::from(region.holds(band))), against(band));
        if inside + outside == 0.0 || heard.bands.get(band).is_none_or(|pair| pair.total() <= 0.0) {
            continue;
        }
        let energies: Vec<f64> =
            evidence.tracks.iter().map(|strip| causes::energy(strip, edges_hz(band), spans)).collect();
        held += inside;
        compared += outside;
        bands.push((inside, outside, energies));
    }
    for (inside, outside, energies) in bands {
        let sum: f64 = energies.iter().sum();
        let weight = inside / held.max(1e-9) - outside / compared.max(1e-9);
        for (over, energy) in over.iter_mut().zip(energies) {
            *over += weight * energy / sum.max(f64::MIN_POSITIVE);
        }
    }
    causes::ranked(evidence, &over)
}

/// The level of a region in a span.
fn region_level(span: &Span, region: Region) -> Option<RegionLevel> {
    span.regions().into_iter().find(|level| level.region == region)
}

/// What is heard in some spans together, or in all of the song.
fn heard(evidence: &Evidence, spans: &[[f64; 2]]) -> Span {
    together(evidence, spans).unwrap_or_else(|| evidence.sound.spectrum.whole())
}

/// The third octaves in and beside a region that stand highest, as one band.
fn core(evidence: &Evidence, spans: &[[f64; 2]], region: Region) -> (f64, f64) {
    let (from_hz, to_hz) = region.edges_hz();
    let heard = heard(evidence, spans);
    let over = |band: usize| {
        let energy = heard.bands.get(band).map_or(0.0, Pair::total);
        mixkeel_dsp::units::db_from_power(energy.max(1e-30)) - record_db(band)
    };
    let inside: Vec<usize> =
        (0..BANDS).filter(|&band| mid_hz(band) >= from_hz * 0.95 && mid_hz(band) <= to_hz * 1.05).collect();
    let Some(&top) = inside.iter().max_by(|&&a, &&b| over(a).total_cmp(&over(b))) else {
        return (from_hz, to_hz);
    };
    // To either side while it stays within 4 dB of its top, and within the region.
    let near = |band: usize| inside.contains(&band) && over(band) > over(top) - 4.0;
    let low = (0..=top).rev().take_while(|&band| near(band)).last().unwrap_or(top);
    let high = (top..BANDS).take_while(|&band| near(band)).last().unwrap_or(top);
    (edges_hz(low).0, edges_hz(high).1)
}

/// The mean departure from records between two frequencies less that between 200 Hz and 2 kHz, where records differ
/// least (Elowsson and Friberg 2017), in dB. `None` where either is silent.
pub fn balance_db(span: &Span, from_hz: f64, to_hz: f64) -> Option<f64> {
    let levels = span.third_octave_db();
    let mean = |from_hz: f64, to_hz: f64| {
        let over: Vec<f64> = (0..BANDS)
            .filter(|&band| (from_hz..to_hz).contains(&mid_hz(band)))
            .filter_map(|band| levels.get(band).copied().flatten().map(|level| level - record_db(band)))
            .collect();
        (!over.is_empty()).then(|| over.iter().sum::<f64>() / over.len() as f64)
    };
    Some(mean(from_hz, to_hz)? - mean(190.0, 2_100.0)?)
}

/// `250 to 400 Hz`, `2 to 4 kHz`.
pub fn hertz((from_hz, to_hz): (f64, f64)) -> String {
    if from_hz >= 950.0 {
        format!("{:.1} and {:.1} kHz", from_hz / 1_000.0, to_hz / 1_000.0)
    } else {
        let round = |hz: f64| libm::round(hz / 5.0) * 5.0;
        format!("{:.0} and {:.0} Hz", round(from_hz), round(to_hz))
    }
}
