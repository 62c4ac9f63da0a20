//! What rhythm is heard from: the onset curves and the chroma of one track, without its name.

use crate::music::{CLASSES, Music, ONSET_BANDS};

/// How often a second chroma is given.
pub(crate) const CHROMA_PER_S: f64 = crate::energy::CELLS_PER_S as f64;

/// One track, or the sum of all, as the rhythm is heard from it. All tracks of a song begin together.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TrackCurves {
    /// Every 10 ms, band by band, how much more there is to hear than a moment before; see
    /// [`Music::onset`]. Its shape counts, and half of how strong it is beside other tracks.
    pub onsets: Vec<[f32; ONSET_BANDS]>,
    /// Every 100 ms, the strength of each third of a semitone; empty where it is not known.
    pub chroma: Vec<[f32; CLASSES]>,
}

impl TrackCurves {
    /// The curves of a measured track.
    pub fn of(music: &Music) -> Self {
        let row = |step: usize| std::array::from_fn(|band| music.onset(step, band) as f32);
        Self {
            onsets: (0..music.steps()).map(row).collect(),
            chroma: (0..music.cells()).map(|cell| music.chroma(cell).map(|class| class as f32)).collect(),
        }
    }

    /// How strong a step is over all bands.
    pub fn sums(&self) -> Vec<f64> {
        self.onsets.iter().map(|row| row.iter().map(|x| sound(*x)).sum()).collect()
    }
}

/// A value of a curve, or zero where it is no number that a curve can have.
pub(crate) fn sound(value: f32) -> f64 {
    if value.is_finite() { f64::from(value.max(0.0)) } else { 0.0 }
}
