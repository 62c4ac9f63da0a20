//! Where a signal stands between left and right: the laws of pan, balance and width, each written once.
//!
//! All are written so that the ends are exact: hard left leaves exactly nothing on the right, and what is not moved at all
//! keeps every bit.

use std::f64::consts::{FRAC_PI_2, FRAC_PI_4};

/// Pan of a mono signal, −1 left to +1 right, by the −3 dB sine/cosine law: equal power at every place, −3.01 dB a side
/// in the middle. Gains of the left and the right side.
pub fn mono_pan(pan: f64) -> (f64, f64) {
    (libm::sin((1.0 - pan) * FRAC_PI_4), libm::sin((1.0 + pan) * FRAC_PI_4))
}

/// Balance of a stereo signal, −1 left to +1 right: nothing crosses over. The side one moves away from fades on a quarter
/// sine (−3.01 dB half way), the other stays at unity. Gains of the left and the right side.
pub fn balance(pan: f64) -> (f64, f64) {
    let fade = |away: f64| libm::sin((1.0 - away.max(0.0)) * FRAC_PI_2);
    (fade(pan), fade(-pan))
}

/// Width of a stereo signal, 0 mono to 2 with its sides doubled: middle (l + r)/2 plus width times side (l − r)/2. How
/// much of its own and of the other channel each channel gets.
pub fn width(width: f64) -> (f64, f64) {
    ((1.0 + width) / 2.0, (1.0 - width) / 2.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::units::db_from_gain;

    #[test]
    fn the_pan_law_is_minus_three_decibels_in_the_middle_and_exact_at_the_ends() {
        // The −3 dB law in dB, left side, at −1, −0.5, 0 and 0.5.
        for (pan, db) in [(-1.0, 0.0), (-0.5, -0.688), (0.0, -3.010), (0.5, -8.343)] {
            let (left, right) = mono_pan(pan);
            assert!((db_from_gain(left) - db).abs() < 0.001, "{pan}");
            assert!((left * left + right * right - 1.0).abs() < 1e-15);
        }
        assert_eq!([mono_pan(1.0), mono_pan(-1.0)], [(0.0, 1.0), (1.0, 0.0)]);
    }

    #[test]
    fn what_is_not_moved_keeps_every_bit() {
        assert_eq!((balance(0.0), width(1.0)), ((1.0, 1.0), (1.0, 0.0)));
        assert_eq!([balance(1.0), balance(-1.0)], [(0.0, 1.0), (1.0, 0.0)]);
        assert_eq!(width(0.0), (0.5, 0.5));
    }
}
