//! The output folder: the newest version at the top, older ones in `v1/`, `v2/` …, and how one becomes the other without
//! a moment in which anything is lost.
//!
//! Every version keeps a folder `vN/` with its records (session and edits as written, report). A new version is built
//! whole in `vN.partial/`, which one rename makes `vN/`: from then on it exists. What is large or meant to be opened then
//! moves to the top ("promotion"), the previous version's listening copy and mix move into its own folder, and its stems
//! go, since they can be rendered again. Promotion can be interrupted anywhere: the next opening carries on with it.

use std::fs;
use std::path::{Path, PathBuf};

use mixkeel_io::write::write_atomically;

use crate::error::{Error, ErrorKind};
use crate::ship::{frozen, shipped};
use crate::song::scan::holds_session;

/// Moved to the top while newest, back into its version's folder when a newer one comes.
const KEPT: [&str; 3] = ["listen.flac", "mix.wav", "mix-dry.wav"];
/// At the top while newest, gone when a newer one comes: they can be rendered again.
const RENEWED: [&str; 1] = ["stems"];
/// Copied to the top; the version's folder keeps them as written.
const RECORDS: [&str; 5] = ["session.toml", "console.md", "report.html", "report.json", "edits.json"];
/// The line that the version adds to the ledger, until it is there and as a record.
const LEDGER_LINE: &str = "ledger-line.json";

/// An output folder of ours, or one that can become ours.
#[derive(Clone, Debug, PartialEq)]
pub struct Folder {
    path: PathBuf,
    newest: u32,
}

impl Folder {
    /// Opens a folder of ours, or makes ready to fill a new or empty one. Carries on with an interrupted promotion and
    /// removes what an interrupted build left.
    pub fn open(path: &Path) -> Result<Self, Error> {
        match fs::metadata(path) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                return Ok(Self { path: path.to_path_buf(), newest: 0 });
            }
            Err(error) => return Err(unwritable(path, &error)),
            Ok(facts) if !facts.is_dir() => return Err(not_ours(path, "it is a file")),
            Ok(_) => {}
        }
        let names = names_in(path)?;
        let newest = names.iter().filter_map(|name| version_of(name)).max().unwrap_or(0);
        let ours = holds_session(path) || (newest > 0 && holds_session(&path.join(format!("v{newest}"))));
        let partial = |name: &String| name.strip_suffix(".partial").and_then(version_of).is_some();
        if !ours && !names.iter().all(|name| name.starts_with('.') || partial(name)) {
            return Err(not_ours(path, "it holds files that Mixkeel did not write"));
        }
        for left in names.iter().filter(|name| partial(name)) {
            let left = path.join(left);
            fs::remove_dir_all(&left).map_err(|error| unwritable(&left, &error))?;
        }
        let folder = Self { path: path.to_path_buf(), newest };
        if newest > 0 {
            folder.promote()?;
        }
        Ok(folder)
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The newest version, 0 before the first.
    pub fn newest(&self) -> u32 {
        self.newest
    }

    /// The session as it stands, with what a person changed.
    pub fn session(&self) -> PathBuf {
        self.path.join("session.toml")
    }

    /// A file of the newest version as it was written.
    pub fn as_written(&self, name: &str) -> PathBuf {
        self.path.join(format!("v{}", self.newest)).join(name)
    }

    /// Begins the next version: an empty folder to build it in.
    ///
    /// # Errors
    /// A version that is shipped: what was delivered does not change. No room, or no permission to write.
    pub fn begin(&self) -> Result<Draft, Error> {
        self.refuse_shipped()?;
        let created = !self.path.exists();
        let version = self.newest + 1;
        self.keep_hand_edits()?;
        let building = self.path.join(format!("v{version}.partial"));
        fs::create_dir_all(&building).map_err(|error| unwritable(&self.path, &error))?;
        Ok(Draft { folder: self.clone(), version, building, created, done: false })
    }

    /// Before work is done for nothing.
    ///
    /// # Errors
    /// A version that is shipped.
    pub fn refuse_shipped(&self) -> Result<(), Error> {
        shipped(&self.path)?.map_or(Ok(()), |version| Err(frozen(&self.path, version)))
    }

    /// What a person wrote into the session stays with the version it was written into, whatever comes next.
    fn keep_hand_edits(&self) -> Result<(), Error> {
        if let (Ok(stands), Ok(written)) =
            (fs::read(self.session()), fs::read(self.as_written("session.toml")))
            && stands != written
        {
            write_atomically(&self.as_written("session-by-hand.toml"), &stands)?;
        }
        Ok(())
    }

    /// Puts the newest version at the top. Every step may already have been taken.
    fn promote(&self) -> Result<(), Error> {
        let newest = self.path.join(format!("v{}", self.newest));
        let previous = self.path.join(format!("v{}", self.newest.saturating_sub(1)));
        for name in KEPT.iter().chain(&RENEWED) {
            let (above, below) = (self.path.join(name), newest.join(name));
            if !below.exists() {
                continue;
            }
            if above.exists() {
                if KEPT.contains(name) && previous.is_dir() {
                    rename(&above, &previous.join(name))?;
                } else {
                    remove(&above)?;
                }
            }
            rename(&below, &above)?;
        }
        // The line in the ledger comes last: a version that has one is promoted whole.
        if super::ledger::holds(&self.path, self.newest)? {
            return Ok(());
        }
        // What the previous version had and this one has not would pass for this one's.
        for name in KEPT.iter().chain(&RENEWED) {
            let above = self.path.join(name);
            if above.exists() && !self.made(name) {
                if KEPT.contains(name) && previous.is_dir() {
                    rename(&above, &previous.join(name))?;
                } else {
                    remove(&above)?;
                }
            }
        }
        for name in RECORDS {
            let from = newest.join(name);
            if let Ok(bytes) = fs::read(&from) {
                write_atomically(&self.path.join(name), &bytes)?;
            }
        }
        let line = fs::read_to_string(newest.join(LEDGER_LINE))
            .map_err(|error| unwritable(&newest.join(LEDGER_LINE), &error))?;
        super::ledger::append(&self.path, &line)
    }

    /// Whether the newest version made an output of this name.
    fn made(&self, name: &str) -> bool {
        fs::read_to_string(self.as_written("made.txt"))
            .is_ok_and(|made| made.lines().any(|line| line == name))
    }
}

