//! `mixkeel listen`: what each playback system keeps and loses.

use std::path::PathBuf;

use clap::Args;
use mixkeel::Error;
use mixkeel::listen::ListenOptions;
use mixkeel::song::cache::Cache;

use crate::answer::Answer;
use crate::face::Face;
use crate::{cli, interrupt};

/// What can be typed after `listen`.
#[derive(Args, Debug)]
#[command(
    help_template = cli::TEMPLATE,
    before_help = "\
Examples:
  mixkeel listen \"My Song-mix\"                 # every system, track by track
  mixkeel listen \"My Song-mix\" --on phone,car
  mixkeel listen mix.wav --on laptop --render heard   # files to compare"
)]
pub struct Listen {
    /// A sound file, a session file, or the folder that holds it
    #[arg(value_name = "FILE|SESSION")]
    path: PathBuf,
    /// On these systems: phone, laptop, earbuds, kitchen, tv, car, club …
    #[arg(long, value_name = "SYSTEMS", value_delimiter = ',')]
    on: Vec<String>,
    /// Write what it would sound like into this folder, each file as loud as the others
    #[arg(long, value_name = "FOLDER")]
    render: Option<PathBuf>,
}

impl Listen {
    /// Listens.
    ///
    /// # Errors
    /// What the library says.
    pub fn run(&self, face: &Face) -> Result<Answer, Error> {
        interrupt::listen();
        let options =
            ListenOptions { on: self.on.clone(), render: self.render.clone(), cache: Cache::of_user() };
        let report = mixkeel::listen::listen(&self.path, &options, face)?;
        Ok(Answer::new(&report, &report.lines())?.data())
    }
}
