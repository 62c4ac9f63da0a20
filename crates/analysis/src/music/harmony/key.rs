//! The key of a song, and where it changes.

use serde::Serialize;

use super::chord::Quality;
use super::decode::{NONE, STATES, chord_of, plain_prior};
use super::evidence::Evidence;
use super::names::{Mode, Spelling, key_name};
use super::spans::{Place, Span};

/// Keys: twelve major, then twelve minor.
pub(crate) const KEYS: usize = 24;

/// How often each step of the scale is heard in major and in minor, from the tonic upwards (Albrecht and Shanahan, "The use of
/// large corpora to train a new type of key-finding algorithm", Music Perception 31, 2013, table 1). The two sevenths of minor
/// share what they have there, since songs have the flat one at least as often (Temperley and de Clercq, "Statistical analysis
/// of harmony and melody in rock music", Journal of New Music Research 42, 2013).
const MAJOR: [f64; 12] = [0.238, 0.006, 0.111, 0.006, 0.137, 0.094, 0.016, 0.214, 0.009, 0.080, 0.008, 0.081];
const MINOR: [f64; 12] = [0.220, 0.006, 0.104, 0.123, 0.019, 0.103, 0.012, 0.214, 0.062, 0.022, 0.037, 0.037];

/// The part of what sounds that follows no profile: overtones, drums, blue notes. Ours.
const ASTRAY: f64 = 0.3;

/// Chords by their step in major and in minor: semitones above the tonic, whether the third is minor, and how often. Ours,
/// after the counts of de Clercq and Temperley, "A corpus analysis of rock harmony" (Popular Music 30, 2011).
const IN_MAJOR: [(u8, bool, f64); 12] = [
    (0, false, 0.30),
    (5, false, 0.20),
    (7, false, 0.17),
    (9, true, 0.10),
    (2, true, 0.06),
    (4, true, 0.03),
    (10, false, 0.03),
    (5, true, 0.02),
    (2, false, 0.02),
    (8, false, 0.015),
    (3, false, 0.01),
    (4, false, 0.01),
];
const IN_MINOR: [(u8, bool, f64); 12] = [
    (0, true, 0.32),
    (8, false, 0.12),
    (10, false, 0.12),
    (5, true, 0.12),
    (3, false, 0.09),
    (7, false, 0.07),
    (7, true, 0.06),
    (5, false, 0.02),
    (2, true, 0.02),
    (1, false, 0.01),
    (0, false, 0.01),
    (9, true, 0.005),
];

/// How often a chord is none of these. Ours.
const FOREIGN: f64 = 0.03;

/// As how many independent notes and chords a span counts. Ours.
const NOTES_IN_SPAN: f64 = 0.6;
const CHORDS_IN_SPAN: f64 = 0.25;

/// A span counts for the key as much as it is strong, at most so much more than the mean. Ours.
const LOUDEST: f64 = 1.5;

/// How often a key changes at the beginning of a bar, and elsewhere. Ours: never within a bar.
const CHANGE: f64 = 1e-8;

/// At most so many spans count for the key as a whole: what lasts longer says the same again. Ours.
const SPANS_THAT_COUNT: f64 = 24.0;

/// How much likelier a key is whose tonic chord is the first or the last of the song, for each, and how much where every fourth
/// bar begins with it, as logarithms. Ours: songs whose chords go round without end, such as i-VI-III-VII, are in the key of
/// the chord they begin with more often than in its relative.
const AT_ENDS: f64 = 2.0;
const AT_PHRASES: f64 = 5.0;

/// By how much the logarithm of odds is less than the model says: what is heard again and again is not independent. Ours, chosen so
/// that loops that are nearly as well in the relative key are said at 0.8 to 0.9; not fitted on real songs.
const TEMPER: f64 = 0.5;

/// From which part of the time on chords say all they can about the key. Ours: drums that ring here and there are no song in a key.
const ENOUGH: f64 = 0.5;

/// Bars in a phrase. Ours.
const PHRASE: usize = 4;

/// A key.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Key {
    /// 0 for C.
    pub tonic: u8,
    /// Major or minor.
    pub mode: Mode,
    /// How likely it is right, from 0 to 1.
    pub confidence: f64,
    /// The next likely key.
    pub second: Option<OtherKey>,
}

/// A key that is not the likeliest.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct OtherKey {
    /// 0 for C.
    pub tonic: u8,
    /// Major or minor.
    pub mode: Mode,
    /// How likely it is right, from 0 to 1.
    pub confidence: f64,
}

