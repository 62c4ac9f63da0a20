//! `mixkeel ledger`: the versions of a mix, and when to stop.

use std::path::PathBuf;
use std::time::{SystemTime, UNIX_EPOCH};

use clap::Args;
use mixkeel::Error;

use crate::answer::Answer;
use crate::face::Face;
use crate::{cli, interrupt};

/// What can be typed after `ledger`.
#[derive(Args, Debug)]
#[command(
    help_template = cli::TEMPLATE,
    before_help = "\
Examples:
  mixkeel ledger \"My Song-mix\"     # every version; when to stop
  mixkeel ledger \"My Song-mix\" --json

Your limits stand in session.toml, all of them optional:
  [finish]
  by = 2026-12-24        # the last day of work
  hours = 6.0
  versions = 10"
)]
pub struct Ledger {
    /// A session file, or the folder that holds it
    #[arg(value_name = "SESSION")]
    session: PathBuf,
}

impl Ledger {
    /// Reads and compares.
    ///
    /// # Errors
    /// What the library says.
    pub fn run(&self, face: &Face) -> Result<Answer, Error> {
        interrupt::listen();
        let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
        let report = mixkeel::ledger::ledger(&self.session, now, face)?;
        Ok(Answer::new(&report, &report.lines())?.data())
    }
}
