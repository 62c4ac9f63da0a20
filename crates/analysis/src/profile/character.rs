//! How a track moves, what rings in it and what room it already has: what decisions on tone, dynamics and space rest on.

use mixkeel_dsp::block::{Channels, Signal};
use serde::{Deserialize, Serialize};

use crate::dynamics::{DynamicsMeter, DynamicsReading, Envelope};
use crate::meter::Meter;
use crate::space::{SpaceMeter, SpaceReading};
use crate::spectrum::third_octave::BANDS;
use crate::spectrum::{Resonance, Sibilance, SpectrumMeter};

/// Resonances that are kept. Ours: nobody cuts more of one track.
const RESONANCES: usize = 8;

/// See the head of this file. By default nothing is known.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Character {
    /// Levels, onsets, crest, and what compressors have left behind.
    pub dynamics: DynamicsReading,
    /// Peak and power of every 5 ms.
    pub envelope: Envelope,
    /// The room that is already in it.
    pub space: SpaceReading,
    /// What rings, highest first; at most eight.
    pub resonances: Vec<Resonance>,
    /// What lies where sibilants lie.
    pub sibilance: Sibilance,
    /// The energy of each third octave (IEC 61260-1, from 20 Hz) in dB re that of all. `None` where there is none.
    pub third_octave_db: [Option<f64>; BANDS],
}

/// Measures a [`Character`].
pub(crate) struct CharacterMeter {
    dynamics: DynamicsMeter,
    space: SpaceMeter,
    spectrum: SpectrumMeter,
}

impl CharacterMeter {
    pub fn new() -> Self {
        Self { dynamics: DynamicsMeter::new(), space: SpaceMeter::new(), spectrum: SpectrumMeter::new() }
    }
}

impl Meter for CharacterMeter {
    type Reading = Character;

    fn prepare(&mut self, rate_hz: u32, channels: Channels) {
        self.dynamics.prepare(rate_hz, channels);
        self.space.prepare(rate_hz, channels);
        self.spectrum.prepare(rate_hz, channels);
    }

    fn push(&mut self, signal: &Signal) {
        self.dynamics.push(signal);
        self.space.push(signal);
        self.spectrum.push(signal);
    }

    fn finish(&mut self) -> Character {
        let spectrum = self.spectrum.finish();
        let mut resonances = spectrum.fine.resonances();
        resonances.truncate(RESONANCES);
        let dynamics = self.dynamics.finish();
        Character {
            dynamics,
            envelope: self.dynamics.envelope(),
            space: self.space.finish(),
            resonances,
            sibilance: spectrum.bursts.sibilance(0.0..f64::INFINITY),
            third_octave_db: spectrum.whole().third_octave_db_re_total(),
        }
    }
}
