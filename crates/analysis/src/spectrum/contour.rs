//! Energies by band over time, kept small, from which any span of a song can be read afterwards.

use std::ops::Range;

use serde::{Deserialize, Serialize};

use super::erb_bands::ERB_BANDS;
use super::pair::Pair;
use super::third_octave::BANDS;

/// Energies in rows of about a third of a second. A row holds what its windows weigh, and those reach half a row beyond
/// it: what changes at a section's edge is blurred by that much.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Contour {
    /// Frames in a row.
    pub row_frames: u64,
    /// Frames a second.
    pub rate_hz: u32,
    rows: Vec<Row>,
}

/// Energies are kept in single precision: a change of 0.0000005 dB.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Row {
    bands: Vec<[f32; 4]>,
    erb: Vec<f32>,
    weighted: [f32; 4],
}

/// Energies over a span of time.
#[derive(Clone, Debug, PartialEq)]
pub struct Span {
    /// Sums of squares over frames, by third octave.
    pub bands: [Pair; BANDS],
    /// Energies of both channels by ERB (see [`erb_bands`](super::erb_bands)).
    pub erb: [f64; ERB_BANDS],
    /// The same as the bands, over all frequencies, as loud as it is heard (K-weighted, BS.1770-5).
    pub weighted: Pair,
    /// Frames in the span.
    pub frames: f64,
}

impl Contour {
    pub(crate) fn new(row_frames: u64, rate_hz: u32) -> Self {
        Self { row_frames: row_frames.max(1), rate_hz: rate_hz.max(1), rows: Vec::new() }
    }

    /// How many rows there are.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether there is nothing.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// The length of a row in seconds.
    pub fn row_s(&self) -> f64 {
        self.row_frames as f64 / f64::from(self.rate_hz)
    }

    /// One row.
    pub fn row(&self, row: usize) -> Option<Span> {
        let kept = self.rows.get(row)?;
        let mut span = Span::silent(self.row_frames as f64);
        span.add(kept, 1.0);
        Some(span)
    }

    /// What lies between two times; rows at the edges count by their share.
    pub fn between(&self, seconds: Range<f64>) -> Span {
        let row_s = self.row_s();
        let (from, to) = (seconds.start.max(0.0) / row_s, seconds.end.min(row_s * self.len() as f64) / row_s);
        let mut span = Span::silent((to - from).max(0.0) * self.row_frames as f64);
        for (index, row) in self.rows.iter().enumerate().skip(from as usize) {
            let share = (to.min(index as f64 + 1.0) - from.max(index as f64)).max(0.0);
            if share == 0.0 {
                break;
            }
            span.add(row, share);
        }
        span
    }

    pub(crate) fn add_band(&mut self, row: usize, band: usize, pair: &Pair) {
        if let Some(kept) = self.place(row).bands.get_mut(band) {
            add(kept, pair);
        }
    }

    pub(crate) fn add_erb(&mut self, row: usize, band: usize, energy: f64) {
        if let Some(kept) = self.place(row).erb.get_mut(band) {
            *kept = (f64::from(*kept) + energy) as f32;
        }
    }

    pub(crate) fn add_weighted(&mut self, row: usize, pair: &Pair) {
        add(&mut self.place(row).weighted, pair);
    }

    /// Gives what lies in rows after the last that is wanted to that one: the tails of windows that reach past the end.
    pub(crate) fn end(&mut self, rows: usize) {
        let rows = rows.max(1);
        let tail = self.rows.split_off(rows.min(self.rows.len()));
        for row in tail {
            for (band, kept) in row.bands.iter().enumerate() {
                self.add_band(rows - 1, band, &pair(kept));
            }
            for (band, kept) in row.erb.iter().enumerate() {
                self.add_erb(rows - 1, band, f64::from(*kept));
            }
            self.add_weighted(rows - 1, &pair(&row.weighted));
        }
    }

    fn place(&mut self, row: usize) -> &mut Row {
        while self.rows.len() <= row {
            self.rows.push(Row {
                bands: vec![[0.0; 4]; BANDS],
                erb: vec![0.0; ERB_BANDS],
                weighted: [0.0; 4],
            });
        }
        &mut self.rows[row]
    }
}

impl Span {
    fn silent(frames: f64) -> Self {
        Self { bands: [Pair::default(); BANDS], erb: [0.0; ERB_BANDS], weighted: Pair::default(), frames }
    }

    fn add(&mut self, row: &Row, share: f64) {
        self.weighted.add(&pair(&row.weighted), share);
        for (sum, kept) in self.bands.iter_mut().zip(&row.bands) {
            sum.add(&pair(kept), share);
        }
        for (sum, kept) in self.erb.iter_mut().zip(&row.erb) {
            *sum += f64::from(*kept) * share;
        }
    }
}

fn pair(kept: &[f32; 4]) -> Pair {
    let [left, right, mid, side] = kept.map(f64::from);
    Pair { left, right, mid, side }
}

fn add(kept: &mut [f32; 4], pair: &Pair) {
    for (kept, energy) in kept.iter_mut().zip([pair.left, pair.right, pair.mid, pair.side]) {
        *kept = (f64::from(*kept) + energy) as f32;
    }
}
