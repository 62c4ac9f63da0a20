//! A tap that measures what it hears.

use mixkeel_analysis::levels::LevelsMeter;
use mixkeel_analysis::loudness::LoudnessMeter;
use mixkeel_analysis::meter::Meter;
use mixkeel_analysis::true_peak::TruePeakMeter;
use mixkeel_dsp::block::{Channels, Signal};

use super::{Pick, Tap};
use crate::error::Error;
use crate::project::ledger::Measured;

/// Measures loudness of one sound of a render, and its peaks when asked to.
pub struct MeterTap {
    pick: Pick,
    loudness: LoudnessMeter,
    peaks: Option<(LevelsMeter, TruePeakMeter)>,
}

impl MeterTap {
    /// Ready for a render at this rate.
    pub fn new(pick: Pick, rate_hz: u32, with_peaks: bool) -> Self {
        let mut loudness = LoudnessMeter::new();
        loudness.prepare(rate_hz, Channels::Stereo);
        let peaks = with_peaks.then(|| {
            let (mut levels, mut true_peak) = (LevelsMeter::new(), TruePeakMeter::new());
            levels.prepare(rate_hz, Channels::Stereo);
            true_peak.prepare(rate_hz, Channels::Stereo);
            (levels, true_peak)
        });
        Self { pick, loudness, peaks }
    }

    /// What was measured.
    pub fn finish(&mut self) -> Measured {
        let (sample_peak_dbfs, true_peak_dbtp) = match &mut self.peaks {
            Some((levels, true_peak)) => (levels.finish().sample_peak_dbfs(), true_peak.finish()),
            None => (None, None),
        };
        Measured { integrated_lufs: self.loudness.finish().integrated_lufs, sample_peak_dbfs, true_peak_dbtp }
    }
}

impl Tap for MeterTap {
    fn pick(&self) -> Pick {
        self.pick
    }

    fn take(&mut self, heard: Signal<'_>) -> Result<(), Error> {
        self.loudness.push(&heard);
        if let Some((levels, true_peak)) = &mut self.peaks {
            levels.push(&heard);
            true_peak.push(&heard);
        }
        Ok(())
    }
}
