//! RF64 where RIFF is too short, without writing four gigabytes: the limit is made small.

use std::path::Path;
use std::sync::Arc;

use mixkeel_dsp::block::{Channels, Signal};

use super::WavEncoder;
use super::header::{Header, RIFF_LIMIT_BYTES};
use crate::write::atomic::Partial;
use crate::write::disk::RealDisk;
use crate::write::spec::{Bits, Format, Spec, Tags};
use crate::write::word::Words;

fn spec(length_frames: Option<u64>) -> Spec {
    let tags = Tags { engine_version: "0.1.0".into(), ..Tags::default() };
    let (format, bits, channels) = (Format::Wav, Bits::F32, Channels::Stereo);
    Spec { format, bits, rate_hz: 48_000, channels, tags, dither_seed: 0, source_bits: None, length_frames }
}

fn written(path: &Path, spec: &Spec, frames: usize, limit_bytes: u64) -> Vec<u8> {
    let mut words = Words::new(spec);
    let mut encoder = WavEncoder::with_riff_limit(spec, &words, limit_bytes);
    let mut file = Partial::create(Arc::new(RealDisk), path).unwrap();
    let sound: Vec<f32> = (0..frames).map(|frame| frame as f32 / 65_536.0).collect();
    encoder.begin(&mut file).unwrap();
    for block in sound.chunks(1000) {
        encoder.write(Signal::stereo(block, block), &mut words, &mut file).unwrap();
    }
    encoder.finish(&words, &mut file).unwrap();
    file.commit().unwrap();
    std::fs::read(path).unwrap()
}

fn number(bytes: &[u8], at: usize) -> u64 {
    u64::from_le_bytes(bytes[at..at + 8].try_into().unwrap())
}

#[test]
fn a_file_past_the_limit_becomes_rf64_in_place() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("long.wav");
    for length_frames in [None, Some(10_000), Some(1)] {
        let spec = spec(length_frames);
        let plain = written(&path, &spec, 10_000, RIFF_LIMIT_BYTES);
        let long = written(&path, &spec, 10_000, 50_000);
        assert_eq!((&plain[..4], &plain[12..16]), (&b"RIFF"[..], &b"JUNK"[..]));
        assert_eq!((&long[..4], &long[4..8], &long[12..16]), (&b"RF64"[..], &[255; 4][..], &b"ds64"[..]));
        assert_eq!(plain.len(), long.len(), "the room was there from the start");
        // EBU Tech 3306: RIFF size, data size, frames, no table.
        assert_eq!(number(&long, 20), long.len() as u64 - 8);
        assert_eq!(number(&long, 28), 80_000);
        assert_eq!(number(&long, 36), 10_000);
        assert_eq!(long[44..48], [0; 4]);
        let data = long.windows(8).position(|bytes| bytes == b"data\xFF\xFF\xFF\xFF").unwrap();
        assert_eq!(long.len() - data - 8, 80_000);
        assert_eq!(long[data + 8..], plain[data + 8..], "the sound is the same");
    }
}

#[test]
fn the_switch_comes_with_the_first_frame_that_does_not_fit() {
    let header = Header::new(&spec(None), false, RIFF_LIMIT_BYTES);
    let before = header.with_length(0).len() as u64 - 8;
    let fits = (u64::from(u32::MAX) - 1 - before) / 8;
    let last_plain = header.with_length(fits);
    let first_long = header.with_length(fits + 1);
    assert_eq!(&last_plain[..4], b"RIFF");
    assert_eq!(&first_long[..4], b"RF64");
    assert_eq!(number(&first_long, 20), before + (fits + 1) * 8);
    assert_eq!(last_plain.len(), first_long.len());
    assert_eq!(&header.with_length(u64::MAX)[..4], b"RF64", "no length overflows");
}

#[test]
fn a_promised_length_is_in_the_header_from_the_start_and_no_promise_reads_to_the_end() {
    let promised = Header::new(&spec(Some(1 << 40)), false, RIFF_LIMIT_BYTES).at_start();
    assert_eq!((&promised[..4], number(&promised, 36)), (&b"RF64"[..], 1 << 40));
    let unknown = Header::new(&spec(None), false, RIFF_LIMIT_BYTES).at_start();
    assert_eq!((&unknown[..4], &unknown[4..8]), (&b"RIFF"[..], &[255; 4][..]));
    assert!(unknown.ends_with(b"data\xFF\xFF\xFF\xFF"));
}
