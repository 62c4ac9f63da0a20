//! The house rules about files. Each test names every offence at once, so that one run shows all there is to put right.

#![expect(clippy::expect_used, reason = "what a test cannot read fails it")]

use mixkeel_xtask::tree::{self, TextFile};

/// Crates that touch neither disk nor clock nor screen (DESIGN §3). Those that are born carry [`PURE_ATTRIBUTE`].
const PURE: &[&str] = &["dsp", "analysis", "session", "engine", "judge", "assist"];

/// What switches the bans of `clippy.toml` on.
const PURE_ATTRIBUTE: &str =
    "#![deny(clippy::disallowed_methods, clippy::disallowed_types, clippy::disallowed_macros)]";

/// No file is longer (DESIGN §3): beyond this nobody has read all of it.
const MOST_LINES: usize = 1000;

/// From here on a file is named in the output of the test: look again (DESIGN §3).
const MANY_LINES: usize = 500;

/// A README is read in one sitting.
const MOST_README_LINES: usize = 150;

/// Marks of unfinished work. Cut in two, or this file would name itself.
const UNFINISHED: &[&str] = &[
    concat!("to", "do!"),
    concat!("unimple", "mented!"),
    concat!("FIX", "ME"),
    concat!("TO", "DO"),
    concat!("#[ign", "ore"),
    concat!("placeholder-", "for-birth"),
];

/// Where the files of one person lie. Cut in two as above.
const PRIVATE_FOLDERS: &[&str] = &[
    concat!("/ho", "me/"),
    concat!("/Us", "ers/"),
    concat!("/ro", "ot/"),
    concat!("/wo", "rk/"),
    concat!("/tm", "p/"),
    concat!("C:\\Us", "ers"),
];

/// First parts of a path from the root of the repository; a backticked word that begins so must exist.
const FOLDERS_OF_THE_ROOT: &[&str] = &["crates/", "docs/", ".github/", ".cargo/", "fuzz/", "examples/"];

#[test]
fn every_source_file_says_in_its_first_line_what_it_is_for() {
    check(sources(), |file| match file.text.lines().next() {
        Some(line) if line.strip_prefix("//!").is_some_and(|about| about.trim().len() >= 10) => Vec::new(),
        line => vec![format!(
            "begins with {:?}, not with a line `//! What this file is for.`",
            line.unwrap_or("")
        )],
    });
}

#[test]
fn no_source_file_is_too_long_to_be_read() {
    check(sources(), |file| {
        let lines = file.text.lines().count();
        if lines > MANY_LINES {
            println!("{} has {lines} lines: look again", file.path);
        }
        if lines > MOST_LINES { vec![format!("{lines} lines, more than {MOST_LINES}")] } else { Vec::new() }
    });
}

#[test]
fn nothing_is_left_unfinished() {
    check(sources(), |file| {
        by_line(file, |line| {
            UNFINISHED.iter().find(|word| line.contains(**word)).map(|word| (*word).to_owned())
        })
    });
}

#[test]
fn no_line_ends_in_a_space() {
    check(files(|_| true), |file| {
        by_line(file, |line| line.ends_with([' ', '\t']).then(|| "ends in a space".to_owned()))
    });
}

#[test]
fn no_file_knows_the_machine_on_which_it_was_written() {
    check(files(|_| true), |file| by_line(file, private_path));
}

#[test]
fn paths_that_documents_name_exist() {
    let root = tree::root();
    check(files(|path| path.ends_with(".md")), |file| {
        let missing = |path: &String| !root.join(path).exists();
        let mut wrong: Vec<String> = backticked_paths(&file.text).into_iter().filter(missing).collect();
        let folder = file.path.rsplit_once('/').map_or("", |(folder, _)| folder);
        let linked = links(&file.text).into_iter().map(|link| format!("{folder}/{link}"));
        wrong.extend(linked.map(|path| path.trim_start_matches('/').to_owned()).filter(missing));
        wrong.into_iter().map(|path| format!("names {path}, which does not exist")).collect()
    });
}

