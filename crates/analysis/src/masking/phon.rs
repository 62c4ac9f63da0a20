//! Sones, which add up, and phons, which are levels.

use crate::curve;

/// A sound counts as sounding in frames in which it alone is louder than this: 20 phon (ANSI S3.4-2007, table 7), a quiet room's
/// own noise. Ours.
pub const SOUNDING_SONE: f64 = 0.142;

/// The loudness in sone of a 1 kHz tone heard from in front with both ears, by its level in dB SPL, which is its
/// loudness level in phon (ANSI S3.4-2007, table 7).
pub const SONE_OF_PHON: [(f64, f64); 30] = [
    (0.0, 0.001_1),
    (1.0, 0.001_8),
    (2.0, 0.002_8),
    (3.0, 0.004_4),
    (4.0, 0.006_5),
    (5.0, 0.008_8),
    (7.5, 0.017),
    (10.0, 0.029),
    (15.0, 0.070),
    (20.0, 0.142),
    (25.0, 0.255),
    (30.0, 0.422),
    (35.0, 0.662),
    (40.0, 0.997),
    (45.0, 1.461),
    (50.0, 2.098),
    (55.0, 2.970),
    (60.0, 4.166),
    (65.0, 5.813),
    (70.0, 8.102),
    (75.0, 11.326),
    (80.0, 15.980),
    (85.0, 22.929),
    (90.0, 33.216),
    (95.0, 48.242),
    (100.0, 70.362),
    (105.0, 103.274),
    (110.0, 152.776),
    (115.0, 227.855),
    (120.0, 341.982),
];

/// The loudness level in phon of a loudness in sone: the level of the 1 kHz tone that is as loud. Between 0 and 120
/// phon; what is softer than the standard's table reads 0, what is louder 120.
pub fn phon_from_sone(sone: f64) -> f64 {
    let logs = SONE_OF_PHON.map(|(phon, sone)| (libm::log(sone), phon));
    if sone > 0.0 { curve::at(&logs, libm::log(sone)) } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn twice_as_many_sones_are_ten_phons_from_40_to_80() {
        for sone in [1.0, 2.0, 4.0, 8.0] {
            let step = phon_from_sone(2.0 * sone) - phon_from_sone(sone);
            // The standard's own table makes it 9.2 (40 to 50 phon) to 10.2.
            assert!((9.0..=10.5).contains(&step), "{sone} {step}");
        }
        assert!((phon_from_sone(1.0) - 40.0).abs() < 0.1);
        assert_eq!((phon_from_sone(0.0), phon_from_sone(1e9), phon_from_sone(f64::NAN)), (0.0, 120.0, 0.0));
    }
}
