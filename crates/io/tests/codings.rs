//! The same sound in every coding comes out complete, in time, and as good as the coding allows.
#![allow(clippy::unwrap_used)] // What a test needs and does not get is a failure.

use std::path::PathBuf;

use mixkeel_dsp::block::{Buffer, Channels};
use mixkeel_io::read::{Downmix, Reader, open};

/// Frames of the sound in every fixture.
const FRAMES: usize = 12_345;

fn fixture(name: &str) -> Reader {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(name);
    open(&path, Downmix::Refuse).unwrap()
}

/// The formula the fixtures were made from.
fn truth(frame: usize) -> [f64; 2] {
    let t = frame as f64 / 48_000.0;
    let tau = 2.0 * std::f64::consts::PI;
    [0.5 * (tau * (300.0 * t + 6000.0 * t * t)).sin(), 0.25 * (tau * 1000.0 * t).sin()]
}

fn all(reader: &mut Reader, block: usize) -> [Vec<f32>; 2] {
    let (mut left, mut right) = (Vec::new(), Vec::new());
    let mut buffer = Buffer::new(Channels::Stereo, block);
    loop {
        let got = reader.read(&mut buffer.block()).unwrap();
        left.extend_from_slice(&buffer.signal().left()[..got]);
        right.extend_from_slice(&buffer.signal().right().unwrap()[..got]);
        if got < block {
            return [left, right];
        }
    }
}

/// Error power over signal power in dB when the sound is shifted by some frames.
fn error_db(heard: &[Vec<f32>; 2], shift: i64) -> f64 {
    let (mut error, mut signal) = (0.0, 0.0);
    for frame in 64..FRAMES - 64 {
        let want = truth(frame);
        for (plane, want) in heard.iter().zip(want) {
            let got = f64::from(plane[(frame as i64 + shift) as usize]);
            error += (got - want) * (got - want);
            signal += want * want;
        }
    }
    10.0 * (error / signal).log10()
}

/// Lossless codings differ from the formula by the rounding to their word and no more.
#[test]
fn lossless_codings_are_exact() {
    let files = [
        ("tone16.flac", "flac", "flac", 16, false),
        ("tone24.flac", "flac", "flac", 24, false),
        ("tone.aiff", "aiff", "pcm", 16, false),
        ("tone-sowt.aifc", "aifc", "pcm", 16, false),
        ("tone-fl32.aifc", "aifc", "float", 32, true),
        ("tone.caf", "caf", "pcm", 24, false),
        ("tone-alac.caf", "caf", "alac", 16, false),
        ("tone-alac.m4a", "mp4", "alac", 16, false),
    ];
    for (name, container, codec, bits, float) in files {
        let mut reader = fixture(name);
        let info = reader.info().clone();
        assert_eq!((info.container, info.codec.as_str()), (container, codec), "{name}");
        assert_eq!(
            (info.rate_hz, info.channels, info.bits),
            (48_000, Channels::Stereo, Some(bits)),
            "{name}"
        );
        // The writer of this one counts whole packets: only decoding tells the length.
        let length = (name != "tone-alac.caf").then_some(FRAMES as u64);
        assert_eq!((info.float, info.length_frames), (float, length), "{name}");
        let heard = all(&mut reader, 1000);
        assert_eq!(heard[0].len(), FRAMES, "{name}");
        // Half a step of rounding, one more for the encoder's own conversion; 24 bits are all an f32 holds.
        let step = 1.5 / f64::from(1u32 << (bits.min(24) - 1));
        for frame in 0..FRAMES {
            for (plane, want) in heard.iter().zip(truth(frame)) {
                assert!((f64::from(plane[frame]) - want).abs() <= step, "{name} at {frame}");
            }
        }
        assert_eq!(reader.problems(), [], "{name}");
    }
}

/// Lossy codings begin and end where the sound did: an error of one frame would cost far more than the coding does.
#[test]
fn lossy_codings_are_in_time_and_complete() {
    // The floors are what the encoders reach here at these rates, less 3 dB; Opus spends its bits by ear, not by error.
    for (name, codec, floor_db) in [
        ("tone.mp3", "mp3", -20.0),
        ("tone-aac.m4a", "aac", -20.0),
        ("tone-vorbis.ogg", "vorbis", -15.0),
        ("tone.opus", "opus", -15.0),
    ] {
        let mut reader = fixture(name);
        assert_eq!(reader.info().codec, codec);
        assert_eq!((reader.info().rate_hz, reader.info().channels), (48_000, Channels::Stereo), "{name}");
        let heard = all(&mut reader, 999);
        assert_eq!(heard[0].len(), FRAMES, "{name}");
        assert_eq!(reader.info().length_frames, Some(FRAMES as u64), "{name}");
        let at_zero = error_db(&heard, 0);
        assert!(at_zero < floor_db, "{name}: {at_zero:.1} dB");
        for shift in (-40..=40).filter(|&shift| shift != 0) {
            assert!(error_db(&heard, shift) > at_zero, "{name} is better at {shift}");
        }
        assert_eq!(reader.problems(), [], "{name}");
    }
}

