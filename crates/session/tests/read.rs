//! Reading session files: what is understood, and what is said about what is not.

use mixkeel_session::problem::{Severity, render_problems};
use mixkeel_session::read::read;
use mixkeel_session::role::Role;
use mixkeel_session::session::Metre;

const HARBOUR: &str = include_str!("read/harbour.toml");
const MISTAKES: &str = include_str!("read/mistakes.toml");

#[test]
fn a_session_as_people_write_it_is_understood() {
    let reading = read(HARBOUR);
    let said: Vec<&str> = reading.problems.iter().map(|problem| problem.message.as_str()).collect();
    assert_eq!(said, ["a polarity hears no keys; they change nothing"]);
    let session = reading.session.unwrap();
    assert_eq!((session.title.as_str(), session.rate_hz), ("Harbour", 48_000));
    assert_eq!(session.song.metre, [(0.0, Metre { beats: 4, unit: 4 })]);
    let [kick, vox] = session.tracks.as_slice() else { panic!("two tracks") };
    assert_eq!((kick.role, kick.inverted, kick.shift_ms), (Role::Kick, true, -0.25));
    assert_eq!((kick.fader_db, kick.bus.as_str()), (f64::NEG_INFINITY, "master"));
    assert_eq!(kick.clips[0].right.as_deref(), Some("../Harbour/Kick R.wav"));
    assert_eq!(
        (vox.trim_db, vox.lock.as_slice()),
        (6.4, ["fader_db".to_owned(), "turn".to_owned()].as_slice())
    );
    assert_eq!(vox.inserts[0].by.as_deref(), Some("repair/polarity"));
    assert_eq!(vox.inserts[0].keys, ["kick"]);
    assert_eq!(vox.lanes[0].points[1], (31.5, 0.8));
}

#[test]
fn every_mistake_is_reported_in_one_pass_with_its_place_and_what_was_meant() {
    let problems = read(MISTAKES).problems;
    let rendered = render_problems("session.toml", MISTAKES, &problems);
    let wanted = include_str!("read/mistakes.txt");
    assert_eq!(rendered, wanted, "the report has changed:\n{rendered}");
}

#[test]
fn line_and_column_are_those_of_the_words_that_are_wrong() {
    let problems = read(MISTAKES).problems;
    let place = |part: &str| {
        let found = problems.iter().find(|problem| problem.message.contains(part));
        found.map(|problem| (problem.line, problem.column, &MISTAKES[problem.span.clone()]))
    };
    assert_eq!(place("`titel`"), Some((2, 1, "titel")));
    assert_eq!(place("`drms`"), Some((30, 7, "\"drms\"")));
    assert_eq!(place("`level_db` is 20"), Some((48, 12, "20")));
    assert_eq!(place("1 s does not come after"), Some((53, 23, "[1.0, 3.0]")));
    assert_eq!(place("`turn/left`"), None, "the kind of `turn` is wrong already");
}

#[test]
fn a_newer_session_is_refused_in_one_sentence() {
    let reading = read(&HARBOUR.replace("mixkeel = 1", "mixkeel = 2").replace("pan", "spin"));
    assert!(reading.session.is_none());
    let [only] = reading.problems.as_slice() else { panic!("one problem") };
    assert_eq!(only.message, "this session was written by a newer Mixkeel, in format 2");
    assert_eq!((only.line, only.column), (2, 11));
    for (text, message) in [
        ("title = \"x\"\nrate_hz = 48000", "this session has no `mixkeel`"),
        ("mixkeel = \"1\"", "`mixkeel` must be 1, the version of the format"),
        ("mixkeel = 0", "`mixkeel` must be 1, the version of the format"),
    ] {
        assert_eq!(read(text).problems[0].message, message);
    }
}

#[test]
fn a_line_that_is_no_toml_does_not_hide_the_others() {
    let text = "mixkeel = 1\nrate_hz = = 2\n[[track]]\nid = \"a\nfadr_db = 0.0\n";
    let reading = read(text);
    let lines: Vec<usize> = reading.problems.iter().map(|problem| problem.line).collect();
    assert!(reading.session.is_none());
    assert_eq!(lines, [2, 4, 5], "{:?}", reading.problems);
}

#[test]
fn a_track_without_recordings_is_a_warning_and_no_reason_to_refuse() {
    let reading = read("mixkeel = 1\nrate_hz = 48000\n[[track]]\nid = \"a\"\n");
    assert_eq!(reading.problems[0].severity, Severity::Warning);
    assert_eq!(reading.session.unwrap().tracks[0].name, "a");
}

#[test]
fn limits_are_read_however_the_day_is_written_and_a_day_that_is_none_is_named() {
    let with = |finish: &str| read(&HARBOUR.replace("[[bus]]", &format!("{finish}\n\n[[bus]]")));
    for by in ["2026-12-24", "\"2026-12-24\""] {
        let finish = with(&format!("[finish]\nby = {by}\nhours = 6\nversions = 10")).session.unwrap().finish;
        assert_eq!(finish.by.map(|day| day.to_string()).as_deref(), Some("2026-12-24"));
        assert_eq!((finish.hours, finish.versions), (Some(6.0), Some(10)));
    }
    for (finish, said) in [
        ("by = \"Christmas\"", "`by` must be a day"),
        ("by = 2026-12-24T10:00:00", "`by` must be a day"),
        ("hours = 0", "`hours` is 0"),
        ("version = 3", "a finish has no key `version`"),
    ] {
        let reading = with(&format!("[finish]\n{finish}"));
        assert!(reading.session.is_none(), "{finish}");
        let messages: Vec<_> = reading.problems.iter().map(|problem| problem.message.as_str()).collect();
        assert!(messages.iter().any(|message| message.contains(said)), "{finish}: {messages:?}");
    }
}
