//! Whatever step of writing fails, the old file is whole, the caller is told, and nothing is left lying about.
#![allow(clippy::unwrap_used, clippy::panic)] // Helpers of tests are tests.

mod write_support;

use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use mixkeel_dsp::block::{Channels, Signal};
use mixkeel_io::write::disk::{FileSystem, Readable, RealDisk, Standing, Target};
use mixkeel_io::write::{Bits, Format, Kind, WriteError, create_on, write_atomically_on};
use write_support::{Noise, spec};

/// The real disk, but the n-th thing asked of it fails as on a full disk; a write that fails leaves half of it behind.
#[derive(Clone)]
struct Failing {
    left: Arc<AtomicI64>,
    folder_synced: Arc<AtomicI64>,
}

impl Failing {
    fn at(step: i64) -> Self {
        Self { left: Arc::new(AtomicI64::new(step)), folder_synced: Arc::default() }
    }

    fn step(&self) -> io::Result<()> {
        match self.left.fetch_sub(1, Ordering::Relaxed) {
            0 => Err(io::ErrorKind::StorageFull.into()),
            _ => Ok(()),
        }
    }

    fn fired(&self) -> bool {
        self.left.load(Ordering::Relaxed) < 0
    }
}

struct FailingFile(Box<dyn Target>, Failing);

impl Write for FailingFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if let Err(full) = self.1.step() {
            self.0.write_all(&bytes[..bytes.len() / 2])?;
            return Err(full);
        }
        self.0.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.1.step()?;
        self.0.flush()
    }
}

impl Seek for FailingFile {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.1.step()?;
        self.0.seek(to)
    }
}

impl Target for FailingFile {
    fn sync(&mut self) -> io::Result<()> {
        self.1.step()?;
        self.0.sync()
    }
}

struct FailingRead(Box<dyn Readable>, Failing);

impl Read for FailingRead {
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        self.1.step()?;
        self.0.read(bytes)
    }
}

impl Seek for FailingRead {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.1.step()?;
        self.0.seek(to)
    }
}

impl FileSystem for Failing {
    fn create_new(&self, path: &Path) -> io::Result<Box<dyn Target>> {
        self.step()?;
        Ok(Box::new(FailingFile(RealDisk.create_new(path)?, self.clone())))
    }

    fn open(&self, path: &Path) -> io::Result<Box<dyn Readable>> {
        self.step()?;
        Ok(Box::new(FailingRead(RealDisk.open(path)?, self.clone())))
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.step()?;
        RealDisk.rename(from, to)
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        RealDisk.remove(path)
    }

    fn sync_folder(&self, folder: &Path) -> io::Result<()> {
        self.folder_synced.store(1, Ordering::Relaxed);
        self.step()?;
        RealDisk.sync_folder(folder)
    }

    fn standing(&self, path: &Path) -> io::Result<Standing> {
        self.step()?;
        RealDisk.standing(path)
    }

    fn follow(&self, path: &Path) -> PathBuf {
        RealDisk.follow(path)
    }
}

/// Runs `write` with a fault at step 0, 1, 2 … until none fires any more; returns how many steps there were.
fn until_no_fault_fires(
    name: &str,
    write: impl Fn(Arc<dyn FileSystem>, &Path) -> Result<(), WriteError>,
) -> i64 {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    write(Arc::new(RealDisk), &path).unwrap();
    let new = std::fs::read(&path).unwrap();
    for step in 0.. {
        std::fs::write(&path, b"the old file").unwrap();
        let disk = Failing::at(step);
        let done = write(Arc::new(disk.clone()), &path);
        let found = std::fs::read(&path).unwrap();
        let names: Vec<_> =
            std::fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        assert_eq!(names, [name], "nothing is left after a fault at step {step}");
        if !disk.fired() {
            done.unwrap();
            assert!(found == new);
            return step;
        }
        let told = done.unwrap_err();
        assert_eq!(told.kind(), Kind::NoSpace, "step {step}: {told}");
        assert!(told.to_string().contains(name) && !told.remedy().is_empty(), "{told}");
        // Once the folder is being synced the new file has its name already: it is whole, only perhaps not yet safe.
        let renamed = disk.folder_synced.load(Ordering::Relaxed) == 1;
        assert!(found == if renamed { new.as_slice() } else { b"the old file" }, "step {step}");
    }
    unreachable!("some step is the last")
}

