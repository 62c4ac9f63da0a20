//! What the settings of a stereo image come to: filters of the sides, and where middle and sides go.

use super::{MonoSlope, StereoSettings};
use crate::kernels::matched::{Analogue, butterworth_qs};
use crate::kernels::placing;
use crate::kernels::svf::{Section, tan_half};
use crate::units::gain_from_db;

/// Width by band, and four sections of a high pass.
pub(super) const SECTIONS: usize = 5;

/// Filters of the sides, and how much of the middle and of the sides goes to the left, then to the right.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Image {
    pub(super) sections: [Section; SECTIONS],
    pub(super) spread: [f64; 4],
}

impl Image {
    pub(super) fn new(settings: &StereoSettings, rate_hz: u32) -> Self {
        let mut sections = [Section::IDENTITY; SECTIONS];
        let order = match settings.mono_slope {
            MonoSlope::Db24 => 4,
            MonoSlope::Db48 => 8,
        };
        sections[0] = width_by_band(settings, rate_hz);
        for (section, q) in sections[1..].iter_mut().zip(butterworth_qs(order)) {
            let high_pass = Analogue::high_pass(q).section(settings.mono_below_hz, rate_hz);
            *section = if settings.mono_bass { high_pass } else { high_pass.at_rest() };
        }
        let (mid, side) = (gain_from_db(settings.mid_db), gain_from_db(settings.side_db));
        let (keep_left, keep_right) = placing::balance(settings.balance);
        let (sin, cos) = match settings.rotation_degrees {
            0.0 => (0.0, 1.0),
            degrees => libm::sincos(degrees.to_radians()),
        };
        // left = mid + side and right = mid − side, turned by the angle.
        Self {
            sections,
            spread: [
                keep_left * mid * (cos - sin),
                keep_left * side * (cos + sin),
                keep_right * mid * (sin + cos),
                keep_right * side * (sin - cos),
            ],
        }
    }

    /// Whether everything passes as it is.
    pub(super) fn is_as_it_was(&self) -> bool {
        self.spread == [1.0, 1.0, 1.0, -1.0] && self.sections.iter().all(Section::is_identity)
    }
}

/// low·L + middle·(1 − L − H) + high·H with the first-order low pass L and high pass H, as one section.
fn width_by_band(settings: &StereoSettings, rate_hz: u32) -> Section {
    let StereoSettings { low_width: low, mid_width: mid, high_width: high, .. } = *settings;
    let a = 1.0 / tan_half(settings.low_crossover_hz, rate_hz);
    let b = 1.0 / tan_half(settings.high_crossover_hz, rate_hz);
    let under = [1.0, a + b, a * b];
    let over = if low == mid && mid == high {
        under.map(|part| part * mid)
    } else {
        [low, mid * (a - b) + (low + high) * b, high * a * b]
    };
    Section::from_analogue(1.0, over, under)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn side_gain(settings: &StereoSettings, hz: f64) -> f64 {
        width_by_band(settings, 48_000).power(tan_half(hz, 48_000)).sqrt()
    }

    #[test]
    fn equal_widths_are_no_filter() {
        for width in [0.0, 0.5, 1.0, 1.7] {
            let settings = StereoSettings {
                low_width: width,
                mid_width: width,
                high_width: width,
                ..StereoSettings::default()
            };
            for hz in [20.0, 250.0, 900.0, 4_000.0, 15_000.0] {
                assert!((side_gain(&settings, hz) - width).abs() < 1e-12);
            }
        }
        assert!(Image::new(&StereoSettings::default(), 44_100).is_as_it_was());
    }

    #[test]
    fn every_band_has_its_width_and_the_way_between_is_without_bumps() {
        let settings =
            StereoSettings { low_width: 0.2, mid_width: 1.0, high_width: 1.8, ..StereoSettings::default() };
        assert!((side_gain(&settings, 2.0) - 0.2).abs() < 0.01);
        assert!((side_gain(&settings, 1_000.0) - 1.0).abs() < 0.1);
        assert!((side_gain(&settings, 23_900.0) - 1.8).abs() < 0.01);
        let gains: Vec<f64> =
            (0..230).map(|step| side_gain(&settings, 10.0 * libm::exp2(f64::from(step) / 21.0))).collect();
        assert!(gains.windows(2).all(|two| two[1] >= two[0]));
    }
}
