//! `report.json`: what was found, what was decided from where, what the mix measures, what was left out. Written with
//! every version; the same input gives the same bytes, so no clock is in it.

use mixkeel_judge::finding::Finding;
use mixkeel_judge::verdict::Verdict;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::page::Facts;
use crate::page::make::PageOutcome;
use crate::project::ledger::Measured;
use crate::rounds::{Ended, RoundLine};

/// What one mix is and how it came to be.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Report {
    /// `mixkeel/report/1`.
    pub schema: String,
    /// The program that made it.
    pub engine: String,
    /// The song's title.
    pub title: String,
    /// 1 for the first mix in this folder.
    pub version: u32,
    /// Frames a second of session, mix and stems.
    pub rate_hz: u32,
    /// Length of the mix with its tails.
    pub length_s: f64,
    /// What the mix measures.
    pub mix: Measured,
    /// Whether it is ready for mastering. Absent in reports of earlier programs.
    #[serde(default)]
    pub verdict: Option<Verdict>,
    /// The same in one sentence.
    #[serde(default)]
    pub verdict_because: String,
    /// Everything that was found in the mix, gravest first.
    #[serde(default)]
    pub findings: Vec<Finding>,
    /// Which balance it started from.
    pub start: Start,
    /// What kind of music it was taken for. Absent in reports of earlier programs.
    #[serde(default)]
    pub style: Option<String>,
    /// How much of what was decided is applied: 1 is all.
    #[serde(default = "whole")]
    pub strength: f64,
    /// How it differs on purpose from the mix beside which it lies; absent in a mix that does not.
    #[serde(default)]
    pub differs: Option<String>,
    /// What listening to the mix corrected. Absent in reports of earlier programs.
    #[serde(default)]
    pub rounds: Option<Rounds>,
    /// Gain on all direct inputs of the master.
    pub headroom_db: f64,
    /// The copy to listen to.
    pub listen: Listen,
    /// Every track, in console order.
    pub tracks: Vec<Track>,
    /// Every direct input of the master; they sum to the mix.
    pub stems: Vec<Stem>,
    /// Files that are not in the session, and why.
    pub left_out: Vec<LeftOut>,
    /// Parameters that a person changed since the version before; they are locked now.
    pub kept_by_hand: Vec<String>,
    /// Edits that were proposed but not applied, because they are guesses.
    pub proposed: Vec<String>,
    /// What the user should know, in plain words.
    pub warnings: Vec<String>,
    /// Every table of `report.html`, those under its charts too. Absent in reports of earlier programs.
    #[serde(default)]
    pub facts: Vec<Facts>,
}

impl Report {
    /// The name of this JSON.
    pub const SCHEMA: &'static str = "mixkeel/report/1";

    /// The same with what a page that was made again says; what was decided stays as it was.
    pub fn with(self, made: &PageOutcome) -> Self {
        Self {
            mix: made.mix,
            verdict: Some(made.verdict),
            verdict_because: made.sentence.clone(),
            findings: made.findings.clone(),
            facts: made.facts.clone(),
            ..self
        }
    }
}

fn whole() -> f64 {
    1.0
}

/// Which balance the mix started from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Start {
    /// `fresh`: arriving levels mean nothing. `tracks`: they are the owner's balance.
    pub taken: String,
    /// Why.
    pub because: String,
    /// The flag for the other.
    pub other: String,
}

/// What listening to the mix corrected.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Rounds {
    /// How many rounds of correction were made and kept; `--rounds` with this number makes the same mix again.
    pub kept: usize,
    /// Why no more.
    pub ended: Ended,
    /// Every listening; the last is to the mix as it was written.
    pub heard: Vec<RoundLine>,
}

/// The copy to listen to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Listen {
    /// Gain from the mix to the copy, ahead of its limiter.
    pub gain_db: f64,
    /// Loudness of the copy, read back from the file.
    pub integrated_lufs: Option<f64>,
    /// True peak of the copy, read back from the file.
    pub true_peak_dbtp: Option<f64>,
    /// The deepest that its limiter went; 0 where every peak is as it was.
    pub limited_db: f64,
    /// How often the copy was written again because the file as written was over its ceiling.
    pub corrections: u32,
    /// Why it is not louder, or nothing when it reaches its target.
    pub held_by: Option<String>,
}

/// One track.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Track {
    /// The slug by which everything refers to it.
    pub id: String,
    /// What people call it.
    pub name: String,
    /// Its files, as paths from the output folder.
    pub files: Vec<String>,
    /// What it is.
    pub role: String,
    /// `certain`, `likely` or `guess`.
    pub sureness: String,
    /// What the role rests on.
    pub because: String,
    /// Whether it sounds in the mix.
    pub in_mix: bool,
    /// Gated loudness of the recording.
    pub integrated_lufs: Option<f64>,
    /// Largest sample of the recording.
    pub sample_peak_dbfs: Option<f64>,
    /// Level correction.
    pub trim_db: f64,
    /// Fader; absent when it is shut.
    pub fader_db: Option<f64>,
    /// −1 left to +1 right.
    pub pan: f64,
    /// The bus it feeds.
    pub bus: String,
    /// What had to be put right while reading, each with its id.
    pub problems: Vec<Problem>,
}

/// Something wrong with a file that could be put right.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Problem {
    /// A stable name: `truncated`.
    pub id: String,
    /// In plain words.
    pub message: String,
    /// Where, in seconds from the file's first frame.
    pub at_s: Option<f64>,
}

/// One direct input of the master.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Stem {
    /// The bus or track.
    pub id: String,
    /// Its file below the output folder; absent when no stems were written.
    pub file: Option<String>,
    /// Gated loudness.
    pub integrated_lufs: Option<f64>,
}

/// A file that is not in the session.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct LeftOut {
    /// Its path below the song's folder.
    pub file: String,
    /// Why.
    pub because: String,
}
