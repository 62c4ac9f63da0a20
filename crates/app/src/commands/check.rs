//! `mixkeel check`: is it ready for what comes next?

use std::path::PathBuf;

use clap::Args;
use mixkeel::check::CheckOptions;
use mixkeel::song::cache::Cache;
use mixkeel::{Destination, Error};

use crate::answer::{Answer, CHECKS_FAILED};
use crate::face::Face;
use crate::{cli, interrupt, values};

/// What can be typed after `check`.
#[derive(Args, Debug)]
#[command(
    help_template = cli::TEMPLATE,
    before_help = "\
Examples:
  mixkeel check \"My Song-mix\"             # a mix of ours, by track
  mixkeel check take.wav                  # any file of sound
  mixkeel check take.wav --for release    # as a master
  mixkeel check \"My Song\" --for mixing    # a folder of tracks as it came
  mixkeel check \"My Song-mix\" --reference take.wav",
    after_help = "Ends with 4 when something cannot be undone later."
)]
pub struct Check {
    /// A file of sound, a session, the folder of a mix, or a folder of tracks
    #[arg(value_name = "FILE|SONG|SESSION|OUT")]
    what: PathBuf,
    /// What comes next [default: mastering; of a folder of tracks: mixing]
    #[arg(
        long = "for",
        value_name = "NEXT",
        value_parser = values::one_of::<Destination>(&["mastering", "release", "mixing"])
    )]
    destination: Option<Destination>,
    /// Records to compare with; several may follow
    #[arg(long, value_name = "FILE", num_args = 1..)]
    reference: Vec<PathBuf>,
}

impl Check {
    /// Checks.
    ///
    /// # Errors
    /// What the library says.
    pub fn run(&self, face: &Face) -> Result<Answer, Error> {
        interrupt::listen();
        let options = CheckOptions {
            destination: self.destination,
            references: self.reference.clone(),
            cache: Cache::of_user(),
        };
        let outcome = mixkeel::check::check(&self.what, &options, face)?;
        let answer = Answer::new(&outcome.report, &outcome.summary())?;
        let answer = if outcome.passes() { answer } else { answer.exit(CHECKS_FAILED) };
        Ok(answer.with_failures(outcome.failures))
    }
}
