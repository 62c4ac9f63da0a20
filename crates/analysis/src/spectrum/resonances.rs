//! Narrow peaks that stand for a long time: what rings, whatever is played.

use mixkeel_dsp::units::db_from_power;
use serde::{Deserialize, Serialize};

use super::fine::{Fine, PER_OCTAVE, cell_hz, neighbours};

/// How high a peak has to be in the average. Ours: 4 dB, the least that a listener finds in a mix when it is swept for.
pub const LEAST_HEIGHT_DB: f64 = 4.0;

/// For how much of the sounding time it has to stand out. Ours: half; a note of a melody stands for less.
pub const LEAST_SHARE: f64 = 0.5;

/// A narrow peak in the long-term spectrum.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Resonance {
    /// Where it is.
    pub freq_hz: f64,
    /// Its height in dB above what lies an eighth to half an octave to either side.
    pub height_db: f64,
    /// Frequency over the width at which it has fallen by 3 dB. The measurement's own width limits it to about 30 from
    /// 1.5 kHz up, and to less below: what rings with a higher Q reads lower.
    pub q: f64,
    /// For how much of the sounding time it stood out by 6 dB, 0 to 1.
    pub share_of_time: f64,
}

impl Fine {
    /// The peaks that are [`LEAST_HEIGHT_DB`] high and stand out for [`LEAST_SHARE`] of the time, highest first. A drone
    /// or a bass on one note is one too: a meter cannot tell a note that is meant from one that rings.
    pub fn resonances(&self) -> Vec<Resonance> {
        let cells: Vec<f64> = self.energy().to_vec();
        let db: Vec<f64> = cells.iter().map(|energy| db_from_power(energy.max(1e-300))).collect();
        let mut found: Vec<Resonance> = db
            .windows(3)
            .enumerate()
            .filter_map(|(before, three)| {
                let &[left, top, right] = three else { return None };
                let cell = before + 1;
                let height_db = top - db_from_power(neighbours(&cells, cell).max(1e-300));
                let share_of_time = self.share_of_time(cell);
                let peak = top > left && top >= right;
                (peak && height_db >= LEAST_HEIGHT_DB && share_of_time >= LEAST_SHARE).then(|| {
                    // The top of the parabola through the three.
                    let bend = left - 2.0 * top + right;
                    let off = if bend < 0.0 { (0.5 * (left - right) / bend).clamp(-0.5, 0.5) } else { 0.0 };
                    let width = reach(db.iter().skip(cell), top) + reach(db.iter().take(cell + 1).rev(), top);
                    Resonance {
                        freq_hz: cell_hz(cell as f64 + off),
                        height_db,
                        q: 1.0
                            / (libm::exp2(width / PER_OCTAVE / 2.0) - libm::exp2(-width / PER_OCTAVE / 2.0)),
                        share_of_time,
                    }
                })
            })
            .collect();
        found.sort_by(|a, b| b.height_db.total_cmp(&a.height_db).then(a.freq_hz.total_cmp(&b.freq_hz)));
        found
    }
}

/// How many cells from the top the level has fallen by 3 dB; `levels` begin with the top.
fn reach<'a>(levels: impl Iterator<Item = &'a f64>, top: f64) -> f64 {
    let wanted = top - 3.0;
    let mut last = top;
    for (step, &level) in levels.enumerate() {
        if level <= wanted {
            return step as f64 - 1.0 + (last - wanted) / (last - level).max(1e-9);
        }
        last = level;
    }
    PER_OCTAVE
}
