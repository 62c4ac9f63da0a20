//! Beats along a pulse: the chain of strong steps that are a period apart, found by dynamic programming.
//!
//! The method is of Ellis, "Beat tracking by dynamic programming" (Journal of New Music Research 36, 2007), with a period
//! that may change along the song.

use super::peaks::summit;
use super::tempogram::Pulse;

/// What leaving the period costs, against a curve of unit deviation: the squared logarithm of a gap over the period, times
/// this (Ellis's alpha). 100 as in librosa 0.11: a beat may be 10 % off where it gains one deviation.
const TIGHTNESS: f64 = 100.0;

/// The times of the pulse in steps, from before the first accent to after the last.
pub(crate) fn pulses(curve: &[f64], pulse: &Pulse) -> Vec<f64> {
    let mean = curve.iter().sum::<f64>() / curve.len().max(1) as f64;
    let power = curve.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>() / curve.len().max(1) as f64;
    if power <= 0.0 {
        return Vec::new();
    }
    let scale = 1.0 / power.sqrt();
    let logs: Vec<f64> = (0..512).map(|n| libm::log(f64::from(n.max(1)))).collect();
    let mut scores: Vec<f64> = Vec::with_capacity(curve.len());
    let mut before: Vec<Option<usize>> = Vec::with_capacity(curve.len());
    for (step, x) in curve.iter().enumerate() {
        let period = pulse.period(step);
        let log_period = libm::log(period);
        let (mut best, mut from) = (0.0, None);
        for gap in (period / 2.0) as usize..=(period * 2.0) as usize {
            let Some(at) = step.checked_sub(gap) else { break };
            let off = logs.get(gap).copied().unwrap_or(0.0) - log_period;
            let score = scores.get(at).copied().unwrap_or(0.0) - TIGHTNESS * off * off;
            if score > best {
                (best, from) = (score, Some(at));
            }
        }
        scores.push(best + x * scale);
        before.push(from);
    }
    let last = pulse.period(curve.len().saturating_sub(1));
    let tail = curve.len().saturating_sub(last as usize);
    let mut at = (tail..curve.len()).fold(None, |best: Option<usize>, step| match best {
        Some(best) if scores[step] <= scores[best] => Some(best),
        _ => Some(step),
    });
    let mut chain = Vec::new();
    while let Some(step) = at {
        chain.push(if curve[step] > 0.0 { summit(curve, step) } else { step as f64 });
        at = before.get(step).copied().flatten();
    }
    chain.reverse();
    extended(chain, pulse, curve.len() as f64)
}

/// The chain with pulses added at both ends, as far as the song goes.
fn extended(mut chain: Vec<f64>, pulse: &Pulse, steps: f64) -> Vec<f64> {
    let (Some(&first), Some(&last)) = (chain.first(), chain.last()) else { return chain };
    let gap = |from: f64, to: f64, count: usize, other: f64| {
        if count > 0 { (to - from) / count as f64 } else { other }
    };
    let near = chain.len().saturating_sub(1).min(4);
    let head = gap(first, chain[near], near, pulse.period(0));
    let tail = gap(chain[chain.len() - 1 - near], last, near, pulse.period(steps as usize));
    let mut early: Vec<f64> =
        std::iter::successors(Some(first - head), |t| Some(t - head)).take_while(|t| *t >= -1.0).collect();
    early.reverse();
    early.append(&mut chain);
    early.extend(std::iter::successors(Some(last + tail), |t| Some(t + tail)).take_while(|t| *t < steps));
    early
}
