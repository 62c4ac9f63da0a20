//! What programs read: one versioned document on stdout with `--json`, one event a line on stderr with `--events`.

#![expect(clippy::unwrap_used, clippy::panic, reason = "what a test cannot read fails it")]

mod desk;

use desk::{Desk, Said};
use serde_json::Value;

#[track_caller]
fn document(said: &Said, name: &str) -> Value {
    let document: Value =
        serde_json::from_str(&said.data).unwrap_or_else(|error| panic!("{error}: {said:?}"));
    assert_eq!(document["schema"], format!("mixkeel/{name}/1"));
    document
}

/// Every property that the schema requires is there, and none is there that it does not know.
#[track_caller]
fn assert_fits(desk: &Desk, document: &Value, name: &str) {
    let schema: Value = serde_json::from_str(&desk.run(&["schema", name, "--json"]).data).unwrap();
    let (fields, known) = (document.as_object().unwrap(), schema["properties"].as_object().unwrap());
    for field in fields.keys() {
        assert!(known.contains_key(field), "`{field}` is not in the schema of {name}");
    }
    for field in schema["required"].as_array().unwrap() {
        assert!(fields.contains_key(field.as_str().unwrap()), "{field} is missing from {name}");
    }
}

#[test]
fn every_result_is_one_document_that_fits_its_schema() {
    let desk = Desk::with_song();
    for (arguments, name) in [
        (&["mix", "My Song", "--json"][..], "report"),
        (&["--json", "My Song"], "report"),
        (&["render", "My Song-mix", "--json"], "render"),
        (&["measure", "take.wav", "My Song", "--json"], "measure"),
        (&["check", "take.wav", "--reference", "My Song-mix", "--json"], "check"),
        (&["check", "My Song", "--for", "mixing", "--json"], "check"),
        (&["compare", "take.wav", "My Song-mix/mix.wav", "--json"], "compare"),
        (&["convert", "take.wav", "take.flac", "--json"], "convert"),
        (&["doctor", "--json"], "doctor"),
    ] {
        let said = desk.run(arguments);
        assert_eq!(said.code, Some(0), "{said:?}");
        assert_fits(&desk, &document(&said, name), name);
    }
    for (arguments, name) in [
        (&["completions", "bash", "--json"][..], "completions"),
        (&["man", "pages", "--json"], "man"),
        (&["schema", "--json"], "schemas"),
        (&["schema", "--pages", "--json"], "pages"),
    ] {
        let said = desk.run(arguments);
        assert_eq!(said.code, Some(0), "{said:?}");
        document(&said, name);
    }
}

#[test]
fn every_failure_is_a_document_too() {
    let desk = Desk::with_song();
    desk.write("out/thesis.txt", b"the only copy");
    for (arguments, code, id) in [
        (&["mix", "No Song", "--json"][..], 3, "unreadable"),
        (&["mix", "My Song", "-o", "out", "--json"], 6, "output-exists"),
        (&["convert", "take.wav", "take.xyz", "--json"], 2, "usage"),
        (&["mix", "--json"], 2, "usage"),
        (&["mxi", "--json"], 2, "usage"),
        (&["mix", "My Song", "--start", "fesh", "--json"], 2, "usage"),
    ] {
        let said = desk.run(arguments);
        assert_eq!(said.code, Some(code), "{said:?}");
        let document = document(&said, "error");
        assert_fits(&desk, &document, "error");
        assert_eq!(document["error"]["id"], id);
        assert!(
            document["error"]["message"].as_str().is_some_and(|message| message.len() > 10),
            "{document}"
        );
        assert!(document["error"]["do"].as_array().is_some_and(|ways| !ways.is_empty()), "{document}");
        assert!(said.talk.starts_with("error: "), "people are told as well: {}", said.talk);
    }
}

#[test]
fn events_are_lines_of_json_on_stderr_and_leave_stdout_to_the_result() {
    let desk = Desk::with_song();
    let said = desk.run(&["mix", "My Song", "--events", "--json"]);
    assert_eq!(said.code, Some(0), "{said:?}");
    document(&said, "report");
    let events: Vec<Value> = said.talk.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let stages: Vec<&str> = events.iter().filter_map(|event| event["stage"].as_str()).collect();
    assert!(stages.contains(&"measure") && stages.contains(&"render"), "{stages:?}");
    for event in events.iter().filter(|event| event["ev"] == "progress") {
        let fraction = event["fraction"].as_f64().unwrap();
        assert!((0.0..=1.0).contains(&fraction), "{event}");
    }
    let failed = desk.run(&["mix", "No Song", "--events"]);
    let last: Value = serde_json::from_str(failed.talk.lines().last().unwrap()).unwrap();
    assert_eq!((&last["ev"], &last["error"]["id"]), (&"error".into(), &"unreadable".into()));
}

#[test]
fn quiet_says_nothing_unless_it_fails() {
    let desk = Desk::with_song();
    for arguments in [&["mix", "My Song", "--quiet"][..], &["render", "My Song-mix", "-q"], &["doctor", "-q"]]
    {
        let said = desk.run(arguments);
        assert_eq!((said.code, said.data.as_str(), said.talk.as_str()), (Some(0), "", ""), "{arguments:?}");
    }
    assert!(desk.run(&["mix", "No Song", "-q"]).talk.starts_with("error: "));
    assert!(!desk.run(&["completions", "zsh", "-q"]).data.is_empty(), "what was asked for is not talk");
}

#[test]
fn a_mix_ends_in_a_few_lines_that_begin_with_the_file_to_play_and_draws_nothing_without_a_terminal() {
    let desk = Desk::with_song();
    let said = desk.run(&["My Song"]);
    assert_eq!(said.code, Some(0), "{said:?}");
    let first = said.data.lines().next().unwrap();
    assert!(first.ends_with("listen.flac") && desk.path(first).is_file(), "{first}");
    assert!(said.data.lines().count() <= 14, "{}", said.data);
    // A name that says nothing is either asked about, with the words to answer, or its sound has told what it is.
    let report = std::fs::read_to_string(desk.path("My Song-mix/report.json")).unwrap();
    let report: Value = serde_json::from_str(&report).unwrap();
    let tracks = report["tracks"].as_array().unwrap();
    let nameless = tracks.iter().find(|track| track["name"] == "Audio 07").unwrap();
    if nameless["role"] == "unknown" {
        assert!(said.data.contains("Audio 07"), "the unknown track is named:\n{}", said.data);
    } else {
        assert!(nameless["because"].as_str().unwrap().contains("sound"), "{nameless}");
    }
    assert!(!said.talk.contains(['\r', '\u{1b}']), "{:?}", said.talk);
    assert!(!said.data.contains('\u{1b}'), "no colours: {:?}", said.data);
}

#[test]
fn the_number_of_threads_changes_no_byte() {
    let desk = Desk::with_song();
    for (jobs, out) in [("1", "one"), ("2", "two")] {
        assert_eq!(desk.run(&["mix", "My Song", "-o", out, "-j", jobs, "-q"]).code, Some(0));
    }
    for file in ["mix.wav", "listen.flac", "session.toml", "stems"] {
        let (one, two) = (desk.path("one").join(file), desk.path("two").join(file));
        if one.is_dir() {
            continue;
        }
        assert!(std::fs::read(one).unwrap() == std::fs::read(two).unwrap(), "{file} differs");
    }
}
