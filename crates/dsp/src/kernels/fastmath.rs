//! Logarithms and powers of two for every sample: a few dozen operations that compilers turn into SIMD lanes.
//!
//! Everything here is `f32` additions, multiplications, one division, comparisons and moves of bits, so a loop over a slice
//! of samples vectorises on any machine and gives the same bits on all of them. For single values, and where more than
//! seven digits matter, use [`units`](crate::units).

use crate::simd::wide;

/// Decibels in a doubling of amplitude: 20·log10(2).
pub const DB_PER_OCTAVE: f32 = 6.020_599_913_279_624;

/// The bits of √½, the lower end of the octave around 1 in which the logarithm is approximated.
const SQRT_HALF_BITS: u32 = 0x3f35_04f3;
/// Bits in the fraction of an `f32` (IEEE 754).
const FRACTION_BITS: u32 = 23;
/// 1.5·2²³: adding it leaves a whole number in the lowest bits of an `f32`, rounded to nearest.
const ROUNDER: f32 = 12_582_912.0;
/// The exponent of 1.0 in an `f32`.
const EXPONENT_BIAS: u32 = 127;

/// The larger of two numbers, as one machine instruction; the second where one is not a number.
#[inline(always)]
pub fn larger(a: f32, b: f32) -> f32 {
    if a > b { a } else { b }
}

/// The smaller of two numbers, as one machine instruction; the second where one is not a number.
#[inline(always)]
pub fn smaller(a: f32, b: f32) -> f32 {
    if a < b { a } else { b }
}

wide! {
    /// The largest of some numbers and `least`, in eight lanes: one after the other, each would wait for the one before.
    pub fn largest(values: &[f32], least: f32) -> f32 {
        let mut lanes = [least; 8];
        let (groups, rest) = values.as_chunks::<8>();
        for group in groups {
            for (lane, value) in lanes.iter_mut().zip(group) {
                *lane = larger(*lane, *value);
            }
        }
        lanes.iter().chain(rest).fold(least, |most, value| larger(most, *value))
    }

    /// Turns samples down by reductions in dB.
    pub fn turn_down(samples: &mut [f32], reductions_db: &[f32]) {
        for (sample, reduction) in samples.iter_mut().zip(reductions_db) {
            *sample *= gain_from_db(-*reduction);
        }
    }

    /// The same, as so much of what is heard (a factor), and so much as it came.
    pub fn turn_down_beside(samples: &mut [f32], reductions_db: &[f32], wet_dry: [f32; 2]) {
        let [wet, dry] = wet_dry;
        for (sample, reduction) in samples.iter_mut().zip(reductions_db) {
            *sample *= dry + wet * gain_from_db(-*reduction);
        }
    }

    /// The same for two channels that share their reductions: each gain is worked out once.
    pub fn turn_both_down_beside(
        left: &mut [f32],
        right: &mut [f32],
        reductions_db: &[f32],
        wet_dry: [f32; 2],
    ) {
        let [wet, dry] = wet_dry;
        for ((left, right), reduction) in left.iter_mut().zip(right).zip(reductions_db) {
            let gain = dry + wet * gain_from_db(-*reduction);
            *left *= gain;
            *right *= gain;
        }
    }
}

/// The logarithm to base 2 of a finite number that is not negative.
///
/// Within 1.2·10⁻⁷ of the true value, or one part in 8 million where that is more (tested at every exponent and at every
/// number of two octaves); exact for powers of two, rising wherever its argument rises by more than that. Zero gives −127,
/// a finite number below every sample that counts: −764.6 dB.
#[inline(always)]
pub fn log2(x: f32) -> f32 {
    // Split into 2^octave · m, m from √½ to √2.
    let octave = (x.to_bits().wrapping_sub(SQRT_HALF_BITS) as i32) >> FRACTION_BITS;
    let m = f32::from_bits(x.to_bits().wrapping_sub((octave as u32) << FRACTION_BITS));
    // log2(m) = 2·artanh(s) / ln 2, with s = (m − 1)/(m + 1), as an odd polynomial. Its coefficients are ours: minimax for
    // the relative error over |s| ≤ 3 − 2√2 by Remez' exchange, which leaves 7·10⁻¹⁰.
    let s = (m - 1.0) / (m + 1.0);
    let z = s * s;
    let p = 0.431_735_88 * z + 0.576_714_4;
    let p = p * z + 0.961_798_85;
    let p = p * z + 2.885_390_1;
    octave as f32 + s * p
}

