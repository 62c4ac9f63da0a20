//! What a listener has before the ears: the system it is played on, the room's noise, and how loud it is.

mod ears;
mod systems;

pub use ears::{Ears, Folding};
pub use systems::{REFERENCE, SYSTEMS, find};

use mixkeel_dsp::units::power_from_db;

use crate::curve;
use crate::masking::Field;

/// How often a curve is read within a band, so that a band across a steep slope gets its mean. Ours.
const SLICES: usize = 8;

/// How loud it is played: what a level in the file is at the listener's head.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct PlaybackLevel {
    /// A level in the file in dB re full scale: the root of the mean square of each channel, without the 3 dB some meters
    /// add so that a full-scale sine reads 0.
    pub level_dbfs: f64,
    /// What it is at the listener in dB SPL when both channels carry it and are unrelated.
    pub level_db_spl: f64,
}

impl PlaybackLevel {
    /// 83 dB SPL for −20 dBFS: B. Katz's K-20, after the film studios' calibration (SMPTE RP 200).
    pub const K20: Self = Self { level_dbfs: -20.0, level_db_spl: 83.0 };

    /// The level in dB SPL of full scale.
    pub fn full_scale_db_spl(&self) -> f64 {
        self.level_db_spl - self.level_dbfs
    }
}

/// A playback system: what it does to sound, where it is heard, and where each figure comes from.
#[derive(Clone, Debug, PartialEq)]
pub struct System {
    /// What it is called in goals and on the command line.
    pub id: &'static str,
    /// What it is called in sentences: "on a laptop".
    pub name: &'static str,
    /// Its magnitude response where the listener is: Hz, dB, from the lowest to the highest. In between it runs straight
    /// in dB over log frequency, beyond the ends on at the slope of the last two points. The phase is left open; a
    /// minimum-phase filter through these points is what it would sound like.
    pub response_db: &'static [(f64, f64)],
    /// How two channels come to two ears.
    pub folding: Folding,
    /// How the sound comes to the head.
    pub field: Field,
    /// The noise where it is heard, which is always there: Hz, dB SPL in the third octave around it. In between it runs
    /// straight over log frequency; below the first and above the last third octave there is none.
    pub noise_db_spl: &'static [(f64, f64)],
    /// How loud it is played, on the part of the spectrum it can play.
    pub level: PlaybackLevel,
    /// Where the response comes from.
    pub response_source: &'static str,
    /// Where the noise and the level come from.
    pub place_source: &'static str,
}

impl System {
    /// The gain of the system at a frequency in dB.
    pub fn gain_db(&self, freq_hz: f64) -> f64 {
        let points = self.response_db;
        let outside = |from: &(f64, f64), to: &(f64, f64), end: &(f64, f64)| {
            let octaves = libm::log2(freq_hz.max(1.0) / end.0);
            end.1 + octaves * (to.1 - from.1) / libm::log2(to.0 / from.0)
        };
        match points {
            [first, second, ..] if freq_hz < first.0 => outside(first, second, first),
            [.., before, last] if freq_hz > last.0 => outside(before, last, last),
            _ => curve::at_log_freq(points, freq_hz),
        }
    }

    /// The power of the noise between two frequencies not more than an octave apart, re 0 dB SPL.
    pub fn noise_power(&self, from_hz: f64, to_hz: f64) -> f64 {
        let (Some(first), Some(last)) = (self.noise_db_spl.first(), self.noise_db_spl.last()) else {
            return 0.0;
        };
        // A third octave reaches 2^(1/6) to either side of its centre (IEC 61260-1, base two).
        let half = libm::exp2(1.0 / 6.0);
        let (from_hz, to_hz) = (from_hz.max(first.0 / half), to_hz.min(last.0 * half));
        let width_hz = (to_hz - from_hz).max(0.0) / SLICES as f64;
        (0..SLICES)
            .map(|slice| {
                let freq_hz = from_hz + (slice as f64 + 0.5) * width_hz;
                let in_third = power_from_db(curve::at_log_freq(self.noise_db_spl, freq_hz));
                in_third * width_hz / (freq_hz * (half - 1.0 / half))
            })
            .sum()
    }

    /// The same system played at another level.
    pub fn at(&self, level: PlaybackLevel) -> Self {
        Self { level, ..self.clone() }
    }
}
