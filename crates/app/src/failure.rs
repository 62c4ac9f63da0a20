//! Failures as the user meets them: what, where, why, what to do; words on stderr, and a document where one was asked for.

use std::ffi::OsString;
use std::io::{self, Write};
use std::process::ExitCode;

use mixkeel::{Error, ErrorKind};
use serde::Serialize;

use crate::answer;
use crate::cli::Everywhere;
use crate::shortcut;

/// A failure as a document: `mixkeel/error/1`.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct ErrorDocument {
    /// Always `mixkeel/error/1`.
    pub schema: &'static str,
    /// What went wrong.
    pub error: ErrorBody,
}

/// What went wrong, where, why, and what to do.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct ErrorBody {
    /// What it means for the caller: `internal`, `usage`, `unreadable`, `output-exists`, `unwritable` or `interrupted`.
    pub id: &'static str,
    /// What could not be done.
    pub message: String,
    /// The file or folder concerned.
    pub path: Option<String>,
    /// Why, one reason each.
    pub why: Vec<String>,
    /// What to do next, most useful first.
    #[serde(rename = "do")]
    pub hints: Vec<String>,
}

impl ErrorBody {
    fn of(error: &Error) -> Self {
        Self {
            id: error.kind.word(),
            message: error.what.clone(),
            path: error.path.as_ref().map(|path| path.to_string_lossy().into_owned()),
            why: error.why.clone(),
            hints: error.hints.clone(),
        }
    }
}

/// The last line of `--events` when the work failed.
#[derive(Serialize)]
struct ErrorEvent {
    ev: &'static str,
    error: ErrorBody,
}

/// Prints a failure and says with which code to end.
pub fn print(error: &Error, how: &Everywhere) -> ExitCode {
    if how.json {
        print_document(error);
    }
    tell(error, how);
    ExitCode::from(error.kind.exit_code())
}

/// Tells of a failure on stderr, as words or as an event.
pub fn tell(error: &Error, how: &Everywhere) {
    if how.events {
        to_stderr(
            &serde_json::to_string(&ErrorEvent { ev: "error", error: ErrorBody::of(error) })
                .unwrap_or_default(),
        );
    } else {
        to_stderr(&words(error));
    }
}

/// A failure for people. A reason of several lines, such as a place in a session file, stays below its first.
fn words(error: &Error) -> String {
    let place = error.path.iter().map(|path| format!("in {}", path.display()));
    let hints = error.hints.iter().map(|hint| format!("→ {hint}"));
    let parts = place.chain(error.why.iter().cloned()).chain(hints);
    let indented = parts.flat_map(|part| part.lines().map(|line| format!("\n  {line}")).collect::<Vec<_>>());
    format!("error: {}{}", error.what, indented.collect::<String>())
}

/// Prints what is wrong with the arguments, or the help that they asked for.
pub fn of_arguments(error: &clap::Error, arguments: &[OsString], json: bool) -> ExitCode {
    if !error.use_stderr() {
        // Help or the version: an answer. Clap decides on colour, as a terminal and NO_COLOR say.
        return match error.print() {
            Err(error) if error.kind() != io::ErrorKind::BrokenPipe => ExitCode::FAILURE,
            _ => ExitCode::SUCCESS,
        };
    }
    if let Some(error) = shortcut::explain(error, arguments) {
        return print(&error, &Everywhere { json, ..Everywhere::default() });
    }
    if json {
        let text = error.render().to_string();
        let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
        let message = lines.next().unwrap_or_default().trim_start_matches("error: ").to_owned();
        let why = lines.filter(|line| !line.starts_with("For more information")).map(str::to_owned).collect();
        let hints = vec!["mixkeel --help".to_owned()];
        print_body(ErrorBody { id: ErrorKind::Usage.word(), message, path: None, why, hints });
    }
    // Where stderr is closed there is nobody to tell.
    let _ = error.print();
    ExitCode::from(ErrorKind::Usage.exit_code())
}

/// One line to stderr. Where stderr is closed there is nobody to tell.
pub fn to_stderr(text: &str) {
    let mut stderr = io::stderr().lock();
    let _ = writeln!(stderr, "{text}").and_then(|()| stderr.flush());
}

/// A failure as a document on stdout.
pub fn print_document(error: &Error) {
    print_body(ErrorBody::of(error));
}

fn print_body(error: ErrorBody) {
    let document = ErrorDocument { schema: "mixkeel/error/1", error };
    let text = serde_json::to_string_pretty(&document).unwrap_or_default() + "\n";
    // A failure that stdout cannot take still goes to stderr.
    let _ = answer::to_stdout(&text);
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    #[test]
    fn a_failure_says_what_where_why_and_what_to_do_each_on_lines_of_its_own() {
        let error = Error::new(ErrorKind::Unreadable, "can't read the session")
            .at(Path::new("session.toml"))
            .because("no key `fader_dp`\n  --> session.toml:3:1")
            .hint("write fader_db");
        assert_eq!(
            words(&error),
            "error: can't read the session\n  in session.toml\n  no key `fader_dp`\n    --> session.toml:3:1\n  → write fader_db"
        );
    }
}
