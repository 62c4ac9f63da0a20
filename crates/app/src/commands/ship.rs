//! `mixkeel ship`: freezes a version and delivers it.

use std::path::PathBuf;

use clap::Args;
use mixkeel::Error;

use crate::answer::Answer;
use crate::face::Face;
use crate::{cli, interrupt};

/// What can be typed after `ship`.
#[derive(Args, Debug)]
#[command(
    help_template = cli::TEMPLATE,
    before_help = "\
Examples:
  mixkeel ship \"My Song-mix\"            # the newest version
  mixkeel ship \"My Song-mix\" 3          # version 3
  mixkeel ship \"My Song-mix\" --reopen   # go on working"
)]
pub struct Ship {
    /// A session file, or the folder that holds it
    #[arg(value_name = "SESSION")]
    session: PathBuf,
    /// Which version; the newest when not said
    #[arg(value_name = "VERSION", value_parser = clap::value_parser!(u32).range(1..))]
    version: Option<u32>,
    /// Let the work go on; what was delivered stays
    #[arg(long, conflicts_with = "version")]
    reopen: bool,
}

impl Ship {
    /// Freezes, or lets go on.
    ///
    /// # Errors
    /// What the library says.
    pub fn run(&self, face: &Face) -> Result<Answer, Error> {
        interrupt::listen();
        if self.reopen {
            let reopened = mixkeel::ship::reopen(&self.session)?;
            return Answer::new(&reopened, &reopened.summary());
        }
        let (shipped, out) = mixkeel::ship::ship(&self.session, self.version, face)?;
        Answer::new(&shipped, &shipped.summary(&out))
    }
}
