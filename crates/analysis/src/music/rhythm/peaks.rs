//! Onsets: the summits of an onset curve that stand out of what is around them.

use super::STEP_S;

/// Steps to either side over which a summit must be the highest. 30 ms, after Böck, Krebs and Schedl, "Evaluating the online
/// capabilities of onset detection methods" (ISMIR 2012).
const HIGHEST_STEPS: usize = 3;

/// Steps to either side over which the mean is taken that a summit must rise above. 100 ms, from the same paper.
const MEAN_STEPS: usize = 10;

/// How far a summit must rise above the mean around it, in parts of the strongest typical onset of the curve. Ours: between the
/// ripple of a steady chord (under 0.03) and a soft stroke 30 dB under the loud ones (0.18, as curves follow the fourth root of
/// power).
const RISE: f64 = 0.15;

/// The shortest time between two onsets, in steps: 50 ms, the tolerance onsets are judged by.
const APART_STEPS: usize = 5;

/// Something that begins.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Onset {
    /// When, in seconds from the beginning of the curve.
    pub at_s: f64,
    /// How strong: 1 is a typical strong onset of this curve.
    pub strength: f64,
}

/// The onsets of a curve that has a value every 10 ms: one band of a track, or the sum of several. Its scale does not matter.
pub fn onsets(curve: &[f64]) -> Vec<Onset> {
    let typical = typical_height(curve);
    if typical <= 0.0 {
        return Vec::new();
    }
    let mut found: Vec<Onset> = Vec::new();
    let mut last: Option<usize> = None;
    for (step, &here) in curve.iter().enumerate() {
        let around = |reach: usize| &curve[step.saturating_sub(reach)..(step + reach + 1).min(curve.len())];
        let wide = around(MEAN_STEPS);
        let mean = wide.iter().sum::<f64>() / wide.len() as f64;
        let highest = around(HIGHEST_STEPS).iter().all(|&other| other <= here);
        let apart = last.is_none_or(|last| step - last >= APART_STEPS);
        if highest && apart && here - mean >= RISE * typical {
            last = Some(step);
            found.push(Onset { at_s: (summit(curve, step) + 0.5) * STEP_S, strength: here / typical });
        }
    }
    found
}

/// The height that strong values have: the root of the mean of fourth powers over the mean of squares, which silence between
/// onsets does not lower.
pub(crate) fn typical_height(curve: &[f64]) -> f64 {
    let (squares, fourths) =
        curve.iter().fold((0.0, 0.0), |(two, four), x| (two + x * x, four + x * x * x * x));
    if squares > 0.0 && fourths.is_finite() { (fourths / squares).sqrt() } else { 0.0 }
}

/// The place of a summit between steps: the top of the parabola through three values.
pub(crate) fn summit(curve: &[f64], step: usize) -> f64 {
    let at = |index: Option<usize>| index.and_then(|index| curve.get(index)).copied().unwrap_or(0.0);
    let [low, middle, high] = [at(step.checked_sub(1)), at(Some(step)), at(step.checked_add(1))];
    let bend = low - 2.0 * middle + high;
    let beside = if bend < 0.0 { (0.5 * (low - high) / bend).clamp(-0.5, 0.5) } else { 0.0 };
    step as f64 + beside
}
