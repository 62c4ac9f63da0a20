//! FLAC files against decoders that are not ours: symphonia always, the reference program where it is installed.
#![allow(clippy::unwrap_used, clippy::panic)] // Helpers of tests are tests.

mod write_support;

use std::path::Path;
use std::process::Command;

use mixkeel_dsp::block::{Channels, Signal};
use mixkeel_io::write::{Bits, Format, Loudness, Tags, create};
use write_support::{Noise, code, flac_codes, spec, write};

type Sound = (&'static str, Vec<f32>, Vec<f32>);

/// Sounds that drive every branch of the encoder: every kind of subframe, of stereo, of partition, and both ends.
fn sounds(bits: Bits) -> Vec<Sound> {
    let full = code(1.0, bits) as f32;
    let top = (full - 1.0) / full;
    let mut noise = Noise(3);
    let frames = 3 * 4096 + 1234;
    let mut make = |make: &mut dyn FnMut(usize, &mut Noise) -> f32| -> Vec<f32> {
        let grid = |sample: f32| (sample * full).floor().clamp(-full, full - 1.0) / full;
        (0..frames).map(|frame| grid(make(frame, &mut noise))).collect()
    };
    let white = make(&mut |_, noise| noise.sample());
    let other = make(&mut |_, noise| noise.sample());
    let sine = make(&mut |frame, _| (frame as f64 * 0.031).sin() as f32 * 0.9);
    let hiss = make(&mut |frame, noise| (frame as f64 * 0.031).sin() as f32 * 0.5 + noise.sample() * 0.001);
    let square = make(&mut |frame, _| if frame / 7 % 2 == 0 { top } else { -1.0 });
    let nyquist = make(&mut |frame, _| if frame % 2 == 0 { top } else { -1.0 });
    let click = make(&mut |frame, _| if frame == 5000 { top } else { 0.0 });
    let steps = make(&mut |frame, noise| if frame < 6000 { 0.0 } else { noise.sample() * 0.9 });
    let coarse: Vec<f32> = hiss.iter().map(|sample| (sample * 256.0).floor() / 256.0).collect();
    let negative: Vec<f32> =
        white.iter().map(|sample| (-sample * full).clamp(-full, full - 1.0) / full).collect();
    let silence = vec![0.0; frames];
    let lowest = vec![-1.0; frames];
    let half: Vec<f32> = hiss.iter().map(|sample| (sample * full / 2.0).floor() / full).collect();
    vec![
        ("silence", silence.clone(), silence.clone()),
        ("constant at both ends", vec![top; frames], lowest),
        ("white, unrelated", white.clone(), other),
        ("white, the same", white.clone(), white.clone()),
        ("white, opposite", white.clone(), negative),
        ("sine", sine.clone(), half.clone()),
        ("sine with hiss", hiss.clone(), half),
        ("square and Nyquist", square, nyquist),
        ("one click", click, sine.clone()),
        ("silence, then noise", steps.clone(), silence),
        ("few bits used", coarse.clone(), coarse),
        ("one frame", sine[1..2].to_vec(), white[..1].to_vec()),
        ("five frames", sine[..5].to_vec(), white[..5].to_vec()),
        ("100 frames", hiss[..100].to_vec(), white[..100].to_vec()),
        ("257 frames", hiss[..257].to_vec(), white[..257].to_vec()),
        ("one block and one frame", hiss[..4097].to_vec(), steps[4000..8097].to_vec()),
    ]
}

/// What the reference decoder says of a file, or nothing where it is not installed.
fn reference(arguments: &[&str], path: &Path) -> Option<Vec<u8>> {
    match Command::new("flac").arg("-s").args(arguments).arg(path).output() {
        Ok(done) => {
            assert!(done.status.success(), "{path:?}: {}", String::from_utf8_lossy(&done.stderr));
            Some(done.stdout)
        }
        Err(_) => {
            println!("skipped: the program flac is not installed");
            None
        }
    }
}

#[test]
fn every_sound_comes_back_from_strange_decoders() {
    let folder = tempfile::tempdir().unwrap();
    for bits in [Bits::I16, Bits::I24] {
        for channels in [Channels::Mono, Channels::Stereo] {
            for (index, (name, left, right)) in sounds(bits).into_iter().enumerate() {
                let path = folder.path().join(format!("{index}-{bits}-{channels:?}.flac"));
                write(&path, &spec(Format::Flac, bits, channels), &left, &right, 1500);
                let meant: Vec<i32> = match channels {
                    Channels::Mono => left.iter().map(|&sample| code(sample, bits)).collect(),
                    Channels::Stereo => {
                        left.iter().zip(&right).flat_map(|(&l, &r)| [code(l, bits), code(r, bits)]).collect()
                    }
                };
                assert!(flac_codes(&path, bits) == meant, "{name}, {bits}, {channels:?}");
                reference(&["-t"], &path);
                let raw = ["-d", "-c", "--force-raw-format", "--endian=little", "--sign=signed"];
                if let Some(raw) = reference(&raw, &path) {
                    let bytes = usize::from(bits.count() / 8);
                    let same = meant.iter().flat_map(|code| code.to_le_bytes()[..bytes].to_vec()).eq(raw);
                    assert!(same, "{name}, {bits}, {channels:?}: the reference decoder differs");
                }
            }
        }
    }
}

#[test]
fn every_rate_is_written() {
    let folder = tempfile::tempdir().unwrap();
    let mut noise = Noise(9);
    let sound: Vec<f32> = (0..5000).map(|_| noise.sample()).collect();
    let meant: Vec<i32> = sound.iter().map(|&sample| code(sample, Bits::I24)).collect();
    for rate_hz in
        [1_000, 8_000, 11_025, 44_100, 48_000, 88_200, 96_000, 176_400, 192_000, 352_800, 384_000, 65_537]
    {
        let path = folder.path().join(format!("{rate_hz}.flac"));
        let mut spec = spec(Format::Flac, Bits::I24, Channels::Mono);
        spec.rate_hz = rate_hz;
        write(&path, &spec, &sound, &sound, 4096);
        assert!(flac_codes(&path, Bits::I24) == meant, "{rate_hz} Hz");
        reference(&["-t"], &path);
    }
}

#[test]
fn music_like_sound_is_made_smaller_and_silence_nearly_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("size.flac");
    let silence = vec![0.0; 480_000];
    let nothing = write(&path, &spec(Format::Flac, Bits::I24, Channels::Stereo), &silence, &silence, 4096);
    // 118 frames of two constant subframes: 4 to 9 bytes of header each, 8 of subframes, 2 of checksum; the rest is metadata.
    assert!(nothing.bytes < 118 * 20 + 12_000, "{}", nothing.bytes);
    let mut noise = Noise(21);
    let hiss: Vec<f32> = (0..480_000).map(|_| noise.sample() / 256.0).collect();
    let hissing = write(&path, &spec(Format::Flac, Bits::I24, Channels::Mono), &hiss, &hiss, 4096);
    // Uniform noise over 2^16 steps has 16 bits a sample; Rice codes waste less than one of them.
    let ideal = 480_000 * 2;
    assert!(hissing.bytes > ideal && hissing.bytes < ideal * 17 / 16 + 12_000, "{}", hissing.bytes);
}

