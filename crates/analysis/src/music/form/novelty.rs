//! Where something else begins.

use super::likeness::Likeness;

/// Bars that are looked at before and after a border. Ours: the shortest section that is common.
const REACH: usize = 4;

/// How much of a change is believed where only so many bars lie on one side of it, from none on. Ours: one bar may be a
/// pick-up or the last chord dying away.
const BELIEVED: [f64; 3] = [0.0, 0.4, 0.8];

/// The novelty at which it is even whether a section begins, and how fast that turns. Ours: in the songs at hand, borders that
/// their makers drew are at 0.25 to 0.9, and other bars under 0.2 in nineteen of twenty cases.
const EVEN: f64 = 0.22;
const EVEN_WIDTH: f64 = 0.05;

/// How sure the clearest border is. Ours: of those of generated songs, one in ten lies where none was meant, at fills and breaks.
const SUREST: f64 = 0.9;

/// How new every bar is against those before it.
pub(super) struct Novelty {
    bars: Vec<f64>,
    /// The part of it that is a change of sound.
    sound: Vec<f64>,
}

impl Novelty {
    pub fn of(likeness: &Likeness) -> Self {
        let sound: Vec<f64> = (0..likeness.bars()).map(|bar| block_change(likeness, bar, REACH)).collect();
        let turns = sequence_changes(likeness);
        Self { bars: sound.iter().zip(turns).map(|(block, turn)| block + turn).collect(), sound }
    }

    /// As it was written down.
    #[cfg(test)]
    pub fn of_bars(bars: Vec<f64>) -> Self {
        Self { sound: bars.clone(), bars }
    }

    /// How much the sound changes at a bar.
    pub fn of_sound(&self, bar: usize) -> f64 {
        self.sound.get(bar).copied().unwrap_or(0.0)
    }

    pub fn at(&self, bar: usize) -> f64 {
        self.bars.get(bar).copied().unwrap_or(0.0)
    }

    /// How sure it is that something begins with a bar. That the song begins with its first is certain.
    pub fn confidence(&self, bar: usize) -> f64 {
        if bar == 0 {
            return 1.0;
        }
        SUREST / (1.0 + libm::exp(-(self.at(bar) - EVEN) / EVEN_WIDTH))
    }
}

/// How much more alike bars are on either side of a border than across it: Foote's checkerboard ("Automatic audio
/// segmentation using a measure of audio novelty", ICME 2000), over so many bars on each side at most. Where one side moves and
/// the other is steady, as before a break or an end, the steady one counts more.
pub(super) fn block_change(likeness: &Likeness, bar: usize, reach: usize) -> f64 {
    let (before, after) = (reach.min(bar), reach.min(likeness.bars().saturating_sub(bar)));
    // Bars near the border count more, as in his tapered kernel.
    let weight = |n: usize| 1.0 / (1.0 + n as f64);
    let within = |reach: usize, at: &dyn Fn(usize) -> usize| {
        let pairs = (0..reach).flat_map(|one| (0..reach).map(move |other| (one, other)));
        weighted(
            pairs
                .filter(|(one, other)| one != other)
                .map(|(one, other)| (weight(one) * weight(other), likeness.in_sound(at(one), at(other)))),
        )
    };
    let sides = [within(before, &|n| bar - 1 - n), within(after, &|n| bar + n)];
    let known: Vec<f64> = sides.into_iter().flatten().collect();
    if known.is_empty() || before == 0 || after == 0 {
        return 0.0;
    }
    let mean = known.iter().sum::<f64>() / known.len() as f64;
    let most = known.iter().copied().fold(0.0, f64::max);
    let pairs = (0..before).flat_map(|one| (0..after).map(move |other| (one, other)));
    let across =
        weighted(pairs.map(|(one, other)| {
            (weight(one) * weight(other), likeness.in_sound(bar - 1 - one, bar + other))
        }));
    let believed = BELIEVED.get(before.min(after)).copied().unwrap_or(1.0);
    believed * (f64::midpoint(mean, most) - across.unwrap_or(0.0)).max(0.0)
}

