//! What the beats and bars of a level show, and what each answer is worth.

use serde::Serialize;

use super::accents::Accents;
use super::grid::Grid;
use super::mean;
use super::metre::Metre;
use super::shown::Shown;
use super::tempogram::{FAVOURITE_BPM, preference_bpm};

/// What may sound between beats, in parts of what sounds on them, before it speaks against a level: hats on every eighth under
/// kick and snare. Ours.
const USUAL_BETWEEN: f64 = 0.4;

/// How strong the low band must be, in parts of all accents on beats, to have half its say. Ours.
const LEAST_GROUND: f64 = 0.1;

/// By how much a level must be ahead in all but what people prefer for that not to have decided: two thirds against one.
const CLOSE: f64 = 0.7;

/// The kind of bar that most of a reading has: what speaks for a beat in one does not in another.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Four beats.
    #[default]
    Four,
    /// Three beats.
    Three,
    /// Beats that divide into three.
    Six,
    /// Five or seven of anything.
    Odd,
}

impl Kind {
    pub fn of(metre: Metre) -> Self {
        match metre.count {
            3 => Self::Three,
            6 => Self::Six,
            5 | 7 => Self::Odd,
            _ => Self::Four,
        }
    }
}

/// What was measured of one level.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Facts {
    /// How much people like to tap at the tempo: 0 at best.
    pub preferred: f64,
    /// How many octaves above 120 beats a minute it lies.
    pub fast: f64,
    /// Which bars most of it has.
    pub kind: Kind,
    /// The mean accent of a beat over that of the strongest level.
    pub height: f64,
    /// What sounds half way or a third of the way between beats, over what sounds on them, and over what is usual.
    pub crowded: f64,
    /// What low and middle accents, drums without hats, have a quarter of the way before and after beats, or where swing lays that, over
    /// what they have on them.
    pub quarters: f64,
    /// How far low and middle accents alternate from beat to beat.
    pub backbeat: f64,
    /// How far the low band, kick and bass, is on the beats and not half way between them, from −1 to 1.
    pub grounded: f64,
    /// How much more sounds on thirds of beats than on halves, where beats are said to divide into three; the reverse where not.
    pub divided: f64,
    /// What its bars show.
    pub shown: Shown,
}

/// What decided for the level of the beat.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reason {
    /// Low and middle strokes, kick and snare, alternate from beat to beat.
    Backbeat,
    /// At the other tempo as much would sound between the beats as on them.
    FullBetween,
    /// At the other tempo beats would be empty or weaker than others.
    EmptyBetween,
    /// Bars, their first beats and what repeats in them fit this tempo better.
    Bars,
    /// The harmony changes as it does from bar to bar.
    Harmony,
    /// The other tempo fits as well; this one is nearer to the tempo people tap at, 120 beats a minute.
    Preference,
}

/// What a fact says, in the logarithm of how likely a level is: at 120 beats a minute in bars of four, by how much more for every octave
/// above (sixteenths, say, speak against a fast beat more than against a slow one), and by how much more in bars of three, where beats
/// divide into three, and in bars of five or seven.
pub(crate) struct Weight {
    pub name: &'static str,
    pub parts: [f64; PARTS],
    /// What it is told as.
    pub reason: Reason,
}

/// How many parts a weight has.
pub const PARTS: usize = 5;

const fn weight(name: &'static str, parts: [f64; PARTS], reason: Reason) -> Weight {
    Weight { name, parts, reason }
}

/// The weights are ours: a conditional logit (McFadden, "Conditional logit analysis of qualitative choice behavior", 1974) of which of
/// all readings is right, over generated pieces, bare clicks, and five real songs from their tracks and mixes, which count fifty times,
/// since generated music is not all music. The example `rhythm_fit` makes them and says how they do on pieces that it did not see.
/// Its first line is what a kind of bar is worth by itself.
#[allow(clippy::approx_constant)] // what is fitted may come near a constant
pub(crate) const WEIGHTS: [Weight; 18] = [
    weight("kind", [0.0, 3.38, -2.39, -2.72, 0.34], Reason::Bars),
    weight("preferred", [0.09, -0.49, 0.12, -0.23, 2.97], Reason::Preference),
    weight("height", [8.59, 1.21, 0.98, 0.02, 0.36], Reason::EmptyBetween),
    weight("crowded", [-5.98, 3.66, -0.6, -2.91, -3.14], Reason::FullBetween),
    weight("quarters", [-7.34, 1.79, -0.6, -0.27, 1.3], Reason::FullBetween),
    weight("between", [0.55, 0.73, -1.53, 0.59, -0.29], Reason::FullBetween),
    weight("backbeat", [2.82, -1.38, -0.93, 0.43, -0.67], Reason::Backbeat),
    weight("middle_weak", [1.78, -0.09, -1.43, 0.13, -1.95], Reason::Backbeat),
    weight("grounded", [-1.35, 1.38, 0.37, 1.53, 0.76], Reason::Bars),
    weight("low_first", [0.63, -2.54, 0.03, -0.75, 1.03], Reason::Bars),
    weight("divided", [5.4, -2.4, 1.82, -0.57, -4.5], Reason::Bars),
    weight("first", [3.93, 2.36, 2.08, 1.04, 0.03], Reason::Bars),
    weight("repeats", [2.59, -0.48, -0.77, 2.53, 1.01], Reason::Bars),
    weight("repeats_by_beat", [1.45, 0.77, 0.19, -1.08, -1.97], Reason::Bars),
    weight("repeats_across", [-2.63, 0.92, -3.36, 0.08, -0.19], Reason::Bars),
    weight("changes_first", [0.39, -3.18, 0.34, -0.64, 1.65], Reason::Harmony),
    weight("changes_between", [-1.09, -0.58, -1.18, -3.05, -1.22], Reason::Harmony),
    weight("changes_every_other", [2.04, -1.6, 1.46, -1.35, 0.31], Reason::Harmony),
];