impl std::fmt::Display for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
        f.write_str(&key_name(self.tonic, self.mode))
    }
}

impl std::fmt::Display for OtherKey {
    fn fmt(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
        f.write_str(&key_name(self.tonic, self.mode))
    }
}

impl Key {
    /// How its notes are written.
    pub fn spelling(&self) -> Spelling {
        Spelling::of(self.tonic, self.mode)
    }

    /// The likeliest of all keys.
    fn of(likely: &[f64; KEYS]) -> Self {
        let (first, confidence) = highest(likely, KEYS);
        let (second, other) = highest(likely, first);
        let second = OtherKey { tonic: tonic(second), mode: mode(second), confidence: other };
        Self { tonic: tonic(first), mode: mode(first), confidence, second: Some(second) }
    }
}

fn tonic(key: usize) -> u8 {
    (key % 12) as u8
}

fn mode(key: usize) -> Mode {
    if key < 12 { Mode::Major } else { Mode::Minor }
}

/// The highest but one.
fn highest(row: &[f64; KEYS], but: usize) -> (usize, f64) {
    let better =
        |best: (usize, f64), (n, x): (usize, &f64)| if n != but && *x > best.1 { (n, *x) } else { best };
    row.iter().enumerate().fold((0, f64::NEG_INFINITY), better)
}

/// How likely each chord is in a key.
pub(crate) fn chords_in(key: usize) -> [f64; STATES] {
    let mut prior = plain_prior();
    let table = if mode(key) == Mode::Major { &IN_MAJOR } else { &IN_MINOR };
    let rest = FOREIGN / 12.0;
    let mut sum = 0.0;
    for (state, value) in prior.iter_mut().enumerate().take(NONE) {
        let Some((root, quality)) = chord_of(state) else { continue };
        let step = (root + 12 - tonic(key)) % 12;
        let minor = quality.is_minor();
        let found = table
            .iter()
            .find(|(at, is_minor, _)| *at == step && (*is_minor == minor || quality == Quality::Sus4));
        let usual: f64 = if minor { 0.33 } else { 0.67 };
        *value *= (found.map_or(0.0, |(_, _, often)| *often) + rest) / usual * 12.0;
        sum += *value;
    }
    let none = prior.get(NONE).copied().unwrap_or(0.0);
    prior.iter_mut().take(NONE).for_each(|value| *value *= (1.0 - none) / sum);
    prior
}

/// What was found about keys.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Keys {
    pub key: Option<Key>,
    /// From each time in seconds on.
    pub keys: Vec<(f64, Key)>,
    /// The key of each span.
    pub of_spans: Vec<usize>,
}

/// Hears the keys of a song from its notes and from how likely its chords are. `has_notes` says how sure it is that there are
/// notes at all.
pub(crate) fn keys(evidence: &[Evidence], likely: &[[f64; STATES]], spans: &[Span], has_notes: f64) -> Keys {
    let mut heard: Vec<[f64; KEYS]> = fits(evidence, likely);
    if evidence.iter().all(|evidence| evidence.notes.iter().all(|x| *x == 0.0)) {
        return Keys::default();
    }
    let sounding: f64 = likely.iter().map(has_chord).sum();
    let mut sums = [0.0; KEYS];
    heard.iter().for_each(|row| sums.iter_mut().zip(row).for_each(|(sum, x)| *sum += x));
    let damped = (SPANS_THAT_COUNT / sounding.max(1e-9)).min(1.0);
    sums.iter_mut().for_each(|sum| *sum *= damped);
    let sounds = |row: &[f64; STATES]| has_chord(row) > 0.5;
    let share = sounding / likely.len().max(1) as f64;
    let ends = [likely.iter().position(sounds), likely.iter().rposition(sounds)].into_iter().flatten();
    let bars = spans.iter().enumerate().filter(|(_, span)| span.place == Place::Bar).map(|(n, _)| n);
    // The first phrase begins with the first bar in which a chord sounds.
    let sounding_from = likely.iter().position(sounds).unwrap_or(0);
    let phrases: Vec<usize> = bars.skip_while(|n| *n < sounding_from).step_by(PHRASE).collect();
    let each = AT_PHRASES / phrases.len().max(1) as f64;
    for (n, weight) in ends.map(|n| (n, AT_ENDS)).chain(phrases.iter().map(|n| (*n, each))) {
        let (Some(likely), Some(heard)) = (likely.get(n), heard.get_mut(n)) else { continue };
        for (key, (sum, heard)) in sums.iter_mut().zip(heard).enumerate() {
            let tonic = share * weight * tonic_chord(key, likely);
            *sum += tonic;
            *heard += tonic;
        }
    }
    let sure = TEMPER * has_notes * (share / ENOUGH).min(1.0);
    let whole = Key::of(&likelihoods(sums.map(|sum| sum * sure)));
    let of_spans = best_path(&heard, spans);
    let mut keys: Vec<(f64, Key)> = Vec::new();
    let mut n = 0;
    for run in of_spans.chunk_by(|one, other| one == other) {
        let mut sums = [0.0; KEYS];
        for row in heard.iter().skip(n).take(run.len()) {
            sums.iter_mut().zip(row).for_each(|(sum, x)| *sum += x);
        }
        let from_s = spans.get(n).map_or(0.0, |span| span.from_s);
        let damped = (run.len() as f64).min(SPANS_THAT_COUNT) / run.len() as f64;
        keys.push((from_s, Key::of(&likelihoods(sums.map(|sum| sum * damped * sure)))));
        n += run.len();
    }
    Keys { key: Some(whole), keys, of_spans }
}

