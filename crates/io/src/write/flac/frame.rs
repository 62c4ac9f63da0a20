//! One frame: the samples of all channels over one block, left and right replaced by sum and difference where it pays.

use mixkeel_dsp::block::Channels;

use super::bits::{BitWriter, crc8, crc16};
use super::subframe::{Subframe, Workshop};

/// Frames of sound in a frame of FLAC, the last excepted. The reference encoder's choice at its default level.
pub(super) const BLOCK_FRAMES: usize = 4096;

/// What stands in the four bits for the channels (RFC 9639 §9.1.3).
#[derive(Clone, Copy)]
enum Assignment {
    Mono = 0,
    LeftRight = 1,
    LeftSide = 8,
    SideRight = 9,
    MidSide = 10,
}

pub(super) struct FrameEncoder {
    rate_hz: u32,
    sample_bits: u32,
    channels: Channels,
    left: Subframe,
    right: Subframe,
    mid: Subframe,
    side: Subframe,
    workshop: Workshop,
    bits: BitWriter,
}

impl FrameEncoder {
    pub(super) fn new(rate_hz: u32, sample_bits: u32, channels: Channels) -> Self {
        Self {
            rate_hz,
            sample_bits,
            channels,
            left: Subframe::new(),
            right: Subframe::new(),
            mid: Subframe::new(),
            side: Subframe::new(),
            workshop: Workshop::default(),
            bits: BitWriter::default(),
        }
    }

    /// The bytes of the frame of this number. Both channels have the same length, at most [`BLOCK_FRAMES`].
    pub(super) fn encode(&mut self, number: u64, left: &[i32], right: &[i32]) -> &[u8] {
        let (bits, workshop) = (self.sample_bits, &mut self.workshop);
        self.left.plan(left.iter().copied(), bits, workshop);
        let (assignment, chosen) = match self.channels {
            Channels::Mono => (Assignment::Mono, [Some(&self.left), None]),
            Channels::Stereo => {
                let pairs = || left.iter().zip(right);
                self.right.plan(right.iter().copied(), bits, workshop);
                self.mid.plan(pairs().map(|(left, right)| (left + right) >> 1), bits, workshop);
                self.side.plan(pairs().map(|(left, right)| left - right), bits + 1, workshop);
                let choices = [
                    (Assignment::LeftRight, &self.left, &self.right),
                    (Assignment::LeftSide, &self.left, &self.side),
                    (Assignment::SideRight, &self.side, &self.right),
                    (Assignment::MidSide, &self.mid, &self.side),
                ];
                let [first, others @ ..] = choices;
                let cost = |choice: &(Assignment, &Subframe, &Subframe)| choice.1.bits() + choice.2.bits();
                let best = others
                    .into_iter()
                    .fold(first, |best, other| if cost(&other) < cost(&best) { other } else { best });
                (best.0, [Some(best.1), Some(best.2)])
            }
        };
        self.bits.clear();
        header(&mut self.bits, number, left.len(), self.rate_hz, self.sample_bits, assignment);
        chosen.into_iter().flatten().for_each(|subframe| subframe.write(&mut self.bits));
        self.bits.align();
        let crc = crc16(self.bits.bytes());
        self.bits.put(u32::from(crc), 16);
        self.bits.align();
        self.bits.bytes()
    }
}

/// The header of a frame in a stream of a fixed block size (RFC 9639 §9.1).
fn header(
    to: &mut BitWriter,
    number: u64,
    frames: usize,
    rate_hz: u32,
    sample_bits: u32,
    assignment: Assignment,
) {
    let (size_code, size_bits) = match frames {
        BLOCK_FRAMES => (12, 0),
        1..=256 => (6, 8),
        _ => (7, 16),
    };
    let (rate_code, rate, rate_bits) = rate_code(rate_hz);
    to.put(0xFFF8, 16);
    to.put(size_code, 4);
    to.put(rate_code, 4);
    to.put(assignment as u32, 4);
    to.put(if sample_bits == 16 { 4 } else { 6 }, 3);
    to.put(0, 1);
    coded_number(to, number);
    to.put(if size_bits > 0 { frames as u32 - 1 } else { 0 }, size_bits);
    to.put(rate, rate_bits);
    to.align();
    let crc = crc8(to.bytes());
    to.put(u32::from(crc), 8);
}

/// The code of a rate, and the number that follows the header where there is one (RFC 9639 §9.1.2, §9.1.7).
fn rate_code(rate_hz: u32) -> (u32, u32, u32) {
    match rate_hz {
        88_200 => (1, 0, 0),
        176_400 => (2, 0, 0),
        192_000 => (3, 0, 0),
        8_000 => (4, 0, 0),
        16_000 => (5, 0, 0),
        22_050 => (6, 0, 0),
        24_000 => (7, 0, 0),
        32_000 => (8, 0, 0),
        44_100 => (9, 0, 0),
        48_000 => (10, 0, 0),
        96_000 => (11, 0, 0),
        hz if hz <= 0xFFFF => (13, hz, 16),
        hz if hz % 10 == 0 && hz / 10 <= 0xFFFF => (14, hz / 10, 16),
        hz if hz % 1000 == 0 && hz / 1000 <= 0xFF => (12, hz / 1000, 8),
        _ => (0, 0, 0),
    }
}

/// A number of up to 36 bits in the manner of UTF-8 (RFC 9639 §9.1.5).
fn coded_number(to: &mut BitWriter, number: u64) {
    if number < 0x80 {
        to.put(number as u32, 8);
        return;
    }
    // Each further byte holds six bits; the first holds as many ones as there are bytes, then a zero.
    let bytes = (2..7).find(|&bytes| number >> (5 * bytes + 1) == 0).unwrap_or(7);
    let ones = 0xFF_u32 << (8 - bytes) & 0xFF;
    to.put(ones | (number >> (6 * (bytes - 1))) as u32, 8);
    for later in (0..bytes - 1).rev() {
        to.put(0x80 | (number >> (6 * later) & 0x3F) as u32, 8);
    }
}
