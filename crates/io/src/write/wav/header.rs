//! Everything in a WAV file that stands before the samples.

use mixkeel_dsp::block::Channels;

use super::{bext, cues};
use crate::write::spec::{Bits, Spec};

/// The largest RIFF size: it is a 32-bit number, and all ones means "see ds64" (EBU Tech 3306).
pub(super) const RIFF_LIMIT_BYTES: u64 = u32::MAX as u64 - 1;

/// The body of `ds64` without a table, and of the `JUNK` that keeps its place (EBU Tech 3306 §3).
const DS64_BYTES: u32 = 28;

/// A size that is not known, or stands in `ds64`.
const ELSEWHERE: u32 = u32::MAX;

/// PCM, IEEE float and extensible (Microsoft `mmreg.h`).
const TAG_PCM: u16 = 1;
const TAG_FLOAT: u16 = 3;
const TAG_EXTENSIBLE: u16 = 0xFFFE;

/// What follows the two bytes of the tag in the sub-format of an extensible header (Microsoft `ksmedia.h`).
const SUBFORMAT_TAIL: [u8; 14] = [0, 0, 0, 0, 16, 0, 128, 0, 0, 170, 0, 56, 155, 113];

/// Front centre; front left and right (Microsoft `ksmedia.h`).
const MASK_MONO: u32 = 4;
const MASK_STEREO: u32 = 3;

pub(super) struct Header {
    /// The chunks between `ds64` and `data`; `fact` comes first in them where there is one.
    chunks: Vec<u8>,
    /// Where in `chunks` the frame count of `fact` stands.
    fact: Option<usize>,
    frame_bytes: u64,
    limit_bytes: u64,
    length_frames: Option<u64>,
}

impl Header {
    pub(super) fn new(spec: &Spec, dithered: bool, limit_bytes: u64) -> Self {
        let mut chunks = Vec::with_capacity(2048);
        chunk(&mut chunks, b"fmt ", &format(spec));
        let fact = (spec.bits == Bits::F32).then(|| {
            chunk(&mut chunks, b"fact", &[0; 4]);
            chunks.len() - 4
        });
        chunk(&mut chunks, b"bext", &bext::bext(spec, dithered));
        chunk(&mut chunks, b"LIST", &bext::info(&spec.tags));
        if !spec.tags.markers.is_empty() {
            chunk(&mut chunks, b"cue ", &cues::points(&spec.tags.markers));
            chunk(&mut chunks, b"LIST", &cues::labels(&spec.tags.markers));
        }
        let frame_bytes = (spec.channels.count() * spec.bits.bytes()) as u64;
        Self { chunks, fact, frame_bytes, limit_bytes, length_frames: spec.length_frames }
    }

    pub(super) fn data_bytes(&self, frames: u64) -> u64 {
        frames.saturating_mul(self.frame_bytes)
    }

    /// The header before any sample: with the sizes that are promised, or, where none is, with those that say "to the
    /// end of the file", so that what a killed writer leaves can be played.
    pub(super) fn at_start(&self) -> Vec<u8> {
        match self.length_frames {
            Some(frames) => self.with_length(frames),
            None => self.build(b"RIFF", ELSEWHERE, None, ELSEWHERE, ELSEWHERE),
        }
    }

    /// The header of a file of so many frames. Always of the same size.
    pub(super) fn with_length(&self, frames: u64) -> Vec<u8> {
        let data = self.data_bytes(frames);
        // "WAVE", ds64 or JUNK, the chunks, the head of data, data, its pad.
        let before = 4 + 8 + u64::from(DS64_BYTES) + self.chunks.len() as u64 + 8;
        let riff = before.saturating_add(data).saturating_add(data % 2);
        match (u32::try_from(riff), u32::try_from(data), u32::try_from(frames)) {
            (Ok(riff), Ok(data), Ok(frames)) if u64::from(riff) <= self.limit_bytes => {
                self.build(b"RIFF", riff, None, frames, data)
            }
            _ => self.build(b"RF64", ELSEWHERE, Some([riff, data, frames]), ELSEWHERE, ELSEWHERE),
        }
    }

    fn build(&self, form: &[u8; 4], riff: u32, ds64: Option<[u64; 3]>, frames: u32, data: u32) -> Vec<u8> {
        let mut header = Vec::with_capacity(self.chunks.len() + 64);
        header.extend_from_slice(form);
        header.extend_from_slice(&riff.to_le_bytes());
        header.extend_from_slice(b"WAVE");
        let mut body = [0; DS64_BYTES as usize];
        for (to, size) in body.chunks_exact_mut(8).zip(ds64.unwrap_or_default()) {
            to.copy_from_slice(&size.to_le_bytes());
        }
        chunk(&mut header, if ds64.is_some() { b"ds64" } else { b"JUNK" }, &body);
        let chunks = header.len();
        header.extend_from_slice(&self.chunks);
        if let Some(fact) = self.fact {
            header[chunks + fact..chunks + fact + 4].copy_from_slice(&frames.to_le_bytes());
        }
        header.extend_from_slice(b"data");
        header.extend_from_slice(&data.to_le_bytes());
        header
    }
}

/// The body of `fmt `.
///
/// 16-bit files have the plain PCM header that everything reads. 24-bit files have the extensible one, which Microsoft
/// asks for beyond 16 bits and which tells the valid bits and the speakers. Floats have the plain header with tag 3, an
/// empty extension and a `fact` chunk: as old as the tag, asked for by the same text for everything that is not PCM, and
/// read by programs that know no extensible floats.
fn format(spec: &Spec) -> Vec<u8> {
    let (channels, mask) = match spec.channels {
        Channels::Mono => (1_u16, MASK_MONO),
        Channels::Stereo => (2, MASK_STEREO),
    };
    let tag = match spec.bits {
        Bits::I16 => TAG_PCM,
        Bits::I24 => TAG_EXTENSIBLE,
        Bits::F32 => TAG_FLOAT,
    };
    let bits = spec.bits.count();
    let frame_bytes = channels * (bits / 8);
    let mut body = Vec::with_capacity(40);
    body.extend_from_slice(&tag.to_le_bytes());
    body.extend_from_slice(&channels.to_le_bytes());
    body.extend_from_slice(&spec.rate_hz.to_le_bytes());
    body.extend_from_slice(&(spec.rate_hz * u32::from(frame_bytes)).to_le_bytes());
    body.extend_from_slice(&frame_bytes.to_le_bytes());
    body.extend_from_slice(&bits.to_le_bytes());
    match spec.bits {
        Bits::I16 => {}
        Bits::F32 => body.extend_from_slice(&0_u16.to_le_bytes()),
        Bits::I24 => {
            body.extend_from_slice(&22_u16.to_le_bytes());
            body.extend_from_slice(&bits.to_le_bytes());
            body.extend_from_slice(&mask.to_le_bytes());
            body.extend_from_slice(&TAG_PCM.to_le_bytes());
            body.extend_from_slice(&SUBFORMAT_TAIL);
        }
    }
    body
}

fn chunk(to: &mut Vec<u8>, id: &[u8; 4], body: &[u8]) {
    to.extend_from_slice(id);
    to.extend_from_slice(&(body.len() as u32).to_le_bytes());
    to.extend_from_slice(body);
    if body.len() % 2 == 1 {
        to.push(0);
    }
}
