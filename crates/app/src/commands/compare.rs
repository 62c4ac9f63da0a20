//! `mixkeel compare`: what differs, after matching loudness.

use std::path::PathBuf;

use clap::Args;
use mixkeel::Error;

use crate::answer::Answer;
use crate::face::Face;
use crate::{cli, interrupt};

/// What can be typed after `compare`.
#[derive(Args, Debug)]
#[command(
    help_template = cli::TEMPLATE,
    before_help = "\
Examples:
  mixkeel compare take.wav \"My Song-mix/mix.wav\"
  mixkeel compare \"My Song-mix\" take.wav --json"
)]
pub struct Compare {
    /// Files of sound or sessions; all are compared with the first
    #[arg(value_name = "A B", required = true, num_args = 2..)]
    files: Vec<PathBuf>,
}

impl Compare {
    /// Compares.
    ///
    /// # Errors
    /// What the library says.
    pub fn run(&self, face: &Face) -> Result<Answer, Error> {
        interrupt::listen();
        let report = mixkeel::compare::compare(&self.files, face)?;
        Answer::new(&report, &report.summary())
    }
}
