//! Files that are generated and committed: the reference pages and the schemas.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::Path;

use crate::{program, rules, tree};

/// Where the schemas lie.
const SCHEMA_FOLDER: &str = "docs/schema";

/// The folders in which every file is generated.
const FOLDERS: [&str; 3] = [SCHEMA_FOLDER, "docs/reference/processors", rules::FOLDER];

/// Path from the root of the repository → what stands in the file.
pub type Files = BTreeMap<String, String>;

/// Everything that is generated, as the program and the sources of today have it.
///
/// # Errors
/// In words, when the program does not build, one of its commands fails, or a rule has no head to be read.
pub fn files() -> Result<Files, String> {
    let mixkeel = program::build()?;
    let mut files = pages(&program::stdout_of(&mixkeel, &["schema", "--pages", "--json"])?)?;
    files.extend(schemas(&program::stdout_of(&mixkeel, &["schema", "--json"])?)?);
    files.extend(rules::pages(&tree::root())?);
    Ok(files)
}

/// Every file of the reference in the document that `mixkeel schema --pages --json` prints.
fn pages(document: &str) -> Result<Files, String> {
    let document: serde_json::Value = serde_json::from_str(document)
        .map_err(|error| format!("mixkeel schema --pages --json is not JSON: {error}"))?;
    let pages = document
        .get("pages")
        .and_then(|pages| pages.as_object())
        .ok_or("mixkeel schema --pages --json holds no `pages`")?;
    let text = |(path, page): (&String, &serde_json::Value)| Some((path.clone(), page.as_str()?.to_owned()));
    pages.iter().map(text).collect::<Option<Files>>().ok_or_else(|| "a page is not a text".to_owned())
}

/// One file for each schema in the document that `mixkeel schema --json` prints.
fn schemas(document: &str) -> Result<Files, String> {
    let document: serde_json::Value = serde_json::from_str(document)
        .map_err(|error| format!("mixkeel schema --json is not JSON: {error}"))?;
    let schemas = document
        .get("schemas")
        .and_then(|schemas| schemas.as_object())
        .ok_or("mixkeel schema --json holds no `schemas`")?;
    schemas
        .iter()
        .map(|(name, schema)| {
            let text = serde_json::to_string_pretty(schema).map_err(|error| error.to_string())?;
            Ok((format!("{SCHEMA_FOLDER}/{name}"), text + "\n"))
        })
        .collect()
}

/// The generated files of the tree under `root` that are missing, differ, or should not be there any more.
///
/// # Errors
/// In words, when a folder of generated files cannot be read.
pub fn stale(root: &Path, files: &Files) -> Result<Vec<String>, String> {
    let mut stale = Vec::new();
    for (path, wanted) in files {
        match fs::read_to_string(root.join(path)) {
            Ok(found) if same_text(&found, wanted) => {}
            Ok(_) => stale.push(format!("{path}: is not what is generated today")),
            Err(error) => stale.push(format!("{path}: {error}")),
        }
    }
    stale.extend(left_over(root, files)?.into_iter().map(|path| format!("{path}: no longer generated")));
    Ok(stale)
}

/// Writes what differs, removes what is no longer generated, and names both.
///
/// # Errors
/// In words, when a file cannot be written or removed.
pub fn write(root: &Path, files: &Files) -> Result<Vec<String>, String> {
    let mut changed = Vec::new();
    for (path, wanted) in files {
        let to = root.join(path);
        if fs::read_to_string(&to).is_ok_and(|found| same_text(&found, wanted)) {
            continue;
        }
        let folder = to.parent().unwrap_or(root);
        fs::create_dir_all(folder)
            .and_then(|()| fs::write(&to, wanted))
            .map_err(|error| format!("{path}: {error}"))?;
        changed.push(format!("wrote {path}"));
    }
    for path in left_over(root, files)? {
        fs::remove_file(root.join(&path)).map_err(|error| format!("{path}: {error}"))?;
        changed.push(format!("removed {path}"));
    }
    Ok(changed)
}

/// Whether two texts are the same but for the line ends that git gives them on Windows.
fn same_text(a: &str, b: &str) -> bool {
    a.lines().eq(b.lines())
}

fn left_over(root: &Path, files: &Files) -> Result<Vec<String>, String> {
    let mut paths = Vec::new();
    for folder in FOLDERS.iter().filter(|folder| root.join(folder).is_dir()) {
        paths.extend(paths_in(root, folder).map_err(|error| format!("{folder}: {error}"))?);
    }
    paths.retain(|path| !files.contains_key(path));
    paths.sort();
    Ok(paths)
}

/// The files in a folder and in those below it, as paths from the root.
fn paths_in(root: &Path, folder: &str) -> io::Result<Vec<String>> {
    let mut paths = Vec::new();
    for entry in fs::read_dir(root.join(folder))? {
        let entry = entry?;
        let path = format!("{folder}/{}", entry.file_name().to_string_lossy());
        if entry.file_type()?.is_dir() { paths.extend(paths_in(root, &path)?) } else { paths.push(path) }
    }
    Ok(paths)
}

/// Writes or checks the files of this repository; what changed or is stale is returned line by line.
///
/// # Errors
/// As [`files`], [`stale`] and [`write()`].
pub fn run(check: bool) -> Result<Vec<String>, String> {
    let (root, files) = (tree::root(), files()?);
    if check { stale(&root, &files) } else { write(&root, &files) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_schema_becomes_a_file_that_ends_in_a_line_feed() {
        let files = schemas("{\"schemas\":{\"report-1.json\":{\"type\":\"object\"}}}").unwrap();
        assert_eq!(files["docs/schema/report-1.json"], "{\n  \"type\": \"object\"\n}\n");
        assert!(schemas("{}").is_err(), "a document without schemas would remove every schema");
    }

    #[test]
    fn a_check_names_what_is_missing_different_and_left_over_and_writing_puts_it_right() {
        let root = std::env::temp_dir().join(format!("mixkeel-generate-{}", std::process::id()));
        fs::create_dir_all(root.join(SCHEMA_FOLDER)).unwrap();
        fs::write(root.join("docs/schema/old-1.json"), "{}\n").unwrap();
        fs::write(root.join("docs/schema/crlf-1.json"), "{\r\n}\r\n").unwrap();
        fs::write(root.join("docs/schema/different-1.json"), "{}\n").unwrap();
        fs::create_dir_all(root.join("docs/reference/rules/eq")).unwrap();
        fs::write(root.join("docs/reference/rules/eq/old.md"), "# eq/old\n").unwrap();
        let files: Files = [
            ("docs/reference/cli.md", "# mixkeel\n"),
            ("docs/schema/crlf-1.json", "{\n}\n"),
            ("docs/schema/different-1.json", "{\n}\n"),
        ]
        .map(|(path, text)| (path.to_owned(), text.to_owned()))
        .into();

        let found = stale(&root, &files).unwrap();
        let named: Vec<_> = found.iter().filter_map(|line| line.split(':').next()).collect();
        assert_eq!(
            named,
            [
                "docs/reference/cli.md",
                "docs/schema/different-1.json",
                "docs/reference/rules/eq/old.md",
                "docs/schema/old-1.json"
            ]
        );

        assert_eq!(write(&root, &files).unwrap().len(), 4);
        assert_eq!(stale(&root, &files).unwrap(), Vec::<String>::new());
        assert!(!root.join("docs/schema/old-1.json").exists());
        assert!(!root.join("docs/reference/rules/eq/old.md").exists());
        fs::remove_dir_all(&root).unwrap();
    }
}