/// The mean of values by their weights; nothing of nothing.
fn weighted(values: impl Iterator<Item = (f64, f64)>) -> Option<f64> {
    let (whole, sum) =
        values.fold((0.0, 0.0), |(whole, sum), (weight, x)| (whole + weight, sum + weight * x));
    (whole > 0.0).then(|| sum / whole)
}

/// How much changes at every bar in which parts of the song the music goes along with: a repetition of something begins or ends
/// (Serrà, Müller, Grosche and Arcos, "Unsupervised music structure annotation by time series structure features and segment
/// similarity", IEEE Trans. Multimedia 2014, compare the rows of the same matrix), over what changes at most bars.
///
/// It is told in two ways, and the stronger counts (ours). Where little repeats, the strongest few changes tell most. Where all
/// of a song repeats, there are some at every bar, because the other place is a border: there a change belongs to that of both
/// places at which more changes.
fn sequence_changes(likeness: &Likeness) -> Vec<f64> {
    let count = likeness.bars();
    let rows: Vec<Vec<Option<f64>>> = (0..count)
        .map(|bar| (0..count).map(|other| sequence_change(likeness, bar, other)).collect())
        .collect();
    let means: Vec<f64> = rows.iter().map(|row| mean(row.iter().flatten().copied())).collect();
    let most = means.iter().copied().fold(0.0, f64::max).max(1e-9);
    let few: Vec<f64> = rows
        .iter()
        .map(|row| {
            let found: Vec<f64> = row.iter().flatten().copied().collect();
            let taken = (found.len() / 10).clamp(1, 4);
            highest(found, taken)
        })
        .collect();
    let own: Vec<f64> = rows
        .iter()
        .zip(&means)
        .map(|(row, here)| {
            let share = |other: usize| (1.0 - OTHERS * (means[other] - here).max(0.0) / most).max(0.0);
            let found: Vec<f64> =
                row.iter().enumerate().filter_map(|(other, x)| x.map(|x| x * share(other))).collect();
            let taken = ((found.len() as f64 * OWN_PART) as usize).max(3);
            highest(found, taken)
        })
        .collect();
    over_usual(few).into_iter().zip(over_usual(own)).map(|(few, own)| few.max(own)).collect()
}

/// How fast a change is given to the other place, where more changes there. Ours: wholly where a third of the most does.
const OTHERS: f64 = 3.0;

/// The part of the other places over which what is a bar's own is taken. Ours: a section of four comes again in fewer.
const OWN_PART: f64 = 0.15;

/// The mean of the highest few.
fn highest(mut values: Vec<f64>, few: usize) -> f64 {
    values.sort_by(|a, b| b.total_cmp(a));
    mean(values.into_iter().take(few))
}

fn mean(values: impl Iterator<Item = f64>) -> f64 {
    let (sum, count) = values.fold((0.0, 0.0), |(sum, count), x| (sum + x, count + 1.0));
    if count > 0.0 { sum / count } else { 0.0 }
}

/// What is over the median of those that are not zero.
fn over_usual(mut changes: Vec<f64>) -> Vec<f64> {
    let mut some: Vec<f64> = changes.iter().copied().filter(|change| *change > 0.0).collect();
    some.sort_by(f64::total_cmp);
    let usual = some.get(some.len() / 2).copied().unwrap_or(0.0);
    changes.iter_mut().for_each(|change| *change = (*change - usual).max(0.0));
    changes
}

/// How much more or less alike the music from two bars on is than what leads up to both; nothing where too little is there to
/// tell.
fn sequence_change(likeness: &Likeness, bar: usize, other: usize) -> Option<f64> {
    let count = likeness.bars();
    let ahead = REACH.min(count - bar).min(count - other);
    let behind = REACH.min(bar).min(other);
    if other.abs_diff(bar) < REACH || ahead < 2 || behind < 2 {
        return None;
    }
    let after = mean((0..ahead).map(|n| likeness.in_notes(bar + n, other + n)));
    let before = mean((1..=behind).map(|n| likeness.in_notes(bar - n, other - n)));
    Some((after - before).abs())
}
