//! What every repair in the spectrum shares: the sound taken apart and put together, the dry sound that waits for it, the mix of
//! both, and an account of what was taken out.

use rustfft::num_complex::Complex;

use super::stft::{Spectra, Stft};
use super::whole_delay::WholeDelay;
use crate::block::{Block, Signal};
use crate::glide::Glide;
use crate::processor::{Context, Report, Setup, State};

/// Changes spectra, and mixes the outcome with the dry sound of the same time.
#[derive(Debug)]
pub struct Spectral {
    /// Taking apart and putting together.
    pub stft: Stft,
    dry: Vec<WholeDelay>,
    /// The dry sound of the current block.
    waiting: Vec<Vec<f32>>,
    /// The share of the changed sound, 0 to 1.
    mix: Glide<[f64; 1]>,
    removed: f64,
    samples: usize,
}

impl Spectral {
    /// With windows about as long as this; up to `keys` rows of side chains are looked at (a stereo key is two).
    pub fn new(window_ms: f64, setup: &Setup, keys: usize) -> Self {
        let channels = setup.channels.count();
        let stft = Stft::new(Stft::window_frames(window_ms, setup.rate_hz), channels, keys);
        Self {
            dry: vec![WholeDelay::new(stft.latency_frames()); channels],
            waiting: vec![vec![0.0; setup.max_block_frames]; channels],
            mix: Glide::new([1.0]),
            removed: 0.0,
            samples: 0,
            stft,
        }
    }

    /// How much of the changed sound is heard, in percent.
    pub fn aim(&mut self, mix_percent: f64) {
        self.mix.aim([mix_percent / 100.0]);
    }

    /// Plays a block; `change` is told of every window that ends in it.
    pub fn run(
        &mut self,
        io: &mut Block<'_>,
        keys: &[Signal<'_>],
        at: &Context,
        change: impl FnMut(Spectra<'_>),
    ) {
        let frames = io.frames();
        (self.removed, self.samples) = (0.0, frames * io.channels().count());
        for ((channel, waiting), delay) in io.each().zip(&mut self.waiting).zip(&mut self.dry) {
            waiting[..frames].copy_from_slice(channel);
            delay.run(&mut waiting[..frames]);
        }
        self.stft.run(io, keys, at.frame, change);
        let (mut removed, waiting) = (0.0, &self.waiting);
        self.mix.walk(at.frame, frames, |stretch, motion| {
            for (channel, waiting) in io.each().zip(waiting) {
                let pairs = channel[stretch.clone()].iter_mut().zip(&waiting[stretch.clone()]);
                for (frame, (out, dry)) in pairs.enumerate() {
                    let [wet] = motion.at(frame);
                    let (changed, dry) = (f64::from(*out), f64::from(*dry));
                    *out = (dry * (1.0 - wet) + changed * wet) as f32;
                    let gone = dry - f64::from(*out);
                    removed += gone * gone;
                }
            }
        });
        self.removed = removed;
    }

    /// Says how much was taken out of the last block.
    pub fn report(&self, out: &mut Report) {
        out.removed_power = self.removed / self.samples.max(1) as f64;
    }

    /// Forgets everything.
    pub fn reset(&mut self) {
        self.stft.reset();
        self.dry.iter_mut().for_each(WholeDelay::reset);
        self.mix.settle();
    }

    /// Notes the memory.
    pub fn snapshot(&self, to: &mut State) {
        self.stft.snapshot(to);
        self.dry.iter().for_each(|delay| delay.snapshot(to));
        self.mix.snapshot(to);
    }

    /// Takes up a memory.
    pub fn restore(&mut self, from: &mut State) {
        self.stft.restore(from);
        self.dry.iter_mut().for_each(|delay| delay.restore(from));
        self.mix.restore(from);
    }
}

/// The mean power of a bin over some rows, the channels of one sound.
pub fn mean_power(rows: &[Vec<Complex<f32>>], bin: usize) -> f32 {
    let powers = rows.iter().filter_map(|row| row.get(bin)).map(Complex::norm_sqr);
    powers.sum::<f32>() / rows.len().max(1) as f32
}

/// Multiplies every row by the same gains, so that places between left and right stay where they are.
pub fn apply(gains: &[f32], rows: &mut [Vec<Complex<f32>>]) {
    for row in rows {
        row.iter_mut().zip(gains).for_each(|(bin, gain)| *bin *= *gain);
    }
}
/// How many parts a memory of minima has: what is forgotten is an eighth of it at a time (R. Martin, "Noise power spectral
/// density estimation based on optimal smoothing and minimum statistics", IEEE Trans. Speech Audio Proc. 9(5), 2001, has
/// the same order).
const PARTS: usize = 8;

/// The least value of every bin over a memory that slides on by eighths.
#[derive(Clone, Debug)]
pub struct Minima {
    /// The least of the current part, then of the parts before it.
    least: [Vec<f32>; PARTS],
}

impl Minima {
    /// For so many bins, with nothing heard yet.
    pub fn new(bins: usize) -> Self {
        Self { least: std::array::from_fn(|_| vec![f32::MAX; bins]) }
    }

    /// How many windows a part of a memory of `memory_s` lasts.
    pub fn part_windows(memory_s: f64, hop_s: f64) -> u64 {
        libm::ceil(memory_s / hop_s / PARTS as f64).max(1.0) as u64
    }

    /// Forgets everything.
    pub fn reset(&mut self) {
        self.least.iter_mut().for_each(|part| part.fill(f32::MAX));
    }

    /// Begins the next part and forgets the oldest.
    pub fn next_part(&mut self) {
        self.least.rotate_right(1);
        self.least[0].fill(f32::MAX);
    }

    /// Takes a value of a bin into the current part.
    pub fn take(&mut self, bin: usize, value: f32) {
        self.least[0][bin] = self.least[0][bin].min(value);
    }

    /// The least of a bin; nothing before half the memory is full.
    pub fn least(&self, bin: usize) -> Option<f32> {
        let heard = self.least[PARTS / 2][bin] != f32::MAX;
        heard.then(|| self.least.iter().fold(f32::MAX, |least, part| least.min(part[bin])))
    }

    /// What it remembers, row by row.
    pub fn rows(&self) -> impl Iterator<Item = &Vec<f32>> {
        self.least.iter()
    }

    /// The same, to be restored.
    pub fn rows_mut(&mut self) -> impl Iterator<Item = &mut Vec<f32>> {
        self.least.iter_mut()
    }
}
