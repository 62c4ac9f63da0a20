//! The accents of a song: the onset curves of its tracks as one, where a track counts as much as it is periodic.
//!
//! A drum track tells the beat better than the sum of all tracks, and a pad that swells tells nothing. So every track is
//! brought half way to one height and weighted by the square of how well its curve repeats itself (ours; the measure is the
//! normalised autocorrelation of the tempogram). Half way, because tracks come at any level, and yet a hat is softer than a kick:
//! with hats made as high as kicks, more than twice as many generated bands were counted at another octave.

use super::STEPS_PER_S;
use super::curves::{CHROMA_PER_S, TrackCurves, sound};
use super::peaks::typical_height;
use super::sounding::Sounding;
use super::tempogram::{clarity, smoothed};
use crate::music::{CLASSES, ONSET_BANDS};

/// Steps to either side of the mean that is taken off a curve, so that a sound that grows slowly is no accent: 0.3 s, ours,
/// longer than any attack that is heard as a beat.
const MEAN_STEPS: usize = 30;

/// How much each band counts in the sum: hats subdivide beats more often than they mark them (Goto, "An audio-based real-time
/// beat tracking system", J. New Music Research 30, 2001, hears the beat from kick and snare). Ours.
const SAY: [f64; ONSET_BANDS] = [1.0, 1.0, 1.0, 0.4, 0.2];

/// How many such means are taken off. Ours: steady tones and noise ripple to about twice their mean, while strokes, which
/// take a tenth of the time, rise to ten times theirs.
const STEADY: f64 = 2.5;

/// How much of a curve must be strokes for it to have a say. Ours: of tones that beat against each other a twentieth is left.
const STROKES: f64 = 0.1;

/// How periodic a track must be for its full say. Ours: a kick that skips beats reaches it.
const CLEAR_TRACK: f64 = 0.4;

/// Reach in steps within which an accent belongs to a place: 30 ms, inside which two strokes are heard as one (flams).
const REACH_STEPS: f64 = 3.0;

/// Accents every 10 ms.
pub(crate) struct Accents {
    /// Over all bands, as much as each has to say about beats.
    pub total: Vec<f64>,
    /// Over all bands alike: what divides beats is often played high.
    pub even: Vec<f64>,
    /// The same, smoothed by 20 ms as in Ellis, "Beat tracking by dynamic programming" (J. New Music Research 36, 2007).
    pub smooth: Vec<f64>,
    /// Kick and bass, under 163 Hz.
    pub low: Vec<f64>,
    /// The bodies of snare drums and claps, voices, guitars: 518 Hz to 6.2 kHz.
    pub middle: Vec<f64>,
    /// Above 6.2 kHz.
    pub high: Vec<f64>,
    /// Notes of all tracks, folded to semitones: the sums of all before every 100 ms.
    notes: Vec<[f64; 12]>,
    /// From where to where there is music.
    pub sounding: Sounding,
}

impl Accents {
    pub fn of(tracks: &[TrackCurves]) -> Self {
        let steps = tracks.iter().map(|track| track.onsets.len()).max().unwrap_or(0);
        let cells = tracks.iter().map(|track| track.chroma.len()).max().unwrap_or(0);
        let mut bands = vec![[0.0; ONSET_BANDS]; steps];
        let mut chroma = vec![[0.0; 12]; cells];
        for track in tracks {
            let rows = without_means(track);
            let sums: Vec<f64> = rows.iter().map(|row| row.iter().sum()).collect();
            let height = typical_height(&sums);
            let before: f64 = track.sums().iter().sum();
            let kept = if before > 0.0 { sums.iter().sum::<f64>() / before } else { 0.0 };
            let periodic = (clarity(&smoothed(&sums)) / CLEAR_TRACK).min(1.0);
            if height > 0.0 && kept > STROKES {
                let gain = periodic * periodic / height.sqrt();
                for (to, row) in bands.iter_mut().zip(&rows) {
                    to.iter_mut().zip(row).for_each(|(to, x)| *to += gain * x);
                }
            }
            for (to, row) in chroma.iter_mut().zip(&track.chroma) {
                // Thirds of a semitone: the class and its neighbour on either side.
                for (class, x) in row.iter().enumerate() {
                    to[((class + 1) % CLASSES) / 3] += sound(*x);
                }
            }
        }
        let mut notes = vec![[0.0; 12]];
        let mut sum = [0.0; 12];
        for row in &chroma {
            sum.iter_mut().zip(row).for_each(|(sum, x)| *sum += x);
            notes.push(sum);
        }
        let over = |weights: [f64; ONSET_BANDS]| -> Vec<f64> {
            bands.iter().map(|row| row.iter().zip(weights).map(|(x, weight)| x * weight).sum()).collect()
        };
        let total = over(SAY);
        let even = over([1.0; ONSET_BANDS]);
        Self {
            smooth: smoothed(&total),
            sounding: Sounding::of(&even, tracks),
            even,
            low: over([1.0, 0.0, 0.0, 0.0, 0.0]),
            middle: over([0.0, 1.0, 1.0, 0.5, 0.0]),
            high: over([0.0, 0.0, 0.0, 0.5, 1.0]),
            total,
            notes,
        }
    }

