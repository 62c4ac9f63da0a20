//! The most likely chords of a song, and how likely each is: a hidden Markov model whose states are chords and whose steps are
//! spans between beats (Sheh and Ellis, "Chord segmentation and recognition using EM-trained hidden Markov models", ISMIR 2003;
//! beats and bars as in Mauch and Dixon, "Simultaneous estimation of chords and musical context from audio", 2010).

use super::chord::Quality;
use super::evidence::Evidence;
use super::spans::{Place, Span};

/// Every quality on every root, and no chord.
pub(crate) const STATES: usize = 12 * Quality::ALL.len() + 1;

/// The state of no chord.
pub(crate) const NONE: usize = STATES - 1;

/// How much of what sounds lies on each note of a chord, root first: of triads, of chords with a seventh. Ours.
const TRIAD: [f64; 3] = [0.28, 0.23, 0.23];
const SEVENTH: [f64; 4] = [0.26, 0.21, 0.21, 0.12];

/// How much of the bass lies on each note of a chord, root first. Ours.
const BASS: [f64; 4] = [0.55, 0.12, 0.15, 0.04];

/// As how many notes that sound independently the evidence of one span counts: chosen for confidences that are as often right
/// as they say. Ours.
const NOTES_IN_SPAN: f64 = 7.0;
const BASS_NOTES_IN_SPAN: f64 = 1.0;

/// Spans that are weaker than this part of the mean of the song hold no chord, and how sure that is. Ours: −26 dB.
const SILENT: f64 = 0.05;
const SILENT_WEIGHT: f64 = 20.0;

/// How much less likely no chord is than that all notes sound alike, in every span where something sounds. Ours: a melody over
/// a chord is still a chord.
const NONE_COST: f64 = 3.0;

/// How many chords of each quality are expected before anything is heard; the order of [`Quality::ALL`]. Ours, after the
/// counts of qualities in popular music (Burgoyne, Wild and Fujinaga, "An expert ground truth set for audio chord
/// recognition and music analysis", ISMIR 2011).
const QUALITY_PRIOR: [f64; 8] = [0.50, 0.24, 0.09, 0.08, 0.04, 0.01, 0.005, 0.025];

/// How many spans hold no chord. Ours.
const NONE_PRIOR: f64 = 0.01;

/// A state as root and quality; `None` for no chord.
pub(crate) fn chord_of(state: usize) -> Option<(u8, Quality)> {
    let quality = Quality::ALL.get(state / 12)?;
    Some(((state % 12) as u8, *quality))
}

/// How readily chords change where a span begins. Ours.
fn change(place: Place) -> f64 {
    match place {
        Place::Bar => 0.6,
        Place::HalfBar => 0.3,
        Place::Beat => 0.1,
        Place::Between => 0.03,
    }
}

/// The chords of all spans.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Decoded {
    /// The best chain of states.
    pub path: Vec<usize>,
    /// How likely each state is in each span.
    pub likely: Vec<[f64; STATES]>,
}

/// How likely each chord is before anything is heard, without a key.
pub(crate) fn plain_prior() -> [f64; STATES] {
    let mut prior = [NONE_PRIOR; STATES];
    for (state, value) in prior.iter_mut().enumerate().take(NONE) {
        *value = QUALITY_PRIOR.get(state / 12).copied().unwrap_or(0.0) / 12.0;
    }
    prior
}

/// Decodes with a prior of its own for every span.
pub(crate) fn decode(
    evidence: &[Evidence],
    spans: &[Span],
    prior: impl Fn(usize) -> [f64; STATES],
) -> Decoded {
    let models = Models::new();
    let heard: Vec<[f64; STATES]> = evidence.iter().map(|evidence| models.heard(evidence)).collect();
    let logs: Vec<[f64; STATES]> = (0..spans.len()).map(|n| prior(n).map(libm::log)).collect();
    let changes: Vec<f64> = spans.iter().map(|span| change(span.place)).collect();
    Decoded { path: best_path(&heard, &logs, &changes), likely: likelihoods(&heard, &logs, &changes) }
}

/// What each chord sounds like.
struct Models {
    notes: Vec<[f64; 12]>,
    bass: Vec<[f64; 12]>,
}

impl Models {
    fn new() -> Self {
        let model = |state: usize, triad: &[f64], seventh: &[f64]| -> [f64; 12] {
            let Some((root, quality)) = chord_of(state) else { return [libm::log(1.0 / 12.0); 12] };
            let intervals = quality.intervals();
            let parts = if intervals.len() == 4 { seventh } else { triad };
            let rest = 1.0 - parts.iter().take(intervals.len()).sum::<f64>();
            let mut notes = [rest / (12 - intervals.len()) as f64; 12];
            for (interval, part) in intervals.iter().zip(parts) {
                if let Some(note) = notes.get_mut(usize::from((root + interval) % 12)) {
                    *note = *part;
                }
            }
            notes.map(libm::log)
        };
        Self {
            notes: (0..STATES).map(|state| model(state, &TRIAD, &SEVENTH)).collect(),
            bass: (0..STATES).map(|state| model(state, &BASS, &BASS)).collect(),
        }
    }

