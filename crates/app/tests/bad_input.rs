//! Whatever is wrong with what is given: one exit code, one message that says what, where, why and what to do, nothing
//! half-written, nothing lost.

mod desk;

use desk::{Desk, Said, wav};
use std::fs;

/// A failure as it has to look: the code, a first line, a reason or a place, a way out; and no result on stdout.
#[track_caller]
fn assert_told(said: &Said, code: i32, words: &[&str]) {
    assert_eq!(said.code, Some(code), "{said:?}");
    assert_eq!(said.data, "", "a failure is talk, not data");
    let errors = said.talk.lines().filter(|line| line.starts_with("error: ")).count();
    assert_eq!(errors, 1, "one clear message:\n{}", said.talk);
    let says_what_to_do = ["  → ", "= help: ", "Free some space"].iter().any(|way| said.talk.contains(way));
    assert!(says_what_to_do, "{}", said.talk);
    assert!(!said.talk.contains("internal fault"), "{}", said.talk);
    for word in words {
        assert!(said.talk.contains(word), "`{word}` is missing:\n{}", said.talk);
    }
}

/// The same run must leave the desk as it was.
#[track_caller]
fn assert_fails_and_leaves_no_trace(desk: &Desk, arguments: &[&str], code: i32, words: &[&str]) {
    let before = desk.everything();
    assert_told(&desk.run(arguments), code, words);
    assert!(desk.everything() == before, "`{}` left something or lost something", arguments.join(" "));
}

#[test]
fn what_is_not_there() {
    let desk = Desk::with_song();
    for arguments in [
        &["mix", "No Song"][..],
        &["no/song"],
        &["No Song"],
        &["render", "no-mix"],
        &["render", "no-mix/session.toml"],
        &["convert", "no.wav", "out.flac"],
    ] {
        let named =
            arguments.iter().find(|word| word.to_lowercase().starts_with("no")).copied().unwrap_or_default();
        assert_fails_and_leaves_no_trace(&desk, arguments, 3, &[named]);
    }
}

#[test]
fn folders_without_sound() {
    let desk = Desk::new();
    fs::create_dir(desk.path("empty")).unwrap();
    desk.write("words/lyrics.txt", b"la la la");
    desk.write("words/notes.md", b"# more of it");
    desk.write("nothing/Kick.wav", b"");
    assert_fails_and_leaves_no_trace(&desk, &["mix", "empty"], 3, &["empty"]);
    assert_fails_and_leaves_no_trace(&desk, &["mix", "words"], 3, &["words"]);
    assert_fails_and_leaves_no_trace(&desk, &["mix", "nothing"], 3, &["Kick.wav", "0 bytes"]);
    assert_fails_and_leaves_no_trace(&desk, &["render", "words"], 3, &["words"]);
}

#[test]
fn files_that_are_not_what_they_say() {
    let desk = Desk::new();
    desk.write("song/Kick.wav", &wav(55.0, 48_000));
    desk.write("song/Lead Vox.wav", b"this is text and nothing else, whatever its ending says");
    desk.write("words.flac", b"this is text and nothing else, whatever its ending says");
    assert_fails_and_leaves_no_trace(&desk, &["mix", "song"], 3, &["Lead Vox.wav"]);
    assert_fails_and_leaves_no_trace(&desk, &["convert", "words.flac", "out.wav"], 3, &["words.flac"]);
    let before = desk.everything();
    let said = desk.run(&["render", "words.flac"]);
    assert!(said.code == Some(3) && said.talk.contains("words.flac:1"), "{said:?}");
    assert!(desk.everything() == before);
}

#[test]
fn a_recording_with_the_ending_of_another_format_is_read_for_what_it_is() {
    let desk = Desk::new();
    desk.write("take.mp3", &wav(220.0, 4800));
    let said = desk.run(&["convert", "take.mp3", "take.flac"]);
    assert_eq!(said.code, Some(0), "{}", said.talk);
    assert!(desk.path("take.flac").is_file());
}

