//! Where sounds begin in a track: how often, how sharply, how evenly, and what is left of them a moment later.

use mixkeel_analysis::music::{Music, ONSET_BANDS};

use super::features::{db, mean, median, spread};

/// A stroke rises above this share of the strongest, and is the highest within 60 ms to either side. Ours.
const STROKE: f64 = 0.2;
/// See [`STROKE`].
const APART: usize = 6;

/// Steps of 10 ms between which the same may come again: 200 ms to 2 s.
const PERIODS: std::ops::Range<usize> = 20..200;

/// No more of a track than this is looked at for periods: 60 s, which is sixteen bars and more.
const LONGEST: usize = 6_000;

/// What the onset curves of a track say.
pub(super) struct Strokes {
    features: [f64; 13],
}

impl Strokes {
    pub fn of(music: &Music, totals: &[f64], sounding: &[usize]) -> Self {
        let steps = music.steps();
        let mut shares = [0.0; ONSET_BANDS];
        let mut curve = Vec::with_capacity(steps);
        for step in 0..steps {
            let mut sum = 0.0;
            for (band, share) in shares.iter_mut().enumerate() {
                let onset = music.onset(step, band);
                *share += onset;
                sum += onset;
            }
            curve.push(sum);
        }
        let all: f64 = curve.iter().sum::<f64>().max(f64::MIN_POSITIVE);
        let mut sorted = curve.clone();
        sorted.sort_by(f64::total_cmp);
        let top = sorted.get(sorted.len().saturating_sub(3 + sorted.len() / 1_000)).copied().unwrap_or(0.0);
        let at = |step: usize| curve.get(step).copied().unwrap_or(0.0);
        let is_stroke = |step: usize| {
            let from = step.saturating_sub(APART);
            at(step) > STROKE * top
                && (from..step).all(|other| at(other) < at(step))
                && (step + 1..=step + APART).all(|other| at(other) <= at(step))
        };
        let strokes: Vec<usize> = (0..steps).filter(|&step| is_stroke(step)).collect();
        let heights: Vec<f64> = strokes.iter().map(|&step| at(step)).collect();
        let (height, uneven) = spread(&heights);
        let mut sharp: Vec<f64> = strokes
            .iter()
            .map(|&step| {
                let near =
                    |from: usize, to: usize| (step.saturating_sub(from)..=step + to).map(at).sum::<f64>();
                near(1, 1) / near(8, 8).max(f64::MIN_POSITIVE)
            })
            .collect();
        let gaps: Vec<f64> = strokes.windows(2).map(|pair| libm::log2((pair[1] - pair[0]) as f64)).collect();
        let (_, irregular) = spread(&gaps);
        let (after_200, after_400) = after(&strokes, totals);
        let sounding_s = (sounding.len() as f64 / 10.0).max(0.1);
        // How much of the curve, where there is sound, lies in its highest tenth: near 1 for strokes, near 0.3 for what never
        // begins.
        let mut heard: Vec<f64> =
            sounding.iter().flat_map(|cell| (10 * cell..10 * cell + 10).map(at)).collect();
        heard.sort_by(|a, b| b.total_cmp(a));
        let whole: f64 = heard.iter().sum::<f64>().max(f64::MIN_POSITIVE);
        let highest: f64 = heard.iter().take(heard.len().div_ceil(10)).sum();
        Self {
            features: [
                (strokes.len() as f64 / sounding_s).min(20.0),
                if height > 0.0 { uneven / height } else { 0.0 },
                irregular,
                median(&mut sharp),
                highest / whole,
                periodic(busiest(&curve)),
                after_200,
                after_400,
                shares[0] / all,
                shares[1] / all,
                shares[2] / all,
                shares[3] / all,
                shares[4] / all,
            ],
        }
    }

    pub fn push(&self, out: &mut Vec<f64>) {
        out.extend(self.features);
    }
}

/// What is left 200 and 400 ms after a stroke, in dB: the median over strokes that are alone for as long, or over all.
fn after(strokes: &[usize], totals: &[f64]) -> (f64, f64) {
    let alone = |at: usize| strokes.get(at + 1).is_none_or(|next| next - strokes[at] >= 45);
    let every: Vec<usize> = (0..strokes.len()).collect();
    let mut chosen: Vec<usize> = every.iter().copied().filter(|&at| alone(at)).collect();
    if chosen.len() < 3 {
        chosen = every;
    }
    let total = |cell: usize| totals.get(cell).copied().unwrap_or(0.0);
    let fall = |later: usize| {
        let mut falls: Vec<f64> = chosen
            .iter()
            .filter_map(|&at| {
                let cell = strokes[at] / 10;
                let top = total(cell).max(total(cell + 1));
                (top > 0.0).then(|| (db(total(cell + later) / top)).clamp(-50.0, 6.0))
            })
            .collect();
        median(&mut falls)
    };
    (fall(2), fall(4))
}

/// The part of a long curve in which most begins.
fn busiest(curve: &[f64]) -> &[f64] {
    let starts = (0..=curve.len().saturating_sub(LONGEST)).step_by(LONGEST / 4);
    let part = |from: usize| curve.get(from..(from + LONGEST).min(curve.len())).unwrap_or_default();
    let mut best = part(0);
    for start in starts {
        if part(start).iter().sum::<f64>() > best.iter().sum::<f64>() {
            best = part(start);
        }
    }
    best
}

/// How much the curve is like itself a while later: the highest autocorrelation.
fn periodic(curve: &[f64]) -> f64 {
    let middle = mean(curve);
    let moved: Vec<f64> = curve.iter().map(|value| value - middle).collect();
    let power: f64 = moved.iter().map(|value| value * value).sum();
    if power <= 0.0 {
        return 0.0;
    }
    let alike = |lag: usize| -> f64 {
        let sum: f64 = moved.iter().zip(moved.iter().skip(lag)).map(|(a, b)| a * b).sum();
        sum / power * moved.len() as f64 / moved.len().saturating_sub(lag).max(1) as f64
    };
    PERIODS.filter(|lag| 2 * lag < moved.len()).map(alike).fold(0.0, f64::max).min(1.0)
}
