//! How the two channels of a sound reach the two sides of a mix, as factors of amplitude, and what that does to powers.

use mixkeel_analysis::energy::Power;
use mixkeel_session::graph::Matrix;

/// From left to left, right to left, left to right, right to right.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Passage([f64; 4]);

impl Passage {
    /// As it comes.
    pub const OPEN: Self = Self([1.0, 0.0, 0.0, 1.0]);
    /// Not at all.
    pub const SHUT: Self = Self([0.0; 4]);

    /// Both channels by one factor.
    pub fn gain(gain: f64) -> Self {
        Self([gain, 0.0, 0.0, gain])
    }

    /// Each channel by a factor of its own.
    pub fn sides(left: f64, right: f64) -> Self {
        Self([left, 0.0, 0.0, right])
    }

    /// The middle and the difference of both channels, each by a factor of its own.
    pub fn mid_side(mid: f64, side: f64) -> Self {
        let (near, far) = ((mid + side) / 2.0, (mid - side) / 2.0);
        Self([near, far, far, near])
    }

    /// A strip's placement.
    pub fn placed(matrix: Matrix) -> Self {
        Self([matrix.left[0], matrix.left[1], matrix.right[0], matrix.right[1]])
    }

    /// First this, then another.
    pub fn then(self, next: Self) -> Self {
        let ([a, b, c, d], [e, f, g, h]) = (self.0, next.0);
        Self([e * a + f * c, e * b + f * d, g * a + h * c, g * b + h * d])
    }

    /// Two ways at once, which add up as the same sound does.
    pub fn beside(self, other: Self) -> Self {
        let ([a, b, c, d], [e, f, g, h]) = (self.0, other.0);
        Self([a + e, b + f, c + g, d + h])
    }

    /// What arrives of a power.
    #[inline]
    pub fn of(self, power: Power) -> Power {
        let [ll, rl, lr, rr] = self.0;
        let Power { left, right, cross } = power;
        Power {
            left: ll * ll * left + rl * rl * right + 2.0 * ll * rl * cross,
            right: lr * lr * left + rr * rr * right + 2.0 * lr * rr * cross,
            cross: ll * lr * left + rl * rr * right + (ll * rr + rl * lr) * cross,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two channels of numbers and what a passage makes of them, sample by sample.
    fn played(passage: Passage, sound: &[(f64, f64)]) -> Power {
        let Passage([ll, rl, lr, rr]) = passage;
        sound.iter().fold(Power::default(), |sum, (l, r)| {
            let (left, right) = (ll * l + rl * r, lr * l + rr * r);
            Power {
                left: sum.left + left * left,
                right: sum.right + right * right,
                cross: sum.cross + left * right,
            }
        })
    }

    #[test]
    fn powers_pass_as_the_samples_would() {
        let sound = [(0.3, -0.7), (0.9, 0.1), (-0.4, 0.5), (0.2, 0.8)];
        let one = Passage([0.5, -0.3, 0.9, 0.2]).then(Passage::mid_side(0.7, 1.4));
        let other = one.beside(Passage::sides(0.5, 0.0));
        for passage in [Passage::OPEN, Passage::SHUT, Passage::gain(0.5), one, other] {
            let told = passage.of(played(Passage::OPEN, &sound));
            let heard = played(passage, &sound);
            for (told, heard) in
                [(told.left, heard.left), (told.right, heard.right), (told.cross, heard.cross)]
            {
                assert!((told - heard).abs() < 1e-12, "{passage:?}");
            }
        }
    }
}
