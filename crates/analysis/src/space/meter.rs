//! One pass for the room that is already in a sound.

use mixkeel_dsp::block::{Channels, Signal};
use serde::{Deserialize, Serialize};

use super::decays::decays;
use super::envelope::Envelope;
use crate::meter::{Meter, finite};

/// A figure that was estimated several times.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Estimate {
    /// The median.
    pub value: f64,
    /// A quarter of the estimates lie below this; of fewer than four, the least.
    pub from: f64,
    /// A quarter of the estimates lie above this; of fewer than four, the greatest.
    pub to: f64,
    /// On how many free decays it rests. Fewer than three say little.
    pub decays: usize,
}

impl Estimate {
    fn of(mut values: Vec<f64>) -> Option<Self> {
        values.sort_by(f64::total_cmp);
        let quarter = if values.len() < 4 { 0 } else { values.len() / 4 };
        let value = *values.get(values.len() / 2)?;
        let (from, to) = (*values.get(quarter)?, *values.get(values.len() - 1 - quarter)?);
        Some(Self { value, from, to, decays: values.len() })
    }
}

/// What [`SpaceMeter`] reads. Nothing where no sound ends freely: a dry sound that is cut off, or one that never stops.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct SpaceReading {
    /// Time for a decay by 60 dB between 500 Hz and 4 kHz, in seconds. A string or a cymbal that is left to ring decays
    /// as freely as a room: of such a sound this is its own decay, or the room's, whichever is longer.
    pub decay_s: Option<Estimate>,
    /// Direct over reverberant energy in dB, from the decays at whose beginning the direct sound was seen to stop: a fall
    /// at once by 2 dB or more. `None` where it was seen at less than a quarter of the decays: wetter than about 3 dB, or a
    /// sound that decays by itself. A drum whose stroke is followed by the ringing of its shell falls in two steps like a
    /// room, and reads as one: of single drums this says how the sample was made, not where it was recorded.
    pub direct_to_reverberant_db: Option<Estimate>,
}

/// Estimates decay time and direct-to-reverberant ratio from free decays between 500 Hz and 4 kHz.
pub struct SpaceMeter {
    channels: Channels,
    envelope: Envelope,
    left: Vec<f32>,
    right: Vec<f32>,
}

impl SpaceMeter {
    /// Ready for a stereo signal at 48 kHz; [`prepare`](Meter::prepare) says otherwise.
    pub fn new() -> Self {
        Self {
            channels: Channels::Stereo,
            envelope: Envelope::new(48_000),
            left: Vec::new(),
            right: Vec::new(),
        }
    }
}

impl Default for SpaceMeter {
    fn default() -> Self {
        Self::new()
    }
}

impl Meter for SpaceMeter {
    type Reading = SpaceReading;

    fn prepare(&mut self, rate_hz: u32, channels: Channels) {
        self.channels = channels;
        self.envelope = Envelope::new(rate_hz);
    }

    fn push(&mut self, signal: &Signal) {
        self.left.clear();
        self.left.extend(signal.left().iter().map(|&x| finite(x)));
        if self.channels == Channels::Stereo {
            self.right.clear();
            self.right.extend(signal.right_or_only().iter().map(|&x| finite(x)));
        }
        let right = (self.channels == Channels::Stereo).then_some(self.right.as_slice());
        self.envelope.push(&self.left, right);
    }

    fn finish(&mut self) -> SpaceReading {
        let found = decays(&self.envelope.cells);
        let ratios: Vec<f64> = found.iter().filter_map(|decay| decay.direct_db).collect();
        // Where the fall is near what noise does, those that pass are the ones that fell too far.
        let enough = 4 * ratios.len() >= found.len();
        SpaceReading {
            decay_s: Estimate::of(found.iter().map(|decay| decay.decay_s).collect()),
            direct_to_reverberant_db: enough.then(|| Estimate::of(ratios)).flatten(),
        }
    }
}
