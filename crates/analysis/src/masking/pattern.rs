//! Excitation patterns: what one sound excites in every filter of both ears in one frame, to be kept, added up and asked how
//! loud it is within others.

use std::sync::Arc;

use super::spread::Spread;
use crate::energy::Power;
use crate::playback::{Ears, System};

/// The spacing of the filters in Cams. Ours: half as many as the meter's, for answers that steer and are measured again.
const STEP_CAM: f64 = 1.0;

/// Two ears on one playback system, which tell patterns of sounds and how loud these are within each other.
#[derive(Clone, Debug)]
pub struct Cochlea {
    ears: Ears,
    spread: Arc<Spread>,
    noise: Pattern,
}

/// What one sound, or several together, excite in every filter of both ears in one frame. Of a sound as it was heard these
/// are whole numbers, so that sums of sounds are exact and do not depend on their order.
#[derive(Clone, Debug, PartialEq)]
pub struct Pattern {
    /// The filters of the left ear, then those of the right.
    excited: Vec<f64>,
    /// Whether both ears hear the same.
    same: bool,
}

/// How loud a sound is in one frame, in sone, both ears together.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Partial {
    /// Alone in silence.
    pub unmasked_sone: f64,
    /// Within the rest.
    pub within_sone: f64,
    /// What one of the others takes of it: its part of what excites the same filters.
    pub taken_sone: f64,
}

impl Cochlea {
    /// For powers that come in bands between these frequencies in Hz.
    pub fn new(edges_hz: &[f64], system: &System) -> Self {
        let ears = Ears::new(system, edges_hz);
        let spread = Spread::shared(edges_hz, system.field, STEP_CAM);
        let filters = spread.centres_hz.len();
        let mut excited = vec![0.0; 2 * filters];
        let (left, right) = excited.split_at_mut(filters);
        spread.excite(ears.noise(), left);
        right.copy_from_slice(left);
        Self { ears, spread, noise: Pattern { excited, same: true } }
    }

    /// What the noise of the place excites, without any sound.
    pub fn noise(&self) -> &Pattern {
        &self.noise
    }

    /// What a sound of these powers excites.
    pub fn pattern(&self, powers: &[Power]) -> Pattern {
        let filters = self.filters();
        let (mut at_left, mut at_right) = (vec![0.0; self.ears.bands()], vec![0.0; self.ears.bands()]);
        self.ears.hear(powers, &mut at_left, &mut at_right);
        let mut excited = vec![0.0; 2 * filters];
        let (left, right) = excited.split_at_mut(filters);
        self.spread.excite(&at_left, left);
        let same = at_left == at_right;
        if same {
            right.copy_from_slice(left);
        } else {
            self.spread.excite(&at_right, right);
        }
        Pattern { excited, same }
    }

    /// How loud a sound is within a total that holds it, all others and the noise.
    pub fn loudness(&self, own: &Pattern, total: &Pattern) -> Partial {
        self.weigh(own, total, None)
    }

    /// The same, and what one of the others takes of it.
    pub fn taken(&self, own: &Pattern, by: &Pattern, total: &Pattern) -> Partial {
        self.weigh(own, total, Some(by))
    }

    fn weigh(&self, own: &Pattern, total: &Pattern, by: Option<&Pattern>) -> Partial {
        let filters = self.filters();
        let same = own.same && total.same;
        let mut told = Partial::default();
        let mut rest = vec![0.0; filters];
        for ear in 0..if same { 1 } else { 2 } {
            let (own, total) = (own.ear(ear, filters), total.ear(ear, filters));
            for ((rest, total), own) in rest.iter_mut().zip(total).zip(own) {
                *rest = (total - own).max(1.0);
            }
            let by = by.map(|by| by.ear(ear, filters)).unwrap_or_default();
            self.spread.loudness(own, &rest, |filter, alone, within| {
                told.unmasked_sone += alone;
                told.within_sone += within;
                if let (Some(by), Some(rest)) = (by.get(filter), rest.get(filter)) {
                    told.taken_sone += (alone - within) * (by / rest).min(1.0);
                }
            });
        }
        let ears = if same { 2.0 } else { 1.0 };
        Partial {
            unmasked_sone: ears * told.unmasked_sone,
            within_sone: ears * told.within_sone,
            taken_sone: ears * told.taken_sone,
        }
    }

    fn filters(&self) -> usize {
        self.spread.centres_hz.len()
    }
}

impl Pattern {
    fn ear(&self, ear: usize, filters: usize) -> &[f64] {
        self.excited.get(ear * filters..(ear + 1) * filters).unwrap_or_default()
    }

    /// One more sound.
    pub fn add(&mut self, other: &Self) {
        self.excited.iter_mut().zip(&other.excited).for_each(|(sum, more)| *sum += more);
        self.same &= other.same;
    }

    /// The same without one of its sounds. Whether both ears hear the same is no longer known then, and not taken for granted.
    pub fn take(&mut self, other: &Self) {
        self.excited.iter_mut().zip(&other.excited).for_each(|(sum, less)| *sum -= less);
    }

    /// The pattern of a sound whose power is this many times what it was: the filters keep the shapes that they had, which is
    /// right within a few dB.
    #[must_use]
    pub fn scaled(&self, factor: f64) -> Self {
        Self { excited: self.excited.iter().map(|one| one * factor).collect(), same: self.same }
    }

    /// Some of one pattern and some of another, in whole numbers: a sound between two levels at which it is known.
    #[must_use]
    pub fn between(low: &Self, of_low: f64, high: &Self, of_high: f64) -> Self {
        let both = low.excited.iter().zip(&high.excited);
        let excited = both.map(|(low, high)| (of_low * low + of_high * high).floor()).collect();
        Self { excited, same: low.same && high.same }
    }
}