    /// The logarithm of how likely what is heard is under each chord.
    fn heard(&self, evidence: &Evidence) -> [f64; STATES] {
        let mut heard = [0.0; STATES];
        if evidence.strength < SILENT {
            if let Some(none) = heard.get_mut(NONE) {
                *none = SILENT_WEIGHT;
            }
            return heard;
        }
        for ((value, notes), bass) in heard.iter_mut().zip(&self.notes).zip(&self.bass) {
            let fit = |model: &[f64; 12], found: &[f64; 12]| -> f64 {
                model.iter().zip(found).map(|(log, part)| log * part).sum()
            };
            *value =
                NOTES_IN_SPAN * fit(notes, &evidence.notes) + BASS_NOTES_IN_SPAN * fit(bass, &evidence.bass);
        }
        if let Some(none) = heard.get_mut(NONE) {
            *none -= NONE_COST;
        }
        heard
    }
}

/// Viterbi, where a chord stays or is drawn anew from the prior.
fn best_path(heard: &[[f64; STATES]], prior: &[[f64; STATES]], changes: &[f64]) -> Vec<usize> {
    let mut score = [0.0; STATES];
    // Where each state came from: itself, or the best state before.
    let mut stayed: Vec<[bool; STATES]> = Vec::with_capacity(heard.len());
    let mut bests: Vec<usize> = Vec::with_capacity(heard.len());
    for (n, (heard, prior)) in heard.iter().zip(prior).enumerate() {
        let change = if n == 0 { 1.0 } else { changes.get(n).copied().unwrap_or(1.0) };
        let best = highest(&score);
        let from = score.get(best).copied().unwrap_or(0.0) + libm::log(change);
        let mut stays = [false; STATES];
        for (state, value) in score.iter_mut().enumerate() {
            let (drawn, stay) = (
                from + prior.get(state).copied().unwrap_or(0.0),
                if n == 0 { f64::NEG_INFINITY } else { *value + libm::log1p(-change) },
            );
            if let Some(stays) = stays.get_mut(state) {
                *stays = stay >= drawn;
            }
            *value = stay.max(drawn) + heard.get(state).copied().unwrap_or(0.0);
        }
        stayed.push(stays);
        bests.push(best);
    }
    let mut state = highest(&score);
    let mut path = Vec::with_capacity(heard.len());
    for (stays, best) in stayed.iter().zip(&bests).rev() {
        path.push(state);
        if !stays.get(state).copied().unwrap_or(false) {
            state = *best;
        }
    }
    path.reverse();
    path
}

/// Forward and backward through the same model.
fn likelihoods(heard: &[[f64; STATES]], prior: &[[f64; STATES]], changes: &[f64]) -> Vec<[f64; STATES]> {
    let scaled = |row: &[f64; STATES]| {
        let top = row.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        normalised(row.map(|x| libm::exp(x - top)))
    };
    let emission: Vec<[f64; STATES]> = heard.iter().map(scaled).collect();
    let prior: Vec<[f64; STATES]> = prior.iter().map(scaled).collect();
    let mut forward: Vec<[f64; STATES]> = Vec::with_capacity(heard.len());
    for (n, (emission, prior)) in emission.iter().zip(&prior).enumerate() {
        let change = if n == 0 { 1.0 } else { changes.get(n).copied().unwrap_or(1.0) };
        let mut now = *prior;
        if let Some(before) = forward.last() {
            now.iter_mut().zip(before).for_each(|(x, b)| *x = change * *x + (1.0 - change) * b);
        }
        now.iter_mut().zip(emission).for_each(|(x, e)| *x *= e);
        forward.push(normalised(now));
    }
    let mut backward = [1.0; STATES];
    for n in (0..forward.len()).rev() {
        if let Some(row) = forward.get_mut(n) {
            row.iter_mut().zip(&backward).for_each(|(x, b)| *x *= b);
            *row = normalised(*row);
        }
        let (Some(emission), Some(prior), Some(change)) = (emission.get(n), prior.get(n), changes.get(n))
        else {
            continue;
        };
        let mut behind = backward;
        behind.iter_mut().zip(emission).for_each(|(b, e)| *b *= e);
        let drawn: f64 = behind.iter().zip(prior).map(|(b, p)| b * p).sum();
        backward = normalised(behind.map(|b| change * drawn + (1.0 - change) * b));
    }
    forward
}

fn normalised(mut row: [f64; STATES]) -> [f64; STATES] {
    let sum: f64 = row.iter().sum();
    if sum > 0.0 {
        row.iter_mut().for_each(|x| *x /= sum);
    }
    row
}

/// The first of the highest.
fn highest(row: &[f64; STATES]) -> usize {
    let better = |best: (usize, f64), (n, x): (usize, &f64)| if *x > best.1 { (n, *x) } else { best };
    row.iter().enumerate().fold((0, f64::NEG_INFINITY), better).0
}
