//! Splits a sound into parts of the spectrum whose sum is the sound again, flat, turned only in phase.
//!
//! Linkwitz-Riley crossovers of fourth order (S. Linkwitz, "Active Crossover Networks for Noncoincident Drivers", JAES 24(1),
//! 1976): two Butterworth filters in a row on each side, 24 dB an octave, −6 dB and in phase at the corner. Low and high
//! together are a second-order all-pass of the same corner. With more than one corner, what has been split off lower is
//! sent through the all-passes of the corners above it, so that all parts meet in phase whatever their gains.

use std::f64::consts::FRAC_1_SQRT_2;

use super::svf::{Section, Step, Svf, tan_half};
use crate::processor::State;

/// The most parts there may be.
pub const MOST_PARTS: usize = 5;
/// The most corners there may be.
pub const MOST_CORNERS: usize = MOST_PARTS - 1;

/// The corners of a crossover at a rate, rising.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Corners {
    low: [Section; MOST_CORNERS],
    steps: [[Step; 3]; MOST_CORNERS],
    count: usize,
}

impl Corners {
    /// At these frequencies, of which the first [`MOST_CORNERS`] count; one below that before it is brought up to it.
    pub fn new(freqs_hz: impl Iterator<Item = f64>, rate_hz: u32) -> Self {
        let none = Section::IDENTITY;
        let mut corners =
            Self { low: [none; MOST_CORNERS], steps: [[none.step(); 3]; MOST_CORNERS], count: 0 };
        let mut least_hz = 1.0;
        for (index, hz) in freqs_hz.take(MOST_CORNERS).enumerate() {
            least_hz = f64::max(hz, least_hz);
            let g = tan_half(least_hz, rate_hz);
            let low = Section::low_pass(g, FRAC_1_SQRT_2);
            let (high, all) = (Section::high_pass(g, FRAC_1_SQRT_2), Section::all_pass(g, FRAC_1_SQRT_2));
            corners.low[index] = low;
            corners.steps[index] = [low, high, all].map(|section| section.step());
            corners.count = index + 1;
        }
        corners
    }

    /// How many parts there are: one more than corners.
    pub fn parts(&self) -> usize {
        self.count + 1
    }

    /// The magnitude response of a part, in dB; parts are counted from 0, the lowest.
    pub fn gain_db(&self, part: usize, freq_hz: f64, rate_hz: u32) -> f64 {
        let at = tan_half(freq_hz, rate_hz);
        let above = self.low[..part.min(self.count)]
            .iter()
            .map(|low| Section { high: 1.0, low: 0.0, ..*low }.power(at));
        let below = self.low[..self.count].get(part).map(|low| low.power(at));
        // Each filter is there twice, so its power counts as an amplitude.
        above.chain(below).map(crate::units::db_from_gain).sum()
    }

    /// In how many frames what rings falls by one neper (8.69 dB), all corners one after the other.
    pub fn time_constant_frames(&self) -> f64 {
        self.low[..self.count].iter().map(Section::time_constant_frames).sum()
    }
}

/// The memory of a crossover in `C` channels.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Crossover<const C: usize> {
    /// For each corner: low twice, high twice.
    splits: [[Svf<C>; 4]; MOST_CORNERS],
    /// For each corner, the all-pass of each part below it but the one it splits off.
    turns: [[Svf<C>; MOST_CORNERS]; MOST_CORNERS],
}

impl<const C: usize> Crossover<C> {
    /// Splits the frames of the first part into as many as there are; all parts are as long as it.
    pub fn run(&mut self, corners: &Corners, parts: &mut [&mut [[f64; C]]]) {
        let given = parts.len();
        for index in 0..corners.count.min(given.saturating_sub(1)) {
            let [.., part, next] = &mut parts[..index + 2] else { return };
            self.split(index, &corners.steps[index], part, next);
            for (turn, below) in self.turns[index].iter_mut().zip(parts.iter_mut().take(index)) {
                turn.run(&corners.steps[index][2], below);
            }
        }
    }

