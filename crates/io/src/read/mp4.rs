//! MP4: what the boxes say about encoder delay, length and copy protection (ISO/IEC 14496-12).
//!
//! Read here because the decoder library applies no edit list, and 1,024 or 2,112 frames of delay put a track audibly late.

use super::bytes::Bytes;
use super::error::{Fault, ReadErrorKind};
use super::packed::Trim;
use super::text::{Notes, text};

/// Boxes looked at, all told. Ours: files in use have a few dozen outside the tables.
const MOST_BOXES: usize = 10_000;

/// Bytes looked at of a text box. Ours, as for other containers.
const TEXT_BYTES: usize = 4096;

#[derive(Clone, Copy)]
struct Span {
    from: u64,
    to: u64,
}

/// What was found on the way.
#[derive(Debug, Default)]
pub(crate) struct Boxes {
    movie_hz: u32,
    tracks: Vec<Track>,
    gapless: Option<(u64, u64)>,
    pub notes: Notes,
}

#[derive(Debug, Default)]
struct Track {
    sound: bool,
    protected: bool,
    media_hz: u32,
    media_ticks: u64,
    edits: Vec<(u64, i64)>,
}

impl Boxes {
    pub fn read(bytes: &mut Bytes) -> Result<Self, Fault> {
        let mut boxes = Self::default();
        let whole = Span { from: 0, to: bytes.length() };
        let mut left = MOST_BOXES;
        boxes.walk(bytes, whole, 0, &mut left)?;
        if boxes.tracks.iter().any(|track| track.sound && track.protected) {
            let why = "it is locked by copy protection";
            return Err(Fault::new(ReadErrorKind::Drm, why, "Use an unprotected copy of the recording"));
        }
        Ok(boxes)
    }

    fn walk(&mut self, bytes: &mut Bytes, span: Span, depth: u32, left: &mut usize) -> Result<(), Fault> {
        let mut at = span.from;
        let mut name = String::new();
        while let Some([s0, s1, s2, s3, k0, k1, k2, k3]) =
            bytes.array::<8>(at)?.filter(|_| at < span.to && *left > 0)
        {
            *left -= 1;
            let kind = [k0, k1, k2, k3];
            let (size, head) = match u32::from_be_bytes([s0, s1, s2, s3]) {
                0 => (span.to - at, 8),
                1 => (bytes.array::<8>(at + 8)?.map_or(0, u64::from_be_bytes), 16),
                size => (u64::from(size), 8),
            };
            if size < head {
                break;
            }
            let inner = Span { from: at + head, to: at.saturating_add(size).min(span.to) };
            match &kind {
                b"moov" | b"mdia" | b"minf" | b"stbl" | b"edts" | b"udta" | b"ilst" if depth < 8 => {
                    self.walk(bytes, inner, depth + 1, left)?;
                }
                b"trak" if depth < 8 => {
                    self.tracks.push(Track::default());
                    self.walk(bytes, inner, depth + 1, left)?;
                }
                b"meta" if depth < 8 => {
                    self.walk(bytes, Span { from: inner.from + 4, to: inner.to }, depth + 1, left)?;
                }
                b"----" if depth < 8 => self.walk(bytes, inner, depth + 1, left)?,
                b"\xA9nam" | b"\xA9ART" | b"\xA9alb" | b"\xA9cmt" | b"\xA9too" => {
                    let value = bytes.some(inner.from + 16, fit(inner, 16))?;
                    let name = match &kind {
                        b"\xA9nam" => "title",
                        b"\xA9ART" => "artist",
                        b"\xA9alb" => "album",
                        b"\xA9cmt" => "comment",
                        _ => "software",
                    };
                    self.notes.tag(name, text(&value));
                }
                b"name" => name = text(&bytes.some(inner.from + 4, fit(inner, 4))?),
                b"data" if name == "iTunSMPB" => {
                    self.gapless = smpb(&text(&bytes.some(inner.from + 8, fit(inner, 8))?));
                }
                _ => self.leaf(kind, &bytes.some(inner.from, fit(inner, 0))?),
            }
            at = at.saturating_add(size);
        }
        Ok(())
    }

