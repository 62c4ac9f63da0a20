//! `mixkeel/song/1`: what was heard in a song.

use std::path::Path;

use mixkeel_analysis::music::harmony::{Key, Spelling};
use mixkeel_analysis::music::rhythm::LevelReason;
use serde::{Deserialize, Serialize};

use super::gather::Heard;
use super::lines::LineReport;
use super::{Music, asks, lines, sections};

/// A tempo that is less likely than this is not told beside the likeliest. Ours.
const LIKELY: f64 = 0.05;

/// What was heard in a song.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct SongReport {
    /// `mixkeel/song/1`.
    pub schema: String,
    /// What was heard.
    pub path: String,
    /// What it is called.
    pub title: String,
    /// Its length in seconds.
    pub length_s: f64,
    /// The tracks it was heard from.
    pub tracks: Vec<String>,
    /// Beats a minute that most of it has; nothing where no steady pulse was heard.
    pub tempo_bpm: Option<f64>,
    /// How sure that is, octave and all, from 0 to 1.
    pub tempo_confidence: f64,
    /// Other tempos it could be counted at, which are not unlikely, the likeliest first.
    pub other_tempos: Vec<OtherTempoReport>,
    /// Why it is counted at this tempo and not at the next likely one; nothing where that was said or no other is likely.
    pub tempo_because: Option<String>,
    /// How long the first of two eighths is beside the second; nothing where that cannot be told.
    pub swing: Option<f64>,
    /// Every tempo and from when.
    pub tempo: Vec<TempoReport>,
    /// How it is counted most of the time; nothing where there are no bars.
    pub metre: Option<String>,
    /// How sure that is, from 0 to 1.
    pub metre_confidence: f64,
    /// Every metre and from when.
    pub metres: Vec<MetreReport>,
    /// Every beat in seconds.
    pub beats_s: Vec<f64>,
    /// The first beat of every bar in seconds.
    pub downbeats_s: Vec<f64>,
    /// How sure it is on which beat bars begin, from 0 to 1.
    pub downbeat_confidence: f64,
    /// The key most of it is in; nothing where none was heard.
    pub key: Option<KeyReport>,
    /// Every key and from when.
    pub keys: Vec<KeyReport>,
    /// How far its notes lie above those of A = 440 Hz; nothing where no notes were heard.
    pub tuning_cents: Option<f64>,
    /// The chords, without gaps.
    pub chords: Vec<ChordReport>,
    /// The sections, without gaps.
    pub sections: Vec<SectionReport>,
    /// Voices and basses whose notes were heard surely enough to say something about them.
    pub lines: Vec<LineReport>,
    /// What was not heard but said by somebody, and goes first.
    pub given: Vec<GivenReport>,
    /// What the music asks: three questions at most, none where nothing is wrong.
    pub asks: Vec<AskReport>,
}

/// A tempo that it could be counted at as well.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct OtherTempoReport {
    /// Beats a minute.
    pub bpm: f64,
    /// How likely it is that people count so, from 0 to 1.
    pub likelihood: f64,
}

/// A question about the song.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct AskReport {
    /// Which: `song/flat-contour`.
    pub id: String,
    /// The question.
    pub ask: String,
    /// What it rests on, in words.
    pub because: String,
    /// The same in numbers.
    pub evidence: Vec<MeasuredReport>,
    /// From which bar to which, counted from 1, both included.
    pub bars: Vec<[usize; 2]>,
    /// The tracks concerned; none where it is all of them.
    pub tracks: Vec<String>,
}

/// Something measured.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct MeasuredReport {
    /// What.
    pub what: String,
    /// How much.
    pub value: f64,
    /// Of what unit.
    pub unit: String,
}

/// A key.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct KeyReport {
    /// From when, in seconds.
    pub from_s: f64,
    /// The name of its first note: `F#`.
    pub tonic: String,
    /// `major` or `minor`.
    pub mode: String,
    /// How sure that is, from 0 to 1.
    pub confidence: f64,
}

/// A chord, or none.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct ChordReport {
    /// Its beginning in seconds.
    pub from_s: f64,
    /// Its end in seconds.
    pub to_s: f64,
    /// As in MIREX: `C:maj`, `A:min7`, `F:maj/3`, `N` for none.
    pub label: String,
    /// How sure its root and third are, from 0 to 1.
    pub confidence: f64,
}

