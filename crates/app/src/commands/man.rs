//! `mixkeel man`: manual pages, one a command.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use clap::Args;
use mixkeel::{Error, ErrorKind};
use serde_json::json;

use crate::answer::Answer;
use crate::{cli, manual};

/// What can be typed after `man`.
#[derive(Args, Debug)]
#[command(
    help_template = cli::TEMPLATE,
    before_help = "\
Examples:
  mixkeel man pages        # writes pages/mixkeel.1, pages/mixkeel-mix.1, ..."
)]
pub struct Man {
    /// The folder to write to; made if it is not there
    #[arg(value_name = "DIR")]
    dir: PathBuf,
}

impl Man {
    /// Writes the pages.
    ///
    /// # Errors
    /// When the folder or a page cannot be written.
    pub fn run(&self) -> Result<Answer, Error> {
        let pages = manual::man_pages().map_err(|error| unwritable(&self.dir, &error))?;
        fs::create_dir_all(&self.dir).map_err(|error| unwritable(&self.dir, &error))?;
        let mut written = Vec::new();
        for (name, page) in pages {
            let path = self.dir.join(name);
            fs::write(&path, page).map_err(|error| unwritable(&path, &error))?;
            written.push(path.display().to_string());
        }
        Answer::new(&json!({ "schema": "mixkeel/man/1", "files": written }), &written)
    }
}

fn unwritable(path: &Path, error: &io::Error) -> Error {
    Error::new(ErrorKind::Unwritable, "can't write the manual pages")
        .at(path)
        .because(error.to_string())
        .hint("choose another folder:  mixkeel man DIR")
}
