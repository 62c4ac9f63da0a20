//! What is heard in the demo song against what is true about it; what the owner says, the folder and the session say goes first;
//! what is written can be read back.

#![allow(clippy::unwrap_used)] // a test that cannot set up its song has failed

mod common;

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use common::write_wav;
use mixkeel::Silent;
use mixkeel::demo::{synthesise, track_count, truth};
use mixkeel::hear::{HearOptions, SongReport, song};
use mixkeel::mix::{MixOptions, mix};
use mixkeel::project::session_file;
use mixkeel::song::cache::Cache;
use mixkeel_io::read::{Downmix, open};
use rayon::prelude::*;
use tempfile::TempDir;

/// The tracks of the demo song, written once for all tests here, and a cache of their profiles.
fn demo() -> (PathBuf, Cache) {
    static FOLDER: OnceLock<TempDir> = OnceLock::new();
    let folder = FOLDER.get_or_init(|| {
        let folder = tempfile::tempdir().unwrap();
        (0..track_count()).into_par_iter().for_each(|index| {
            let track = synthesise(index);
            let path = folder.path().join("Harbour Light").join(track.file_name);
            write_wav(&path, &track.samples, track.rate_hz);
        });
        folder
    });
    (folder.path().join("Harbour Light"), Cache::at(folder.path().join("cache")))
}

fn heard(path: &Path, options: HearOptions) -> SongReport {
    song(path, &options, &Silent).unwrap().report
}

/// `D`, and whether its third is minor.
fn root_and_third(label: &str) -> (&str, bool) {
    let (root, quality) = label.split_once(':').unwrap_or((label, ""));
    (root, quality.starts_with("min") || quality.starts_with("dim"))
}

/// Copies the tracks of the demo that are needed to tell one song from another.
fn some_tracks(folder: &Path) {
    fs::create_dir_all(folder).unwrap();
    for name in ["Kick In 57.wav", "Bass DI.wav"] {
        let from = demo().0.join(name);
        if from.exists() {
            fs::copy(from, folder.join(name)).unwrap();
        }
    }
    let any = fs::read_dir(folder).unwrap().count();
    assert!(any > 0, "the demo has none of these tracks any more");
}

#[test]
fn the_demo_song_is_heard_bar_by_bar_and_section_by_section() {
    let (folder, cache) = demo();
    let report = heard(&folder, HearOptions { cache, ..HearOptions::default() });
    let truth = truth();
    assert_eq!((report.title.as_str(), report.metre.as_deref()), ("Harbour Light", Some("4/4")));
    assert!((report.tempo_bpm.unwrap() - truth.tempo_bpm).abs() < 0.1, "{:?}", report.tempo_bpm);
    for (found, at_s) in report.downbeats_s.iter().zip(&truth.downbeats_s) {
        assert!((found - at_s).abs() < 0.07, "{found} for {at_s}");
    }
    // Other tempos are told where they are likely, with why it is this one.
    assert_eq!(report.tempo_because.is_some(), !report.other_tempos.is_empty());
    assert!(report.other_tempos.iter().all(|other| other.likelihood <= report.tempo_confidence));
    let key = report.key.unwrap();
    assert_eq!((key.tonic.as_str(), key.mode.as_str()), (truth.key.tonic, truth.key.mode));
    let (mut right, mut none) = (0.0, 0.0);
    for chord in &truth.chords {
        for heard in &report.chords {
            let both = (heard.to_s.min(chord.to_s) - heard.from_s.max(chord.from_s)).max(0.0);
            right += if root_and_third(&heard.label) == root_and_third(&chord.label) { both } else { 0.0 };
            none += if heard.label == "N" { both } else { 0.0 };
        }
    }
    assert!(
        right > 0.8 * truth.length_s && none < 0.1 * truth.length_s,
        "{right} {none} of {}",
        truth.length_s
    );
    let told: Vec<&str> = report.sections.iter().map(|section| section.label.as_str()).collect();
    let meant: Vec<&str> = truth.sections.iter().map(|section| section.label).collect();
    assert_eq!(told, meant);
    for (found, section) in report.sections.iter().zip(&truth.sections) {
        assert!((found.from_s - section.from_s).abs() < 0.5, "{found:?}");
        assert_eq!(found.kind, section.kind);
    }
    let loudness =
        |label: &str| report.sections.iter().find(|one| one.label == label).unwrap().loudness_lufs.unwrap();
    assert!(loudness("chorus 1") > loudness("verse 1") + 1.0);
    assert!(report.asks.len() <= 3 && report.given.is_empty());
}