#[test]
fn a_recording_that_is_cut_off_is_never_taken_for_a_whole_one() {
    let desk = Desk::new();
    let whole = wav(220.0, 48_000);
    desk.write("song/Kick.wav", &wav(55.0, 48_000));
    desk.write("song/Bass.wav", &whole[..whole.len() / 2]);
    desk.write("head.wav", &whole[..30]);
    let before = desk.everything();
    let said = desk.run(&["mix", "song", "-o", "out"]);
    assert!(said.talk.contains("Bass"), "names the track:\n{}", said.talk);
    match said.code {
        // The readable part is used, and everybody is told.
        Some(0) => assert!(said.talk.contains("warning: "), "{}", said.talk),
        _ => {
            assert_told(&said, 3, &["Bass.wav"]);
            assert!(desk.everything() == before, "something half-written stayed");
        }
    }
    assert_fails_and_leaves_no_trace(&desk, &["convert", "head.wav", "out.wav"], 3, &["head.wav"]);
}

#[test]
fn an_output_that_is_in_the_way_is_refused_and_stays_whole() {
    let desk = Desk::with_song();
    desk.write("out/thesis.txt", b"the only copy");
    desk.write("file", b"the only copy");
    desk.write("take.flac", b"the only copy");
    assert_fails_and_leaves_no_trace(&desk, &["mix", "My Song", "-o", "out"], 6, &["out"]);
    assert_fails_and_leaves_no_trace(&desk, &["mix", "My Song", "-o", "file"], 6, &["file"]);
    assert_fails_and_leaves_no_trace(
        &desk,
        &["convert", "take.wav", "take.flac"],
        6,
        &["take.flac", "--force"],
    );
    assert_fails_and_leaves_no_trace(&desk, &["demo", "out"], 6, &["out"]);
    assert_eq!(desk.run(&["mix", "My Song", "-q"]).code, Some(0));
    assert_fails_and_leaves_no_trace(&desk, &["render", "My Song-mix", "-o", "out"], 6, &["out"]);
}

#[test]
fn a_recording_is_never_written_over_and_a_mix_given_as_a_song_goes_on_from_its_session() {
    let desk = Desk::with_song();
    assert_fails_and_leaves_no_trace(
        &desk,
        &["convert", "take.wav", "take.wav", "--force"],
        2,
        &["take.wav"],
    );
    assert_eq!(desk.run(&["mix", "My Song", "-q", "--no-stems"]).code, Some(0));
    assert_eq!(desk.run(&["mix", "My Song-mix", "-q", "--no-stems"]).code, Some(0));
    assert!(desk.path("My Song-mix/v2").is_dir(), "the next version stands beside the first");
    assert!(!desk.path("My Song-mix-mix").exists(), "no mix of the mix was made");
}

#[test]
fn words_that_mean_nothing_here() {
    let desk = Desk::with_song();
    assert_fails_and_leaves_no_trace(&desk, &["convert", "take.wav", "take.xyz"], 2, &["take.xyz", ".flac"]);
    assert_fails_and_leaves_no_trace(
        &desk,
        &["mix", "My Song", "--role", "Bass.wav=trombonist"],
        2,
        &["trombonist"],
    );
    assert_fails_and_leaves_no_trace(
        &desk,
        &["mix", "My Song", "--role", "Nobody.wav=bass"],
        2,
        &["Nobody.wav"],
    );
    assert_fails_and_leaves_no_trace(&desk, &["schema", "none"], 2, &["report-1.json"]);
    assert_eq!(desk.run(&["mix", "My Song", "-q", "--no-stems"]).code, Some(0));
    assert_fails_and_leaves_no_trace(
        &desk,
        &["render", "My Song-mix", "--only", "trombone"],
        2,
        &["trombone"],
    );
    assert_fails_and_leaves_no_trace(&desk, &["render", "My Song-mix", "--from", "2", "--to", "1"], 2, &[]);
}

#[test]
fn a_session_with_mistakes_names_them_all_and_changes_nothing() {
    let desk = Desk::with_song();
    assert_eq!(desk.run(&["mix", "My Song", "-q", "--no-stems"]).code, Some(0));
    let session = desk.path("My Song-mix/session.toml");
    let text = fs::read_to_string(&session).unwrap();
    fs::write(&session, text.replacen("rate_hz", "rate_hertz", 1) + "\n[[track]]\nfader_dp = 3\n").unwrap();
    assert_fails_and_leaves_no_trace(
        &desk,
        &["render", "My Song-mix"],
        3,
        &["session.toml", "rate_hertz", "fader_dp"],
    );
    // `mix` puts what was written by hand beside the version it was written into, whatever comes next.
    let mut wanted = desk.everything();
    wanted.insert(desk.path("My Song-mix/v1/session-by-hand.toml"), Some(fs::read(&session).unwrap()));
    assert_told(&desk.run(&["mix", "My Song"]), 3, &["session.toml", "rate_hertz", "fader_dp"]);
    assert!(desk.everything() == wanted, "something was left or lost");
}

