//! What the beats and bars of a level show, and what each answer is worth.

use serde::Serialize;

use super::accents::Accents;
use super::grid::Grid;
use super::mean;
use super::shown::Shown;
use super::tempogram::{FAVOURITE_BPM, preference_bpm};

/// What may sound between beats, in parts of what sounds on them, before it speaks against a level: hats on every eighth under
/// kick and snare. Ours.
const USUAL_BETWEEN: f64 = 0.4;

/// How strong the low band must be, in parts of all accents on beats, to have half its say. Ours.
const LEAST_GROUND: f64 = 0.1;

/// By how much a level must be ahead in all but what people prefer for that not to have decided: two thirds against one.
const CLOSE: f64 = 0.7;

/// What was measured of one level.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Facts {
    /// How much people like to tap at the tempo: 0 at best.
    pub preferred: f64,
    /// How many octaves above 120 beats a minute it lies.
    pub fast: f64,
    /// The weaker of odd and even beats over the stronger.
    pub even_in_two: f64,
    /// The two weaker of every third beat over the strongest.
    pub even_in_three: f64,
    /// What sounds half way or a third of the way between beats, over what sounds on them, and over what is usual.
    pub crowded: f64,
    /// What sounds a quarter of the way before and after beats, or where swing lays that, over what sounds on them, all bands alike.
    pub quarters: f64,
    /// The same of low and middle accents, drums without hats.
    pub quarters_of_bodies: f64,
    /// How far low and middle accents alternate from beat to beat.
    pub backbeat: f64,
    /// The mean accent of a beat over that of the strongest level.
    pub height: f64,
    /// 1 where its beats run across the pulse.
    pub across: f64,
    /// How far the low band, kick and bass, is on the beats and not half way between them, from −1 to 1.
    pub grounded: f64,
    /// How much more sounds on thirds of beats than on halves, where beats are said to divide into three; the reverse where not.
    pub divided: f64,
    /// 1 where its beats divide into three.
    pub in_three: f64,
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

/// What a fact says.
pub(crate) struct Weight {
    pub name: &'static str,
    /// What it weighs at 120 beats a minute, in the logarithm of how likely a level is.
    pub at_120: f64,
    /// By how much more for every octave above: sixteenths, say, speak against a fast beat more than against a slow one.
    pub per_octave: f64,
    /// What it is told as.
    pub reason: Reason,
}

const fn weight(name: &'static str, at_120: f64, per_octave: f64, reason: Reason) -> Weight {
    Weight { name, at_120, per_octave, reason }
}

/// The weights are ours: a conditional logit (McFadden, "Conditional logit analysis of qualitative choice behavior", 1974) of which of
/// all readings is right, over generated pieces, bare clicks, and five real songs from their tracks and mixes, which count fifty times,
/// since generated music is not all music. The example `rhythm_fit` makes them and says how they do on pieces that it did not see.
pub(crate) const WEIGHTS: [Weight; 17] = [
    weight("preferred", 0.93, 0.0, Reason::Preference),
    weight("fast", 0.0, 0.0, Reason::Preference),
    weight("even_in_two", 2.06, 0.88, Reason::EmptyBetween),
    weight("even_in_three", 2.92, -0.48, Reason::EmptyBetween),
    weight("height", 5.56, 0.78, Reason::EmptyBetween),
    weight("crowded", -3.98, 3.03, Reason::FullBetween),
    weight("quarters", -0.62, 0.91, Reason::FullBetween),
    weight("quarters_of_bodies", -1.7, 1.98, Reason::FullBetween),
    weight("backbeat", 3.06, -2.82, Reason::Backbeat),
    weight("across", -1.53, -0.18, Reason::Bars),
    weight("grounded", -1.29, 0.32, Reason::Bars),
    weight("divided", 3.17, 0.7, Reason::Bars),
    weight("in_three", -3.1, -1.17, Reason::Bars),
    weight("first", 1.96, -1.91, Reason::Bars),
    weight("repeats", 2.15, 0.55, Reason::Bars),
    weight("repeats_double", 0.67, 0.59, Reason::Bars),
    weight("changes_weak", -1.61, -0.93, Reason::Harmony),
];

