//! A file that appears under its name whole or not at all: hidden neighbour, sync, rename, sync of the folder.

use std::io::{self, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::disk::{FileSystem, Readable, RealDisk, Standing, Target};
use super::error::{Kind, WriteError};

/// The longest name that every common file system takes: 255 bytes on ext4, XFS and Btrfs, 255 UTF-16 units on NTFS,
/// APFS and exFAT, which is never less.
const LONGEST_NAME_BYTES: usize = 255;

/// How many hidden neighbours may be in the way (of other writers, or left by ones that were killed) before giving up.
/// Ours: each is a whole file, so a thousand of them are a fault that somebody should see.
const MOST_NEIGHBOURS: u32 = 1000;

/// Puts `bytes` under the name `path`, replacing what bore it, all or nothing.
///
/// # Errors
/// When any step fails; the old file is then untouched and nothing is left behind.
pub fn write_atomically(path: &Path, bytes: &[u8]) -> Result<(), WriteError> {
    write_atomically_on(Arc::new(RealDisk), path, bytes)
}

/// [`write_atomically`] on a file system of the caller's choice.
///
/// # Errors
/// As for [`write_atomically`].
pub fn write_atomically_on(disk: Arc<dyn FileSystem>, path: &Path, bytes: &[u8]) -> Result<(), WriteError> {
    let mut file = Partial::create(disk, path)?;
    file.append(bytes)?;
    file.commit().map(|_| ())
}

/// A file under its hidden name. Dropped before [`Partial::commit`] it removes itself.
pub(crate) struct Partial {
    disk: Arc<dyn FileSystem>,
    file: Option<Box<dyn Target>>,
    hidden: PathBuf,
    path: PathBuf,
    bytes: u64,
}

impl Partial {
    pub(crate) fn create(disk: Arc<dyn FileSystem>, path: &Path) -> Result<Self, WriteError> {
        let path = disk.follow(path);
        let Some(name) = path.file_name().map(|name| name.to_string_lossy().into_owned()) else {
            return Err(WriteError::new(Kind::NoFolder, &path, "this names no file", "Add a file name."));
        };
        let refuse = |why, remedy| Err(WriteError::new(Kind::Exists, &path, why, remedy));
        match disk
            .standing(&path)
            .map_err(|error| WriteError::system(&path, "looking at the old file", error))?
        {
            Standing::Nothing | Standing::File => {}
            Standing::Other => {
                return refuse("a folder, device or pipe bears this name", "Choose another name.");
            }
            Standing::Protected => {
                return Err(WriteError::new(
                    Kind::ReadOnly,
                    &path,
                    "the file there is protected against writing",
                    "Allow writing to it, or choose another name.",
                ));
            }
        }
        for number in 0..MOST_NEIGHBOURS {
            let hidden = path.with_file_name(hidden_name(&name, number));
            match disk.create_new(&hidden) {
                Ok(file) => return Ok(Self { disk, file: Some(file), hidden, path, bytes: 0 }),
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(WriteError::system(&path, "making a new file beside it", error)),
            }
        }
        refuse(
            "too many unfinished files lie beside it",
            "Remove the hidden files whose names contain \".partial-\".",
        )
    }

    /// The name the file will bear.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Bytes appended so far.
    pub(crate) fn bytes(&self) -> u64 {
        self.bytes
    }

    pub(crate) fn append(&mut self, bytes: &[u8]) -> Result<(), WriteError> {
        let done = self.file().and_then(|file| file.write_all(bytes));
        done.map_err(|error| WriteError::system(&self.path, "writing", error))?;
        self.bytes += bytes.len() as u64;
        Ok(())
    }

    /// Writes over what is at the beginning; the rest stays.
    pub(crate) fn overwrite_start(&mut self, bytes: &[u8]) -> Result<(), WriteError> {
        let over = |file: &mut Box<dyn Target>| {
            file.seek(SeekFrom::Start(0))?;
            file.write_all(bytes)?;
            file.seek(SeekFrom::End(0)).map(|_| ())
        };
        self.file()
            .and_then(over)
            .map_err(|error| WriteError::system(&self.path, "writing the header", error))
    }

    /// What has been written so far, to be read back.
    pub(crate) fn read_back(&mut self) -> Result<Box<dyn Readable>, WriteError> {
        let flushed = self.file().and_then(|file| file.flush());
        flushed
            .and_then(|()| self.disk.open(&self.hidden))
            .map_err(|error| WriteError::system(&self.path, "reading back", error))
    }

    /// Puts the file under its name and returns how long the medium took to take it.
    pub(crate) fn commit(mut self) -> Result<Duration, WriteError> {
        let began = Instant::now();
        let synced = self.file().and_then(|file| {
            file.flush()?;
            file.sync()
        });
        synced.map_err(|error| WriteError::system(&self.path, "bringing it safely to the disk", error))?;
        let mut spent = began.elapsed();
        self.file = None; // Windows renames only closed files.
        let renamed = self.disk.rename(&self.hidden, &self.path);
        renamed.map_err(|error| {
            // The rename failed, so the hidden file is still there: keep it known to `drop`.
            WriteError::system(&self.path, "giving it its name", error)
        })?;
        let (disk, path) = (self.disk.clone(), self.path.clone());
        self.hidden = PathBuf::new();
        let began = Instant::now();
        let folder = match path.parent() {
            Some(folder) if !folder.as_os_str().is_empty() => folder,
            _ => Path::new("."),
        };
        let synced = disk.sync_folder(folder);
        synced.map_err(|error| WriteError::system(&path, "bringing its folder safely to the disk", error))?;
        spent += began.elapsed();
        Ok(spent)
    }

    fn file(&mut self) -> io::Result<&mut Box<dyn Target>> {
        self.file.as_mut().ok_or_else(|| io::Error::other("the file is closed already"))
    }
}

impl Drop for Partial {
    fn drop(&mut self) {
        self.file = None;
        if !self.hidden.as_os_str().is_empty() {
            // Nothing can be done about a failure here, and the error that led here is already on its way.
            let _ = self.disk.remove(&self.hidden);
        }
    }
}

/// `.name.partial-3`, cut between characters so that it is never too long.
fn hidden_name(name: &str, number: u32) -> String {
    let ending = format!(".partial-{number}");
    let mut kept = name.len().min(LONGEST_NAME_BYTES - 1 - ending.len());
    while !name.is_char_boundary(kept) {
        kept -= 1;
    }
    format!(".{}{ending}", &name[..kept])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hidden_name_fits_every_file_system() {
        assert_eq!(hidden_name("mix.wav", 0), ".mix.wav.partial-0");
        for length in 1..=64 {
            let name = "🎚".repeat(length);
            let hidden = hidden_name(&name, 999);
            assert!(hidden.len() <= LONGEST_NAME_BYTES && hidden.ends_with(".partial-999"), "{hidden}");
        }
    }
}
