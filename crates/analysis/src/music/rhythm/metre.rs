//! Bars: how many beats they have, where they begin, and where that changes.
//!
//! The song is counted in eighths. A bar of a length is likely where its eighths are accented like those of the bar before or
//! after it (Gainza, "Automatic musical meter detection", ICASSP 2009, compares bars in the same way), and where its first is
//! marked: by the low band, by a change of harmony, by no snare. The best chain of bars is found by dynamic programming.

use serde::Serialize;

use super::accents::Accents;
use super::grid::Grid;
use super::mean;

/// How bars are counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct Metre {
    /// Over the line: how many.
    pub count: u8,
    /// Under the line: of what, 4 or 8.
    pub unit: u8,
}

impl Metre {
    /// How many beats a bar has: two in 6/8, where a beat is a dotted quarter, seven in 7/8, where it is an eighth, else the
    /// number over the line.
    pub fn beats(self) -> usize {
        if self == SIX_EIGHT { 2 } else { usize::from(self.count) }
    }
}

impl std::fmt::Display for Metre {
    fn fmt(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
        write!(f, "{}/{}", self.count, self.unit)
    }
}

const SIX_EIGHT: Metre = Metre { count: 6, unit: 8 };

/// Seven quarters, or seven eighths where beats are fast.
pub(crate) const SEVEN_FOUR: Metre = Metre { count: 7, unit: 4 };

/// A length bars can have.
struct Form {
    metre: Metre,
    /// Places in a bar; places are eighths.
    places: usize,
    /// Places from beat to beat.
    beat: usize,
    /// What it costs a place to take this metre, in parts of a perfect repetition: four beats are most common and every
    /// other metre needs evidence. Ours.
    rare: f64,
}

const fn form(count: u8, unit: u8, places: usize, beat: usize, rare: f64) -> Form {
    Form { metre: Metre { count, unit }, places, beat, rare }
}

const IN_TWO: [Form; 5] = [
    form(4, 4, 8, 2, 0.0),
    form(3, 4, 6, 2, 0.06),
    form(7, 8, 7, 1, 0.12),
    form(5, 4, 10, 2, 0.12),
    form(7, 4, 14, 2, 0.18),
];

const IN_THREE: [Form; 1] = [form(6, 8, 6, 3, 0.0)];

/// What another metre than that of the bar before costs, in places of perfect repetition: four bars. Ours:
/// in breaks, bars of other lengths repeat by chance for less.
const CHANGE_COST: f64 = 32.0;

/// By how much of a perfect repetition a metre must be ahead of the next to be two thirds sure. Ours.
const SURE_METRE: f64 = 0.1;

/// By how much the first beats of bars must be marked more than others to be two thirds sure. Ours: it gives
/// 0.5 to 0.8 to four of five real songs whose bars are found, and under 0.35 to two whose bars are not.
const SURE_BEGIN: f64 = 0.2;

/// One bar.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bar {
    /// Its first place.
    pub from: usize,
    pub metre: Metre,
    pub places: usize,
    pub beat: usize,
}

/// The accents on every place.
struct Places {
    /// Low, middle and high accents, with their means taken off, in deviations.
    rows: Vec<[f64; 3]>,
    /// How much each place is like the beginning of a bar, in deviations.
    first: Vec<f64>,
    /// Over all bands.
    total: Vec<f64>,
    /// The mean square of a row.
    power: f64,
}

fn deviations(values: Vec<f64>) -> Vec<f64> {
    let middle = mean(values.iter().copied());
    let deviation = mean(values.iter().map(|x| (x - middle) * (x - middle))).sqrt();
    values.into_iter().map(|x| if deviation > 0.0 { (x - middle) / deviation } else { 0.0 }).collect()
}

impl Places {
    fn of(accents: &Accents, eighths: &Grid, reach_steps: f64) -> Self {
        let on = |curve: &[f64]| -> Vec<f64> {
            eighths.times().iter().map(|&step| Accents::near(curve, step)).collect()
        };
        let total = on(&accents.total);
        let [low, middle, high] =
            [&accents.low, &accents.middle, &accents.high].map(|curve| deviations(on(curve)));
        let harmony: Vec<f64> =
            eighths.times().iter().map(|&step| accents.harmonic_change(step, reach_steps)).collect();
        let harmony = deviations(harmony);
        let all = deviations(total.clone());
        let rows: Vec<[f64; 3]> =
            low.iter().zip(&middle).zip(&high).map(|((low, middle), high)| [*low, *middle, *high]).collect();
        let first = (0..rows.len())
            .map(|n| (low[n] + harmony[n] + 0.5 * all[n] - 0.5 * middle[n]).clamp(-3.0, 3.0))
            .collect();
        let power = mean(rows.iter().map(|row| row.iter().map(|x| x * x).sum::<f64>())).max(1e-9);
        Self { rows, first, total, power }
    }

    /// How alike the places of a bar are to those a bar earlier or later, whichever is more: 1 the same, 0 unrelated.
    fn repeats(&self, from: usize, places: usize) -> f64 {
        let like = |n: usize, other: Option<usize>| {
            let (a, b) = (self.rows.get(n)?, self.rows.get(other?)?);
            Some(a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>() / self.power)
        };
        let over = |other: &dyn Fn(usize) -> Option<usize>| {
            let found: Vec<f64> = (from..from + places).filter_map(|n| like(n, other(n))).collect();
            if found.len() == places { Some(mean(found.into_iter())) } else { None }
        };
        let (before, after) = (over(&|n| n.checked_sub(places)), over(&|n| Some(n + places)));
        before.into_iter().chain(after).reduce(f64::max).unwrap_or(0.0).clamp(-1.0, 1.5)
    }

