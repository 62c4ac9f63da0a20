//! Loudness and true peak of a programme, and what follows from both: PLR and PSR.

use mixkeel_dsp::block::{Channels, Signal};
use mixkeel_dsp::units::db_from_gain;
use serde::{Deserialize, Serialize};

use crate::loudness::gating::ABSOLUTE_GATE_LUFS;
use crate::loudness::{LoudnessContour, LoudnessMeter, LoudnessReading, SHORT_TERM_STEPS};
use crate::meter::Meter;
use crate::true_peak::TruePeakMeter;

/// What [`ProgrammeMeter`] reads. `None` stands where there is nothing to read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ProgrammeReading {
    /// Integrated, momentary, short-term loudness and range.
    pub loudness: LoudnessReading,
    /// True peak of the highest channel in dBTP.
    pub true_peak_dbtp: Option<f64>,
    /// Peak to loudness: true peak less integrated loudness, in dB.
    pub plr_db: Option<f64>,
    /// The smallest of [`psr_db`]: how little room the densest 3 s leave between loudness and peak.
    pub psr_min_db: Option<f64>,
}

/// Peak to short-term loudness in dB: the true peak in each 3 s window less the short-term loudness of the same window, a
/// value every 100 ms, the first when 3 s have passed. `None` where the window is not louder than −70 LUFS, as in the
/// absolute gate of BS.1770. (AES 143, e-Brief of Shepherd, Grimm, Tapper and Kahsnitz, 2017; of the variants in use this
/// is the one with true peak and one window for both.)
pub fn psr_db(loudness: &LoudnessContour, peaks: &[f32]) -> Vec<Option<f64>> {
    let windows = peaks.windows(SHORT_TERM_STEPS).map(|window| window.iter().copied().fold(0.0, f32::max));
    let of = |(lufs, peak): (Option<f64>, f32)| {
        let lufs = lufs.filter(|&lufs| lufs > ABSOLUTE_GATE_LUFS)?;
        (peak > 0.0).then(|| db_from_gain(f64::from(peak)) - lufs)
    };
    loudness.short_term_lufs().into_iter().zip(windows).map(of).collect()
}

/// Measures loudness and true peak together.
#[derive(Clone, Debug)]
pub struct ProgrammeMeter {
    loudness: LoudnessMeter,
    true_peak: TruePeakMeter,
}

impl ProgrammeMeter {
    /// Ready for a stereo signal at 48 kHz; [`prepare`](Meter::prepare) says otherwise.
    pub fn new() -> Self {
        Self { loudness: LoudnessMeter::new(), true_peak: TruePeakMeter::new().with_contour() }
    }

    /// Reads a mono signal as it will be heard from two loudspeakers: see [`LoudnessMeter::dual_mono`].
    #[must_use]
    pub fn dual_mono(mut self) -> Self {
        self.loudness = self.loudness.dual_mono();
        self
    }

    /// The loudness of every 100 ms.
    pub fn contour(&self) -> LoudnessContour {
        self.loudness.contour()
    }

    /// The true peak of every 100 ms, as a factor of full scale; whole after `finish`.
    pub fn peaks(&self) -> &[f32] {
        self.true_peak.contour()
    }
}

impl Default for ProgrammeMeter {
    fn default() -> Self {
        Self::new()
    }
}

impl Meter for ProgrammeMeter {
    type Reading = ProgrammeReading;

    fn prepare(&mut self, rate_hz: u32, channels: Channels) {
        self.loudness.prepare(rate_hz, channels);
        self.true_peak.prepare(rate_hz, channels);
    }

    fn push(&mut self, signal: &Signal) {
        self.loudness.push(signal);
        self.true_peak.push(signal);
    }

    fn finish(&mut self) -> ProgrammeReading {
        let loudness = self.loudness.finish();
        let true_peak_dbtp = self.true_peak.finish();
        let psr = psr_db(&self.loudness.contour(), self.true_peak.contour());
        ProgrammeReading {
            plr_db: true_peak_dbtp.zip(loudness.integrated_lufs).map(|(peak, lufs)| peak - lufs),
            psr_min_db: psr.into_iter().flatten().reduce(f64::min),
            true_peak_dbtp,
            loudness,
        }
    }
}
