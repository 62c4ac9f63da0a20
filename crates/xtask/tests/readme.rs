//! The commands of the README and of the guides run: whoever copies them gets what they promise.

#![expect(clippy::expect_used, reason = "what a test cannot read fails it")]

use std::fs;
use std::path::Path;
use std::process::Command;

use mixkeel_xtask::{program, tree};

/// Put on the line before a block that is to be read and not run.
const NO_RUN: &str = "<!-- no-run -->";

/// What is done about one line of a block.
#[derive(Debug, PartialEq)]
enum Step {
    /// Our program, with these arguments.
    Mixkeel(Vec<String>),
    /// Cargo, on these packages, test files and folders of crates: they must exist. Not run, because the tests of this
    /// workspace are what is running.
    Cargo(Vec<Named>),
    /// Gets the sources or goes into them, which has happened.
    Done,
    /// A line that this test does not know how to run.
    Unknown,
}

/// Something that a cargo command names.
#[derive(Debug, PartialEq)]
enum Named {
    Package(String),
    TestFile(String),
    Folder(String),
}

/// What is read, in this order and in one folder: a line that has run is not run again.
const PAGES: [&str; 2] = ["README.md", "docs/guides/goals.md"];

#[test]
fn every_command_in_the_readme_and_the_guides_runs() {
    let mut steps: Vec<(String, Step)> = Vec::new();
    for page in PAGES {
        let text = fs::read_to_string(tree::root().join(page)).expect("the page is there");
        for line in commands(&text) {
            let step = step(&line);
            if !steps.iter().any(|(_, known)| *known == step) {
                steps.push((line, step));
            }
        }
    }
    assert!(
        steps.iter().any(|(_, step)| matches!(step, Step::Mixkeel(_))),
        "the README does not run mixkeel once"
    );

    let mixkeel = program::build().expect("mixkeel builds");
    let here = Path::new(env!("CARGO_TARGET_TMPDIR")).join("readme");
    if here.exists() {
        fs::remove_dir_all(&here).expect("what the last run left can be removed");
    }
    fs::create_dir_all(&here).expect("a folder of its own");
    for (line, step) in steps {
        match step {
            Step::Mixkeel(arguments) => {
                let output = Command::new(&mixkeel)
                    .args(&arguments)
                    .current_dir(&here)
                    .env("XDG_CACHE_HOME", here.join("kept"))
                    .output()
                    .expect("it starts");
                let talk = String::from_utf8_lossy(&output.stderr);
                // A goal that fails is an answer too, and so is a note that can be met only in part.
                let answer = match arguments.first().map(String::as_str) {
                    Some("goals") => Some(4),
                    Some("revise") => Some(5),
                    _ => None,
                };
                let fine = output.status.success() || (answer.is_some() && output.status.code() == answer);
                assert!(fine, "`{line}` ended with {}:\n{talk}", output.status);
            }
            Step::Cargo(named) => {
                for named in named {
                    assert!(exists(&named), "`{line}` names {named:?}, which does not exist");
                }
            }
            Step::Done => {}
            Step::Unknown => {
                panic!("`{line}` is no command that this test can run; put {NO_RUN} before the block")
            }
        }
    }
    fs::remove_dir_all(&here).expect("nothing holds what was made");
}

#[test]
fn blocks_are_found_and_marked_ones_left_out() {
    let readme = "# Mixkeel\n\n```sh\n$ cargo run --release -- demo   # 30 s\n\n# a comment\nmixkeel mix \"My Song\" \\\n  -o out\n```\n\n\
                  <!-- no-run -->\n\n```sh\nrm -rf everything\n```\n\n```toml\nx = 1\n```\n\n1. then\n\n   ```sh\n   cargo test\n   ```\n";
    assert_eq!(
        commands(readme),
        ["cargo run --release -- demo", "mixkeel mix \"My Song\" -o out", "cargo test"]
    );
}

