//! What the tests of the writer share: a spec, seeded noise, and small readers that owe nothing to the writer.
#![allow(dead_code)] // Each test binary uses its own part.

use std::fs::File;
use std::path::Path;

use mixkeel_dsp::block::{Channels, Signal};
use mixkeel_io::write::{Bits, Format, Spec, Tags, Written, create};
use symphonia::core::codecs::audio::{AudioDecoder, AudioDecoderOptions};
use symphonia::core::formats::{FormatOptions, FormatReader, TrackType};
use symphonia::core::io::MediaSourceStream;
use symphonia::default::{codecs::FlacDecoder, formats::FlacReader};

pub fn spec(format: Format, bits: Bits, channels: Channels) -> Spec {
    let tags = Tags { engine_version: "0.1.0".into(), ..Tags::default() };
    Spec {
        format,
        bits,
        rate_hz: 48_000,
        channels,
        tags,
        dither_seed: 1,
        source_bits: Some(bits.count()),
        length_frames: None,
    }
}

/// Writes channels in blocks of `block` frames.
pub fn write(path: &Path, spec: &Spec, left: &[f32], right: &[f32], block: usize) -> Written {
    let mut writer = create(path, spec).unwrap();
    for (left, right) in left.chunks(block).zip(right.chunks(block)) {
        let signal =
            if spec.channels == Channels::Mono { Signal::mono(left) } else { Signal::stereo(left, right) };
        writer.write(signal).unwrap();
    }
    writer.finish().unwrap()
}

/// Numbers that look random and are the same every time (Numerical Recipes' 64-bit linear congruence).
pub struct Noise(pub u64);

impl Noise {
    pub fn next(&mut self) -> u32 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 32) as u32
    }

    /// Between −1 and 1, on the 24-bit grid.
    pub fn sample(&mut self) -> f32 {
        (self.next() as i32 >> 8) as f32 / 8_388_608.0
    }
}

pub fn code(sample: f32, bits: Bits) -> i32 {
    (f64::from(sample) * f64::from(1 << (bits.count() - 1))) as i32
}

/// A chunk: its id and its body.
pub type Chunk = ([u8; 4], Vec<u8>);

/// The chunks of a RIFF or RF64 file, read as a stranger would: sizes of all ones are looked up in `ds64`, and where
/// there is none they mean "to the end".
pub fn chunks(bytes: &[u8]) -> ([u8; 4], Vec<Chunk>) {
    let number = |at: usize| u32::from_le_bytes(bytes[at..at + 4].try_into().unwrap());
    assert_eq!(&bytes[8..12], b"WAVE");
    let form: [u8; 4] = bytes[..4].try_into().unwrap();
    let mut found: Vec<Chunk> = Vec::new();
    let mut at = 12;
    while at + 8 <= bytes.len() {
        let id: [u8; 4] = bytes[at..at + 4].try_into().unwrap();
        let size = match (number(at + 4), found.first()) {
            (u32::MAX, Some(([b'd', b's', b'6', b'4'], body))) => {
                u64::from_le_bytes(body[8..16].try_into().unwrap()) as usize
            }
            (u32::MAX, _) => bytes.len() - at - 8,
            (size, _) => size as usize,
        };
        let end = (at + 8 + size).min(bytes.len());
        found.push((id, bytes[at + 8..end].to_vec()));
        at = at + 8 + size + size % 2;
    }
    if number(4) != u32::MAX {
        assert_eq!(number(4) as usize + 8, bytes.len(), "the RIFF size is that of the file");
    }
    (form, found)
}

pub fn chunk<'a>(chunks: &'a [Chunk], id: &[u8; 4]) -> &'a [u8] {
    &chunks.iter().find(|chunk| &chunk.0 == id).unwrap_or_else(|| panic!("no {id:?}")).1
}

/// The samples of a WAV file's `data` as whole numbers, interleaved.
pub fn wav_codes(path: &Path, bits: Bits) -> Vec<i32> {
    let (_, chunks) = chunks(&std::fs::read(path).unwrap());
    let data = chunk(&chunks, b"data");
    let word = |bytes: &[u8]| match *bytes {
        [a, b] => i32::from(i16::from_le_bytes([a, b])),
        [a, b, c] => i32::from_le_bytes([0, a, b, c]) >> 8,
        [a, b, c, d] => i32::from_le_bytes([a, b, c, d]),
        _ => 0,
    };
    data.chunks_exact(bits.bytes()).map(word).collect()
}

/// The samples of a FLAC file as symphonia decodes them, interleaved.
pub fn flac_codes(path: &Path, bits: Bits) -> Vec<i32> {
    let source = MediaSourceStream::new(Box::new(File::open(path).unwrap()), Default::default());
    let mut reader = FlacReader::try_new(source, FormatOptions::default()).unwrap();
    let params = reader.default_track(TrackType::Audio).unwrap().codec_params.clone().unwrap();
    let options = AudioDecoderOptions::default().verify(true);
    let mut decoder = FlacDecoder::try_new(params.audio().unwrap(), &options).unwrap();
    let mut codes = Vec::new();
    let mut block: Vec<i32> = Vec::new();
    while let Some(packet) = reader.next_packet().unwrap() {
        decoder.decode(&packet).unwrap().copy_to_vec_interleaved(&mut block);
        codes.extend(block.iter().map(|code| code >> (32 - bits.count())));
    }
    assert_eq!(decoder.finalize().verify_ok, Some(true), "the digest in the file is that of its samples");
    codes
}

pub fn codes(path: &Path, format: Format, bits: Bits) -> Vec<i32> {
    match format {
        Format::Wav => wav_codes(path, bits),
        Format::Flac => flac_codes(path, bits),
    }
}
