//! Makes words shorter: rounding to 16 or 24 bits with triangular dither that depends on the frame and nothing else.
//!
//! Sources: S. P. Lipshitz, R. A. Wannamaker, J. Vanderkooy, "Quantization and dither: a theoretical survey", J. Audio
//! Eng. Soc. 40(5), 1992 (two uniform numbers of one step each leave an error of 1/4 step², whatever the signal); the
//! random numbers are SplitMix64 (G. L. Steele, D. Lea, C. H. Flood, "Fast splittable pseudorandom number generators",
//! OOPSLA 2014), whose n-th number can be had without those before it.

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
        self.quantise_with(stream(self.seed, channel), sample, frame)
    }

    /// The codes of a run of samples of one channel, the first of them at `first_frame`. Stops at the shorter slice.
    pub fn quantise_run(&mut self, samples: &[f32], channel: usize, first_frame: u64, codes: &mut [i32]) {
        let stream = stream(self.seed, channel);
        for ((code, sample), ahead) in codes.iter_mut().zip(samples).zip(0..) {
            *code = self.quantise_with(stream, *sample, first_frame.wrapping_add(ahead));
        }
    }

    /// How many samples so far were too loud for the word.
    pub fn clipped_samples(&self) -> u64 {
        self.clipped_samples
    }

    fn quantise_with(&mut self, stream: u64, sample: f32, frame: u64) -> i32 {
        let full_scale = f64::from(self.word.full_scale());
        let exact = f64::from(sample) * full_scale;
        let wanted = match self.dither {
            Dither::None => exact,
            Dither::Tpdf => exact + triangular(stream, frame),
        };
        let rounded = wanted.round_ties_even();
        let held = rounded.clamp(-full_scale, full_scale - 1.0);
        // Not-a-number differs from itself but did not clip.
        self.clipped_samples += u64::from(rounded != held && !rounded.is_nan());
        held as i32
    }
}

/// The difference of two uniform numbers in [0, 1): triangular between −1 and 1, variance 1/6.
fn triangular(stream: u64, frame: u64) -> f64 {
    const PER_UNIT: f64 = 1.0 / 4_294_967_296.0;
    let bits = mix(stream.wrapping_add(frame.wrapping_mul(GOLDEN)));
    (f64::from((bits >> 32) as u32) - f64::from(bits as u32)) * PER_UNIT
}

/// Where a channel's numbers start in the cycle of 2^64: two hashes apart for every seed and channel.
fn stream(seed: u64, channel: usize) -> u64 {
    mix(mix(seed.wrapping_add(GOLDEN)).wrapping_add((channel as u64).wrapping_add(1).wrapping_mul(GOLDEN)))
}

/// SplitMix64's step, 2^64 divided by the golden ratio, made odd.
const GOLDEN: u64 = 0x9E37_79B9_7F4A_7C15;

/// SplitMix64's finaliser (variant 13 of D. Stafford's list).
fn mix(mut bits: u64) -> u64 {
    bits = (bits ^ (bits >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    bits = (bits ^ (bits >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    bits ^ (bits >> 31)
}
