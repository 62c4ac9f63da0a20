//! How well a line is in tune.

use super::{Line, median};

/// How far from the tuning a note may be and still count as in tune, in cents. Untrained ears notice about 20 to 25 cents in a
/// melody (Vurma and Ross, "Production and perception of musical intervals", Music Perception 23, 2006).
const IN_TUNE_CENTS: f64 = 25.0;

/// From the middle distance to the standard deviation of a normal distribution.
const DEVIATIONS: f64 = 1.4826;

/// A line against a tuning.
#[derive(Clone, Debug, PartialEq)]
pub struct Intonation {
    /// How far above its nearest semitone of the tuning each note is, in cents from −50 to 50, in the order of the line's notes.
    pub notes_cents: Vec<f64>,
    /// The middle of them by length: under 0 is flat.
    pub median_cents: f64,
    /// How far they scatter about that middle: a standard deviation that single wrong notes do not move.
    pub spread_cents: f64,
    /// How much of the time is within 25 cents of the tuning, from 0 to 1.
    pub in_tune: f64,
}

/// Compares the notes of a line with equal temperament that lies `tuning_cents` above A = 440 Hz. `None` without notes.
///
/// The nearest semitone is taken for the one that was meant, so a note that is off by more than a quarter tone counts as
/// another.
pub fn intonation(line: &Line, tuning_cents: f64) -> Option<Intonation> {
    let off = |cents: f64| {
        let above = (cents - tuning_cents) / 100.0;
        100.0 * (above - libm::round(above))
    };
    let notes: Vec<(f64, f64)> =
        line.notes.iter().map(|note| (off(100.0 * note.pitch()), note.to_s - note.from_s)).collect();
    let median_cents = median(notes.clone())?;
    let apart = notes.iter().map(|(cents, weight)| ((cents - median_cents).abs(), *weight)).collect();
    let whole: f64 = notes.iter().map(|(_, weight)| weight).sum();
    let within = notes.iter().filter(|(cents, _)| cents.abs() <= IN_TUNE_CENTS).map(|(_, weight)| weight);
    Some(Intonation {
        median_cents,
        spread_cents: DEVIATIONS * median(apart)?,
        in_tune: if whole > 0.0 { within.sum::<f64>() / whole } else { 0.0 },
        notes_cents: notes.into_iter().map(|(cents, _)| cents).collect(),
    })
}
