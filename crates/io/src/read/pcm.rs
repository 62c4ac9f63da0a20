//! Stored numbers into samples: the tight loops, and the stream that feeds them from a span of a file.

use super::bytes::Bytes;
use super::error::Fault;
use super::info::Log;
use super::stream::Stream;

/// Bytes read from the disk at once. Ours: it stays in the second-level cache between the disk and the conversion, and
/// a hundred files being read together hold 12 MiB.
const READ_BYTES: usize = 128 * 1024;

/// How one number is stored. Integers of fewer valid bits than their container fill it from the top (Microsoft,
/// "Multiple channel audio data and WAVE files", `wValidBitsPerSample`; Apple, AIFF 1.3, "Sample Points"), so they
/// convert as the container does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Number {
    U8,
    I8,
    I16,
    I24,
    I32,
    F32,
    F64,
}

impl Number {
    pub fn bytes(self) -> usize {
        match self {
            Number::U8 | Number::I8 => 1,
            Number::I16 => 2,
            Number::I24 => 3,
            Number::I32 | Number::F32 => 4,
            Number::F64 => 8,
        }
    }

    pub fn is_float(self) -> bool {
        matches!(self, Number::F32 | Number::F64)
    }
}

/// The shape of stored sound.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Layout {
    pub number: Number,
    pub big_endian: bool,
    pub channels: u16,
}

impl Layout {
    pub fn frame_bytes(self) -> usize {
        self.number.bytes() * usize::from(self.channels)
    }
}

/// Converts whole frames into planes; an integer n of b bits becomes n / 2^(b−1), exactly up to 24 bits.
fn convert(bytes: &[u8], layout: Layout, out: &mut [&mut [f32]]) {
    const I8: f32 = 1.0 / 128.0;
    const I16: f32 = 1.0 / 32_768.0;
    const I32: f32 = 1.0 / 2_147_483_648.0;
    match (layout.number, layout.big_endian) {
        (Number::U8, _) => planes(bytes, out, |[b]: [u8; 1]| (f32::from(b) - 128.0) * I8),
        (Number::I8, _) => planes(bytes, out, |[b]: [u8; 1]| f32::from(b as i8) * I8),
        (Number::I16, false) => planes(bytes, out, |b| f32::from(i16::from_le_bytes(b)) * I16),
        (Number::I16, true) => planes(bytes, out, |b| f32::from(i16::from_be_bytes(b)) * I16),
        (Number::I24, false) => {
            let done = fours(bytes, out, |bytes| four_of_24(bytes).map(|number| number as f32 * I32));
            let mut rest: Vec<_> = out.iter_mut().map(|plane| &mut plane[done..]).collect();
            let bytes = bytes.get(done * layout.frame_bytes()..).unwrap_or_default();
            planes(bytes, &mut rest, |[a, b, c]| i32::from_le_bytes([0, a, b, c]) as f32 * I32);
        }
        (Number::I24, true) => planes(bytes, out, |[a, b, c]| i32::from_be_bytes([a, b, c, 0]) as f32 * I32),
        (Number::I32, false) => planes(bytes, out, |b| i32::from_le_bytes(b) as f32 * I32),
        (Number::I32, true) => planes(bytes, out, |b| i32::from_be_bytes(b) as f32 * I32),
        (Number::F32, false) => planes(bytes, out, f32::from_le_bytes),
        (Number::F32, true) => planes(bytes, out, f32::from_be_bytes),
        (Number::F64, false) => planes(bytes, out, |b| f64::from_le_bytes(b) as f32),
        (Number::F64, true) => planes(bytes, out, |b| f64::from_be_bytes(b) as f32),
    }
}

/// Takes interleaved numbers of `N` bytes apart. One and two channels have loops of their own that vectorise.
fn planes<const N: usize>(bytes: &[u8], out: &mut [&mut [f32]], number: impl Fn([u8; N]) -> f32 + Copy) {
    let (numbers, _) = bytes.as_chunks::<N>();
    match out {
        [only] => only.iter_mut().zip(numbers).for_each(|(to, from)| *to = number(*from)),
        [left, right] => {
            let (pairs, _) = numbers.as_chunks::<2>();
            for ((left, right), [a, b]) in left.iter_mut().zip(right.iter_mut()).zip(pairs) {
                *left = number(*a);
                *right = number(*b);
            }
        }
        many => {
            let count = many.len();
            for (channel, plane) in many.iter_mut().enumerate() {
                let own = numbers.iter().skip(channel).step_by(count);
                plane.iter_mut().zip(own).for_each(|(to, from)| *to = number(*from));
            }
        }
    }
}

