//! The WAV files people have: what a user expects of each, from a missing pad byte to a size of 2^60.
#![allow(clippy::unwrap_used)] // What a test needs and does not get is a failure.

use mixkeel_dsp::block::{Buffer, Channels};
use mixkeel_io::read::{Downmix, Problem, ReadErrorKind, Reader, open};

/// Frames of the clean file: odd, so that 8- and 24-bit mono data need a pad byte.
const FRAMES: usize = 4801;

/// A sample for every frame that no shift or scale can imitate.
fn code(frame: usize) -> i32 {
    ((frame as i64 * 7919) % 65_521 - 32_760) as i32
}

fn chunk(id: &[u8; 4], body: &[u8]) -> Vec<u8> {
    let mut all = id.to_vec();
    all.extend((body.len() as u32).to_le_bytes());
    all.extend(body);
    if body.len() % 2 == 1 {
        all.push(0);
    }
    all
}

fn format(tag: u16, channels: u16, rate: u32, bits: u16, align: u16) -> Vec<u8> {
    let mut body = tag.to_le_bytes().to_vec();
    body.extend(channels.to_le_bytes());
    body.extend(rate.to_le_bytes());
    body.extend((rate.wrapping_mul(u32::from(align))).to_le_bytes());
    body.extend(align.to_le_bytes());
    body.extend(bits.to_le_bytes());
    body
}

fn extensible(tag: u16, channels: u16, container: u16, valid: u16) -> Vec<u8> {
    let mut body = format(0xFFFE, channels, 48_000, container, channels * container / 8);
    body.extend(22u16.to_le_bytes());
    body.extend(valid.to_le_bytes());
    body.extend(0u32.to_le_bytes());
    body.extend(tag.to_le_bytes());
    body.extend([0, 0, 0, 0, 0x10, 0, 0x80, 0, 0, 0xAA, 0, 0x38, 0x9B, 0x71]);
    body
}

fn riff(chunks: &[Vec<u8>]) -> Vec<u8> {
    let body: Vec<u8> = chunks.concat();
    let mut file = b"RIFF".to_vec();
    file.extend((body.len() as u32 + 4).to_le_bytes());
    file.extend(b"WAVE");
    file.extend(body);
    file
}

fn mono16() -> Vec<u8> {
    (0..FRAMES).flat_map(|frame| (code(frame) as i16).to_le_bytes()).collect()
}

fn clean() -> Vec<u8> {
    riff(&[chunk(b"fmt ", &format(1, 1, 48_000, 16, 2)), chunk(b"data", &mono16())])
}

struct Heard {
    reader: Reader,
    left: Vec<f32>,
    right: Vec<f32>,
}

fn hear_as(name: &str, file: &[u8], downmix: Downmix) -> Result<Heard, (ReadErrorKind, String)> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    std::fs::write(&path, file).unwrap();
    let mut reader = open(&path, downmix).map_err(|error| (error.kind, error.to_string()))?;
    let channels = reader.info().channels;
    let mut buffer = Buffer::new(channels, 1024);
    let (mut left, mut right) = (Vec::new(), Vec::new());
    loop {
        let got = reader.read(&mut buffer.block()).unwrap();
        left.extend_from_slice(&buffer.signal().left()[..got]);
        right.extend_from_slice(&buffer.signal().right_or_only()[..got]);
        if got == 0 {
            return Ok(Heard { reader, left, right });
        }
    }
}

fn hear(file: &[u8]) -> Heard {
    hear_as("take.wav", file, Downmix::Refuse).unwrap()
}

fn ids(problems: &[Problem]) -> Vec<&'static str> {
    problems.iter().map(|problem| problem.id).collect()
}

/// Reads the file and checks that it holds the first `frames` of the clean sound.
fn expect(what: &str, file: &[u8], frames: usize, problems: &[&str]) -> Heard {
    let heard = hear(file);
    assert_eq!(heard.left.len(), frames, "{what}");
    assert_eq!(heard.reader.info().length_frames, Some(frames as u64), "{what}");
    for (frame, sample) in heard.left.iter().enumerate() {
        assert_eq!(*sample, code(frame) as f32 / 32_768.0, "{what} at {frame}");
    }
    assert_eq!(ids(heard.reader.problems()), problems, "{what}");
    heard
}

