//! Bars: how many beats they have, where they begin, and where that changes.
//!
//! The song is counted in eighths. A bar of a length is likely where its eighths are accented like those of the bar before or
//! after it (Gainza, "Automatic musical meter detection", ICASSP 2009, compares bars in the same way), and where its first is
//! marked: by the low band, by a change of harmony, by no snare. The best chain of bars is found by dynamic programming.

use serde::Serialize;

use super::accents::Accents;
use super::grid::Grid;
use super::mean;
use crate::dynamics::median;

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
const SEVEN_FOUR: Metre = Metre { count: 7, unit: 4 };

/// A length bars can have.
#[derive(Debug)]
pub(crate) struct Form {
    pub metre: Metre,
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

/// Where beats divide into two; places are halves of beats.
pub(crate) const IN_TWO: [Form; 5] = [
    form(4, 4, 8, 2, 0.0),
    form(3, 4, 6, 2, 0.06),
    form(7, 8, 7, 1, 0.12),
    form(5, 4, 10, 2, 0.12),
    form(7, 4, 14, 2, 0.18),
];

/// Where beats divide into three; places are thirds of beats.
pub(crate) const IN_THREE: [Form; 1] = [form(6, 8, 6, 3, 0.0)];

/// What another metre than that of the bar before costs, in places of perfect repetition: two bars of four, and more the rarer the
/// rarest of both is, two and a half in all for a waltz and three and a half for a seven. Ours: in breaks, and in a loop of three, three and
/// two eighths, bars of other lengths repeat by chance for less.
const CHANGE_COST: f64 = 16.0;
const RARE_CHANGE: f64 = 100.0;

fn change_cost(from: &Form, to: &Form) -> f64 {
    if from.metre == to.metre { 0.0 } else { CHANGE_COST + RARE_CHANGE * from.rare.max(to.rare) }
}

/// By how much of a perfect repetition a metre must be ahead of the next to be two thirds sure. Ours.
const SURE_METRE: f64 = 0.1;

/// By how much the first beats of bars must be marked more than others to be two thirds sure. Ours: generated bars are right a
/// little more often than this says, and real songs whose bars are not found stay under a half.
const SURE_BEGIN: f64 = 0.3;

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
#[derive(Clone, Debug)]
pub(crate) struct Places {
    /// Low, middle and high accents, with their means taken off, in deviations.
    rows: Vec<[f64; 3]>,
    /// How much each place is like the beginning of a bar, in deviations.
    first: Vec<f64>,
    /// Over all bands.
    total: Vec<f64>,
    /// How much the harmony changes at each place, from 0 to 1 over two spans.
    harmony: Vec<f64>,
    /// The mean square of a row.
    power: f64,
}

/// The least spread of a band, in parts of that of all bands together, that is taken for what it is: less is scaled as if it were
/// so much, or the ripple of a band in which nothing sounds would say as much as a kick. Ours.
const LEAST_SPREAD: f64 = 0.15;

/// How far strokes that are all alike differ as they fall on steps of 10 ms, in parts of their height: less says nothing. Ours.
const RIPPLE: f64 = 0.1;

/// The same of the change of harmony, which lies between 0 and 1. Ours: chords that last change by 0.02 from strokes over them.
const LEAST_CHANGE: f64 = 0.04;

/// How much the harmony changes from place to place, in the median and over two spans, where there surely is one, and where there is none:
/// what changes everywhere are strokes that differ in pitch. Ours: songs stay under 0.25, generated bands under 0.7, and clicks are over 1.
const SOME_HARMONY: f64 = 0.7;
const NO_HARMONY: f64 = 1.0;

/// Above which part of the spread of all bands the low one is kick and bass; at twice it is so for sure. Ours.
const LOW_LEAST: f64 = 0.1;

/// The standard deviation.
fn spread(values: &[f64]) -> f64 {
    let middle = mean(values.iter().copied());
    mean(values.iter().map(|x| (x - middle) * (x - middle))).sqrt()
}

fn deviations(values: Vec<f64>, least: f64) -> Vec<f64> {
    let middle = mean(values.iter().copied());
    let deviation = spread(&values).max(least);
    values.into_iter().map(|x| if deviation > 0.0 { (x - middle) / deviation } else { 0.0 }).collect()
}

impl Places {
    pub fn of(accents: &Accents, eighths: &Grid) -> Self {
        let reach_steps = eighths.median_gap().unwrap_or(25.0) * 4.0;
        let on = |curve: &[f64]| -> Vec<f64> {
            eighths.times().iter().map(|&step| Accents::stroke(curve, step)).collect()
        };
        let total = on(&accents.total);
        let even = on(&accents.even);
        let ripple = RIPPLE * mean(even.iter().copied());
        let even = spread(&even);
        let least = (LEAST_SPREAD * even).max(ripple);
        let low = on(&accents.low);
        // Where there are kick and bass, what is struck in the middle without them is a snare, which does not begin bars. Where
        // nothing is low, as in clicks, the strongest place does.
        let low_part = spread(&low) / even.max(f64::MIN_POSITIVE);
        let turns = ((low_part - LOW_LEAST) / LOW_LEAST).clamp(0.0, 1.0);
        let low = deviations(low, least);
        let [middle, high] = [&accents.middle, &accents.high].map(|curve| deviations(on(curve), least));
        let change = |step: f64| {
            accents.harmonic_change(step, reach_steps) + accents.harmonic_change(step, 2.0 * reach_steps)
        };
        let harmony: Vec<f64> = eighths.times().iter().map(|&step| change(step)).collect();
        let held = ((NO_HARMONY - median(&mut harmony.clone()).unwrap_or(0.0)) / (NO_HARMONY - SOME_HARMONY))
            .clamp(0.0, 1.0);
        let changes: Vec<f64> =
            deviations(harmony.clone(), LEAST_CHANGE).into_iter().map(|change| held * change).collect();
        let all = deviations(total.clone(), ripple);
        let rows: Vec<[f64; 3]> =
            low.iter().zip(&middle).zip(&high).map(|((low, middle), high)| [*low, *middle, *high]).collect();
        let first = (0..rows.len())
            .map(|n| {
                let strong = (1.0 - 0.5 * turns) * all[n] - 0.5 * turns * middle[n];
                (low[n] + changes[n] + strong).clamp(-3.0, 3.0)
            })
            .collect();
        let power = mean(rows.iter().map(|row| row.iter().map(|x| x * x).sum::<f64>())).max(1e-9);
        Self { rows, first, total, harmony, power }
    }