#[test]
fn lines_are_understood() {
    let mixkeel = |words: &[&str]| Step::Mixkeel(words.iter().map(|word| (*word).to_owned()).collect());
    assert_eq!(step("cargo run --release -- demo"), mixkeel(&["demo"]));
    assert_eq!(
        step("cargo run --release -p mixkeel-app -- mix 'My Song' --json"),
        mixkeel(&["mix", "My Song", "--json"])
    );
    assert_eq!(step("target/release/mixkeel doctor"), mixkeel(&["doctor"]));
    assert_eq!(step("mixkeel convert \"a b.wav\" c.flac"), mixkeel(&["convert", "a b.wav", "c.flac"]));
    assert_eq!(step("cargo test"), Step::Cargo(vec![]));
    assert_eq!(
        step("cargo test --release -p mixkeel-engine --test same_bits"),
        Step::Cargo(vec![Named::Package("mixkeel-engine".into()), Named::TestFile("same_bits".into())])
    );
    assert_eq!(
        step("cargo install --path crates/app"),
        Step::Cargo(vec![Named::Folder("crates/app".into())])
    );
    assert_eq!(step("cd mixkeel"), Step::Done);
    assert_eq!(step("rm -rf everything"), Step::Unknown);
    assert_eq!(step("mixkeel mix song > list.txt"), Step::Unknown);
    assert!(
        exists(&Named::Package("mixkeel-xtask".into())) && !exists(&Named::Package("mixkeel-none".into()))
    );
    assert!(exists(&Named::TestFile("readme".into())) && !exists(&Named::TestFile("none".into())));
}

/// The lines of every ```sh block that is not marked, without prompts and comments; a `\` at the end joins two.
fn commands(markdown: &str) -> Vec<String> {
    let mut commands: Vec<String> = Vec::new();
    let (mut in_block, mut runs, mut joined) = (false, false, false);
    let mut before = "";
    for line in markdown.lines().map(str::trim) {
        if line.starts_with("```") {
            in_block = !in_block;
            runs = in_block && line == "```sh" && before != NO_RUN;
        } else if in_block && runs {
            let line = line.strip_prefix("$ ").unwrap_or(line);
            let line = line.split(" #").next().unwrap_or(line).trim_end();
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            let text = line.trim_end_matches('\\').trim_end();
            match commands.last_mut() {
                Some(last) if joined => *last = format!("{last} {text}"),
                _ => commands.push(text.to_owned()),
            }
            joined = line.ends_with('\\');
        }
        if !line.is_empty() {
            before = line;
        }
    }
    commands
}

fn step(line: &str) -> Step {
    if line.contains(['|', '>', '<', ';', '&', '$', '*']) {
        return Step::Unknown;
    }
    let words = words(line);
    let first_two = (words.first().map(String::as_str), words.get(1).map(String::as_str));
    match first_two {
        (Some("cargo"), Some("run")) => match words.iter().position(|word| word == "--") {
            Some(at) => Step::Mixkeel(words[at + 1..].to_vec()),
            None => Step::Unknown,
        },
        (Some("mixkeel" | "target/release/mixkeel" | "./target/release/mixkeel"), _) => {
            Step::Mixkeel(words[1..].to_vec())
        }
        (Some("cargo"), Some("test" | "build" | "install" | "clippy" | "fmt" | "bench" | "xtask")) => {
            let named = words.windows(2).filter_map(|pair| match (pair[0].as_str(), &pair[1]) {
                ("-p" | "--package", name) => Some(Named::Package(name.clone())),
                ("--test" | "--bench", name) => Some(Named::TestFile(name.clone())),
                ("--path", name) => Some(Named::Folder(name.clone())),
                _ => None,
            });
            Step::Cargo(named.collect())
        }
        (Some("cd"), _) | (Some("git"), Some("clone")) => Step::Done,
        _ => Step::Unknown,
    }
}

/// Words as a shell splits them, with either kind of quotes.
fn words(line: &str) -> Vec<String> {
    let mut words = Vec::new();
    let (mut word, mut quote, mut any) = (String::new(), None, false);
    for c in line.chars() {
        match quote {
            Some(open) if c == open => quote = None,
            None if c == '"' || c == '\'' => (quote, any) = (Some(c), true),
            None if c.is_whitespace() => {
                if any {
                    words.push(std::mem::take(&mut word));
                }
                any = false;
            }
            _ => {
                word.push(c);
                any = true;
            }
        }
    }
    if any {
        words.push(word);
    }
    words
}

fn exists(named: &Named) -> bool {
    let root = tree::root();
    let crates = tree::crates().expect("crates/ is readable");
    let in_a_crate =
        |below: String| crates.iter().any(|name| root.join("crates").join(name).join(&below).is_file());
    match named {
        Named::Package(package) if package == "mixkeel" => true,
        Named::Package(package) => {
            package.strip_prefix("mixkeel-").is_some_and(|folder| crates.iter().any(|name| name == folder))
        }
        Named::TestFile(name) => {
            in_a_crate(format!("tests/{name}.rs")) || in_a_crate(format!("benches/{name}.rs"))
        }
        Named::Folder(folder) => root.join(folder).join("Cargo.toml").is_file(),
    }
}