#[test]
fn every_rule_bears_the_path_of_its_file() {
    let rules = "crates/assist/src/rules/";
    for file in files(|path| path.starts_with(rules) && path.ends_with(".rs")) {
        let below = file.path.strip_prefix(rules).unwrap_or(&file.path);
        let id = below.trim_end_matches(".rs").trim_end_matches("/mod").replace('_', "-");
        for found in rule_ids(&file.text) {
            assert_eq!(found, id, "{} holds a rule of another name", file.path);
        }
        let is_rule = file.text.contains("impl Rule for") || file.text.contains(": Rule = ");
        assert!(
            !is_rule || !rule_ids(&file.text).is_empty(),
            "{} holds a rule without an id of its own",
            file.path
        );
    }
}

#[test]
fn every_processor_of_the_catalogue_bears_the_name_of_its_file_and_none_is_missing() {
    let folder = "crates/dsp/src/processors/";
    let catalog = files(|path| path == "crates/dsp/src/catalog.rs");
    let kinds: Vec<String> = catalog.iter().flat_map(|file| kind_ids(&file.text)).collect();
    assert!(!kinds.is_empty(), "no kind was found in the catalogue");
    let processors = files(|path| path.starts_with(folder));
    for id in &kinds {
        let name = id.replace('-', "_");
        let file = processors.iter().find(|file| {
            file.path == format!("{folder}{name}.rs") || file.path == format!("{folder}{name}/mod.rs")
        });
        assert!(file.is_some(), "`{id}` is in the catalogue and {folder}{name}.rs is not there");
    }
    for file in processors.iter().filter(|file| file.text.contains("\nimpl Processor for ")) {
        let below = file.path.strip_prefix(folder).unwrap_or(&file.path);
        let id = below.split('/').next().unwrap_or(below).trim_end_matches(".rs").replace('_', "-");
        assert!(kinds.contains(&id), "{} is not in the catalogue as `{id}`", file.path);
    }
}

#[test]
fn the_pure_crates_are_held_to_it() {
    let born = tree::crates().expect("crates/ is readable");
    for name in PURE.iter().filter(|name| born.iter().any(|born| born == *name)) {
        let lib = files(|path| path == format!("crates/{name}/src/lib.rs"));
        let carries = lib.iter().any(|file| file.text.lines().any(|line| line == PURE_ATTRIBUTE));
        assert!(carries, "crates/{name}/src/lib.rs does not carry {PURE_ATTRIBUTE}");
    }
}

#[test]
fn every_file_of_tests_tests_something() {
    let is_test = |path: &str| matches!(path.split('/').collect::<Vec<_>>()[..], ["crates", _, "tests", file] if file.ends_with(".rs"));
    let tests = files(is_test);
    assert!(tests.len() >= 3, "the tests were not found");
    check(tests, |file| {
        let mut wrong = Vec::new();
        if !file.text.contains("#[test]") {
            wrong.push("runs no test".to_owned());
        }
        if !file.text.contains("assert") {
            wrong.push("asserts nothing".to_owned());
        }
        wrong
    });
}

#[test]
fn the_readme_is_short_and_the_changes_are_told() {
    let front = files(|path| path == "README.md" || path == "CHANGELOG.md");
    let lines =
        |name: &str| front.iter().find(|file| file.path == name).map(|file| file.text.lines().count());
    let readme = lines("README.md").expect("there is a README.md");
    assert!(
        readme > 0 && readme < MOST_README_LINES,
        "README.md has {readme} lines, not under {MOST_README_LINES}"
    );
    assert!(lines("CHANGELOG.md").expect("there is a CHANGELOG.md") > 0);
}

