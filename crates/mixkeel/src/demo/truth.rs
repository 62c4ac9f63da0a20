//! What is in the song, written down beside it: `truth.json`.

use serde::Serialize;

use super::score::form::SECTIONS;
use super::score::harmony::spans;
use super::score::melody::phrases;
use super::score::tempo::{BARS, BEAT_S, BEATS_PER_BAR, SONG_S, TEMPO_BPM};
use super::tracks::{RATE_HZ, TRACKS, Track};
use super::voice::singers::DOUBLE;

/// Everything that is known about the song.
#[derive(Clone, Debug, PartialEq, Serialize, schemars::JsonSchema)]
pub struct Truth {
    /// `mixkeel/demo-truth/1`.
    pub schema: &'static str,
    /// The name of the song.
    pub title: &'static str,
    /// The rate of the song in Hz.
    pub rate_hz: u32,
    /// Its length in seconds.
    pub length_s: f64,
    /// Beats a minute, the same throughout.
    pub tempo_bpm: f64,
    /// Beats in a bar over the note that is one beat.
    pub metre: &'static str,
    /// The key.
    pub key: TruthKey,
    /// Every beat, in seconds.
    pub beats_s: Vec<f64>,
    /// The first beat of every bar, in seconds.
    pub downbeats_s: Vec<f64>,
    /// The chords, without gaps.
    pub chords: Vec<TruthChord>,
    /// The sections, without gaps, on bar lines.
    pub sections: Vec<TruthSection>,
    /// The files.
    pub tracks: Vec<TruthTrack>,
    /// The tune as written, before the singer's timing.
    pub melody: Vec<TruthNote>,
}

/// A key.
#[derive(Clone, Debug, PartialEq, Serialize, schemars::JsonSchema)]
pub struct TruthKey {
    /// The name of the first note: `D`.
    pub tonic: &'static str,
    /// `major` or `minor`.
    pub mode: &'static str,
}

/// A chord with its place.
#[derive(Clone, Debug, PartialEq, Serialize, schemars::JsonSchema)]
pub struct TruthChord {
    /// Where it starts, in seconds.
    pub from_s: f64,
    /// Where it ends, in seconds.
    pub to_s: f64,
    /// Its name as in MIREX: `A:maj/3`.
    pub label: String,
}

/// A section with its place.
#[derive(Clone, Debug, PartialEq, Serialize, schemars::JsonSchema)]
pub struct TruthSection {
    /// Where it starts, in seconds.
    pub from_s: f64,
    /// Where it ends, in seconds.
    pub to_s: f64,
    /// Its own name: `verse 2`.
    pub label: &'static str,
    /// What it is: `verse`.
    pub kind: &'static str,
}

/// A file and what is wrong with it.
#[derive(Clone, Debug, PartialEq, Serialize, schemars::JsonSchema)]
pub struct TruthTrack {
    /// The name of the file.
    pub file: &'static str,
    /// What it is, in the words of a session.
    pub role: &'static str,
    /// Its rate in Hz.
    pub rate_hz: u32,
    /// Its word length.
    pub bits: u8,
    /// Its length in seconds.
    pub length_s: f64,
    /// −1 where it is the other way round than `reference`.
    pub polarity: i8,
    /// By how much it is later than `reference` in milliseconds: distance and recorder together.
    pub delay_ms: f64,
    /// The part of `delay_ms` that is a fault of the recording, in milliseconds; the rest is distance.
    pub late_ms: f64,
    /// The file that `polarity` and `delay_ms` are measured against.
    pub reference: Option<&'static str>,
    /// Its highest sample in dBFS, before the hiss of its preamplifier.
    pub peak_dbfs: f64,
    /// What is wrong with it: `polarity`, `late`, `hot`, `quiet`, `bleed`, `covers-voice`, `low-mid`, `uneven-level`,
    /// `short`, `other-rate`, `low-bits`, `not-music`.
    pub faults: Vec<&'static str>,
    /// The same in a sentence.
    pub notes: &'static str,
}

/// A note of the tune.
#[derive(Clone, Debug, PartialEq, Serialize, schemars::JsonSchema)]
pub struct TruthNote {
    /// Where it starts, in seconds.
    pub from_s: f64,
    /// Where it ends, in seconds.
    pub to_s: f64,
    /// Its pitch: 69 is A4, 440 Hz.
    pub midi: u8,
    /// The word or the part of it that is sung.
    pub word: &'static str,
    /// Its phrase, counted from 0.
    pub phrase: usize,
    /// How loud the phrase is sung, in dB against the loudest.
    pub level_db: f64,
}

/// What is in the song.
pub fn truth() -> Truth {
    let beats_s: Vec<f64> = (0..BARS * BEATS_PER_BAR).map(|beat| tidy(beat as f64 * BEAT_S)).collect();
    Truth {
        schema: "mixkeel/demo-truth/1",
        title: "Harbour Light",
        rate_hz: RATE_HZ,
        length_s: tidy(SONG_S),
        tempo_bpm: TEMPO_BPM,
        metre: "4/4",
        key: TruthKey { tonic: "D", mode: "major" },
        downbeats_s: beats_s.iter().step_by(BEATS_PER_BAR).copied().collect(),
        beats_s,
        chords: spans()
            .iter()
            .map(|span| TruthChord {
                from_s: tidy(span.start_s()),
                to_s: tidy(span.end_s()),
                label: span.chord.label(),
            })
            .collect(),
        sections: SECTIONS
            .iter()
            .map(|section| TruthSection {
                from_s: tidy(section.start_s()),
                to_s: tidy(section.end_s()),
                label: section.label,
                kind: section.kind.word(),
            })
            .collect(),
        tracks: TRACKS.iter().map(track).collect(),
        melody: melody(),
    }
}

fn track(track: &Track) -> TruthTrack {
    let short = track.faults.contains(&"short");
    let length_s = if short { DOUBLE.end_s() } else { SONG_S };
    TruthTrack {
        file: track.file_name,
        role: track.role,
        rate_hz: track.rate_hz,
        bits: track.bits,
        length_s: tidy(length_s),
        polarity: track.polarity,
        delay_ms: tidy((track.delay_s)() * 1000.0),
        late_ms: tidy(track.late_s * 1000.0),
        reference: track.reference,
        peak_dbfs: track.peak_dbfs,
        faults: track.faults.to_vec(),
        notes: track.note,
    }
}

fn melody() -> Vec<TruthNote> {
    let mut notes = Vec::new();
    for (index, (_, start, phrase)) in phrases().enumerate() {
        notes.extend(phrase.notes.iter().map(|note| TruthNote {
            from_s: tidy((start + note.beat) * BEAT_S),
            to_s: tidy((start + note.beat + note.beats) * BEAT_S),
            midi: note.midi,
            word: note.word,
            phrase: index,
            level_db: phrase.level_db,
        }));
    }
    notes
}

/// Rounds to the microsecond: what a reader of JSON wants to see, and far below a frame.
fn tidy(value: f64) -> f64 {
    libm::round(value * 1e6) / 1e6
}
