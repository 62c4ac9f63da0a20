//! How much a sound peaks, and the attack and release that suit it.

use crate::kernels::detector::{Cell, retained};
use crate::kernels::fastmath::larger;
use crate::processor::State;
use crate::units::frames_from_ms;

/// The window over which peak and power are compared (D. Giannoulis, M. Massberg, J. D. Reiss, "Parameter Automation in a
/// Dynamic Range Compressor", JAES 61(10), 2013: 200 ms).
const WINDOW_MS: f64 = 200.0;

/// The square of a sine's crest factor, at which times are as set; also what is assumed before anything was heard.
const SINE: f64 = 2.0;

/// How many times longer than set they can become: a square wave does not peak at all, its crest factor is 1.
pub const LONGEST: f64 = SINE;

/// Keeps power and peak from becoming nothing: −300 dB.
const NEARLY_NOTHING: f64 = 1e-30;

/// Follows the peak and the power of the louder channel, and their ratio, the square of the crest factor, at grid points.
#[derive(Clone, Copy, Debug)]
pub struct Crest {
    kept: f64,
    peak: f64,
    power: f64,
    squared: f64,
}

impl Crest {
    pub fn new(rate_hz: u32) -> Self {
        let kept = retained(frames_from_ms(WINDOW_MS, rate_hz));
        Self { kept, peak: NEARLY_NOTHING, power: NEARLY_NOTHING, squared: SINE }
    }

    /// Hears a stretch (eq. 2 of the paper: a peak that fades, and a mean, over the same window).
    pub fn hear(&mut self, sound: &Cell, frames: usize) {
        let [left, right] = sound;
        for (left, right) in left[..frames].iter().zip(&right[..frames]) {
            let magnitude = f64::from(larger(left.abs(), right.abs()));
            let power = magnitude * magnitude + NEARLY_NOTHING;
            self.power = self.kept * self.power + (1.0 - self.kept) * power;
            let faded = self.kept * self.peak + (1.0 - self.kept) * power;
            self.peak = if power > faded { power } else { faded };
        }
    }

    /// Takes the ratio that has been heard so far.
    pub fn look(&mut self) {
        self.squared = self.peak / self.power;
    }

    /// Attack and release in ms for those that are set (eqs. 3 and 4: both as 2/C² of their longest, and what the attack takes
    /// is not added to the release). At the start everything peaks, so nothing is longer than set then.
    pub fn times(&self, [attack_ms, release_ms]: [f64; 2]) -> [f64; 2] {
        let share = SINE / f64::max(self.squared, 1.0);
        [attack_ms * share, release_ms * share]
    }

    pub fn reset(&mut self) {
        (self.peak, self.power, self.squared) = (NEARLY_NOTHING, NEARLY_NOTHING, SINE);
    }

    pub fn snapshot(&self, to: &mut State) {
        [self.peak, self.power, self.squared].into_iter().for_each(|value| to.put(value));
    }

    pub fn restore(&mut self, from: &mut State) {
        [self.peak, self.power, self.squared] = std::array::from_fn(|_| from.take());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn heard(sound: impl Fn(usize) -> f32) -> [f64; 2] {
        let mut crest = Crest::new(48_000);
        for cell in 0..1_500 {
            let stretch: Cell = [std::array::from_fn(|frame| sound(cell * 64 + frame)); 2];
            crest.hear(&stretch, 64);
        }
        crest.look();
        crest.times([80.0, 1_000.0])
    }

    #[test]
    fn a_sine_gets_what_is_set_and_drums_get_less() {
        let [attack, release] = heard(|frame| libm::sinf(frame as f32 * 0.131));
        assert!((attack - 80.0).abs() < 0.5 && (release - 1_000.0).abs() < 5.0, "{attack} {release}");
        // A click of 1 ms every 48: its crest factor is 16.8 dB.
        let [attack, _] = heard(|frame| if frame % 2_304 < 48 { 0.9 } else { 0.0 });
        assert!((80.0 * 2.0 / 70.0..80.0 * 2.0 / 30.0).contains(&attack), "{attack}");
        let [attack, _] = heard(|frame| if frame % 100 < 50 { 0.5 } else { -0.5 });
        assert!((attack - 160.0).abs() < 1.0, "{attack}");
    }
}
