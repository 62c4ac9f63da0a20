//! What a WAV file says about itself, read back byte by byte.
#![allow(clippy::unwrap_used, clippy::panic)] // Helpers of tests are tests.

mod write_support;

use mixkeel_dsp::block::{Channels, Signal};
use mixkeel_io::write::{Bits, Format, Loudness, Spec, Tags, create};
use write_support::{chunk, chunks, spec, write};

fn tagged(bits: Bits) -> Spec {
    let tags = Tags {
        title: Some("Ünder the bridge 🎚".into()),
        engine_version: "1.2.3".into(),
        session_hash: Some("9f86d081884c7d65".into()),
        comment: Some("second version".into()),
        loudness: Some(Loudness {
            integrated_lufs: -14.026,
            loudness_range_lu: Some(6.5),
            true_peak_dbtp: -1.0,
            max_momentary_lufs: None,
            max_short_term_lufs: Some(f64::NEG_INFINITY),
        }),
        time_reference_frames: 0x1_2345_6789,
        markers: Vec::new(),
    };
    Spec { tags, ..spec(Format::Wav, bits, Channels::Stereo) }
}

fn written(spec: &Spec, frames: usize) -> Vec<u8> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("tagged.wav");
    let sound = vec![0.25; frames];
    write(&path, spec, &sound, &sound, 4096);
    std::fs::read(&path).unwrap()
}

#[test]
fn named_places_are_read_back_where_they_were_put() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("marked.wav");
    let sound = vec![0.25; 10];
    let mut spec = tagged(Bits::I16);
    spec.tags.markers = vec![(2, "Verse".into()), (7, "Chorus 1".into())];
    write(&path, &spec, &sound, &sound, 4096);
    let reader = mixkeel_io::read::open(&path, mixkeel_io::read::Downmix::Refuse).unwrap();
    let told: Vec<(f64, &str)> = reader
        .info()
        .markers
        .iter()
        .map(|one| (one.at_s * f64::from(spec.rate_hz), one.label.as_str()))
        .collect();
    assert_eq!(told.len(), 2);
    assert!((told[0].0 - 2.0).abs() < 1e-6 && told[0].1 == "Verse", "{told:?}");
    assert!((told[1].0 - 7.0).abs() < 1e-6 && told[1].1 == "Chorus 1", "{told:?}");
}

#[test]
fn bext_holds_what_tech_3285_says_where_it_says() {
    let (_, chunks) = chunks(&written(&tagged(Bits::I24), 10));
    let bext = chunk(&chunks, b"bext");
    let text = |range: std::ops::Range<usize>| {
        let field = &bext[range];
        let end = field.iter().position(|&byte| byte == 0).unwrap_or(field.len());
        assert!(field[end..].iter().all(|&byte| byte == 0), "filled with zeros");
        String::from_utf8(field[..end].to_vec()).unwrap()
    };
    let number = |at: usize| i16::from_le_bytes([bext[at], bext[at + 1]]);
    // Offsets of EBU Tech 3285 v2, Appendix A.
    assert_eq!(text(0..256), "Ünder the bridge 🎚 / second version");
    assert_eq!(text(256..288), "Mixkeel");
    assert_eq!(text(288..320), "9f86d081884c7d65");
    assert_eq!(text(320..338), "", "no date, no time");
    assert_eq!(u64::from_le_bytes(bext[338..346].try_into().unwrap()), 0x1_2345_6789);
    assert_eq!(number(346), 2, "version 2");
    assert!(bext[348..412].iter().all(|&byte| byte == 0), "no UMID");
    assert_eq!([number(412), number(414), number(416)], [-1403, 650, -100]);
    assert_eq!([number(418), number(420)], [0x7FFF, 0x7FFF], "not known is 0x7FFF");
    assert!(bext[422..602].iter().all(|&byte| byte == 0), "reserved");
    assert_eq!(&bext[602..], b"A=PCM,F=48000,W=24,M=stereo,T=Mixkeel 1.2.3\r\n");
}

