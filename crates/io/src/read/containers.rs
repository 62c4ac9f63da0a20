//! From the kind of a file to its sound: the one place where containers and codecs meet.

use std::path::Path;

use super::bytes::Bytes;
use super::error::Fault;
use super::info::Log;
use super::packed::{Packed, Trim, Wrap};
use super::sniff::Kind;
use super::sound::Sound;
use super::text::Notes;
use super::{aiff, caf, flac, mp4, ogg, opus, w64, wav};

/// Opens the sound of a file whose kind is known.
pub(crate) fn open(path: &Path, mut bytes: Bytes, kind: Kind, log: &mut Log) -> Result<Sound, Fault> {
    match kind {
        Kind::Wav(container) => wav::open(bytes, container, log),
        Kind::W64 => w64::open(bytes, log),
        Kind::Aiff { compressed } => aiff::open(bytes, compressed, log),
        Kind::Flac { start } => flac::open(bytes, start, log),
        Kind::Caf => match caf::open(bytes, log)? {
            caf::Caf::Plain(sound) => Ok(sound),
            caf::Caf::Packed(trim, notes) => {
                let packed = Packed::new(path, Wrap::Caf, trim, log)?;
                Ok(sound("caf", packed, trim.length, notes))
            }
        },
        Kind::Mp3 => {
            let packed = Packed::new(path, Wrap::Mp3, Trim::default(), log)?;
            if packed.delay.is_none() {
                unknown_delay(log);
            }
            let length = packed.counted;
            Ok(sound("mp3", packed, length, Notes::default()))
        }
        Kind::Mp4 => open_mp4(path, &mut bytes, log),
        Kind::Ogg(ogg::Codec::Opus) => opus::open(path, ogg::last_granule(&mut bytes)?),
        Kind::Ogg(ogg::Codec::Vorbis) => {
            let length = ogg::last_granule(&mut bytes)?;
            let packed = Packed::new(path, Wrap::Ogg, Trim::default(), log)?;
            Ok(sound(ogg::NAME, packed, length, Notes::default()))
        }
        Kind::Ogg(ogg::Codec::Other) => {
            Err(Fault::unsupported("it is Ogg, but holds neither Vorbis nor Opus"))
        }
    }
}

fn open_mp4(path: &Path, bytes: &mut Bytes, log: &mut Log) -> Result<Sound, Fault> {
    let boxes = mp4::Boxes::read(bytes)?;
    let mut packed = Packed::new(path, Wrap::Mp4, Trim::default(), log)?;
    let trim = boxes.trim(packed.rate_hz);
    match trim {
        Some(trim) => packed = Packed::new(path, Wrap::Mp4, trim, log)?,
        None if packed.codec == "aac" => unknown_delay(log),
        None => {}
    }
    let length = trim.and_then(|trim| trim.length).or(packed.counted);
    Ok(sound("mp4", packed, length, boxes.notes))
}

fn unknown_delay(log: &mut Log) {
    let message =
        "the file does not say how many frames its encoder put in front: the sound may be up to 50 ms late";
    log.note("unknown-delay", message, None);
}

fn sound(container: &'static str, packed: Packed, length_frames: Option<u64>, notes: Notes) -> Sound {
    Sound {
        container,
        codec: packed.codec.clone(),
        rate_hz: packed.rate_hz,
        channels: packed.channels,
        bits: packed.bits,
        float: false,
        length_frames,
        notes,
        stream: Box::new(packed),
    }
}
