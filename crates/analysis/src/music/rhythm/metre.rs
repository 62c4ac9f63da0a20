//! Bars: how many beats they have, where they begin, and where that changes.
//!
//! The song is counted in eighths. A bar of a length is likely where its eighths are accented like those of the bar before or
//! after it (Gainza, "Automatic musical meter detection", ICASSP 2009, compares bars in the same way), and where its first is
//! marked: by the low band, by a change of harmony, by no snare. The best chain of bars is found by dynamic programming.

use serde::Serialize;

use super::mean;
use super::places::Places;

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
pub(crate) const SEVEN_FOUR: Metre = Metre { count: 7, unit: 4 };

/// A length bars can have.
#[derive(Debug)]
pub(crate) struct Form {
    pub metre: Metre,
    /// Places in a bar; places are eighths.
    pub places: usize,
    /// Places from beat to beat.
    pub beat: usize,
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

/// What another metre than that of the bar before costs, in places of perfect repetition: more than a bar of four, and more the rarer
/// the rarest of both is, three bars of themselves for a waltz and for a seven. Ours: 16 and 100 miss changes of generated songs that
/// have a quarter of a minute for either metre, 10 and 65 hear bars of seven in breaks of a real song in four.
const CHANGE_COST: f64 = 13.0;
const RARE_CHANGE: f64 = 80.0;

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
    let Some(main) = main_form(chain, forms) else { return 0.0 };
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

/// The form of that metre.
pub(crate) fn main_form<'a>(bars: &[Bar], forms: &'a [Form]) -> Option<&'a Form> {
    let metre = chain_metre(bars)?;
    forms.iter().find(|form| form.metre == metre)
}

/// The best chain of bars over places, and its score.
pub(crate) fn best_chain(places: &Places, forms: &[Form]) -> (f64, Vec<Bar>) {
    let count = places.rows.len();
    // What the best chain that ends before each place is worth, by the form of its last bar.
    let mut worth = vec![vec![f64::NEG_INFINITY; forms.len()]; count + 1];
    let mut came = vec![vec![None::<usize>; forms.len()]; count + 1];
    // A song may begin within a bar, but bars begin on beats.
    let longest = forms.iter().map(|form| form.places).max().unwrap_or(1);
    for (from, row) in worth.iter_mut().enumerate().take(longest) {
        let begins = row.iter_mut().zip(forms).filter(|(_, form)| from.is_multiple_of(form.beat));
        begins.for_each(|(x, _)| *x = 0.0);
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
