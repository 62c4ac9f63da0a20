//! Decodes what was written with a decoder that is not ours, and compares it with what was meant.

use std::io::{self, Read};
use std::sync::{Arc, Mutex, PoisonError};

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

/// A stream that remembers its first failure: decoders may take one for the end of the stream.
struct Remembering {
    stream: Box<dyn Readable>,
    failure: Arc<Mutex<Option<io::Error>>>,
}

impl Read for Remembering {
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        self.stream.read(bytes).inspect_err(|error| {
            if error.kind() != io::ErrorKind::Interrupted {
                let mut failure = self.failure.lock().unwrap_or_else(PoisonError::into_inner);
                failure.get_or_insert_with(|| error.kind().into());
            }
        })
    }
}

/// Succeeds when the stream decodes to this many frames and their digest is the one that the stream carries, which
/// was made from the samples before they were coded. Reads in pieces, whatever the length.
pub(super) fn verify(stream: Box<dyn Readable>, frames: u64) -> Result<(), Wrong> {
    let failure = Arc::default();
    let result = decode(Remembering { stream, failure: Arc::clone(&failure) }, frames);
    match failure.lock().unwrap_or_else(PoisonError::into_inner).take() {
        Some(error) => Err(Wrong::Disk(error)),
        None => result,
    }
}

fn decode(stream: Remembering, frames: u64) -> Result<(), Wrong> {
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
