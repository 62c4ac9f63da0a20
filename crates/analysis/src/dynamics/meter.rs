//! One pass for all that is said about dynamics.

use mixkeel_dsp::block::{Channels, Signal};
use mixkeel_dsp::units::db_from_power;
use serde::{Deserialize, Serialize};

use super::cells::{BANDS, Block, Cells};
use super::envelope::Envelope;
use super::histogram::LevelHistogram;
use super::onsets::{Onset, onsets};
use super::printed::Printed;
use crate::meter::{Meter, finite};

/// What [`DynamicsMeter`] reads.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct DynamicsReading {
    /// How much of the time is spent at which level.
    pub levels: LevelHistogram,
    /// Where sounds begin, and how strongly.
    pub onsets: Vec<Onset>,
    /// Onsets a second of sounding time. `None` for silence.
    pub onsets_per_s: Option<f64>,
    /// Punch: the median strength of the onsets in dB. `None` without onsets.
    pub punch_db: Option<f64>,
    /// Peak over RMS in 400 ms, the median over sounding blocks, in dB: below 200 Hz, between, above 4 kHz (slopes of
    /// 12 dB an octave). `None` where a band is silent.
    pub crest_db: [Option<f64>; BANDS],
    /// What compressors and limiters have left behind.
    pub printed: Printed,
}

/// Measures dynamics from cells of 5 ms.
pub struct DynamicsMeter {
    channels: Channels,
    cells: Cells,
    left: Vec<f32>,
    right: Vec<f32>,
}

impl DynamicsMeter {
    /// Ready for a stereo signal at 48 kHz; [`prepare`](Meter::prepare) says otherwise.
    pub fn new() -> Self {
        Self { channels: Channels::Stereo, cells: Cells::new(48_000), left: Vec::new(), right: Vec::new() }
    }
}

impl DynamicsMeter {
    /// Peak and power of every 5 ms; whole after `finish`.
    pub fn envelope(&self) -> Envelope {
        Envelope::of(&self.cells.cells, self.channels.count() as f64)
    }
}

impl Default for DynamicsMeter {
    fn default() -> Self {
        Self::new()
    }
}

impl Meter for DynamicsMeter {
    type Reading = DynamicsReading;

    fn prepare(&mut self, rate_hz: u32, channels: Channels) {
        self.channels = channels;
        self.cells = Cells::new(rate_hz);
    }

    fn push(&mut self, signal: &Signal) {
        self.left.clear();
        self.left.extend(signal.left().iter().map(|&x| finite(x)));
        if self.channels == Channels::Stereo {
            self.right.clear();
            self.right.extend(signal.right_or_only().iter().map(|&x| finite(x)));
        }
        let right = (self.channels == Channels::Stereo).then_some(self.right.as_slice());
        self.cells.push(&self.left, right);
    }

    fn finish(&mut self) -> DynamicsReading {
        self.cells.finish();
        let levels = LevelHistogram::of(&self.cells.cells);
        let onsets = onsets(&self.cells.cells);
        let sounding_s = f64::from(levels.counts.iter().sum::<u32>()) / 10.0;
        let mut strengths: Vec<f64> = onsets.iter().map(|onset| onset.strength_db).collect();
        let punch_db = median(&mut strengths);
        let crest_db = crests(&self.cells.blocks, self.channels.count() as f64);
        DynamicsReading {
            onsets_per_s: (sounding_s > 0.0).then(|| onsets.len() as f64 / sounding_s),
            printed: Printed::of(
                &self.cells.cells,
                self.channels.count() as f64,
                &levels,
                punch_db,
                onsets.len(),
            ),
            punch_db,
            crest_db,
            onsets,
            levels,
        }
    }
}

/// The median crest of each band over the blocks in which it sounds: within 40 dB of its loudest.
fn crests(blocks: &[Block], channels: f64) -> [Option<f64>; BANDS] {
    std::array::from_fn(|band| {
        let loudest = blocks.iter().map(|block| block.power[band]).fold(0.0, f64::max);
        let mut all: Vec<f64> = blocks
            .iter()
            .filter(|block| block.power[band] > 1e-4 * loudest)
            .map(|block| db_from_power(f64::from(block.peak[band]).powi(2) * channels / block.power[band]))
            .collect();
        median(&mut all)
    })
}

/// The value in the middle, the higher of two; nothing of nothing. Sorts them.
pub(crate) fn median(values: &mut [f64]) -> Option<f64> {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied()
}
