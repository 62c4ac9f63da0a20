//! What harmony is heard from: the partials of every track, and what kind of track it is.

use crate::music::{Music, Partial};

/// What a track can tell about harmony.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Sounds {
    /// The bass: its notes are what a chord stands on.
    Bass,
    /// Drums: nothing. Noises need not be known: what does not lie on semitones does not count.
    Unpitched,
    /// Everything else, whole mixes too.
    #[default]
    Other,
}

/// One track, or the sum of all, as harmony is heard from it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PitchedTrack {
    pub(crate) sounds: Sounds,
    /// Where its first cell begins in the song, in seconds.
    pub(crate) starts_s: f64,
    /// The partials of every 100 ms.
    pub(crate) cells: Vec<Vec<Partial>>,
}

impl PitchedTrack {
    /// A measured track that begins at this time of the song.
    pub fn of(music: &Music, sounds: Sounds, starts_s: f64) -> Self {
        let starts_s = if starts_s.is_finite() { starts_s } else { 0.0 };
        let cells = if sounds == Sounds::Unpitched { Vec::new() } else { music.partials() };
        Self { sounds, starts_s, cells }
    }
}