/// How likely a span has a chord at all.
fn has_chord(likely: &[f64; STATES]) -> f64 {
    1.0 - likely.get(NONE).copied().unwrap_or(0.0)
}

/// How likely the chord of a span is that of a key's tonic.
fn tonic_chord(key: usize, likely: &[f64; STATES]) -> f64 {
    let is = |state: usize| {
        chord_of(state).is_some_and(|(root, quality)| {
            root == tonic(key) && quality.is_minor() == (mode(key) == Mode::Minor)
        })
    };
    likely.iter().enumerate().filter(|(state, _)| is(*state)).map(|(_, p)| p).sum()
}

/// The logarithm of how well each span fits each key.
fn fits(evidence: &[Evidence], likely: &[[f64; STATES]]) -> Vec<[f64; KEYS]> {
    let flat = |x: f64| libm::log((1.0 - ASTRAY) * x + ASTRAY / 12.0);
    let profiles = [MAJOR.map(flat), MINOR.map(flat)];
    let chords: Vec<[f64; STATES]> = (0..KEYS)
        .map(|key| {
            let plain = plain_prior();
            let mut row = chords_in(key);
            row.iter_mut().zip(plain).for_each(|(x, plain)| *x = libm::log(*x / plain));
            row
        })
        .collect();
    let row = |(evidence, likely): (&Evidence, &[f64; STATES])| {
        let mut row = [0.0; KEYS];
        for (key, value) in row.iter_mut().enumerate() {
            let profile = profiles.get(key / 12).copied().unwrap_or_default();
            let notes: f64 = evidence
                .notes
                .iter()
                .enumerate()
                .map(|(class, part)| part * profile.get((class + 12 - key % 12) % 12).copied().unwrap_or(0.0))
                .sum();
            let chords: f64 =
                chords.get(key).map_or(0.0, |logs| logs.iter().zip(likely).map(|(log, p)| log * p).sum());
            *value = has_chord(likely)
                * evidence.strength.min(LOUDEST)
                * (NOTES_IN_SPAN * notes + CHORDS_IN_SPAN * chords);
        }
        row
    };
    evidence.iter().zip(likely).map(row).collect()
}

fn likelihoods(logs: [f64; KEYS]) -> [f64; KEYS] {
    let top = logs.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let exps = logs.map(|x| libm::exp(x - top));
    let sum: f64 = exps.iter().sum();
    exps.map(|x| x / sum)
}

/// Viterbi, where a key stays or any other follows.
fn best_path(heard: &[[f64; KEYS]], spans: &[Span]) -> Vec<usize> {
    let mut score = [0.0; KEYS];
    let mut from: Vec<[usize; KEYS]> = Vec::with_capacity(heard.len());
    for (row, span) in heard.iter().zip(spans) {
        let (best, top) = highest(&score, KEYS);
        let change = if span.place == Place::Bar { libm::log(CHANGE) } else { f64::NEG_INFINITY };
        let mut came = [0; KEYS];
        for (key, value) in score.iter_mut().enumerate() {
            let moved = top + change;
            let source = if moved > *value { best } else { key };
            if let Some(came) = came.get_mut(key) {
                *came = source;
            }
            *value = value.max(moved) + row.get(key).copied().unwrap_or(0.0);
        }
        from.push(came);
    }
    let mut key = highest(&score, KEYS).0;
    let mut path = Vec::with_capacity(from.len());
    for came in from.iter().rev() {
        path.push(key);
        key = came.get(key).copied().unwrap_or(key);
    }
    path.reverse();
    path
}