#[test]
fn what_is_written_is_read_back_as_it_was() {
    let (folder, cache) = demo();
    let out = tempfile::tempdir().unwrap();
    let file = |name: &str| out.path().join(name);
    let options = HearOptions {
        midi: Some(file("map.mid")),
        csv: Some(file("map.csv")),
        cue: Some(file("click.wav")),
        cache: cache.clone(),
        ..HearOptions::default()
    };
    let first = song(&folder, &options, &Silent).unwrap();
    assert_eq!(first.written.len(), 3);
    // They are not written over unless that is asked for.
    assert_eq!(song(&folder, &options, &Silent).unwrap_err().kind, mixkeel::ErrorKind::OutputExists);

    let markers = open(&file("click.wav"), Downmix::Refuse).unwrap().info().markers.clone();
    let told: Vec<(f64, &str)> = markers.iter().map(|marker| (marker.at_s, marker.label.as_str())).collect();
    assert_eq!(told.len(), first.report.sections.len());
    for ((at_s, label), section) in told.iter().zip(&first.report.sections) {
        assert!((at_s - section.from_s).abs() < 1e-3 && *label == section.label, "{at_s} {label}");
    }
    for name in ["map.mid", "map.csv", "click.wav"] {
        let options =
            HearOptions { sections: Some(file(name)), cache: cache.clone(), ..HearOptions::default() };
        let again = heard(&folder, options);
        assert_eq!(again.given[0].by, format!("--sections {name}"));
        for (one, other) in again.sections.iter().zip(&first.report.sections) {
            assert!((one.from_s - other.from_s).abs() < 0.01, "{name}: {one:?} {other:?}");
            assert_eq!((&one.label, &one.kind, one.confidence), (&other.label, &other.kind, 1.0), "{name}");
        }
        assert_eq!(again.sections.len(), first.report.sections.len(), "{name}");
    }
}

#[test]
fn a_tempo_map_in_the_folder_goes_before_what_is_heard_and_a_word_before_both() {
    let work = tempfile::tempdir().unwrap();
    let folder = work.path().join("Song");
    some_tracks(&folder);
    let (demo_folder, cache) = demo();
    let options = HearOptions { midi: Some(folder.join("map.mid")), cache, ..HearOptions::default() };
    song(&demo_folder, &options, &Silent).unwrap();
    let report = heard(&folder, HearOptions::default());
    let by: Vec<(&str, &str)> = report.given.iter().map(|one| (one.what.as_str(), one.by.as_str())).collect();
    assert!(by.contains(&("tempo", "map.mid")) && by.contains(&("sections", "map.mid")), "{by:?}");
    assert_eq!((report.tempo_confidence, report.sections.len()), (1.0, truth().sections.len()));
    for (found, at_s) in report.downbeats_s.iter().zip(&truth().downbeats_s) {
        assert!((found - at_s).abs() < 0.02, "{found} for {at_s}");
    }
    // A table beside them, and the owner's words.
    fs::write(folder.join("places.csv"), "time,label\n0,Intro\n0:20,Verse 1\n").unwrap();
    let said = HearOptions { tempo_bpm: Some(50.0), key: Some("Bm".to_owned()), ..HearOptions::default() };
    let report = heard(&folder, said);
    let keys: Vec<&str> = report.keys.iter().map(|key| key.tonic.as_str()).collect();
    assert_eq!(
        (report.tempo_bpm, keys),
        (Some(50.0), vec!["B"]),
        "nothing that was heard beside what was said"
    );
    assert_eq!(report.key.map(|key| key.tonic), Some("B".to_owned()));
    // What was heard is told beside it; of a kick and a bass alone, nobody knows the octave.
    let heard: f64 = report.given[0].heard.as_deref().unwrap().parse().unwrap();
    assert!([50.0, 100.0, 200.0].iter().any(|bpm| (heard / bpm - 1.0).abs() < 0.01), "{heard}");
}

