//! Sixteen bits for a power, sixteen for a correlation: how the energy map is kept small.

use std::sync::LazyLock;

/// Codes to a doubling of power: a step of 3.01/512 = 0.0059 dB, so that a power comes back within 0.003 dB.
const STEPS_PER_DOUBLING: f64 = STEPS as f64;

/// See [`STEPS_PER_DOUBLING`].
const STEPS: usize = 512;

/// The doublings below full scale at which codes begin: 2⁻¹⁰⁰, −301 dB. They end at 2²⁷, +84 dB.
const LOWEST_DOUBLING: f64 = -100.0;

/// A mean square as a code. Zero, and nothing else, is code 0.
pub fn code_from_power(power: f64) -> u16 {
    if power.is_nan() || power <= 0.0 {
        return 0;
    }
    let steps = (libm::log2(power) - LOWEST_DOUBLING) * STEPS_PER_DOUBLING;
    // A cast saturates, so infinity is the highest code.
    (libm::round(steps).max(1.0)) as u16
}

/// The mean square that a code stands for. Read from a table: forecasts ask millions of times.
pub fn power_from_code(code: u16) -> f64 {
    static WITHIN_A_DOUBLING: LazyLock<[f64; STEPS]> =
        LazyLock::new(|| std::array::from_fn(|step| libm::exp2(step as f64 / STEPS_PER_DOUBLING)));
    if code == 0 {
        return 0.0;
    }
    let (doubling, step) = (i64::from(code) / STEPS as i64, usize::from(code) % STEPS);
    // Two to the power of the doubling, written as the exponent of a double.
    let power_of_two = f64::from_bits(((doubling + LOWEST_DOUBLING as i64 + 1023) as u64) << 52);
    WITHIN_A_DOUBLING[step] * power_of_two
}

/// A cross power over the geometric mean of two powers, −1 to 1, in steps of 1/32767.
pub fn code_from_correlation(cross: f64, one: f64, other: f64) -> i16 {
    let mean = (one * other).sqrt();
    if mean > 0.0 { libm::round((cross / mean).clamp(-1.0, 1.0) * f64::from(i16::MAX)) as i16 } else { 0 }
}

/// The cross power that a code stands for beside two powers.
pub fn cross_from_code(code: i16, one: f64, other: f64) -> f64 {
    (f64::from(code) / f64::from(i16::MAX)).max(-1.0) * (one * other).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn powers_come_back_within_a_three_hundredth_of_a_decibel() {
        for exponent in -250..80 {
            let power = libm::exp10(f64::from(exponent) / 10.0) * 1.234;
            let back = power_from_code(code_from_power(power));
            assert!((10.0 * libm::log10(back / power)).abs() < 0.003, "{power}: {back}");
        }
        assert_eq!((code_from_power(0.0), code_from_power(-1.0), code_from_power(f64::NAN)), (0, 0, 0));
        assert_eq!(code_from_power(f64::INFINITY), u16::MAX);
        assert_eq!(code_from_power(1e-300), 1);
        assert!((0..=u16::MAX).all(|code| code_from_power(power_from_code(code)) == code));
        let formula = |code: u16| libm::exp2(f64::from(code) / STEPS_PER_DOUBLING + LOWEST_DOUBLING);
        assert!((1..=u16::MAX).all(|code| power_from_code(code) == formula(code)));
    }

    #[test]
    fn correlations_come_back() {
        assert_eq!(cross_from_code(code_from_correlation(2.0, 1.0, 4.0), 1.0, 4.0), 2.0);
        assert!((cross_from_code(code_from_correlation(-0.3, 0.5, 0.5), 0.5, 0.5) + 0.3).abs() < 2e-5);
        assert_eq!(code_from_correlation(0.0, 0.0, 0.0), 0);
        assert_eq!(cross_from_code(i16::MIN, 1.0, 1.0), -1.0);
    }
}