/// What is read at a place does not depend on how one came there, nor on the size of the blocks.
#[test]
fn a_place_sounds_the_same_however_it_is_reached() {
    for name in [
        "tone16.flac",
        "tone24.flac",
        "tone.aiff",
        "tone-fl32.aifc",
        "tone.caf",
        "tone-alac.caf",
        "tone-alac.m4a",
        "tone-aac.m4a",
        "tone.mp3",
        "tone-vorbis.ogg",
        "tone.opus",
    ] {
        let whole = all(&mut fixture(name), 100_000);
        assert_eq!(all(&mut fixture(name), 77), whole, "{name} in small blocks");
        let mut reader = fixture(name);
        let mut buffer = Buffer::new(Channels::Stereo, 300);
        for place in [12_000u64, 5, 4096, 4095, 0, 9000, 9300, 12_345, 7] {
            reader.seek(place).unwrap();
            assert_eq!(reader.position_frames(), place, "{name}");
            let got = reader.read(&mut buffer.block()).unwrap();
            assert_eq!(got, 300.min(FRAMES - place as usize), "{name} at {place}");
            let at = place as usize;
            assert_eq!(buffer.signal().left()[..got], whole[0][at..at + got], "{name} at {place}");
            assert_eq!(buffer.signal().right().unwrap()[..got], whole[1][at..at + got], "{name} at {place}");
        }
        reader.seek(1 << 40).unwrap();
        assert_eq!(reader.read(&mut buffer.block()).unwrap(), 0, "{name} behind its end");
    }
}

/// A frame of FLAC that was overwritten becomes silence; everything behind it stays in its place, and it is said.
#[test]
fn a_damaged_flac_keeps_its_timeline() {
    let folder = tempfile::tempdir().unwrap();
    let source = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/tone16.flac");
    let clean = std::fs::read(&source).unwrap();
    let whole = all(&mut fixture("tone16.flac"), 4096);
    let path = folder.path().join("damaged.flac");
    let mut bytes = clean.clone();
    let middle = bytes.len() / 2;
    bytes[middle..middle + 40].fill(0x55);
    std::fs::write(&path, &bytes).unwrap();
    let mut reader = open(&path, Downmix::Refuse).unwrap();
    let heard = all(&mut reader, 4096);
    assert_eq!(heard[0].len(), FRAMES);
    assert_eq!(heard[0][11_000..], whole[0][11_000..]);
    let lost = heard[0].iter().zip(&whole[0]).filter(|(a, b)| a != b).count();
    assert!((1..=2 * 4608).contains(&lost), "{lost}");
    assert_eq!(reader.problems()[0].id, "damaged");

    // A tag behind the last frame changes nothing; neither does one in front.
    let mut tagged = b"ID3\x04\0\0\0\0\0\x05hello".to_vec();
    tagged.extend(&clean);
    tagged.extend(b"TAG");
    tagged.extend([0x20; 125]);
    std::fs::write(&path, &tagged).unwrap();
    let mut reader = open(&path, Downmix::Refuse).unwrap();
    assert_eq!(all(&mut reader, 4096), whole);
    assert_eq!(reader.problems(), []);

    // STREAMINFO: its last 16 bytes are the checksum, before them 36 bits of length.
    for (total, id) in [([0u8; 5], None), ([0x0F, 0xFF, 0xFF, 0xFF, 0xFF], Some("wrong-size"))] {
        let mut bytes = clean.clone();
        bytes[21] = bytes[21] & 0xF0 | total[0];
        bytes[22..26].copy_from_slice(&total[1..]);
        std::fs::write(&path, &bytes).unwrap();
        let mut reader = open(&path, Downmix::Refuse).unwrap();
        assert_eq!(reader.info().length_frames, Some(FRAMES as u64));
        assert_eq!(all(&mut reader, 4096), whole);
        assert_eq!(reader.problems().first().map(|p| p.id), id);
    }
    let mut bytes = clean.clone();
    bytes[30] ^= 1;
    std::fs::write(&path, &bytes).unwrap();
    let mut reader = open(&path, Downmix::Refuse).unwrap();
    assert_eq!(all(&mut reader, 4096), whole);
    assert_eq!(reader.problems()[0].id, "wrong-checksum");

    std::fs::write(&path, &clean[..clean.len() * 3 / 4]).unwrap();
    let mut reader = open(&path, Downmix::Refuse).unwrap();
    let heard = all(&mut reader, 4096);
    let frames = heard[0].len();
    assert!(frames > 0 && heard[0][..] == whole[0][..frames]);
    let problem = reader.problems().iter().find(|p| p.id == "truncated").unwrap();
    assert!(problem.message.starts_with(&format!("{frames} of 12345 frames;")), "{}", problem.message);
}