    /// Boxes of fixed fields.
    fn leaf(&mut self, kind: [u8; 4], body: &[u8]) {
        let long = |at: usize| super::text::long(body, at, true);
        let huge = |at: usize| Some(u64::from(long(at)?) << 32 | u64::from(long(at + 4)?));
        let wide = body.first() == Some(&1);
        if &kind == b"mvhd" {
            self.movie_hz = long(if wide { 20 } else { 12 }).unwrap_or(0);
        }
        let Some(track) = self.tracks.last_mut() else { return };
        match &kind {
            b"mdhd" => {
                track.media_hz = long(if wide { 20 } else { 12 }).unwrap_or(0);
                track.media_ticks = if wide { huge(24) } else { long(16).map(u64::from) }.unwrap_or(0);
            }
            // Tags have a handler too, behind the last track.
            b"hdlr" => track.sound |= body.get(8..12) == Some(b"soun"),
            b"stsd" => track.protected = matches!(body.get(12..16), Some(b"drms" | b"enca")),
            b"elst" => {
                let entries = long(4).unwrap_or(0).min(64) as usize;
                for entry in 0..entries {
                    let edit = if wide {
                        huge(8 + 20 * entry).zip(huge(16 + 20 * entry).map(|time| time as i64))
                    } else {
                        let at = 8 + 12 * entry;
                        long(at).map(u64::from).zip(long(at + 4).map(|time| i64::from(time as i32)))
                    };
                    track.edits.extend(edit);
                }
            }
            _ => {}
        }
    }

    /// The delay and length of the sound at its rate; none if the file does not say.
    pub fn trim(&self, rate_hz: u32) -> Option<Trim> {
        if let Some((delay, length)) = self.gapless {
            return Some(Trim { skip: delay, length: Some(length) });
        }
        let track = self.tracks.iter().find(|track| track.sound)?;
        // Leading empty edits would be a pause before the sound; a song's track begins with its sound.
        let &(movie_ticks, media_time) = track.edits.iter().find(|edit| edit.1 >= 0)?;
        if track.media_hz == 0 || track.edits.iter().filter(|edit| edit.1 >= 0).count() > 1 {
            return None;
        }
        let frames = |ticks: f64, hz: u32| libm::round(ticks * f64::from(rate_hz) / f64::from(hz)) as u64;
        let skip = frames(media_time as f64, track.media_hz);
        let whole = frames(track.media_ticks.saturating_sub(media_time as u64) as f64, track.media_hz);
        let length = if self.movie_hz == 0 || movie_ticks == 0 {
            whole
        } else {
            // The length of the edit is rounded to the movie's clock, often a millisecond; the media's own is exact. They
            // mean the same if they agree within a tick.
            let edited = frames(movie_ticks as f64, self.movie_hz);
            let tick = u64::from(rate_hz.div_ceil(self.movie_hz));
            if edited.abs_diff(whole) <= tick { whole } else { edited.min(whole) }
        };
        Some(Trim { skip, length: Some(length) })
    }
}

fn fit(span: Span, skip: u64) -> usize {
    usize::try_from(span.to.saturating_sub(span.from.saturating_add(skip)))
        .unwrap_or(usize::MAX)
        .min(TEXT_BYTES)
}

/// iTunSMPB: hexadecimal words, of which the second is the delay, the third the padding, the fourth the length in frames.
fn smpb(words: &str) -> Option<(u64, u64)> {
    let numbers: Vec<u64> =
        words.split_whitespace().map_while(|word| u64::from_str_radix(word, 16).ok()).collect();
    match numbers.as_slice() {
        [_, delay, _, length, ..] if *length > 0 => Some((*delay, *length)),
        _ => None,
    }
}
