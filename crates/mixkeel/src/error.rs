//! What went wrong, where, why, and what to do: one shape for every failure a user can meet.

use std::fmt;
use std::path::{Path, PathBuf};

/// What a failure means for whoever called; each kind is one exit code of the command line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorKind {
    /// A fault of ours.
    Internal,
    /// The request itself cannot be right.
    Usage,
    /// Something given cannot be read.
    Unreadable,
    /// Something is in the way of the output.
    OutputExists,
    /// The output cannot be written: no room, no permission.
    Unwritable,
    /// The caller asked to stop.
    Interrupted,
}

impl ErrorKind {
    /// The exit code of the command line (DESIGN §6).
    pub fn exit_code(self) -> u8 {
        match self {
            ErrorKind::Internal | ErrorKind::Unwritable => 1,
            ErrorKind::Usage => 2,
            ErrorKind::Unreadable => 3,
            ErrorKind::OutputExists => 6,
            ErrorKind::Interrupted => 130,
        }
    }

    /// The word in `--json` and `--events`.
    pub fn word(self) -> &'static str {
        match self {
            ErrorKind::Internal => "internal",
            ErrorKind::Usage => "usage",
            ErrorKind::Unreadable => "unreadable",
            ErrorKind::OutputExists => "output-exists",
            ErrorKind::Unwritable => "unwritable",
            ErrorKind::Interrupted => "interrupted",
        }
    }
}

/// A failure in words that stand alone: what, where, why, and what to do next.
#[derive(Clone, Debug, PartialEq)]
pub struct Error {
    /// What it means for the caller.
    pub kind: ErrorKind,
    /// What could not be done: `can't read "Lead Vox.wav"`.
    pub what: String,
    /// The file or folder concerned.
    pub path: Option<PathBuf>,
    /// Why, one line each. Several where several things are wrong at once.
    pub why: Vec<String>,
    /// What to do next, one line each, most useful first.
    pub hints: Vec<String>,
}

impl Error {
    /// A failure with nothing but a statement.
    pub fn new(kind: ErrorKind, what: impl Into<String>) -> Self {
        Self { kind, what: what.into(), path: None, why: Vec::new(), hints: Vec::new() }
    }

    /// The file or folder concerned.
    #[must_use]
    pub fn at(mut self, path: &Path) -> Self {
        self.path = Some(path.to_path_buf());
        self
    }

    /// One more reason.
    #[must_use]
    pub fn because(mut self, why: impl Into<String>) -> Self {
        self.why.push(why.into());
        self
    }

    /// One more way out.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hints.push(hint.into());
        self
    }

    /// Several failures to read as one.
    pub fn together(mut errors: Vec<Self>) -> Self {
        if errors.len() == 1 || errors.iter().any(|error| error.kind == ErrorKind::Interrupted) {
            return errors.swap_remove(0);
        }
        let whole = Self::new(ErrorKind::Unreadable, format!("can't read {} recordings", errors.len()));
        errors.iter().fold(whole, |whole, error| {
            let file = error.path.as_deref().map(|path| path.display().to_string()).unwrap_or_default();
            whole.because(format!("{file}: {}", error.why.join("; ")))
        })
    }

    /// The caller asked to stop.
    pub fn interrupted() -> Self {
        Self::new(ErrorKind::Interrupted, "stopped before the end")
            .because("what was half written has been removed; nothing else was changed")
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.what)?;
        if let Some(path) = &self.path {
            write!(f, "\n  in {}", path.display())?;
        }
        for why in &self.why {
            write!(f, "\n  {why}")?;
        }
        for hint in &self.hints {
            write!(f, "\n  → {hint}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Error {}

impl From<mixkeel_io::write::WriteError> for Error {
    fn from(error: mixkeel_io::write::WriteError) -> Self {
        Self::new(ErrorKind::Unwritable, "can't write")
            .at(error.path())
            .because(error.why())
            .hint(error.remedy())
    }
}

impl From<mixkeel_io::read::ReadError> for Error {
    fn from(error: mixkeel_io::read::ReadError) -> Self {
        Self::new(ErrorKind::Unreadable, error.what).at(&error.path).because(error.why).hint(error.do_)
    }
}
