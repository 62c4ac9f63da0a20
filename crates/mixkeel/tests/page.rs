//! The report page: one file that holds everything, says what was found, and asks nobody for anything.

mod common;

use std::sync::atomic::{AtomicBool, Ordering};

use common::{tone, write_song, write_wav};
use mixkeel::mix::{MixOptions, mix};
use mixkeel::page::Embed;
use mixkeel::page::make::{PageOptions, make};
use mixkeel::song::cache::Cache;
use mixkeel::{Event, Silent, Stage, Watch};
use mixkeel_dsp::block::Channels;

#[test]
fn a_mix_brings_its_page_and_the_page_holds_everything() {
    let folder = tempfile::tempdir().unwrap();
    let (song, out) = (folder.path().join("Song <b>"), folder.path().join("out"));
    std::fs::create_dir_all(&song).unwrap();
    write_song(&song, [0.0; 4]);
    let cache = Cache::at(folder.path().join("kept"));
    let options = MixOptions { out: Some(out.clone()), cache: cache.clone(), ..MixOptions::default() };
    mix(&song, &options, &Silent).unwrap();
    let page = std::fs::read_to_string(out.join("report.html")).unwrap();
    assert!(page.len() < 8_000_000, "{} bytes", page.len());
    assert!(page.contains("Song &lt;b&gt;") && !page.contains("<b>"), "names are text, not tags");
    for part in [
        "Listen",
        "Where things are",
        "Loudness",
        "Spectrum",
        "Who covers whom",
        "Who owns which band",
        "Width and mono",
        "On other systems",
        "Every change and why",
        "The numbers",
    ] {
        assert!(page.contains(part), "{part}");
    }
    for far in ["src=\"http", "href=\"http", "url(", "@import", "fetch(", "XMLHttpRequest"] {
        assert!(!page.contains(far), "{far} would ask the network");
    }
    let read = |name: &str| -> serde_json::Value {
        serde_json::from_slice(&std::fs::read(out.join(name)).unwrap()).unwrap()
    };
    let first = read("report.json");
    let facts = first["facts"].as_array().unwrap();
    let rows_of = |part: &str| -> usize {
        let of_part = facts.iter().filter(|table| table["part"] == part);
        of_part.map(|table| table["rows"].as_array().unwrap().len()).sum()
    };
    for part in ["wave", "loudness", "spectrum", "covering", "owners", "width", "playback", "numbers"] {
        assert!(rows_of(part) > 3, "{part} has {} rows", rows_of(part));
    }
    let lufs = &facts.iter().find(|table| table["caption"] == "The whole mix").unwrap()["rows"][0];
    let told = first["mix"]["integrated_lufs"].as_f64().unwrap();
    assert!((lufs[1].as_f64().unwrap() - told).abs() < 0.06, "{lufs} beside {told}");

    // Made again of what is kept, nothing is played, and every byte is the same.
    let options = PageOptions { cache, ..PageOptions::default() };
    let played = Played::default();
    make(&out, &options, &played).unwrap();
    assert!(!played.0.load(Ordering::Relaxed));
    assert!(std::fs::read_to_string(out.join("report.html")).unwrap() == page);
    assert_eq!(read("report.json"), first);

    // Without that it is played, and what was decided is still there.
    make(&out, &PageOptions::default(), &played).unwrap();
    assert!(played.0.load(Ordering::Relaxed));
    let second = read("report.json");
    for same in ["tracks", "stems", "mix", "verdict", "version"] {
        assert_eq!(second[same], first[same], "{same}");
    }
    assert_eq!(second["facts"].as_array().unwrap().len(), facts.len());

    // With a recording changed, the file beside it is no longer what the session sounds like.
    let sent = std::fs::read(song.join("LdVox.wav")).unwrap();
    write_wav(&song.join("LdVox.wav"), &tone(660.0, 0.05, 8 * 48_000, Channels::Mono), 48_000);
    let other = make(&out, &options, &Silent).unwrap();
    assert!(!std::fs::read_to_string(&other.page).unwrap().contains("version 1"));
    std::fs::write(song.join("LdVox.wav"), sent).unwrap();

    // Changed by hand it is another song than that of the file beside it, and of no version.
    let text = std::fs::read_to_string(out.join("session.toml")).unwrap();
    let lowered = text.replacen("headroom_db = 0.0", "headroom_db = -12.0", 1);
    assert!(lowered != text);
    std::fs::write(out.join("session.toml"), lowered).unwrap();
    let changed = make(&out, &options, &Silent).unwrap();
    assert!(changed.mix.integrated_lufs.unwrap() < told - 5.0, "{:?} beside {told}", changed.mix);
    assert!(
        page.contains("version 1") && !std::fs::read_to_string(&changed.page).unwrap().contains("version 1")
    );
}

