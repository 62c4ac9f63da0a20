//! How strong a sound is at the very edge of what its rate can carry.

use super::EDGE;
use crate::kernels::detector::SlidingMax;
use crate::kernels::whole_delay::WholeDelay;
use crate::processor::State;

/// One unit of full scale in the whole numbers that are summed, so that the running sum is exact.
const UNITS: f64 = 1_073_741_824.0;

/// Samples beyond this count as this: +60 dBFS.
const MOST: f32 = 1_000.0;

/// The magnitude of the mean of [`EDGE`] samples, every second turned over: a tone at half the rate reads its amplitude, all
/// below 0.48 of the rate nearly nothing. What comes out is the largest over as many frames, in time with a drawing of the
/// waveform that is `late` frames late.
#[derive(Clone, Debug)]
pub(super) struct Edge {
    turned: [i64; EDGE],
    at: usize,
    sum: i64,
    largest: SlidingMax,
    waiting: WholeDelay,
}

impl Edge {
    pub fn new(late: usize) -> Self {
        // The mean lies half of its frames back, and the largest half of its own.
        let waiting = WholeDelay::new(late.saturating_sub(EDGE));
        Self { turned: [0; EDGE], at: 0, sum: 0, largest: SlidingMax::new(EDGE), waiting }
    }

    #[inline]
    pub fn push(&mut self, sample: f32) -> f32 {
        let sample = (f64::from(sample.clamp(-MOST, MOST)) * UNITS) as i64;
        // EDGE is even, so a place in the row always has the same turn.
        let new = if self.at.is_multiple_of(2) { sample } else { -sample };
        self.sum += new - std::mem::replace(&mut self.turned[self.at], new);
        self.at = (self.at + 1) % EDGE;
        let strength = (self.sum.abs() as f64 / (UNITS * EDGE as f64)) as f32;
        let mut held = [self.largest.push(strength)];
        self.waiting.run(&mut held);
        held[0]
    }

    pub fn reset(&mut self) {
        (self.turned, self.at, self.sum) = ([0; EDGE], 0, 0);
        self.largest.reset();
        self.waiting.reset();
    }

    pub fn snapshot(&self, to: &mut State) {
        self.turned.iter().chain([&self.sum]).for_each(|value| to.put(f64::from_bits(*value as u64)));
        to.put(self.at as f64);
        self.largest.snapshot(to);
        self.waiting.snapshot(to);
    }

    pub fn restore(&mut self, from: &mut State) {
        self.turned.iter_mut().chain([&mut self.sum]).for_each(|value| *value = from.take().to_bits() as i64);
        self.at = from.take() as usize % EDGE;
        self.largest.restore(from);
        self.waiting.restore(from);
    }
}
