//! A desk to try the program at: a folder of one's own, a small song, and what the program said.

#![allow(dead_code, reason = "each test file uses the part it needs")]
#![allow(clippy::expect_used, reason = "a desk that cannot be set up fails the test")]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Frames a second of the song's files.
pub const RATE_HZ: u32 = 48_000;

/// A folder that goes when the test ends.
pub struct Desk {
    folder: tempfile::TempDir,
    /// What the program keeps for the next run: not that of whoever runs the tests.
    kept: tempfile::TempDir,
}

/// What a run came to.
#[derive(Debug)]
pub struct Said {
    /// The exit code.
    pub code: Option<i32>,
    /// stdout.
    pub data: String,
    /// stderr.
    pub talk: String,
}

impl Desk {
    /// An empty desk.
    pub fn new() -> Self {
        let folder = || tempfile::tempdir().expect("a folder of one's own");
        Self { folder: folder(), kept: folder() }
    }

    /// A desk with `My Song`: four tracks of three seconds. And `take.wav`, one recording.
    pub fn with_song() -> Self {
        let desk = Self::new();
        for (name, freq_hz) in [("Kick", 55.0), ("Bass", 110.0), ("Lead Vox", 440.0), ("Audio 07", 660.0)] {
            desk.write(&format!("My Song/{name}.wav"), &wav(freq_hz, 3 * RATE_HZ));
        }
        desk.write("take.wav", &wav(220.0, RATE_HZ));
        desk
    }

    /// A path on the desk.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Puts a file on the desk.
    pub fn write(&self, name: &str, bytes: &[u8]) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().expect("below the desk")).expect("a folder");
        fs::write(path, bytes).expect("a file");
    }

    /// Runs the program with the desk as the current folder, without a terminal.
    pub fn run(&self, arguments: &[&str]) -> Said {
        let output = self.command(arguments).output().expect("the program starts");
        Said {
            code: output.status.code(),
            data: String::from_utf8(output.stdout).expect("stdout is UTF-8"),
            talk: String::from_utf8(output.stderr).expect("stderr is UTF-8"),
        }
    }

    /// The program, ready to be started.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_mixkeel"));
        command.args(arguments).current_dir(self.folder.path()).env("XDG_CACHE_HOME", self.kept.path());
        command
    }

    /// Every file on the desk and what is in it; folders with `None`.
    pub fn everything(&self) -> BTreeMap<PathBuf, Option<Vec<u8>>> {
        let mut found = BTreeMap::new();
        collect(self.folder.path(), &mut found);
        found
    }
}

fn collect(folder: &Path, found: &mut BTreeMap<PathBuf, Option<Vec<u8>>>) {
    for entry in fs::read_dir(folder).expect("readable") {
        let path = entry.expect("readable").path();
        if path.is_dir() {
            found.insert(path.clone(), None);
            collect(&path, found);
        } else {
            found.insert(path.clone(), Some(fs::read(&path).unwrap_or_default()));
        }
    }
}

/// A 16-bit mono WAV of a triangle wave at −12 dBFS, written byte by byte.
pub fn wav(freq_hz: f64, length_frames: u32) -> Vec<u8> {
    let data_bytes = length_frames * 2;
    let mut bytes = Vec::new();
    bytes.extend_from_slice(b"RIFF");
    bytes.extend_from_slice(&(36 + data_bytes).to_le_bytes());
    bytes.extend_from_slice(b"WAVEfmt ");
    bytes.extend_from_slice(&16_u32.to_le_bytes());
    bytes.extend_from_slice(&1_u16.to_le_bytes());
    bytes.extend_from_slice(&1_u16.to_le_bytes());
    bytes.extend_from_slice(&RATE_HZ.to_le_bytes());
    bytes.extend_from_slice(&(RATE_HZ * 2).to_le_bytes());
    bytes.extend_from_slice(&2_u16.to_le_bytes());
    bytes.extend_from_slice(&16_u16.to_le_bytes());
    bytes.extend_from_slice(b"data");
    bytes.extend_from_slice(&data_bytes.to_le_bytes());
    for frame in 0..length_frames {
        let phase = (f64::from(frame) * freq_hz / f64::from(RATE_HZ)).fract();
        let triangle = 4.0 * (phase - 0.5).abs() - 1.0;
        bytes.extend_from_slice(&((triangle * 0.25 * 32767.0) as i16).to_le_bytes());
    }
    bytes
}
