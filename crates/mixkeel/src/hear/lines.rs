//! How a voice or a bass is in tune and in time: what is sure of its notes, and nothing where nothing is.

use mixkeel_analysis::music::pitch::{Line, Note, intonation, timing};
use serde::{Deserialize, Serialize};

use super::Music;
use super::gather::{Voice, register};
use super::report::{hundredth, tidy};

/// The fewest notes, and the least part of the time in which the line sounds that must be notes, for a line to be told of. Ours:
/// two bars of quarters; of chords and noises less than half becomes notes.
const FEWEST_NOTES: usize = 12;
const LEAST_NOTES_PART: f64 = 0.5;

/// The least mean clarity of notes, by their length. Ours: where two sound at once no single period repeats well; where one sounds
/// alone, four fifths of its power and more lie in the period.
const LEAST_CLARITY: f64 = 0.8;

/// Scatter from which on nothing is known: pitches that lie anywhere between semitones have 37 cents (the middle distance of an
/// even distribution is 25, times the 1.48 by which [`intonation`] makes a deviation of it), and less than two thirds of that is
/// clearly not so. Ours.
const MOST_SPREAD_CENTS: f64 = 25.0;

/// The same for places between beats: a quarter of what a note could be off by chance is known to be meant. Ours.
const MOST_SPREAD_PART: f64 = 0.25;

/// A tempo less sure than this has beats that may be the wrong ones. Ours, as for what is written into a session.
const SURE_TEMPO: f64 = 0.65;

/// The clarity, length and distance from which on a single note is said to be off, in seconds and cents: longer than a passing
/// note, further than the 25 cents that untrained ears notice (see [`intonation`]). How many are told.
const CLEAR: f64 = 0.85;
const LONG_S: f64 = 0.25;
const OFF_CENTS: f64 = 35.0;
const MOST_OFF: usize = 3;

/// The part of the time of clear notes that lies below and above the range that is told, so that slips and consonants are no range.
/// Ours.
const BEYOND: f64 = 0.02;

/// The fewest notes with a vibrato for it to be told of. Ours.
const FEWEST_VIBRATO: usize = 4;

/// A voice or a bass.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct LineReport {
    /// The track.
    pub track: String,
    /// How sure its notes are, from 0 to 1: how exactly the sound repeats itself in them, in the mean.
    pub confidence: f64,
    /// The lowest note, but for single ones: `A2`.
    pub lowest: String,
    /// The highest note, but for single ones.
    pub highest: String,
    /// How it is in tune with the song; nothing where that cannot be told.
    pub pitch: Option<PitchReport>,
    /// How it is in time with the beats; nothing where that cannot be told.
    pub timing: Option<TimingReport>,
    /// Its vibrato, in the middle of the notes that have one; nothing where hardly any has.
    pub vibrato: Option<VibratoReport>,
    /// Every note.
    pub notes: Vec<NoteReport>,
    /// The notes that are furthest off, from the furthest on, as places in `notes`.
    pub off: Vec<usize>,
}

/// How a line is in tune.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct PitchReport {
    /// The middle of all notes against the song's own tuning: under 0 is flat.
    pub median_cents: f64,
    /// How far notes scatter about it, a standard deviation.
    pub spread_cents: f64,
    /// How much of the time is within 25 cents of the tuning, from 0 to 1.
    pub in_tune: f64,
}

/// How a line is in time.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct TimingReport {
    /// The middle of all notes: over 0 is behind the beat.
    pub median_ms: f64,
    /// How far notes scatter about it, a standard deviation.
    pub spread_ms: f64,
    /// In how many parts beats were divided to place the notes.
    pub parts: u8,
}

/// A vibrato.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct VibratoReport {
    /// How many notes have one.
    pub notes: usize,
    /// How many times a second.
    pub rate_hz: f64,
    /// How far to either side.
    pub extent_cents: f64,
}

/// A note.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct NoteReport {
    /// Its beginning in seconds.
    pub from_s: f64,
    /// Its end in seconds.
    pub to_s: f64,
    /// The nearest note of the song's tuning: `C#4`; the middle C is `C4`.
    pub note: String,
    /// How far above it, in cents from −50 to 50.
    pub cents: f64,
    /// How much later than its place in the beat it begins; nothing where that cannot be told.
    pub late_ms: Option<f64>,
    /// How sure its pitch is, from 0 to 1.
    pub confidence: f64,
}

