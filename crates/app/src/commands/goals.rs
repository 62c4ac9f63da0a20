//! `mixkeel goals`: whether a session does what is wanted of it.

use std::path::PathBuf;

use clap::Args;
use mixkeel::Error;

use crate::answer::{Answer, CHECKS_FAILED};
use crate::face::Face;
use crate::{cli, interrupt};

/// What can be typed after `goals`.
#[derive(Args, Debug)]
#[command(
    help_template = cli::TEMPLATE,
    before_help = "\
Examples:
  mixkeel goals \"My Song-mix\"        # each goal of the session: pass or fail
  mixkeel goals \"My Song-mix\" --add \"the vocal is clearly audible on laptop\"
  mixkeel goals \"My Song-mix\" --goal \"the chorus is twice as wide as the verse\"

Exit code 4 when a goal fails, so that a script can hold a mix to its goals."
)]
pub struct Goals {
    /// A session file, or the folder that holds it
    #[arg(value_name = "SESSION")]
    session: PathBuf,
    /// Write a goal into the session first; may be given several times
    #[arg(long, value_name = "WORDS")]
    add: Vec<String>,
    /// Measure this goal too, without writing it down; may be given several times
    #[arg(long = "goal", value_name = "WORDS")]
    goals: Vec<String>,
}

impl Goals {
    /// Measures.
    ///
    /// # Errors
    /// What the library says.
    pub fn run(&self, face: &Face) -> Result<Answer, Error> {
        interrupt::listen();
        if !self.add.is_empty() {
            mixkeel::goals::add(&self.session, &self.add)?;
        }
        let report = mixkeel::goals::goals(&self.session, &self.goals, face)?;
        let exit = if report.passes { 0 } else { CHECKS_FAILED };
        Ok(Answer::new(&report, &report.lines())?.data().exit(exit))
    }
}