impl Facts {
    pub fn of(grid: &Grid, accents: &Accents, bpm: f64, kind: Kind, shown: Shown) -> Option<Self> {
        let on = |curve: &[f64], offset: f64, from: usize, by: usize| {
            let places = (from..grid.len()).step_by(by);
            mean(places.filter_map(|n| grid.at(n as f64 + offset)).map(|step| Accents::near(curve, step)))
        };
        let all = |offset: f64| on(&accents.total, offset, 0, 1);
        let (here, half, third, thirds) = (all(0.0), all(0.5), all(1.0 / 3.0), all(2.0 / 3.0));
        if here <= 0.0 {
            return None;
        }
        let halves = |curve: &[f64]| (on(curve, 0.0, 0, 2), on(curve, 0.0, 1, 2));
        let both = halves(&accents.total);
        let even = both.0.min(both.1) / both.0.max(both.1);
        let (low, middle) = (halves(&accents.low), halves(&accents.middle));
        let depth = |low: f64, middle: f64| if low + middle > 0.0 { low / (low + middle) } else { 0.0 };
        let depths = (depth(low.0, middle.0) - depth(low.1, middle.1)).abs();
        let between = half.max(third.min(thirds)) / here;
        let [even_half, even_third, even_thirds] =
            [0.5, 1.0 / 3.0, 2.0 / 3.0].map(|offset| on(&accents.even, offset, 0, 1));
        let both = even_third.min(even_thirds);
        let divided = (both - even_half) / (both + even_half + 0.1 * here);
        let ground = [0.0, 0.5].map(|offset| on(&accents.low, offset, 0, 1));
        let bodies = |offset: f64| on(&accents.low, offset, 0, 1) + on(&accents.middle, offset, 0, 1);
        let swung = bodies(1.0 / 3.0).min(bodies(5.0 / 6.0));
        let quarters = ((bodies(0.25) + bodies(0.75)) / 2.0).max(swung);
        Some(Self {
            preferred: preference_bpm(bpm),
            fast: libm::log2(bpm / FAVOURITE_BPM),
            kind,
            height: here,
            crowded: (between.min(1.2) - USUAL_BETWEEN).max(0.0),
            quarters: (quarters / bodies(0.0).max(f64::MIN_POSITIVE)).min(1.5),
            backbeat: (2.0 * depths * even).min(1.0),
            grounded: (ground[0] - ground[1]) / (ground[0] + ground[1] + LEAST_GROUND * here),
            divided: if kind == Kind::Six { divided } else { -divided },
            shown,
        })
    }

    /// What was measured, in the order of [`WEIGHTS`].
    pub fn values(&self) -> [f64; WEIGHTS.len()] {
        let Self { shown, .. } = self;
        [
            1.0,
            self.preferred,
            self.height,
            self.crowded,
            self.quarters,
            shown.between,
            self.backbeat,
            shown.middle_weak,
            self.grounded,
            shown.low_first,
            self.divided,
            shown.first,
            shown.repeats,
            shown.repeats_by_beat,
            shown.repeats_across,
            shown.changes_first,
            shown.changes_between,
            shown.changes_every_other,
        ]
    }

    /// How much of each part of a weight a level takes.
    pub fn parts(&self) -> [f64; PARTS] {
        let is = |kind: Kind| f64::from(u8::from(self.kind == kind));
        [1.0, self.fast, is(Kind::Three), is(Kind::Six), is(Kind::Odd)]
    }

    /// What each fact says, as a part of the logarithm of how likely the level is.
    fn says(&self) -> impl Iterator<Item = (f64, Reason)> {
        let parts = self.parts();
        let weighs =
            move |weight: &Weight| weight.parts.iter().zip(parts).map(|(by, part)| by * part).sum::<f64>();
        self.values()
            .into_iter()
            .zip(&WEIGHTS)
            .map(move |(value, weight)| (weighs(weight) * value, weight.reason))
    }

    pub fn score(&self) -> f64 {
        self.says().map(|(part, _)| part).sum()
    }

    /// What speaks most for this level beside another.
    pub fn against(&self, other: &Self) -> Reason {
        let gain = |reason: Reason| {
            let parts = self.says().zip(other.says()).filter(|((_, why), _)| *why == reason);
            parts.map(|((here, _), (there, _))| here - there).sum::<f64>()
        };
        let found =
            [Reason::Backbeat, Reason::FullBetween, Reason::EmptyBetween, Reason::Bars, Reason::Harmony]
                .map(|reason| (gain(reason), reason));
        if found.iter().map(|(gain, _)| gain).sum::<f64>() < CLOSE {
            return Reason::Preference;
        }
        found.into_iter().fold((0.0, Reason::Preference), |a, b| if b.0 > a.0 { b } else { a }).1
    }
}
