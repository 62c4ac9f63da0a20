//! `mixkeel goals`: whether a session does what is wanted of it.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use mixkeel::Error;
use mixkeel::solve::SolveOptions;
use mixkeel::song::cache::Cache;

use crate::answer::{Answer, CHECKS_FAILED};
use crate::face::Face;
use crate::{cli, interrupt, values};

/// What can be typed after `goals`.
#[derive(Args, Debug)]
#[command(
    help_template = cli::TEMPLATE,
    before_help = "\
Examples:
  mixkeel goals \"My Song-mix\"        # each goal of the session: pass or fail
  mixkeel goals \"My Song-mix\" --add \"the vocal is clearly audible on laptop\"
  mixkeel goals \"My Song-mix\" --goal \"the chorus is twice as wide as the verse\"
  mixkeel goals \"My Song-mix\" --solve   # changes as little as can be heard

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
    /// Write this record into the session, for goals to compare with: "balanced like the reference"; may be given several times
    #[arg(long, value_name = "FILE")]
    reference: Vec<PathBuf>,
    /// Change the session so that its goals pass, as little as can be heard, and write the next version
    #[arg(long)]
    solve: bool,
    /// With --solve: say what would be turned, and write nothing
    #[arg(long, requires = "solve")]
    dry_run: bool,
    /// With --solve: the most rounds of search and render
    #[arg(long, value_name = "N", requires = "solve", default_value_t = 4)]
    rounds: usize,
    /// With --solve: begin no further round after so long, such as 90 or 2:30
    #[arg(long, value_name = "TIME", requires = "solve", value_parser = values::seconds)]
    time_limit: Option<f64>,
}

impl Goals {
    /// Measures.
    ///
    /// # Errors
    /// What the library says.
    pub fn run(&self, face: &Face) -> Result<Answer, Error> {
        interrupt::listen();
        if !self.add.is_empty() || !self.reference.is_empty() {
            mixkeel::goals::add(&self.session, &self.add, &self.reference)?;
        }
        if self.solve {
            let options = SolveOptions {
                goals: self.goals.clone(),
                rounds: self.rounds,
                time_limit: self.time_limit.map(|seconds| Duration::from_secs_f64(seconds.clamp(0.0, 1e6))),
                dry_run: self.dry_run,
                cache: Cache::of_user(),
            };
            let report = mixkeel::solve::solve(&self.session, &options, face)?;
            let exit = if report.passes { 0 } else { CHECKS_FAILED };
            return Ok(Answer::new(&report, &report.lines())?.data().exit(exit));
        }
        let report = mixkeel::goals::goals(&self.session, &self.goals, &Cache::of_user(), face)?;
        let exit = if report.passes { 0 } else { CHECKS_FAILED };
        Ok(Answer::new(&report, &report.lines())?.data().exit(exit))
    }
}