    /// What is above the corner goes to `next`, the rest stays.
    fn split(
        &mut self,
        index: usize,
        [low, high, _]: &[Step; 3],
        part: &mut [[f64; C]],
        next: &mut [[f64; C]],
    ) {
        let [low_one, low_two, high_one, high_two] = &mut self.splits[index];
        for (frame, above) in part.iter_mut().zip(next) {
            *above = high_two.next(high, high_one.next(high, *frame));
            *frame = low_two.next(low, low_one.next(low, *frame));
        }
        self.splits[index].iter_mut().for_each(Svf::settle);
    }

    /// Forgets the past.
    pub fn reset(&mut self) {
        *self = Self::default();
    }

    /// Notes the memory.
    pub fn snapshot(&self, to: &mut State) {
        self.splits
            .iter()
            .flatten()
            .chain(self.turns.iter().flatten())
            .for_each(|filter| filter.snapshot(to));
    }

    /// Takes up a memory.
    pub fn restore(&mut self, from: &mut State) {
        let turns = self.turns.iter_mut().flatten();
        self.splits.iter_mut().flatten().chain(turns).for_each(|filter| filter.restore(from));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FRAMES: usize = 16_384;

    /// The parts of an impulse.
    fn parts(corners: &Corners) -> Vec<Vec<[f64; 1]>> {
        let mut parts = vec![vec![[0.0]; FRAMES]; corners.parts()];
        parts[0][0] = [1.0];
        let mut views: Vec<&mut [[f64; 1]]> = parts.iter_mut().map(Vec::as_mut_slice).collect();
        Crossover::default().run(corners, &mut views);
        parts
    }

    fn gain_db(impulse: impl Iterator<Item = f64>, hz: f64, rate_hz: u32) -> f64 {
        let turn = std::f64::consts::TAU * hz / f64::from(rate_hz);
        let (mut re, mut im) = (0.0, 0.0);
        for (frame, sample) in impulse.enumerate() {
            let (sin, cos) = libm::sincos(turn * frame as f64);
            (re, im) = (re + sample * cos, im + sample * sin);
        }
        crate::units::db_from_gain(libm::hypot(re, im))
    }

    #[test]
    fn all_parts_together_are_flat() {
        for rate_hz in [44_100, 96_000] {
            for freqs in
                [&[1_000.0][..], &[200.0, 3_000.0], &[120.0, 130.0, 1_000.0, 12_000.0], &[500.0, 80.0]]
            {
                let corners = Corners::new(freqs.iter().copied(), rate_hz);
                let parts = parts(&corners);
                for hz in [20.0, 100.0, 125.0, 500.0, 999.0, 5_000.0, 12_000.0, 20_000.0] {
                    let sum = (0..FRAMES).map(|frame| parts.iter().map(|part| part[frame][0]).sum());
                    let error = gain_db(sum, hz, rate_hz);
                    assert!(error.abs() < 1e-6, "{freqs:?} {hz} {error}");
                }
            }
        }
    }

    #[test]
    fn each_part_is_what_is_drawn_and_falls_by_twenty_four_decibels_an_octave() {
        let corners = Corners::new([300.0, 3_000.0].into_iter(), 48_000);
        let parts = parts(&corners);
        for (index, part) in parts.iter().enumerate() {
            for hz in [50.0, 300.0, 1_000.0, 3_000.0, 9_000.0] {
                let heard = gain_db(part.iter().map(|frame| frame[0]), hz, 48_000);
                let drawn = corners.gain_db(index, hz, 48_000);
                assert!((heard - drawn).abs() < 1e-3 || drawn < -100.0, "{index} {hz} {heard} {drawn}");
            }
        }
        assert!((corners.gain_db(0, 300.0, 48_000) + 6.02).abs() < 0.01);
        assert!((corners.gain_db(0, 600.0, 48_000) - corners.gain_db(0, 1_200.0, 48_000) - 24.0).abs() < 0.6);
    }
}
