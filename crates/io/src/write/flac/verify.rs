//! Decodes what was written with a decoder that is not ours, and compares it with what was meant.

use std::io;

use symphonia::core::codecs::audio::{AudioDecoder, AudioDecoderOptions};
use symphonia::core::errors::Error;
use symphonia::core::formats::{FormatOptions, FormatReader, TrackType};
use symphonia::core::io::{MediaSourceStream, ReadOnlySource};
use symphonia::default::codecs::FlacDecoder;
use symphonia::default::formats::FlacReader;

use crate::write::disk::Readable;

/// Why a stream is not what it should be.
pub(super) enum Wrong {
    /// It could not be read.
    Disk(io::Error),
    /// It could be read and is wrong.
    Sound(String),
}

impl From<Error> for Wrong {
    fn from(error: Error) -> Self {
        match error {
            Error::IoError(error) => Wrong::Disk(error),
            other => Wrong::Sound(other.to_string()),
        }
    }
}

/// Succeeds when the stream decodes to this many frames and their digest is the one that the stream carries, which
/// was made from the samples before they were coded. Reads in pieces, whatever the length.
pub(super) fn verify(stream: Box<dyn Readable>, frames: u64) -> Result<(), Wrong> {
    let source = MediaSourceStream::new(Box::new(ReadOnlySource::new(stream)), Default::default());
    let mut reader = FlacReader::try_new(source, FormatOptions::default())?;
    let track = reader.default_track(TrackType::Audio);
    let params = track.and_then(|track| track.codec_params.as_ref()).and_then(|params| params.audio());
    let Some(params) = params else { return Err(Wrong::Sound("it holds no sound".into())) };
    let mut decoder = FlacDecoder::try_new(params, &AudioDecoderOptions::default().verify(true))?;
    let mut decoded = 0_u64;
    while let Some(packet) = reader.next_packet()? {
        decoded += decoder.decode(&packet)?.frames() as u64;
    }
    if decoded != frames {
        return Err(Wrong::Sound(format!("{decoded} of {frames} frames came back")));
    }
    match decoder.finalize().verify_ok {
        Some(true) => Ok(()),
        Some(false) => Err(Wrong::Sound("the samples that came back differ".into())),
        None => Err(Wrong::Sound("its digest is missing".into())),
    }
}
