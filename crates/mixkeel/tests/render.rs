//! Playing a session as it stands, parts of it, and files into other files.
#![allow(clippy::unwrap_used)] // a test that cannot set up its song has failed

mod common;

use std::fs;
use std::path::Path;

use common::{RATE_HZ, samples, tone, tree, write_song, write_wav};
use mixkeel::convert::{ConvertOptions, convert};
use mixkeel::evidence::{of_session, of_session_kept};
use mixkeel::mix::{MixOptions, Start, mix};
use mixkeel::render::{RenderOptions, RenderOutcome, Stems, render};
use mixkeel::song::cache::Cache;
use mixkeel::{Bits, ErrorKind, Silent};
use mixkeel_dsp::block::Channels;

fn small() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    write_song(&folder.path().join("Song"), [0.0; 4]);
    let out = Some(folder.path().join("out"));
    mix(
        &folder.path().join("Song"),
        &MixOptions { out, start: Start::Fresh, ..MixOptions::default() },
        &Silent,
    )
    .unwrap();
    folder
}

fn play(folder: &Path, name: &str, options: RenderOptions) -> RenderOutcome {
    let options = RenderOptions { out: Some(folder.join(name)), ..options };
    render(&folder.join("out/session.toml"), &options, &Silent).unwrap()
}

#[test]
fn a_session_renders_to_the_mix_it_came_with_and_a_part_is_that_slice() {
    let folder = small();
    let whole = play(folder.path(), "whole", RenderOptions { stems: Stems::Bus, ..RenderOptions::default() });
    assert_eq!(whole.files[0], "mix.wav");
    let mixed = samples(&folder.path().join("out/mix.wav"));
    assert_eq!(samples(&folder.path().join("whole/mix.wav")), mixed);
    for file in &whole.files[1..] {
        let (again, first) = (folder.path().join("whole").join(file), folder.path().join("out").join(file));
        assert_eq!(samples(&again), samples(&first), "{file}");
    }
    let part = RenderOptions { from_s: Some(0.5), to_s: Some(1.25), ..RenderOptions::default() };
    assert_eq!(play(folder.path(), "part", part).length_frames, 36_000);
    let (left, right) = samples(&folder.path().join("part/mix.wav"));
    assert_eq!((left.as_slice(), right.as_slice()), (&mixed.0[24_000..60_000], &mixed.1[24_000..60_000]));
    // The first version's own session plays as well, from where it is kept.
    let old = RenderOptions { out: Some(folder.path().join("old")), ..RenderOptions::default() };
    render(&folder.path().join("out/v1/session.toml"), &old, &Silent).unwrap();
    assert_eq!(samples(&folder.path().join("old/mix.wav")), mixed);
}

#[test]
fn a_mix_made_of_its_stems_when_its_headroom_was_known_is_what_its_session_plays() {
    let folder = small();
    // Buses that are turned up by hand, so that all have to come down; one track is silent among them.
    let session = folder.path().join("out/session.toml");
    let text = fs::read_to_string(&session).unwrap();
    fs::write(&session, text.replace("fader_db = 0.0", "fader_db = 12.0")).unwrap();
    let cache = Cache::at(folder.path().join("cache"));
    let out = Some(folder.path().join("out"));
    let options = MixOptions { out, bits: Bits::I16, cache: cache.clone(), ..MixOptions::default() };
    let report = mix(&folder.path().join("Song"), &options, &Silent).unwrap().report;
    assert!(report.headroom_db < -1.0 && report.tracks.iter().any(|track| !track.in_mix), "{report:?}");
    let peak_dbfs = report.mix.sample_peak_dbfs.unwrap();
    assert!((-6.2..=-6.0).contains(&peak_dbfs), "{peak_dbfs}");
    // Dither of every file included.
    let options = RenderOptions { stems: Stems::Bus, bits: Bits::I16, ..RenderOptions::default() };
    let again = play(folder.path(), "again", options);
    assert!(again.files.len() > 3, "{again:?}");
    for file in &again.files {
        let (again, first) = (folder.path().join("again").join(file), folder.path().join("out").join(file));
        assert_eq!(samples(&again), samples(&first), "{file}");
    }
    assert!(!folder.path().join("out/v2/printed").exists(), "nothing is left of what it was made of");
    // What it was found to measure is what its session measures.
    let measured = of_session(&session, &Silent).unwrap();
    assert_eq!(of_session_kept(&session, &cache, &Silent).unwrap(), measured);
}

