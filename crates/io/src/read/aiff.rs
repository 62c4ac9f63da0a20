//! AIFF and AIFC: Apple's chunks, in any order, with any offset, and the codings that are plain numbers.
//!
//! Written here because the decoder library rejects a sound chunk before the common chunk and an offset inside it, both of which
//! the standard allows (Apple, "Audio Interchange File Format AIFF 1.3" and "AIFF-C", 1991).

use super::bytes::Bytes;
use super::error::Fault;
use super::format::rate;
use super::info::Log;
use super::pcm::{Layout, Number, Pcm};
use super::sound::Sound;
use super::text::{Notes, text};
use super::wav::truncated;

/// Bytes kept of a chunk of text or markers. Ours, as for WAV.
const CHUNK_BYTES: usize = 256 * 1024;

struct Common {
    layout: Layout,
    bits: u16,
    rate_hz: u32,
    frames: u64,
}

/// Opens a file that begins with `FORM` and holds `AIFF` or `AIFC`.
pub(crate) fn open(mut bytes: Bytes, compressed: bool, log: &mut Log) -> Result<Sound, Fault> {
    let mut at = 12;
    let (mut common, mut sound, mut notes) = (None, None, Notes::default());
    while let Some([i0, i1, i2, i3, s0, s1, s2, s3]) = bytes.array::<8>(at)? {
        let id = [i0, i1, i2, i3];
        let size = u64::from(u32::from_be_bytes([s0, s1, s2, s3]));
        let body = at + 8;
        let most = usize::try_from(size).unwrap_or(usize::MAX).min(CHUNK_BYTES);
        let mut length = size;
        match &id {
            b"COMM" if common.is_none() => {
                common = Some(common_chunk(&bytes.some(body, most.min(512))?, compressed)?)
            }
            b"SSND" if sound.is_none() => {
                let offset = bytes.array::<4>(body)?.map_or(0, |raw| u64::from(u32::from_be_bytes(raw)));
                if size == 0 {
                    length = bytes.length().saturating_sub(body);
                    let message = "the header was never finished (size 0); everything up to the end of the file was read";
                    log.note("unfinished-header", message, None);
                }
                let skip = (8 + offset).min(length);
                sound = Some((body + skip, length - skip));
            }
            b"MARK" => marks(&bytes.some(body, most)?, &mut notes),
            b"NAME" => notes.tag("title", text(&bytes.some(body, most)?)),
            b"AUTH" => notes.tag("artist", text(&bytes.some(body, most)?)),
            b"ANNO" => notes.tag("comment", text(&bytes.some(body, most)?)),
            b"(c) " => notes.tag("copyright", text(&bytes.some(body, most)?)),
            _ => {}
        }
        at = body.saturating_add(length).saturating_add(length & 1);
    }
    let Some(common) = common else {
        return Err(Fault::corrupt("it has no common chunk, so nobody knows what its samples mean"));
    };
    let (start, claimed) = match sound {
        Some(sound) => sound,
        None if common.frames == 0 => (bytes.length(), 0),
        None => return Err(Fault::corrupt("it has no sound chunk, so no sound")),
    };
    let length = sound_length(&bytes, &common, start, claimed, log);
    bytes.forget_window();
    let float = common.layout.number.is_float();
    let pcm = Pcm::new(bytes, common.layout, start, length);
    Ok(Sound {
        container: if compressed { "aifc" } else { "aiff" },
        codec: if float { "float" } else { "pcm" }.into(),
        rate_hz: common.rate_hz,
        channels: common.layout.channels,
        bits: Some(common.bits),
        float,
        length_frames: Some(pcm.frames()),
        notes,
        stream: Box::new(pcm),
    })
}

