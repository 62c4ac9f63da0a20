//! Sums over all samples of both channels: the broad-band side of the stereo figures, free of any window.

use serde::{Deserialize, Serialize};

use super::pair::Pair;

/// Sums side by side; blocks are always cut at the same frames, so that the order never changes.
const LANES: usize = 4;

/// Energies and means over the whole length.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Sums {
    /// Sums of squares over frames.
    pub pair: Pair,
    /// Mean of the left, or only, channel, as a fraction of full scale.
    pub left_mean: f64,
    /// Mean of the right channel.
    pub right_mean: f64,
    /// Frames summed.
    pub frames: u64,
}

impl Sums {
    /// Pearson's correlation of the two channels, −1 to 1: their means do not count. `None` where a channel is silent or
    /// never moves.
    pub fn correlation(&self) -> Option<f64> {
        let frames = self.frames as f64;
        let still = |energy: f64, mean: f64| {
            let moving = energy - frames * mean * mean;
            // What rounding leaves of a constant is no movement.
            if moving > 1e-12 * energy { moving } else { 0.0 }
        };
        let product = still(self.pair.left, self.left_mean) * still(self.pair.right, self.right_mean);
        let together = self.pair.mid - self.pair.side - frames * self.left_mean * self.right_mean;
        (product > 0.0).then(|| (together / product.sqrt()).clamp(-1.0, 1.0))
    }
}

/// The sums while they grow.
#[derive(Clone, Default)]
pub(crate) struct Growing {
    frames: u64,
    means: [[f64; LANES]; 2],
    squares: [[f64; LANES]; 4],
}

impl Growing {
    /// Adds frames; every call but the last has to bring a multiple of four.
    pub(crate) fn add(&mut self, left: &[f32], right: &[f32]) {
        let [lefts, rights, mids, sides] = &mut self.squares;
        let [left_sums, right_sums] = &mut self.means;
        for (left, right) in left.chunks(LANES).zip(right.chunks(LANES)) {
            for (lane, (&left, &right)) in left.iter().zip(right).enumerate().take(LANES) {
                let (left, right) = (f64::from(left), f64::from(right));
                let (sum, difference) = (left + right, left - right);
                lefts[lane] += left * left;
                rights[lane] += right * right;
                mids[lane] += sum * sum;
                sides[lane] += difference * difference;
                left_sums[lane] += left;
                right_sums[lane] += right;
            }
        }
        self.frames += left.len().min(right.len()) as u64;
    }

    pub(crate) fn sums(&self) -> Sums {
        let [left, right, mid, side] = self.squares.map(|lanes| lanes.iter().sum::<f64>());
        let frames = self.frames.max(1) as f64;
        let [left_mean, right_mean] = self.means.map(|lanes| lanes.iter().sum::<f64>() / frames);
        let pair = Pair { left, right, mid: mid / 4.0, side: side / 4.0 };
        Sums { pair, left_mean, right_mean, frames: self.frames }
    }
}