/// A version being built. Dropped before [`finish`](Self::finish), it leaves nothing behind.
#[derive(Debug)]
pub struct Draft {
    folder: Folder,
    version: u32,
    building: PathBuf,
    created: bool,
    done: bool,
}

impl Draft {
    /// Its number.
    pub fn version(&self) -> u32 {
        self.version
    }

    /// Where a file of it is written.
    pub fn file(&self, name: &str) -> PathBuf {
        self.building.join(name)
    }

    /// Where a folder of it is filled.
    pub fn subfolder(&self, name: &str) -> Result<PathBuf, Error> {
        let path = self.building.join(name);
        fs::create_dir_all(&path).map_err(|error| unwritable(&path, &error))?;
        Ok(path)
    }

    /// Writes a record (session, report …) of this version.
    pub fn record(&self, name: &str, text: &str) -> Result<(), Error> {
        Ok(write_atomically(&self.file(name), text.as_bytes())?)
    }

    /// Makes it the newest version. `ledger_line` is one line of JSON.
    pub fn finish(mut self, ledger_line: &str) -> Result<Folder, Error> {
        let made: Vec<_> =
            KEPT.iter().chain(&RENEWED).filter(|name| self.file(name).exists()).copied().collect();
        self.record("made.txt", &(made.join("\n") + "\n"))?;
        self.record(LEDGER_LINE, ledger_line)?;
        rename(&self.building, &self.folder.path.join(format!("v{}", self.version)))?;
        self.done = true;
        let folder = Folder { path: self.folder.path.clone(), newest: self.version };
        folder.promote()?;
        Ok(folder)
    }
}

impl Drop for Draft {
    fn drop(&mut self) {
        if !self.done {
            // Nothing more can be done about a failure here: the next opening removes what is left.
            let _ = fs::remove_dir_all(&self.building);
            if self.created {
                let _ = fs::remove_dir(&self.folder.path);
            }
        }
    }
}

/// Whether a folder is an output folder of ours.
pub fn holds_versions(path: &Path) -> bool {
    holds_session(path) && path.join("ledger.jsonl").is_file()
}

/// The number of a version from the name of its folder, `v3`.
pub fn version_of(name: &str) -> Option<u32> {
    let digits = name.strip_prefix('v')?;
    (!digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())).then(|| digits.parse().ok())?
}

fn names_in(path: &Path) -> Result<Vec<String>, Error> {
    let entries = fs::read_dir(path).map_err(|error| unwritable(path, &error))?;
    let mut names = Vec::new();
    for entry in entries {
        names.push(
            entry.map_err(|error| unwritable(path, &error))?.file_name().to_string_lossy().into_owned(),
        );
    }
    names.sort();
    Ok(names)
}

fn rename(from: &Path, to: &Path) -> Result<(), Error> {
    fs::rename(from, to).map_err(|error| unwritable(to, &error))
}

fn remove(path: &Path) -> Result<(), Error> {
    let removed = if path.is_dir() { fs::remove_dir_all(path) } else { fs::remove_file(path) };
    removed.map_err(|error| unwritable(path, &error))
}

fn not_ours(path: &Path, why: &str) -> Error {
    Error::new(ErrorKind::OutputExists, "the output folder is not ours to write in")
        .at(path)
        .because(why)
        .hint("name another folder: -o \"New Folder\"")
        .hint("or move what is there out of the way")
}

fn unwritable(path: &Path, error: &std::io::Error) -> Error {
    let hint = match error.kind() {
        std::io::ErrorKind::PermissionDenied | std::io::ErrorKind::ReadOnlyFilesystem => {
            "write somewhere else: -o \"Another Folder\""
        }
        std::io::ErrorKind::StorageFull => "free some room, or write to another disk: -o \"Another Folder\"",
        _ => "check the disk, or write somewhere else: -o \"Another Folder\"",
    };
    Error::new(ErrorKind::Unwritable, "can't write the output").at(path).because(error.to_string()).hint(hint)
}
