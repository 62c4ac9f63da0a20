//! One stereo sound from beginning to end: what every meter reads of it.

use mixkeel_analysis::dynamics::DynamicsReading;
use mixkeel_analysis::levels::LevelsReading;
use mixkeel_analysis::loudness::{LoudnessContour, LoudnessReading};
use mixkeel_analysis::space::SpaceReading;
use mixkeel_analysis::spectrum::SpectrumReading;
use mixkeel_analysis::stereo::StereoReading;
use mixkeel_dsp::block::Channels;
use serde::{Deserialize, Serialize};

use super::faults::Faults;

/// What was measured of a whole sound.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Sound {
    /// Frames a second.
    pub rate_hz: u32,
    /// Mono or stereo.
    pub channels: Channels,
    /// Length in frames.
    pub length_frames: u64,
    /// Loudness as BS.1770-5 and Tech 3341/3342 have it.
    pub loudness: LoudnessReading,
    /// Loudness of every 100 ms.
    pub contour: LoudnessContour,
    /// Sample peaks, RMS, DC.
    pub levels: LevelsReading,
    /// True peak in dBTP. `None` for silence.
    pub true_peak_dbtp: Option<f64>,
    /// The true peak of every 100 ms, as a factor of full scale.
    pub peaks: Vec<f32>,
    /// True peak less integrated loudness.
    pub plr_db: Option<f64>,
    /// The least true peak of 3 s less the short-term loudness of the same 3 s.
    pub psr_min_db: Option<f64>,
    /// Energies by band over time; any span can be read from it.
    pub spectrum: SpectrumReading,
    /// Width, balance, mono, over all, by band and over time.
    pub stereo: StereoReading,
    /// Attacks, crest, what limiters left.
    pub dynamics: DynamicsReading,
    /// Decay and direct-to-reverberant ratio.
    pub space: SpaceReading,
    /// What is wrong with it as a recording.
    pub faults: Faults,
}

impl Sound {
    /// Length in seconds.
    pub fn length_s(&self) -> f64 {
        self.length_frames as f64 / f64::from(self.rate_hz.max(1))
    }

    /// Crest: sample peak over RMS.
    pub fn crest_db(&self) -> Option<f64> {
        self.levels.crest_db()
    }

    /// The gated loudness of a span, from the contour. `None` for silence.
    pub fn lufs_between(&self, from_s: f64, to_s: f64) -> Option<f64> {
        lufs_between(&self.contour, from_s, to_s)
    }

    /// The true peak within a span in dBTP. `None` for silence.
    pub fn true_peak_between(&self, from_s: f64, to_s: f64) -> Option<f64> {
        let steps = steps(from_s, to_s, self.peaks.len());
        let peak = self.peaks.get(steps)?.iter().copied().fold(0.0_f32, f32::max);
        (peak > 0.0).then(|| mixkeel_dsp::units::db_from_gain(f64::from(peak)))
    }
}

/// The gated loudness of a span of a contour.
pub(super) fn lufs_between(contour: &LoudnessContour, from_s: f64, to_s: f64) -> Option<f64> {
    let steps = steps(from_s, to_s, contour.powers.len());
    let powers = contour.powers.get(steps)?.to_vec();
    LoudnessContour { powers }.integrated_lufs()
}

/// The steps of 100 ms in a span of seconds.
fn steps(from_s: f64, to_s: f64, length: usize) -> std::ops::Range<usize> {
    let step = |seconds: f64| {
        let step = libm::round(seconds.max(0.0) / LoudnessContour::STEP_S);
        (step as usize).min(length)
    };
    let from = step(from_s);
    from..step(to_s).max(from)
}
