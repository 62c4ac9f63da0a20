//! Harmony: tuning, key and chords of a song, heard from its tracks together or from its sum, and how sure all that is.
//!
//! 1. All notes together say how the song is tuned (`tuning`).
//! 2. From beat to beat (`spans`), the notes of all tracks are gathered in the song's tuning (`evidence`).
//! 3. The likeliest chain of chords is found, first without a key, then in the key that it is in (`decode`).
//! 4. Notes and chords say which key that is, and where it changes (`key`).

mod chord;
mod decode;
mod evidence;
mod key;
mod names;
mod notes;
mod spans;
mod tracks;
mod tuning;

use serde::Serialize;

pub use chord::{Chord, Quality};
pub use key::{Key, OtherKey};
pub use names::{Mode, Spelling};
pub use tracks::{PitchedTrack, Sounds};

use crate::music::rhythm::Rhythm;
use decode::{Decoded, STATES, chord_of, decode, plain_prior};
use evidence::Evidence;
use spans::Span;

/// The time a cell stands for, in seconds.
const CELL_S: f64 = 1.0 / crate::energy::CELLS_PER_S as f64;

/// The part of the bass that a note other than the root must have to be written after a line. Ours.
const SLASH: f64 = 0.5;

/// By how much the logarithm of odds is less than the model says: its spans are not as independent as it takes them to be. Ours,
/// fitted on 44 generated songs, so that chords are right as often as they say.
const TEMPER: f64 = 0.7;

/// The harmony of a song.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Harmony {
    /// How far the song lies above A = 440 Hz, in cents from −50 to 50.
    pub tuning_cents: f64,
    /// The key of the song as a whole; `None` where no notes sound.
    pub key: Option<Key>,
    /// From each time in seconds on, the key: one entry where it never changes.
    pub keys: Vec<(f64, Key)>,
    /// The chords, without gaps, from the beginning to the end.
    pub chords: Vec<Chord>,
    /// How many chords begin in a bar, in the mean; `None` where there are no bars or no chords.
    pub chords_per_bar: Option<f64>,
}

/// Hears the harmony of tracks, or of a single mix. Without beats, chords are sought twice a second.
pub fn harmony(tracks: &[PitchedTrack], rhythm: &Rhythm) -> Harmony {
    let ends = tracks.iter().map(|track| track.starts_s + track.cells.len() as f64 * CELL_S);
    let length_s = ends.fold(0.0, f64::max);
    let spans = spans::spans(rhythm, length_s);
    if spans.is_empty() {
        return Harmony::default();
    }
    let tuning_cents = tuning::tuning_cents(tracks);
    let evidence = evidence::evidence(tracks, &spans, tuning_cents);
    let has_notes = evidence::has_notes(tracks, tuning_cents);
    let first = decode(&evidence, &spans, |_| plain_prior());
    let found = key::keys(&evidence, &first.likely, &spans, has_notes);
    let priors: Vec<[f64; STATES]> = (0..key::KEYS).map(key::chords_in).collect();
    let prior = |n: usize| {
        let key = found.of_spans.get(n).and_then(|key| priors.get(*key));
        key.copied().unwrap_or_else(plain_prior)
    };
    let decoded = decode(&evidence, &spans, prior);
    let keys = key::keys(&evidence, &decoded.likely, &spans, has_notes);
    let chords = chords(&decoded, &evidence, &spans, &keys.keys);
    let chords_per_bar = chords_per_bar(&chords, rhythm);
    Harmony { tuning_cents, key: keys.key, keys: keys.keys, chords, chords_per_bar }
}

/// Runs of spans with the same chord.
fn chords(decoded: &Decoded, evidence: &[Evidence], spans: &[Span], keys: &[(f64, Key)]) -> Vec<Chord> {
    let mut chords: Vec<Chord> = Vec::new();
    let mut n = 0;
    for run in decoded.path.chunk_by(|one, other| one == other) {
        let within = n..n + run.len();
        n += run.len();
        let (Some(first), Some(last)) = (spans.get(within.start), spans.get(within.end - 1)) else {
            continue;
        };
        let state = run.first().copied().unwrap_or(decode::NONE);
        let chord = chord_of(state);
        let family = |other: usize| match (chord, chord_of(other)) {
            (None, None) => true,
            (Some((root, quality)), Some((other, kind))) => {
                root == other && quality.is_minor() == kind.is_minor()
            }
            _ => false,
        };
        let likely = decoded.likely.iter().take(within.end).skip(within.start);
        let sums =
            likely.map(|row| row.iter().enumerate().filter(|(n, _)| family(*n)).map(|(_, p)| p).sum::<f64>());
        let confidence = tempered(sums.sum::<f64>() / run.len() as f64);
        let spelling = keys.iter().rev().find(|(at, _)| *at <= first.from_s).map(|(_, key)| key.spelling());
        let bass = chord.and_then(|(root, quality)| {
            let notes = quality.intervals().iter().map(|interval| (root + interval) % 12);
            let bass = |note: u8| -> f64 {
                let rows = evidence.iter().take(within.end).skip(within.start);
                rows.filter_map(|row| row.bass.get(usize::from(note))).sum::<f64>() / run.len() as f64
            };
            notes.skip(1).find(|note| bass(*note) > SLASH)
        });
        chords.push(Chord {
            from_s: first.from_s,
            to_s: last.to_s,
            root: chord.map(|(root, _)| root),
            quality: chord.map_or(Quality::Maj, |(_, quality)| quality),
            bass,
            confidence,
            spelling: spelling.unwrap_or_default(),
        });
    }
    chords
}

/// A likelihood of the model as one that is right as often as it says.
fn tempered(likely: f64) -> f64 {
    let likely = likely.clamp(1e-9, 1.0 - 1e-9);
    1.0 / (1.0 + libm::pow((1.0 - likely) / likely, TEMPER))
}

/// Chords that begin between the first bar line and the last, over the bars between them.
fn chords_per_bar(chords: &[Chord], rhythm: &Rhythm) -> Option<f64> {
    let (first, last) = (rhythm.downbeats_s.first()?, rhythm.downbeats_s.last()?);
    let bars = rhythm.downbeats_s.len().checked_sub(1).filter(|bars| *bars > 0)?;
    let inside =
        |chord: &&Chord| chord.root.is_some() && chord.from_s >= first - 0.05 && chord.from_s < last - 0.05;
    let count = chords.iter().filter(inside).count();
    (count > 0).then(|| count as f64 / bars as f64)
}
