//! `measure`: the figures and faults of files of sound, side by side, whatever is wrong with some of them.

mod listen;
mod report;
mod table;

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use mixkeel_io::read::Downmix;
use rayon::prelude::*;

pub use report::{Figures, FileError, FileProblem, FileReport, MeasureReport, Spectrum};

use crate::error::{Error, ErrorKind};
use crate::song::scan::scan;
use crate::watch::{Event, Stage, Watch};

/// What came of measuring: the document, and every failure in full.
#[derive(Clone, Debug, PartialEq)]
pub struct MeasureOutcome {
    /// The document.
    pub report: MeasureReport,
    /// Why files could not be measured, in their order.
    pub failures: Vec<Error>,
}

/// Measures files; a folder stands for the recordings in it. Files are measured side by side and reported in order, and
/// one that cannot be read stands in the report with its error.
///
/// # Errors
/// Only when the caller asks to stop.
pub fn measure(paths: &[PathBuf], watch: &dyn Watch) -> Result<MeasureOutcome, Error> {
    watch.event(Event::Progress { stage: Stage::Scan, fraction: 0.0 });
    let wanted: Vec<(PathBuf, Option<Error>)> = paths.iter().flat_map(|path| recordings(path)).collect();
    let total: u64 =
        wanted.par_iter().map(|(path, error)| if error.is_none() { claimed(path) } else { 0 }).sum();
    let done = AtomicU64::new(0);
    let tell = |frames: usize| {
        let before = done.fetch_add(frames as u64, Ordering::Relaxed);
        let fraction = (before + frames as u64) as f64 / total.max(1) as f64;
        watch.event(Event::Progress { stage: Stage::Measure, fraction: fraction.min(1.0) });
    };
    let results: Vec<(PathBuf, Result<Figures, Error>)> = wanted
        .into_par_iter()
        .map(|(path, error)| {
            let result = match error {
                Some(error) => Err(error),
                None => listen::listen(&path, watch, tell),
            };
            (path, result)
        })
        .collect();
    if watch.stop() {
        return Err(Error::interrupted());
    }
    let mut failures = Vec::new();
    let files = results
        .into_iter()
        .map(|(path, result)| {
            let path = path.to_string_lossy().into_owned();
            match result {
                Ok(figures) => FileReport { path, error: None, figures: Some(figures) },
                Err(error) => {
                    let report = FileReport { path, error: Some(FileError::of(&error)), figures: None };
                    failures.push(error);
                    report
                }
            }
        })
        .collect();
    Ok(MeasureOutcome { report: MeasureReport { schema: MeasureReport::SCHEMA.to_owned(), files }, failures })
}

impl MeasureOutcome {
    /// What to tell people: a table a file, at most 80 columns wide.
    pub fn summary(&self) -> Vec<String> {
        table::lines(&self.report)
    }
}

/// The file itself, or the recordings below a folder and what is wrong with the others.
fn recordings(path: &Path) -> Vec<(PathBuf, Option<Error>)> {
    if !path.is_dir() {
        return vec![(path.to_path_buf(), None)];
    }
    match scan(path) {
        Err(error) => vec![(path.to_path_buf(), Some(error))],
        Ok(found) => {
            let good = found.files.into_iter().map(|file| (file.path, None));
            let bad = found.left_out.into_iter().map(|(path, why)| {
                let error = Error::new(ErrorKind::Unreadable, "cannot open")
                    .at(&path)
                    .because(why)
                    .hint("export or copy it again");
                (path, Some(error))
            });
            good.chain(bad).collect()
        }
    }
}

/// The length a file claims, for the progress shown.
fn claimed(path: &Path) -> u64 {
    mixkeel_io::read::open(path, Downmix::Keep)
        .ok()
        .and_then(|reader| reader.info().length_frames)
        .unwrap_or(0)
}
