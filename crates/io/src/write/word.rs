//! Word length: from `f32` to 16- or 24-bit integers, dithered once and only where the word gets shorter.

use mixkeel_dsp::block::{Channels, Signal};

use super::spec::{Bits, Spec};

/// Frames converted at a time. Ours: two channels of `f32`, noise and integers stay in the first-level cache.
const PIECE_FRAMES: usize = 1024;

/// 1.5 · 2^52. Added to a number below 2^51 in size it leaves no bits for a fraction, so the sum is rounded to the
/// nearest integer, ties to even, by the addition itself: exact, the same everywhere, and as fast as adding.
const ROUND: f64 = 6_755_399_441_055_744.0;

/// Turns samples into words of one length and counts what did not fit.
pub(crate) struct Words {
    bits: Bits,
    dither_seed: Option<u64>,
    frames: u64,
    clipped: u64,
    not_finite: u64,
}

impl Words {
    pub(crate) fn new(spec: &Spec) -> Self {
        let kept = spec.source_bits.is_some_and(|bits| bits <= spec.bits.count());
        Self {
            bits: spec.bits,
            dither_seed: (!kept && spec.bits != Bits::F32).then_some(spec.dither_seed),
            frames: 0,
            clipped: 0,
            not_finite: 0,
        }
    }

    /// Frames converted so far.
    pub(crate) fn frames(&self) -> u64 {
        self.frames
    }

    /// Samples that lay outside what the word can hold and were set to its nearest end.
    pub(crate) fn clipped(&self) -> u64 {
        self.clipped
    }

    /// Samples that were not numbers or infinite and were written as 0.
    pub(crate) fn not_finite(&self) -> u64 {
        self.not_finite
    }

    /// Whether noise is added.
    pub(crate) fn dithers(&self) -> bool {
        self.dither_seed.is_some()
    }

    /// Integers of the target word length, channel by channel, in pieces of at most [`PIECE_FRAMES`].
    pub(crate) fn integers<E>(
        &mut self,
        signal: Signal,
        mut take: impl FnMut(Channels, &[i32], &[i32]) -> Result<(), E>,
    ) -> Result<(), E> {
        let mut words = [[0_i32; PIECE_FRAMES]; 2];
        let mut start = 0;
        while start < signal.frames() {
            let piece = signal.part(start..start + PIECE_FRAMES);
            for (channel, (samples, out)) in (0_u32..).zip(piece.each().zip(&mut words)) {
                self.convert(channel, samples, out);
            }
            let frames = piece.frames();
            self.frames += frames as u64;
            start += frames;
            let [left, right] = &words;
            take(piece.channels(), &left[..frames], &right[..frames])?;
        }
        Ok(())
    }

    /// Little-endian floats, interleaved, appended to `out`.
    pub(crate) fn floats(&mut self, signal: Signal, out: &mut Vec<u8>) {
        let begin = out.len();
        let frames = signal.frames();
        out.resize(begin + frames * signal.channels().count() * 4, 0);
        let to = &mut out[begin..];
        let mut bad = 0_u64;
        match signal.right() {
            None => {
                for (to, &sample) in to.chunks_exact_mut(4).zip(signal.left()) {
                    to.copy_from_slice(&clean(sample, &mut bad).to_le_bytes());
                }
            }
            Some(right) => {
                for (to, (&left, &right)) in to.chunks_exact_mut(8).zip(signal.left().iter().zip(right)) {
                    let left = u64::from(clean(left, &mut bad).to_bits());
                    let right = u64::from(clean(right, &mut bad).to_bits());
                    to.copy_from_slice(&(left | right << 32).to_le_bytes());
                }
            }
        }
        self.not_finite += bad;
        self.frames += frames as u64;
    }

    fn convert(&mut self, channel: u32, samples: &[f32], out: &mut [i32]) {
        let full = f64::from(1_u32 << (self.bits.count() - 1));
        let mut noise = [0.0_f64; PIECE_FRAMES];
        if let Some(seed) = self.dither_seed {
            for (frame, noise) in (self.frames..).zip(noise.iter_mut().take(samples.len())) {
                *noise = tpdf(seed, channel, frame);
            }
        }
        let (mut clipped, mut bad) = (0, 0);
        for ((&sample, noise), out) in samples.iter().zip(noise).zip(out) {
            let exact = f64::from(clean(sample, &mut bad)) * full + noise;
            // Bounded before rounding, a little outside the range, so that what rounds to an end is not called clipped.
            let rounded = (exact.clamp(-full - 1.0, full) + ROUND) - ROUND;
            let word = rounded.clamp(-full, full - 1.0);
            clipped += u64::from(word != rounded);
            *out = word as i32;
        }
        self.clipped += clipped;
        self.not_finite += bad;
    }
}

fn clean(sample: f32, bad: &mut u64) -> f32 {
    let finite = sample.is_finite();
    *bad += u64::from(!finite);
    if finite { sample } else { 0.0 }
}

fn tpdf(seed: u64, channel: u32, frame: u64) -> f64 {
    let mut bits = seed ^ (frame << 1 | u64::from(channel)).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    bits = (bits ^ bits >> 30).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    bits = (bits ^ bits >> 27).wrapping_mul(0x94D0_49BB_1331_11EB);
    bits ^= bits >> 31;
    (f64::from(bits as u32) - f64::from((bits >> 32) as u32)) / 4_294_967_296.0
}
