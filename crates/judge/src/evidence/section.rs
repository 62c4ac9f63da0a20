//! One section of the song as it was heard.

use mixkeel_analysis::spectrum::third_octave::BANDS;
use mixkeel_analysis::stereo::StereoReading;
use mixkeel_session::session::Section;
use serde::{Deserialize, Serialize};

use super::sound::Sound;

/// What was measured of one section.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SectionEvidence {
    /// Its id in the session: `chorus-1`.
    pub id: String,
    /// What it is: `chorus`.
    pub kind: String,
    /// Start in seconds.
    pub from_s: f64,
    /// End in seconds.
    pub to_s: f64,
    /// Gated loudness. `None` for silence.
    pub integrated_lufs: Option<f64>,
    /// True peak in dBTP. `None` for silence.
    pub true_peak_dbtp: Option<f64>,
    /// The mean square of each third octave in dB re full scale. `None` where it is silent.
    pub third_octave_db: Vec<Option<f64>>,
    /// Width, balance and mono, whole and by band.
    pub stereo: StereoReading,
    /// Which span of [`Evidence::masking`](super::Evidence::masking) this is. `None` where there is none.
    pub masking_span: Option<usize>,
}

impl SectionEvidence {
    /// What a sound measures in a section.
    pub(super) fn of(sound: &Sound, section: &Section) -> Self {
        let (from_s, to_s) = (section.from_s, section.to_s);
        let span = sound.spectrum.contour.between(from_s..to_s);
        let third_octave_db: [Option<f64>; BANDS] = span.third_octave_db();
        Self {
            id: section.id.clone(),
            kind: section.kind.clone(),
            from_s,
            to_s,
            integrated_lufs: sound.lufs_between(from_s, to_s),
            true_peak_dbtp: sound.true_peak_between(from_s, to_s),
            third_octave_db: third_octave_db.to_vec(),
            stereo: StereoReading::of_span(&span),
            masking_span: None,
        }
    }
}
