//! How much of the time a sound spends at which level.

use mixkeel_dsp::units::db_from_power;
use serde::{Deserialize, Serialize};

use super::cells::Cell;

/// Cells in a level: 100 ms, the step of BS.1770's gating blocks.
const CELLS_PER_LEVEL: usize = 20;

/// The lowest level that is told from silence; the highest is +10 dB.
const FLOOR_DB: i32 = -100;

/// Steps of one decibel.
const STEPS: usize = 110;

/// Levels of every 100 ms (mean square of both channels together, a full-scale square on one is 0 dB), counted in steps
/// of one decibel.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct LevelHistogram {
    /// The lower edge of the first step in dB.
    pub from_db: i32,
    /// How many 100 ms lie in each step; what is above the last is counted there.
    pub counts: Vec<u32>,
    /// How many lie below the first.
    pub silent: u32,
}

impl LevelHistogram {
    pub(crate) fn of(cells: &[Cell]) -> Self {
        let mut histogram = Self { from_db: FLOOR_DB, counts: vec![0; STEPS], silent: 0 };
        for part in cells.chunks(CELLS_PER_LEVEL) {
            let power = part.iter().map(|cell| f64::from(cell.power)).sum::<f64>() / part.len() as f64;
            let step = libm::floor(db_from_power(power)) - f64::from(FLOOR_DB);
            if step < 0.0 {
                histogram.silent += 1;
            } else if let Some(count) = histogram.counts.get_mut((step as usize).min(STEPS - 1)) {
                *count += 1;
            }
        }
        histogram
    }

    /// The level below which this share (0 to 1) of the sounding time lies, within the decibel. Sounding is what lies
    /// less than 40 dB below the loudest. `None` for silence.
    pub fn level_at_db(&self, share: f64) -> Option<f64> {
        let top = self.counts.iter().rposition(|&count| count > 0)?;
        let sounding =
            self.counts.iter().enumerate().skip(top.saturating_sub(40)).take_while(|(step, _)| *step <= top);
        let total: u32 = sounding.clone().map(|(_, count)| count).sum();
        let wanted = share.clamp(0.0, 1.0) * f64::from(total);
        let mut passed = 0.0;
        for (step, &count) in sounding {
            let count = f64::from(count);
            if count > 0.0 && passed + count >= wanted {
                return Some(f64::from(self.from_db) + step as f64 + (wanted - passed) / count);
            }
            passed += count;
        }
        None
    }

    /// From the level below which a tenth of the sounding time lies to that below which nine tenths do, in dB.
    pub fn range_db(&self) -> Option<f64> {
        Some(self.level_at_db(0.9)? - self.level_at_db(0.1)?)
    }
}