#[test]
fn a_session_whose_recordings_have_gone_says_which() {
    let desk = Desk::with_song();
    assert_eq!(desk.run(&["mix", "My Song", "-q", "--no-stems"]).code, Some(0));
    fs::remove_file(desk.path("My Song/Bass.wav")).unwrap();
    assert_fails_and_leaves_no_trace(&desk, &["render", "My Song-mix"], 3, &["Bass.wav"]);
}

#[cfg(unix)]
#[test]
fn what_may_not_be_read_or_written() {
    use std::os::unix::fs::PermissionsExt;
    let desk = Desk::with_song();
    let set = |name: &str, mode: u32| {
        fs::set_permissions(desk.path(name), fs::Permissions::from_mode(mode)).unwrap();
    };
    fs::create_dir(desk.path("locked")).unwrap();
    set("locked", 0o555);
    if fs::write(desk.path("locked/probe"), b"").is_ok() {
        println!("skipped: this user may write anywhere, so permissions cannot be tried");
        assert!(fs::remove_file(desk.path("locked/probe")).is_ok());
        return;
    }
    assert_fails_and_leaves_no_trace(&desk, &["mix", "My Song", "-o", "locked/out"], 1, &["locked"]);
    assert_fails_and_leaves_no_trace(&desk, &["convert", "take.wav", "locked/a.wav"], 1, &["locked"]);
    assert_fails_and_leaves_no_trace(&desk, &["man", "locked/man"], 1, &["locked"]);
    set("take.wav", 0o000);
    assert_told(&desk.run(&["convert", "take.wav", "a.wav"]), 3, &["take.wav"]);
    set("My Song/Bass.wav", 0o000);
    assert_told(&desk.run(&["mix", "My Song"]), 3, &["Bass.wav"]);
    for (name, mode) in [("take.wav", 0o644), ("My Song/Bass.wav", 0o644), ("locked", 0o755)] {
        set(name, mode);
    }
}

/// An output that no right helps with, even that of the administrator.
#[test]
fn an_output_below_a_file() {
    let desk = Desk::with_song();
    desk.write("file", b"the only copy");
    for arguments in [
        &["mix", "My Song", "-o", "file/out"][..],
        &["convert", "take.wav", "file/out.wav"],
        &["man", "file/out"],
        &["demo", "file/out"],
    ] {
        let before = desk.everything();
        let said = desk.run(arguments);
        assert!(matches!(said.code, Some(1 | 6)), "{arguments:?}: {said:?}");
        assert!(said.talk.starts_with("error: ") && said.talk.contains("file"), "{}", said.talk);
        assert!(desk.everything() == before, "{arguments:?} left something");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_under_stdout_is_not_silence() {
    let desk = Desk::with_song();
    let full = fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let output = desk.command(&["doctor", "--json"]).stdout(full).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stderr).starts_with("error: can't write to stdout"));
}

/// Half-way through a render the disk is full: what was there stays, what was begun goes. Needs the right to mount.
#[cfg(target_os = "linux")]
#[test]
fn a_disk_that_fills_up_keeps_what_was_there() {
    use std::process::Command;
    let desk = Desk::with_song();
    fs::create_dir(desk.path("small")).unwrap();
    let small = desk.path("small");
    let mounted =
        Command::new("mount").args(["-t", "tmpfs", "-o", "size=600k", "tmpfs"]).arg(&small).output();
    if !mounted.is_ok_and(|mounted| mounted.status.success()) {
        println!("skipped: no small disk can be mounted here; io tries full disks by injected faults");
        assert!(small.is_dir());
        return;
    }
    let mix = desk.run(&["mix", "My Song", "-o", "small/out"]);
    let convert = desk.run(&["convert", "take.wav", "small/take.wav", "--rate", "384k"]);
    let left: Vec<_> =
        desk.everything().into_keys().filter(|path| path.starts_with(&small) && *path != small).collect();
    let unmounted = Command::new("umount").arg(&small).status();
    assert_told(&mix, 1, &["small"]);
    assert_told(&convert, 1, &["small"]);
    assert!(left.is_empty(), "{left:?} stayed");
    assert!(unmounted.is_ok_and(|unmounted| unmounted.success()));
}
