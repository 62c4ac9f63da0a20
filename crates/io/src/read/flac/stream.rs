//! The frames of a FLAC file in a row: damage becomes silence of the right length.

use symphonia::core::checksum::Md5;
use symphonia::core::io::Monitor;

use super::Facts;
use super::bits::Broken;
use super::frame::{self, Header, MAX_BLOCK};
use crate::read::bytes::Bytes;
use crate::read::error::Fault;
use crate::read::info::Log;
use crate::read::stream::Stream;
use crate::read::wav::truncated;

/// Bytes held at first. Ours: several frames of CD sound.
const HELD_BYTES: usize = 64 * 1024;

/// Bytes held at most: more than the largest frame there can be, 8 channels of 65,536 samples of 33 bits and headers.
const MOST_BYTES: usize = 4 * 1024 * 1024;

/// Bytes of false frames looked at before giving up, beside eight times the file's. Ours: a tenth of a second's work.
const PATIENCE_BYTES: u64 = 16 * 1024 * 1024;

/// How far from the end the last frame is looked for when no header tells the length. Ours: holds a dozen usual frames.
const TAIL_BYTES: u64 = 512 * 1024;

/// Decodes frame by frame.
pub(crate) struct Flac {
    bytes: Bytes,
    facts: Facts,
    first: u64,
    /// Bytes from `held_at` on.
    held: Vec<u8>,
    held_at: u64,
    /// Where in the file the next frame should begin.
    at: u64,
    planes: Vec<Vec<i64>>,
    /// The part of `planes` not given yet.
    ready: std::ops::Range<usize>,
    /// Silence to give before it.
    gap: u64,
    /// The frame that the next frame of the file should hold.
    expected: u64,
    sum: Option<Md5>,
    raw: Vec<u8>,
    ended: bool,
    /// Bytes that may still be looked at in vain: whatever the file holds, the time is bounded by its length.
    patience: u64,
}

impl Flac {
    pub fn new(bytes: Bytes, facts: Facts, first: u64) -> Self {
        let patience = PATIENCE_BYTES + 8 * bytes.length();
        let sum = (facts.md5 != [0; 16]).then(Md5::default);
        Self {
            bytes,
            facts,
            first,
            held: Vec::new(),
            held_at: first,
            at: first,
            planes: Vec::new(),
            ready: 0..0,
            gap: 0,
            expected: 0,
            sum,
            raw: Vec::new(),
            ended: false,
            patience,
        }
    }

    /// Makes at least `wanted` bytes from `at` available, or all up to the end; gives how many there are.
    fn hold(&mut self, at: u64, wanted: usize) -> Result<usize, Fault> {
        let inside = at >= self.held_at && at <= self.held_at + self.held.len() as u64;
        if !inside {
            self.held.clear();
            self.held_at = at;
        }
        let skip = (at - self.held_at) as usize;
        let there = self.held.len() - skip;
        if there >= wanted || at + there as u64 >= self.bytes.length() {
            return Ok(there);
        }
        self.held.drain(..skip);
        self.held_at = at;
        self.held.resize(wanted.max(HELD_BYTES), 0);
        let got = self.bytes.read_at(at + there as u64, &mut self.held[there..])?;
        self.held.truncate(there + got);
        Ok(self.held.len())
    }

    /// The whole frame at a place, decoded, if there is a sound one: its header and its length in bytes.
    fn frame_at(&mut self, at: u64) -> Result<Option<(Header, u64)>, Fault> {
        let mut wanted = HELD_BYTES / 2;
        loop {
            let there = self.hold(at, wanted.min(MOST_BYTES))?;
            let bytes = &self.held[(at - self.held_at) as usize..];
            let result = frame::header(bytes).and_then(|header| {
                let depth = if header.bits == 0 { self.facts.bits } else { header.bits };
                if header.channels != self.facts.channels || depth != self.facts.bits {
                    return Err(Broken::Wrong);
                }
                frame::frame(bytes, &header, depth, &mut self.planes).map(|length| (header, length as u64))
            });
            match result {
                Ok(found) => return Ok(Some(found)),
                Err(Broken::Short) if there >= wanted && wanted < MOST_BYTES => wanted *= 4,
                Err(_) => {
                    if frame::header(bytes).is_ok() {
                        self.patience = self.patience.saturating_sub(there as u64);
                    }
                    return Ok(None);
                }
            }
        }
    }

