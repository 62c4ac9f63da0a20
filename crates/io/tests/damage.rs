//! Broken files of every kind give frames or a message of one line, and never a crash.
#![allow(clippy::unwrap_used)] // What a test needs and does not get is a failure.

#[path = "../fuzz/body.rs"]
mod body;

use std::path::{Path, PathBuf};

/// The values that headers break on: nothing, one, the largest and smallest signed, all ones.
const BYTES: [u8; 5] = [0x00, 0x01, 0x7F, 0x80, 0xFF];

/// Bytes from the front that are set to each value.
const HEADER_BYTES: usize = 200;

fn fixture(name: &str) -> Vec<u8> {
    std::fs::read(PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(name)).unwrap()
}

/// A WAV of a kind, with notes, short enough to be read a thousand times.
fn wav(kind: &[u8; 4]) -> Vec<u8> {
    let mut file = kind.to_vec();
    file.extend([0xFF; 4]);
    file.extend(b"WAVEds64\x1C\0\0\0");
    file.extend(500u64.to_le_bytes());
    file.extend(300u64.to_le_bytes());
    file.extend(50u64.to_le_bytes());
    file.extend([0; 4]);
    file.extend(
        b"fmt \x28\0\0\0\xFE\xFF\x02\0\x80\xBB\0\0\0\x65\x04\0\x06\0\x18\0\x16\0\x14\0\x03\0\0\0\x01\0",
    );
    file.extend(b"\0\0\0\0\x10\0\x80\0\0\xAA\0\x38\x9B\x71LIST\x10\0\0\0INFOINAM\x04\0\0\0Song");
    file.extend(b"cue \x1C\0\0\0\x01\0\0\0\x01\0\0\0\0\0\0\0data\0\0\0\0\0\0\0\0\x10\0\0\0data\x2C\x01\0\0");
    file.extend((0..300u32).map(|n| (n * 37) as u8));
    file
}

/// Nothing to be heard must be a message that names the file and fits a line.
fn check(path: &Path, bytes: &[u8]) {
    std::fs::write(path, bytes).unwrap();
    if let Err(message) = body::try_file(path) {
        assert!(message.contains("broken") && !message.contains('\n'), "{message}");
    }
}

/// Sets every byte of the header to every value, and every field of four bytes to the same.
fn break_header(clean: &[u8], from: usize, step: usize) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("broken.sound");
    let end = clean.len().min(from + HEADER_BYTES * step);
    for at in (from..end).step_by(step) {
        for value in BYTES {
            let mut bytes = clean.to_vec();
            bytes[at] = value;
            check(&path, &bytes);
            if at % 2 == 0 {
                let end = (at + 4).min(bytes.len());
                bytes[at..end].fill(value);
                check(&path, &bytes);
            }
        }
    }
}

/// Random bytes changed anywhere, pieces cut out, the end cut off. The numbers are those of a 64-bit linear generator (Knuth,
/// MMIX), so every run is the same.
fn break_anywhere(clean: &[u8], rounds: usize) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("broken.sound");
    let mut state = 1u64;
    let mut random = |below: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize % below.max(1)
    };
    for round in 0..rounds {
        let mut bytes = clean.to_vec();
        for _ in 0..1 + random(8) {
            let at = random(bytes.len());
            bytes[at] = random(256) as u8;
        }
        if round % 3 == 1 {
            let at = random(bytes.len());
            let end = (at + random(400)).min(bytes.len());
            bytes.drain(at..end);
        } else if round % 3 == 2 {
            bytes.truncate(random(bytes.len()).max(1));
        }
        check(&path, &bytes);
    }
}

#[test]
fn headers_read_by_us() {
    for kind in [b"RIFF", b"RIFX", b"RF64", b"BW64"] {
        let clean = wav(kind);
        break_header(&clean, 0, 1);
        break_anywhere(&clean, 300);
    }
    for name in ["tone.aiff", "tone-fl32.aifc", "tone.caf"] {
        // The sound is cut short: it is read a thousand times.
        let clean = &fixture(name)[..4000];
        break_header(clean, 0, 1);
        break_anywhere(clean, 200);
    }
    for name in ["tone16.flac", "tone24.flac"] {
        let clean = fixture(name);
        break_header(&clean, 0, 3);
        break_anywhere(&clean, 100);
    }
}

#[test]
fn headers_read_by_the_library() {
    for name in ["tone-alac.caf", "tone-alac.m4a", "tone-aac.m4a", "tone.mp3", "tone-vorbis.ogg", "tone.opus"]
    {
        let clean = fixture(name);
        break_header(&clean, 0, 7);
        if name.ends_with("m4a") {
            break_header(&clean, clean.len() - 800, 4);
        }
        break_anywhere(&clean, 100);
    }
}

/// Whole files of one byte, and beginnings of every kind with nothing sensible behind them.
#[test]
fn no_files_at_all() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("broken.sound");
    for value in BYTES {
        check(&path, &vec![value; 70_000]);
    }
    for head in [
        &b"RIFF\0\0\0\0WAVE"[..],
        b"FORM\0\0\0\0AIFF",
        b"caff\0\x01\0\0",
        b"fLaC",
        b"OggS\0\x02",
        b"\0\0\0\x20ftypM4A ",
        b"\xFF\xFB\x90\0",
        b"ID3\x04\0\0\x7F\x7F\x7F\x7F",
    ] {
        for value in BYTES {
            let mut bytes = head.to_vec();
            check(&path, &bytes);
            bytes.resize(50_000, value);
            check(&path, &bytes);
        }
    }
}
