//! What has to be known of every recording of a session before it can be played: channels and length.

use std::collections::{BTreeMap, BTreeSet};

use mixkeel_dsp::block::Buffer;
use mixkeel_dsp::kernels::resample::Resampler;
use mixkeel_io::read::{ReadError, ReadErrorKind};
use mixkeel_session::resolve::MediaFacts;
use mixkeel_session::session::Session;
use rayon::prelude::*;

use super::media::Shelf;
use crate::error::{Error, ErrorKind};

/// Looks at every recording that a session names. All that are missing or unreadable are named in the one error.
pub fn facts(session: &Session, shelf: &Shelf) -> Result<BTreeMap<String, MediaFacts>, Error> {
    let files: BTreeSet<&String> = session
        .tracks
        .iter()
        .flat_map(|track| &track.clips)
        .flat_map(|clip| std::iter::once(&clip.file).chain(&clip.right))
        .collect();
    let looked_at: Vec<(&String, Result<MediaFacts, ReadError>)> =
        files.into_par_iter().map(|file| (file, facts_of(file, shelf))).collect();
    let mut found = BTreeMap::new();
    let mut lost = Vec::new();
    for (file, facts) in looked_at {
        match facts {
            Ok(facts) => {
                found.insert(file.clone(), facts);
            }
            Err(error) => lost.push((file, error)),
        }
    }
    match lost.as_slice() {
        [] => Ok(found),
        [(_, error)] => Err(Error::from(error.clone())),
        several => Err(several.iter().fold(
            Error::new(ErrorKind::Unreadable, format!("can't read {} recordings", several.len())).hint(
                "paths in a session start from its own folder; put the recordings back, or correct the paths",
            ),
            |whole, (file, error)| {
                let why = match error.kind {
                    ReadErrorKind::Missing => "there is no such file",
                    _ => error.why.as_str(),
                };
                whole.because(format!("{file}: {why}"))
            },
        )),
    }
}

/// How long a recording is at another rate: round(frames · to / from), as the converter gives it.
pub fn length_at(frames: u64, from_hz: u32, to_hz: u32) -> u64 {
    if from_hz == to_hz {
        return frames;
    }
    Resampler::new(from_hz, to_hz).map_or(frames, |resampler| resampler.output_length(frames))
}

fn facts_of(file: &str, shelf: &Shelf) -> Result<MediaFacts, ReadError> {
    let mut reader = mixkeel_io::read::open(&shelf.path(file), shelf.downmix)?;
    let (channels, rate_hz) = (reader.info().channels, reader.info().rate_hz);
    let frames = match reader.info().length_frames {
        Some(frames) => frames,
        // A stream that does not say how long it is has to be listened to.
        None => {
            let mut buffer = Buffer::new(channels, mixkeel_dsp::MAX_BLOCK_FRAMES);
            while reader.read(&mut buffer.block())? > 0 {}
            reader.position_frames()
        }
    };
    Ok(MediaFacts { channels, length_frames: length_at(frames, rate_hz, shelf.rate_hz) })
}