/// The metadata blocks of a FLAC file (RFC 9639 §8.1), and where the first frame begins.
fn blocks(bytes: &[u8]) -> (Vec<(u8, &[u8])>, usize) {
    assert_eq!(&bytes[..4], b"fLaC");
    let (mut blocks, mut at) = (Vec::new(), 4);
    loop {
        let size =
            usize::from(bytes[at + 1]) << 16 | usize::from(bytes[at + 2]) << 8 | usize::from(bytes[at + 3]);
        blocks.push((bytes[at] & 0x7F, &bytes[at + 4..at + 4 + size]));
        let last = bytes[at] & 0x80 != 0;
        at += 4 + size;
        if last {
            return (blocks, at);
        }
    }
}

#[test]
fn the_seek_table_points_at_frames_whether_the_length_was_known_or_not() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("seek.flac");
    let mut noise = Noise(2);
    // Two and a half hours at 1 kHz: more points than an unknown length has room for.
    let sound: Vec<f32> = (0..9_000_000).map(|_| noise.sample() / 65_536.0).collect();
    for length_frames in [Some(9_000_000), None] {
        let mut spec = spec(Format::Flac, Bits::I16, Channels::Mono);
        (spec.rate_hz, spec.length_frames) = (1000, length_frames);
        write(&path, &spec, &sound, &sound, 65_536);
        let bytes = std::fs::read(&path).unwrap();
        let (blocks, frames_at) = blocks(&bytes);
        let table = blocks.iter().find(|block| block.0 == 3).unwrap().1;
        let points: Vec<(u64, usize)> = table
            .chunks_exact(18)
            .map(|point| {
                let number = |at: usize| u64::from_be_bytes(point[at..at + 8].try_into().unwrap());
                (number(0), number(8) as usize)
            })
            .filter(|point| point.0 != u64::MAX)
            .collect();
        assert!(points.len() > 150, "{length_frames:?}: {}", points.len());
        assert!(points.is_sorted_by(|one, next| one.0 < next.0));
        for (first_frame, offset) in points {
            assert_eq!(first_frame % 4096, 0);
            assert_eq!(bytes[frames_at + offset..][..2], [0xFF, 0xF8], "a frame begins at {first_frame}");
        }
        reference(&["-t"], &path);
    }
}