    /// The first sound frame at or behind a place and before another.
    fn search(&mut self, from: u64, to: u64) -> Result<Option<(u64, Header, u64)>, Fault> {
        let mut at = from;
        while at < to && self.patience > 0 {
            let there = self.hold(at, HELD_BYTES / 4)?;
            if there < 2 {
                return Ok(None);
            }
            let bytes = &self.held[(at - self.held_at) as usize..];
            let sync = bytes.windows(2).position(|pair| pair[0] == 0xFF && pair[1] & 0xFE == 0xF8);
            let Some(skip) = sync else {
                at += bytes.len() as u64 - 1;
                continue;
            };
            at += skip as u64;
            if at >= to {
                break;
            }
            if let Some((header, length)) = self.frame_at(at)? {
                return Ok(Some((at, header, length)));
            }
            at += 1;
        }
        Ok(None)
    }

    /// The first sample of a frame on the timeline.
    fn start_of(&self, header: &Header) -> u64 {
        if header.variable {
            header.number
        } else {
            header.number.saturating_mul(self.facts.block.unwrap_or(header.block) as u64)
        }
    }

    /// The length told by the last frame.
    pub fn find_length(&mut self) -> Result<Option<u64>, Fault> {
        let (mut at, mut length) = (self.bytes.length().saturating_sub(TAIL_BYTES).max(self.first), None);
        while let Some((start, header, size)) = self.search(at, u64::MAX)? {
            length = Some(self.start_of(&header).saturating_add(header.block as u64));
            at = start + size;
        }
        Ok(length.filter(|&frames| self.plausible(0, frames, self.bytes.length())))
    }

    /// Whether so many frames can have been in so many bytes.
    fn plausible(&self, from: u64, to: u64, bytes: u64) -> bool {
        to.saturating_sub(from) <= (bytes / super::MIN_FRAME_BYTES + 1).saturating_mul(MAX_BLOCK as u64)
    }

    /// Decodes the next frame; notes what was lost before it.
    fn next(&mut self, log: &mut Log) -> Result<(), Fault> {
        let found = match self.frame_at(self.at)? {
            Some((header, length)) => Some((self.at, header, length)),
            None => self.search(self.at.saturating_add(1), u64::MAX)?,
        };
        let at_s = self.expected as f64 / f64::from(self.facts.rate_hz);
        let Some((start, header, length)) = found else {
            self.end(at_s, log);
            return Ok(());
        };
        let skipped = start - self.at;
        self.at = start + length;
        let told = self.start_of(&header);
        if told > self.expected && self.plausible(self.expected, told, skipped) {
            self.gap = told - self.expected;
        }
        if skipped > 0 || self.gap > 0 {
            let message = format!("a damaged part became {} frames of silence", self.gap);
            log.note("damaged", message, Some(at_s));
            self.sum = None;
        }
        self.expected += self.gap + header.block as u64;
        self.ready = 0..header.block;
        self.add_to_sum(header.block);
        Ok(())
    }

    fn end(&mut self, at_s: f64, log: &mut Log) {
        self.ended = true;
        let missing = self.facts.total.saturating_sub(self.expected);
        if self.facts.total > 0 && missing > 0 {
            self.sum = None;
            // Bytes behind the last sound frame that can be no more than one frame are that frame, damaged.
            let block = self.facts.block.unwrap_or(MAX_BLOCK) as u64;
            let damaged = self.bytes.length() > self.at && missing <= block;
            if damaged {
                log.note(
                    "damaged",
                    format!("the damaged end became {missing} frames of silence"),
                    Some(at_s),
                );
                self.gap = missing;
                self.expected += missing;
            } else {
                truncated(self.expected, self.facts.total, self.facts.rate_hz, log);
            }
        } else if self.facts.total > 0 && self.expected > self.facts.total {
            let message =
                format!("the header counts {} frames; {} were found", self.facts.total, self.expected);
            log.note("wrong-size", message, None);
        }
        if self.sum.take().is_some_and(|sum| sum.md5() != self.facts.md5) {
            let message = "its checksum (MD5) does not match its samples: it was changed or badly written";
            log.note("wrong-checksum", message, None);
        }
    }

