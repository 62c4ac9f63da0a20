//! Turns a reduction that jumps into one that moves: two running means in a row, in whole numbers.

use crate::processor::State;

/// One dB is so many units. A power of two, so that scaling rounds nothing.
const UNITS: f64 = 4_294_967_296.0;

/// The largest reduction it can carry, in dB: beyond any signal; the sums of the longest windows stay below 2⁶³.
pub(super) const MOST_DB: f64 = 400.0;

/// The mean of the mean of a reduction in dB over `length` frames each: a triangle, so the gain has no corners.
///
/// In whole numbers the running sums are exact: a reduction that has ended is zero again, not nearly zero, and what the sums
/// hold does not depend on how long they have been running.
#[derive(Clone, Debug)]
pub(super) struct Smooth {
    first: Vec<i64>,
    second: Vec<i64>,
    sums: [i64; 2],
    at: usize,
}

impl Smooth {
    pub fn new(length: usize) -> Self {
        let length = length.max(1);
        Self { first: vec![0; length], second: vec![0; length], sums: [0; 2], at: 0 }
    }

    /// Frames from the first change of what goes in until all of it has arrived.
    pub fn settles_in(&self) -> usize {
        2 * self.first.len() - 2
    }

    /// The smoothed reduction after one more frame, in dB.
    pub fn push(&mut self, reduction_db: f64) -> f64 {
        let (Some(oldest), Some(older)) = (self.first.get_mut(self.at), self.second.get_mut(self.at)) else {
            return 0.0;
        };
        let new = (reduction_db.min(MOST_DB) * UNITS) as i64;
        self.sums[0] += new - std::mem::replace(oldest, new);
        self.sums[1] += self.sums[0] - std::mem::replace(older, self.sums[0]);
        self.at = if self.at + 1 < self.first.len() { self.at + 1 } else { 0 };
        let length = self.first.len() as f64;
        self.sums[1] as f64 / (UNITS * length * length)
    }

    pub fn reset(&mut self) {
        self.first.fill(0);
        self.second.fill(0);
        (self.sums, self.at) = ([0; 2], 0);
    }

    pub fn snapshot(&self, to: &mut State) {
        let put = |value: i64, to: &mut State| to.put(f64::from_bits(value as u64));
        self.first.iter().chain(&self.second).chain(&self.sums).for_each(|value| put(*value, to));
        to.put(self.at as f64);
    }

    pub fn restore(&mut self, from: &mut State) {
        let values = self.first.iter_mut().chain(&mut self.second).chain(&mut self.sums);
        values.for_each(|value| *value = from.take().to_bits() as i64);
        self.at = (from.take() as usize).min(self.first.len() - 1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_arrives_in_a_smooth_line_stays_and_ends_at_nothing() {
        let mut smooth = Smooth::new(50);
        let rise: Vec<f64> = (0..=smooth.settles_in()).map(|_| smooth.push(6.0)).collect();
        assert!((rise[98] - 6.0).abs() < 1e-9);
        assert!(rise.windows(2).all(|two| two[1] > two[0] && two[1] - two[0] < 6.0 / 49.0));
        assert!((smooth.push(6.0) - 6.0).abs() < 1e-9);
        for _ in 0..100_000 {
            smooth.push(0.1);
        }
        (0..98).for_each(|_| assert!(smooth.push(0.0) > 0.0));
        assert_eq!(smooth.push(0.0), 0.0);
    }
}