/// Notes whether anything was played.
#[derive(Default)]
struct Played(AtomicBool);

impl Watch for Played {
    fn event(&self, event: Event) {
        if matches!(event, Event::Progress { stage: Stage::Listen, .. }) {
            self.0.store(true, Ordering::Relaxed);
        }
    }
}

#[test]
fn a_json_that_is_not_ours_stays_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let (file, out) = (folder.path().join("bounce.wav"), folder.path().join("notes.html"));
    write_wav(&file, &tone(440.0, 0.3, 48_000, Channels::Stereo), 48_000);
    let notes = folder.path().join("notes.json");
    std::fs::write(&notes, b"{\"mine\": true}").unwrap();
    let options = PageOptions { out: Some(out.clone()), ..PageOptions::default() };
    let error = make(&file, &options, &Silent).unwrap_err();
    assert!(error.to_string().contains("notes.json"), "{error}");
    assert_eq!(std::fs::read(&notes).unwrap(), b"{\"mine\": true}");
    std::fs::remove_file(&notes).unwrap();
    for _ in 0..2 {
        let made = make(&file, &options, &Silent).unwrap();
        let json: serde_json::Value = serde_json::from_slice(&std::fs::read(&notes).unwrap()).unwrap();
        assert_eq!(json, serde_json::to_value(&made).unwrap());
    }
}

#[test]
fn a_file_has_a_page_too_with_as_much_sound_as_is_asked_for() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("bounce.wav");
    write_wav(&file, &tone(440.0, 0.3, 20 * 48_000, Channels::Stereo), 48_000);
    let size = |embed| {
        let out = folder.path().join("page.html");
        let options = PageOptions {
            out: Some(out.clone()),
            embed,
            references: vec![file.clone()],
            ..PageOptions::default()
        };
        let outcome = make(&file, &options, &Silent).unwrap();
        let page = std::fs::read_to_string(out).unwrap();
        assert_eq!(page.len() as u64, outcome.bytes);
        assert_eq!(page.contains("id=\"player\""), embed != Embed::Nothing);
        assert!(page.contains("Spectrum beside the references"), "the record is compared with");
        assert!(page.contains("Nothing lies outside"), "a file beside itself differs in nothing");
        outcome.bytes
    };
    let [none, loops, full] = [Embed::Nothing, Embed::Loops, Embed::Full].map(size);
    // Opus at 96 kbit/s in base 64 is 16 kB a second: two sources of 12 s or more, and two of 20 s.
    assert!(loops > none + 250_000 && full > none + 500_000, "{none} {loops} {full}");
}

#[test]
fn what_cannot_be_read_leaves_no_page() {
    let folder = tempfile::tempdir().unwrap();
    let (file, out) = (folder.path().join("bad.wav"), folder.path().join("page.html"));
    std::fs::write(&file, b"RIFF and nothing else").unwrap();
    let error =
        make(&file, &PageOptions { out: Some(out.clone()), ..PageOptions::default() }, &Silent).unwrap_err();
    assert!(error.to_string().contains("bad.wav"), "{error}");
    assert!(!out.exists());
}
