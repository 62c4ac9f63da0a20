//! The few things a writer asks of a file system, as a trait, so that tests can refuse any one of them.

use std::fs;
use std::io::{self, Read, Seek, Write};
use std::path::{Path, PathBuf};

/// A file being written.
pub trait Target: Write + Seek + Send {
    /// Returns once the contents are on the medium, not only in memory.
    fn sync(&mut self) -> io::Result<()>;
}

/// A file being read.
pub trait Readable: Read + Seek + Send + Sync {}

impl<T: Read + Seek + Send + Sync> Readable for T {}

/// What stands under a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Nothing.
    Nothing,
    /// A plain file that may be replaced.
    File,
    /// A plain file that somebody protected against writing.
    Protected,
    /// A folder, a device, a pipe: not to be replaced by a file.
    Other,
}

/// A file system, as far as writing atomically needs one.
pub trait FileSystem: Send + Sync {
    /// Makes a file that was not there; `AlreadyExists` when it was.
    fn create_new(&self, path: &Path) -> io::Result<Box<dyn Target>>;
    /// Opens a file to be read.
    fn open(&self, path: &Path) -> io::Result<Box<dyn Readable>>;
    /// Gives a file another name in the same folder, replacing what bore it, at once.
    fn rename(&self, from: &Path, to: &Path) -> io::Result<()>;
    /// Removes a file.
    fn remove(&self, path: &Path) -> io::Result<()>;
    /// Returns once the names in this folder are on the medium.
    fn sync_folder(&self, folder: &Path) -> io::Result<()>;
    /// What stands under this name now.
    fn standing(&self, path: &Path) -> io::Result<Standing>;
    /// The name behind a symbolic link, so that a link stays one and its target is replaced; else the same name.
    fn follow(&self, path: &Path) -> PathBuf;
}

/// The file system of this computer.
#[derive(Clone, Copy, Debug, Default)]
pub struct RealDisk;

impl Target for fs::File {
    fn sync(&mut self) -> io::Result<()> {
        self.sync_all()
    }
}

impl FileSystem for RealDisk {
    fn create_new(&self, path: &Path) -> io::Result<Box<dyn Target>> {
        Ok(Box::new(fs::OpenOptions::new().read(true).write(true).create_new(true).open(path)?))
    }

    fn open(&self, path: &Path) -> io::Result<Box<dyn Readable>> {
        Ok(Box::new(fs::File::open(path)?))
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        fs::rename(from, to)
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        fs::remove_file(path)
    }

    #[cfg(unix)]
    fn sync_folder(&self, folder: &Path) -> io::Result<()> {
        match fs::File::open(folder)?.sync_all() {
            // Some network and FUSE file systems have no such call for folders; the rename itself is still atomic there.
            Err(error)
                if matches!(error.kind(), io::ErrorKind::InvalidInput | io::ErrorKind::Unsupported) =>
            {
                Ok(())
            }
            done => done,
        }
    }

    /// Windows has no handle on a folder that could be flushed; its file systems journal the rename themselves.
    #[cfg(not(unix))]
    fn sync_folder(&self, _folder: &Path) -> io::Result<()> {
        Ok(())
    }

    fn standing(&self, path: &Path) -> io::Result<Standing> {
        match fs::metadata(path) {
            Ok(found) if !found.is_file() => Ok(Standing::Other),
            Ok(found) if found.permissions().readonly() => Ok(Standing::Protected),
            Ok(_) => Ok(Standing::File),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Standing::Nothing),
            Err(error) => Err(error),
        }
    }

    fn follow(&self, path: &Path) -> PathBuf {
        match fs::symlink_metadata(path) {
            Ok(found) if found.is_symlink() => fs::canonicalize(path).unwrap_or_else(|_| path.to_owned()),
            _ => path.to_owned(),
        }
    }
}