/// What is to be told of the lines of a song.
pub(super) fn lines(voices: &[Voice], music: &Music) -> Vec<LineReport> {
    voices
        .iter()
        .filter(|voice| voice.sounds() && register(voice.role).is_some())
        .filter_map(|voice| told(voice, music))
        .collect()
}

/// The line of a track, on the song's time.
fn laid(voice: &Voice) -> Option<Line> {
    let mut whole: Option<Line> = None;
    for (at_s, profile) in &voice.clips {
        let Some(mut line) = profile.line.clone() else { continue };
        for note in &mut line.notes {
            (note.from_s, note.to_s) = (note.from_s + at_s, note.to_s + at_s);
        }
        match &mut whole {
            Some(whole) => whole.notes.append(&mut line.notes),
            None => whole = Some(line),
        }
    }
    let mut whole = whole?;
    whole.notes.sort_by(|one, other| one.from_s.total_cmp(&other.from_s));
    Some(whole)
}

fn told(voice: &Voice, music: &Music) -> Option<LineReport> {
    let line = laid(voice)?;
    let long = |note: &Note| note.to_s - note.from_s;
    let notes_s: f64 = line.notes.iter().map(long).sum();
    let sounds_s: f64 = voice
        .clips
        .iter()
        .map(|(_, profile)| profile.length_s() * profile.loudness.active_fraction.clamp(0.0, 1.0))
        .sum();
    let confidence =
        line.notes.iter().map(|note| note.confidence * long(note)).sum::<f64>() / notes_s.max(1e-9);
    let enough = line.notes.len() >= FEWEST_NOTES && notes_s >= LEAST_NOTES_PART * sounds_s;
    if !enough || confidence < LEAST_CLARITY {
        return None;
    }
    let tuning = music.harmony.key.map_or(0.0, |_| music.harmony.tuning_cents);
    let tuned = intonation(&line, tuning)?;
    let sure_pitch = tuned.spread_cents <= MOST_SPREAD_CENTS;
    let beats = music.rhythm.beats_s.len().checked_sub(1).filter(|gaps| *gaps > 0).and_then(|gaps| {
        let (first, last) = (music.rhythm.beats_s.first()?, music.rhythm.beats_s.last()?);
        Some((last - first) / gaps as f64)
    });
    let timed = timing(&line, &music.rhythm).filter(|timed| {
        let part_ms = beats.map_or(0.0, |beat_s| 1_000.0 * beat_s / f64::from(timed.parts.max(1)));
        music.rhythm.tempo_confidence >= SURE_TEMPO && timed.spread_ms <= MOST_SPREAD_PART * part_ms
    });
    let notes: Vec<NoteReport> = line
        .notes
        .iter()
        .zip(&tuned.notes_cents)
        .enumerate()
        .map(|(n, (note, cents))| NoteReport {
            from_s: tidy(note.from_s),
            to_s: tidy(note.to_s),
            note: name(note.pitch() - (tuning + cents) / 100.0),
            cents: cents.round(),
            late_ms: timed.as_ref().and_then(|timed| {
                timed.notes.iter().find(|place| place.note == n).map(|place| place.late_ms.round())
            }),
            confidence: hundredth(note.confidence),
        })
        .collect();
    let far = |n: &usize| tuned.notes_cents.get(*n).map_or(0.0, |cents| cents.abs());
    let mut off: Vec<usize> = (0..line.notes.len())
        .filter(|n| {
            let clear =
                line.notes.get(*n).is_some_and(|note| note.confidence >= CLEAR && long(note) >= LONG_S);
            sure_pitch && clear && far(n) >= OFF_CENTS
        })
        .collect();
    off.sort_by(|one, other| far(other).total_cmp(&far(one)));
    off.truncate(MOST_OFF);
    let clear = line.notes.iter().filter(|note| note.confidence >= CLEAR);
    let mut pitches: Vec<(f64, f64)> =
        clear.map(|note| (note.pitch() - tuning / 100.0, long(note))).collect();
    pitches.sort_by(|one, other| one.0.total_cmp(&other.0));
    let clear_s: f64 = pitches.iter().map(|(_, s)| s).sum();
    let at = |part: f64| {
        let mut so_far_s = 0.0;
        let found = pitches.iter().find(|(_, s)| {
            so_far_s += s;
            so_far_s >= part * clear_s
        });
        found.map_or_else(String::new, |(pitch, _)| name(pitch.round()))
    };
    Some(LineReport {
        track: voice.name.clone(),
        confidence: hundredth(confidence),
        lowest: at(BEYOND),
        highest: at(1.0 - BEYOND),
        pitch: sure_pitch.then_some(PitchReport {
            median_cents: tuned.median_cents.round(),
            spread_cents: tuned.spread_cents.round(),
            in_tune: hundredth(tuned.in_tune),
        }),
        timing: timed.as_ref().map(|timed| TimingReport {
            median_ms: timed.median_ms.round(),
            spread_ms: timed.spread_ms.round(),
            parts: timed.parts,
        }),
        vibrato: vibrato(&line),
        notes,
        off,
    })
}

