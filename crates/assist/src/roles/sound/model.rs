//! The classifier: one hidden layer over standardised features, in `training/train.py`'s table of whole numbers.

use mixkeel_session::role::Role;

use super::features::{COUNT, Features};
use super::weights::{HIDDEN, INTO, INTO_FROM, OUT, OUT_FROM, ROLES, SCALE};

/// A feature further than this from the middle, in spreads, counts as this far. The same in training.
const CLIP: f64 = 3.5;

/// How probable each role is, most probable first.
#[derive(Clone, Debug, PartialEq)]
pub struct Odds(pub Vec<(Role, f64)>);

impl Odds {
    /// The most probable role.
    pub fn first(&self) -> (Role, f64) {
        self.0.first().copied().unwrap_or((Role::Unknown, 0.0))
    }

    /// How probable one role is.
    pub fn of(&self, role: Role) -> f64 {
        self.0.iter().find(|(known, _)| *known == role).map_or(0.0, |(_, odds)| *odds)
    }

    /// How probable it is that the role is one of these.
    pub fn of_any(&self, roles: &[Role]) -> f64 {
        roles.iter().map(|role| self.of(*role)).sum()
    }

    /// With each role as much more probable as a factor says, for what is known from elsewhere.
    #[must_use]
    pub fn weighed(&self, factor: impl Fn(Role) -> f64) -> Self {
        let weighed: Vec<(Role, f64)> =
            self.0.iter().map(|(role, odds)| (*role, odds * factor(*role))).collect();
        let sum: f64 = weighed.iter().map(|(_, odds)| odds).sum();
        Self::sorted(
            weighed.into_iter().map(|(role, odds)| (role, odds / sum.max(f64::MIN_POSITIVE))).collect(),
        )
    }

    /// With one role more probable by a share of what is left, for what is known from elsewhere and weighs so much.
    #[must_use]
    pub fn pooled(&self, with: Role, weight: f64) -> Self {
        let own = |role: Role| if role == with { weight } else { 0.0 };
        Self::sorted(self.0.iter().map(|(role, odds)| (*role, (1.0 - weight) * odds + own(*role))).collect())
    }

    fn sorted(mut odds: Vec<(Role, f64)>) -> Self {
        odds.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        Self(odds)
    }
}

/// How probable each role is for a track that sounds like this.
pub fn odds(features: &Features) -> Odds {
    let thousandths = |weight: &i32| f64::from(*weight) / 1_000.0;
    let mut hidden: [f64; HIDDEN] = std::array::from_fn(|unit| INTO_FROM.get(unit).map_or(0.0, thousandths));
    for feature in 0..COUNT {
        let [centre, scale] = SCALE[feature].map(|value| f64::from(value) / 1_000.0);
        let value = ((features.0[feature] - centre) / scale).clamp(-CLIP, CLIP);
        hidden.iter_mut().zip(&INTO[feature]).for_each(|(unit, weight)| *unit += value * thousandths(weight));
    }
    let mut sums: Vec<f64> = OUT_FROM.iter().map(thousandths).collect();
    for (unit, weights) in hidden.iter().zip(&OUT) {
        sums.iter_mut().zip(weights).for_each(|(sum, weight)| *sum += unit.max(0.0) * thousandths(weight));
    }
    let top = sums.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let powers: Vec<f64> = sums.iter().map(|sum| libm::exp(sum - top)).collect();
    let all: f64 = powers.iter().sum();
    Odds::sorted(ROLES.iter().copied().zip(powers.iter().map(|power| power / all)).collect())
}
