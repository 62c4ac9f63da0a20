//! The end of the work: limits that are counted, versions that can no longer be told apart, one that is shipped and stays.
#![allow(clippy::unwrap_used)] // a test that cannot set up its song has failed

mod common;

use std::fs;
use std::path::Path;

use common::{tone, write_song, write_wav};
use mixkeel::blind::blind;
use mixkeel::ledger::ledger;
use mixkeel::mix::{MixOptions, mix};
use mixkeel::ship::{reopen, ship, shipped};
use mixkeel::{ErrorKind, Silent};
use mixkeel_dsp::block::Channels;

fn mixed(song: &Path, out: &Path) -> Vec<String> {
    let options = MixOptions { out: Some(out.to_path_buf()), ..MixOptions::default() };
    mix(song, &options, &Silent).unwrap().summary()
}

fn write_in(session: &Path, from: &str, to: &str) {
    let text = fs::read_to_string(session).unwrap();
    assert!(text.contains(from), "{from} in {text}");
    fs::write(session, text.replacen(from, to, 1)).unwrap();
}

/// As a person does in an editor.
fn turn_up_the_voice(session: &Path) {
    let text = fs::read_to_string(session).unwrap();
    let voice = text.find("LdVox").unwrap();
    let fader = voice + text[voice..].find("fader_db").unwrap();
    let end = fader + text[fader..].find('\n').unwrap();
    fs::write(session, format!("{}fader_db = 6.0{}", &text[..fader], &text[end..])).unwrap();
}

#[test]
fn limits_are_counted_and_versions_that_sound_the_same_are_said_to() {
    let folder = tempfile::tempdir().unwrap();
    let (song, out) = (folder.path().join("Song"), folder.path().join("Song-mix"));
    write_song(&song, [0.0; 4]);
    assert!(!mixed(&song, &out).iter().any(|line| line.contains("limit")), "nobody has set one");

    let session = out.join("session.toml");
    write_in(&session, "[master]", "[finish]\nversions = 2\n\n[master]");
    let said = mixed(&song, &out);
    assert!(said.iter().any(|line| line == "Your limits: version 2 of 2"), "{said:?}");
    assert!(said.iter().any(|line| line.starts_with("That is your limit: version 2")), "{said:?}");
    assert!(said.len() <= 14);
    assert!(
        fs::read_to_string(&session).unwrap().contains("[finish]\nversions = 2"),
        "limits stay where they are"
    );

    let report = ledger(&out, 0, &Silent).unwrap();
    assert_eq!(report.versions.len(), 2);
    let two = report.last_two.unwrap();
    assert!(two.alike && two.residual_lu.is_none(), "nothing was changed: {two:?}");

    write_in(
        &session,
        "[master]",
        "[[goal]]\nid = \"room\"\nsay = \"at least 100 dB of headroom\"\n\n[master]",
    );
    turn_up_the_voice(&session);
    mixed(&song, &out);
    let report = ledger(&out, 0, &Silent).unwrap();
    let newest = report.versions.last().unwrap();
    assert!(newest.changed.iter().any(|one| one.address.ends_with("/fader_db") && one.by == "you"));
    assert_eq!(newest.goals.len(), 1);
    assert!(!newest.goals[0].passes);
    assert!(!report.last_two.as_ref().unwrap().alike, "{:?}", report.last_two);
    let lines = report.lines();
    assert!(lines.iter().any(|line| line.contains("compare --blind")), "{lines:?}");
    assert!(report.spent.best == Some(2), "version 3 fails a goal that the others do not know");
}