#[test]
fn the_rules_see_what_they_look_for() {
    let text = "see `crates/dsp/src/lib.rs:12`, `docs/none.md#part`, `crates/*/src`, `mixkeel mix`, `docs/`\n\
                [a](docs/a.md#b) [c](https://example.org/d.md) [e](#f)";
    assert_eq!(backticked_paths(text), ["crates/dsp/src/lib.rs", "docs/none.md", "docs/"]);
    assert_eq!(links(text), ["docs/a.md"]);
    let rule = "Rule { id: \"balance/levels\" }\nBus { id: \"drums\" }\nfn id(&self) -> &'static str {\n    \"pan/width\"\n}\n\
                pub const ID: &str = \"space/room\";";
    assert_eq!(rule_ids(rule), ["balance/levels", "space/room", "pan/width"]);
    assert_eq!(
        kind_ids("&[Kind::of::<Eq>(\"eq\", \"about\"),\n Kind::of::<A>(\n  \"auto-pan\",\n  \"…\")]"),
        ["eq", "auto-pan"]
    );
    assert!(private_path(&format!("in {}anna/song", PRIVATE_FOLDERS[0])).is_some());
    assert!(private_path("crates/home/x and target/tmp/x").is_none());
}

/// Runs a rule over files and fails with everything it found.
fn check(files: Vec<TextFile>, rule: impl Fn(&TextFile) -> Vec<String>) {
    assert!(!files.is_empty(), "no file was found to look at");
    let wrong: Vec<String> = files
        .iter()
        .flat_map(|file| rule(file).into_iter().map(|complaint| format!("{}: {complaint}", file.path)))
        .collect();
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

fn by_line(file: &TextFile, rule: impl Fn(&str) -> Option<String>) -> Vec<String> {
    let lines = file.text.lines().enumerate();
    lines
        .filter_map(|(at, line)| rule(line).map(|complaint| format!("line {}: {complaint}", at + 1)))
        .collect()
}

fn files(wanted: impl Fn(&str) -> bool) -> Vec<TextFile> {
    let files = tree::text_files().expect("the tree is readable");
    files.into_iter().filter(|file| wanted(&file.path)).collect()
}

fn sources() -> Vec<TextFile> {
    files(|path| path.ends_with(".rs"))
}

/// A folder of one person where a path begins, not in the middle of one.
fn private_path(line: &str) -> Option<String> {
    let begins = |at: usize| {
        let before = line[..at].chars().next_back();
        before.is_none_or(|c| !(c.is_alphanumeric() || "._-/~}".contains(c)))
    };
    let found = |folder: &&&str| line.match_indices(**folder).any(|(at, _)| begins(at));
    PRIVATE_FOLDERS.iter().find(found).map(|folder| format!("names a folder under {folder}"))
}

/// Words in backticks that are paths from the root of the repository, without line numbers and anchors. Patterns are not.
fn backticked_paths(text: &str) -> Vec<String> {
    let words = text.lines().flat_map(|line| line.split('`').skip(1).step_by(2));
    words
        .filter(|word| FOLDERS_OF_THE_ROOT.iter().any(|folder| word.starts_with(folder)))
        .filter(|word| !word.contains(['*', '<', '>', '…', '{', ' ']))
        .filter_map(|word| word.split(['#', ':']).next())
        .map(str::to_owned)
        .collect()
}

/// Targets of Markdown links that lie in the repository, without anchors.
fn links(text: &str) -> Vec<String> {
    let targets = text.split("](").skip(1).filter_map(|rest| rest.split([')', ' ']).next());
    targets
        .filter(|target| !target.contains("://") && !target.starts_with("mailto:"))
        .filter_map(|target| target.split('#').next())
        .filter(|path| !path.is_empty())
        .map(str::to_owned)
        .collect()
}

/// Ids with a `/` in them where a rule states its own: a field, a constant, a function.
fn rule_ids(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for before in [" id: \"", "ID: &str = \"", "ID: &'static str = \"", "fn id(&self) -> &'static str {"] {
        for rest in text.split(before).skip(1) {
            let rest = if before.ends_with('"') { rest } else { rest.trim_start().trim_start_matches('"') };
            let id = rest.split('"').next().unwrap_or_default();
            if id.contains('/') {
                found.push(id.to_owned());
            }
        }
    }
    found
}

/// The first string of every `Kind::of::<…>(…)` in the catalogue.
fn kind_ids(text: &str) -> Vec<String> {
    let calls = text.split("Kind::of::<").skip(1);
    calls.filter_map(|call| call.split_once(">(")?.1.split('"').nth(1)).map(str::to_owned).collect()
}