    /// How much the first place of a bar stands out of its other beats, and its beats out of what is between them.
    fn marked(&self, from: usize, form: &Form) -> f64 {
        let bar = from..from + form.places;
        let others = bar.clone().skip(form.beat).step_by(form.beat);
        let others = mean(others.filter_map(|n| self.first.get(n).copied()));
        let first = (self.first.get(from).copied().unwrap_or(0.0) - others) / 3.0;
        if form.beat == 1 {
            return 0.5 * first;
        }
        let on = mean(bar.clone().step_by(form.beat).filter_map(|n| self.total.get(n).copied()));
        let off = (from..from + form.places).filter(|n| !(n - from).is_multiple_of(form.beat));
        let off = mean(off.filter_map(|n| self.total.get(n).copied()));
        let beats = if on + off > 0.0 { (on - off) / (on + off) } else { 0.0 };
        0.5 * first + 0.5 * beats
    }
}

/// Bars, and how sure their metre is.
pub(crate) struct Bars {
    pub bars: Vec<Bar>,
    pub confidence: f64,
    /// How sure their first beats are.
    pub begins: f64,
}

/// The best chain of bars over eighths, which are thirds of a beat where beats divide into three.
pub(crate) fn bars(accents: &Accents, eighths: &Grid, in_three: bool) -> Bars {
    let forms: &[Form] = if in_three { &IN_THREE } else { &IN_TWO };
    let reach_steps = eighths.median_gap().unwrap_or(25.0) * 4.0;
    let places = Places::of(accents, eighths, reach_steps);
    let (score, chain) = best_chain(&places, forms);
    // How far behind the song is when it may only be counted in one other metre.
    let most = chain_metre(&chain);
    let alone = |form: &Form| best_chain(&places, std::slice::from_ref(form)).0;
    let rivals = forms.iter().filter(|form| Some(form.metre) != most).map(alone);
    let rival = rivals.reduce(f64::max).unwrap_or(0.0);
    let count = places.rows.len().max(1) as f64;
    let ahead = (score - rival) / count;
    let begins = begins(&places, &chain, forms);
    Bars { bars: chain, confidence: 1.0 - libm::exp(-ahead.max(0.0) / SURE_METRE), begins }
}

/// How far the first beats of bars are marked more than the next best beats they could begin on, as a confidence.
fn begins(places: &Places, chain: &[Bar], forms: &[Form]) -> f64 {
    let Some(main) = chain_metre(chain).and_then(|metre| forms.iter().find(|form| form.metre == metre))
    else {
        return 0.0;
    };
    let later = |shift: usize| {
        let bars = chain.iter().filter(|bar| bar.metre == main.metre);
        let whole = bars.filter(|bar| bar.from + shift + main.places <= places.rows.len());
        mean(whole.map(|bar| places.marked(bar.from + shift, main)))
    };
    let rival = (main.beat..main.places).step_by(main.beat).map(later).reduce(f64::max).unwrap_or(0.0);
    1.0 - libm::exp(-(later(0) - rival).max(0.0) / SURE_BEGIN)
}

/// The metre most places are in.
pub(crate) fn chain_metre(bars: &[Bar]) -> Option<Metre> {
    let places =
        |metre: Metre| bars.iter().filter(|bar| bar.metre == metre).map(|bar| bar.places).sum::<usize>();
    bars.iter().map(|bar| bar.metre).fold(None, |best, metre| match best {
        Some(best) if places(metre) <= places(best) => Some(best),
        _ => Some(metre),
    })
}

fn best_chain(places: &Places, forms: &[Form]) -> (f64, Vec<Bar>) {
    let count = places.rows.len();
    // What the best chain that ends before each place is worth, by the form of its last bar.
    let mut worth = vec![vec![f64::NEG_INFINITY; forms.len()]; count + 1];
    let mut came = vec![vec![None::<usize>; forms.len()]; count + 1];
    // A song may begin within a bar.
    let longest = forms.iter().map(|form| form.places).max().unwrap_or(1);
    for row in worth.iter_mut().take(longest) {
        row.iter_mut().for_each(|x| *x = 0.0);
    }
    for from in 0..count {
        for (which, form) in forms.iter().enumerate() {
            let end = from + form.places;
            if end > count {
                continue;
            }
            let gain = form.places as f64
                * (places.repeats(from, form.places) + places.marked(from, form) - form.rare);
            let (before, other) = (0..forms.len())
                .map(|other| (worth[from][other] - if other == which { 0.0 } else { CHANGE_COST }, other))
                .fold((f64::NEG_INFINITY, 0), |a, b| if b.0 > a.0 { b } else { a });
            if before + gain > worth[end][which] || came[end][which].is_none() {
                worth[end][which] = before + gain;
                came[end][which] = Some(other);
            }
        }
    }
    let mut best = (f64::NEG_INFINITY, count, 0);
    for (end, row) in worth.iter().enumerate().skip(count.saturating_sub(longest)) {
        for (which, &score) in row.iter().enumerate() {
            if score > best.0 {
                best = (score, end, which);
            }
        }
    }
    let (score, mut end, mut which) = best;
    let mut chain = Vec::new();
    while let Some(other) = came[end][which] {
        let form = &forms[which];
        end -= form.places;
        chain.push(Bar { from: end, metre: form.metre, places: form.places, beat: form.beat });
        which = other;
    }
    chain.reverse();
    (if score.is_finite() { score } else { 0.0 }, chain)
}
