//! Which container a file is, from its first bytes.

use std::path::Path;

use super::bytes::Bytes;
use super::error::{Fault, ReadErrorKind};
use super::info::Log;
use super::{mpeg, ogg, w64};

/// Containers that are read here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Wav(&'static str),
    W64,
    Aiff { compressed: bool },
    Caf,
    Flac { start: u64 },
    Mp3,
    Mp4,
    Ogg(ogg::Codec),
}

/// Looks at the content. Nothing is left to a decoder's own guess: some take RF64 and W64 for MP3.
pub(crate) fn kind(bytes: &mut Bytes) -> Result<Kind, Fault> {
    // An Ogg page head is up to 282 bytes long, with the first packet behind it.
    let head = bytes.some(0, 512)?;
    let tag = mpeg::id3_bytes(&head);
    let behind = bytes.some(tag, 4)?;
    Ok(match (head.get(..4).unwrap_or_default(), head.get(8..12).unwrap_or_default()) {
        (b"RIFF", b"WAVE") => Kind::Wav("wav"),
        (b"RIFX", b"WAVE") => Kind::Wav("rifx"),
        (b"RF64", b"WAVE") => Kind::Wav("rf64"),
        (b"BW64", b"WAVE") => Kind::Wav("bw64"),
        (b"FORM", b"AIFF") => Kind::Aiff { compressed: false },
        (b"FORM", b"AIFC") => Kind::Aiff { compressed: true },
        (b"caff", _) => Kind::Caf,
        (b"OggS", _) => Kind::Ogg(ogg::codec(&head)),
        _ if head.starts_with(&w64::MAGIC) => Kind::W64,
        _ if head.get(4..8) == Some(b"ftyp") => Kind::Mp4,
        _ if behind == b"fLaC" => Kind::Flac { start: tag },
        _ if mpeg::is_mp3(bytes, tag)? => Kind::Mp3,
        _ => {
            let why = "its content is no sound that is known here";
            let todo = "Give WAV, AIFF, FLAC, MP3, M4A, Ogg, Opus or CAF";
            return Err(Fault::new(ReadErrorKind::NotAudio, why, todo));
        }
    })
}

/// Notes a name that promises another container than the content is.
pub(crate) fn note_extension(path: &Path, kind: Kind, log: &mut Log) {
    let Some(extension) = path.extension().and_then(|e| e.to_str()).map(str::to_ascii_lowercase) else {
        return;
    };
    let (usual, name): (&[&str], &str) = match kind {
        Kind::Wav(name) => (&["wav", "wave", "bwf", "rf64", "bw64", "rifx"], name),
        Kind::W64 => (&["w64", "wav"], "w64"),
        Kind::Aiff { .. } => (&["aif", "aiff", "aifc", "afc"], "aiff"),
        Kind::Caf => (&["caf"], "caf"),
        Kind::Flac { .. } => (&["flac", "fla"], "flac"),
        Kind::Mp3 => (&["mp3"], "mp3"),
        Kind::Mp4 => (&["m4a", "mp4", "m4b", "m4p", "mov", "alac", "aac"], "mp4"),
        Kind::Ogg(_) => (&["ogg", "oga", "opus"], "ogg"),
    };
    if !usual.contains(&extension.as_str()) {
        let message = format!("the name ends in .{extension}, the content is {}", name.to_uppercase());
        log.note("wrong-extension", message, None);
    }
}
