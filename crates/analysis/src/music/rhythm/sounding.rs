//! Where the music begins and ends: no beat is told before its first stroke, or once its last has rung out.

use super::curves::{CHROMA_PER_S, TrackCurves, sound};
use super::peaks::typical_height;
use super::{STEP_S, seconds};

/// What is 40 dB below what is usual is no longer music. Ours: a hall rings so far down within two beats, and hiss and hum lie lower.
const FAINT_NOTES: f64 = 0.01;

/// The same of onset curves, which follow the root of amplitude.
const FAINT_STROKES: f64 = 0.1;

/// How far the window of a cell of notes reaches beyond its middle, in seconds.
const WINDOW_S: f64 = 0.1;

/// How far a beat may be after the stroke that it is told for: 50 ms, by which onsets are judged.
const LATE_S: f64 = 0.05;

/// From the first to the last moment in which there is music, in seconds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Sounding {
    from_s: f64,
    to_s: f64,
}

impl Sounding {
    /// Where strokes are, and notes.
    pub fn of(strokes: &[f64], tracks: &[TrackCurves]) -> Self {
        let least = FAINT_STROKES * typical_height(strokes);
        let at = |step: usize| seconds(step as f64);
        let struck = ends(strokes, least).map(|(first, last)| (at(first), at(last) + LATE_S));
        let notes = loudness(tracks);
        let least = FAINT_NOTES * typical_height(&notes);
        let middle = |cell: usize| (cell as f64 + 0.5) / CHROMA_PER_S;
        let played =
            ends(&notes, least).map(|(first, last)| (middle(first) + WINDOW_S, middle(last) - WINDOW_S));
        let all = [struck, played].into_iter().flatten();
        let whole = (0.0, strokes.len() as f64 * STEP_S);
        let (from_s, to_s) = all.reduce(|a, b| (a.0.min(b.0), a.1.max(b.1))).unwrap_or(whole);
        Self { from_s, to_s }
    }

    /// Whether there is music on a beat, or before the next.
    pub fn is_on(&self, beat_s: f64, gap_s: f64) -> bool {
        beat_s + gap_s > self.from_s + LATE_S && beat_s <= self.to_s
    }
}

/// How loud the notes of all tracks are together, cell by cell.
fn loudness(tracks: &[TrackCurves]) -> Vec<f64> {
    let mut all: Vec<f64> = Vec::new();
    for track in tracks {
        all.resize(all.len().max(track.chroma.len()), 0.0);
        for (to, row) in all.iter_mut().zip(&track.chroma) {
            *to += row.iter().map(|x| sound(*x)).sum::<f64>();
        }
    }
    all
}

/// The first and the last value over what is faint.
fn ends(values: &[f64], faint: f64) -> Option<(usize, usize)> {
    let is_on = |x: &f64| *x > faint;
    Some((values.iter().position(is_on)?, values.iter().rposition(is_on)?))
}
