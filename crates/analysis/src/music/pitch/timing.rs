//! How well a line is in time.

use super::{Line, median};
use crate::music::rhythm::Rhythm;

/// Parts of a beat on which notes may lie: eighths, triplets, sixteenths. In six-eight, and where beats divide into three, the
/// second fits.
const PARTS: [u8; 4] = [1, 2, 3, 4];

/// By how much a finer division must fit better to be taken, in parts of what chance gives. Ours.
const FINER: f64 = 0.15;

/// The swing from which on the second eighth is looked for where it swings. Ours: under it, it is the width of a human hand.
const SWUNG: f64 = 1.2;

/// From the middle distance to the standard deviation of a normal distribution.
const DEVIATIONS: f64 = 1.4826;

/// Where one note begins.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct NoteTiming {
    /// The note of the line, counted from 0.
    pub note: usize,
    /// The beat at or before its place, counted from 0.
    pub beat: usize,
    /// Which part of the beat its place is, counted from 0.
    pub part: u8,
    /// How late it begins, in ms; under 0 is early.
    pub late_ms: f64,
}

/// A line against beats.
#[derive(Clone, Debug, PartialEq)]
pub struct Timing {
    /// Notes that begin between the first and the last beat.
    pub notes: Vec<NoteTiming>,
    /// In how many parts a beat was divided to place them.
    pub parts: u8,
    /// The middle of all: over 0 the line lies behind the beat.
    pub median_ms: f64,
    /// How far they scatter about it: a standard deviation that single wrong notes do not move.
    pub spread_ms: f64,
}

/// Compares where the notes of a line begin with the beats of a song. The division of the beat is the one that fits the
/// whole line best. `None` where no note begins between beats.
pub fn timing(line: &Line, rhythm: &Rhythm) -> Option<Timing> {
    let swung = rhythm.swing.map(|swing| swing.ratio).filter(|ratio| *ratio >= SWUNG);
    let second = swung.map_or(0.5, |ratio| ratio / (1.0 + ratio));
    let tried = PARTS.map(|parts| {
        let places: Vec<f64> = match parts {
            2 => vec![0.0, second],
            _ => (0..parts).map(|part| f64::from(part) / f64::from(parts)).collect(),
        };
        let notes: Vec<NoteTiming> = line
            .notes
            .iter()
            .enumerate()
            .filter_map(|(note, heard)| placed(note, heard.from_s, &rhythm.beats_s, &places))
            .collect();
        // The mean distance of notes that begin anywhere is a quarter of the mean distance of places.
        let beat_ms = 1_000.0 * mean_gap(&rhythm.beats_s);
        let off = notes.iter().map(|note| note.late_ms.abs()).sum::<f64>() / notes.len().max(1) as f64;
        let chance = beat_ms / f64::from(parts) / 4.0;
        (parts, notes, if chance > 0.0 { off / chance } else { f64::INFINITY })
    });
    let (parts, notes, _) = tried.into_iter().reduce(|a, b| if b.2 < a.2 - FINER { b } else { a })?;
    let late = |note: &NoteTiming| (note.late_ms, 1.0);
    let median_ms = median(notes.iter().map(late).collect())?;
    let apart = notes.iter().map(|note| ((note.late_ms - median_ms).abs(), 1.0)).collect();
    Some(Timing { spread_ms: DEVIATIONS * median(apart)?, notes, parts, median_ms })
}

fn mean_gap(beats_s: &[f64]) -> f64 {
    match (beats_s.first(), beats_s.last()) {
        (Some(first), Some(last)) if beats_s.len() > 1 => (last - first) / (beats_s.len() - 1) as f64,
        _ => 0.0,
    }
}

/// The nearest place to a time.
fn placed(note: usize, at_s: f64, beats_s: &[f64], places: &[f64]) -> Option<NoteTiming> {
    let after = beats_s.partition_point(|beat| *beat <= at_s);
    let (from, to) = (*beats_s.get(after.checked_sub(1)?)?, *beats_s.get(after)?);
    // The next beat is a place as well.
    let candidates =
        places.iter().enumerate().map(|(part, place)| (after - 1, part, from + place * (to - from)));
    let all = candidates.chain(std::iter::once((after, 0, to)));
    let (beat, part, place_s) =
        all.reduce(|a, b| if (b.2 - at_s).abs() < (a.2 - at_s).abs() { b } else { a })?;
    Some(NoteTiming { note, beat, part: part as u8, late_ms: 1_000.0 * (at_s - place_s) })
}
