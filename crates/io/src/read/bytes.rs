//! A file as numbered bytes: small reads come from one window, so walking headers costs one disk access a window.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};

/// Bytes looked at together while walking headers. Ours: two pages of common machines, a few hundred chunk headers.
const WINDOW: usize = 8192;

/// The bytes of a file.
#[derive(Debug)]
pub(crate) struct Bytes {
    file: File,
    length: u64,
    window: Vec<u8>,
    window_at: u64,
    file_at: Option<u64>,
}

impl Bytes {
    pub fn new(file: File) -> std::io::Result<Self> {
        let length = file.metadata()?.len();
        Ok(Self { file, length, window: Vec::new(), window_at: 0, file_at: None })
    }

    /// Bytes in the file when it was opened. What is written behind them later is not read.
    pub fn length(&self) -> u64 {
        self.length
    }

    /// Reads straight from the disk; gives the bytes read, fewer only at the end of the file.
    pub fn read_at(&mut self, at: u64, into: &mut [u8]) -> std::io::Result<usize> {
        let wanted = into.len().min(usize::try_from(self.length.saturating_sub(at)).unwrap_or(usize::MAX));
        if self.file_at != Some(at) {
            self.file.seek(SeekFrom::Start(at))?;
        }
        self.file_at = None;
        let mut done = 0;
        while done < wanted {
            match self.file.read(&mut into[done..wanted]) {
                Ok(0) => break,
                Ok(n) => done += n,
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        self.file_at = Some(at + done as u64);
        Ok(done)
    }

    /// `N` bytes through the window, or nothing if the file ends before.
    pub fn array<const N: usize>(&mut self, at: u64) -> std::io::Result<Option<[u8; N]>> {
        if at.checked_add(N as u64).is_none_or(|end| end > self.length) || N > WINDOW {
            return Ok(None);
        }
        let inside = at >= self.window_at && at + N as u64 <= self.window_at + self.window.len() as u64;
        if !inside {
            let mut window = std::mem::take(&mut self.window);
            window.resize(WINDOW, 0);
            let got = self.read_at(at, &mut window)?;
            window.truncate(got);
            self.window = window;
            self.window_at = at;
        }
        let from = (at - self.window_at) as usize;
        Ok(self.window.get(from..from + N).and_then(|bytes| bytes.try_into().ok()))
    }

    /// Up to `most` bytes from a place, fewer at the end of the file: for texts and tables of bounded size.
    pub fn some(&mut self, at: u64, most: usize) -> std::io::Result<Vec<u8>> {
        let wanted = most.min(usize::try_from(self.length.saturating_sub(at)).unwrap_or(usize::MAX));
        let mut bytes = vec![0; wanted];
        let got = self.read_at(at, &mut bytes)?;
        bytes.truncate(got);
        Ok(bytes)
    }

    /// Gives the window back: an open file that nobody reads costs almost nothing.
    pub fn forget_window(&mut self) {
        self.window = Vec::new();
    }
}