    /// How alike the places of a bar are to those a bar earlier or later, whichever is more: 1 the same, 0 unrelated.
    fn repeats(&self, from: usize, places: usize) -> f64 {
        let over = |other: Option<usize>| {
            let (here, there) =
                (self.rows.get(from..from + places)?, self.rows.get(other?..other? + places)?);
            let like = |(a, b): (&[f64; 3], &[f64; 3])| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
            Some(here.iter().zip(there).map(like).sum::<f64>() / (self.power * places as f64))
        };
        let (before, after) = (over(from.checked_sub(places)), over(Some(from + places)));
        before.into_iter().chain(after).reduce(f64::max).unwrap_or(0.0).clamp(-1.0, 1.5)
    }

    /// How much the first place of a bar stands out of its other beats, and its beats out of what is between them.
    fn marks(&self, from: usize, form: &Form) -> (f64, f64) {
        let bar = from..from + form.places;
        let others = bar.clone().skip(form.beat).step_by(form.beat);
        let others = mean(others.filter_map(|n| self.first.get(n).copied()));
        let first = (self.first.get(from).copied().unwrap_or(0.0) - others) / 3.0;
        if form.beat == 1 {
            return (first, 0.0);
        }
        let on = mean(bar.clone().step_by(form.beat).filter_map(|n| self.total.get(n).copied()));
        let off = (from..from + form.places).filter(|n| !(n - from).is_multiple_of(form.beat));
        let off = mean(off.filter_map(|n| self.total.get(n).copied()));
        (first, if on + off > 0.0 { (on - off) / (on + off) } else { 0.0 })
    }

    /// How alike the halves of a bar of seven quarters are, half of it: if they are, it is two bars of seven eighths.
    fn halves(&self, from: usize, form: &Form) -> f64 {
        let half = form.places / 2;
        if form.metre == SEVEN_FOUR { 0.5 * self.repeats(from, half).max(0.0) } else { 0.0 }
    }

    fn marked(&self, from: usize, form: &Form) -> f64 {
        let (first, beats) = self.marks(from, form);
        0.5 * first + 0.5 * beats
    }

    /// What bars that lie over these places show.
    pub fn shown(&self, chain: &[Bar], forms: &[Form]) -> Shown {
        let form = |bar: &Bar| forms.iter().find(|form| form.metre == bar.metre);
        let pairs: Vec<(&Bar, &Form)> = chain.iter().filter_map(|bar| Some((bar, form(bar)?))).collect();
        let over = |of: &dyn Fn(&Bar, &Form) -> f64| mean(pairs.iter().map(|(bar, form)| of(bar, form)));
        let change = |n: usize| self.harmony.get(n).copied().unwrap_or(0.0);
        let first = over(&|bar, _| change(bar.from));
        let weak = over(&|bar, form| {
            mean((form.beat..bar.places).step_by(2 * form.beat).map(|n| change(bar.from + n)))
        });
        Shown {
            first: over(&|bar, form| self.marks(bar.from, form).0),
            repeats: over(&|bar, form| self.repeats(bar.from, form.places)),
            repeats_double: over(&|bar, form| self.repeats(bar.from, 2 * form.places)),
            changes_weak: (weak / (first + LEAST_CHANGE)).min(1.5),
        }
    }
}

/// What bars show, each in the mean over the song.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Shown {
    /// How much first beats stand out of others, in thirds of a deviation.
    pub first: f64,
    /// How alike bars are to their neighbours.
    pub repeats: f64,
    /// How alike two bars are to their neighbours.
    pub repeats_double: f64,
    /// How much the harmony changes on weak beats, in parts of the first.
    pub changes_weak: f64,
}

/// How sure bars are.
pub(crate) struct Sure {
    /// Of their metre.
    pub metre: f64,
    /// Of their first beats.
    pub begins: f64,
}

/// How sure a chain of bars and its score are beside other metres and other beginnings.
pub(crate) fn sure(places: &Places, score: f64, chain: &[Bar], forms: &[Form]) -> Sure {
    // How far behind the song is when it may only be counted in one other metre.
    let most = chain_metre(chain);
    let alone = |form: &Form| best_chain(places, std::slice::from_ref(form)).0;
    let rivals = forms.iter().filter(|form| Some(form.metre) != most).map(alone);
    let rival = rivals.reduce(f64::max).unwrap_or(0.0);
    let count = places.rows.len().max(1) as f64;
    let ahead = (score - rival) / count;
    Sure { metre: 1.0 - libm::exp(-ahead.max(0.0) / SURE_METRE), begins: begins(places, chain, forms) }
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

/// The best chain of bars over places, and its score.
pub(crate) fn best_chain(places: &Places, forms: &[Form]) -> (f64, Vec<Bar>) {
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
                * (places.repeats(from, form.places) + places.marked(from, form)
                    - form.rare
                    - places.halves(from, form));
            let (before, other) = (0..forms.len())
                .map(|other| (worth[from][other] - change_cost(&forms[other], form), other))
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