/// Something that somebody said.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct GivenReport {
    /// `tempo`, `key` or `sections`.
    pub what: String,
    /// Who: `--tempo`, `the session`, the name of a file.
    pub by: String,
    /// What was heard instead, where that is something else.
    pub heard: Option<String>,
}

/// A tempo.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct TempoReport {
    /// From when, in seconds.
    pub from_s: f64,
    /// Beats a minute.
    pub bpm: f64,
}

/// A metre.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct MetreReport {
    /// From when, in seconds.
    pub from_s: f64,
    /// `4/4`.
    pub metre: String,
}

/// A section.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct SectionReport {
    /// Its beginning in seconds.
    pub from_s: f64,
    /// Its end in seconds.
    pub to_s: f64,
    /// Its name: `chorus 1`.
    pub label: String,
    /// What it is: `chorus`. `part-a` and so on where that cannot be told; sections of a kind are the same music.
    pub kind: String,
    /// How sure its name is, from 0 to 1.
    pub confidence: f64,
    /// How sure it is that something begins here, from 0 to 1.
    pub border_confidence: f64,
    /// Its first bar, counted from 1.
    pub from_bar: usize,
    /// Its last bar.
    pub to_bar: usize,
    /// Its loudness as the tracks stand; nothing for silence.
    pub loudness_lufs: Option<f64>,
    /// How many voices sound at a time; tracks that always play together count as one.
    pub voices: f64,
    /// Onsets a second.
    pub onsets_per_s: f64,
    /// What the sides do not share over what they do, above 200 Hz; nothing for mono.
    pub width_db: Option<f64>,
}

impl SongReport {
    /// The name of this JSON.
    pub const SCHEMA: &'static str = "mixkeel/song/1";

    pub(super) fn of(path: &Path, heard: &Heard, music: &Music) -> Self {
        let (rhythm, form) = (&music.rhythm, &music.form);
        let tidy_all = |times: &[f64]| times.iter().map(|s| tidy(*s)).collect();
        let first = rhythm.levels.first().map_or(0.0, |level| level.bpm);
        let other_tempos: Vec<OtherTempoReport> = rhythm
            .levels
            .iter()
            .filter(|level| level.likelihood >= LIKELY && level.bpm != first)
            .map(|level| OtherTempoReport {
                bpm: hundredth(level.bpm),
                likelihood: hundredth(level.likelihood),
            })
            .collect();
        let metres: Vec<MetreReport> = rhythm
            .metre
            .iter()
            .map(|(from_s, metre)| MetreReport { from_s: tidy(*from_s), metre: metre.to_string() })
            .collect();
        let length_s = form.bars_s.last().copied().unwrap_or(0.0);
        Self {
            schema: Self::SCHEMA.to_owned(),
            path: path.to_string_lossy().into_owned(),
            title: heard.title.clone(),
            length_s: tidy(length_s),
            tracks: heard.voices.iter().map(|voice| voice.name.clone()).collect(),
            tempo_bpm: rhythm.tempo_bpm.map(hundredth),
            tempo_confidence: hundredth(rhythm.tempo_confidence),
            swing: rhythm.swing.map(|swing| hundredth(swing.ratio)),
            tempo_because: rhythm.level_reason.filter(|_| !other_tempos.is_empty()).map(because),
            other_tempos,
            tempo: rhythm
                .tempo
                .iter()
                .map(|(from_s, bpm)| TempoReport { from_s: tidy(*from_s), bpm: hundredth(*bpm) })
                .collect(),
            metre: most_of(&metres, length_s),
            metre_confidence: hundredth(rhythm.metre_confidence),
            metres,
            beats_s: tidy_all(&rhythm.beats_s),
            downbeats_s: tidy_all(&rhythm.downbeats_s),
            downbeat_confidence: hundredth(rhythm.downbeat_confidence),
            key: key(music),
            keys: keys(music),
            tuning_cents: music.harmony.key.map(|_| hundredth(music.harmony.tuning_cents)),
            chords: music
                .harmony
                .chords
                .iter()
                .map(|chord| ChordReport {
                    from_s: tidy(chord.from_s),
                    to_s: tidy(chord.to_s),
                    label: chord.label(),
                    confidence: hundredth(chord.confidence),
                })
                .collect(),
            sections: sections::sections(music),
            lines: lines::lines(&heard.voices, music),
            given: given(music),
            asks: asks::asks(heard, music),
        }
    }
}