#[test]
fn only_and_without_are_two_halves_of_the_mix() {
    let folder = small();
    let names = vec!["lead-vocal".to_owned()];
    play(folder.path(), "voice", RenderOptions { only: names.clone(), ..RenderOptions::default() });
    play(folder.path(), "band", RenderOptions { without: names, ..RenderOptions::default() });
    let (voice, _) = samples(&folder.path().join("voice/mix.wav"));
    let (band, _) = samples(&folder.path().join("band/mix.wav"));
    let (mixed, _) = samples(&folder.path().join("out/mix.wav"));
    assert!(voice.iter().any(|sample| *sample != 0.0) && band.iter().any(|sample| *sample != 0.0));
    let worst = mixed
        .iter()
        .zip(voice.iter().zip(&band))
        .map(|(mixed, (voice, band))| (mixed - voice - band).abs())
        .fold(0.0, f32::max);
    // Two roundings to 32-bit float at half scale: 2 · 2^-25, −144 dBFS.
    assert!(worst <= 1.2e-7, "differs by {worst}");
    let nobody = RenderOptions { only: vec!["tuba".to_owned()], ..RenderOptions::default() };
    let error = render(&folder.path().join("out"), &nobody, &Silent).unwrap_err();
    assert_eq!(error.kind, ErrorKind::Usage);
    assert!(error.to_string().contains("ldvox"), "{error}");
}

#[test]
fn at_another_rate_it_is_the_same_song() {
    let folder = small();
    let power_db = |name: &str| {
        let (left, _) = samples(&folder.path().join(name).join("mix.wav"));
        10.0 * libm::log10(left.iter().map(|x| f64::from(*x).powi(2)).sum::<f64>() / left.len() as f64)
    };
    let at_cd_rate = |name: &str| {
        play(
            folder.path(),
            name,
            RenderOptions { rate_hz: Some(44_100), bits: Bits::I16, ..RenderOptions::default() },
        )
    };
    // Reverbs and compressors are laid out anew at another rate; here that moves the sum by 0.11 dB.
    let wet = at_cd_rate("wet-cd");
    assert_eq!(wet.rate_hz, 44_100);
    let apart_db = power_db("wet-cd") - power_db("out");
    assert!(apart_db.abs() < 0.2, "{apart_db} dB apart");

    // Levels and places alone are the same to a hair, and as long.
    let path = folder.path().join("out/session.toml");
    let mut session = mixkeel_session::read::read(&fs::read_to_string(&path).unwrap()).session.unwrap();
    session.returns.clear();
    for track in &mut session.tracks {
        (track.inserts, track.sends) = (Vec::new(), Vec::new());
        track.lock.clear();
    }
    for bus in &mut session.buses {
        (bus.strip.inserts, bus.strip.sends) = (Vec::new(), Vec::new());
    }
    fs::write(&path, mixkeel_session::write::write(&session)).unwrap();
    play(folder.path(), "dry", RenderOptions::default());
    let dry = at_cd_rate("dry-cd");
    assert_eq!((dry.rate_hz, dry.length_frames), (44_100, 88_200));
    let apart_db = power_db("dry-cd") - power_db("dry");
    assert!(apart_db.abs() < 0.05, "{apart_db} dB apart");
}

