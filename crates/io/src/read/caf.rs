//! CAF: plain numbers are read here, packed codecs with the container's own count of valid frames (Apple, "Core Audio Format
//! Specification 1.0").

use super::bytes::Bytes;
use super::error::Fault;
use super::format::rate;
use super::info::Log;
use super::packed::Trim;
use super::pcm::{Layout, Number, Pcm};
use super::sound::Sound;
use super::text::{Notes, text};
use super::wav::truncated;

/// Bytes kept of the chunk of texts. Ours, as for other containers.
const TEXT_BYTES: usize = 64 * 1024;

/// What a CAF file holds.
pub(crate) enum Caf {
    Plain(Sound),
    Packed(Trim, Notes),
}

struct Description {
    rate_hz: u32,
    kind: [u8; 4],
    flags: u32,
    packet_bytes: u32,
    packet_frames: u32,
    channels: u32,
    bits: u32,
}

/// Opens a file that begins with `caff`.
pub(crate) fn open(mut bytes: Bytes, log: &mut Log) -> Result<Caf, Fault> {
    let mut at = 8;
    let (mut description, mut data, mut trim, mut notes) = (None, None, Trim::default(), Notes::default());
    let (mut packets, mut remainder) = (0u64, 0u64);
    while let Some(header) = bytes.array::<12>(at)? {
        let [i0, i1, i2, i3, size @ ..] = header;
        let size = i64::from_be_bytes(size);
        let body = at + 12;
        let there = bytes.length().saturating_sub(body);
        // −1 stands for "up to the end" in the data chunk.
        let size = u64::try_from(size).unwrap_or(there);
        match &[i0, i1, i2, i3] {
            b"desc" => description = Some(describe(&bytes.some(body, 32)?)?),
            b"data" if data.is_none() => {
                data = Some((body + 4, size.saturating_sub(4), there.saturating_sub(4)))
            }
            b"pakt" => {
                packets = bytes.array::<8>(body)?.map_or(0, u64::from_be_bytes);
                trim.skip = bytes.array::<4>(body + 16)?.map_or(0, |raw| u64::from(u32::from_be_bytes(raw)));
                remainder = bytes.array::<4>(body + 20)?.map_or(0, |raw| u64::from(u32::from_be_bytes(raw)));
            }
            b"info" => {
                let body = bytes.some(body.saturating_add(4), TEXT_BYTES.min(size as usize))?;
                let mut words = body.split(|&byte| byte == 0);
                while let (Some(name), Some(value)) = (words.next(), words.next()) {
                    notes.tag(&text(name), text(value));
                }
            }
            _ => {}
        }
        at = body.saturating_add(size);
    }
    let Some(description) = description else {
        return Err(Fault::corrupt("it has no description chunk, so nobody knows what its samples mean"));
    };
    if &description.kind != b"lpcm" {
        // Some writers count whole packets and leave no remainder: then only decoding tells the length.
        let whole = packets.saturating_mul(u64::from(description.packet_frames));
        let sound = whole.saturating_sub(trim.skip).saturating_sub(remainder);
        trim.length = (remainder > 0 && sound > 0 && sound < 1 << 48).then_some(sound);
        return Ok(Caf::Packed(trim, notes));
    }
    let Some((start, claimed, there)) = data else {
        return Err(Fault::corrupt("it has no data chunk, so no sound"));
    };
    let layout = layout(&description)?;
    if claimed > there {
        let frame = layout.frame_bytes() as u64;
        truncated(there / frame, claimed / frame, description.rate_hz, log);
    }
    bytes.forget_window();
    let pcm = Pcm::new(bytes, layout, start, claimed.min(there));
    let float = layout.number.is_float();
    Ok(Caf::Plain(Sound {
        container: "caf",
        codec: if float { "float" } else { "pcm" }.into(),
        rate_hz: description.rate_hz,
        channels: layout.channels,
        bits: Some(description.bits as u16),
        float,
        length_frames: Some(pcm.frames()),
        notes,
        stream: Box::new(pcm),
    }))
}

fn describe(body: &[u8]) -> Result<Description, Fault> {
    let Some(body) = body.first_chunk::<32>() else {
        return Err(Fault::corrupt("its description chunk is too short"));
    };
    let long = |at: usize| super::text::long(body, at, true).unwrap_or(0);
    let hz = f64::from_bits(u64::from(long(0)) << 32 | u64::from(long(4)));
    Ok(Description {
        rate_hz: rate(hz)?,
        kind: long(8).to_be_bytes(),
        flags: long(12),
        packet_bytes: long(16),
        packet_frames: long(20),
        channels: long(24),
        bits: long(28),
    })
}

/// Flag 1 is floating point, flag 2 is low byte first.
fn layout(description: &Description) -> Result<Layout, Fault> {
    let Description { flags, packet_bytes, channels, bits, .. } = *description;
    let big_endian = flags & 2 == 0;
    let float = flags & 1 == 1;
    let width = packet_bytes.checked_div(channels).unwrap_or(0);
    let number = match (float, width, bits) {
        (false, 1, 1..=8) => Number::I8,
        (false, 2, 1..=16) => Number::I16,
        (false, 3, 1..=24) => Number::I24,
        (false, 4, 1..=32) => Number::I32,
        (true, 4, 32) => Number::F32,
        (true, 8, 64) => Number::F64,
        _ => return Err(Fault::unsupported(format!("its header gives {bits}-bit samples in {width} bytes"))),
    };
    let channels = u16::try_from(channels)
        .map_err(|_| Fault::corrupt(format!("its header gives {channels} channels")))?;
    Ok(Layout { number, big_endian, channels })
}
