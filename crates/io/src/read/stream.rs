//! What every decoder does: give the next frames, go to a frame.

use super::error::Fault;
use super::info::Log;

/// Sound that comes out of one file, planar, all its channels.
pub(crate) trait Stream: Send {
    /// Fills equally long planes, one a file channel, as far as the sound goes; gives the frames written, 0 at the end.
    fn read(&mut self, out: &mut [&mut [f32]], log: &mut Log) -> Result<usize, Fault>;

    /// Goes to a frame, exactly, or to the end if it lies behind it; gives the frame it went to.
    fn seek(&mut self, frame: u64, log: &mut Log) -> Result<u64, Fault>;

    /// Gives up checking the whole against a checksum, where that costs time.
    fn forgo_checksum(&mut self) {}
}
