//! The files of this repository, in the same order on every machine.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// One text file of the repository.
#[derive(Clone, Debug)]
pub struct TextFile {
    /// From the root of the repository, always with `/`.
    pub path: String,
    /// What is in it.
    pub text: String,
}

/// Endings that people write by hand; everything else in the tree is not ours to read.
const TEXT_ENDINGS: &[&str] = &["rs", "md", "toml", "yml", "yaml", "json", "txt"];

/// Folders with a leading dot that belong to the project; the others belong to tools.
const DOT_FOLDERS: &[&str] = &[".cargo", ".github"];

/// The root of the repository: two folders above this crate.
pub fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.ancestors().nth(2).unwrap_or(here).to_path_buf()
}

/// Every text file, sorted by path.
///
/// # Errors
/// When a folder or a file cannot be read.
pub fn text_files() -> io::Result<Vec<TextFile>> {
    let root = root();
    let mut files = Vec::new();
    collect(&root, &root, &mut files)?;
    files.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(files)
}

/// The folders under `crates/`, sorted: `app`, `dsp`, ….
///
/// # Errors
/// When the folder cannot be read.
pub fn crates() -> io::Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(root().join("crates"))? {
        let entry = entry?;
        if entry.file_type()?.is_dir() && entry.path().join("Cargo.toml").is_file() {
            names.push(entry.file_name().to_string_lossy().into_owned());
        }
    }
    names.sort();
    Ok(names)
}

fn collect(root: &Path, folder: &Path, files: &mut Vec<TextFile>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let (path, name) = (entry.path(), entry.file_name().to_string_lossy().into_owned());
        if entry.file_type()?.is_dir() {
            if !is_foreign(&name) {
                collect(root, &path, files)?;
            }
        } else if path.extension().is_some_and(|ending| TEXT_ENDINGS.iter().any(|known| ending == *known)) {
            let below = path.strip_prefix(root).unwrap_or(&path);
            let parts: Vec<_> = below.iter().map(|part| part.to_string_lossy()).collect();
            files.push(TextFile { path: parts.join("/"), text: fs::read_to_string(&path)? });
        }
    }
    Ok(())
}

/// Build output, and what the program itself writes when it is tried out in the repository (see `.gitignore`).
fn is_foreign(folder: &str) -> bool {
    folder == "target"
        || folder.ends_with("-mix")
        || folder.ends_with(".partial")
        || folder.starts_with("mixkeel-demo")
        || (folder.starts_with('.') && !DOT_FOLDERS.contains(&folder))
}
