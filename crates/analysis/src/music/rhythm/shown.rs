//! What bars laid over a song show about whether they are laid right.

use super::mean;
use super::metre::{Bar, Form};
use super::places::{LEAST_CHANGE, Places};

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

impl Shown {
    /// What bars that lie over places show.
    pub fn of(places: &Places, chain: &[Bar], forms: &[Form]) -> Self {
        let form = |bar: &Bar| forms.iter().find(|form| form.metre == bar.metre);
        let pairs: Vec<(&Bar, &Form)> = chain.iter().filter_map(|bar| Some((bar, form(bar)?))).collect();
        let over = |of: &dyn Fn(&Bar, &Form) -> f64| mean(pairs.iter().map(|(bar, form)| of(bar, form)));
        let change = |n: usize| places.harmony.get(n).copied().unwrap_or(0.0);
        let first = over(&|bar, _| change(bar.from));
        let weak = over(&|bar, form| {
            mean((form.beat..bar.places).step_by(2 * form.beat).map(|n| change(bar.from + n)))
        });
        Self {
            first: over(&|bar, form| places.marks(bar.from, form).0),
            repeats: over(&|bar, form| places.repeats(bar.from, form.places)),
            repeats_double: over(&|bar, form| places.repeats(bar.from, 2 * form.places)),
            changes_weak: (weak / (first + LEAST_CHANGE)).min(1.5),
        }
    }
}
