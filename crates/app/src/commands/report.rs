//! `mixkeel report`: the page of a session or a file, and the same facts for programs.

use std::path::PathBuf;

use clap::Args;
use mixkeel::Error;
use mixkeel::page::Embed;
use mixkeel::page::make::PageOptions;
use mixkeel::song::cache::Cache;

use crate::answer::Answer;
use crate::face::Face;
use crate::{cli, interrupt, values};

/// What can be typed after `report`.
#[derive(Args, Debug)]
#[command(
    help_template = cli::TEMPLATE,
    before_help = "\
Examples:
  mixkeel report \"My Song-mix\"                 # report.html and .json in it
  mixkeel report mix.wav                       # mix-report.html and .json here
  mixkeel report mix.wav --reference record.flac
  mixkeel report \"My Song-mix\" --embed full    # with the whole song in it"
)]
pub struct Report {
    /// A session, the folder of a mix, or a file of sound
    #[arg(value_name = "WHAT")]
    what: PathBuf,
    /// Where the page goes, the JSON beside it [default: beside the session; for a file FILE-report.html here]
    #[arg(long, short, value_name = "FILE")]
    out: Option<PathBuf>,
    /// How much sound to put into the page
    #[arg(long, default_value = "loops", value_parser = values::one_of::<Embed>(&["loops", "full", "none"]))]
    embed: Embed,
    /// Finished records to compare with, the first also to listen to; several may follow
    #[arg(long, value_name = "FILE", num_args = 1..)]
    reference: Vec<PathBuf>,
}

impl Report {
    /// Makes the page.
    ///
    /// # Errors
    /// What the library says.
    pub fn run(&self, face: &Face) -> Result<Answer, Error> {
        interrupt::listen();
        let options = PageOptions {
            out: self.out.clone(),
            embed: self.embed,
            references: self.reference.clone(),
            cache: Cache::of_user(),
        };
        let outcome = mixkeel::page::make::make(&self.what, &options, face)?;
        Answer::new(&outcome, &outcome.summary())
    }
}
