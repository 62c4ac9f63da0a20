//! Sony Wave64: WAV with 128-bit names and 64-bit sizes, its chunks on multiples of 8 bytes (Sony, "Wave64 File Format", 2006).

use super::bytes::Bytes;
use super::error::Fault;
use super::format::wave_format;
use super::info::Log;
use super::pcm::Pcm;
use super::sound::Sound;
use super::text::Notes;
use super::wav::truncated;

/// The name and size in front of every chunk; sizes count it.
const HEAD: u64 = 24;

/// The first bytes of every file: `riff` and the tail of its name.
pub(crate) const MAGIC: [u8; 16] =
    [b'r', b'i', b'f', b'f', 0x2E, 0x91, 0xCF, 0x11, 0xA5, 0xD6, 0x28, 0xDB, 0x04, 0xC1, 0x00, 0x00];

/// Opens a file that begins with [`MAGIC`].
pub(crate) fn open(mut bytes: Bytes, log: &mut Log) -> Result<Sound, Fault> {
    // The form's name follows the first head.
    let mut at = HEAD + 16;
    let (mut format, mut data) = (None, None);
    while let (Some(name), Some(size)) = (bytes.array::<4>(at)?, bytes.array::<8>(at + 16)?) {
        let size = u64::from_le_bytes(size).saturating_sub(HEAD);
        let body = at + HEAD;
        match &name {
            b"fmt " if format.is_none() => format = Some(wave_format(&bytes.some(body, 64)?, false, log)?),
            b"data" if data.is_none() => data = Some((body, size)),
            _ => {}
        }
        let next = body.saturating_add(size);
        at = next.checked_next_multiple_of(8).unwrap_or(u64::MAX);
    }
    let Some(format) = format else {
        return Err(Fault::corrupt("it has no format chunk, so nobody knows what its samples mean"));
    };
    let Some((start, claimed)) = data else {
        return Err(Fault::corrupt("it has no data chunk, so no sound"));
    };
    let there = bytes.length().saturating_sub(start);
    if claimed > there {
        let frame = format.layout.frame_bytes().max(1) as u64;
        truncated(there / frame, claimed / frame, format.rate_hz, log);
    }
    bytes.forget_window();
    let float = format.layout.number.is_float();
    let pcm = Pcm::new(bytes, format.layout, start, claimed.min(there));
    Ok(Sound {
        container: "w64",
        codec: if float { "float" } else { "pcm" }.into(),
        rate_hz: format.rate_hz,
        channels: format.layout.channels,
        bits: Some(format.valid_bits),
        float,
        length_frames: Some(pcm.frames()),
        notes: Notes::default(),
        stream: Box::new(pcm),
    })
}
