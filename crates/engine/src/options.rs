//! What part of a session is played, in blocks of what size, and what may be listened to on the way.

use crate::player::CHUNK_FRAMES;

/// How to play.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Options {
    /// The longest run of frames that a processor is given at once, from 32 to
    /// [`MAX_BLOCK_FRAMES`](mixkeel_dsp::MAX_BLOCK_FRAMES). Never heard.
    pub block_frames: usize,
    /// The longest run of frames that all strips play before they meet, from 1 to [`CHUNK_FRAMES`]. Never heard.
    pub chunk_frames: usize,
    /// The first session frame wanted.
    pub from: u64,
    /// The session frame to stop ahead of; `None` plays until the last tail has rung out. Past the end is silence.
    pub to: Option<u64>,
    /// Begin at most so many frames ahead of `from`, however much longer processors remember. What is played is then no
    /// longer exactly the slice of the whole: good to measure by, not to deliver.
    pub preroll: Option<u64>,
    /// Where `to` is not said: end when the mix, headroom apart, has fallen under [`HEARD_DBFS`] for good, instead of when the last
    /// processor has nothing left to give. Never before the recordings end, and with any headroom at the same frame.
    pub while_heard: bool,
    /// What else is wanted beside mix and stems.
    pub taps: Taps,
}

/// Under this level, in dBFS, nothing of a tail is heard: the smallest step of 16 bits, which a room at its quietest still covers
/// where full scale is as loud as music is ever played.
pub const HEARD_DBFS: f64 = -90.3;

impl Default for Options {
    /// The whole song, in blocks of 512 frames: long enough that a call costs nothing, short enough that a block and a
    /// processor's state lie in the first-level cache together.
    fn default() -> Self {
        Self {
            block_frames: 512,
            chunk_frames: CHUNK_FRAMES,
            from: 0,
            to: None,
            preroll: None,
            while_heard: false,
            taps: Taps::default(),
        }
    }
}

/// What may be listened to on the way. Stems always; the rest costs the playing of strips that nobody else hears.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Taps {
    /// Every strip after its fader: [`Chunk::post_fader`](crate::Chunk::post_fader).
    pub post_fader: bool,
    /// Every strip after its inserts, ahead of fader and mute: [`Chunk::post_inserts`](crate::Chunk::post_inserts).
    pub post_inserts: bool,
    /// What every bus and return is given, ahead of its inserts: [`Chunk::sum`](crate::Chunk::sum).
    pub sums: bool,
}

impl Taps {
    /// Whether every strip has to be played, heard in the mix or not.
    pub(crate) fn any(self) -> bool {
        self.post_fader || self.post_inserts || self.sums
    }
}
