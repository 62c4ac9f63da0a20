//! Reads sound from disk in blocks: what the bytes say, not what the name says.
//!
//! Nothing is held in memory but a block; no buffer is sized by a header; every repair is a [`Problem`], never silence.

mod aiff;
mod at_rate;
mod bytes;
mod caf;
mod containers;
mod error;
mod flac;
mod fold;
mod format;
mod info;
mod mp4;
mod mpeg;
mod ogg;
mod opus;
mod packed;
mod pcm;
mod reader;
mod sniff;
mod sound;
mod stream;
mod text;
mod w64;
mod wav;

use std::path::Path;

pub use at_rate::AtRate;
pub use error::{ReadError, ReadErrorKind};
pub use info::{Info, Marker, Problem};
pub use reader::{Downmix, Reader};

use bytes::Bytes;
use error::Fault;
use info::Log;

/// Opens a file of sound by its content; the extension decides nothing.
///
/// # Errors
/// When there is no such file, it may not be read, it is empty, it is no sound, or a kind of sound that is not read here; when it
/// has more than two channels and `downmix` says to refuse; when its rate lies outside 1–768 kHz.
pub fn open(path: &Path, downmix: Downmix) -> Result<Reader, ReadError> {
    open_here(path, downmix).map_err(|fault| fault.at("cannot open", path))
}

fn open_here(path: &Path, downmix: Downmix) -> Result<Reader, Fault> {
    // Looked at before it is opened: opening a named pipe would wait for somebody to write into it.
    let meta = std::fs::metadata(path)?;
    if !meta.is_file() {
        let what = if meta.is_dir() { "it is a folder" } else { "it is a device or a pipe, no file" };
        return Err(Fault::new(ReadErrorKind::NotReadable, what, "Give a file of sound"));
    }
    if meta.len() == 0 {
        return Err(Fault::new(ReadErrorKind::Empty, "it is empty (0 bytes)", "Export or copy it again"));
    }
    let mut bytes = Bytes::new(std::fs::File::open(path)?)?;
    let mut log = Log::default();
    let kind = sniff::kind(&mut bytes)?;
    sniff::note_extension(path, kind, &mut log);
    let sound = containers::open(path, bytes, kind, &mut log)?;
    Reader::new(path, sound, downmix, log)
}
