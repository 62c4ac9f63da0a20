//! A tap that measures what it hears.

use mixkeel_analysis::levels::LevelsMeter;
use mixkeel_analysis::loudness::LoudnessMeter;
use mixkeel_analysis::meter::Meter;
use mixkeel_analysis::true_peak::TruePeakMeter;
use mixkeel_dsp::block::{Channels, Signal};

use super::{Pick, Tap};
use crate::error::Error;
use crate::project::ledger::Measured;

/// Measures loudness and peaks of one sound of a render.
pub struct MeterTap {
    pick: Pick,
    loudness: LoudnessMeter,
    levels: LevelsMeter,
    true_peak: TruePeakMeter,
}

impl MeterTap {
    /// Ready for a render at this rate.
    pub fn new(pick: Pick, rate_hz: u32) -> Self {
        let (mut loudness, mut levels) = (LoudnessMeter::new(), LevelsMeter::new());
        loudness.prepare(rate_hz, Channels::Stereo);
        levels.prepare(rate_hz, Channels::Stereo);
        let mut true_peak = TruePeakMeter::new();
        true_peak.prepare(rate_hz, Channels::Stereo);
        Self { pick, loudness, levels, true_peak }
    }

    /// What was measured.
    pub fn finish(&mut self) -> Measured {
        Measured {
            integrated_lufs: self.loudness.finish().integrated_lufs,
            sample_peak_dbfs: self.levels.finish().sample_peak_dbfs(),
            true_peak_dbtp: self.true_peak.finish(),
        }
    }
}

impl Tap for MeterTap {
    fn pick(&self) -> Pick {
        self.pick
    }

    fn take(&mut self, heard: Signal<'_>) -> Result<(), Error> {
        self.loudness.push(&heard);
        self.levels.push(&heard);
        self.true_peak.push(&heard);
        Ok(())
    }
}
