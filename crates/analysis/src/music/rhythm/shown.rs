//! What bars laid over a song show about whether they are laid right.

use super::mean;
use super::metre::{Bar, Form, main_form};
use super::places::{LEAST_CHANGE, Places};

/// What bars show, each in the mean over the song.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Shown {
    /// How much first beats stand out of others, in thirds of a deviation.
    pub first: f64,
    /// How alike bars are to their neighbours: 1 the same, 0 unrelated.
    pub repeats: f64,
    /// How alike beats are to the next, in the same measure.
    pub repeats_by_beat: f64,
    /// How alike places are to those half a beat or one and a half later (in three, two or four thirds), whichever is more: what cuts
    /// across beats.
    pub repeats_across: f64,
    /// How much more the low band has on first beats than on other beats, in deviations.
    pub low_first: f64,
    /// How much more the middle has on weak beats than on strong ones, in deviations: a snare on two and four.
    pub middle_weak: f64,
    /// The second strongest place over the strongest.
    pub second: f64,
    /// The strongest place between beats, over the strongest on one, up to 2.
    pub between: f64,
    /// How much the harmony changes where bars begin: 0 not at all, 2 all of it.
    pub changes_first: f64,
    /// The most that it changes on a place between beats, over that, up to 1.5.
    pub changes_between: f64,
    /// How far it changes at every other bar only: 0 at all alike, 1 at every other.
    pub changes_every_other: f64,
}

impl Shown {
    /// What bars that lie over places show. What beats and bars are is that of the metre most of the song is in.
    pub fn of(places: &Places, chain: &[Bar], forms: &[Form]) -> Self {
        let Some(main) = main_form(chain, forms) else { return Self::default() };
        let bars: Vec<&Bar> = chain.iter().filter(|bar| bar.metre == main.metre).collect();
        // The mean of a measure over bars, on each of their places.
        let by_place = |of: &dyn Fn(usize) -> Option<f64>| -> Vec<f64> {
            (0..main.places).map(|n| mean(bars.iter().filter_map(|bar| of(bar.from + n)))).collect()
        };
        let total = by_place(&|n| places.total.get(n).copied());
        let low = by_place(&|n| places.rows.get(n).map(|row| row[0]));
        let middle = by_place(&|n| places.rows.get(n).map(|row| row[1]));
        let changes = by_place(&|n| places.harmony.get(n).copied());
        let (beats, between): (Vec<usize>, Vec<usize>) =
            (0..main.places).partition(|n| n.is_multiple_of(main.beat));
        let most = |of: &[f64], at: &[usize]| at.iter().map(|&n| of[n]).fold(0.0, f64::max);
        let mut strongest = total.clone();
        strongest.sort_by(|a, b| b.total_cmp(a));
        let three_beats = beats.len() == 3;
        let (weak, strong): (Vec<usize>, Vec<usize>) =
            (0..beats.len()).partition(|beat| if three_beats { *beat > 0 } else { beat % 2 == 1 });
        let middle_of = |which: &[usize]| mean(which.iter().map(|&beat| middle[beats[beat]]));
        let (even, odd): (Vec<_>, Vec<_>) = (0..bars.len()).partition(|bar| bar % 2 == 0);
        let change_of = |which: &[usize]| {
            mean(which.iter().filter_map(|&bar| places.harmony.get(bars[bar].from)).copied())
        };
        let (even, odd) = (change_of(&even), change_of(&odd));
        let in_three = main.beat == 3;
        // Where every eighth is counted, two of them are what a beat is elsewhere.
        let beat = main.beat.max(2);
        let across: [usize; 2] = if in_three { [2, 4] } else { [1, 3] };
        Self {
            first: mean(bars.iter().map(|bar| places.marks(bar.from, main).0)),
            repeats: mean(bars.iter().map(|bar| places.repeats(bar.from, main.places))),
            repeats_by_beat: places.repeats_after(beat),
            repeats_across: across.map(|after| places.repeats_after(after)).into_iter().fold(-1.0, f64::max),
            low_first: low[0] - mean(beats.iter().skip(1).map(|&n| low[n])),
            middle_weak: middle_of(&weak) - middle_of(&strong),
            second: strongest[1] / strongest[0].max(f64::MIN_POSITIVE),
            between: (most(&total, &between) / most(&total, &beats).max(f64::MIN_POSITIVE)).min(2.0),
            changes_first: changes[0],
            changes_between: (most(&changes, &between) / (changes[0] + LEAST_CHANGE)).min(1.5),
            changes_every_other: (even - odd).abs() / (even + odd + 2.0 * LEAST_CHANGE),
        }
    }
}
