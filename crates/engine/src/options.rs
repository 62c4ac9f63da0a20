//! What part of a session is played, in blocks of what size, and what may be listened to on the way.

/// How to play.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Options {
    /// The longest run of frames that a processor is given at once, from 32 to
    /// [`MAX_BLOCK_FRAMES`](mixkeel_dsp::MAX_BLOCK_FRAMES). Never heard.
    pub block_frames: usize,
    /// The first session frame wanted.
    pub from: u64,
    /// The session frame to stop ahead of; `None` plays until the last tail has rung out. Past the end is silence.
    pub to: Option<u64>,
    /// What else is wanted beside mix and stems.
    pub taps: Taps,
}

impl Default for Options {
    /// The whole song, in blocks of 512 frames: long enough that a call costs nothing, short enough that a block and a
    /// processor's state lie in the first-level cache together.
    fn default() -> Self {
        Self { block_frames: 512, from: 0, to: None, taps: Taps::default() }
    }
}

/// What may be listened to on the way. Stems always; the rest costs the playing of strips that nobody else hears.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Taps {
    /// Every strip after its fader: [`Chunk::post_fader`](crate::Chunk::post_fader).
    pub post_fader: bool,
    /// Every strip after its inserts, ahead of fader and mute: [`Chunk::post_inserts`](crate::Chunk::post_inserts).
    pub post_inserts: bool,
}

impl Taps {
    /// Whether every strip has to be played, heard in the mix or not.
    pub(crate) fn any(self) -> bool {
        self.post_fader || self.post_inserts
    }
}
