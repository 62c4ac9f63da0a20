//! `compare`: what differs between sounds once they are as loud, the difference most heard first.

mod table;

use std::path::{Path, PathBuf};

use mixkeel_judge::compare::{Difference, differences};
use mixkeel_judge::evidence::Evidence;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::error::{Error, ErrorKind};
use crate::evidence;
use crate::song::cache::Cache;
use crate::watch::Watch;

/// What differs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct CompareReport {
    /// `mixkeel/compare/1`.
    pub schema: String,
    /// What the others are compared with.
    pub first: Side,
    /// Each of the others.
    pub others: Vec<Compared>,
}

/// One of the sounds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Side {
    /// Its path, as given.
    pub path: String,
    /// Length.
    pub length_s: f64,
    /// Gated loudness as it is. `None` for silence.
    pub integrated_lufs: Option<f64>,
    /// True peak as it is. `None` for silence.
    pub true_peak_dbtp: Option<f64>,
}

/// One sound compared with the first.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Compared {
    /// Which.
    pub second: Side,
    /// What it was turned by to be as loud as the first. `None` where one is silent.
    pub matched_by_db: Option<f64>,
    /// Everything that can be heard to differ, the one most heard first.
    pub differences: Vec<Difference>,
}

impl CompareReport {
    /// The name of this JSON.
    pub const SCHEMA: &'static str = "mixkeel/compare/1";

    /// What to tell people: at most 80 columns.
    pub fn summary(&self) -> Vec<String> {
        table::lines(self)
    }
}

/// Compares files of sound or sessions with the first of them; what sessions measure is kept in `cache`.
///
/// # Errors
/// Fewer than two, what cannot be read, or a request to stop.
pub fn compare(paths: &[PathBuf], cache: &Cache, watch: &dyn Watch) -> Result<CompareReport, Error> {
    let [first, others @ ..] = paths else { return Err(too_few()) };
    if others.is_empty() {
        return Err(too_few());
    }
    let heard = evidence::of(first, cache, watch)?;
    let others = others
        .iter()
        .map(|path| {
            let other = evidence::of(path, cache, watch)?;
            let (of_first, of_other) =
                (heard.sound.loudness.integrated_lufs, other.sound.loudness.integrated_lufs);
            Ok(Compared {
                matched_by_db: of_first.zip(of_other).map(|(first, other)| first - other),
                differences: differences(&heard, &other),
                second: side(path, &other),
            })
        })
        .collect::<Result<_, Error>>()?;
    Ok(CompareReport { schema: CompareReport::SCHEMA.to_owned(), first: side(first, &heard), others })
}

fn too_few() -> Error {
    Error::new(ErrorKind::Usage, "there is nothing to compare with")
        .hint("give two files or more: mixkeel compare old.wav new.wav")
}

fn side(path: &Path, evidence: &Evidence) -> Side {
    Side {
        path: path.to_string_lossy().into_owned(),
        length_s: evidence.length_s(),
        integrated_lufs: evidence.sound.loudness.integrated_lufs,
        true_peak_dbtp: evidence.sound.true_peak_dbtp,
    }
}
