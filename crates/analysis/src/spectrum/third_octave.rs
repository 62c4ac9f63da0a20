//! The third-octave bands of IEC 61260-1:2014: which there are, where their middles and edges lie.

/// Bands from 20 Hz to 20 kHz.
pub const BANDS: usize = 31;

/// The names of the bands in hertz (IEC 61260-1:2014, annex E): what is written on axes. The exact middles are
/// [`mid_hz`].
pub const NOMINAL_HZ: [f64; BANDS] = [
    20.0, 25.0, 31.5, 40.0, 50.0, 63.0, 80.0, 100.0, 125.0, 160.0, 200.0, 250.0, 315.0, 400.0, 500.0, 630.0,
    800.0, 1_000.0, 1_250.0, 1_600.0, 2_000.0, 2_500.0, 3_150.0, 4_000.0, 5_000.0, 6_300.0, 8_000.0,
    10_000.0, 12_500.0, 16_000.0, 20_000.0,
];

/// The band whose middle is exactly 1 kHz, the reference frequency of the standard.
pub const REFERENCE_BAND: usize = 17;

/// The exact middle of a band: 1 kHz · 10^(x/10) (IEC 61260-1:2014, 5.4, with b = 3 and G = 10^(3/10)).
pub fn mid_hz(band: usize) -> f64 {
    at_tenth(band as f64 - REFERENCE_BAND as f64)
}

/// The lower and upper edge of a band, half a third octave from its middle (IEC 61260-1:2014, 5.6).
pub fn edges_hz(band: usize) -> (f64, f64) {
    let tenth = band as f64 - REFERENCE_BAND as f64;
    (at_tenth(tenth - 0.5), at_tenth(tenth + 0.5))
}

/// The band in which a frequency lies, if any does.
pub fn band_of(freq_hz: f64) -> Option<usize> {
    (0..BANDS).find(|&band| {
        let (from_hz, to_hz) = edges_hz(band);
        (from_hz..to_hz).contains(&freq_hz)
    })
}

/// 1 kHz moved by tenths of a decade.
fn at_tenth(tenths: f64) -> f64 {
    1_000.0 * libm::exp10(tenths / 10.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bands_meet_and_bear_their_names() {
        for (band, nominal_hz) in NOMINAL_HZ.iter().enumerate() {
            // A nominal frequency is the exact one rounded: the standard's own list departs by up to 1.3 %.
            assert!((nominal_hz / mid_hz(band) - 1.0).abs() < 0.013, "{band}");
            assert_eq!(band_of(mid_hz(band)), Some(band));
            if band > 0 {
                assert!((edges_hz(band - 1).1 / edges_hz(band).0 - 1.0).abs() < 1e-12);
            }
        }
        assert_eq!(mid_hz(REFERENCE_BAND), 1_000.0);
        assert_eq!((band_of(10.0), band_of(23_000.0)), (None, None));
    }
}
