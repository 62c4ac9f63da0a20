//! AIFF as the standard allows it and as writers leave it.
#![allow(clippy::unwrap_used)] // What a test needs and does not get is a failure.

use mixkeel_dsp::block::Buffer;
use mixkeel_io::read::{Downmix, ReadError, ReadErrorKind, Reader, open};

const FRAMES: usize = 501;

/// 44,100 Hz as an 80-bit extended number.
const RATE: [u8; 10] = [0x40, 0x0E, 0xAC, 0x44, 0, 0, 0, 0, 0, 0];

fn chunk(id: &[u8; 4], body: &[u8]) -> Vec<u8> {
    let mut all = id.to_vec();
    all.extend((body.len() as u32).to_be_bytes());
    all.extend(body);
    all.resize(all.len().next_multiple_of(2), 0);
    all
}

fn common(frames: u32, bits: u16, rate: [u8; 10]) -> Vec<u8> {
    let mut body = vec![0, 1];
    body.extend(frames.to_be_bytes());
    body.extend(bits.to_be_bytes());
    body.extend(rate);
    chunk(b"COMM", &body)
}

fn sound(offset: usize) -> Vec<u8> {
    let mut body = (offset as u32).to_be_bytes().to_vec();
    body.extend([0; 4]);
    body.resize(8 + offset, 0xEE);
    body.extend((0..FRAMES).flat_map(|frame| (frame as i16 * 65).to_be_bytes()));
    chunk(b"SSND", &body)
}

fn read(chunks: &[Vec<u8>]) -> Result<(Reader, Vec<f32>), ReadError> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("take.aif");
    let body = chunks.concat();
    let mut file = b"FORM".to_vec();
    file.extend((body.len() as u32 + 4).to_be_bytes());
    file.extend(b"AIFF");
    file.extend(body);
    std::fs::write(&path, file).unwrap();
    let mut reader = open(&path, Downmix::Refuse)?;
    let mut buffer = Buffer::new(reader.info().channels, 4096);
    let got = reader.read(&mut buffer.block())?;
    Ok((reader, buffer.signal().left()[..got].to_vec()))
}

fn expect(what: &str, chunks: &[Vec<u8>], frames: usize, problems: &[&str]) -> Reader {
    let (reader, heard) = read(chunks).unwrap();
    assert_eq!((heard.len(), reader.info().rate_hz), (frames, 44_100), "{what}");
    for (frame, sample) in heard.iter().enumerate() {
        assert_eq!(*sample, frame as f32 * 65.0 / 32_768.0, "{what} at {frame}");
    }
    let ids: Vec<_> = reader.problems().iter().map(|problem| problem.id).collect();
    assert_eq!(ids, problems, "{what}");
    reader
}

#[test]
fn chunks_may_come_in_any_order_with_any_offset() {
    let frames = FRAMES as u32;
    let fine = || common(frames, 16, RATE);
    expect("plain", &[fine(), sound(0)], FRAMES, &[]);
    expect("offset", &[fine(), sound(512)], FRAMES, &[]);
    expect("sound before common", &[sound(6), fine()], FRAMES, &[]);
    expect("never finished", &[common(0, 16, RATE), sound(0)], FRAMES, &["unfinished-header"]);
    let mut cut = sound(0);
    cut.truncate(16 + 2 * 250);
    let reader = expect("cut", &[fine(), cut], 250, &["truncated"]);
    assert_eq!(reader.problems()[0].message, "250 of 501 frames; 50 % missing");
    let marks = chunk(b"MARK", b"\0\x02\0\x01\0\0\x01\x5E\x05Verse\0\x02\0\0\0\0\x04Head\0");
    let reader = expect("markers", &[marks, chunk(b"NAME", b"Song"), fine(), sound(0)], FRAMES, &[]);
    let labels: Vec<_> = reader.info().markers.iter().map(|marker| marker.label.as_str()).collect();
    assert_eq!(labels, ["Head", "Verse"]);
    assert_eq!(reader.info().markers[1].at_s, 350.0 / 44_100.0);
    assert_eq!(reader.info().tags, [("title".to_owned(), "Song".to_owned())]);
}

#[test]
fn impossible_rates_are_refused() {
    let nan = [0x7F, 0xFF, 0xC0, 0, 0, 0, 0, 0, 0, 0];
    let huge = [0x40, 0x3E, 0xFF, 0, 0, 0, 0, 0, 0, 0];
    for rate in [[0; 10], nan, huge] {
        let error = read(&[common(FRAMES as u32, 16, rate), sound(0)]).err().unwrap();
        assert_eq!(error.kind, ReadErrorKind::Rate);
    }
    let error = read(&[common(FRAMES as u32, 40, RATE), sound(0)]).err().unwrap();
    assert_eq!(error.kind, ReadErrorKind::Unsupported);
}
