//! `mixkeel completions`: a script that teaches a shell our words.

use clap::Args;
use clap_complete::Shell;
use mixkeel::Error;
use serde_json::json;

use crate::answer::Answer;
use crate::cli;

/// What can be typed after `completions`.
#[derive(Args, Debug)]
#[command(
    help_template = cli::TEMPLATE,
    before_help = "\
Examples:
  mixkeel completions bash         # put it where your shell looks for such files
  mixkeel completions powershell"
)]
pub struct Completions {
    /// Which shell
    #[arg(value_name = "SHELL")]
    shell: Shell,
}

impl Completions {
    /// Writes the script.
    ///
    /// # Errors
    /// When it cannot be written as JSON.
    pub fn run(&self) -> Result<Answer, Error> {
        let mut script = Vec::new();
        clap_complete::generate(self.shell, &mut cli::command(), "mixkeel", &mut script);
        let script = String::from_utf8_lossy(&script).trim_end().to_owned();
        let document =
            json!({ "schema": "mixkeel/completions/1", "shell": self.shell.to_string(), "script": script });
        Ok(Answer::new(&document, &[script])?.data())
    }
}
