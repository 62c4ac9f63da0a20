//! `check`: is it ready for what comes next? Findings with evidence, the verdict, and how it stands beside records.

mod incoming;
mod report;
mod table;

use std::path::{Path, PathBuf};

use mixkeel_judge::check::Destination;
use mixkeel_judge::compare::beside;
use mixkeel_judge::verdict::{Verdict, judge};

pub use report::{Beside, CheckReport, CheckedFile, References};

use crate::error::{Error, ErrorKind};
use crate::evidence;
use crate::song::cache::Cache;
use crate::song::scan::holds_session;
use crate::watch::Watch;

/// How to check.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CheckOptions {
    /// What comes next; for a folder of tracks mixing, else mastering, where it is not said.
    pub destination: Option<Destination>,
    /// Records to compare with.
    pub references: Vec<PathBuf>,
    /// Where is kept what sessions measure.
    pub cache: Cache,
}

/// What came of it.
#[derive(Clone, Debug, PartialEq)]
pub struct CheckOutcome {
    /// The document.
    pub report: CheckReport,
    /// Files of a folder that could not be read.
    pub failures: Vec<Error>,
}

impl CheckOutcome {
    /// Whether it can go on.
    pub fn passes(&self) -> bool {
        self.report.verdict != Verdict::ReEvaluate
    }

    /// What to tell people: at most 80 columns.
    pub fn summary(&self) -> Vec<String> {
        table::lines(&self.report)
    }
}

/// Checks a file of sound, a session, the folder of a mix, or a folder of tracks.
///
/// # Errors
/// What cannot be read, a folder of tracks that is to be checked as a mix, or a request to stop.
pub fn check(path: &Path, options: &CheckOptions, watch: &dyn Watch) -> Result<CheckOutcome, Error> {
    if path.is_dir() && !holds_session(path) {
        return match options.destination {
            None | Some(Destination::Mixing) if options.references.is_empty() => incoming::check(path, watch),
            _ => Err(Error::new(ErrorKind::Usage, "a folder of tracks is no mix yet")
                .at(path)
                .hint("mix it first: mixkeel mix \"My Song\"")
                .hint("or check its tracks: --for mixing")),
        };
    }
    let destination = options.destination.unwrap_or_default();
    let evidence = evidence::of(path, &options.cache, watch)?;
    let judged = judge(&evidence, destination);
    let mut references = None;
    if !options.references.is_empty() {
        let records = options
            .references
            .iter()
            .map(|path| evidence::of(path, &options.cache, watch))
            .collect::<Result<Vec<_>, _>>()?;
        let (files, table) = beside(&evidence, &records);
        references = Some(References { files, beside: table });
    }
    let report = CheckReport {
        schema: CheckReport::SCHEMA.to_owned(),
        path: path.to_string_lossy().into_owned(),
        destination,
        verdict: judged.verdict,
        sentence: judged.sentence,
        length_s: evidence.length_s(),
        integrated_lufs: evidence.sound.loudness.integrated_lufs,
        true_peak_dbtp: evidence.sound.true_peak_dbtp,
        findings: judged.findings,
        files: Vec::new(),
        ask: Vec::new(),
        references,
    };
    Ok(CheckOutcome { report, failures: Vec::new() })
}
