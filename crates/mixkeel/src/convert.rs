//! `convert`: one sound file into another rate, word length or format.

use std::path::Path;

use mixkeel_dsp::block::Buffer;
use mixkeel_io::read::Downmix;
use mixkeel_io::write::{Bits, Format, Spec, Tags, create};
use serde::{Deserialize, Serialize};

use crate::error::{Error, ErrorKind};
use crate::song::facts::length_at;
use crate::song::media::Recording;
use crate::watch::{Event, Stage, Watch};

/// How to convert. The format is the one that the output's ending names.
#[derive(Clone, Debug, PartialEq)]
pub struct ConvertOptions {
    /// Another rate than the file's.
    pub rate_hz: Option<u32>,
    /// Another word length; the file's own when not said (24 bits for what has none).
    pub bits: Option<Bits>,
    /// TPDF dither where the word gets shorter.
    pub dither: bool,
    /// More than two channels are folded to two.
    pub downmix: bool,
    /// An existing output is replaced.
    pub force: bool,
}

impl Default for ConvertOptions {
    fn default() -> Self {
        Self { rate_hz: None, bits: None, dither: true, downmix: false, force: false }
    }
}

/// What was converted.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct ConvertOutcome {
    /// `mixkeel/convert/1`.
    pub schema: String,
    /// The file read.
    pub input: String,
    /// The file written.
    pub output: String,
    /// Frames a second, before and after.
    pub rate_hz: [u32; 2],
    /// Length in frames, before and after.
    pub length_frames: [u64; 2],
    /// Word length written: `16`, `24` or `32f`.
    pub bits: String,
    /// Whether dither was added.
    pub dithered: bool,
    /// Samples over full scale that had to be cut.
    pub clipped_samples: u64,
    /// Samples that were not numbers and were written as silence.
    pub nan_samples: u64,
    /// What had to be put right while reading.
    pub problems: Vec<String>,
}

impl ConvertOutcome {
    /// The name of this JSON.
    pub const SCHEMA: &'static str = "mixkeel/convert/1";

    /// What to tell the user.
    pub fn summary(&self) -> Vec<String> {
        let dither = if self.dithered { ", dithered (TPDF)" } else { "" };
        let mut lines = vec![
            self.output.clone(),
            format!(
                "{} Hz to {} Hz, {} frames, {} bits{dither}",
                self.rate_hz[0], self.rate_hz[1], self.length_frames[1], self.bits
            ),
        ];
        if self.clipped_samples > 0 {
            lines.push(format!(
                "{} samples were over full scale and were cut; --bits 32f keeps them",
                self.clipped_samples
            ));
        }
        if self.nan_samples > 0 {
            lines.push(format!("{} samples were not numbers and are silence now", self.nan_samples));
        }
        lines.extend(self.problems.iter().cloned());
        lines
    }
}

/// Frames read at a time. Ours: the converter works in long runs, and the buffer stays in the second-level cache.
const CHUNK_FRAMES: usize = mixkeel_dsp::MAX_BLOCK_FRAMES;

/// Converts a file.
///
/// # Errors
/// An input that cannot be read, an output that is the input, exists, or has an ending that is no format; no room.
pub fn convert(
    input: &Path,
    output: &Path,
    options: &ConvertOptions,
    watch: &dyn Watch,
) -> Result<ConvertOutcome, Error> {
    let ending = output.extension().map(|ending| ending.to_string_lossy().into_owned()).unwrap_or_default();
    let format = Format::from_extension(&ending).ok_or_else(|| {
        Error::new(ErrorKind::Usage, format!("\".{ending}\" is no format that can be written"))
            .at(output)
            .hint("end the name with .wav or .flac")
    })?;
    let downmix = if options.downmix { Downmix::Fold } else { Downmix::Refuse };
    let reader = mixkeel_io::read::open(input, downmix)?;
    refuse_existing(input, output, options.force)?;
    let info = reader.info().clone();
    let rate_hz = options.rate_hz.unwrap_or(info.rate_hz);
    let bits = options.bits.unwrap_or_else(|| natural_bits(format, info.bits, info.float));
    let source_bits = match (options.dither, rate_hz == info.rate_hz, info.float) {
        // Samples that lie on the target's own grid already: nothing is rounded, or the user wants no dither.
        (false, ..) => Some(bits.count()),
        (true, true, false) if info.file_channels <= 2 => info.bits,
        _ => None,
    };
    let spec = Spec {
        format,
        bits,
        rate_hz,
        channels: info.channels,
        tags: Tags {
            title: info.tags.iter().find(|(name, _)| name == "title").map(|(_, title)| title.clone()),
            engine_version: format!("Mixkeel {}", crate::ENGINE_VERSION),
            time_reference_frames: length_at(info.time_reference_frames.unwrap_or(0), info.rate_hz, rate_hz),
            ..Tags::default()
        },
        dither_seed: 0,
        source_bits,
        length_frames: info.length_frames.map(|frames| length_at(frames, info.rate_hz, rate_hz)),
    };
    let total = spec.length_frames.unwrap_or(0).max(1) as f64;
    let mut sound = Recording::at(reader, rate_hz)?;
    let mut writer = create(output, &spec)?;
    let mut buffer = Buffer::new(info.channels, CHUNK_FRAMES);
    let mut done = 0_u64;
    loop {
        if watch.stop() {
            return Err(Error::interrupted());
        }
        let frames = sound.read(&mut buffer.block())?;
        if frames == 0 {
            break;
        }
        writer.write(buffer.signal().part(0..frames))?;
        done += frames as u64;
        watch.event(Event::Progress { stage: Stage::Convert, fraction: (done as f64 / total).min(1.0) });
    }
    let written = writer.finish()?;
    // What was read, where the file did not say how long it is.
    let length_in = info.length_frames.unwrap_or_else(|| length_at(done, rate_hz, info.rate_hz));
    Ok(ConvertOutcome {
        schema: ConvertOutcome::SCHEMA.to_owned(),
        input: input.to_string_lossy().into_owned(),
        output: output.to_string_lossy().into_owned(),
        rate_hz: [info.rate_hz, rate_hz],
        length_frames: [length_in, written.length_frames],
        bits: bits.to_string(),
        dithered: bits != Bits::F32 && source_bits.is_none_or(|source| source > bits.count()),
        clipped_samples: written.clipped_samples,
        nan_samples: sound.nan_samples(),
        problems: sound.problems().iter().map(|problem| problem.message.clone()).collect(),
    })
}

fn natural_bits(format: Format, bits: Option<u16>, float: bool) -> Bits {
    match (format, float, bits) {
        (Format::Wav, true, _) => Bits::F32,
        (_, false, Some(bits)) if bits <= 16 => Bits::I16,
        _ => Bits::I24,
    }
}

fn refuse_existing(input: &Path, output: &Path, force: bool) -> Result<(), Error> {
    if !output.exists() {
        return Ok(());
    }
    let same = std::fs::canonicalize(input).ok() == std::fs::canonicalize(output).ok();
    if same {
        return Err(Error::new(ErrorKind::Usage, "input and output are the same file")
            .at(output)
            .because("recordings are never written over")
            .hint("give the output another name"));
    }
    if force {
        return Ok(());
    }
    Err(Error::new(ErrorKind::OutputExists, "the output exists already")
        .at(output)
        .hint("give it another name, or replace it: --force"))
}
