//! The two gates of BS.1770-5, Annex 1: −70 LUFS, then 10 LU below what passed the first.

use super::lufs_from_power;
use mixkeel_dsp::units::power_from_db;

/// The absolute gate Γa (BS.1770-5, Annex 1, equation 5).
pub const ABSOLUTE_GATE_LUFS: f64 = -70.0;

/// How far the relative gate Γr lies below the loudness of what passed the absolute one (equation 6).
pub const RELATIVE_GATE_LU: f64 = -10.0;

/// Blocks that passed both gates.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Gated {
    /// Their loudness together.
    pub lufs: f64,
    /// How many passed, of how many.
    pub passed: usize,
    /// All blocks, silent ones included.
    pub blocks: usize,
}

/// The gated loudness of block powers (K-weighted mean squares summed over channels). `None` where nothing passes.
pub fn gated(powers: &[f64]) -> Option<Gated> {
    let absolute = power_of(ABSOLUTE_GATE_LUFS);
    let (mean, _) = mean_above(powers, absolute)?;
    let relative = mean * power_from_db(RELATIVE_GATE_LU);
    let (mean, passed) = mean_above(powers, absolute.max(relative))?;
    Some(Gated { lufs: lufs_from_power(mean)?, passed, blocks: powers.len() })
}

/// The power that reads as a loudness.
pub fn power_of(lufs: f64) -> f64 {
    power_from_db(lufs - super::OFFSET_LU)
}

/// A block passes when it is greater than the gate, not when it equals it (equation 4).
pub(super) fn mean_above(powers: &[f64], gate: f64) -> Option<(f64, usize)> {
    let (mut sum, mut passed) = (0.0, 0_usize);
    for &power in powers.iter().filter(|&&power| power > gate) {
        sum += power;
        passed += 1;
    }
    (passed > 0).then(|| (sum / passed as f64, passed))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quiet_blocks_do_not_pull_the_reading_down() {
        let loud = power_of(-20.0);
        let quiet = power_of(-32.5);
        let together = gated(&[loud, quiet, 0.0, loud]).unwrap();
        assert!((together.lufs + 20.0).abs() < 1e-9);
        assert_eq!((together.passed, together.blocks), (2, 4));
        assert_eq!(gated(&[0.0, power_of(-70.5)]), None);
        assert_eq!(gated(&[]), None);
    }
}
