//! `mixkeel demo`: a song made by the program itself, mixed.

use std::path::PathBuf;

use clap::Args;
use mixkeel::Error;

use crate::answer::Answer;
use crate::face::Face;
use crate::{cli, interrupt};

/// What can be typed after `demo`.
#[derive(Args, Debug)]
#[command(
    help_template = cli::TEMPLATE,
    before_help = "\
Examples:
  mixkeel demo               # writes mixkeel-demo and mixkeel-demo-mix here
  mixkeel demo \"Test Song\"   # writes it under this name"
)]
pub struct Demo {
    /// The folder of the song, whose mix lies beside it [default: mixkeel-demo]
    #[arg(value_name = "DIR")]
    dir: Option<PathBuf>,
}

impl Demo {
    /// Writes the song and mixes it.
    ///
    /// # Errors
    /// What the library says.
    pub fn run(&self, face: &Face) -> Result<Answer, Error> {
        interrupt::listen();
        let outcome = mixkeel::demo_song::demo(self.dir.as_deref(), face)?;
        Answer::new(&outcome, &outcome.summary())
    }
}
