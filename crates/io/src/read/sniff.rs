//! Which container a file is, from its first bytes.

use std::path::Path;

use super::bytes::Bytes;
use super::error::{Fault, ReadErrorKind};
use super::info::Log;

/// Containers that are read here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Wav(&'static str),
    Aiff { compressed: bool },
}

/// Looks at the content.
pub(crate) fn kind(bytes: &mut Bytes) -> Result<Kind, Fault> {
    let head = bytes.some(0, 64)?;
    let form = head.get(8..12);
    match (head.get(..4), form) {
        (Some(b"RIFF"), Some(b"WAVE")) => Ok(Kind::Wav("wav")),
        (Some(b"RIFX"), Some(b"WAVE")) => Ok(Kind::Wav("rifx")),
        (Some(b"RF64"), Some(b"WAVE")) => Ok(Kind::Wav("rf64")),
        (Some(b"BW64"), Some(b"WAVE")) => Ok(Kind::Wav("bw64")),
        (Some(b"FORM"), Some(b"AIFF")) => Ok(Kind::Aiff { compressed: false }),
        (Some(b"FORM"), Some(b"AIFC")) => Ok(Kind::Aiff { compressed: true }),
        _ => Err(Fault::new(
            ReadErrorKind::NotAudio,
            "its content is no sound that is known here",
            "Give WAV, AIFF, FLAC, MP3, M4A, Ogg, Opus or CAF",
        )),
    }
}

/// Notes a name that promises another container than the content is.
pub(crate) fn note_extension(path: &Path, kind: Kind, log: &mut Log) {
    let Some(extension) = path.extension().and_then(|e| e.to_str()).map(str::to_ascii_lowercase) else {
        return;
    };
    let (usual, name): (&[&str], &str) = match kind {
        Kind::Wav(name) => (&["wav", "wave", "bwf", "rf64", "bw64", "w64", "rifx", "bwav"], name),
        Kind::Aiff { compressed: false } => (&["aif", "aiff", "aifc", "afc"], "aiff"),
        Kind::Aiff { compressed: true } => (&["aif", "aiff", "aifc", "afc"], "aifc"),
    };
    if !usual.contains(&extension.as_str()) {
        let message = format!("the name ends in .{extension}, the content is {}", name.to_uppercase());
        log.note("wrong-extension", message, None);
    }
}
