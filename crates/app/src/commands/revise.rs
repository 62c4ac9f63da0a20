//! `mixkeel revise`: a note as people give it becomes the next version.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use mixkeel::solve::SolveOptions;
use mixkeel::song::cache::Cache;
use mixkeel::{Error, ErrorKind};

use crate::answer::Answer;
use crate::face::Face;
use crate::{cli, interrupt, values};

/// A part of the notes was not understood or could not be done (DESIGN §6).
const PART_FAILED: u8 = 5;

/// What can be typed after `revise`.
#[derive(Args, Debug)]
#[command(
    help_template = cli::TEMPLATE,
    before_help = "\
Examples:
  mixkeel revise \"My Song-mix\" \"vocal up a touch in verse 2\"
  mixkeel revise \"My Song-mix\" \"less reverb on the snare, guitars too harsh\"
  mixkeel revise \"My Song-mix\" \"can't hear the bass on my phone\" --dry-run
  mixkeel revise \"My Song-mix\" --undo

Exit code 5 when a part of the notes was not understood or could not be done."
)]
pub struct Revise {
    /// A session file, or the folder that holds it
    #[arg(value_name = "SESSION")]
    session: PathBuf,
    /// What is to be different, in plain words
    #[arg(value_name = "NOTE", required_unless_present = "undo")]
    note: Option<String>,
    /// Take the newest version back: the one before it becomes the next
    #[arg(long, conflicts_with_all = ["note", "dry_run"])]
    undo: bool,
    /// Say what would be turned, and write nothing
    #[arg(long)]
    dry_run: bool,
    /// Begin no further round after so long, such as 90 or 2:30
    #[arg(long, value_name = "TIME", value_parser = values::seconds)]
    time_limit: Option<f64>,
}

impl Revise {
    /// Revises.
    ///
    /// # Errors
    /// What the library says.
    pub fn run(&self, face: &Face) -> Result<Answer, Error> {
        interrupt::listen();
        let cache = Cache::of_user();
        if self.undo {
            let report = mixkeel::solve::undo(&self.session, &cache, face)?;
            return Answer::new(&report, &report.lines());
        }
        let Some(note) = &self.note else {
            return Err(Error::new(ErrorKind::Usage, "there is no note"));
        };
        let options = SolveOptions {
            dry_run: self.dry_run,
            time_limit: self.time_limit.map(|seconds| Duration::from_secs_f64(seconds.clamp(0.0, 1e6))),
            cache,
            ..SolveOptions::default()
        };
        let report = mixkeel::revise::revise(&self.session, note, &options, face)?;
        let exit = if report.is_done() { 0 } else { PART_FAILED };
        Ok(Answer::new(&report, &report.lines())?.exit(exit))
    }
}
