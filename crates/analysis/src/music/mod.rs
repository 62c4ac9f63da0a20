//! The music layer of a profile: when something begins, and which notes sound. What tempo, key, chords and form are read
//! from later; nothing is decided here.

mod chroma;
pub mod form;
pub mod harmony;
mod onsets;
mod partials;
pub mod pitch;
pub mod rhythm;

use serde::{Deserialize, Serialize};

pub use chroma::CLASSES;
pub(crate) use onsets::OnsetBuilder;
pub use onsets::{ONSET_BAND_EDGES, ONSET_BANDS, STEPS_PER_S};
pub use partials::Partial;

use crate::energy::{CELLS_PER_S, power_from_code};

/// Onset curves and chroma of one track.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Music {
    /// Step by step, band by band, in the code of powers.
    #[serde(with = "crate::packed")]
    onsets: Vec<u16>,
    /// The highest class of each cell, in the code of powers.
    #[serde(with = "crate::packed")]
    tops: Vec<u16>,
    /// Cell by cell, class by class, in 255ths of the highest of the cell.
    chroma: Vec<u8>,
    partials: partials::Kept,
}

/// Gathers the music layer but for the onsets from the spectra of cells.
#[derive(Default)]
pub(crate) struct NotesBuilder {
    chroma: chroma::ChromaBuilder,
    partials: partials::PartialsBuilder,
}

impl NotesBuilder {
    /// What sounds in the next cell.
    pub fn add(&mut self, index: i64, spectrum: &crate::frames::Spectrum) {
        self.chroma.add(index, spectrum);
        self.partials.add(index, spectrum);
    }
}

impl Music {
    /// Steps of 10 ms in the onset curves.
    pub fn steps(&self) -> usize {
        self.onsets.len() / ONSET_BANDS
    }

    /// How much more there is to hear in a band than 10 ms before: the growth of the fourth root of K-weighted power, which
    /// follows loudness, over ERB bands. Turning the whole track up by a factor multiplies the curve by the square root of
    /// it and changes nothing else.
    pub fn onset(&self, step: usize, band: usize) -> f64 {
        let inside = band < ONSET_BANDS;
        self.onsets
            .get(step * ONSET_BANDS + band)
            .filter(|_| inside)
            .map_or(0.0, |&code| power_from_code(code))
    }

    /// Cells of 100 ms in the chroma.
    pub fn cells(&self) -> usize {
        self.tops.len()
    }

    /// The strength of each third of a semitone, over all octaves: 0 is C of equal temperament at A = 440 Hz, 1 lies 33 cents
    /// above it, 3 is C sharp. Thirds, so that a song that is out of tune can be set right later.
    pub fn chroma(&self, cell: usize) -> [f64; CLASSES] {
        let top = self.tops.get(cell).map_or(0.0, |&code| power_from_code(code));
        let row = self.chroma.get(cell * CLASSES..(cell + 1) * CLASSES).unwrap_or_default();
        let mut classes = [0.0; CLASSES];
        classes.iter_mut().zip(row).for_each(|(class, part)| *class = f64::from(*part) / 255.0 * top);
        classes
    }

    /// The partials of every cell of 100 ms, from the lowest to the highest: what sounds in the 400 ms around it, from 27.5 Hz
    /// to 2.3 kHz, as far as it rises above its surroundings.
    pub fn partials(&self) -> Vec<Vec<Partial>> {
        self.partials.partials()
    }

    /// Whether the numbers of a reading that was stored fit each other.
    pub(crate) fn is_whole(&self) -> bool {
        self.partials.is_whole(self.cells())
            && self.onsets.len().is_multiple_of(ONSET_BANDS)
            && self.chroma.len() == self.tops.len() * CLASSES
    }

    /// What both builders have found in so many frames.
    pub(crate) fn built(onsets: OnsetBuilder, notes: NotesBuilder, frames: u64, rate_hz: u32) -> Self {
        let of =
            |per_second: u32| (frames * u64::from(per_second)).div_ceil(u64::from(rate_hz.max(1))) as usize;
        let (tops, chroma) = notes.chroma.finish(of(CELLS_PER_S));
        let partials = notes.partials.finish(of(CELLS_PER_S));
        Self { onsets: onsets.finish(of(STEPS_PER_S)), tops, chroma, partials }
    }
}
