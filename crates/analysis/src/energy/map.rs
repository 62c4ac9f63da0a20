//! The energy map of one track: how much sound there is in every tenth of a second and band, on each side and in both.

use mixkeel_dsp::block::Channels;
use serde::{Deserialize, Serialize};

use super::bands::{BANDS, centre_hz};
use super::code::{cross_from_code, power_from_code};
use crate::loudness::kweight::power_gain;

/// Cells a second.
pub const CELLS_PER_S: u32 = 10;

/// Mean squares in one cell and band: left, right, and left times right. A mono track has its one channel on the left.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Power {
    /// Mean square of the left, or only, channel.
    pub left: f64,
    /// Mean square of the right channel.
    pub right: f64,
    /// Mean of the product of both.
    pub cross: f64,
}

impl Power {
    /// The power of a sound that is the same on both sides.
    pub fn centre(power: f64) -> Self {
        Self { left: power, right: power, cross: power }
    }

    /// The power after a gain on each side; negative turns the polarity.
    pub fn gained(self, left_gain: f64, right_gain: f64) -> Self {
        Self {
            left: left_gain * left_gain * self.left,
            right: right_gain * right_gain * self.right,
            cross: left_gain * right_gain * self.cross,
        }
    }
}

/// Power by cell of 100 ms and band of one ERB, in 16 bits a number: powers in steps of 0.006 dB, left times right as a
/// correlation in steps of 1/32767. Cells fade into each other over half their length (sine windows of 200 ms, whose
/// squares sum to one), so that all cells together hold the power of the track.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct EnergyMap {
    /// Codes of one channel or two; cell by cell, from the lowest band up.
    #[serde(with = "crate::packed")]
    pub(crate) left: Vec<u16>,
    #[serde(with = "crate::packed")]
    pub(crate) right: Vec<u16>,
    #[serde(with = "crate::packed")]
    pub(crate) correlation: Vec<i16>,
    /// What K-weighting does to the sound in each band of this track, as a factor of power: it depends on where in the band
    /// the sound lies.
    pub(crate) k_gain: Vec<f32>,
}

impl EnergyMap {
    /// Mono or stereo.
    pub fn channels(&self) -> Channels {
        if self.right.is_empty() { Channels::Mono } else { Channels::Stereo }
    }

    /// Cells of 100 ms.
    pub fn cells(&self) -> usize {
        self.left.len() / BANDS
    }

    /// The power in one cell and band; nothing outside the map.
    pub fn power(&self, cell: usize, band: usize) -> Power {
        let at = cell * BANDS + band;
        let of = |codes: &[u16]| codes.get(at).map_or(0.0, |&code| power_from_code(code));
        let (left, right) = (of(&self.left), of(&self.right));
        let cross = self.correlation.get(at).map_or(0.0, |&code| cross_from_code(code, left, right));
        Power { left, right, cross }
    }

    /// The power gain of K-weighting on what lies in a band of this track.
    pub fn k_gain(&self, band: usize) -> f64 {
        self.k_gain.get(band).map_or(0.0, |&gain| f64::from(gain))
    }

    /// Whether the numbers of a map that was read fit each other.
    pub(crate) fn is_whole(&self) -> bool {
        let whole = self.left.len().is_multiple_of(BANDS) && self.k_gain.len() == BANDS;
        let sides = self.right.len() == self.correlation.len()
            && (self.right.is_empty() || self.right.len() == self.left.len());
        let gains = self.k_gain.iter().all(|gain| gain.is_finite() && *gain >= 0.0);
        whole && sides && gains
    }
}

/// The power gain of K-weighting in the middle of a band: for bands in which a track has no sound, and for sound that has
/// no map.
pub fn nominal_k_gain(rate_hz: u32, band: usize) -> f32 {
    power_gain(rate_hz, centre_hz(band).min(0.45 * f64::from(rate_hz))) as f32
}