#[test]
fn every_word_length_is_exact() {
    let wide = |frame: usize| i64::from(code(frame)) << 16;
    let cases: Vec<(&str, Vec<u8>, u16, usize)> = vec![
        ("8 bit", format(1, 1, 48_000, 8, 1), 8, 1),
        ("16 bit", format(1, 1, 48_000, 16, 2), 16, 2),
        ("20 bits in 24", extensible(1, 1, 24, 20), 20, 3),
        ("24 bit", format(1, 1, 48_000, 24, 3), 24, 3),
        ("24 bits in 32", extensible(1, 1, 32, 24), 24, 4),
        ("32 bit", format(1, 1, 48_000, 32, 4), 32, 4),
    ];
    for (what, format, bits, bytes) in cases {
        let data: Vec<u8> = (0..FRAMES)
            .flat_map(|frame| {
                let code = wide(frame) as i32;
                let low = if bytes == 1 { (code >> 24) as u8 ^ 0x80 } else { 0 };
                if bytes == 1 { vec![low] } else { code.to_le_bytes()[4 - bytes..].to_vec() }
            })
            .collect();
        let heard = hear(&riff(&[chunk(b"fmt ", &format), chunk(b"data", &data)]));
        assert_eq!(heard.left.len(), FRAMES, "{what}");
        assert_eq!((heard.reader.info().bits, heard.reader.info().float), (Some(bits), false), "{what}");
        for (frame, sample) in heard.left.iter().enumerate() {
            let stored = if bytes == 1 { wide(frame) >> 24 << 24 } else { wide(frame) };
            assert_eq!(f64::from(*sample), stored as f64 / 2_147_483_648.0, "{what} at {frame}");
        }
        assert_eq!(heard.reader.problems(), [], "{what}");
    }
}

#[test]
fn floats_are_kept_over_full_scale_and_what_is_no_number_becomes_silence() {
    let values: Vec<f64> = (0..FRAMES).map(|frame| f64::from(code(frame)) / 8192.0).collect();
    for (bits, bytes) in [(32u16, 4u16), (64, 8)] {
        let data: Vec<u8> = values
            .iter()
            .flat_map(
                |v| if bits == 32 { (*v as f32).to_le_bytes().to_vec() } else { v.to_le_bytes().to_vec() },
            )
            .collect();
        let heard = hear(&riff(&[chunk(b"fmt ", &format(3, 1, 48_000, bits, bytes)), chunk(b"data", &data)]));
        assert!(heard.reader.info().float);
        assert!(heard.left.iter().zip(&values).all(|(a, b)| f64::from(*a) == *b));
        assert!(heard.left.iter().any(|sample| *sample > 3.9));
    }
    let mut values: Vec<f32> = vec![0.5; 2 * FRAMES];
    values[2 * 100] = f32::NAN;
    values[2 * 100 + 1] = f32::INFINITY;
    values[2 * 4000 + 1] = f32::NEG_INFINITY;
    let data: Vec<u8> = values.iter().flat_map(|v| v.to_le_bytes()).collect();
    let heard = hear(&riff(&[chunk(b"fmt ", &format(3, 2, 48_000, 32, 8)), chunk(b"data", &data)]));
    assert_eq!(
        (heard.left[100], heard.right[100], heard.right[4000], heard.left[4000]),
        (0.0, 0.0, 0.0, 0.5)
    );
    assert_eq!(heard.reader.nan_samples(), 3);
    let problem = heard.reader.problems()[0].clone();
    assert_eq!((problem.id, problem.at_s), ("nan-samples", Some(100.0 / 48_000.0)));
    assert!(problem.message.starts_with("3 samples"), "{}", problem.message);
}

#[test]
fn chunks_in_any_shape_do_not_hide_the_sound() {
    let fmt = || chunk(b"fmt ", &format(1, 1, 48_000, 16, 2));
    let data = || chunk(b"data", &mono16());
    expect("clean", &clean(), FRAMES, &[]);
    expect("odd unknown chunk, padded", &riff(&[chunk(b"Zyx1", b"abc"), fmt(), data()]), FRAMES, &[]);
    let mut bare = chunk(b"bext", &[7; 603]);
    bare.pop();
    expect("odd chunk without pad before data", &riff(&[fmt(), bare, data()]), FRAMES, &["missing-pad"]);
    let mut unknown = chunk(b"Zyx1", b"abc");
    unknown.pop();
    expect("odd unknown chunk without pad", &riff(&[fmt(), unknown, data()]), FRAMES, &["missing-pad"]);
    let mut lying = chunk(b"junk", &[0; 40]);
    lying[4] = 38;
    expect("a chunk size that lies", &riff(&[fmt(), lying, data()]), FRAMES, &["lost-chunk"]);
    expect("format behind the data", &riff(&[data(), fmt()]), FRAMES, &[]);
    expect("two data chunks", &riff(&[fmt(), data(), data()]), FRAMES, &["second-data"]);
    let mut many = vec![fmt()];
    many.extend((0..100_000).map(|_| chunk(b"note", b"xy")));
    many.push(data());
    expect("a hundred thousand chunks", &riff(&many), FRAMES, &[]);
    expect("nothing recorded", &riff(&[fmt(), chunk(b"data", &[])]), 0, &[]);
    expect(
        "no sound but tags",
        &riff(&[fmt(), chunk(b"data", &[]), chunk(b"LIST", b"INFOISFT\x02\0\0\0x\0")]),
        0,
        &[],
    );
    // Odd data without a pad byte, notes behind it.
    let bytes: Vec<u8> = (0..FRAMES).map(|frame| frame as u8).collect();
    let mut odd = chunk(b"data", &bytes);
    odd.pop();
    let info = chunk(b"LIST", b"INFOINAM\x06\0\0\0Chorus");
    let heard = hear(&riff(&[chunk(b"fmt ", &format(1, 1, 48_000, 8, 1)), odd, info]));
    assert_eq!((heard.left.len(), heard.left[200]), (FRAMES, (200.0 - 128.0) / 128.0));
    assert_eq!(heard.reader.info().tags, [("title".to_owned(), "Chorus".to_owned())]);
    assert_eq!(ids(heard.reader.problems()), ["missing-pad"]);
}

