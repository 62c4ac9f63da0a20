//! FLAC (RFC 9639), written block by block in bounded memory, and decoded again before anybody else can see it.
//!
//! The encoder is ours because those there are take a whole song at once. It weighs every choice by its exact cost in
//! bits: fixed or linear prediction up to order 12, Rice parameters and partitions, left and right or sum and
//! difference.

mod bits;
mod blocks;
mod frame;
mod md5;
mod predict;
mod rice;
mod subframe;
mod verify;

use mixkeel_dsp::block::{Channels, Signal};

use self::blocks::{SeekTable, Totals};
use self::frame::{BLOCK_FRAMES, FrameEncoder};
use self::md5::Md5;
use self::verify::Wrong;
use super::atomic::Partial;
use super::error::{Kind, WriteError};
use super::spec::Spec;
use super::word::{Words, interleave};

pub(crate) struct FlacEncoder {
    spec: Spec,
    frames: FrameEncoder,
    left: Vec<i32>,
    right: Vec<i32>,
    raw: Vec<u8>,
    md5: Md5,
    seek: SeekTable,
    totals: Totals,
    /// What comments and padding take together: the file has so much room for them.
    room_bytes: usize,
    /// Bytes of frames written, and frames of FLAC.
    written_bytes: u64,
    written_count: u64,
}

impl FlacEncoder {
    pub(crate) fn new(spec: &Spec) -> Self {
        Self {
            frames: FrameEncoder::new(spec.rate_hz, u32::from(spec.bits.count()), spec.channels),
            left: Vec::with_capacity(BLOCK_FRAMES),
            right: Vec::with_capacity(BLOCK_FRAMES),
            raw: Vec::new(),
            md5: Md5::new(),
            seek: SeekTable::new(spec),
            totals: Totals::default(),
            room_bytes: blocks::room_bytes(&spec.tags),
            written_bytes: 0,
            written_count: 0,
            spec: spec.clone(),
        }
    }

    /// Other numbers in the tags; the padding makes room for them.
    pub(crate) fn retag(&mut self, spec: &Spec) {
        self.spec = spec.clone();
    }

    /// Metadata that promises nothing but is valid, so that what a killed writer leaves can be played.
    pub(crate) fn begin(&mut self, file: &mut Partial) -> Result<(), WriteError> {
        file.append(&self.metadata())
    }

    pub(crate) fn write(
        &mut self,
        signal: Signal,
        words: &mut Words,
        file: &mut Partial,
    ) -> Result<(), WriteError> {
        words.integers(signal, |channels, mut left, mut right| {
            while !left.is_empty() {
                let taken = left.len().min(BLOCK_FRAMES - self.left.len());
                self.left.extend_from_slice(&left[..taken]);
                if channels == Channels::Stereo {
                    self.right.extend_from_slice(&right[..taken]);
                    right = &right[taken..];
                }
                left = &left[taken..];
                if self.left.len() == BLOCK_FRAMES {
                    self.frame(file)?;
                }
            }
            Ok(())
        })
    }

    pub(crate) fn finish(mut self, words: &Words, file: &mut Partial) -> Result<(), WriteError> {
        if !self.left.is_empty() {
            self.frame(file)?;
        }
        self.totals.md5 = std::mem::replace(&mut self.md5, Md5::new()).finish();
        file.overwrite_start(&self.metadata())?;
        if words.frames() == 0 {
            return Ok(()); // There is nothing to decode, and decoders disagree on whether that is a fault.
        }
        verify::verify(file.read_back()?, words.frames()).map_err(|wrong| match wrong {
            Wrong::Disk(error) => WriteError::system(file.path(), "reading back what was written", error),
            Wrong::Sound(why) => {
                let why = format!("what was written does not decode to what was meant: {why}");
                WriteError::new(
                    Kind::VerifyFailed,
                    file.path(),
                    why,
                    "Write a WAV file, and report this fault.",
                )
            }
        })
    }

    fn frame(&mut self, file: &mut Partial) -> Result<(), WriteError> {
        self.digest();
        let bytes = self.frames.encode(self.written_count, &self.left, &self.right);
        self.seek.note(self.totals.frames, self.left.len(), self.written_bytes);
        let size = bytes.len() as u32;
        let smallest = if self.written_count == 0 { size } else { self.totals.smallest_bytes.min(size) };
        self.totals.smallest_bytes = smallest;
        self.totals.largest_bytes = self.totals.largest_bytes.max(size);
        self.totals.frames += self.left.len() as u64;
        self.written_bytes += bytes.len() as u64;
        self.written_count += 1;
        file.append(bytes)?;
        self.left.clear();
        self.right.clear();
        Ok(())
    }

    /// The digest is that of the samples as a WAV file would hold them (RFC 9639 §8.2).
    fn digest(&mut self) {
        self.raw.clear();
        interleave(self.spec.bits, self.spec.channels, &self.left, &self.right, &mut self.raw);
        self.md5.update(&self.raw);
    }

    fn metadata(&self) -> Vec<u8> {
        blocks::metadata(&self.spec, &self.totals, &self.seek, BLOCK_FRAMES as u16, self.room_bytes)
    }
}
