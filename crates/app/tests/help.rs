//! Help that helps: examples that run, slips of the finger that are understood, pages and completions that are whole.

mod desk;

use desk::Desk;

/// Commands whose help is read; hidden ones too.
const COMMANDS: &[&str] =
    &["mix", "render", "measure", "check", "compare", "convert", "doctor", "completions", "man", "schema"];

#[test]
fn without_a_word_there_are_six_lines_with_two_examples() {
    let said = Desk::new().run(&[]);
    assert_eq!((said.code, said.talk.as_str()), (Some(0), ""));
    assert_eq!(said.data.lines().count(), 6, "{}", said.data);
    assert_eq!(said.data.lines().filter(|line| line.starts_with("  mixkeel ")).count(), 2, "{}", said.data);
}

#[test]
fn the_examples_in_every_help_run() {
    let desk = Desk::with_song();
    let mut ran = 0;
    for command in COMMANDS {
        let said = desk.run(&[command, "--help"]);
        assert_eq!((said.code, said.talk.as_str()), (Some(0), ""), "{command}");
        assert!(said.data.lines().all(|line| line.chars().count() <= 80), "{}", said.data);
        for line in said.data.lines().filter(|line| line.starts_with("  mixkeel ")) {
            let words = words(line.split(" #").next().unwrap_or(line));
            let arguments: Vec<&str> = words.iter().skip(1).map(String::as_str).collect();
            let said = desk.run(&arguments);
            assert_eq!(said.code, Some(0), "`{}`:\n{}", line.trim(), said.talk);
            ran += 1;
        }
    }
    assert!(ran >= 15, "only {ran} examples were found");
}

#[test]
fn a_slip_of_the_finger_is_understood() {
    let desk = Desk::with_song();
    for (arguments, meant) in [
        (&["mxi", "My Song"][..], "mixkeel mix"),
        (&["rendr", "My Song-mix"], "mixkeel render"),
        (&["mix", "My Song", "--fokus", "bass"], "--focus"),
        (&["mix", "My Song", "--start", "fesh"], "fresh"),
        (&["take.wav"], "mixkeel convert"),
    ] {
        let said = desk.run(arguments);
        assert_eq!((said.code, said.data.as_str()), (Some(2), ""), "{said:?}");
        assert!(said.talk.contains(meant), "{arguments:?}: {}", said.talk);
    }
}

#[test]
fn values_out_of_range_are_refused_with_the_range() {
    let desk = Desk::with_song();
    for (option, value, words) in [
        ("--rate", "3000", "8 kHz to 384 kHz"),
        ("--bits", "12", "16, 24, 32f"),
        ("--jobs", "0", "1 to 1024"),
        ("--role", "bass", "FILE=ROLE"),
    ] {
        let said = desk.run(&["mix", "My Song", option, value]);
        assert_eq!(said.code, Some(2), "{said:?}");
        assert!(said.talk.contains(words), "{option} {value}: {}", said.talk);
    }
    let said = desk.run(&["render", "My Song", "--from", "1:75"]);
    assert!(said.code == Some(2) && said.talk.contains("minutes:seconds"), "{said:?}");
}

#[test]
fn completions_and_manual_pages_are_whole() {
    let desk = Desk::new();
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let said = desk.run(&["completions", shell]);
        assert_eq!(said.code, Some(0));
        assert!(said.data.contains("mixkeel") && said.data.contains("no-stems"), "{shell}");
    }
    let said = desk.run(&["man", "deep/pages"]);
    assert_eq!(said.code, Some(0), "{said:?}");
    for page in [
        "mixkeel",
        "mixkeel-demo",
        "mixkeel-mix",
        "mixkeel-render",
        "mixkeel-measure",
        "mixkeel-check",
        "mixkeel-compare",
        "mixkeel-convert",
        "mixkeel-doctor",
    ] {
        let text = std::fs::read_to_string(desk.path(&format!("deep/pages/{page}.1"))).unwrap();
        assert!(text.contains(".TH") && text.contains("EXAMPLES"), "{page}");
    }
}

#[test]
fn the_version_is_an_answer() {
    let said = Desk::new().run(&["--version"]);
    assert_eq!((said.code, said.data), (Some(0), format!("mixkeel {}\n", env!("CARGO_PKG_VERSION"))));
}

/// Words as a shell splits them; examples use double quotes only.
fn words(line: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    for (place, part) in line.split('"').enumerate() {
        if place % 2 == 1 {
            words.push(part.to_owned());
        } else {
            words.extend(part.split_whitespace().map(str::to_owned));
        }
    }
    words
}
