//! `mixkeel compare`: what differs, after matching loudness.

use std::path::PathBuf;

use clap::Args;
use mixkeel::song::cache::Cache;
use mixkeel::{Error, ErrorKind};

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
    /// Make a page on which two sounds are picked between under hidden names
    #[arg(long)]
    blind: bool,
    /// Where that page goes; blind.html here when not said
    #[arg(short, long, value_name = "FILE", requires = "blind")]
    out: Option<PathBuf>,
}

impl Compare {
    /// Compares.
    ///
    /// # Errors
    /// What the library says.
    pub fn run(&self, face: &Face) -> Result<Answer, Error> {
        interrupt::listen();
        if self.blind {
            let [first, second] = self.files.as_slice() else {
                return Err(Error::new(ErrorKind::Usage, "a blind test is between two sounds")
                    .because(format!("{} were given", self.files.len()))
                    .hint("give two: mixkeel compare --blind old.wav new.wav"));
            };
            let out = self.out.clone().unwrap_or_else(|| PathBuf::from(mixkeel::blind::NAME));
            let outcome = mixkeel::blind::blind(first, second, &out, face)?;
            return Answer::new(&outcome, &outcome.summary());
        }
        let report = mixkeel::compare::compare(&self.files, &Cache::of_user(), face)?;
        Answer::new(&report, &report.summary())
    }
}
