//! How strong each of the twelve notes is in every span, in the chord and in the bass.

use super::spans::Span;
use super::tracks::{PitchedTrack, Sounds};
use crate::music::CLASSES;

/// The time a cell stands for, in seconds.
const CELL_S: f64 = 0.1;

/// The power of a track's cells that it is made as loud as: ours, the mean of those that sound.
const SILENT: f64 = 1e-9;

/// What sounds in a span.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Evidence {
    /// Each pitch class, together one; zero where nothing sounds.
    pub notes: [f64; 12],
    /// The same of the bass.
    pub bass: [f64; 12],
    /// How strong all notes are together, 1 where they are as strong as in the mean of the song.
    pub strength: f64,
}

/// The evidence of every span.
pub(crate) fn evidence(tracks: &[PitchedTrack], spans: &[Span], tuning_cents: f64) -> Vec<Evidence> {
    let mut all = vec![Evidence::default(); spans.len()];
    for track in tracks {
        let chroma: Vec<[f64; 12]> = track.cells.iter().map(|cell| semitones(cell, tuning_cents)).collect();
        let sums = chroma.iter().map(|row| row.iter().sum::<f64>());
        let (sum, count) = sums.filter(|sum| *sum > SILENT).fold((0.0, 0.0), |(s, n), x| (s + x, n + 1.0));
        if count == 0.0 {
            continue;
        }
        let scale = count / sum;
        for (evidence, span) in all.iter_mut().zip(spans) {
            let mean = mean(&chroma, span.from_s - track.starts_s, span.to_s - track.starts_s);
            let bass = track.sounds == Sounds::Bass;
            for (n, value) in mean.iter().enumerate() {
                let value = value * scale;
                if let Some(note) = evidence.notes.get_mut(n) {
                    *note += value;
                }
                if let Some(note) = evidence.bass.get_mut(n).filter(|_| bass) {
                    *note += value;
                }
            }
        }
    }
    let strengths = all.iter().map(|evidence| evidence.notes.iter().sum::<f64>());
    let mean = strengths.sum::<f64>() / all.len().max(1) as f64;
    for evidence in &mut all {
        evidence.strength = evidence.notes.iter().sum::<f64>() / mean.max(SILENT);
        normalise(&mut evidence.notes);
        normalise(&mut evidence.bass);
    }
    all
}

fn normalise(notes: &mut [f64; 12]) {
    let sum: f64 = notes.iter().sum();
    notes.iter_mut().for_each(|note| *note = if sum > SILENT { *note / sum } else { 0.0 });
}

/// Thirds of semitones folded into semitones of the song's tuning.
fn semitones(cell: &[f64; CLASSES], tuning_cents: f64) -> [f64; 12] {
    let shift = tuning_cents / 100.0 * 3.0;
    let mut notes = [0.0; 12];
    for (class, strength) in cell.iter().enumerate() {
        let semitone = libm::round((class as f64 - shift) / 3.0) as i64;
        if let Some(note) = notes.get_mut(semitone.rem_euclid(12) as usize) {
            *note += strength;
        }
    }
    notes
}

/// The mean of the cells whose middles lie in a stretch of the track.
fn mean(chroma: &[[f64; 12]], from_s: f64, to_s: f64) -> [f64; 12] {
    let index = |at_s: f64| libm::ceil(at_s / CELL_S - 0.5).max(0.0) as usize;
    let (from, to) = (index(from_s), index(to_s).max(index(from_s) + usize::from(to_s > 0.0)));
    let mut sum = [0.0; 12];
    for row in chroma.iter().take(to).skip(from) {
        sum.iter_mut().zip(row).for_each(|(sum, x)| *sum += x);
    }
    sum.map(|x| x / (to - from).max(1) as f64)
}
