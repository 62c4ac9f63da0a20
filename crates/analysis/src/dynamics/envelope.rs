//! Peak and power of every 5 ms in a byte each: enough to tell what a compressor would do before it is there.

use mixkeel_dsp::units::{db_from_gain, db_from_power};
use serde::{Deserialize, Serialize};

use super::cells::{CELLS_PER_S, Cell};

/// The level of code 0: silence. Ours: under the noise of 20 bits.
const FLOOR_DB: f64 = -118.0;

/// Half a decibel a code: less than a compressor's knee makes of it, and up to +9.5 dBFS.
const STEP_DB: f64 = 0.5;

/// What a recording does from moment to moment, to half a decibel.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Envelope {
    /// The code of the peak in the upper byte, that of the power in the lower.
    #[serde(with = "crate::packed")]
    codes: Vec<u16>,
}

impl Envelope {
    /// Cells a second.
    pub const CELLS_PER_S: u32 = CELLS_PER_S as u32;

    pub(crate) fn of(cells: &[Cell], channels: f64) -> Self {
        let code = |db: f64| {
            let steps = libm::round((db - FLOOR_DB) / STEP_DB);
            if steps >= 1.0 { steps.min(255.0) as u16 } else { 0 }
        };
        let of = |cell: &Cell| {
            let peak = code(db_from_gain(f64::from(cell.peak)));
            let power = code(db_from_power(f64::from(cell.power) / channels));
            (peak << 8) | power
        };
        Self { codes: cells.iter().map(of).collect() }
    }

    /// How many cells there are.
    pub fn cells(&self) -> usize {
        self.codes.len()
    }

    /// The highest sample of either channel in each cell, in dBFS; −118 where there is none.
    pub fn peaks_dbfs(&self) -> impl ExactSizeIterator<Item = f64> + '_ {
        self.codes.iter().map(|code| FLOOR_DB + STEP_DB * f64::from(code >> 8))
    }

    /// The mean square of a channel in each cell, in dB re full scale; −118 where there is none.
    pub fn powers_db(&self) -> impl ExactSizeIterator<Item = f64> + '_ {
        self.codes.iter().map(|code| FLOOR_DB + STEP_DB * f64::from(code & 0xFF))
    }
}
