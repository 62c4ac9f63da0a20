//! What the reader of one container hands over: facts, notes, and the stream of samples.

use super::stream::Stream;
use super::text::Notes;

/// An opened file before folding.
pub(crate) struct Sound {
    pub container: &'static str,
    pub codec: String,
    pub rate_hz: u32,
    pub channels: u16,
    pub bits: Option<u16>,
    pub float: bool,
    pub length_frames: Option<u64>,
    pub notes: Notes,
    pub stream: Box<dyn Stream>,
}
