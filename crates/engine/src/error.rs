//! Why a graph could not be played.

use mixkeel_session::session::Id;

use crate::source::SourceError;

/// Why a graph could not be played.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum EngineError {
    /// A recording could not be opened or read.
    #[error(transparent)]
    Source(#[from] SourceError),
    /// The block size lies outside what processors are made for.
    #[error("blocks have 32 to {max} frames, not {0}", max = mixkeel_dsp::MAX_BLOCK_FRAMES)]
    BlockFrames(usize),
    /// Chunks of no frames, or longer than those who listen have room for.
    #[error("chunks have 1 to {max} frames, not {0}", max = crate::player::CHUNK_FRAMES)]
    ChunkFrames(usize),
    /// A strip hears itself, or one that comes after it, or one that does not exist.
    #[error("`{0}` hears a strip that is not played before it")]
    Order(Id),
    /// A lane moves something that the processor does not have.
    #[error("`{insert}` on `{strip}`: {reason}")]
    Moving {
        /// The strip, or `master`.
        strip: Id,
        /// The insert.
        insert: Id,
        /// What the processor says.
        reason: String,
    },
    /// A checkpoint of another graph, or one that lies after the first frame wanted.
    #[error("this checkpoint {0}")]
    Checkpoint(&'static str),
}
