//! Loudness range after EBU Tech 3342 (version 4): how far apart the quiet and the loud parts of a programme are.

use super::gating::{ABSOLUTE_GATE_LUFS, mean_above, power_of};
use super::lufs_from_power;
use mixkeel_dsp::units::power_from_db;

/// How far the relative gate lies below the mean power of what passed the absolute one (clause 3).
const RELATIVE_GATE_LU: f64 = -20.0;

/// The quiet end: the loudness that 10 % lie below, so that a fade-out does not count (clause 2.1).
const LOW_PERCENTILE: f64 = 0.10;

/// The loud end: the loudness that 95 % lie below, so that one shot does not count (clause 2.1).
const HIGH_PERCENTILE: f64 = 0.95;

/// The range in LU of short-term powers taken at least ten times a second. `None` where nothing passes the gates.
pub fn range_lu(short_term_powers: &[f64]) -> Option<f64> {
    let absolute = power_of(ABSOLUTE_GATE_LUFS);
    let (mean, _) = mean_above(short_term_powers, absolute)?;
    let gate = absolute.max(mean * power_from_db(RELATIVE_GATE_LU));
    // The text of the standard keeps what is not below the gate.
    let mut kept: Vec<f64> = short_term_powers.iter().copied().filter(|&power| power >= gate).collect();
    kept.sort_by(f64::total_cmp);
    let at = |part: f64| kept.get(libm::round((kept.len().max(1) - 1) as f64 * part) as usize).copied();
    Some(lufs_from_power(at(HIGH_PERCENTILE)?)? - lufs_from_power(at(LOW_PERCENTILE)?)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ends_are_the_tenth_and_the_ninety_fifth_percentile() {
        // 101 values, 0.1 LU apart: the 11th and the 96th.
        let powers: Vec<f64> = (0..101).map(|n| power_of(-30.0 + 0.1 * f64::from(n))).collect();
        assert!((range_lu(&powers).unwrap() - 8.5).abs() < 1e-9);
        let twice = [powers.clone(), powers].concat();
        assert!((range_lu(&twice).unwrap() - 8.5).abs() < 0.11, "twice the same has the same range");
    }

    #[test]
    fn what_is_20_lu_below_the_rest_does_not_count_and_silence_has_no_range() {
        let mut powers = vec![power_of(-20.0); 50];
        powers.extend([power_of(-45.0); 50]);
        assert!(range_lu(&powers).unwrap().abs() < 1e-9);
        assert_eq!(range_lu(&[0.0; 40]), None);
        assert_eq!(range_lu(&[]), None);
    }
}
