//! Everything in a FLAC file that stands before the frames: stream info, seek table, comments, padding.

use crate::write::spec::{Spec, Tags};
use crate::write::wav::software;

/// Seconds between two points of the seek table: the reference encoder's default.
const SEEK_SECONDS: u64 = 10;

/// Points kept free where the length is not known: an hour, after which every second one is given up, and so on.
const POINTS_OF_UNKNOWN: u64 = 360;

/// The most points ever kept, 295 kB: 45 hours. Ours, so that no promised length makes a large table.
const MOST_POINTS: u64 = 16_384;

/// Bytes of a point (RFC 9639 §8.5), and the frame number of one that is not used.
const POINT_BYTES: usize = 18;
const UNUSED: u64 = u64::MAX;

/// Room for editing tags without rewriting the file. Ours: one page of a disk.
const PADDING_BYTES: usize = 4096;

/// The longest text kept in a comment. Ours: a block holds 2^24 bytes in all (RFC 9639 §8.1).
const LONGEST_TEXT_BYTES: usize = 65_536;

/// The most frames that stream info can tell; 0 means that it is not known (RFC 9639 §8.2).
const MOST_FRAMES: u64 = (1 << 36) - 1;

/// Where a frame begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Point {
    first_frame: u64,
    offset_bytes: u64,
    frames: u16,
}

/// The points gathered so far: never more than there is room for in the file.
pub(super) struct SeekTable {
    points: Vec<Point>,
    room: usize,
    every_frames: u64,
}

impl SeekTable {
    pub(super) fn new(spec: &Spec) -> Self {
        let every_frames = SEEK_SECONDS * u64::from(spec.rate_hz);
        let room = match spec.length_frames {
            Some(frames) => frames.div_ceil(every_frames).clamp(1, MOST_POINTS),
            None => POINTS_OF_UNKNOWN,
        };
        Self { points: Vec::new(), room: room as usize, every_frames }
    }

    /// Notes where a frame begins, if the next point falls into it. When the room is full, every second point goes.
    pub(super) fn note(&mut self, first_frame: u64, frames: usize, offset_bytes: u64) {
        let due = self
            .points
            .last()
            .map_or(0, |point| (point.first_frame / self.every_frames + 1) * self.every_frames);
        if first_frame + frames as u64 <= due {
            return;
        }
        if self.points.len() == self.room {
            let mut kept = false;
            self.points.retain(|_| {
                kept = !kept;
                kept
            });
            self.every_frames = self.every_frames.saturating_mul(2);
            if self.points.len() == self.room {
                return; // Room for one only.
            }
        }
        self.points.push(Point { first_frame, offset_bytes, frames: frames as u16 });
    }

    fn block(&self) -> Vec<u8> {
        let mut body = Vec::with_capacity(self.room * POINT_BYTES);
        let unused = Point { first_frame: UNUSED, offset_bytes: 0, frames: 0 };
        for point in self.points.iter().chain(std::iter::repeat(&unused)).take(self.room) {
            body.extend_from_slice(&point.first_frame.to_be_bytes());
            body.extend_from_slice(&point.offset_bytes.to_be_bytes());
            body.extend_from_slice(&point.frames.to_be_bytes());
        }
        body
    }
}

/// What is known of the whole stream only when it has ended.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Totals {
    pub(super) frames: u64,
    pub(super) smallest_bytes: u32,
    pub(super) largest_bytes: u32,
    pub(super) md5: [u8; 16],
}

/// What comments and padding take together in a new file.
pub(super) fn room_bytes(tags: &Tags) -> usize {
    comments(tags).len() + PADDING_BYTES
}

/// All metadata. Its size depends on what is promised of the length, and on the room for comments, alone.
pub(super) fn metadata(
    spec: &Spec,
    totals: &Totals,
    seek: &SeekTable,
    block_frames: u16,
    room_bytes: usize,
) -> Vec<u8> {
    let mut bytes = b"fLaC".to_vec();
    let mut block = |kind: u8, body: &[u8]| {
        let length = (body.len() as u32).to_be_bytes();
        bytes.extend_from_slice(&[kind, length[1], length[2], length[3]]);
        bytes.extend_from_slice(body);
    };
    block(0, &stream_info(spec, totals, block_frames));
    block(3, &seek.block());
    let comments = comments(&spec.tags);
    block(4, &comments);
    block(0x80 | 1, &vec![0; room_bytes.saturating_sub(comments.len())]);
    bytes
}

/// RFC 9639 §8.2.
fn stream_info(spec: &Spec, totals: &Totals, block_frames: u16) -> Vec<u8> {
    let mut body = Vec::with_capacity(34);
    body.extend_from_slice(&block_frames.to_be_bytes());
    body.extend_from_slice(&block_frames.to_be_bytes());
    body.extend_from_slice(&totals.smallest_bytes.to_be_bytes()[1..]);
    body.extend_from_slice(&totals.largest_bytes.to_be_bytes()[1..]);
    let frames = if totals.frames > MOST_FRAMES { 0 } else { totals.frames };
    let channels = spec.channels.count() as u64 - 1;
    let packed =
        u64::from(spec.rate_hz) << 44 | channels << 41 | u64::from(spec.bits.count() - 1) << 36 | frames;
    body.extend_from_slice(&packed.to_be_bytes());
    body.extend_from_slice(&totals.md5);
    body
}

/// RFC 9639 §8.6, with the names that are customary in Vorbis comments and, where none is, our own.
fn comments(tags: &Tags) -> Vec<u8> {
    let mut entries = Vec::new();
    let mut entry = |name: &str, value: Option<String>| {
        entries.extend(value.map(|value| format!("{name}={value}")));
    };
    entry("TITLE", tags.title.clone());
    entry("ENCODER", Some(software(tags)));
    entry("COMMENT", tags.comment.clone());
    entry("MIXKEEL_SESSION", tags.session_hash.clone());
    entry("TIME_REFERENCE", (tags.time_reference_frames > 0).then(|| tags.time_reference_frames.to_string()));
    if let Some(loudness) = tags.loudness {
        let number = |value: f64| value.is_finite().then(|| format!("{value:.2}"));
        entry("LOUDNESS_INTEGRATED_LUFS", number(loudness.integrated_lufs));
        entry("LOUDNESS_RANGE_LU", loudness.loudness_range_lu.and_then(number));
        entry("LOUDNESS_TRUE_PEAK_DBTP", number(loudness.true_peak_dbtp));
        entry("LOUDNESS_MAX_MOMENTARY_LUFS", loudness.max_momentary_lufs.and_then(number));
        entry("LOUDNESS_MAX_SHORT_TERM_LUFS", loudness.max_short_term_lufs.and_then(number));
    }
    let mut body = Vec::new();
    text(&mut body, &software(tags));
    body.extend_from_slice(&(entries.len() as u32).to_le_bytes());
    entries.iter().for_each(|entry| text(&mut body, entry));
    body
}

fn text(body: &mut Vec<u8>, text: &str) {
    let mut kept = text.len().min(LONGEST_TEXT_BYTES);
    while !text.is_char_boundary(kept) {
        kept -= 1;
    }
    body.extend_from_slice(&(kept as u32).to_le_bytes());
    body.extend(text.bytes().take(kept));
}