/// Bytes of sound there are: the fewest of what the two headers and the file say, with a word where they differ.
fn sound_length(bytes: &Bytes, common: &Common, start: u64, claimed: u64, log: &mut Log) -> u64 {
    let frame = common.layout.frame_bytes().max(1) as u64;
    let there = bytes.length().saturating_sub(start);
    let want = if common.frames > 0 { common.frames } else { claimed / frame };
    let have = claimed.min(there) / frame;
    if common.frames == 0 && have > 0 {
        let message = format!("the header counts no frames; {have} were found");
        log.note("unfinished-header", message, None);
    } else if have < want && there < want.saturating_mul(frame) {
        truncated(there / frame, want, common.rate_hz, log);
        return there;
    } else if have < want {
        let message = format!("the sound chunk is too short for {want} frames; they were read all the same");
        log.note("wrong-size", message, None);
    }
    want.saturating_mul(frame).min(there)
}

fn common_chunk(body: &[u8], compressed: bool) -> Result<Common, Fault> {
    let Some((head, rest)) = body.split_first_chunk::<18>() else {
        return Err(Fault::corrupt(format!("its common chunk has {} bytes; 18 are needed", body.len())));
    };
    let [c0, c1, f0, f1, f2, f3, b0, b1, rate_bytes @ ..] = *head;
    let channels = u16::from_be_bytes([c0, c1]);
    let bits = u16::from_be_bytes([b0, b1]);
    let kind: [u8; 4] = match rest.first_chunk::<4>() {
        Some(kind) if compressed => *kind,
        None if compressed => return Err(Fault::corrupt("its common chunk names no coding")),
        _ => *b"NONE",
    };
    if channels == 0 {
        return Err(Fault::corrupt("its header gives no channels"));
    }
    let (number, big_endian, bits) = match (&kind, bits.div_ceil(8)) {
        (b"NONE" | b"twos" | b"in24" | b"in32" | b"in16", 1) => (Number::I8, true, bits),
        (b"NONE" | b"twos" | b"in16", 2) => (Number::I16, true, bits),
        (b"NONE" | b"twos" | b"in24", 3) => (Number::I24, true, bits),
        (b"NONE" | b"twos" | b"in32", 4) => (Number::I32, true, bits),
        (b"sowt", 1) => (Number::I8, false, bits),
        (b"sowt", 2) => (Number::I16, false, bits),
        (b"sowt" | b"42ni", 3) => (Number::I24, false, bits),
        (b"sowt" | b"23ni", 4) => (Number::I32, false, bits),
        (b"raw ", 1) => (Number::U8, true, bits),
        (b"fl32" | b"FL32", _) => (Number::F32, true, 32),
        (b"fl64" | b"FL64", _) => (Number::F64, true, 64),
        _ => {
            let kind = text(&kind);
            return Err(Fault::unsupported(format!("it holds {bits}-bit samples coded as '{kind}'")));
        }
    };
    let rate_hz = rate(extended(rate_bytes))?;
    let layout = Layout { number, big_endian, channels };
    Ok(Common { layout, bits, rate_hz, frames: u64::from(u32::from_be_bytes([f0, f1, f2, f3])) })
}

/// An 80-bit extended number (IEEE 754 double extended): a sign, 15 bits of exponent, 64 of mantissa with its leading one.
fn extended(bytes: [u8; 10]) -> f64 {
    let [e0, e1, mantissa @ ..] = bytes;
    let exponent = i32::from(u16::from_be_bytes([e0 & 0x7F, e1]));
    if exponent == 0x7FFF {
        return f64::NAN;
    }
    let size = libm::ldexp(u64::from_be_bytes(mantissa) as f64, exponent - 16_383 - 63);
    if e0 & 0x80 != 0 { -size } else { size }
}

/// `MARK`: a number, a frame, and a name behind its length, padded to an even size with it.
fn marks(body: &[u8], notes: &mut Notes) {
    let mut rest = body.get(2..).unwrap_or_default();
    while let Some(([n0, n1, f0, f1, f2, f3, length], after)) = rest.split_first_chunk::<7>() {
        let length = usize::from(*length);
        let number = u32::from(u16::from_be_bytes([*n0, *n1]));
        let frame = u64::from(u32::from_be_bytes([*f0, *f1, *f2, *f3]));
        notes.marker(number, frame, text(after.get(..length).unwrap_or(after)));
        rest = after.get(length + usize::from(length & 1 == 0)..).unwrap_or_default();
    }
}