    /// The checksum is over interleaved samples in whole bytes, low byte first (RFC 9639, 8.2).
    fn add_to_sum(&mut self, frames: usize) {
        let Some(sum) = &mut self.sum else { return };
        let width = self.facts.bits.div_ceil(8) as usize;
        let frame_bytes = width * self.planes.len();
        self.raw.resize(frames * frame_bytes, 0);
        // The widths that nearly all files have are spelt out: the general loop costs more than the decoding.
        match (self.planes.as_slice(), width) {
            ([left, right], 2) => {
                for (frame, (left, right)) in self.raw.chunks_exact_mut(4).zip(left.iter().zip(right)) {
                    let [a, b, ..] = left.to_le_bytes();
                    let [c, d, ..] = right.to_le_bytes();
                    frame.copy_from_slice(&[a, b, c, d]);
                }
            }
            ([left, right], 3) => {
                for (frame, (left, right)) in self.raw.chunks_exact_mut(6).zip(left.iter().zip(right)) {
                    let [a, b, c, ..] = left.to_le_bytes();
                    let [d, e, f, ..] = right.to_le_bytes();
                    frame.copy_from_slice(&[a, b, c, d, e, f]);
                }
            }
            (planes, _) => {
                for (channel, plane) in planes.iter().enumerate() {
                    for (frame, sample) in self.raw.chunks_exact_mut(frame_bytes.max(1)).zip(plane) {
                        let bytes = sample.to_le_bytes();
                        let own = frame[channel * width..].iter_mut().take(width);
                        own.zip(bytes).for_each(|(to, from)| *to = from);
                    }
                }
            }
        }
        sum.process_buf_bytes(&self.raw);
    }

    fn restart(&mut self, at: u64, expected: u64) {
        self.at = at;
        self.expected = expected;
        self.ready = 0..0;
        self.gap = 0;
        self.ended = false;
        self.sum = None;
    }

    /// The start of a frame at or before the wanted one, by halving the span of bytes.
    fn bisect(&mut self, wanted: u64) -> Result<(u64, u64), Fault> {
        let (mut low, mut high, mut best) = (self.first, self.bytes.length(), (self.first, 0));
        while high.saturating_sub(low) > HELD_BYTES as u64 {
            let middle = low + (high - low) / 2;
            match self.search(middle, high)? {
                Some((start, header, _)) if self.start_of(&header) <= wanted => {
                    best = (start, self.start_of(&header));
                    low = start + 1;
                }
                _ => high = middle,
            }
        }
        Ok(best)
    }
}

impl Stream for Flac {
    fn read(&mut self, out: &mut [&mut [f32]], log: &mut Log) -> Result<usize, Fault> {
        let wanted = out.first().map_or(0, |plane| plane.len());
        let scale = 1.0 / (1u64 << (self.facts.bits - 1)) as f32;
        let mut done = 0;
        while done < wanted {
            let room = wanted - done;
            if self.gap > 0 {
                let frames = usize::try_from(self.gap).unwrap_or(usize::MAX).min(room);
                out.iter_mut().for_each(|plane| plane[done..done + frames].fill(0.0));
                self.gap -= frames as u64;
                done += frames;
            } else if !self.ready.is_empty() {
                let frames = self.ready.len().min(room);
                let part = self.ready.start..self.ready.start + frames;
                for (to, from) in out.iter_mut().zip(&self.planes) {
                    let from = from.get(part.clone()).unwrap_or_default();
                    for (to, from) in to[done..].iter_mut().zip(from) {
                        *to = *from as f32 * scale;
                    }
                }
                self.ready.start += frames;
                done += frames;
            } else if self.ended {
                break;
            } else {
                self.next(log)?;
            }
        }
        Ok(done)
    }

    fn seek(&mut self, frame: u64, log: &mut Log) -> Result<u64, Fault> {
        let position = self.expected - self.ready.len() as u64 - self.gap;
        let near = frame >= position && frame - position < MAX_BLOCK as u64;
        let mut now = if near {
            position
        } else {
            let (at, start) = self.bisect(frame)?;
            self.restart(at, start);
            start
        };
        // What lies between is decoded and dropped: gaps in it are counted as they are when reading through.
        while now < frame {
            if self.gap > 0 {
                let skip = self.gap.min(frame - now);
                self.gap -= skip;
                now += skip;
            } else if !self.ready.is_empty() {
                let skip = (self.ready.len() as u64).min(frame - now);
                self.ready.start += skip as usize;
                now += skip;
            } else if self.ended {
                break;
            } else {
                self.next(log)?;
            }
        }
        self.sum = None;
        Ok(now)
    }

    fn forgo_checksum(&mut self) {
        self.sum = None;
    }
}
