//! Where the pitches of a line lie.

use serde::{Deserialize, Serialize};

/// Which pitches are looked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Register {
    /// 60 to 1200 Hz: voices from a low bass to a high soprano (B1 to D6), and melody instruments in that range.
    #[default]
    Voice,
    /// 30 to 400 Hz: the bass, from the low B of one with five strings to the top of its neck.
    Bass,
}

impl Register {
    /// The lowest pitch in Hz.
    pub fn lowest_hz(self) -> f64 {
        match self {
            Self::Voice => 60.0,
            Self::Bass => 30.0,
        }
    }

    /// The highest pitch in Hz.
    pub fn highest_hz(self) -> f64 {
        match self {
            Self::Voice => 1_200.0,
            Self::Bass => 400.0,
        }
    }

    /// The rate at which the sound is looked at, at least: with it a few overtones of every pitch are left, and nothing else
    /// that a pitch is heard from. Ours.
    pub(super) fn least_rate_hz(self) -> u32 {
        match self {
            Self::Voice => 11_025,
            Self::Bass => 5_512,
        }
    }
}