#[test]
fn what_is_shipped_is_what_was_heard_and_stays_until_it_is_opened_again() {
    let folder = tempfile::tempdir().unwrap();
    let (song, out) = (folder.path().join("Song"), folder.path().join("Song-mix"));
    write_song(&song, [0.0; 4]);
    mixed(&song, &out);
    let heard = common::samples(&out.join("mix.wav"));

    let (record, _) = ship(&out, None, &Silent).unwrap();
    let delivered = out.join(&record.folder);
    assert_eq!(common::samples(&delivered.join("mix.wav")), heard);
    assert_eq!(record.recordings.len(), 6, "every recording of the session, the click too");
    for sum in &record.files {
        use sha2::Digest;
        let bytes = fs::read(delivered.join(&sum.file)).unwrap();
        let hash: String = sha2::Sha256::digest(&bytes).iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(hash, sum.sha256, "{}", sum.file);
        let listed = fs::read_to_string(delivered.join("SHA256SUMS")).unwrap();
        assert!(listed.contains(&format!("{hash}  {}\n", sum.file)));
    }
    assert!(record.files.iter().any(|sum| sum.file.starts_with("stems/")));
    let note = fs::read_to_string(delivered.join("for-mastering.txt")).unwrap();
    assert!(note.contains("version 1") && note.contains("LUFS"), "{note}");
    assert!(note.lines().all(|line| line.chars().count() <= 80), "{note}");

    let options = MixOptions { out: Some(out.clone()), ..MixOptions::default() };
    let refused = mix(&song, &options, &Silent).unwrap_err();
    assert_eq!(refused.kind, ErrorKind::OutputExists);
    assert!(refused.hints.iter().any(|hint| hint.contains("--reopen")), "{refused}");
    assert_eq!(ship(&out, None, &Silent).unwrap_err().kind, ErrorKind::OutputExists);
    assert_eq!(shipped(&out).unwrap(), Some(1));

    assert_eq!(reopen(&out).unwrap().version, 1);
    assert!(delivered.join("mix.wav").is_file(), "what was delivered stays");
    assert_eq!(reopen(&out).unwrap_err().kind, ErrorKind::Usage);
    mixed(&song, &out);
    assert_eq!(ship(&out, Some(1), &Silent).unwrap().0.version, 1);
}

#[test]
fn a_blind_test_holds_both_sounds_at_one_loudness_and_refuses_what_cannot_be_heard() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    write_wav(&at("old.wav"), &tone(440.0, 0.1, 48_000 * 8, Channels::Mono), 48_000);
    write_wav(&at("new <b>.wav"), &tone(440.0, 0.2, 48_000 * 8, Channels::Stereo), 44_100);
    write_wav(&at("silence.wav"), &tone(440.0, 0.0, 48_000 * 8, Channels::Mono), 48_000);
    let made = blind(&at("old.wav"), &at("new <b>.wav"), &at("blind.html"), &Silent).unwrap();
    // Twice the peak is 6 dB; the louder one is turned down.
    assert!(made.passages.iter().all(|one| one.turned_db == [0.0, -6.0]), "{:?}", made.passages);
    let page = fs::read_to_string(at("blind.html")).unwrap();
    assert_eq!(page.len() as u64, made.bytes);
    assert!(!page.contains("<b>"), "a name is no HTML");
    assert_eq!(page.matches("UklGR").count(), 2 * made.passages.len(), "both sounds of every passage");
    let refused = blind(&at("old.wav"), &at("silence.wav"), &at("none.html"), &Silent).unwrap_err();
    assert_eq!(refused.kind, ErrorKind::Unreadable);
    assert!(!at("none.html").exists());
    assert_eq!(
        blind(&at("old.wav"), folder.path(), &at("none.html"), &Silent).unwrap_err().kind,
        ErrorKind::Unreadable
    );
}

#[test]
fn nothing_is_shipped_that_nobody_has_heard() {
    let folder = tempfile::tempdir().unwrap();
    let (song, out) = (folder.path().join("Song"), folder.path().join("Song-mix"));
    write_song(&song, [0.0; 4]);
    mixed(&song, &out);
    assert_eq!(ship(&out, Some(7), &Silent).unwrap_err().kind, ErrorKind::Usage);
    assert_eq!(ship(&song, None, &Silent).unwrap_err().kind, ErrorKind::Unreadable);

    let session = out.join("session.toml");
    let as_mixed = fs::read(&session).unwrap();
    write_in(&session, "headroom_db = ", "headroom_db = -1");
    let refused = ship(&out, None, &Silent).unwrap_err();
    assert!(refused.what.contains("changed after it was mixed"), "{refused}");
    let named = ship(&out, Some(1), &Silent).unwrap().0;
    assert_eq!(named.version, 1, "what was heard of a version can be shipped whatever was written since");
    reopen(&out).unwrap();
    fs::remove_dir_all(out.join(named.folder)).unwrap();
    fs::write(&session, as_mixed).unwrap();

    write_wav(&song.join("Kick In.wav"), &tone(70.0, 0.1, 96_000, Channels::Mono), 48_000);
    let refused = ship(&out, None, &Silent).unwrap_err();
    assert!(refused.what.contains("no longer plays as it was heard"), "{refused}");
    assert!(
        !fs::read_dir(&out)
            .unwrap()
            .flatten()
            .any(|entry| { entry.file_name().to_string_lossy().starts_with("ship") }),
        "nothing half-written stays"
    );
}
