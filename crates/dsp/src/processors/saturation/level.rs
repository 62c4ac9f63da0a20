//! Keeps what was bent as loud as what went in: two running loudnesses and the factor between them.

use crate::kernels::svf::{Section, Step, Svf, tan_half};
use crate::processor::State;

/// How long loudness is remembered. Three seconds are the window of short-term loudness (EBU Tech 3341).
const MEMORY_S: f64 = 3.0;

/// How much the first estimate counts, in seconds of sound. Ours: long enough that the first hit does not jump.
const FIRST_S: f64 = 0.2;

/// Sound softer than this tells nothing: the absolute gate of ITU-R BS.1770-5, −70 LKFS, as a mean square.
const GATE_POWER: f64 = 1e-7;

/// The factor stays within these. Ours: from what 36 dB of drive can add to what the softest curve can take.
const LEAST: f64 = 0.01;
const MOST: f64 = 8.0;

/// The weighting of BS.1770-5 as an analogue prototype: a high shelf of 4 dB and a high pass, with the frequencies and
/// qualities that reproduce the coefficients printed there at 48 kHz.
fn weighting(rate_hz: u32) -> [Step; 2] {
    let (high, band) = (1.584_864_701_130_855, 1.258_720_930_232_562);
    let q = 0.707_175_236_955_419_6;
    let shelf = Section::from_analogue(
        tan_half(1_681.974_450_955_533, rate_hz),
        [1.0, band / q, high],
        [1.0, 1.0 / q, 1.0],
    );
    [
        shelf.step(),
        Section::high_pass(tan_half(38.135_470_876_024_44, rate_hz), 0.500_327_037_323_877_3).step(),
    ]
}

/// Compares two signals of up to two channels and says by which factor the second is to be multiplied.
#[derive(Clone, Debug)]
pub(super) struct Level {
    weighting: [Step; 2],
    memory_frames: f64,
    first_frames: f64,
    filters: [[Svf<2>; 2]; 2],
    /// Sums of squares since the last point of the grid, ahead of the curve and after it.
    sums: [f64; 2],
    frames: f64,
    /// Running means of squares, and the frames they stand for.
    powers: [f64; 2],
    weight: f64,
    factor: [f64; 2],
}

impl Level {
    pub fn new(rate_hz: u32) -> Self {
        Self {
            weighting: weighting(rate_hz),
            memory_frames: MEMORY_S * f64::from(rate_hz),
            first_frames: FIRST_S * f64::from(rate_hz),
            filters: Default::default(),
            sums: [0.0; 2],
            frames: 0.0,
            powers: [0.0; 2],
            weight: 0.0,
            factor: [1.0; 2],
        }
    }

    /// A point of the control grid: the next factor is known from here on.
    pub fn turn(&mut self) {
        self.factor[0] = self.factor[1];
        if self.frames > 0.0 && self.sums[0] > GATE_POWER * self.frames {
            if self.weight == 0.0 {
                // The first estimate: as loud as it was, at the level of what comes first.
                self.weight = self.first_frames;
                self.powers = [self.sums[0] / self.frames; 2];
            }
            self.weight = (self.weight + self.frames).min(self.memory_frames);
            for (power, sum) in self.powers.iter_mut().zip(self.sums) {
                *power += (sum - *power * self.frames) / self.weight;
            }
            if self.powers[1] > 0.0 {
                self.factor[1] = (self.powers[0] / self.powers[1]).sqrt().clamp(LEAST, MOST);
            }
        }
        (self.sums, self.frames) = ([0.0; 2], 0.0);
    }

    /// The factors at the points of the grid before and after.
    pub fn factors(&self) -> [f64; 2] {
        self.factor
    }

    /// Hears one frame ahead of the curve and after it.
    pub fn hear(&mut self, before: [f64; 2], after: [f64; 2]) {
        for (index, sound) in [before, after].into_iter().enumerate() {
            let [shelf, pass] = &mut self.filters[index];
            let [left, right] = pass.next(&self.weighting[1], shelf.next(&self.weighting[0], sound));
            self.sums[index] += left * left + right * right;
        }
        self.frames += 1.0;
    }

    /// Drops what has faded to nothing.
    pub fn settle(&mut self) {
        self.filters.iter_mut().flatten().for_each(Svf::settle);
    }

    pub fn reset(&mut self) {
        self.filters = Default::default();
        (self.sums, self.frames, self.powers, self.weight, self.factor) =
            ([0.0; 2], 0.0, [0.0; 2], 0.0, [1.0; 2]);
    }

    pub fn snapshot(&self, to: &mut State) {
        self.filters.iter().flatten().for_each(|filter| filter.snapshot(to));
        self.sums.iter().chain(&self.powers).chain(&self.factor).for_each(|value| to.put(*value));
        to.put(self.frames);
        to.put(self.weight);
    }

    pub fn restore(&mut self, from: &mut State) {
        self.filters.iter_mut().flatten().for_each(|filter| filter.restore(from));
        let values = self.sums.iter_mut().chain(&mut self.powers).chain(&mut self.factor);
        values.for_each(|value| *value = from.take());
        self.frames = from.take();
        self.weight = from.take();
    }
}