impl Facts {
    pub fn of(
        grid: &Grid,
        accents: &Accents,
        bpm: f64,
        in_three: bool,
        across: bool,
        shown: Shown,
    ) -> Option<Self> {
        let on = |curve: &[f64], offset: f64, from: usize, by: usize| {
            let places = (from..grid.len()).step_by(by);
            mean(places.filter_map(|n| grid.at(n as f64 + offset)).map(|step| Accents::near(curve, step)))
        };
        let all = |offset: f64| on(&accents.total, offset, 0, 1);
        let halves = |curve: &[f64]| (on(curve, 0.0, 0, 2), on(curve, 0.0, 1, 2));
        let [even_in_two, even_in_three] = [2, 3].map(|by| {
            let parts: Vec<f64> = (0..by).map(|from| on(&accents.total, 0.0, from, by)).collect();
            let strongest = parts.iter().copied().fold(0.0, f64::max);
            let others = (parts.iter().sum::<f64>() - strongest) / (by - 1) as f64;
            if strongest > 0.0 { others / strongest } else { 0.0 }
        });
        let (low, middle) = (halves(&accents.low), halves(&accents.middle));
        let depth = |low: f64, middle: f64| if low + middle > 0.0 { low / (low + middle) } else { 0.0 };
        let depths = (depth(low.0, middle.0) - depth(low.1, middle.1)).abs();
        let (here, half, third, thirds) = (all(0.0), all(0.5), all(1.0 / 3.0), all(2.0 / 3.0));
        if here <= 0.0 {
            return None;
        }
        let between = half.max(third.min(thirds)) / here;
        let [even_half, even_third, even_thirds] =
            [0.5, 1.0 / 3.0, 2.0 / 3.0].map(|offset| on(&accents.even, offset, 0, 1));
        let both = even_third.min(even_thirds);
        let divided = (both - even_half) / (both + even_half + 0.1 * here);
        let ground = [0.0, 0.5].map(|offset| on(&accents.low, offset, 0, 1));
        let bodies = |offset: f64| on(&accents.low, offset, 0, 1) + on(&accents.middle, offset, 0, 1);
        let evens = |offset: f64| on(&accents.even, offset, 0, 1);
        let quarters = |of: &dyn Fn(f64) -> f64| {
            let swung = of(1.0 / 3.0).min(of(5.0 / 6.0));
            let part = ((of(0.25) + of(0.75)) / 2.0).max(swung) / of(0.0).max(f64::MIN_POSITIVE);
            part.min(1.5)
        };
        Some(Self {
            preferred: preference_bpm(bpm),
            fast: libm::log2(bpm / FAVOURITE_BPM),
            even_in_two,
            even_in_three,
            crowded: (between.min(1.2) - USUAL_BETWEEN).max(0.0),
            quarters: quarters(&evens),
            quarters_of_bodies: quarters(&bodies),
            backbeat: (2.0 * depths * even_in_two).min(1.0),
            height: here,
            across: f64::from(u8::from(across)),
            grounded: (ground[0] - ground[1]) / (ground[0] + ground[1] + LEAST_GROUND * here),
            divided: if in_three { divided } else { -divided },
            in_three: f64::from(u8::from(in_three)),
            shown,
        })
    }

    /// What was measured, in the order of [`WEIGHTS`].
    pub fn values(&self) -> [f64; WEIGHTS.len()] {
        let Self { shown, .. } = self;
        [
            self.preferred,
            self.fast,
            self.even_in_two,
            self.even_in_three,
            self.height,
            self.crowded,
            self.quarters,
            self.quarters_of_bodies,
            self.backbeat,
            self.across,
            self.grounded,
            self.divided,
            self.in_three,
            shown.first,
            shown.repeats,
            shown.repeats_double,
            shown.changes_weak,
        ]
    }

    /// What each fact says, as a part of the logarithm of how likely the level is.
    fn says(&self) -> impl Iterator<Item = (f64, Reason)> {
        let weighs = |weight: &Weight| weight.at_120 + weight.per_octave * self.fast;
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
