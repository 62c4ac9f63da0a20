//! Everything measured once about one track, in one pass.

use mixkeel_dsp::block::{Channels, Signal};
use serde::{Deserialize, Serialize};

use crate::bands::{BandsMeter, BandsReading};
use crate::levels::{LevelsMeter, LevelsReading};
use crate::loudness::{LoudnessMeter, LoudnessReading};
use crate::meter::Meter;
use crate::true_peak::TruePeakMeter;

/// What is kept about a track, so that it need not be read again. A cache has to give numbers back to the last bit, or
/// decisions would differ from run to run (`serde_json` does so with its feature `float_roundtrip`).
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
    /// Where its energy lies.
    pub bands: BandsReading,
}

impl Profile {
    /// Length in seconds.
    pub fn length_s(&self) -> f64 {
        self.length_frames as f64 / f64::from(self.rate_hz.max(1))
    }
}

/// Measures a [`Profile`].
#[derive(Default)]
pub struct ProfileMeter {
    rate_hz: u32,
    channels: Option<Channels>,
    loudness: LoudnessMeter,
    levels: LevelsMeter,
    true_peak: TruePeakMeter,
    bands: BandsMeter,
}

impl ProfileMeter {
    /// Ready for a signal of this rate and this many channels.
    pub fn new(rate_hz: u32, channels: Channels) -> Self {
        let mut meter = Self::default();
        meter.prepare(rate_hz, channels);
        meter
    }
}

impl Meter for ProfileMeter {
    type Reading = Profile;

    fn prepare(&mut self, rate_hz: u32, channels: Channels) {
        self.rate_hz = rate_hz;
        self.channels = Some(channels);
        self.loudness.prepare(rate_hz, channels);
        self.levels.prepare(rate_hz, channels);
        self.true_peak.prepare(rate_hz, channels);
        self.bands.prepare(rate_hz, channels);
    }

    fn push(&mut self, signal: &Signal) {
        self.loudness.push(signal);
        self.levels.push(signal);
        self.true_peak.push(signal);
        self.bands.push(signal);
    }

    fn finish(&mut self) -> Profile {
        let levels = self.levels.finish();
        Profile {
            channels: self.channels.unwrap_or(Channels::Stereo),
            rate_hz: self.rate_hz,
            length_frames: levels.length_frames,
            loudness: self.loudness.finish(),
            levels,
            true_peak_dbtp: self.true_peak.finish(),
            bands: self.bands.finish(),
        }
    }
}
