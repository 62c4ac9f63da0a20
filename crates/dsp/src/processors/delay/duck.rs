//! Steps back while sound plays, so that echoes answer words instead of covering them.

use std::ops::Range;

use crate::glide::{Glide, Motion};
use crate::processor::State;
use crate::units::{db_from_power, gain_from_db};

/// How fast the level of the sound is taken to rise and to fall, as time constants. Ours: at once when a word begins, and
/// 72 dB a second when it ends, so that echoes are back half a second after a loud one.
const ATTACK_S: f64 = 0.01;
const RELEASE_S: f64 = 0.06;

/// The level of sound (mean square) at which echoes have stepped back by half the decibels, and how far under and over it
/// they have by none and by all. Ours: soft singing; a gate would chatter, this leans.
const HALF_DB: f64 = -34.0;
const REACH_DB: f64 = 12.0;

/// A gain that follows the level of a sound, once a cell of the control grid.
#[derive(Debug)]
pub(super) struct Duck {
    /// What a frame takes over of a louder and of a softer one.
    attack: f64,
    release: f64,
    /// The mean square of the sound.
    power: f64,
    gain: Glide<[f64; 1]>,
}

impl Duck {
    pub fn new(rate_hz: u32) -> Self {
        let of = |time_s: f64| 1.0 - libm::exp(-1.0 / (time_s * f64::from(rate_hz)));
        Self { attack: of(ATTACK_S), release: of(RELEASE_S), power: 0.0, gain: Glide::new([1.0]) }
    }

    /// Hears one frame; of two sides the louder counts.
    pub fn hear(&mut self, [left, right]: [f64; 2]) {
        let power = f64::max(left * left, right * right);
        self.power += (power - self.power) * if power > self.power { self.attack } else { self.release };
    }

    /// A point of the grid: where to go from here, at most `depth_db` down.
    pub fn step(&mut self, depth_db: f64) {
        let over_db = db_from_power(self.power.max(1e-12)) - HALF_DB;
        let share = (0.5 + 0.5 * over_db / REACH_DB).clamp(0.0, 1.0);
        self.gain.aim([gain_from_db(-depth_db * share)]);
    }

    /// The gain over a stretch.
    pub fn walk(&mut self, first: i64, frames: usize, stretch: impl FnMut(Range<usize>, &Motion<[f64; 1]>)) {
        self.gain.walk(first, frames, stretch);
    }

    pub fn reset(&mut self) {
        (self.power, self.gain) = (0.0, Glide::new([1.0]));
    }

    pub fn snapshot(&self, to: &mut State) {
        to.put(self.power);
        self.gain.snapshot(to);
    }

    pub fn restore(&mut self, from: &mut State) {
        self.power = from.take();
        self.gain.restore(from);
    }
}
