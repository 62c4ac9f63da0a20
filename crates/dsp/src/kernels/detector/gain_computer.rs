//! How much to turn down at a level: the static curve of a compressor or a downward expander.

use crate::kernels::fastmath::{larger, smaller};

/// A static curve with a soft knee (Giannoulis, Massberg, Reiss 2012, eq. 4), written without branches.
///
/// ```
/// use mixkeel_dsp::kernels::detector::GainComputer;
/// let four_to_one = GainComputer::compressor(-20.0, 4.0, 0.0, 100.0);
/// assert_eq!(four_to_one.reduction_db(-8.0), 9.0); // 12 dB over, a quarter of which stays
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct GainComputer {
    threshold_db: f32,
    /// +1 where levels over the threshold are turned down, −1 where those under it are.
    side: f32,
    /// dB of reduction for each dB beyond the knee.
    slope: f32,
    half_knee_db: f32,
    /// One over twice the knee's width; 0 for a hard knee.
    bend: f32,
    range_db: f32,
}

impl GainComputer {
    /// Turns down what is over the threshold: of each dB over it, 1/`ratio` stays. `ratio` is at least 1 and may be infinite,
    /// `knee_db` is the whole width of the knee, `range_db` the most it ever turns down.
    pub fn compressor(threshold_db: f64, ratio: f64, knee_db: f64, range_db: f64) -> Self {
        Self::new(threshold_db, 1.0, 1.0 - 1.0 / f64::max(ratio, 1.0), knee_db, range_db)
    }

    /// Turns down what is under the threshold: each dB under it becomes `ratio` dB, down to `range_db`.
    pub fn expander(threshold_db: f64, ratio: f64, knee_db: f64, range_db: f64) -> Self {
        Self::new(threshold_db, -1.0, f64::max(ratio, 1.0) - 1.0, knee_db, range_db)
    }

    fn new(threshold_db: f64, side: f32, slope: f64, knee_db: f64, range_db: f64) -> Self {
        Self {
            threshold_db: threshold_db as f32,
            side,
            slope: slope as f32,
            half_knee_db: (knee_db / 2.0) as f32,
            bend: if knee_db > 0.0 { (0.5 / knee_db) as f32 } else { 0.0 },
            range_db: range_db as f32,
        }
    }

    /// Whether it turns down what is soft, not what is loud.
    pub fn is_expander(&self) -> bool {
        self.side < 0.0
    }

    /// The most it ever turns down, in dB.
    pub fn range_db(&self) -> f32 {
        self.range_db
    }

    /// How many dB to turn down at a level, never negative; exactly 0 outside the knee on the quiet side.
    #[inline(always)]
    pub fn reduction_db(&self, level_db: f32) -> f32 {
        let beyond = self.side * (level_db - self.threshold_db);
        let in_knee = smaller(larger(beyond + self.half_knee_db, 0.0), 2.0 * self.half_knee_db);
        let past_knee = larger(beyond - self.half_knee_db, 0.0);
        smaller(self.slope * (in_knee * in_knee * self.bend + past_knee), self.range_db)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn four_to_one_over_the_threshold_leaves_a_quarter() {
        let hard = GainComputer::compressor(-20.0, 4.0, 0.0, 100.0);
        assert_eq!(hard.reduction_db(-20.0), 0.0);
        assert_eq!(hard.reduction_db(0.0), 15.0);
        let soft = GainComputer::compressor(-20.0, 4.0, 6.0, 100.0);
        assert_eq!(soft.reduction_db(-23.0), 0.0);
        // At the threshold (1 − 1/R)·W/8; past the knee as if it were hard.
        assert!((soft.reduction_db(-20.0) - 0.75 * 6.0 / 8.0).abs() < 1e-6);
        assert!((soft.reduction_db(-12.0) - 6.0).abs() < 1e-5);
        assert_eq!(GainComputer::compressor(-20.0, f64::INFINITY, 0.0, 12.0).reduction_db(0.0), 12.0);
    }

    #[test]
    fn an_expander_is_the_mirror_image() {
        let expander = GainComputer::expander(-40.0, 3.0, 0.0, 60.0);
        assert_eq!(expander.reduction_db(-40.0), 0.0);
        assert_eq!(expander.reduction_db(-50.0), 20.0);
        assert_eq!(expander.reduction_db(-764.0), 60.0);
    }

    #[test]
    fn louder_in_is_never_softer_out() {
        for ratio in [1.0, 1.3, 4.0, 20.0, f64::INFINITY] {
            for knee_db in [0.0, 0.5, 6.0, 40.0] {
                let computer = GainComputer::compressor(-23.7, ratio, knee_db, 100.0);
                let mut last = f32::NEG_INFINITY;
                for step in -9_000..600 {
                    let level = step as f32 / 100.0;
                    let out = level - computer.reduction_db(level);
                    // Two roundings of numbers under 64: 2·2⁻¹⁸ dB.
                    assert!(out >= last - 8e-6, "{ratio}:1, knee {knee_db}, {level}: {out} after {last}");
                    last = out;
                }
            }
        }
    }

    #[test]
    fn one_to_one_turns_nothing_down() {
        for computer in
            [GainComputer::compressor(-60.0, 1.0, 12.0, 60.0), GainComputer::expander(-6.0, 1.0, 12.0, 60.0)]
        {
            assert!((-700..20).all(|level| computer.reduction_db(level as f32) == 0.0));
        }
    }
}
