//! `mixkeel explain`: why a session is as it is.

use std::path::PathBuf;

use clap::Args;
use mixkeel::Error;

use crate::answer::Answer;
use crate::cli;

/// What can be typed after `explain`.
#[derive(Args, Debug)]
#[command(
    help_template = cli::TEMPLATE,
    before_help = "\
Examples:
  mixkeel explain \"My Song-mix\"                   # every decision
  mixkeel explain \"My Song-mix\" \"Lead Vox\"        # those about one track
  mixkeel explain \"My Song-mix\" lead-vox balance  # its level
  mixkeel explain \"My Song-mix\" master            # the headroom"
)]
pub struct Explain {
    /// A session file, or the folder that holds it
    #[arg(value_name = "SESSION")]
    session: PathBuf,
    /// A track, bus or return, by id or name; or master
    #[arg(value_name = "TRACK")]
    strip: Option<String>,
    /// An insert, a parameter, or the family of a rule: eq, fader_db, balance
    #[arg(value_name = "WHAT")]
    what: Option<String>,
}

impl Explain {
    /// Explains.
    ///
    /// # Errors
    /// What the library says.
    pub fn run(&self) -> Result<Answer, Error> {
        let explanation =
            mixkeel::explain::explain(&self.session, self.strip.as_deref(), self.what.as_deref())?;
        Ok(Answer::new(&explanation, &explanation.lines())?.data())
    }
}