/// 2 to the power of a number, which is brought within −126 to 127 first.
///
/// Within 1.2·10⁻⁷ of the true value, relative (tested at every exponent and at every number from −1 to 1); exactly 1 at 0.
#[inline(always)]
pub fn exp2(x: f32) -> f32 {
    let x = smaller(larger(x, -126.0), 127.0);
    let rounded = x + ROUNDER;
    let octave = rounded.to_bits().wrapping_sub(ROUNDER.to_bits());
    let f = x - (rounded - ROUNDER);
    // 2^f = 1 + f·q(f), f from −½ to ½. The coefficients of q are ours: minimax for the relative error by Remez' exchange,
    // which leaves 2·10⁻⁹.
    let q = 0.000_153_533_62 * f + 0.001_339_887_4;
    let q = q * f + 0.009_618_437;
    let q = q * f + 0.055_503_324;
    let q = q * f + 0.240_226_48;
    let q = q * f + std::f32::consts::LN_2;
    (1.0 + f * q) * f32::from_bits(octave.wrapping_add(EXPONENT_BIAS) << FRACTION_BITS)
}

/// The level in dB of an amplitude that is not negative: 20·log10(gain), within 1.5·10⁻⁶ dB near 0 dBFS and 5·10⁻⁵ dB at the
/// ends of the range (an `f32` of that size has no more digits). Zero gives −764.6 dB.
#[inline(always)]
pub fn db_from_gain(gain: f32) -> f32 {
    DB_PER_OCTAVE * log2(gain)
}

/// The level in dB of a power that is not negative: 10·log10(power). Zero gives −382.3 dB.
#[inline(always)]
pub fn db_from_power(power: f32) -> f32 {
    0.5 * DB_PER_OCTAVE * log2(power)
}

/// The amplitude factor of a level in dB: 10^(dB/20), within 1.3·10⁻⁷ relative for each 6 dB away from 0 dB; exactly 1 at
/// 0 dB. Levels are brought within −758 to +764 dB first.
#[inline(always)]
pub fn gain_from_db(db: f32) -> f32 {
    exp2(db * (1.0 / DB_PER_OCTAVE))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every exponent with a few thousand fractions each, and every number of two octaves around 1.
    fn amplitudes() -> impl Iterator<Item = f32> {
        let everywhere = (0x0080_0000_u32..0x7f80_0000).step_by(2_039).map(f32::from_bits);
        everywhere.chain((0.5_f32.to_bits()..2.0_f32.to_bits()).map(f32::from_bits))
    }

    #[test]
    fn the_logarithm_is_right_over_the_whole_range() {
        let mut last = f32::NEG_INFINITY;
        for x in amplitudes() {
            let truth = libm::log2(f64::from(x));
            let error = (f64::from(log2(x)) - truth).abs();
            assert!(error < f64::max(1.2e-7, truth.abs() * 1.2e-7), "{x} {error}");
        }
        for x in (0.5_f32.to_bits()..4.0_f32.to_bits()).step_by(16).map(f32::from_bits) {
            assert!(log2(x) >= last, "{x}");
            last = log2(x);
        }
    }

    #[test]
    fn the_power_is_right_over_the_whole_range() {
        let steps = (-126 * 4_096..127 * 4_096).map(|step| step as f32 / 4_096.0);
        let every = (0x3000_0000_u32..1.0_f32.to_bits()).step_by(7).map(f32::from_bits);
        for x in steps.chain(every.clone()).chain(every.map(|x| -x)) {
            let truth = libm::exp2(f64::from(x));
            let error = (f64::from(exp2(x)) / truth - 1.0).abs();
            assert!(error < 1.2e-7, "{x} {error}");
        }
    }

    #[test]
    fn the_largest_is_found_wherever_it_is() {
        for count in 0..40 {
            for at in 0..count {
                let values: Vec<f32> = (0..count).map(|index| if index == at { 2.0 } else { -1.0 }).collect();
                assert_eq!(largest(&values, 0.0), 2.0);
                assert_eq!(largest(&values, 3.0), 3.0);
            }
        }
        assert_eq!(largest(&[], -5.0), -5.0);
    }

    #[test]
    fn special_numbers_come_out_exactly() {
        for octave in -126..=127 {
            let power = libm::exp2(f64::from(octave)) as f32;
            assert_eq!(log2(power), octave as f32);
            assert_eq!(exp2(octave as f32), power);
        }
        assert_eq!(log2(0.0), -127.0);
        assert_eq!(exp2(-1e30), exp2(-126.0));
        assert_eq!(exp2(1e30), exp2(127.0));
        assert_eq!(gain_from_db(0.0), 1.0);
        assert_eq!(db_from_gain(1.0), 0.0);
        // What is too small to be normal is under everything that is, and over zero.
        assert!((-127.0..-126.0).contains(&log2(f32::from_bits(1))));
    }

    #[test]
    fn decibels_go_there_and_back() {
        for tenth in -1_500..=300 {
            let db = tenth as f32 / 10.0;
            let gain = gain_from_db(db);
            let truth = crate::units::gain_from_db(f64::from(db));
            let octaves = f64::from(db / DB_PER_OCTAVE).abs().max(1.0);
            assert!((f64::from(gain) / truth - 1.0).abs() < 1.3e-7 * octaves, "{db}");
            assert!((db_from_gain(gain) - db).abs() < 2e-5, "{db} {}", db_from_gain(gain));
            assert!((db_from_power(gain * gain) - db).abs() < 3e-5, "{db}");
        }
    }
}