#[test]
fn a_mix_writes_tempo_and_sections_down_and_leaves_what_is_there() {
    let (folder, cache) = demo();
    let work = tempfile::tempdir().unwrap();
    let out = work.path().join("mix");
    let key = Some("Dm".to_owned());
    let options = MixOptions { out: Some(out.clone()), stems: false, key, cache, ..MixOptions::default() };
    mix(&folder, &options, &Silent).unwrap();
    let options = MixOptions { key: None, ..options };
    let first = session_file::open(&out).unwrap();
    let kinds: Vec<&str> = first.session.sections.iter().map(|section| section.kind.as_str()).collect();
    let truth = truth();
    assert_eq!(kinds, truth.sections.iter().map(|section| section.kind).collect::<Vec<_>>());
    assert_eq!(first.session.sections[1].id, "verse-1");
    assert!((first.session.song.tempo[0].1 - 100.0).abs() < 0.1, "{:?}", first.session.song.tempo);
    assert_eq!(first.session.song.metre.len(), 1);
    // A person moves a border; the next mix keeps it, and `song` says what the session says.
    let border = format!("to_s = {}\n", first.session.sections[1].to_s);
    let text = first.text.replace(&border, "to_s = 13.0\n");
    assert_ne!(text, first.text);
    fs::write(out.join("session.toml"), text).unwrap();
    mix(&folder, &options, &Silent).unwrap();
    let second = session_file::open(&out).unwrap();
    assert_eq!(second.session.sections[1].to_s, 13.0);
    assert_eq!(second.session.song, first.session.song);
    assert_eq!(second.session.song.key.as_deref(), Some("D minor"));
    let report = heard(&out, HearOptions::default());
    assert!(
        report.given.iter().any(|one| one.what == "sections" && one.by == "the session"),
        "{:?}",
        report.given
    );
    assert!(report.sections.iter().any(|section| section.to_s == 13.0));
    assert_eq!(report.key.map(|key| (key.tonic, key.mode)), Some(("D".to_owned(), "minor".to_owned())));
}

#[test]
fn bad_input_is_told_in_words() {
    let work = tempfile::tempdir().unwrap();
    let folder = work.path().join("Song");
    some_tracks(&folder);
    fs::write(folder.join("broken.mid"), b"MThd but no more").unwrap();
    // A broken file beside the tracks stops nothing.
    assert!(heard(&folder, HearOptions::default()).given.is_empty());
    let refused = |options: HearOptions| song(&folder, &options, &Silent).unwrap_err();
    let text = |name: &str, content: &str| {
        fs::write(work.path().join(name), content).unwrap();
        HearOptions { sections: Some(work.path().join(name)), ..HearOptions::default() }
    };
    assert!(refused(text("a.csv", "time,label\nsoon,Intro\n")).to_string().contains("line 2"));
    assert!(refused(text("b.csv", "nothing of the kind\n")).to_string().contains("no line of it"));
    assert!(refused(text("c.mid", "MThd but no more")).to_string().contains("no MIDI file"));
    let gone = HearOptions { sections: Some(work.path().join("gone.csv")), ..HearOptions::default() };
    assert_eq!(refused(gone).kind, mixkeel::ErrorKind::Unreadable);
    let key = HearOptions { key: Some("H".to_owned()), ..HearOptions::default() };
    assert_eq!(refused(key).kind, mixkeel::ErrorKind::Usage);
}
