//! `mixkeel doctor`: what works on this machine.

use clap::Args;
use mixkeel::Error;

use crate::answer::{Answer, CHECKS_FAILED};
use crate::cli;

/// What can be typed after `doctor`.
#[derive(Args, Debug)]
#[command(
    help_template = cli::TEMPLATE,
    before_help = "\
Examples:
  mixkeel doctor           # exits with 4 if something does not work
  mixkeel doctor --json    # the same, to send along with a report"
)]
pub struct Doctor {}

impl Doctor {
    /// Looks.
    ///
    /// # Errors
    /// When the report cannot be written as JSON.
    pub fn run(&self) -> Result<Answer, Error> {
        let report = mixkeel::doctor::doctor();
        let exit = if report.ok() { 0 } else { CHECKS_FAILED };
        Ok(Answer::new(&report, &report.lines())?.exit(exit))
    }
}
