//! WAV: a header that is written twice, with the sizes known at the start and with those known at the end.

mod bext;
mod cues;
mod header;
#[cfg(test)]
mod tests;

use mixkeel_dsp::block::Signal;

use super::atomic::Partial;
use super::error::WriteError;
use super::spec::{Bits, Spec};
use super::word::{Words, interleave};
pub(crate) use bext::software;
use header::Header;

/// Bytes gathered before the system is asked to write them. Ours: 256 KiB stay in the second-level cache, and a call
/// costs nothing beside that many.
const GATHER_BYTES: usize = 256 * 1024;

/// Frames of floats interleaved at a time, so that one long block does not become one long buffer. Ours: 32 KiB.
const FLOAT_PIECE_FRAMES: usize = 4096;

pub(crate) struct WavEncoder {
    header: Header,
    limit_bytes: u64,
    bits: Bits,
    gathered: Vec<u8>,
}

impl WavEncoder {
    pub(crate) fn new(spec: &Spec, words: &Words) -> Self {
        Self::with_riff_limit(spec, words, header::RIFF_LIMIT_BYTES)
    }

    /// RF64 is written where the RIFF size would exceed `limit_bytes`; tests make that small.
    fn with_riff_limit(spec: &Spec, words: &Words, limit_bytes: u64) -> Self {
        let header = Header::new(spec, words.dithers(), limit_bytes);
        Self { header, limit_bytes, bits: spec.bits, gathered: Vec::with_capacity(GATHER_BYTES * 2) }
    }

    pub(crate) fn begin(&mut self, file: &mut Partial) -> Result<(), WriteError> {
        file.append(&self.header.at_start())
    }

    /// Other numbers in the tags; a text of another length would not fit in the place that is kept.
    pub(crate) fn retag(&mut self, spec: &Spec, words: &Words) {
        self.header = Header::new(spec, words.dithers(), self.limit_bytes);
    }

    pub(crate) fn write(
        &mut self,
        signal: Signal,
        words: &mut Words,
        file: &mut Partial,
    ) -> Result<(), WriteError> {
        let gathered = &mut self.gathered;
        match self.bits {
            Bits::F32 => {
                let mut start = 0;
                while start < signal.frames() {
                    let piece = signal.part(start..start + FLOAT_PIECE_FRAMES);
                    start += piece.frames();
                    words.floats(piece, gathered);
                    pass_on(gathered, file)?;
                }
                Ok(())
            }
            bits => words.integers(signal, |channels, left, right| {
                interleave(bits, channels, left, right, gathered);
                pass_on(gathered, file)
            }),
        }
    }

    pub(crate) fn finish(mut self, words: &Words, file: &mut Partial) -> Result<(), WriteError> {
        let data_bytes = self.header.data_bytes(words.frames());
        if data_bytes % 2 == 1 {
            self.gathered.push(0); // Chunks begin on even bytes (RIFF).
        }
        file.append(&self.gathered)?;
        file.overwrite_start(&self.header.with_length(words.frames()))
    }
}

fn pass_on(gathered: &mut Vec<u8>, file: &mut Partial) -> Result<(), WriteError> {
    if gathered.len() >= GATHER_BYTES {
        file.append(gathered)?;
        gathered.clear();
    }
    Ok(())
}
