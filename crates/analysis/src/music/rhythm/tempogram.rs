//! How a curve repeats itself, window by window, and the path of the pulse through it.

use super::STEPS_PER_S;

/// Steps in a window: 8 s. Ours: it holds more than two bars of the slowest pulse, and a tempo that drifts by 5 % within 10 s
/// moves a beat in it by less than its own length.
const WINDOW_STEPS: usize = 800;

/// From window to window: 1 s.
const HOP_STEPS: usize = 100;

/// The longest lag in steps: four beats of the slowest pulse.
const LAGS: usize = 304;

/// Lags in steps at which a track may repeat itself: up to 3 s, a bar of a slow song.
const CLARITY_LAGS: usize = 301;

/// Periods of the pulse in steps: 80 to 375 a minute, some two octaves, so that every tempo has at least one level of its metre
/// inside, and the eighths of sevens are among them.
const SHORTEST_STEPS: f64 = 16.0;
const LONGEST_STEPS: f64 = 75.0;

/// Neighbouring periods on the path differ by this factor: 1 %.
const RATIO: f64 = 1.01;

/// What one percent of change costs from one window to the next, in parts of a perfect repetition. Ours: a tempo that drifts
/// by 5 % within 10 s costs 0.01 a window; a jump to another level of the metre costs more than it gains in a few seconds.
const CHANGE_COST: f64 = 0.02;

/// How well a window must repeat itself after seven eighths for a seven to be looked for. Ours.
const SEVEN_LEAST: f64 = 0.25;

/// The most that is charged for a jump. Ours: a new tempo pays for itself in some 8 s.
const JUMP_COST: f64 = 1.5;

/// The curve under a bell of 20 ms standard deviation (Ellis 2007).
pub(crate) fn smoothed(curve: &[f64]) -> Vec<f64> {
    let bell: Vec<f64> = (-6..=6).map(|n| libm::exp(-0.5 * f64::from(n * n) / 4.0)).collect();
    let whole: f64 = bell.iter().sum();
    (0..curve.len())
        .map(|step| {
            let part = |(n, weight): (usize, &f64)| {
                (step + n).checked_sub(6).and_then(|at| curve.get(at)).map_or(0.0, |x| x * weight)
            };
            bell.iter().enumerate().map(part).sum::<f64>() / whole
        })
        .collect()
}

/// The sum of products, in eight sums side by side, which a processor adds at once: always in the same order.
fn product(a: &[f64], b: &[f64]) -> f64 {
    let mut sums = [0.0; 8];
    let length = a.len().min(b.len());
    let (a, b) = (&a[..length], &b[..length]);
    let (eights, others) = (a.chunks_exact(8).zip(b.chunks_exact(8)), length / 8 * 8);
    for (a, b) in eights {
        for n in 0..8 {
            sums[n] += a[n] * b[n];
        }
    }
    let rest: f64 = a[others..].iter().zip(&b[others..]).map(|(a, b)| a * b).sum();
    sums.iter().sum::<f64>() + rest
}

/// The normalised autocorrelation of one window, lag by lag, and the power it had.
fn repetition(window: &[f64], lags: usize) -> (Vec<f64>, f64) {
    let mean = window.iter().sum::<f64>() / window.len().max(1) as f64;
    let centred: Vec<f64> = window.iter().map(|x| x - mean).collect();
    let power: f64 = centred.iter().map(|x| x * x).sum();
    if power <= 0.0 {
        return (vec![0.0; lags], 0.0);
    }
    let at = |lag: usize| {
        let later = centred.get(lag..).unwrap_or_default();
        let product = product(&centred, later);
        // Fewer products at longer lags are made up for.
        product / power * centred.len() as f64 / later.len().max(1) as f64
    };
    ((0..lags).map(at).collect(), power)
}

fn windows(curve: &[f64], hop: usize) -> impl Iterator<Item = &[f64]> {
    let last = curve.len().saturating_sub(WINDOW_STEPS);
    (0..=last).step_by(hop).map(|from| &curve[from..(from + WINDOW_STEPS).min(curve.len())])
}

/// How well a curve repeats itself at the lag of any beat or bar between 0.25 and 3 s: 0 not at all, 1 exactly.
pub(crate) fn clarity(curve: &[f64]) -> f64 {
    let (mut mean, mut whole) = (vec![0.0; CLARITY_LAGS], 0.0);
    for window in windows(curve, WINDOW_STEPS / 2) {
        let (row, power) = repetition(window, mean.len());
        mean.iter_mut().zip(row).for_each(|(mean, x)| *mean += x * power);
        whole += power;
    }
    let best = mean.get(25..).unwrap_or_default().iter().copied().fold(0.0, f64::max);
    if whole > 0.0 { (best / whole).clamp(0.0, 1.0) } else { 0.0 }
}

/// The pulse of a song, before it is known which level of the metre it is.
pub(crate) struct Pulse {
    /// Its period in steps, every second.
    periods: Vec<f64>,
    /// How well the song repeats itself along it, from 0 to 1.
    pub clarity: f64,
}

impl Pulse {
    /// The period at a step.
    pub fn period(&self, step: usize) -> f64 {
        let window = step.saturating_sub(WINDOW_STEPS / 2) / HOP_STEPS;
        self.periods.get(window).or(self.periods.last()).copied().unwrap_or(LONGEST_STEPS)
    }

