//! What a compressor would do to a recording, told from the 5 ms levels in its profile: so that a threshold can be set to
//! what is wanted, and make-up to what is lost, before anything is played.

use mixkeel_analysis::dynamics::Envelope;
use mixkeel_analysis::loudness::LoudnessContour;
use mixkeel_dsp::kernels::detector::{Ballistics, GainComputer, Timing};
use mixkeel_dsp::units::power_from_db;

/// A cell sounds when its level is no further under the loudest than this, in dB; as in `analysis::dynamics`.
const SOUNDING_DB: f64 = 40.0;

/// Of the sounding time, this part is pressed by less than what is called the reduction: what stands on a meter at the
/// louder notes. Ours: a needle is read where it goes, not at its mean.
const READ_AT: f64 = 0.9;

/// The lowest and the highest threshold that are tried, in dBFS: the processor's own.
const THRESHOLDS_DB: (f64, f64) = (-80.0, 0.0);

/// What a compressor is set to, as far as it changes how much it does.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Press {
    /// How many dB over the threshold become one.
    pub ratio: f64,
    /// The width of the bend.
    pub knee_db: f64,
    /// The time in which 63 % of a reduction is reached.
    pub attack_ms: f64,
    /// The time in which 63 % of a reduction is given back.
    pub release_ms: f64,
}

/// How far a compressor with this threshold would turn down in each cell, in dB, when it hears these levels.
pub fn reductions_db(levels_dbfs: &[f64], press: &Press, threshold_db: f64) -> Vec<f64> {
    let computer = GainComputer::compressor(threshold_db, press.ratio, press.knee_db, 100.0);
    let timing = Timing::new(press.attack_ms, press.release_ms, Envelope::CELLS_PER_S);
    let mut ballistics = Ballistics::<1>::default();
    let step = |level: &f64| ballistics.step([f64::from(computer.reduction_db(*level as f32))], &timing)[0];
    levels_dbfs.iter().map(step).collect()
}

/// The reduction that nine tenths of the sounding time stay under, in dB. `None` for silence.
pub fn reading_db(levels_dbfs: &[f64], reductions_db: &[f64]) -> Option<f64> {
    let loudest = levels_dbfs.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let sounding = levels_dbfs.iter().zip(reductions_db).filter(|(level, _)| **level > loudest - SOUNDING_DB);
    let mut all: Vec<f64> = sounding.map(|(_, reduction)| *reduction).collect();
    let at = ((all.len() as f64 * READ_AT) as usize).min(all.len().checked_sub(1)?);
    Some(*all.select_nth_unstable_by(at, f64::total_cmp).1)
}

/// The threshold at which the reading is what is wanted, to a tenth of a decibel. `None` where no threshold does that.
pub fn threshold_db(levels_dbfs: &[f64], press: &Press, wanted_db: f64) -> Option<f64> {
    let reading = |threshold: f64| reading_db(levels_dbfs, &reductions_db(levels_dbfs, press, threshold));
    let (mut low, mut high) = THRESHOLDS_DB;
    if reading(low)? < wanted_db {
        return None;
    }
    while high - low > 0.05 {
        let middle = 0.5 * (low + high);
        if reading(middle)? < wanted_db {
            high = middle;
        } else {
            low = middle;
        }
    }
    let threshold = libm::round(low * 10.0) / 10.0;
    (threshold < -0.1).then_some(threshold)
}

/// By how much the gated loudness of a recording changes when it is turned down like this, in LU; never above 0.
pub fn loudness_change_lu(contour: &LoudnessContour, powers_db: &[f64], reductions_db: &[f64]) -> f64 {
    let cells = (f64::from(Envelope::CELLS_PER_S) * LoudnessContour::STEP_S) as usize;
    let kept = powers_db.chunks(cells).zip(reductions_db.chunks(cells)).map(|(powers, reductions)| {
        let before: f64 = powers.iter().map(|db| power_from_db(*db)).sum();
        let after: f64 = powers.iter().zip(reductions).map(|(db, down)| power_from_db(db - down)).sum();
        if before > 0.0 { after / before } else { 1.0 }
    });
    let powers = contour.powers.iter().zip(kept).map(|(power, kept)| (f64::from(*power) * kept) as f32);
    let pressed = LoudnessContour { powers: powers.collect() };
    match (contour.integrated_lufs(), pressed.integrated_lufs()) {
        (Some(before), Some(after)) => (after - before).min(0.0),
        _ => 0.0,
    }
}

/// How far levels spread, in dB: from that under which a tenth of them lie to that under which nine tenths do. `None` where
/// there are fewer than eight.
pub fn spread_db(levels: impl Iterator<Item = f64>) -> Option<f64> {
    let mut levels: Vec<f64> = levels.filter(|level| level.is_finite()).collect();
    levels.sort_by(f64::total_cmp);
    let at = |share: f64| levels.get((share * (levels.len() - 1) as f64) as usize).copied();
    if levels.len() < 8 { None } else { Some(at(0.9)? - at(0.1)?) }
}

/// The middle of some values. `None` of none.
pub fn median(values: impl Iterator<Item = f64>) -> Option<f64> {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    const PRESS: Press = Press { ratio: 4.0, knee_db: 6.0, attack_ms: 10.0, release_ms: 100.0 };

    /// A second of strokes of 50 ms, five a second, every other one 6 dB softer; ten seconds of it.
    fn strokes() -> Vec<f64> {
        let level = |cell: usize| match (cell % 40 < 10, (cell / 40) % 2) {
            (true, 0) => -6.0,
            (true, _) => -12.0,
            _ => -60.0,
        };
        (0..2_000).map(level).collect()
    }

    #[test]
    fn a_threshold_gives_the_reduction_that_was_asked_for() {
        let levels = strokes();
        for wanted in [1.0, 3.0, 5.0] {
            let threshold = threshold_db(&levels, &PRESS, wanted).unwrap_or(f64::NAN);
            let got = reading_db(&levels, &reductions_db(&levels, &PRESS, threshold)).unwrap_or(f64::NAN);
            assert!((got - wanted).abs() < 0.15, "{wanted}: {got} at {threshold}");
        }
        assert_eq!(threshold_db(&levels, &PRESS, 70.0), None);
        assert_eq!(threshold_db(&[], &PRESS, 3.0), None);
    }

    #[test]
    fn a_steady_sound_loses_as_much_loudness_as_it_is_turned_down() {
        let levels = vec![-20.0; 2_000];
        let reductions = reductions_db(&levels, &PRESS, -30.0);
        let contour = LoudnessContour { powers: vec![0.01; 100] };
        // 10 dB over at 4:1.
        assert!((loudness_change_lu(&contour, &levels, &reductions) + 7.5).abs() < 0.1);
    }

    #[test]
    fn a_spread_is_between_tenths() {
        assert!((spread_db((0..=100).map(f64::from)).unwrap_or(0.0) - 80.0).abs() < 1.0);
        assert_eq!(spread_db([1.0; 7].into_iter()), None);
    }
}