/// Four numbers of 24 bits, low byte first, at the top of 32: three loads instead of twelve.
fn four_of_24(bytes: &[u8; 12]) -> [i32; 4] {
    let ([a, b, c], _) = bytes.as_chunks::<4>() else { return [0; 4] };
    let (a, b, c) = (u32::from_le_bytes(*a), u32::from_le_bytes(*b), u32::from_le_bytes(*c));
    let second = a >> 16 & 0xFF00 | b << 16;
    let third = b >> 8 & 0x00FF_FF00 | c << 24;
    [a << 8, second, third, c & 0xFFFF_FF00].map(|number| number as i32)
}

/// Converts four numbers at a time into one plane or two; gives the frames done, which leave less than four numbers.
fn fours(bytes: &[u8], out: &mut [&mut [f32]], four: impl Fn(&[u8; 12]) -> [f32; 4]) -> usize {
    let (groups, _) = bytes.as_chunks::<12>();
    match out {
        [only] => {
            let (places, _) = only.as_chunks_mut::<4>();
            places.iter_mut().zip(groups).for_each(|(to, from)| *to = four(from));
            4 * places.len().min(groups.len())
        }
        [left, right] => {
            let ((left, _), (right, _)) = (left.as_chunks_mut::<2>(), right.as_chunks_mut::<2>());
            let count = left.len().min(groups.len());
            for ((left, right), from) in left.iter_mut().zip(right).zip(groups) {
                let [l0, r0, l1, r1] = four(from);
                *left = [l0, l1];
                *right = [r0, r1];
            }
            2 * count
        }
        _ => 0,
    }
}

/// Sound stored as plain numbers in one span of a file.
#[derive(Debug)]
pub(crate) struct Pcm {
    bytes: Bytes,
    layout: Layout,
    start: u64,
    frames: u64,
    next: u64,
    buffer: Vec<u8>,
    buffered: std::ops::Range<usize>,
}

impl Pcm {
    /// The span must lie inside the file; a last part of a frame is left out.
    pub fn new(bytes: Bytes, layout: Layout, start: u64, length_bytes: u64) -> Self {
        let frames = length_bytes / layout.frame_bytes().max(1) as u64;
        Self { bytes, layout, start, frames, next: 0, buffer: Vec::new(), buffered: 0..0 }
    }

    pub fn frames(&self) -> u64 {
        self.frames
    }
}

impl Stream for Pcm {
    fn read(&mut self, out: &mut [&mut [f32]], log: &mut Log) -> Result<usize, Fault> {
        let frame = self.layout.frame_bytes();
        let wanted = out.first().map_or(0, |plane| plane.len());
        let mut done = 0;
        while done < wanted && self.next < self.frames {
            if self.buffered.is_empty() {
                // A layout of 65,535 channels of 8 bytes still fits its frame.
                let whole = (READ_BYTES / frame).max(1) as u64;
                let take = whole.min(self.frames - self.next) as usize * frame;
                if self.buffer.len() < take {
                    self.buffer.resize(take, 0);
                }
                let got =
                    self.bytes.read_at(self.start + self.next * frame as u64, &mut self.buffer[..take])?;
                self.buffered = 0..got - got % frame;
                if self.buffered.is_empty() {
                    log.note("shrank", "the file became shorter while it was read", None);
                    self.frames = self.next;
                    break;
                }
            }
            let frames = (self.buffered.len() / frame).min(wanted - done);
            let bytes = &self.buffer[self.buffered.start..self.buffered.start + frames * frame];
            let part = done..done + frames;
            match &mut *out {
                [only] => convert(bytes, self.layout, &mut [&mut only[part]]),
                [left, right] => {
                    convert(bytes, self.layout, &mut [&mut left[part.clone()], &mut right[part]])
                }
                many => {
                    let mut planes: Vec<_> = many.iter_mut().map(|plane| &mut plane[part.clone()]).collect();
                    convert(bytes, self.layout, &mut planes);
                }
            }
            self.buffered.start += frames * frame;
            self.next += frames as u64;
            done += frames;
        }
        Ok(done)
    }

    fn seek(&mut self, frame: u64, _log: &mut Log) -> Result<u64, Fault> {
        let frame = frame.min(self.frames);
        let held = (self.buffered.len() / self.layout.frame_bytes().max(1)) as u64;
        if (self.next..self.next + held).contains(&frame) {
            self.buffered.start += (frame - self.next) as usize * self.layout.frame_bytes();
        } else {
            self.buffered = 0..0;
        }
        self.next = frame;
        Ok(frame)
    }
}
