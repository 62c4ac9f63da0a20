//! The document of `check --json`.

use mixkeel_judge::check::Destination;
pub use mixkeel_judge::compare::Beside;
use mixkeel_judge::compare::Reference;
use mixkeel_judge::finding::Finding;
use mixkeel_judge::verdict::Verdict;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What was found and what it amounts to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct CheckReport {
    /// `mixkeel/check/1`.
    pub schema: String,
    /// What was checked, as given.
    pub path: String,
    /// What comes next.
    #[serde(rename = "for")]
    pub destination: Destination,
    /// The sum of the findings.
    pub verdict: Verdict,
    /// The same in one sentence.
    pub sentence: String,
    /// Length; of a folder of tracks the longest.
    pub length_s: f64,
    /// Gated loudness. `None` for silence and for a folder of tracks.
    pub integrated_lufs: Option<f64>,
    /// True peak. `None` for silence and for a folder of tracks.
    pub true_peak_dbtp: Option<f64>,
    /// Everything that was found, gravest first.
    pub findings: Vec<Finding>,
    /// Of a folder of tracks, what was found in which file.
    pub files: Vec<CheckedFile>,
    /// Of a folder of tracks, what to ask its sender for.
    pub ask: Vec<String>,
    /// How it stands beside records, where some were given.
    pub references: Option<References>,
}

impl CheckReport {
    /// The name of this JSON.
    pub const SCHEMA: &'static str = "mixkeel/check/1";
}

/// One file of a folder.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct CheckedFile {
    /// Its path below the folder.
    pub path: String,
    /// Why it could not be read.
    pub error: Option<String>,
    /// What was found in it.
    pub findings: Vec<Finding>,
}

/// How a mix stands beside records.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct References {
    /// The records, and what limits what they can tell.
    pub files: Vec<Reference>,
    /// Every figure, the farthest outside first.
    pub beside: Vec<Beside>,
}
