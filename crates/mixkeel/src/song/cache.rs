//! Profiles kept between runs, so that a file that has not changed is not measured again.

use std::fs::{self, File, FileTimes};
use std::io::{self, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use mixkeel_analysis::profile::{Profile, VERSION};
use mixkeel_io::read::Downmix;
use mixkeel_io::write::write_atomically;
use mixkeel_judge::evidence::Evidence;
use sha2::{Digest as _, Sha256};

use super::measure::Take;
use crate::ENGINE_VERSION;

/// How much is read at the beginning and at the end of a file. Ours: holds every header there is, and the tags that some
/// formats have at the end.
const ENDS_BYTES: u64 = 65_536;

/// How many places between are looked at, and how much of each. Ours: with the ends 192 KiB a file, read in a millisecond.
/// A change that keeps size, time and all of these is not seen; none that a program makes by accident does.
const PLACES: u64 = 16;
const PLACE_BYTES: u64 = 4_096;

/// How much is kept unless somebody says otherwise: 1 GiB, some 1,000 stereo tracks of four minutes.
const KEPT_BYTES: u64 = 1 << 30;

/// Where profiles are kept, if anywhere. What goes wrong with it is never an error: then tracks are measured.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cache {
    folder: Option<PathBuf>,
    kept_bytes: u64,
}

/// What stands for the content of a recording: the same as long as nothing about it has changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Key(String);

impl Default for Cache {
    fn default() -> Self {
        Self::off()
    }
}

impl Cache {
    /// Nothing is kept; what the library does unless told otherwise.
    pub fn off() -> Self {
        Self { folder: None, kept_bytes: KEPT_BYTES }
    }

    /// Kept in a folder, which is made where it is missing.
    pub fn at(folder: impl Into<PathBuf>) -> Self {
        Self { folder: Some(folder.into()), ..Self::off() }
    }

    /// Kept where this user's programs keep such things: `mixkeel/profiles` in `$XDG_CACHE_HOME`, else in `~/.cache` (XDG Base
    /// Directory Specification). Nowhere if neither is known.
    pub fn of_user() -> Self {
        let absolute =
            |name: &str| std::env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
        let caches = absolute("XDG_CACHE_HOME").or_else(|| Some(absolute("HOME")?.join(".cache")));
        Self { folder: caches.map(|path| path.join("mixkeel").join("profiles")), ..Self::off() }
    }

    /// With another bound on what is kept, in bytes. What has gone unused longest is dropped first.
    #[must_use]
    pub fn holding(mut self, bytes: u64) -> Self {
        self.kept_bytes = bytes;
        self
    }

    /// The key of a take, if there is a cache and the files can be read.
    pub(crate) fn key(&self, take: &Take, downmix: Downmix) -> Option<Key> {
        self.key_of(&format!(" {downmix:?}"), std::iter::once(&take.left).chain(&take.right))
    }

    /// The key of what follows from a text and some recordings, if there is a cache and the files can be read.
    pub(crate) fn key_of<'f>(&self, text: &str, files: impl IntoIterator<Item = &'f PathBuf>) -> Option<Key> {
        self.folder.as_ref()?;
        let mut hash = Sha256::new();
        hash.update(format!("{VERSION} {ENGINE_VERSION}"));
        hash.update(text);
        for path in files {
            look_at(path, &mut hash).ok()?;
        }
        Some(Key(hash.finalize().iter().take(16).map(|byte| format!("{byte:02x}")).collect()))
    }

    /// The evidence kept under a key.
    pub(crate) fn evidence(&self, key: &Key) -> Option<Evidence> {
        serde_json::from_slice(&fs::read(self.of_evidence(key)?).ok()?).ok()
    }

    /// Keeps evidence.
    pub(crate) fn keep_evidence(&self, key: &Key, evidence: &Evidence) {
        let Some(path) = self.of_evidence(key) else { return };
        let made = path.parent().is_none_or(|folder| fs::create_dir_all(folder).is_ok());
        if let (true, Ok(text)) = (made, serde_json::to_vec(evidence)) {
            let _ = write_atomically(&path, &text);
        }
    }

    fn of_evidence(&self, key: &Key) -> Option<PathBuf> {
        Some(self.entry(key)?.with_extension("evidence"))
    }

    /// The profile kept under a key.
    pub(crate) fn get(&self, key: &Key) -> Option<Profile> {
        let path = self.entry(key)?;
        let profile = Profile::from_bytes(&fs::read(&path).ok()?).ok()?;
        // Used now, so dropped late.
        let _ = File::options()
            .append(true)
            .open(&path)
            .and_then(|file| file.set_times(FileTimes::new().set_modified(SystemTime::now())));
        Some(profile)
    }

    /// Whether a profile is kept under a key: none is of a recording in which something had to be put right.
    pub(crate) fn holds(&self, key: &Key) -> bool {
        self.entry(key).is_some_and(|path| path.is_file())
    }

    /// Keeps a profile.
    pub(crate) fn put(&self, key: &Key, profile: &Profile) {
        let Some(path) = self.entry(key) else { return };
        let made = path.parent().is_none_or(|folder| fs::create_dir_all(folder).is_ok());
        if made {
            // Whole or not at all; a disk that is full or protected has no cache.
            let _ = write_atomically(&path, &profile.to_bytes());
        }
    }

    /// Drops what has gone unused longest until no more is kept than there should be.
    pub(crate) fn tidy(&self) {
        let Some(entries) = self.folder.as_ref().and_then(|folder| fs::read_dir(folder).ok()) else { return };
        let mut kept: Vec<(SystemTime, PathBuf, u64)> = entries
            .filter_map(|entry| {
                let entry = entry.ok()?;
                let facts = entry.metadata().ok().filter(fs::Metadata::is_file)?;
                Some((facts.modified().unwrap_or(UNIX_EPOCH), entry.path(), facts.len()))
            })
            .collect();
        kept.sort();
        let mut total: u64 = kept.iter().map(|(_, _, bytes)| bytes).sum();
        for (_, path, bytes) in kept {
            if total <= self.kept_bytes {
                break;
            }
            if fs::remove_file(path).is_ok() {
                total -= bytes;
            }
        }
    }

    fn entry(&self, key: &Key) -> Option<PathBuf> {
        Some(self.folder.as_ref()?.join(&key.0).with_extension("profile"))
    }
}

/// Size, time, both ends and places between.
fn look_at(path: &Path, hash: &mut Sha256) -> io::Result<()> {
    let mut file = File::open(path)?;
    let facts = file.metadata()?;
    let since = facts.modified()?.duration_since(UNIX_EPOCH).map_err(io::Error::other)?;
    let size = facts.len();
    hash.update(size.to_le_bytes());
    hash.update(since.as_nanos().to_le_bytes());
    let mut look = |from: u64, bytes: u64| -> io::Result<()> {
        file.seek(SeekFrom::Start(from))?;
        io::copy(&mut (&file).take(bytes), hash).map(drop)
    };
    if size <= 2 * ENDS_BYTES + PLACES * PLACE_BYTES {
        return look(0, size);
    }
    look(0, ENDS_BYTES)?;
    let between = size - 2 * ENDS_BYTES - PLACE_BYTES;
    for place in 0..PLACES {
        look(ENDS_BYTES + between / PLACES * place, PLACE_BYTES)?;
    }
    look(size - ENDS_BYTES, ENDS_BYTES)
}