#[test]
fn wrong_sizes_cost_no_sound() {
    let set =
        |file: &mut Vec<u8>, at: usize, size: u32| file[at..at + 4].copy_from_slice(&size.to_le_bytes());
    for (what, riff_size, data_size, problems) in [
        ("only the outer size is 0", Some(0), None, vec![]),
        ("recorder crashed", Some(0), Some(0), vec!["unfinished-header"]),
        ("pipe", Some(u32::MAX), Some(u32::MAX), vec!["streamed-header"]),
        ("pipe of another writer", Some(0x7FFF_F024), Some(0x7FFF_F000), vec!["streamed-header"]),
    ] {
        let mut file = clean();
        riff_size.into_iter().for_each(|size| set(&mut file, 4, size));
        data_size.into_iter().for_each(|size| set(&mut file, 40, size));
        expect(what, &file, FRAMES, &problems);
    }
    let heard = expect("cut in the middle", &clean()[..44 + 2 * 2400 + 1], 2400, &["truncated"]);
    assert_eq!(heard.reader.problems()[0].message, "2400 of 4801 frames; 50 % missing");
    let mut ragged = mono16();
    ragged.push(9);
    let ragged = riff(&[chunk(b"fmt ", &format(1, 1, 48_000, 16, 2)), chunk(b"data", &ragged)]);
    expect("half a frame at the end", &ragged, FRAMES, &[]);
}

#[test]
fn relatives_of_wav_are_read() {
    let long = |name: &[u8; 4], claimed: u64| {
        let mut ds64 = (clean().len() as u64).to_le_bytes().to_vec();
        ds64.extend(claimed.to_le_bytes());
        ds64.extend((FRAMES as u64).to_le_bytes());
        ds64.extend([0; 4]);
        let fmt = chunk(b"fmt ", &format(1, 1, 48_000, 16, 2));
        let mut file = riff(&[chunk(b"ds64", &ds64), fmt, chunk(b"data", &mono16())]);
        file[..4].copy_from_slice(name);
        file[4..8].fill(0xFF);
        let at = file.len() - 2 * FRAMES - 4;
        file[at..at + 4].fill(0xFF);
        file
    };
    let bytes = 2 * FRAMES as u64;
    assert_eq!(expect("RF64", &long(b"RF64", bytes), FRAMES, &[]).reader.info().container, "rf64");
    assert_eq!(expect("BW64", &long(b"BW64", bytes), FRAMES, &[]).reader.info().container, "bw64");
    expect("RF64 of 2^60 bytes", &long(b"RF64", 1 << 60), FRAMES, &["wrong-size"]);

    let mut rifx = b"RIFX".to_vec();
    rifx.extend((36 + 2 * FRAMES as u32).to_be_bytes());
    rifx.extend(b"WAVEfmt \0\0\0\x10\0\x01\0\x01");
    rifx.extend(48_000u32.to_be_bytes());
    rifx.extend(96_000u32.to_be_bytes());
    rifx.extend(b"\0\x02\0\x10data");
    rifx.extend((2 * FRAMES as u32).to_be_bytes());
    rifx.extend((0..FRAMES).flat_map(|frame| (code(frame) as i16).to_be_bytes()));
    assert_eq!(expect("RIFX", &rifx, FRAMES, &[]).reader.info().container, "rifx");

    let tail = [0xF3, 0xAC, 0xD3, 0x11, 0x8C, 0xD1, 0x00, 0xC0, 0x4F, 0x8E, 0xDB, 0x8A];
    let part = |name: &[u8; 4], body: &[u8]| {
        let mut all = name.to_vec();
        all.extend(tail);
        all.extend((24 + body.len() as u64).to_le_bytes());
        all.extend(body);
        all.resize(all.len().next_multiple_of(8), 0);
        all
    };
    let mut w64 = b"riff\x2E\x91\xCF\x11\xA5\xD6\x28\xDB\x04\xC1\x00\x00".to_vec();
    w64.extend(0u64.to_le_bytes());
    w64.extend(b"wave");
    w64.extend(tail);
    w64.extend(part(b"fmt ", &format(1, 1, 48_000, 16, 2)));
    w64.extend(part(b"data", &mono16()));
    assert_eq!(expect("Wave64", &w64, FRAMES, &[]).reader.info().container, "w64");
}

