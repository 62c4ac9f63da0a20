//! Everything measured once about one track, in one pass, and how it is kept.
//!
//! The base layer is always there. The music layer, which only questions about tempo, harmony and form need, the flaws, by
//! which repairs are decided, and the deep layer, the pitch of a line, are measured where they are asked for.

mod bytes;
mod character;

use mixkeel_dsp::block::{Channels, Signal};
use serde::{Deserialize, Serialize};

use crate::bands::{BandsMeter, BandsReading};
use crate::energy::{EnergyBuilder, EnergyMap, cell_frames, cells_of};
use crate::faults::{Flaws, FlawsMeter};
use crate::frames::{Frames, Spectrum};
use crate::levels::{LevelsMeter, LevelsReading};
use crate::loudness::{LoudnessContour, LoudnessMeter, LoudnessReading};
use crate::meter::Meter;
use crate::music::pitch::{Line, LineMeter, Register};
use crate::music::{Music, NotesBuilder, OnsetBuilder};
use crate::true_peak::TruePeakMeter;

pub use bytes::{ProfileError, VERSION};
pub use character::Character;
use character::CharacterMeter;

/// What is kept about a track, so that it need not be read again. [`to_bytes`](Profile::to_bytes) keeps it and
/// [`from_bytes`](Profile::from_bytes) gives it back to the last bit, or decisions would differ from run to run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Profile {
    /// Mono or stereo.
    pub channels: Channels,
    /// Frames a second.
    pub rate_hz: u32,
    /// Length in frames.
    pub length_frames: u64,
    /// Loudness, how much of the time it plays, and from when.
    pub loudness: LoudnessReading,
    /// Sample levels.
    pub levels: LevelsReading,
    /// True peak in dBTP. `None` for silence.
    pub true_peak_dbtp: Option<f64>,
    /// Where its energy lies, over all of it.
    pub bands: BandsReading,
    /// The loudness of every 100 ms.
    pub contour: LoudnessContour,
    /// Where its energy lies in time and frequency.
    pub energy: EnergyMap,
    /// How it moves, what rings in it, what room it has.
    pub character: Character,
    /// Onset curves, chroma and partials, where they were asked for.
    pub music: Option<Music>,
    /// What is wrong with the recording, where that was asked for.
    pub flaws: Option<Flaws>,
    /// Its pitch and its notes, where they were asked for.
    pub line: Option<Line>,
}

impl Profile {
    /// Length in seconds.
    pub fn length_s(&self) -> f64 {
        self.length_frames as f64 / f64::from(self.rate_hz.max(1))
    }
}

/// Measures a [`Profile`].
pub struct ProfileMeter {
    rate_hz: u32,
    channels: Channels,
    loudness: LoudnessMeter,
    levels: LevelsMeter,
    true_peak: TruePeakMeter,
    bands: BandsMeter,
    cells: Frames,
    energy: EnergyBuilder,
    character: CharacterMeter,
    /// Whether the music layer is measured, and what it is gathered in.
    wants_music: bool,
    music: Option<(OnsetBuilder, NotesBuilder)>,
    flaws: Option<FlawsMeter>,
    line: Option<LineMeter>,
}

impl ProfileMeter {
    /// Ready for a signal of this rate and this many channels.
    pub fn new(rate_hz: u32, channels: Channels) -> Self {
        let mut meter = Self {
            rate_hz,
            channels,
            loudness: LoudnessMeter::new(),
            levels: LevelsMeter::new(),
            true_peak: TruePeakMeter::new(),
            bands: BandsMeter::new(),
            cells: cell_frames(rate_hz, channels),
            energy: EnergyBuilder::new(rate_hz, channels),
            character: CharacterMeter::new(),
            wants_music: false,
            music: None,
            flaws: None,
            line: None,
        };
        meter.ready();
        meter
    }

    /// Measures the music layer too.
    #[must_use]
    pub fn with_music(mut self) -> Self {
        self.wants_music = true;
        self.ready();
        self
    }

    /// Looks for what is wrong with the recording too.
    #[must_use]
    pub fn with_flaws(mut self) -> Self {
        self.flaws = Some(FlawsMeter::new(self.rate_hz, self.channels));
        self
    }

    /// Follows the pitch of a line too, of a voice or a bass.
    #[must_use]
    pub fn with_pitch(mut self, register: Register) -> Self {
        self.line = Some(LineMeter::new(register));
        self.ready();
        self
    }

    fn ready(&mut self) {
        let (rate_hz, channels) = (self.rate_hz, self.channels);
        self.loudness.prepare(rate_hz, channels);
        self.levels.prepare(rate_hz, channels);
        self.true_peak.prepare(rate_hz, channels);
        self.bands.prepare(rate_hz, channels);
        self.character.prepare(rate_hz, channels);
        let music = || (OnsetBuilder::new(rate_hz, channels), NotesBuilder::default());
        self.music = self.wants_music.then(music);
        if let Some(flaws) = &mut self.flaws {
            flaws.prepare(rate_hz, channels);
        }
        if let Some(line) = &mut self.line {
            line.prepare(rate_hz, channels);
        }
    }

    /// A spectrum that energy and notes are both made from.
    fn cell(energy: &mut EnergyBuilder, notes: Option<&mut NotesBuilder>, index: i64, spectrum: &Spectrum) {
        energy.add(index, spectrum);
        if let Some(notes) = notes {
            notes.add(index, spectrum);
        }
    }
}

impl Meter for ProfileMeter {
    type Reading = Profile;

    fn prepare(&mut self, rate_hz: u32, channels: Channels) {
        (self.rate_hz, self.channels) = (rate_hz, channels);
        self.cells = cell_frames(rate_hz, channels);
        self.energy = EnergyBuilder::new(rate_hz, channels);
        self.ready();
    }

    fn push(&mut self, signal: &Signal) {
        self.loudness.push(signal);
        self.levels.push(signal);
        self.true_peak.push(signal);
        self.bands.push(signal);
        self.character.push(signal);
        if let Some(flaws) = &mut self.flaws {
            flaws.push(signal);
        }
        if let Some(line) = &mut self.line {
            line.push(signal);
        }
        let Self { cells, energy, music, .. } = self;
        let mut notes = None;
        if let Some((onsets, builder)) = music {
            onsets.push(signal);
            notes = Some(builder);
        }
        cells.push(signal, |index, spectrum| Self::cell(energy, notes.as_deref_mut(), index, spectrum));
    }

    fn finish(&mut self) -> Profile {
        let levels = self.levels.finish();
        let Self { cells, energy, music, .. } = self;
        let mut notes = music.as_mut().map(|(_, notes)| notes);
        cells.finish(|index, spectrum| Self::cell(energy, notes.as_deref_mut(), index, spectrum));
        let music = self.music.take();
        Profile {
            music: music
                .map(|(onsets, notes)| Music::built(onsets, notes, levels.length_frames, self.rate_hz)),
            flaws: self.flaws.as_mut().map(FlawsMeter::finish),
            line: self.line.as_mut().map(LineMeter::finish),
            channels: self.channels,
            rate_hz: self.rate_hz,
            length_frames: levels.length_frames,
            loudness: self.loudness.finish(),
            contour: self.loudness.contour(),
            true_peak_dbtp: self.true_peak.finish(),
            bands: self.bands.finish(),
            character: self.character.finish(),
            energy: self.energy.finish(cells_of(levels.length_frames, self.rate_hz)),
            levels,
        }
    }
}