#[test]
fn what_is_soloed_is_asked_about_and_mistakes_are_all_named() {
    let folder = small();
    let session = folder.path().join("out/session.toml");
    let text = fs::read_to_string(&session).unwrap();
    fs::write(&session, text.replacen("role = \"bass\"", "solo = true\nrole = \"bass\"", 1)).unwrap();
    let options = RenderOptions { out: Some(folder.path().join("solo")), ..RenderOptions::default() };
    let error = render(&session, &options, &Silent).unwrap_err();
    assert_eq!(error.kind, ErrorKind::Usage);
    assert!(error.to_string().contains("bass-di"), "{error}");
    assert!(!folder.path().join("solo").exists());
    render(&session, &RenderOptions { allow_solo: true, ..options.clone() }, &Silent).unwrap();

    fs::write(&session, text.replace("fader_db", "fadr_db").replace("bus = \"bass\"", "bus = \"bas\""))
        .unwrap();
    let error = render(&session, &options, &Silent).unwrap_err();
    assert_eq!(error.kind, ErrorKind::Unreadable);
    let words = error.to_string();
    assert!(words.contains("did you mean `fader_db`") && words.contains("did you mean `bass`"), "{words}");
}

#[test]
fn recordings_that_are_gone_are_all_named() {
    let folder = small();
    fs::remove_file(folder.path().join("Song/LdVox.wav")).unwrap();
    fs::remove_file(folder.path().join("Song/BASS DI.wav")).unwrap();
    let error = render(&folder.path().join("out"), &RenderOptions::default(), &Silent).unwrap_err();
    assert_eq!(error.kind, ErrorKind::Unreadable);
    let words = error.to_string();
    assert!(words.contains("LdVox.wav") && words.contains("BASS DI.wav"), "{words}");
    assert!(!folder.path().join("out/render").exists());
}

#[test]
fn a_folder_of_somebody_else_is_not_written_into_and_an_older_render_is_replaced() {
    let folder = small();
    let session = folder.path().join("out");
    let photos = folder.path().join("Photos");
    fs::create_dir(&photos).unwrap();
    fs::write(photos.join("mix.wav"), b"a holiday").unwrap();
    let before = tree(&photos);
    let options = RenderOptions { out: Some(photos.clone()), ..RenderOptions::default() };
    assert_eq!(render(&session, &options, &Silent).unwrap_err().kind, ErrorKind::OutputExists);
    assert_eq!(tree(&photos), before);

    play(folder.path(), "twice", RenderOptions { stems: Stems::Track, ..RenderOptions::default() });
    assert!(folder.path().join("twice/tracks/ldvox.wav").is_file());
    play(folder.path(), "twice", RenderOptions::default());
    assert!(!folder.path().join("twice/tracks/ldvox.wav").exists(), "a stem of the older render is left");
}

#[test]
fn converting_keeps_what_can_be_kept() {
    let folder = tempfile::tempdir().unwrap();
    let source = folder.path().join("a.wav");
    write_wav(&source, &tone(997.0, 0.5, 48_000, Channels::Stereo), RATE_HZ);
    let there = folder.path().join("a.flac");
    let outcome = convert(&source, &there, &ConvertOptions::default(), &Silent).unwrap();
    assert_eq!((outcome.bits.as_str(), outcome.dithered), ("24", false));
    let back = folder.path().join("b.wav");
    convert(&there, &back, &ConvertOptions::default(), &Silent).unwrap();
    assert_eq!(samples(&back), samples(&source), "24 bits through FLAC and back are the same bits");

    let cd = ConvertOptions { rate_hz: Some(44_100), bits: Some(Bits::I16), ..ConvertOptions::default() };
    let outcome = convert(&source, &folder.path().join("cd.wav"), &cd, &Silent).unwrap();
    assert_eq!((outcome.length_frames, outcome.dithered), ([48_000, 44_100], true));
    let plain = ConvertOptions { dither: false, ..cd };
    let outcome = convert(&source, &folder.path().join("plain.wav"), &plain, &Silent).unwrap();
    assert!(!outcome.dithered);

    let error = convert(&source, &there, &ConvertOptions::default(), &Silent).unwrap_err();
    assert_eq!(error.kind, ErrorKind::OutputExists);
    let error =
        convert(&source, &source, &ConvertOptions { force: true, ..ConvertOptions::default() }, &Silent);
    assert_eq!(error.unwrap_err().kind, ErrorKind::Usage);
    let error =
        convert(&source, &folder.path().join("a.mp3"), &ConvertOptions::default(), &Silent).unwrap_err();
    assert_eq!(error.kind, ErrorKind::Usage);
    assert!(folder.path().join("a.wav").is_file());
}
