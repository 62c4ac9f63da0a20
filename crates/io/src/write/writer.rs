//! The writer of sound files: blocks in, one whole file out.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use mixkeel_dsp::block::Signal;

use super::atomic::Partial;
use super::disk::{FileSystem, RealDisk};
use super::error::{Kind, WriteError};
use super::flac::FlacEncoder;
use super::spec::{Bits, Format, Loudness, Spec};
use super::wav::WavEncoder;
use super::word::Words;

/// The rates that can be written, in Hz. FLAC holds 20 bits (RFC 9639 §8.2), and no converter runs faster.
const RATES_HZ: std::ops::RangeInclusive<u32> = 1_000..=1_048_575;

/// What has been written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    /// The file.
    pub path: PathBuf,
    /// Frames in it.
    pub length_frames: u64,
    /// Samples beyond full scale that were set to it. Always 0 for [`Bits::F32`].
    pub clipped_samples: u64,
    /// Samples that were not numbers, or infinite, and were written as 0.
    pub not_finite_samples: u64,
    /// The size of the file.
    pub bytes: u64,
    /// The time spent waiting for the medium to take the file: not work, and not in proportion to anything.
    pub synced: Duration,
}

/// A sound file being written. Dropped without [`Writer::finish`] it leaves no trace.
pub struct Writer {
    file: Partial,
    encoder: Encoder,
    words: Words,
    spec: Spec,
    broken: bool,
}

enum Encoder {
    Wav(Box<WavEncoder>),
    Flac(Box<FlacEncoder>),
}

/// Begins a file. Nothing bears the name `path` (or what bore it before still does) until [`Writer::finish`].
///
/// # Errors
/// When the format cannot hold what `spec` asks for, or a hidden file cannot be made beside `path`.
pub fn create(path: &Path, spec: &Spec) -> Result<Writer, WriteError> {
    create_on(Arc::new(RealDisk), path, spec)
}

/// [`create`] on a file system of the caller's choice.
///
/// # Errors
/// As for [`create`].
pub fn create_on(disk: Arc<dyn FileSystem>, path: &Path, spec: &Spec) -> Result<Writer, WriteError> {
    let unsupported =
        |why: String, remedy| Err(WriteError::new(Kind::UnsupportedCombination, path, why, remedy));
    if !RATES_HZ.contains(&spec.rate_hz) {
        return unsupported(format!("{} Hz is no sample rate", spec.rate_hz), "Use 1000 Hz to 1048575 Hz.");
    }
    let words = Words::new(spec);
    let start = |encoder, words| -> Result<Writer, WriteError> {
        let file = Partial::create(disk, path)?;
        let mut writer = Writer { file, encoder, words, spec: spec.clone(), broken: false };
        writer.encoder.begin(&mut writer.file)?;
        Ok(writer)
    };
    match (spec.format, spec.bits) {
        (Format::Flac, Bits::F32) => {
            unsupported("FLAC holds no floating point".into(), "Write 24 bits, or a WAV file.")
        }
        (Format::Flac, _) => start(Encoder::Flac(Box::new(FlacEncoder::new(spec))), words),
        (Format::Wav, _) => {
            let encoder = WavEncoder::new(spec, &words);
            start(Encoder::Wav(Box::new(encoder)), words)
        }
    }
}

impl Writer {
    /// Appends a block of any length.
    ///
    /// # Errors
    /// When the block has other channels than the file or the disk refuses. After that the file cannot be finished.
    pub fn write(&mut self, signal: Signal) -> Result<(), WriteError> {
        self.whole()?;
        if signal.channels() != self.spec.channels {
            return Err(WriteError::new(
                Kind::UnsupportedCombination,
                self.file.path(),
                format!("{:?} sound for a {:?} file", signal.channels(), self.spec.channels),
                "Give every block as many channels as the file has.",
            ));
        }
        let done = match &mut self.encoder {
            Encoder::Wav(encoder) => encoder.write(signal, &mut self.words, &mut self.file),
            Encoder::Flac(encoder) => encoder.write(signal, &mut self.words, &mut self.file),
        };
        self.broken = done.is_err();
        done
    }

    /// What the file says of its loudness, where that is known only when all is written.
    pub fn tell_loudness(&mut self, loudness: Loudness) {
        self.spec.tags.loudness = Some(loudness);
        match &mut self.encoder {
            Encoder::Wav(encoder) => encoder.retag(&self.spec, &self.words),
            Encoder::Flac(encoder) => encoder.retag(&self.spec),
        }
    }

    /// Completes the file and puts it under its name.
    ///
    /// # Errors
    /// When the disk refuses, or a FLAC file does not decode to what was written. The old file is then untouched.
    pub fn finish(mut self) -> Result<Written, WriteError> {
        self.whole()?;
        match self.encoder {
            Encoder::Wav(encoder) => encoder.finish(&self.words, &mut self.file)?,
            Encoder::Flac(encoder) => encoder.finish(&self.words, &mut self.file)?,
        }
        let (path, bytes) = (self.file.path().to_owned(), self.file.bytes());
        let synced = self.file.commit()?;
        Ok(Written {
            path,
            length_frames: self.words.frames(),
            clipped_samples: self.words.clipped(),
            not_finite_samples: self.words.not_finite(),
            bytes,
            synced,
        })
    }

    fn whole(&self) -> Result<(), WriteError> {
        if self.broken {
            let why = "an earlier block could not be written";
            return Err(WriteError::new(Kind::Io, self.file.path(), why, "Begin the file again."));
        }
        Ok(())
    }
}

impl Encoder {
    fn begin(&mut self, file: &mut Partial) -> Result<(), WriteError> {
        match self {
            Encoder::Wav(encoder) => encoder.begin(file),
            Encoder::Flac(encoder) => encoder.begin(file),
        }
    }
}