    /// A pulse that somebody has said, of one period throughout.
    pub fn said(period_steps: f64) -> Self {
        Self { periods: vec![period_steps], clarity: 1.0 }
    }

    /// The path that repeats best and changes least.
    pub fn of(curve: &[f64]) -> Option<Self> {
        Self::along(curve, |_, lags, period| comb(lags, period))
    }

    /// The path of eighths along which a song repeats itself after seven of them. Where few of them are struck, they do not show
    /// as what repeats after one to four.
    pub fn of_sevens(curve: &[f64]) -> Option<Self> {
        let seven = |window: &[f64], lags: &[f64], period: f64| {
            let bar = between(lags, 7.0 * period);
            // Strokes that come once in a bar lie on any part of it.
            let spread = || (on_places(window, period) - on_places(window, 7.0 * period)).max(0.0);
            if bar > SEVEN_LEAST { bar * spread() } else { 0.0 }
        };
        Self::along(curve, seven)
    }

    /// The best path of a measure of a window, its repetition lag by lag, and a period.
    fn along(curve: &[f64], measure: impl Fn(&[f64], &[f64], f64) -> f64) -> Option<Self> {
        let grid: Vec<f64> = std::iter::successors(Some(SHORTEST_STEPS), |p| Some(p * RATIO))
            .take_while(|p| *p <= LONGEST_STEPS)
            .collect();
        let mut rows: Vec<(Vec<f64>, f64)> = Vec::new();
        for window in windows(curve, HOP_STEPS) {
            let (lags, power) = repetition(window, LAGS);
            rows.push((grid.iter().map(|&period| measure(window, &lags, period)).collect(), power));
        }
        let powers: f64 = rows.iter().map(|row| row.1).sum();
        if powers <= 0.0 {
            return None;
        }
        let mean_power = powers / rows.len() as f64;
        // A silent window has no say in where the path goes.
        let say = |power: f64| (power / mean_power).min(1.0);
        let mut best: Vec<f64> = vec![0.0; grid.len()];
        let mut from: Vec<Vec<usize>> = Vec::new();
        for (row, power) in &rows {
            let (mut next, mut came) = (Vec::with_capacity(grid.len()), Vec::with_capacity(grid.len()));
            for (state, here) in row.iter().enumerate() {
                let cost = |other: usize| (CHANGE_COST * state.abs_diff(other) as f64).min(JUMP_COST);
                let (before, score) = best
                    .iter()
                    .enumerate()
                    .map(|(other, score)| (other, score - cost(other)))
                    .fold((0, f64::NEG_INFINITY), |a, b| if b.1 > a.1 { b } else { a });
                next.push(score + say(*power) * (here + 0.1 * preference(grid[state])));
                came.push(before);
            }
            best = next;
            from.push(came);
        }
        let mut state = (0..grid.len()).fold(0, |a, b| if best[b] > best[a] { b } else { a });
        let (mut periods, mut clear) = (Vec::new(), 0.0);
        for ((row, power), came) in rows.iter().zip(&from).rev() {
            periods.push(grid[state]);
            clear += row[state] * power;
            state = came[state];
        }
        periods.reverse();
        Some(Self { periods, clarity: (clear / powers).clamp(0.0, 1.0) })
    }
}

/// The mean of the repetition after one, two, three and four periods: Ellis (2007) adds two or three,
/// ours four, so that a bar counts.
fn comb(lags: &[f64], period: f64) -> f64 {
    (1..=4).map(|times| between(lags, period * f64::from(times))).sum::<f64>() / 4.0
}

/// The repetition at a lag between two.
fn between(lags: &[f64], lag: f64) -> f64 {
    let (whole, part) = (lag as usize, lag - libm::floor(lag));
    let value = |lag: usize| lags.get(lag).copied().unwrap_or(0.0);
    value(whole) * (1.0 - part) + value(whole + 1) * part
}

/// How much of a curve lies on places a period apart: 1 all of it. The magnitude of its Fourier transform there over that at 0.
fn on_places(window: &[f64], period: f64) -> f64 {
    let turn = std::f64::consts::TAU / period;
    let (sin, cos) = (libm::sin(turn), libm::cos(turn));
    let (mut at, mut sum, mut whole) = ((1.0, 0.0), (0.0, 0.0), 0.0);
    for x in window {
        sum = (sum.0 + x * at.0, sum.1 + x * at.1);
        whole += x;
        at = (at.0 * cos - at.1 * sin, at.0 * sin + at.1 * cos);
    }
    if whole > 0.0 { libm::hypot(sum.0, sum.1) / whole } else { 0.0 }
}

/// The spread of the tempos people tap at, in octaves: 0.2 in the decimal logarithm (Parncutt, "A perceptual model of pulse
/// salience and metrical accent", Music Perception 11, 1994).
const SPREAD_OCTAVES: f64 = 0.664;

/// The tempo people like best to tap at, in beats a minute: the centre Ellis (2007) fits to tapping.
pub(crate) const FAVOURITE_BPM: f64 = 120.0;

/// How much people prefer to tap at a period, as a natural logarithm: a bell over the logarithm around their favourite.
fn preference(period_steps: f64) -> f64 {
    preference_bpm(60.0 * STEPS_PER_S / period_steps)
}

/// The same of beats a minute.
pub(crate) fn preference_bpm(bpm: f64) -> f64 {
    let octaves = libm::log2(bpm / FAVOURITE_BPM) / SPREAD_OCTAVES;
    -0.5 * octaves * octaves
}
