//! Why a file could not be read: what, where, why, and what to do about it.

use std::path::{Path, PathBuf};

/// A file that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{what} '{}': {why}. {do_}", path.display())]
pub struct ReadError {
    /// What was tried, such as `cannot open`.
    pub what: &'static str,
    /// The file.
    pub path: PathBuf,
    /// The reason, without a full stop.
    pub why: String,
    /// What the owner of the file can do, a sentence.
    pub do_: String,
    /// The reason for programs.
    pub kind: ReadErrorKind,
}

/// Reasons a program may want to tell apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ReadErrorKind {
    /// There is no such file.
    Missing,
    /// The file may not be read by this user, or is no regular file.
    NotReadable,
    /// The file has no bytes.
    Empty,
    /// The bytes are no sound we know.
    NotAudio,
    /// A known kind of sound that is not read here.
    Unsupported,
    /// A file of a known kind, damaged beyond use.
    Corrupt,
    /// More than two channels and no permission to fold them; the number of channels.
    TooManyChannels(u16),
    /// The sample rate is outside what can be real.
    Rate,
    /// The disk failed.
    Io,
    /// The file is locked by copy protection.
    Drm,
    /// The caller's block or rate does not fit the file.
    Misuse,
}

/// An error before it knows its file.
#[derive(Clone, Debug)]
pub(crate) struct Fault {
    pub kind: ReadErrorKind,
    pub why: String,
    pub do_: String,
}

impl Fault {
    pub fn new(kind: ReadErrorKind, why: impl Into<String>, do_: impl Into<String>) -> Self {
        Self { kind, why: why.into(), do_: do_.into() }
    }

    /// A damaged file.
    pub fn corrupt(why: impl Into<String>) -> Self {
        Self::new(ReadErrorKind::Corrupt, why, "Export or copy it again from where it came")
    }

    /// A kind of sound that is not read here.
    pub fn unsupported(why: impl Into<String>) -> Self {
        Self::new(ReadErrorKind::Unsupported, why, "Convert it to WAV or FLAC first")
    }

    /// Gives the error its file.
    pub fn at(self, what: &'static str, path: &Path) -> ReadError {
        ReadError { what, path: path.to_owned(), why: self.why, do_: self.do_, kind: self.kind }
    }
}

impl From<std::io::Error> for Fault {
    fn from(error: std::io::Error) -> Self {
        use std::io::ErrorKind as E;
        match error.kind() {
            E::NotFound => {
                Self::new(ReadErrorKind::Missing, "there is no such file", "Check the name and the folder")
            }
            E::PermissionDenied => Self::new(
                ReadErrorKind::NotReadable,
                "permission denied",
                "Give yourself the right to read it",
            ),
            E::UnexpectedEof => Self::corrupt("the file ends in the middle of its header"),
            _ => Self::new(ReadErrorKind::Io, error.to_string(), "Check the disk and try again"),
        }
    }
}
