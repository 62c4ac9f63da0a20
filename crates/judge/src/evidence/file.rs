//! How a sound was stored.

use serde::{Deserialize, Serialize};

/// How a sound was stored, and what had to be put right while reading it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct File {
    /// Its path, as given.
    pub path: String,
    /// `wav`, `flac`, …
    pub container: String,
    /// `pcm`, `flac`, `mp3`, …
    pub codec: String,
    /// Bits of a stored sample. `None` for lossy codings.
    pub bits: Option<u16>,
    /// Whether samples are floating point numbers.
    pub float: bool,
    /// Channels as stored; more than two were folded.
    pub channels: u16,
    /// Samples that were no numbers and count as silence.
    pub nan_samples: u64,
    /// What had to be put right.
    pub problems: Vec<ReadingProblem>,
}

/// Something that had to be put right while reading.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ReadingProblem {
    /// A stable name: `truncated`.
    pub id: String,
    /// In plain words.
    pub message: String,
    /// Where, in seconds.
    pub at_s: Option<f64>,
}

impl File {
    /// Whether the coding leaves things out.
    pub fn lossy(&self) -> bool {
        self.bits.is_none()
    }
}
