//! WAV and its relatives RF64, BW64 and RIFX: finds the samples whatever the header claims.
//!
//! Written here rather than taken from a library because the files people bring have missing pad bytes, sizes of 0, 2³²−1 or
//! 2⁶⁰, formats behind the data, a hundred thousand chunks or a missing end, and each of them still holds a take.

use super::bytes::Bytes;
use super::error::Fault;
use super::format::{WaveFormat, wave_format};
use super::info::Log;
use super::pcm::Pcm;
use super::sound::Sound;
use super::text::Notes;

/// Bytes kept of a text chunk. Ours: iXML of long film recordings stays below it.
const CHUNK_BYTES: usize = 256 * 1024;

/// How far a lost `data` or `fmt ` chunk is looked for, in bytes. Ours: larger than any chunk of notes, read in a moment.
const RESYNC_BYTES: u64 = 16 * 1024 * 1024;

/// Sizes from here up to 2³²−1 stand for "not known yet" in files written into a pipe (ffmpeg writes 2³²−1, SoX a value
/// just under 2³¹).
const STREAMED: u64 = 0x7FFF_0000;

/// Chunk names that writers use: they tell a missing pad byte from a strange name.
const KNOWN: [&[u8; 4]; 22] = [
    b"fmt ", b"data", b"fact", b"LIST", b"JUNK", b"junk", b"PAD ", b"bext", b"iXML", b"cue ", b"smpl",
    b"inst", b"PEAK", b"id3 ", b"ID3 ", b"axml", b"chna", b"acid", b"umid", b"ds64", b"cart", b"FLLR",
];

struct Data {
    start: u64,
    claimed: u64,
}

struct Walk<'a> {
    bytes: &'a mut Bytes,
    log: &'a mut Log,
    big_endian: bool,
    format: Option<WaveFormat>,
    data: Option<Data>,
    second_data: bool,
    long_data: Option<u64>,
    notes: Notes,
}

/// Opens a file that begins with `RIFF`, `RIFX`, `RF64` or `BW64`.
pub(crate) fn open(mut bytes: Bytes, container: &'static str, log: &mut Log) -> Result<Sound, Fault> {
    let big_endian = container == "rifx";
    let mut walk = Walk {
        bytes: &mut bytes,
        log,
        big_endian,
        format: None,
        data: None,
        second_data: false,
        long_data: None,
        notes: Notes::default(),
    };
    walk.chunks()?;
    let Walk { format, data, notes, second_data, .. } = walk;
    let Some(format) = format else {
        return Err(Fault::corrupt("it has no format chunk, so nobody knows what its samples mean"));
    };
    let Some(data) = data else {
        return Err(Fault::corrupt("it has no data chunk, so no sound"));
    };
    if second_data {
        log.note("second-data", "there is a second data chunk; only the first was read", None);
    }
    let length = data_length(&bytes, &data, &format, log);
    bytes.forget_window();
    let number = format.layout.number;
    let pcm = Pcm::new(bytes, format.layout, data.start, length);
    Ok(Sound {
        container,
        codec: if number.is_float() { "float" } else { "pcm" }.into(),
        rate_hz: format.rate_hz,
        channels: format.layout.channels,
        bits: Some(format.valid_bits),
        float: number.is_float(),
        length_frames: Some(pcm.frames()),
        notes,
        stream: Box::new(pcm),
    })
}

/// Bytes of sound there are, with a word about it where the header says something else.
fn data_length(bytes: &Bytes, data: &Data, format: &WaveFormat, log: &mut Log) -> u64 {
    let there = bytes.length().saturating_sub(data.start);
    if data.claimed <= there {
        return data.claimed;
    }
    let frame = format.layout.frame_bytes().max(1) as u64;
    let (have, want) = (there / frame, data.claimed / frame);
    // Nothing on a disk is 2⁴⁸ bytes long: such a size is nonsense, not a missing end.
    if (STREAMED..=u64::from(u32::MAX)).contains(&data.claimed) && there < STREAMED {
        log.note(
            "streamed-header",
            format!("the header leaves the length open; {have} frames were found"),
            None,
        );
    } else if data.claimed >= 1 << 48 {
        let message =
            format!("the header claims {} bytes of sound; the file has {have} frames", data.claimed);
        log.note("wrong-size", message, None);
    } else {
        truncated(have, want, format.rate_hz, log);
    }
    there
}

/// The note about a missing end, in the same words for every container.
pub(crate) fn truncated(have: u64, want: u64, rate_hz: u32, log: &mut Log) {
    let missing = 100.0 * (want.saturating_sub(have)) as f64 / want.max(1) as f64;
    let message = format!("{have} of {want} frames; {missing:.0} % missing");
    log.note("truncated", message, Some(have as f64 / f64::from(rate_hz)));
}

