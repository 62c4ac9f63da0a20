//! FLAC, bit-exact, with the timeline kept through damage (RFC 9639).
//!
//! Written here because the decoder library loses the last block in front of a trailing ID3v1 tag and drops damaged frames, which
//! moves everything behind them; a track of a song must stay where it was played.

mod bits;
mod frame;
mod stream;

use super::bytes::Bytes;
use super::error::Fault;
use super::format::rate;
use super::info::Log;
use super::sound::Sound;
use super::text::{Notes, text};

/// Bytes read of the block of tags. Ours: tags are short; pictures have blocks of their own.
const TAG_BYTES: usize = 64 * 1024;

/// The fewest bytes of a frame: header of 6, one constant subframe of 2, checksum of 2.
const MIN_FRAME_BYTES: u64 = 10;

/// STREAMINFO (RFC 9639, 8.2).
#[derive(Clone, Copy, Debug)]
pub(crate) struct Facts {
    pub rate_hz: u32,
    pub channels: u16,
    pub bits: u32,
    /// Samples of every block but the last, if they are all equal.
    pub block: Option<usize>,
    /// Frames claimed; 0 means not known.
    pub total: u64,
    /// Sum of the decoded samples; all zeros means not known.
    pub md5: [u8; 16],
}

/// Opens a file whose `fLaC` stands at `start`.
pub(crate) fn open(mut bytes: Bytes, start: u64, log: &mut Log) -> Result<Sound, Fault> {
    let mut at = start + 4;
    let (mut facts, mut notes) = (None, Notes::default());
    while let Some([kind, s0, s1, s2]) = bytes.array::<4>(at)? {
        let size = u64::from(u32::from_be_bytes([0, s0, s1, s2]));
        let body = at + 4;
        match kind & 0x7F {
            0 => facts = facts.or(stream_info(&bytes.some(body, 34)?)?),
            4 => tags(&bytes.some(body, TAG_BYTES.min(size as usize))?, &mut notes),
            // 127 is forbidden, because it would look like a frame: there are no more blocks.
            127 => break,
            _ => {}
        }
        at = body + size;
        if kind & 0x80 != 0 {
            break;
        }
    }
    let Some(mut facts) = facts else {
        return Err(Fault::corrupt("it has no STREAMINFO block, so nobody knows what its samples mean"));
    };
    let possible =
        (bytes.length().saturating_sub(at) / MIN_FRAME_BYTES).saturating_mul(frame::MAX_BLOCK as u64);
    if facts.total > possible {
        let message = format!("the header claims {} frames, more than the file can hold", facts.total);
        log.note("wrong-size", message, None);
        facts.total = 0;
    }
    let mut stream = stream::Flac::new(bytes, facts, at);
    let length = if facts.total > 0 { Some(facts.total) } else { stream.find_length()? };
    Ok(Sound {
        container: "flac",
        codec: "flac".into(),
        rate_hz: facts.rate_hz,
        channels: facts.channels,
        bits: Some(facts.bits as u16),
        float: false,
        length_frames: length,
        notes,
        stream: Box::new(stream),
    })
}

fn stream_info(body: &[u8]) -> Result<Option<Facts>, Fault> {
    let Some(body) = body.first_chunk::<34>() else {
        return Err(Fault::corrupt("its STREAMINFO block is too short"));
    };
    let [min0, min1, max0, max1, _, _, _, _, _, _, p0, p1, p2, p3, p4, p5, p6, p7, md5 @ ..] = *body;
    let packed = u64::from_be_bytes([p0, p1, p2, p3, p4, p5, p6, p7]);
    let (min, max) = (u16::from_be_bytes([min0, min1]), u16::from_be_bytes([max0, max1]));
    Ok(Some(Facts {
        rate_hz: rate((packed >> 44) as f64)?,
        channels: (packed >> 41 & 7) as u16 + 1,
        bits: (packed >> 36 & 31) as u32 + 1,
        block: (min == max).then_some(usize::from(min)),
        total: packed & 0xF_FFFF_FFFF,
        md5,
    }))
}

/// Vorbis comments (RFC 9639, 8.6): lengths of 32 bits, low byte first, and `NAME=text`.
pub(crate) fn tags(body: &[u8], notes: &mut Notes) {
    let take = |rest: &mut &[u8]| -> Option<Vec<u8>> {
        let (length, after) = rest.split_first_chunk::<4>()?;
        let (item, after) = after.split_at_checked(u32::from_le_bytes(*length) as usize)?;
        *rest = after;
        Some(item.to_vec())
    };
    let mut rest = body;
    let Some(_vendor) = take(&mut rest) else { return };
    let Some((_count, after)) = rest.split_first_chunk::<4>() else { return };
    rest = after;
    while let Some(item) = take(&mut rest) {
        if let Some((name, value)) = text(&item).split_once('=') {
            notes.tag(&name.to_ascii_lowercase(), value.to_owned());
        }
    }
}
