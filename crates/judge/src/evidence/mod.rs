//! Evidence: everything measured about one render, as plain data: the whole song, by section, by track and bus, by
//! playback system. A stereo file has the same, without tracks.

mod covering;
mod faults;
mod file;
mod gathered;
mod meters;
mod section;
mod sound;
mod strip;
mod through;

use mixkeel_analysis::masking::MaskingReport;
use serde::{Deserialize, Serialize};

pub use covering::{PlaybackEvidence, PlaybackStrip};
pub use faults::{Clipping, Fault, Faults, Sureness};
pub use file::{File, ReadingProblem};
pub use gathered::{Gathered, StripInfo};
pub use meters::{Listener, SoundMeter};
pub use section::SectionEvidence;
pub use sound::Sound;
pub(crate) use strip::share_of_band;
pub use strip::{BANDS, SendLevel, Strip, StripKind, StripMeter, StripReading, StripSection};

/// Everything measured about one render or one file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Evidence {
    /// What was heard, whole.
    pub sound: Sound,
    /// How it was stored. `None` for a render that was not read from a file.
    pub file: Option<File>,
    /// The sections that the session names, in order of time; none where nobody has named any.
    pub sections: Vec<SectionEvidence>,
    /// Every track that sounds, after its fader and pan, in the order of ids. None for a file.
    pub tracks: Vec<Strip>,
    /// Every bus and return that sounds, after its fader, in the order of ids. None for a file.
    pub buses: Vec<Strip>,
    /// Who covers whom among the tracks, on the reference system; spans are the sections, where they leave no gap the
    /// same in number and order (see [`SectionEvidence::masking_span`]). `None` for a file.
    pub masking: Option<MaskingReport>,
    /// Seconds from frame to frame of [`masking`](Evidence::masking): a tenth of a second, or more in a long song.
    pub masking_step_s: f64,
    /// What is left on each playback system.
    pub playback: Vec<PlaybackEvidence>,
}

impl Evidence {
    /// The track with this id.
    pub fn track(&self, id: &str) -> Option<&Strip> {
        self.tracks.iter().find(|strip| strip.id == id)
    }

    /// Length in seconds.
    pub fn length_s(&self) -> f64 {
        self.sound.length_s()
    }
}