#[test]
fn stream_info_and_comments_are_true() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("tags.flac");
    let mut spec = spec(Format::Flac, Bits::I24, Channels::Stereo);
    spec.tags = Tags {
        title: Some("Ünder 🎚".into()),
        session_hash: Some("9f86".into()),
        time_reference_frames: 48_000,
        ..spec.tags
    };
    let sound = vec![0.5; 10_000];
    write(&path, &spec, &sound, &sound, 4096);
    let bytes = std::fs::read(&path).unwrap();
    let (blocks, frames_at) = blocks(&bytes);
    let info = blocks[0].1;
    assert_eq!((blocks[0].0, info.len()), (0, 34));
    assert_eq!(info[..4], [0x10, 0, 0x10, 0], "blocks of 4096");
    let packed = u64::from_be_bytes(info[10..18].try_into().unwrap());
    assert_eq!(
        (packed >> 44, packed >> 41 & 7, packed >> 36 & 31, packed & 0xF_FFFF_FFFF),
        (48_000, 1, 23, 10_000)
    );
    let size =
        |at: usize| usize::from(info[at]) << 16 | usize::from(info[at + 1]) << 8 | usize::from(info[at + 2]);
    assert!(size(4) <= size(7) && size(7) < bytes.len() - frames_at, "{} {}", size(4), size(7));
    let expected = ["TITLE=Ünder 🎚", "ENCODER=Mixkeel 0.1.0", "MIXKEEL_SESSION=9f86", "TIME_REFERENCE=48000"];
    assert_eq!(comments(&bytes), expected);

    // What is known only at the end takes the place of padding, and moves no sound.
    let mut writer = create(&path, &spec).unwrap();
    writer.write(Signal::stereo(&sound, &sound)).unwrap();
    writer.tell_loudness(Loudness {
        integrated_lufs: -14.026,
        loudness_range_lu: None,
        true_peak_dbtp: -1.0,
        max_momentary_lufs: None,
        max_short_term_lufs: None,
    });
    writer.finish().unwrap();
    let told = std::fs::read(&path).unwrap();
    let loudness = ["LOUDNESS_INTEGRATED_LUFS=-14.03", "LOUDNESS_TRUE_PEAK_DBTP=-1.00"];
    assert_eq!(comments(&told), [&expected[..], &loudness].concat());
    assert_eq!(told[frames_at..], bytes[frames_at..]);
    reference(&["-t"], &path);
}

/// Every comment but the name of the writer, which is ours.
fn comments(bytes: &[u8]) -> Vec<&str> {
    let (blocks, _) = blocks(bytes);
    let comments = blocks.iter().find(|block| block.0 == 4).unwrap().1;
    let text = |at: usize| {
        let length = u32::from_le_bytes(comments[at..at + 4].try_into().unwrap()) as usize;
        std::str::from_utf8(&comments[at + 4..at + 4 + length]).unwrap()
    };
    assert_eq!(text(0), "Mixkeel 0.1.0");
    let mut at = 4 + text(0).len();
    let count = comments[at];
    at += 4;
    let next = |_| {
        let found = text(at);
        at += 4 + found.len();
        found
    };
    (0..count).map(next).collect()
}
