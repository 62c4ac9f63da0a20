//! Which crate may see which. An arrow that is not in this table fails.

use std::fs;

use mixkeel_xtask::tree;
use toml_edit::{DocumentMut, Item, TableLike};

/// Folder under `crates/` → the folders it may see: in `[dependencies]`, in `[dev-dependencies]`, anywhere.
/// A later crate is entered here before it is born; one that is not entered fails.
const ARROWS: &[(&str, &[&str])] = &[
    ("dsp", &[]),
    ("io", &["dsp"]),
    ("analysis", &["dsp"]),
    ("session", &["dsp"]),
    ("engine", &["dsp", "session"]),
    ("judge", &["dsp", "session", "analysis"]),
    ("assist", &["dsp", "session", "analysis", "judge"]),
    ("mixkeel", &["dsp", "io", "analysis", "session", "engine", "judge", "assist"]),
    ("app", &["mixkeel"]),
    ("py", &["mixkeel"]),
    ("xtask", &[]),
];

/// What cargo calls the three kinds of dependency, with and without a target in front.
const KINDS: &[&str] = &["dependencies", "dev-dependencies", "build-dependencies"];

#[test]
fn every_dependency_in_every_manifest_is_an_arrow_of_the_table() {
    let root = tree::root();
    let crates = tree::crates().expect("crates/ is readable");
    assert!(crates.len() >= 9, "the crates were not found: {crates:?}");
    let mut wrong = Vec::new();
    for folder in &crates {
        let manifest =
            fs::read_to_string(root.join("crates").join(folder).join("Cargo.toml")).expect("readable");
        wrong.extend(wrong_in_manifest(folder, &manifest));
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn every_use_in_every_source_is_an_arrow_of_the_table() {
    let mut looked_at = 0;
    let mut wrong = Vec::new();
    for file in tree::text_files().expect("the tree is readable") {
        let mut parts = file.path.split('/');
        if let (Some("crates"), Some(folder)) = (parts.next(), parts.next())
            && file.path.ends_with(".rs")
        {
            looked_at += 1;
            let found = wrong_in_source(folder, &file.text);
            wrong.extend(found.into_iter().map(|complaint| format!("{}: {complaint}", file.path)));
        }
    }
    assert!(looked_at >= 20, "the sources were not found");
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn a_forbidden_arrow_is_seen_in_every_place_where_one_can_be_written() {
    for forbidden in [
        "[dependencies]\nmixkeel-engine.workspace = true",
        "[dependencies]\nmixkeel-engine = { path = \"../engine\" }",
        "[dependencies.mixkeel-engine]\nworkspace = true",
        "[dev-dependencies]\nmixkeel-engine.workspace = true",
        "[build-dependencies]\nmixkeel-engine.workspace = true",
        "[target.'cfg(unix)'.dependencies]\nmixkeel-engine.workspace = true",
        "[dependencies]\nplayer = { package = \"mixkeel-engine\", path = \"../engine\" }",
    ] {
        let manifest = format!("[package]\nname = \"mixkeel-assist\"\n{forbidden}\n");
        let wrong = wrong_in_manifest("assist", &manifest);
        assert_eq!(
            wrong,
            ["crates/assist sees crates/engine, which is not an arrow of DESIGN §3"],
            "{forbidden}"
        );
    }
    assert_eq!(wrong_in_source("assist", "use mixkeel_engine::render;\n").len(), 1);
    assert_eq!(wrong_in_source("dsp", "    pub(crate) use mixkeel_session as session;\n").len(), 1);
    assert_eq!(wrong_in_source("app", "use mixkeel_dsp::block::Block;\n").len(), 1);
}

#[test]
fn what_is_allowed_passes_and_what_is_unknown_does_not() {
    let manifest = "[package]\nname = \"mixkeel-engine\"\n[dependencies]\nmixkeel-dsp.workspace = true\n\
                    serde.workspace = true\n[dev-dependencies]\nmixkeel-session.workspace = true\n";
    assert_eq!(wrong_in_manifest("engine", manifest), Vec::<String>::new());
    assert_eq!(wrong_in_source("app", "use mixkeel::mix;\n// use mixkeel_dsp::x;\n"), Vec::<String>::new());
    assert_eq!(wrong_in_source("engine", "use mixkeel_engine::play;\n"), Vec::<String>::new());
    assert_eq!(wrong_in_manifest("utils", "[package]\nname = \"mixkeel-utils\"\n").len(), 1);
    assert_eq!(wrong_in_manifest("dsp", "[package]\nname = \"sound\"\n").len(), 1);
}

#[test]
fn the_table_has_no_circle() {
    for (place, (folder, seen)) in ARROWS.iter().enumerate() {
        for other in *seen {
            let before = ARROWS[..place].iter().any(|(name, _)| name == other);
            assert!(before, "{folder} sees {other}, which must stand above it in the table");
        }
    }
}

fn wrong_in_manifest(folder: &str, manifest: &str) -> Vec<String> {
    let Some(allowed) = allowed(folder) else {
        return vec![format!("crates/{folder} is not in the table of arrows")];
    };
    let document: DocumentMut = match manifest.parse() {
        Ok(document) => document,
        Err(error) => return vec![format!("crates/{folder}/Cargo.toml: {error}")],
    };
    let mut wrong = Vec::new();
    let name = document.get("package").and_then(|package| package.get("name")).and_then(Item::as_str);
    if name != Some(package(folder).as_str()) {
        wrong.push(format!("crates/{folder} is called {name:?}, not {:?}", package(folder)));
    }
    let targets = document.get("target").and_then(Item::as_table_like);
    let of_targets =
        targets.into_iter().flat_map(TableLike::iter).filter_map(|(_, item)| item.as_table_like());
    for table in std::iter::once(document.as_table() as &dyn TableLike).chain(of_targets) {
        for kind in KINDS {
            let dependencies = table.get(kind).and_then(Item::as_table_like);
            for (key, value) in dependencies.into_iter().flat_map(TableLike::iter) {
                let renamed = value.get("package").and_then(Item::as_str);
                let seen = folder_of(renamed.unwrap_or(key));
                wrong.extend(seen.and_then(|seen| complaint(folder, allowed, &seen)));
            }
        }
    }
    wrong
}

fn wrong_in_source(folder: &str, source: &str) -> Vec<String> {
    let Some(allowed) = allowed(folder) else {
        return vec![format!("crates/{folder} is not in the table of arrows")];
    };
    source.lines().filter_map(used_crate).filter_map(|seen| complaint(folder, allowed, &seen)).collect()
}

/// The folder of our crate that a line brings in by `use`, where it does.
fn used_crate(line: &str) -> Option<String> {
    let (before, after) = line.trim_start().split_once("use ")?;
    let before = before.trim_end();
    if !(before.is_empty() || before.starts_with("pub")) {
        return None;
    }
    let after = after.trim_start_matches("::");
    let name: String = after.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
    folder_of(&name.replace('_', "-"))
}

fn complaint(folder: &str, allowed: &[&str], seen: &str) -> Option<String> {
    let fine = seen == folder || allowed.contains(&seen);
    (!fine).then(|| format!("crates/{folder} sees crates/{seen}, which is not an arrow of DESIGN §3"))
}

fn allowed(folder: &str) -> Option<&'static [&'static str]> {
    ARROWS.iter().find(|(name, _)| *name == folder).map(|(_, allowed)| *allowed)
}

/// `dsp` → `mixkeel-dsp`; the library that people use bears the plain name.
fn package(folder: &str) -> String {
    if folder == "mixkeel" { folder.to_owned() } else { format!("mixkeel-{folder}") }
}

/// `mixkeel-dsp` → `dsp`; nothing for a crate of somebody else.
fn folder_of(package: &str) -> Option<String> {
    if package == "mixkeel" {
        return Some(package.to_owned());
    }
    package.strip_prefix("mixkeel-").map(str::to_owned)
}