    /// The strongest value of a curve near a time in steps.
    pub fn near(curve: &[f64], step: f64) -> f64 {
        let from = (step - REACH_STEPS).max(0.0) as usize;
        let to = ((step + REACH_STEPS + 1.0).max(0.0) as usize).min(curve.len());
        curve.get(from..to).unwrap_or_default().iter().copied().fold(0.0, f64::max)
    }

    /// The strongest stroke near a time in steps, as strong between two steps as on one: over three steps. Bars of an odd number of
    /// places fall on steps and between them in turn, and would seem to differ.
    pub fn stroke(curve: &[f64], step: f64) -> f64 {
        let from = (step - REACH_STEPS).max(0.0) as usize;
        let to = ((step + REACH_STEPS + 1.0).max(0.0) as usize).min(curve.len());
        let three = |at: usize| {
            curve.get(at.saturating_sub(1)..(at + 2).min(curve.len())).unwrap_or_default().iter().sum::<f64>()
        };
        (from..to).map(three).fold(0.0, f64::max)
    }

    /// How different the notes are over some time after a place from those over the same time before it, both in steps: 0 the
    /// same, 1 none in common.
    pub fn harmonic_change(&self, step: f64, reach_steps: f64) -> f64 {
        let cells = CHROMA_PER_S / STEPS_PER_S;
        let last = self.notes.len() - 1;
        let sum = |from: f64, to: f64| -> [f64; 12] {
            let (from, to) = ((from * cells).max(0.0) as usize, (to * cells).max(0.0) as usize);
            let from = from.min(last);
            let (before, until) = (&self.notes[from], &self.notes[to.max(from + 1).min(last)]);
            std::array::from_fn(|class| (until[class] - before[class]).max(0.0))
        };
        let (before, after) = (sum(step - reach_steps, step), sum(step, step + reach_steps));
        let dot = |a: &[f64; 12], b: &[f64; 12]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
        let scale = (dot(&before, &before) * dot(&after, &after)).sqrt();
        if scale > 0.0 { (1.0 - dot(&before, &after) / scale).max(0.0) } else { 0.0 }
    }
}

/// The curves of a track with what is steady around each step taken off.
fn without_means(track: &TrackCurves) -> Vec<[f64; ONSET_BANDS]> {
    let rows: Vec<[f64; ONSET_BANDS]> = track.onsets.iter().map(|row| row.map(sound)).collect();
    let mut sum = [0.0; ONSET_BANDS];
    let mut sums = vec![sum];
    for row in &rows {
        sum.iter_mut().zip(row).for_each(|(sum, x)| *sum += x);
        sums.push(sum);
    }
    rows.iter()
        .enumerate()
        .map(|(step, row)| {
            let (from, to) = (step.saturating_sub(MEAN_STEPS), (step + MEAN_STEPS + 1).min(rows.len()));
            let mean = |band: usize| (sums[to][band] - sums[from][band]) / (to - from) as f64;
            std::array::from_fn(|band| (row[band] - STEADY * mean(band)).max(0.0))
        })
        .collect()
}
