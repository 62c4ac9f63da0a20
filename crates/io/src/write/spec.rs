//! What a file is to be: format, word length, rate, channels, and what it says about itself.

use std::fmt;
use std::str::FromStr;

use mixkeel_dsp::block::Channels;

/// The container and coding of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// RIFF WAVE; RF64 by itself when it grows too long for RIFF.
    Wav,
    /// Free Lossless Audio Codec (RFC 9639).
    Flac,
}

impl Format {
    /// The format that files with this ending (without the dot, in any case) have.
    pub fn from_extension(extension: &str) -> Option<Self> {
        match extension.to_ascii_lowercase().as_str() {
            "wav" | "wave" => Some(Format::Wav),
            "flac" => Some(Format::Flac),
            _ => None,
        }
    }

    /// The usual ending of such files, without the dot.
    pub fn extension(self) -> &'static str {
        match self {
            Format::Wav => "wav",
            Format::Flac => "flac",
        }
    }
}

impl FromStr for Format {
    type Err = UnknownWord;

    fn from_str(word: &str) -> Result<Self, UnknownWord> {
        Format::from_extension(word)
            .ok_or_else(|| UnknownWord { word: word.to_owned(), choices: "wav, flac" })
    }
}

/// How one sample is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bits {
    /// 16-bit integers.
    I16,
    /// 24-bit integers.
    I24,
    /// 32-bit floating point, unchanged. WAV only.
    F32,
}

impl Bits {
    /// Bits per sample.
    pub fn count(self) -> u16 {
        match self {
            Bits::I16 => 16,
            Bits::I24 => 24,
            Bits::F32 => 32,
        }
    }

    /// Bytes per sample in a WAV file.
    pub fn bytes(self) -> usize {
        usize::from(self.count() / 8)
    }
}

impl FromStr for Bits {
    type Err = UnknownWord;

    fn from_str(word: &str) -> Result<Self, UnknownWord> {
        match word {
            "16" => Ok(Bits::I16),
            "24" => Ok(Bits::I24),
            "32f" => Ok(Bits::F32),
            _ => Err(UnknownWord { word: word.to_owned(), choices: "16, 24, 32f" }),
        }
    }
}

impl fmt::Display for Bits {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Bits::I16 => "16",
            Bits::I24 => "24",
            Bits::F32 => "32f",
        })
    }
}

/// A word that names no [`Format`] or no [`Bits`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("\"{word}\" is not one of {choices}")]
pub struct UnknownWord {
    word: String,
    choices: &'static str,
}

/// The loudness of the sound, as EBU R 128 measures it, for the `bext` chunk and the FLAC comments.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Loudness {
    /// Integrated loudness in LUFS.
    pub integrated_lufs: f64,
    /// Loudness range in LU.
    pub loudness_range_lu: Option<f64>,
    /// The highest true peak in dBTP.
    pub true_peak_dbtp: f64,
    /// The highest momentary loudness in LUFS.
    pub max_momentary_lufs: Option<f64>,
    /// The highest short-term loudness in LUFS.
    pub max_short_term_lufs: Option<f64>,
}

/// What a file says about itself. No dates: the same sound gives the same bytes on any day.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Tags {
    /// The name of the song or stem.
    pub title: Option<String>,
    /// The version of the engine that rendered it.
    pub engine_version: String,
    /// The hash of the session it was rendered from.
    pub session_hash: Option<String>,
    /// Anything else, in words.
    pub comment: Option<String>,
    /// How loud it is, where that has been measured.
    pub loudness: Option<Loudness>,
    /// Where its first frame lies on the timeline, in frames since midnight.
    pub time_reference_frames: u64,
    /// Named places: the frame and the name of each. WAV only, as cue points.
    pub markers: Vec<(u32, String)>,
}

/// All that decides the bytes of a file besides the samples.
#[derive(Clone, Debug, PartialEq)]
pub struct Spec {
    /// Container and coding.
    pub format: Format,
    /// Word length.
    pub bits: Bits,
    /// Frames per second.
    pub rate_hz: u32,
    /// One channel or two.
    pub channels: Channels,
    /// What the file says about itself.
    pub tags: Tags,
    /// Chooses the dither noise: the same seed gives the same noise.
    pub dither_seed: u64,
    /// The word length the samples are known to fit already, because they come unchanged from integers of so many
    /// bits. Then nothing is dithered and every bit survives. `None` for anything that was computed.
    pub source_bits: Option<u16>,
    /// How many frames will come, where that is known. More or fewer may come: it makes the header right from the
    /// start and the FLAC seek table the right size, no more.
    pub length_frames: Option<u64>,
}

impl Spec {
    /// A WAV of 32-bit floating point that says nothing about itself: what is computed, as it was computed.
    pub fn float_wav(rate_hz: u32, channels: Channels) -> Self {
        Self {
            format: Format::Wav,
            bits: Bits::F32,
            rate_hz,
            channels,
            tags: Tags::default(),
            dither_seed: 0,
            source_bits: None,
            length_frames: None,
        }
    }
}