/// The key that was said, else the one that was heard.
fn key(music: &Music) -> Option<KeyReport> {
    let said = music.given.key.as_ref().map(|said| KeyReport {
        from_s: 0.0,
        tonic: said.what.tonic.clone(),
        mode: said.what.mode.clone(),
        confidence: 1.0,
    });
    said.or_else(|| music.harmony.key.as_ref().map(|key| heard_key(0.0, key)))
}

/// Every key and from when: one where it was said, or where no change was heard.
fn keys(music: &Music) -> Vec<KeyReport> {
    if music.given.key.is_some() || music.harmony.keys.is_empty() {
        return key(music).into_iter().collect();
    }
    music.harmony.keys.iter().map(|(from_s, key)| heard_key(*from_s, key)).collect()
}

fn heard_key(from_s: f64, key: &Key) -> KeyReport {
    KeyReport {
        from_s: tidy(from_s),
        tonic: Spelling::of(key.tonic, key.mode).name(key.tonic).to_owned(),
        mode: key.mode.to_string(),
        confidence: hundredth(key.confidence),
    }
}

/// Who said what.
fn given(music: &Music) -> Vec<GivenReport> {
    let said = |what: &str, by: &str, heard: Option<String>| GivenReport {
        what: what.to_owned(),
        by: by.to_owned(),
        heard,
    };
    let given = &music.given;
    let tempo = given.tempo.as_ref().map(|one| {
        let other = music
            .heard_bpm
            .filter(|heard| music.rhythm.tempo_bpm.is_none_or(|bpm| (heard / bpm - 1.0).abs() > 0.01));
        said("tempo", &one.by, other.map(|bpm| format!("{bpm:.1}")))
    });
    let key = given.key.as_ref().map(|one| {
        let heard = music.harmony.key.as_ref().map(|key| heard_key(0.0, key));
        let other = heard.filter(|key| (&key.tonic, &key.mode) != (&one.what.tonic, &one.what.mode));
        said("key", &one.by, other.map(|key| format!("{} {}", key.tonic, key.mode)))
    });
    let marks = given.marks.as_ref().map(|one| said("sections", &one.by, None));
    tempo.into_iter().chain(key).chain(marks).collect()
}

/// The metre that lasts longest.
fn most_of(metres: &[MetreReport], length_s: f64) -> Option<String> {
    let ends = metres.iter().skip(1).map(|metre| metre.from_s).chain([length_s]);
    let mut lasting: Vec<(&str, f64)> = Vec::new();
    for (metre, end) in metres.iter().zip(ends) {
        match lasting.iter_mut().find(|(word, _)| *word == metre.metre) {
            Some((_, s)) => *s += end - metre.from_s,
            None => lasting.push((&metre.metre, end - metre.from_s)),
        }
    }
    lasting.iter().max_by(|a, b| a.1.total_cmp(&b.1)).map(|(word, _)| (*word).to_owned())
}

/// To the millisecond: finer than beats are heard.
pub(super) fn tidy(seconds: f64) -> f64 {
    (seconds * 1000.0).round() / 1000.0
}

/// To a hundredth.
pub(super) fn hundredth(value: f64) -> f64 {
    (value * 100.0).round() / 100.0
}

/// Why a song is counted at its tempo and not at the next likely one.
fn because(reason: LevelReason) -> String {
    match reason {
        LevelReason::Backbeat => "kick and snare take turns from beat to beat",
        LevelReason::FullBetween => "at that tempo more would sound between beats",
        LevelReason::EmptyBetween => "at that tempo some beats would be empty or weaker",
        LevelReason::Bars => "bars and what repeats in them fit this tempo better",
        LevelReason::Harmony => "the harmony changes with the bars of this tempo",
        LevelReason::Preference => "both fit, and this one is nearer to what people tap",
    }
    .to_owned()
}
