//! Where sound comes from: what the engine asks of those who can open a recording.

use mixkeel_dsp::block::{Block, Channels};

/// One opened recording, at the session's rate, read forwards and now and then moved.
pub trait Source: Send {
    /// Channels of every read.
    fn channels(&self) -> Channels;

    /// Moves to a frame, counted from the recording's first. Past the end is allowed and gives nothing to read.
    fn seek(&mut self, frame: u64) -> Result<(), SourceError>;

    /// Fills the beginning of `into` with the next frames and says how many they are; 0 at the end. Samples are finite.
    /// `into` has this source's channels. Fewer frames than asked for do not mean the end.
    fn read(&mut self, into: &mut Block<'_>) -> Result<usize, SourceError>;
}

/// Opens recordings by the path that the session has for them.
pub trait Library: Sync {
    /// A recording at its first frame. May be called from several threads at once.
    fn open(&self, file: &str) -> Result<Box<dyn Source>, SourceError>;
}

/// Why a recording gave no sound, in the words of whoever reads it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}: {file}")]
pub struct SourceError {
    /// What went wrong.
    pub message: String,
    /// The path as the session has it.
    pub file: String,
}
