//! How many bits the samples really use: 16-bit sound in a 24-bit file, also after its level was changed.
//!
//! Sound of 16 bits lies on a lattice of 2⁻¹⁵. Zeros below show it directly. A gain stretches the lattice, and rounding to
//! 24 bits moves its points by half a step at most, so near zero most 24-bit values never occur.

use super::Stored;
use super::problem::{Problem, Sureness};

/// The finest lattice looked for: 24 bits.
const FINEST_BITS: u32 = 24;

/// Values of 24 bits looked at on either side of zero. Ours: a hundred steps of 16 bits and more, in 8 KiB a channel.
const REACH: i32 = 1 << 15;

/// Samples noted a channel; more would say nothing new.
const ENOUGH: u32 = 400_000;

/// Samples needed before anything is said: two for every value of a lattice of 16 bits in reach, ten times over.
const LEAST_SAMPLES: u32 = 2_560;

/// Different values needed, so that a handful of test tones or a square wave says nothing.
const LEAST_VALUES: usize = 48;

/// Steps finer than this (18 bits and more) are not told from noise.
const LEAST_STEP: f64 = 40.0;

#[derive(Clone, Debug)]
struct Lattice {
    /// All 24-bit values, or-ed.
    all: u32,
    /// Whether some sample lies between 24-bit values.
    between: bool,
    /// Which of the small values occurred.
    seen: Vec<u64>,
    noted: u32,
}

/// Measures word length.
#[derive(Debug)]
pub(super) struct Bits {
    stored: Stored,
    channels: Vec<Lattice>,
}

impl Bits {
    pub fn new(stored: Stored, channels: usize) -> Self {
        let lattice = Lattice { all: 0, between: false, seen: vec![0; REACH as usize / 32], noted: 0 };
        Self { stored, channels: vec![lattice; channels] }
    }

    pub fn push(&mut self, block: &[&[f32]]) {
        for (lattice, samples) in self.channels.iter_mut().zip(block) {
            lattice.add(samples);
        }
    }

    /// The shortest word that holds the sound; `None` where no word of 24 bits does, or nothing can be said.
    pub fn finish(self, problems: &mut Vec<Problem>) -> Option<u32> {
        if self.stored.lossy {
            return None;
        }
        let mut most: Option<(u32, bool)> = None;
        let mut certain = true;
        for lattice in &self.channels {
            if lattice.all == 0 && !lattice.between {
                continue;
            }
            let plain =
                (!lattice.between).then(|| FINEST_BITS - lattice.all.trailing_zeros().min(FINEST_BITS - 1));
            let stretched = lattice
                .step()
                .map(|step| FINEST_BITS.saturating_sub(libm::round(libm::log2(step)) as u32).max(1));
            let values: usize = lattice.seen.iter().map(|word| word.count_ones() as usize).sum();
            certain &= values >= LEAST_VALUES;
            let bits = match (plain, stretched) {
                (Some(plain), Some(stretched)) if stretched < plain => (stretched, true),
                (Some(plain), _) => (plain, false),
                (None, Some(stretched)) => (stretched, true),
                (None, None) => return None,
            };
            most = most.max(Some(bits));
        }
        let (bits, scaled) = most?;
        let file_bits = if self.stored.float { 32 } else { self.stored.bits.map_or(bits, u32::from) };
        if certain && bits < file_bits && bits <= 20 && file_bits > 16 {
            let file = if self.stored.float { "float".to_owned() } else { format!("{file_bits}-bit") };
            let how = if scaled { ", changed in level afterwards" } else { "" };
            let message =
                format!("the {file} file holds {bits}-bit sound{how}: the rest of each word adds nothing");
            let sureness = if scaled { Sureness::Likely } else { Sureness::Certain };
            problems.push(Problem { id: "padded-bits", message, spans_s: Vec::new(), sureness });
        }
        Some(bits)
    }
}

impl Lattice {
    fn add(&mut self, samples: &[f32]) {
        let scale = 8_388_608.0_f32;
        for &sample in samples {
            let scaled = sample * scale;
            let value = scaled as i32;
            // A value of more than 24 bits has no fraction in f32, so this holds for any level.
            self.between |= value as f32 != scaled;
            self.all |= value as u32;
        }
        if self.noted >= ENOUGH {
            return;
        }
        for &sample in samples {
            // Loud samples are most of all, and out of reach whichever way they are rounded.
            if (sample * scale).abs() >= REACH as f32 {
                continue;
            }
            let value = libm::rintf(sample * scale);
            if value.abs() < REACH as f32 && value != 0.0 {
                let place = (value as i32 + REACH) as usize;
                if let Some(word) = self.seen.get_mut(place / 64) {
                    *word |= 1 << (place % 64);
                }
                self.noted += 1;
            }
        }
    }

    /// The step of the lattice in steps of 24 bits, where the small values lie on one.
    fn step(&self) -> Option<f64> {
        if self.noted < LEAST_SAMPLES {
            return None;
        }
        let values: Vec<i32> = (0..2 * REACH)
            .filter(|place| {
                let place = *place as usize;
                self.seen.get(place / 64).is_some_and(|word| word >> (place % 64) & 1 == 1)
            })
            .map(|place| place - REACH)
            .collect();
        if values.len() < LEAST_VALUES || values.len() as f64 > f64::from(2 * REACH) / LEAST_STEP {
            return None;
        }
        // The smallest gap is one step, give or take a rounding at both ends; the whole stretch is many, which makes it exact.
        let gap = values
            .windows(2)
            .filter_map(|two| Some(two.get(1)? - two.first()?))
            .filter(|gap| *gap > 2)
            .min()?;
        let mut step = f64::from(gap);
        if step < LEAST_STEP {
            return None;
        }
        for &value in values.iter().filter(|value| **value > 0) {
            let steps = libm::round(f64::from(value) / step);
            let refined = f64::from(value) / steps.max(1.0);
            if steps >= 1.0 && (f64::from(value) - steps * step).abs() < 0.3 * step {
                step = refined;
            }
        }
        let off = |value: i32| {
            let steps = f64::from(value) / step;
            (steps - libm::round(steps)).abs() * step > 1.6
        };
        let strays = values.iter().filter(|value| off(**value)).count();
        (strays * 50 <= values.len()).then_some(step)
    }
}