#[test]
fn loudness_that_is_known_at_the_end_is_told_as_if_it_had_been_known_before() {
    let spec = tagged(Bits::I24);
    let mut unknown = spec.clone();
    unknown.tags.loudness = None;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("told.wav");
    let sound = vec![0.25; 10];
    let mut writer = create(&path, &unknown).unwrap();
    writer.write(Signal::stereo(&sound, &sound)).unwrap();
    writer.tell_loudness(spec.tags.loudness.unwrap());
    writer.finish().unwrap();
    assert_eq!(std::fs::read(&path).unwrap(), written(&spec, 10));
}

#[test]
fn info_tells_title_engine_and_session() {
    let (_, chunks) = chunks(&written(&tagged(Bits::I16), 10));
    let list = chunk(&chunks, b"LIST");
    assert_eq!(&list[..4], b"INFO");
    let mut entries = Vec::new();
    let mut at = 4;
    while at < list.len() {
        let size = u32::from_le_bytes(list[at + 4..at + 8].try_into().unwrap()) as usize;
        let value = &list[at + 8..at + 8 + size];
        assert_eq!(value.last(), Some(&0), "texts end in NUL");
        entries.push((&list[at..at + 4], std::str::from_utf8(&value[..size - 1]).unwrap()));
        at += 8 + size + size % 2;
    }
    let expected: [(&[u8], &str); 3] = [
        (b"INAM", "Ünder the bridge 🎚"),
        (b"ISFT", "Mixkeel 1.2.3"),
        (b"ICMT", "second version; session 9f86d081884c7d65"),
    ];
    assert_eq!(entries, expected);
}

#[test]
fn the_format_is_the_one_most_programs_read() {
    let format = |bits, channels| {
        let (form, chunks) = chunks(&written(&Spec { channels, ..tagged(bits) }, 11));
        assert_eq!(&form, b"RIFF");
        assert_eq!(&chunks[0].0, b"JUNK", "room for ds64 comes first");
        let fact = chunks.iter().find(|chunk| &chunk.0 == b"fact").map(|chunk| chunk.1.clone());
        (chunk(&chunks, b"fmt ").to_vec(), fact)
    };
    let (plain, fact) = format(Bits::I16, Channels::Stereo);
    assert_eq!(plain, [1, 0, 2, 0, 0x80, 0xBB, 0, 0, 0, 0xEE, 2, 0, 4, 0, 16, 0]);
    assert_eq!(fact, None);
    let (extensible, fact) = format(Bits::I24, Channels::Mono);
    assert_eq!(extensible.len(), 40);
    assert_eq!(extensible[..2], [0xFE, 0xFF]);
    assert_eq!(extensible[12..16], [3, 0, 24, 0]);
    assert_eq!(extensible[16..24], [22, 0, 24, 0, 4, 0, 0, 0], "24 valid bits, front centre");
    assert_eq!(
        extensible[24..],
        [1, 0, 0, 0, 0, 0, 16, 0, 128, 0, 0, 170, 0, 56, 155, 113],
        "KSDATAFORMAT_SUBTYPE_PCM"
    );
    assert_eq!(fact, None);
    let (float, fact) = format(Bits::F32, Channels::Stereo);
    assert_eq!((float.len(), &float[..2], &float[14..]), (18, &[3, 0][..], &[32, 0, 0, 0][..]));
    assert_eq!(fact, Some(vec![11, 0, 0, 0]), "floats have a fact chunk with the frames");
}

#[test]
fn an_odd_number_of_bytes_is_padded() {
    let spec = Spec { channels: Channels::Mono, ..tagged(Bits::I24) };
    let bytes = written(&spec, 3);
    assert_eq!(bytes.len() % 2, 0);
    let (_, chunks) = chunks(&bytes);
    assert_eq!(chunk(&chunks, b"data").len(), 9, "the pad is not counted");
}

#[test]
fn tags_of_any_length_and_shape_do_no_harm() {
    let mut spec = tagged(Bits::I16);
    spec.tags.title = Some("🎚".repeat(1000) + "\0 after");
    spec.tags.engine_version = "1,2\r\n3".into();
    let (_, chunks) = chunks(&written(&spec, 4));
    let bext = chunk(&chunks, b"bext");
    assert_eq!(std::str::from_utf8(&bext[..256]).unwrap(), "🎚".repeat(64), "cut between characters");
    assert!(bext.ends_with(b"T=Mixkeel 1 2  3\r\n"), "commas and line ends would split the history");
    assert_eq!(chunk(&chunks, b"data").len(), 16);
}