impl Walk<'_> {
    fn size(&self, raw: [u8; 4]) -> u64 {
        u64::from(if self.big_endian { u32::from_be_bytes(raw) } else { u32::from_le_bytes(raw) })
    }

    /// Walks the chunks to the end of the file. Each costs the same, and none is visited twice.
    fn chunks(&mut self) -> Result<(), Fault> {
        let mut at = 12;
        let mut searched = false;
        while let Some(header) = self.bytes.array::<8>(at)? {
            let [i0, i1, i2, i3, s0, s1, s2, s3] = header;
            let id = [i0, i1, i2, i3];
            let size = self.size([s0, s1, s2, s3]);
            if !plausible(id) {
                if self.format.is_some() && self.data.is_some() || searched {
                    break;
                }
                searched = true;
                match self.search(at)? {
                    Some(found) => at = found,
                    None => break,
                }
                continue;
            }
            let body = at + 8;
            let length = self.chunk(id, body, size)?;
            let end = body.saturating_add(length);
            at = self.after(id, end)?;
        }
        Ok(())
    }

    /// Takes what a chunk says; gives its real length.
    fn chunk(&mut self, id: [u8; 4], body: u64, size: u64) -> Result<u64, Fault> {
        let most = usize::try_from(size).unwrap_or(usize::MAX).min(CHUNK_BYTES);
        match &id {
            b"data" => return self.data_chunk(body, size),
            b"fmt " if self.format.is_none() => {
                let text = self.bytes.some(body, most.clamp(16, 64))?;
                self.format = Some(wave_format(&text, self.big_endian, self.log)?);
            }
            b"ds64" => {
                // EBU Tech 3306 v1.1, clause 3.2: RIFF size, data size, frames, all of 64 bits, low word first.
                if let Some(long) = self.bytes.array::<8>(body + 8)? {
                    self.long_data = Some(u64::from_le_bytes(long));
                }
            }
            b"bext" => {
                let text = self.bytes.some(body, most.min(602))?;
                self.notes.bext(&text, self.big_endian);
            }
            b"iXML" => {
                let text = self.bytes.some(body, most)?;
                self.notes.ixml(&text);
            }
            b"LIST" if most >= 12 => {
                // Samplers and programs for animation write LIST chunks that are neither short nor notes.
                if matches!(self.bytes.array::<4>(body)?.as_ref(), Some(b"INFO" | b"adtl")) {
                    let text = self.bytes.some(body, most)?;
                    self.notes.list(&text, self.big_endian);
                }
            }
            b"cue " => {
                let text = self.bytes.some(body, most)?;
                self.notes.cue(&text, self.big_endian);
            }
            _ => {}
        }
        Ok(size)
    }

    fn data_chunk(&mut self, body: u64, size: u64) -> Result<u64, Fault> {
        if self.data.is_some() {
            self.second_data = true;
            return Ok(size);
        }
        let mut claimed = size;
        if size == u64::from(u32::MAX) {
            claimed = self.long_data.unwrap_or(size);
        }
        if claimed == 0 && body < self.bytes.length() {
            let next = self.bytes.array::<4>(body)?;
            if !next.is_some_and(known) {
                claimed = self.bytes.length() - body;
                let message =
                    "the header was never finished (size 0); everything up to the end of the file was read";
                self.log.note("unfinished-header", message, None);
            }
        }
        self.data = Some(Data { start: body, claimed });
        Ok(claimed)
    }

    /// Where the next chunk begins: behind the pad byte of an odd chunk, unless the writer forgot it.
    fn after(&mut self, id: [u8; 4], end: u64) -> Result<u64, Fault> {
        if end & 1 == 0 {
            return Ok(end);
        }
        let bare = self.bytes.array::<4>(end)?;
        let padded = self.bytes.array::<4>(end.saturating_add(1))?;
        if bare.is_some_and(known) && !padded.is_some_and(known) {
            let name = String::from_utf8_lossy(&id).trim().to_owned();
            self.log.note(
                "missing-pad",
                format!("the odd chunk '{name}' has no pad byte; it was read all the same"),
                None,
            );
            return Ok(end);
        }
        Ok(end.saturating_add(1))
    }

    /// Looks for the chunk that is still missing, byte by byte, within bounds.
    fn search(&mut self, from: u64) -> Result<Option<u64>, Fault> {
        let wanted: &[u8; 4] = if self.format.is_none() { b"fmt " } else { b"data" };
        let mut at = from;
        while at < from.saturating_add(RESYNC_BYTES) {
            let piece = self.bytes.some(at, 64 * 1024)?;
            if let Some(found) = piece.windows(4).position(|four| four == wanted) {
                self.log.note(
                    "lost-chunk",
                    "a chunk size in the header is wrong; the sound was found by searching",
                    None,
                );
                return Ok(Some(at + found as u64));
            }
            if piece.len() < 4 {
                break;
            }
            at += piece.len() as u64 - 3;
        }
        Ok(None)
    }
}

fn known(id: [u8; 4]) -> bool {
    KNOWN.contains(&&id)
}

/// Chunk names are four printable ASCII characters (RIFF, chapter 2).
fn plausible(id: [u8; 4]) -> bool {
    id.iter().all(|b| (0x20..0x7F).contains(b))
}
