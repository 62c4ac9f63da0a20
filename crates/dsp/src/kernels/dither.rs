//! Makes words shorter: rounding to 16 or 24 bits with triangular dither that depends on the frame and nothing else.
//!
//! Sources: S. P. Lipshitz, R. A. Wannamaker, J. Vanderkooy, "Quantization and dither: a theoretical survey", J. Audio
//! Eng. Soc. 40(5), 1992 (two uniform numbers of one step each leave an error of 1/4 step², whatever the signal); the
//! random numbers are SplitMix64 (G. L. Steele, D. Lea, C. H. Flood, "Fast splittable pseudorandom number generators",
//! OOPSLA 2014), whose n-th number can be had without those before it.

use crate::simd::wide;

/// How many bits a sample keeps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WordLength {
    /// 16 bits, −32 768 to 32 767.
    Bits16,
    /// 24 bits, −8 388 608 to 8 388 607.
    Bits24,
}

impl WordLength {
    /// 16 or 24.
    pub fn bits(self) -> u32 {
        match self {
            WordLength::Bits16 => 16,
            WordLength::Bits24 => 24,
        }
    }

    /// The code one above the highest: what a sample of 1.0 would be.
    pub fn full_scale(self) -> i32 {
        1 << (self.bits() - 1)
    }
}

/// Whether noise is added before rounding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dither {
    /// Rounds only. Right where samples already lie on the target's grid (16 bit in, nothing changed, 16 bit out): then
    /// every code comes back as it was.
    None,
    /// Adds triangular noise of ±1 step before rounding. Right everywhere else, silence included: dither that stops
    /// when the music does is heard to stop.
    Tpdf,
}

/// Rounds samples to a word length and counts those that did not fit.
///
/// The noise of a frame depends on the seed, the channel and the frame's number only, so a file is the same however
/// it was cut into blocks, and a part of it is the same as that part of the whole.
///
/// ```
/// use mixkeel_dsp::kernels::dither::{Dither, Quantiser, WordLength};
/// let mut writer = Quantiser::new(WordLength::Bits16, Dither::None, 0);
/// assert_eq!(writer.quantise(-0.5, 0, 0), -16_384);
/// assert_eq!(writer.quantise(1.0, 0, 1), 32_767);
/// assert_eq!(writer.clipped_samples(), 1);
/// ```
#[derive(Clone, Debug)]
pub struct Quantiser {
    word: WordLength,
    dither: Dither,
    seed: u64,
    clipped_samples: u64,
}

impl Quantiser {
    /// One for a file; `seed` makes its noise repeatable.
    pub fn new(word: WordLength, dither: Dither, seed: u64) -> Self {
        Self { word, dither, seed, clipped_samples: 0 }
    }

    /// The integer code of one sample of a channel (0 is left) at a frame. 1.0 is one above the highest code: it and
    /// all that is louder become the highest code and are counted. Not-a-number becomes 0.
    pub fn quantise(&mut self, sample: f32, channel: usize, frame: u64) -> i32 {
        let mut code = 0;
        self.quantise_run(&[sample], channel, frame, std::slice::from_mut(&mut code));
        code
    }

    /// The codes of a run of samples of one channel, the first of them at `first_frame`. Stops at the shorter slice.
    pub fn quantise_run(&mut self, samples: &[f32], channel: usize, first_frame: u64, codes: &mut [i32]) {
        let stream = stream(self.seed, channel);
        let full_scale = f64::from(self.word.full_scale());
        let mut noise = [0; PIECE];
        let mut frame = first_frame;
        for (samples, codes) in samples.chunks(PIECE).zip(codes.chunks_mut(PIECE)) {
            let noise = match self.dither {
                Dither::None => None,
                Dither::Tpdf => {
                    for (noise, ahead) in noise[..samples.len()].iter_mut().zip(0..) {
                        *noise = mix(stream.wrapping_add(frame.wrapping_add(ahead).wrapping_mul(GOLDEN)));
                    }
                    Some(&noise[..])
                }
            };
            self.clipped_samples += match noise {
                Some(noise) => dithered(samples, noise, full_scale, codes),
                None => rounded(samples, full_scale, codes),
            };
            frame = frame.wrapping_add(PIECE as u64);
        }
    }

    /// How many samples so far were too loud for the word.
    pub fn clipped_samples(&self) -> u64 {
        self.clipped_samples
    }
}

/// Samples worked on at once. Ours: their noise stays in the first-level cache.
const PIECE: usize = 256;

wide! {
    fn rounded(samples: &[f32], full_scale: f64, codes: &mut [i32]) -> u64 {
        let mut clipped = 0;
        for (code, sample) in codes.iter_mut().zip(samples) {
            let (held, over) = whole(f64::from(*sample) * full_scale, full_scale);
            *code = held;
            clipped += u64::from(over);
        }
        clipped
    }

    fn dithered(samples: &[f32], noise: &[u64], full_scale: f64, codes: &mut [i32]) -> u64 {
        let mut clipped = 0;
        for ((code, sample), noise) in codes.iter_mut().zip(samples).zip(noise) {
            let (held, over) = whole(f64::from(*sample) * full_scale + triangular(*noise), full_scale);
            *code = held;
            clipped += u64::from(over);
        }
        clipped
    }
}

/// 1.5·2⁵²: adding it leaves a whole number of up to 51 bits in the lowest bits of an `f64`, rounded to nearest, halves to even.
const ROUNDER: f64 = 6_755_399_441_055_744.0;

/// The code nearest to a number, and whether it had to be brought within the codes there are. Not-a-number becomes 0.
#[inline(always)]
fn whole(wanted: f64, full_scale: f64) -> (i32, bool) {
    let rounded = (wanted + ROUNDER) - ROUNDER;
    let over = rounded < -full_scale || rounded > full_scale - 1.0;
    let held = if wanted > -full_scale { wanted } else { -full_scale };
    let held = if held < full_scale - 1.0 { held } else { full_scale - 1.0 };
    let held = if wanted.is_nan() { 0.0 } else { held };
    ((held + ROUNDER).to_bits() as i32, over)
}

/// The difference of two uniform numbers in [0, 1): triangular between −1 and 1, variance 1/6.
#[inline(always)]
fn triangular(bits: u64) -> f64 {
    const PER_UNIT: f64 = 1.0 / 4_294_967_296.0;
    (f64::from((bits >> 32) as u32) - f64::from(bits as u32)) * PER_UNIT
}

/// Where a channel's numbers start in the cycle of 2^64: two hashes apart for every seed and channel.
fn stream(seed: u64, channel: usize) -> u64 {
    mix(mix(seed.wrapping_add(GOLDEN)).wrapping_add((channel as u64).wrapping_add(1).wrapping_mul(GOLDEN)))
}

/// SplitMix64's step, 2^64 divided by the golden ratio, made odd.
const GOLDEN: u64 = 0x9E37_79B9_7F4A_7C15;

/// SplitMix64's finaliser (variant 13 of D. Stafford's list).
#[inline(always)]
fn mix(mut bits: u64) -> u64 {
    bits = (bits ^ (bits >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    bits = (bits ^ (bits >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    bits ^ (bits >> 31)
}