fn noise(frames: usize) -> Vec<f32> {
    let mut noise = Noise(17);
    (0..frames).map(|_| noise.sample()).collect()
}

#[test]
fn a_fault_anywhere_keeps_the_old_file() {
    let sound = noise(120_000);
    for (format, bits) in [(Format::Wav, Bits::F32), (Format::Wav, Bits::I24), (Format::Flac, Bits::I24)] {
        let steps = until_no_fault_fires(&format!("mix.{}", format.extension()), |disk, path| {
            let mut writer = create_on(disk, path, &spec(format, bits, Channels::Stereo))?;
            for block in sound.chunks(4096) {
                writer.write(Signal::stereo(block, block))?;
            }
            writer.finish().map(|_| ())
        });
        assert!(steps >= 10, "{format:?}: only {steps} steps were tried");
    }
    let steps = until_no_fault_fires("session.toml", |disk, path| {
        write_atomically_on(disk, path, b"title = \"new\"\n")
    });
    assert!(steps >= 6, "only {steps} steps were tried");
}

#[test]
fn a_writer_that_failed_cannot_be_finished() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("mix.wav");
    let sound = noise(100_000);
    // Looking, making, the header: the fourth step is the first samples.
    let mut writer =
        create_on(Arc::new(Failing::at(3)), &path, &spec(Format::Wav, Bits::F32, Channels::Mono)).unwrap();
    assert_eq!(writer.write(Signal::mono(&sound)).unwrap_err().kind(), Kind::NoSpace);
    assert!(writer.write(Signal::mono(&sound)).is_err());
    assert!(writer.finish().is_err());
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[test]
fn a_writer_that_is_dropped_leaves_no_trace() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("mix.flac");
    let mut writer =
        create_on(Arc::new(RealDisk), &path, &spec(Format::Flac, Bits::I16, Channels::Mono)).unwrap();
    writer.write(Signal::mono(&noise(10_000))).unwrap();
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    drop(writer);
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
}

/// Gives other bytes to whoever reads than were written: a disk that lies.
struct Lying;

impl FileSystem for Lying {
    fn create_new(&self, path: &Path) -> io::Result<Box<dyn Target>> {
        RealDisk.create_new(path)
    }

    fn open(&self, path: &Path) -> io::Result<Box<dyn Readable>> {
        let mut bytes = std::fs::read(path)?;
        // The first byte of the digest in the stream info: 4 of the marker, 4 of the head, 18 before it.
        bytes[26] ^= 1;
        Ok(Box::new(io::Cursor::new(bytes)))
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        RealDisk.rename(from, to)
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        RealDisk.remove(path)
    }

    fn sync_folder(&self, folder: &Path) -> io::Result<()> {
        RealDisk.sync_folder(folder)
    }

    fn standing(&self, path: &Path) -> io::Result<Standing> {
        RealDisk.standing(path)
    }

    fn follow(&self, path: &Path) -> PathBuf {
        RealDisk.follow(path)
    }
}

#[test]
fn a_flac_file_that_does_not_decode_to_what_was_meant_never_gets_its_name() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("mix.flac");
    std::fs::write(&path, b"the old file").unwrap();
    let mut writer =
        create_on(Arc::new(Lying), &path, &spec(Format::Flac, Bits::I24, Channels::Mono)).unwrap();
    writer.write(Signal::mono(&noise(10_000))).unwrap();
    let told = writer.finish().unwrap_err();
    assert_eq!(told.kind(), Kind::VerifyFailed, "{told}");
    assert_eq!(std::fs::read(&path).unwrap(), b"the old file");
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
}