/// The middle of all vibratos.
fn vibrato(line: &Line) -> Option<VibratoReport> {
    let found: Vec<_> = line.notes.iter().filter_map(|note| note.vibrato).collect();
    let middle = |mut values: Vec<f64>| {
        values.sort_by(f64::total_cmp);
        values.get(values.len() / 2).copied()
    };
    (found.len() >= FEWEST_VIBRATO).then_some(())?;
    Some(VibratoReport {
        notes: found.len(),
        rate_hz: (middle(found.iter().map(|one| one.rate_hz).collect())? * 10.0).round() / 10.0,
        extent_cents: middle(found.iter().map(|one| one.extent_cents).collect())?.round(),
    })
}

/// `A4` for 69.
fn name(midi: f64) -> String {
    const NAMES: [&str; 12] = ["C", "C#", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B"];
    let midi = midi.round().clamp(0.0, 127.0) as usize;
    format!("{}{}", NAMES.get(midi % 12).copied().unwrap_or("C"), midi as i64 / 12 - 1)
}

/// A line in words.
pub(super) fn words(line: &LineReport, bar_of: impl Fn(f64) -> Option<usize>) -> Vec<String> {
    let mut told = vec![format!("{} to {}", line.lowest, line.highest)];
    told.extend(line.pitch.map(|pitch| {
        let side = match pitch.median_cents {
            cents if cents >= 3.0 => format!("{cents:.0} cents sharp"),
            cents if cents <= -3.0 => format!("{:.0} cents flat", -cents),
            _ => "in tune".to_owned(),
        };
        format!("{side} in the middle, give or take {:.0} cents", pitch.spread_cents)
    }));
    told.extend(line.timing.map(|timing| {
        let side = match timing.median_ms {
            ms if ms >= 5.0 => format!("{ms:.0} ms behind the beat"),
            ms if ms <= -5.0 => format!("{:.0} ms ahead of the beat", -ms),
            _ => "on the beat".to_owned(),
        };
        format!("{side}, give or take {:.0} ms", timing.spread_ms)
    }));
    told.extend(line.vibrato.map(|vibrato| {
        format!(
            "vibrato on {} of {} notes, {:.1} a second, {:.0} cents to either side",
            vibrato.notes,
            line.notes.len(),
            vibrato.rate_hz,
            vibrato.extent_cents
        )
    }));
    let off: Vec<String> = line
        .off
        .iter()
        .filter_map(|n| line.notes.get(*n))
        .map(|note| {
            let place = bar_of(note.from_s)
                .map_or_else(|| format!("at {:.1} s", note.from_s), |bar| format!("in bar {bar}"));
            let side = if note.cents > 0.0 { "sharp" } else { "flat" };
            format!("{} {place} ({:.0} cents {side})", note.note, note.cents.abs())
        })
        .collect();
    let mut lines = vec![format!("{}: {}", line.track, told.join("; "))];
    if !off.is_empty() {
        lines.push(format!("furthest off: {}", off.join(", ")));
    }
    lines
}
