//! What a command answers, and how it reaches stdout.

use std::io::{self, ErrorKind as IoErrorKind, Write};
use std::process::ExitCode;

use mixkeel::{Error, ErrorKind};
use serde::Serialize;

use crate::cli::Everywhere;
use crate::failure;

/// The exit code of a gate that did not pass (DESIGN §6).
pub const CHECKS_FAILED: u8 = 4;

/// What a command answers.
#[derive(Debug)]
pub struct Answer {
    document: String,
    text: String,
    is_data: bool,
    exit: u8,
    failures: Vec<Error>,
}

impl Answer {
    /// A result: a document for `--json`, a few lines for people.
    ///
    /// # Errors
    /// When the document cannot be written as JSON, which is a fault of ours.
    pub fn new(document: &impl Serialize, lines: &[String]) -> Result<Self, Error> {
        let document = serde_json::to_string_pretty(document).map_err(|error| {
            Error::new(ErrorKind::Internal, "the result could not be written as JSON")
                .because(error.to_string())
        })?;
        let text = lines.iter().map(|line| format!("{line}\n")).collect();
        Ok(Self { document: document + "\n", text, is_data: false, exit: 0, failures: Vec::new() })
    }

    /// The text is what was asked for, so that `--quiet` does not swallow it.
    #[must_use]
    pub fn data(mut self) -> Self {
        self.is_data = true;
        self
    }

    /// Ends the program with this code.
    #[must_use]
    pub fn exit(mut self, exit: u8) -> Self {
        self.exit = exit;
        self
    }

    /// Parts of the work failed: each is told on stderr, and the program ends with the code of the first.
    #[must_use]
    pub fn with_failures(mut self, failures: Vec<Error>) -> Self {
        if let Some(first) = failures.first() {
            self.exit = first.kind.exit_code();
        }
        self.failures = failures;
        self
    }

    /// Writes the answer to stdout, what failed to stderr, and says with which code to end.
    pub fn print(&self, how: &Everywhere) -> ExitCode {
        let text = match how {
            Everywhere { json: true, .. } => self.document.as_str(),
            Everywhere { quiet: true, .. } if !self.is_data => "",
            _ => self.text.as_str(),
        };
        for failure in &self.failures {
            failure::tell(failure, how);
        }
        match to_stdout(text) {
            Ok(()) => ExitCode::from(self.exit),
            Err(error) => failure::print(&unwritable(&error), how),
        }
    }
}

/// Writes a text to stdout as the whole of an answer.
pub fn print_text(text: &str) -> ExitCode {
    match to_stdout(text) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => failure::print(&unwritable(&error), &Everywhere::default()),
    }
}

/// Writes to stdout. A reader that has gone away (`mixkeel … | head`) has what it wanted.
///
/// # Errors
/// When stdout cannot take it for any other reason, such as a full disk.
pub fn to_stdout(text: &str) -> io::Result<()> {
    let mut stdout = io::stdout().lock();
    match stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()) {
        Err(error) if error.kind() == IoErrorKind::BrokenPipe => Ok(()),
        other => other,
    }
}

fn unwritable(error: &io::Error) -> Error {
    Error::new(ErrorKind::Unwritable, "can't write to stdout")
        .because(error.to_string())
        .because("the work itself was done")
        .hint("give stdout a place with room, or none: --quiet")
}