#[test]
fn impossible_headers_are_refused_in_one_line() {
    let with = |format: Vec<u8>| riff(&[chunk(b"fmt ", &format), chunk(b"data", &mono16())]);
    let cases = [
        ("rate 0", with(format(1, 1, 0, 16, 2)), ReadErrorKind::Rate),
        ("rate 1", with(format(1, 1, 1, 16, 2)), ReadErrorKind::Rate),
        ("rate 4e9", with(format(1, 1, 4_000_000_000, 16, 2)), ReadErrorKind::Rate),
        (
            "65,535 channels",
            with(format(1, 65_535, 48_000, 8, 65_535)),
            ReadErrorKind::TooManyChannels(65_535),
        ),
        ("no channels", with(format(1, 0, 48_000, 16, 2)), ReadErrorKind::Corrupt),
        ("33 bits", with(format(1, 1, 48_000, 33, 5)), ReadErrorKind::Unsupported),
        ("no format", riff(&[chunk(b"data", &mono16())]), ReadErrorKind::Corrupt),
        ("no data", riff(&[chunk(b"fmt ", &format(1, 1, 48_000, 16, 2))]), ReadErrorKind::Corrupt),
        ("IMA ADPCM", with(format(17, 1, 48_000, 4, 256)), ReadErrorKind::Unsupported),
        ("text", b"Dear engineer, the takes follow by post.".to_vec(), ReadErrorKind::NotAudio),
        ("nothing", Vec::new(), ReadErrorKind::Empty),
    ];
    for (what, file, kind) in cases {
        let (found, message) = hear_as("take.wav", &file, Downmix::Refuse).err().unwrap();
        assert_eq!(found, kind, "{what}");
        assert!(message.contains("take.wav") && !message.contains('\n'), "{what}: {message}");
    }
    let heard = hear(&with(format(1, 1, 48_000, 16, 0)));
    assert_eq!((heard.left.len(), ids(heard.reader.problems())), (FRAMES, vec!["block-align"]));
    let folder = tempfile::tempdir().unwrap();
    let missing = open(&folder.path().join("no.wav"), Downmix::Refuse).unwrap_err();
    assert_eq!(missing.kind, ReadErrorKind::Missing);
    let folder_named = folder.path().join("x.wav");
    std::fs::create_dir(&folder_named).unwrap();
    assert_eq!(open(&folder_named, Downmix::Refuse).unwrap_err().kind, ReadErrorKind::NotReadable);
}

#[test]
fn names_decide_nothing_and_may_be_anything() {
    for name in ["take.mp3", "-take 'n' \u{1F941} \u{5E9}.wav", &format!("{}.wav", "n".repeat(246)), "take"] {
        let heard = hear_as(name, &clean(), Downmix::Refuse).unwrap();
        assert_eq!(heard.left.len(), FRAMES, "{name}");
        let noted = ids(heard.reader.problems()) == ["wrong-extension"];
        assert_eq!(noted, name == "take.mp3", "{name}");
    }
}

#[test]
fn more_than_two_channels_are_folded_only_when_asked() {
    // One channel at a time at half scale: what it adds to left and right are the coefficients of BS.775.
    let third = std::f32::consts::FRAC_1_SQRT_2 / 2.0;
    let wanted = [(0.5, 0.0), (0.0, 0.5), (third, third), (0.0, 0.0), (third, 0.0), (0.0, third)];
    let data: Vec<u8> =
        (0..6 * 6).flat_map(|n| (if n / 6 == n % 6 { 16_384i16 } else { 0 }).to_le_bytes()).collect();
    let file = riff(&[chunk(b"fmt ", &extensible(1, 6, 16, 16)), chunk(b"data", &data)]);
    let (kind, message) = hear_as("surround.wav", &file, Downmix::Refuse).err().unwrap();
    assert_eq!(kind, ReadErrorKind::TooManyChannels(6));
    assert!(message.contains("6 channels") && message.contains("--downmix"), "{message}");
    let heard = hear_as("surround.wav", &file, Downmix::Fold).unwrap();
    assert_eq!((heard.reader.info().channels, heard.reader.info().file_channels), (Channels::Stereo, 6));
    for (frame, want) in wanted.iter().enumerate() {
        assert_eq!((heard.left[frame], heard.right[frame]), *want, "channel {frame}");
    }
}

