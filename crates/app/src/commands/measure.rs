//! `mixkeel measure`: the figures and faults of files.

use std::path::PathBuf;

use clap::Args;
use mixkeel::Error;

use crate::answer::Answer;
use crate::face::Face;
use crate::{cli, interrupt};

/// What can be typed after `measure`.
#[derive(Args, Debug)]
#[command(
    help_template = cli::TEMPLATE,
    before_help = "\
Examples:
  mixkeel measure take.wav
  mixkeel measure \"My Song\" take.wav    # a folder means the files in it
  mixkeel measure take.wav --json"
)]
pub struct Measure {
    /// Files of sound, or folders that hold them; one that cannot be read does not stop the others
    #[arg(value_name = "FILE", required = true)]
    files: Vec<PathBuf>,
}

impl Measure {
    /// Measures.
    ///
    /// # Errors
    /// What the library says.
    pub fn run(&self, face: &Face) -> Result<Answer, Error> {
        interrupt::listen();
        let outcome = mixkeel::measure::measure(&self.files, face)?;
        Ok(Answer::new(&outcome.report, &outcome.summary())?.with_failures(outcome.failures))
    }
}
