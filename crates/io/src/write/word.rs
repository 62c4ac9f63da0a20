//! Word length: from `f32` to 16- or 24-bit integers, dithered once and only where the word gets shorter.

use mixkeel_dsp::block::{Channels, Signal};
use mixkeel_dsp::kernels::dither::{Dither, Quantiser, WordLength};

use super::spec::{Bits, Spec};

/// Frames converted at a time. Ours: two channels of `f32`, noise and integers stay in the first-level cache.
const PIECE_FRAMES: usize = 1024;

/// Turns samples into words of one length and counts what did not fit.
///
/// Dither is triangular, independent per channel, and there in silence too: noise that stops with the music is heard to.
pub(crate) struct Words {
    quantiser: Quantiser,
    dithers: bool,
    frames: u64,
    not_finite: u64,
}

impl Words {
    pub(crate) fn new(spec: &Spec) -> Self {
        let kept = spec.source_bits.is_some_and(|bits| bits <= spec.bits.count());
        let dithers = !kept && spec.bits != Bits::F32;
        let word = if spec.bits == Bits::I16 { WordLength::Bits16 } else { WordLength::Bits24 };
        let dither = if dithers { Dither::Tpdf } else { Dither::None };
        Self { quantiser: Quantiser::new(word, dither, spec.dither_seed), dithers, frames: 0, not_finite: 0 }
    }

    /// Frames converted so far.
    pub(crate) fn frames(&self) -> u64 {
        self.frames
    }

    /// Samples that lay outside what the word can hold and were set to its nearest end.
    pub(crate) fn clipped(&self) -> u64 {
        self.quantiser.clipped_samples()
    }

    /// Samples that were not numbers or infinite and were written as 0.
    pub(crate) fn not_finite(&self) -> u64 {
        self.not_finite
    }

    /// Whether noise is added.
    pub(crate) fn dithers(&self) -> bool {
        self.dithers
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
            for (channel, (samples, out)) in (0..).zip(piece.each().zip(&mut words)) {
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

    fn convert(&mut self, channel: usize, samples: &[f32], codes: &mut [i32]) {
        let mut clean_samples = [0.0_f32; PIECE_FRAMES];
        for (to, &sample) in clean_samples.iter_mut().zip(samples) {
            *to = clean(sample, &mut self.not_finite);
        }
        let held = samples.len().min(PIECE_FRAMES);
        self.quantiser.quantise_run(&clean_samples[..held], channel, self.frames, codes);
    }
}

fn clean(sample: f32, bad: &mut u64) -> f32 {
    let finite = sample.is_finite();
    *bad += u64::from(!finite);
    if finite { sample } else { 0.0 }
}

/// Appends integers of `bits` (16 or 24) as WAV files have them: little-endian, interleaved.
pub(crate) fn interleave(bits: Bits, channels: Channels, left: &[i32], right: &[i32], out: &mut Vec<u8>) {
    match bits {
        Bits::I16 => interleave_of::<2>(channels, left, right, out),
        Bits::I24 | Bits::F32 => interleave_of::<3>(channels, left, right, out),
    }
}

fn interleave_of<const BYTES: usize>(channels: Channels, left: &[i32], right: &[i32], out: &mut Vec<u8>) {
    let begin = out.len();
    out.resize(begin + left.len() * channels.count() * BYTES, 0);
    let to = &mut out[begin..];
    let word = |word: i32| u64::from(word as u32 & u32::MAX >> (32 - 8 * BYTES));
    match channels {
        Channels::Mono => {
            for (to, &only) in to.chunks_exact_mut(BYTES).zip(left) {
                to.copy_from_slice(&word(only).to_le_bytes()[..BYTES]);
            }
        }
        Channels::Stereo => {
            for (to, (&left, &right)) in to.chunks_exact_mut(2 * BYTES).zip(left.iter().zip(right)) {
                let both = word(left) | word(right) << (8 * BYTES);
                to.copy_from_slice(&both.to_le_bytes()[..2 * BYTES]);
            }
        }
    }
}
