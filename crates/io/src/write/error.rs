//! What went wrong when something was written: what, where, why, and what to do about it.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

/// The sort of a [`WriteError`], for programs that act on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The disk, or the quota on it, is full.
    NoSpace,
    /// The folder, the file or the file system may not be written.
    ReadOnly,
    /// The folder to write into is not there.
    NoFolder,
    /// Something that is not a plain file bears the name already.
    Exists,
    /// What was written could not be read back equal to what was meant.
    VerifyFailed,
    /// No such file can be written: the word length, rate or channels do not fit the format or the sound.
    UnsupportedCombination,
    /// Any other refusal of the operating system.
    Io,
}

/// Why a file could not be written. The file that bore the name before, if any, is untouched.
#[derive(Debug)]
pub struct WriteError {
    kind: Kind,
    path: PathBuf,
    why: String,
    remedy: &'static str,
    source: Option<io::Error>,
}

impl WriteError {
    /// The sort of error.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// The file that was to be written.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// What was being done and what stood in the way, in words.
    pub fn why(&self) -> &str {
        &self.why
    }

    /// What to do about it, in words.
    pub fn remedy(&self) -> &str {
        self.remedy
    }

    pub(crate) fn new(kind: Kind, path: &Path, why: impl Into<String>, remedy: &'static str) -> Self {
        Self { kind, path: path.to_owned(), why: why.into(), remedy, source: None }
    }

    /// An error of the operating system met while doing what `step` says ("writing", "renaming").
    pub(crate) fn system(path: &Path, step: &str, source: io::Error) -> Self {
        use io::ErrorKind as E;
        let (kind, remedy) = match source.kind() {
            E::StorageFull | E::QuotaExceeded | E::FileTooLarge => (
                Kind::NoSpace,
                "Free some space or choose another disk; the old file, if any, is still whole.",
            ),
            E::ReadOnlyFilesystem | E::PermissionDenied => {
                (Kind::ReadOnly, "Choose a folder you may write to, or change its permissions.")
            }
            E::NotFound | E::NotADirectory => (Kind::NoFolder, "Make the folder first, or correct its name."),
            _ => (Kind::Io, "Try again, or choose another disk; the old file, if any, is still whole."),
        };
        Self { kind, path: path.to_owned(), why: format!("{step}: {source}"), remedy, source: Some(source) }
    }
}

impl fmt::Display for WriteError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "cannot write {}: {}. {}", self.path.display(), self.why, self.remedy)
    }
}

impl std::error::Error for WriteError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.source.as_ref().map(|source| source as _)
    }
}
