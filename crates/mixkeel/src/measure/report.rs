//! What `measure` says of files: the document that programs read.

use serde::Serialize;

use crate::error::Error;

/// What was measured, file by file.
#[derive(Clone, Debug, PartialEq, Serialize, schemars::JsonSchema)]
pub struct MeasureReport {
    /// `mixkeel/measure/1`.
    pub schema: String,
    /// In the order given; a folder's files stand in its place, by name.
    pub files: Vec<FileReport>,
}

/// One file.
#[derive(Clone, Debug, PartialEq, Serialize, schemars::JsonSchema)]
pub struct FileReport {
    /// The file.
    pub path: String,
    /// Why there are no figures.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<FileError>,
    /// What was measured, unless there is an error.
    #[serde(flatten)]
    pub figures: Option<Figures>,
}

/// Why a file could not be measured.
#[derive(Clone, Debug, PartialEq, Serialize, schemars::JsonSchema)]
pub struct FileError {
    /// `unreadable`, or another of the ids of `mixkeel/error/1`.
    pub id: String,
    /// What is wrong.
    pub message: String,
    /// What to do about it.
    #[serde(rename = "do")]
    pub remedy: String,
}

impl FileError {
    /// A failure as it stands in the list.
    pub(super) fn of(error: &Error) -> Self {
        let message = std::iter::once(&error.what).chain(&error.why).cloned().collect::<Vec<_>>().join(": ");
        Self { id: error.kind.word().to_owned(), message, remedy: error.hints.join("; ") }
    }
}

/// The figures of one file. `null` stands where silence would be minus infinity, and where there is nothing to measure.
#[derive(Clone, Debug, PartialEq, Serialize, schemars::JsonSchema)]
pub struct Figures {
    /// `wav`, `flac`, `mp3` …, by the content.
    pub container: String,
    /// `pcm`, `float`, `flac`, `mp3`, `aac` …
    pub codec: String,
    /// Frames a second.
    pub rate_hz: u32,
    /// Bits of a stored sample; `null` for lossy codecs.
    pub bits: Option<u16>,
    /// Whether samples are stored as floating point numbers.
    pub float: bool,
    /// Channels in the file.
    pub channels: u16,
    /// Frames read.
    pub length_frames: u64,
    /// The same in seconds.
    pub length_s: f64,
    /// Integrated loudness (ITU-R BS.1770-5). A mono file counts as one channel.
    pub integrated_lufs: Option<f64>,
    /// The loudest 400 ms (EBU Tech 3341).
    pub max_momentary_lufs: Option<f64>,
    /// The loudest 3 s (EBU Tech 3341).
    pub max_short_term_lufs: Option<f64>,
    /// Loudness range (EBU Tech 3342).
    pub loudness_range_lu: Option<f64>,
    /// True peak (BS.1770-5, annex 2).
    pub true_peak_dbtp: Option<f64>,
    /// The highest sample.
    pub sample_peak_dbfs: Option<f64>,
    /// True peak less integrated loudness.
    pub plr_db: Option<f64>,
    /// The smallest peak to short-term loudness ratio of any 3 s.
    pub psr_min_db: Option<f64>,
    /// Sample peak over RMS of the whole.
    pub crest_db: Option<f64>,
    /// The mean of each channel, as a part of full scale.
    pub dc: Vec<f64>,
    /// Correlation of left and right, −1 to 1; of two channels only.
    pub correlation: Option<f64>,
    /// Side over mid in energy; of two channels only.
    pub side_to_mid_db: Option<f64>,
    /// Loudness lost when both channels are added up; of two channels only.
    pub mono_loss_lu: Option<f64>,
    /// How much louder the left is; of two channels only.
    pub left_minus_right_lu: Option<f64>,
    /// Flat tops at a level that the signal cannot pass.
    pub clipped_runs: u64,
    /// Samples that were no numbers and count as silence.
    pub nan_samples: u64,
    /// RMS of the stretches in which nobody plays; `null` when it is never quiet.
    pub noise_floor_dbfs: Option<f64>,
    /// The shortest word that holds the samples; `null` for lossy codecs and where 24 bits do not hold them.
    pub effective_bits: Option<u32>,
    /// How high the sound reaches.
    pub bandwidth_hz: Option<f64>,
    /// Where the energy lies.
    pub spectrum: Spectrum,
    /// What is wrong, and what had to be put right while reading.
    pub problems: Vec<FileProblem>,
}

/// Third-octave bands.
#[derive(Clone, Debug, PartialEq, Serialize, schemars::JsonSchema)]
pub struct Spectrum {
    /// Nominal middles of the bands (IEC 61260-1).
    pub freq_hz: Vec<f64>,
    /// Energy in each band re that of all.
    pub db: Vec<Option<f64>>,
}

/// Something wrong with a file.
#[derive(Clone, Debug, PartialEq, Serialize, schemars::JsonSchema)]
pub struct FileProblem {
    /// A stable name such as `clipping`.
    pub id: String,
    /// One sentence for a person.
    pub message: String,
    /// Where it begins, in seconds; `null` where it is everywhere.
    pub at_s: Option<f64>,
    /// All places, from and to in seconds.
    pub spans_s: Vec<[f64; 2]>,
    /// `certain`, `likely` or `guess`.
    pub sureness: String,
}

impl MeasureReport {
    /// The name of this JSON.
    pub const SCHEMA: &'static str = "mixkeel/measure/1";
}
