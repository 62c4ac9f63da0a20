//! `ledger.jsonl`: one line a version, what changed and what it measured.

use std::fs;
use std::path::Path;

use mixkeel_io::write::write_atomically;
use mixkeel_judge::verdict::Verdict;
use serde::{Deserialize, Serialize};

use crate::error::{Error, ErrorKind};
use crate::rounds::RoundLine;

const NAME: &str = "ledger.jsonl";

/// One version in the ledger.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Line {
    /// `mixkeel/ledger/1`.
    pub schema: String,
    /// 1 for the first.
    pub version: u32,
    /// Seconds since 1970 when it was made. Exempt from the promise of same bytes.
    pub made_at_unix_s: u64,
    /// How long it took. Exempt likewise.
    pub took_s: f64,
    /// The program that made it.
    pub engine: String,
    /// SHA-256 of its session.toml.
    pub session_sha256: String,
    /// What is different from the version before.
    pub changed: Vec<Change>,
    /// What the mix measured.
    pub measured: Measured,
    /// Whether it was ready for mastering. Absent in lines of earlier programs.
    #[serde(default)]
    pub verdict: Option<Verdict>,
    /// How each goal of the session was met. Absent in lines of earlier programs.
    #[serde(default)]
    pub goals: Vec<Mark>,
    /// Every listening of the loop, the last to the mix as it was written; none where it was off.
    #[serde(default)]
    pub rounds: Vec<RoundLine>,
}

/// How one goal was met by a version.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Mark {
    /// The goal.
    pub id: String,
    /// Whether it passed.
    pub passes: bool,
    /// How far it passed, or by how much it failed, in differences that are just noticed. Absent where it could not be
    /// measured.
    pub margin_noticeable: Option<f64>,
}

impl Line {
    /// The name of this JSON.
    pub const SCHEMA: &'static str = "mixkeel/ledger/1";
}

/// One difference between two versions.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Change {
    /// The parameter.
    pub address: String,
    /// Its value before; absent when it is new.
    pub from: Option<mixkeel_dsp::param::Value>,
    /// Its value now; absent when it is gone.
    pub to: Option<mixkeel_dsp::param::Value>,
    /// The rule, or `you` for a change by hand.
    pub by: String,
}

/// What one render measures as a whole. Silence gives nothing where a number would be minus infinity.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Measured {
    /// BS.1770-5, gated.
    pub integrated_lufs: Option<f64>,
    /// Largest sample of either channel.
    pub sample_peak_dbfs: Option<f64>,
    /// BS.1770-5 Annex 2, 4 times oversampled or better.
    pub true_peak_dbtp: Option<f64>,
}

/// Figures of one sound differ by no more than this, in dB. Ours: far under what any change of a mix makes, far over what a number
/// loses on its way through JSON.
const SAME_DB: f64 = 1e-6;

impl Measured {
    /// Whether the same sound may have been measured.
    pub fn is_near(&self, other: &Self) -> bool {
        let figures = |of: &Self| [of.integrated_lufs, of.sample_peak_dbfs, of.true_peak_dbtp];
        figures(self).iter().zip(figures(other)).all(|(one, other)| match (one, other) {
            (Some(one), Some(other)) => (one - other).abs() <= SAME_DB,
            (one, other) => one.is_none() && other.is_none(),
        })
    }
}

/// Whether a version has its line.
pub fn holds(folder: &Path, version: u32) -> Result<bool, Error> {
    #[derive(Deserialize)]
    struct Numbered {
        version: u32,
    }
    let number = |line: &str| serde_json::from_str::<Numbered>(line).ok().map(|line| line.version);
    Ok(read(folder)?.lines().any(|line| number(line) == Some(version)))
}

/// Every version's line, the first version first.
///
/// # Errors
/// A ledger that cannot be read, with the line that has a mistake.
pub fn lines(folder: &Path) -> Result<Vec<Line>, Error> {
    let text = read(folder)?;
    let numbered = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    numbered
        .map(|(n, line)| {
            serde_json::from_str(line).map_err(|error| {
                Error::new(ErrorKind::Unreadable, "the ledger has a mistake")
                    .at(&folder.join(NAME))
                    .because(format!("line {}: {error}", n + 1))
                    .hint("put the file back from a backup, or take that line out")
            })
        })
        .collect()
}

/// Adds a line; the file is replaced as a whole, so that a reader never sees half of one.
pub fn append(folder: &Path, line: &str) -> Result<(), Error> {
    let mut text = read(folder)?;
    text.push_str(line.trim_end());
    text.push('\n');
    Ok(write_atomically(&folder.join(NAME), text.as_bytes())?)
}

fn read(folder: &Path) -> Result<String, Error> {
    match fs::read_to_string(folder.join(NAME)) {
        Ok(text) => Ok(text),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(String::new()),
        Err(error) => Err(Error::new(ErrorKind::Unreadable, "can't read the ledger")
            .at(&folder.join(NAME))
            .because(error.to_string())
            .hint("put it back from a backup, or move it away: a new one is begun")),
    }
}
