//! The memory of a whole render at one frame, from which another can go on with the same bits.

use mixkeel_dsp::processor::State;
use mixkeel_session::session::Id;

use crate::options::Taps;

/// The memory of every processor and of every delay line between two chunks. Good for the graph that it was made from;
/// recordings are not part of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Checkpoint {
    pub(crate) stream: i64,
    pub(crate) frame: u64,
    pub(crate) rate_hz: u32,
    pub(crate) taps: Taps,
    pub(crate) strips: Vec<(Id, Vec<State>)>,
    pub(crate) master: Vec<State>,
}

impl Checkpoint {
    /// The first session frame that a render resumed from here can give.
    pub fn frame(&self) -> u64 {
        self.frame
    }

    /// Whether it was made by a player of the same strips.
    pub(crate) fn fits(&self, other: &Self) -> bool {
        let shape = |checkpoint: &Self| -> Vec<usize> {
            checkpoint.strips.iter().map(|(_, states)| states.len()).collect()
        };
        self.rate_hz == other.rate_hz
            && self.taps == other.taps
            && self.strips.iter().map(|(id, _)| id).eq(other.strips.iter().map(|(id, _)| id))
            && shape(self) == shape(other)
            && self.master.len() == other.master.len()
    }
}