#[test]
fn notes_and_places_in_time_are_told() {
    let fmt = || chunk(b"fmt ", &format(1, 1, 48_000, 16, 2));
    let mut bext = vec![0u8; 602];
    bext[..9].copy_from_slice(b"Take 3 ok");
    bext[338..346].copy_from_slice(&172_800_000_000u64.to_le_bytes());
    let mut cue = 2u32.to_le_bytes().to_vec();
    for (number, frame) in [(1u32, 4000u32), (2, 1200)] {
        cue.extend(number.to_le_bytes());
        cue.extend(frame.to_le_bytes());
        cue.extend(b"data\0\0\0\0\0\0\0\0");
        cue.extend(frame.to_le_bytes());
    }
    let labels = b"adtllabl\x0B\0\0\0\x02\0\0\0Verse\0\0\0labl\x08\0\0\0\x01\0\0\0End\0";
    let file = riff(&[
        chunk(b"bext", &bext),
        fmt(),
        chunk(b"data", &mono16()),
        chunk(b"cue ", &cue),
        chunk(b"LIST", labels),
    ]);
    let heard = expect("notes", &file, FRAMES, &[]);
    let info = heard.reader.info();
    assert_eq!(info.time_reference_frames, Some(172_800_000_000));
    assert_eq!(info.tags, [("description".to_owned(), "Take 3 ok".to_owned())]);
    let markers: Vec<_> = info.markers.iter().map(|marker| (marker.at_s, marker.label.as_str())).collect();
    assert_eq!(markers, [(0.025, "Verse"), (4000.0 / 48_000.0, "End")]);

    let ixml = b"<BWFXML><SPEED><TIMESTAMP_SAMPLES_SINCE_MIDNIGHT_HI>1</TIMESTAMP_SAMPLES_SINCE_MIDNIGHT_HI>\
        <TIMESTAMP_SAMPLES_SINCE_MIDNIGHT_LO>96000</TIMESTAMP_SAMPLES_SINCE_MIDNIGHT_LO></SPEED><SCENE>12A</SCENE></BWFXML>";
    let heard = expect("iXML", &riff(&[fmt(), chunk(b"iXML", ixml), chunk(b"data", &mono16())]), FRAMES, &[]);
    assert_eq!(heard.reader.info().time_reference_frames, Some((1 << 32) + 96_000));
    assert_eq!(heard.reader.info().tags, [("scene".to_owned(), "12A".to_owned())]);
}

#[test]
fn surround_is_given_channel_by_channel_where_nobody_wants_a_fold() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("surround.wav");
    let data: Vec<u8> = (0..FRAMES)
        .flat_map(|frame| (0..6).flat_map(move |c| (code(frame * 6 + c) as i16).to_le_bytes()))
        .collect();
    std::fs::write(&path, riff(&[chunk(b"fmt ", &format(1, 6, 48_000, 16, 12)), chunk(b"data", &data)]))
        .unwrap();
    let mut reader = open(&path, Downmix::Keep).unwrap();
    assert_eq!(reader.info().file_channels, 6);
    let mut planes = vec![vec![0.0_f32; 1_000]; 6];
    let mut frame = 0;
    loop {
        let mut slices: Vec<&mut [f32]> = planes.iter_mut().map(Vec::as_mut_slice).collect();
        let got = reader.read_planes(&mut slices).unwrap();
        if got == 0 {
            break;
        }
        for n in 0..got {
            for (channel, plane) in planes.iter().enumerate() {
                assert_eq!(plane[n], code((frame + n) * 6 + channel) as i16 as f32 / 32_768.0);
            }
        }
        frame += got;
    }
    assert_eq!((frame, reader.position_frames()), (FRAMES, FRAMES as u64));
    let mut two = Buffer::new(Channels::Stereo, 16);
    let error = open(&path, Downmix::Keep).unwrap().read(&mut two.block()).unwrap_err();
    assert_eq!(error.kind, ReadErrorKind::Misuse, "two channels out of six without a fold would be a guess");
}
