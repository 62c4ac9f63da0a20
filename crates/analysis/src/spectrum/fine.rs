//! Energies in twenty-fourths of an octave, and for how long each of them stood above its neighbours.

use serde::{Deserialize, Serialize};

/// Cells from 60 Hz to 12 kHz. Ours: where a resonance is heard as a pitch that rings; below, cells are narrower than
/// what the transform can tell apart.
pub(crate) const CELLS: usize = 184;

/// Cells in an octave: as narrow as half a semitone, so that a peak between two notes is neither.
pub(crate) const PER_OCTAVE: f64 = 24.0;

const FIRST_HZ: f64 = 60.0;

/// What a cell is compared with: cells this far away to either side, an eighth to half an octave. Ours: farther than the
/// skirt of a peak of Q 8, nearer than the slope of the spectrum bends.
const NEAR: usize = 3;
/// See [`NEAR`].
const FAR: usize = 12;

/// How far above its neighbours a cell has to be in a row to stand out. Ours: 6 dB; the tops of noise through windows of
/// half a second stay under it nineteen times in twenty.
const STANDS_OUT_DB: f64 = 6.0;

/// A row counts as sound above this mean square: −70 dBFS.
const SOUNDS: f64 = 1e-7;

/// A cell this far below its row is not heard in it: −50 dB.
const HEARD: f64 = 1e-5;

/// Energies in cells, over the whole signal.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Fine {
    row_frames: usize,
    energy: Vec<f64>,
    rows_out: Vec<u32>,
    rows: u32,
}

/// The middle of a cell, or of a place between two.
pub(crate) fn cell_hz(cell: f64) -> f64 {
    FIRST_HZ * libm::exp2((cell + 0.5) / PER_OCTAVE)
}

/// The edges of a cell.
pub(crate) fn cell_edges_hz(cell: usize) -> (f64, f64) {
    (cell_hz(cell as f64 - 0.5), cell_hz(cell as f64 + 0.5))
}

impl Fine {
    pub(crate) fn new(row_frames: usize) -> Self {
        Self { row_frames, energy: vec![0.0; CELLS], rows_out: vec![0; CELLS], rows: 0 }
    }

    pub(crate) fn add(&mut self, row: &[f64; CELLS]) {
        let total: f64 = row.iter().sum();
        if total < SOUNDS * self.row_frames as f64 {
            return;
        }
        self.rows += 1;
        let times = mixkeel_dsp::units::power_from_db(STANDS_OUT_DB);
        let mut out = [false; CELLS];
        let cells = self.energy.iter_mut().zip(&mut out).zip(row).enumerate();
        for (cell, ((sum, out), &energy)) in cells {
            *sum += energy;
            *out = energy > HEARD * total && energy > times * neighbours(row, cell);
        }
        // A peak between two cells stands out in either.
        for (cell, count) in self.rows_out.iter_mut().enumerate() {
            let around = out.get(cell.saturating_sub(1)..(cell + 2).min(CELLS)).unwrap_or_default();
            *count += u32::from(around.contains(&true));
        }
    }

    /// Mean energies of the cells. Empty for silence.
    pub(crate) fn energy(&self) -> &[f64] {
        if self.rows > 0 { &self.energy } else { &[] }
    }

    /// For how much of the sounding time a cell, or one beside it, stood out: 0 to 1.
    pub(crate) fn share_of_time(&self, cell: usize) -> f64 {
        f64::from(self.rows_out.get(cell).copied().unwrap_or(0)) / f64::from(self.rows.max(1))
    }
}

/// The mean energy of the cells an eighth to half an octave away.
pub(crate) fn neighbours(row: &[f64], cell: usize) -> f64 {
    let below = row.get(cell.saturating_sub(FAR)..(cell + 1).saturating_sub(NEAR)).unwrap_or_default();
    let above = row.get((cell + NEAR).min(row.len())..(cell + FAR + 1).min(row.len())).unwrap_or_default();
    let count = (below.len() + above.len()).max(1);
    (below.iter().sum::<f64>() + above.iter().sum::<f64>()) / count as f64
}
