//! The ERB scale: how wide the ear's filters are, and how many of them lie below a frequency.
//!
//! Glasberg and Moore, "Derivation of auditory filter shapes from notched-noise data", Hearing Research 47 (1990),
//! 103–138, equations 3 and 4. Measured on listeners between 100 Hz and 10 kHz; outside it is an extrapolation.

/// The bandwidth of the narrowest filter, at 0 Hz, in Hz (equation 3).
const NARROWEST_HZ: f64 = 24.7;

/// How fast filters widen: 4.37 a kHz (equation 3).
const WIDENING_PER_HZ: f64 = 4.37e-3;

/// Filters a decade where they are proportional to frequency (equation 4, which prints it rounded).
const RATE_PER_DECADE: f64 = 21.4;

/// The equivalent rectangular bandwidth in Hz of the ear's filter at a frequency: 132.6 Hz at 1 kHz.
pub fn bandwidth_hz(freq_hz: f64) -> f64 {
    NARROWEST_HZ * (WIDENING_PER_HZ * freq_hz + 1.0)
}

/// How many filters lie side by side below a frequency (the ERB-rate, in Cams): 15.6 at 1 kHz, 41.7 at 20 kHz.
/// Frequencies below zero count as zero.
pub fn rate_from_hz(freq_hz: f64) -> f64 {
    RATE_PER_DECADE * libm::log10(WIDENING_PER_HZ * freq_hz.max(0.0) + 1.0)
}

/// The frequency in Hz below which so many filters lie: the inverse of [`rate_from_hz`].
pub fn hz_from_rate(rate: f64) -> f64 {
    (libm::exp10(rate / RATE_PER_DECADE) - 1.0) / WIDENING_PER_HZ
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_gives_the_printed_values_and_comes_back() {
        assert!((bandwidth_hz(1_000.0) - 132.639).abs() < 1e-9);
        assert!((rate_from_hz(1_000.0) - 15.621).abs() < 1e-3);
        for freq_hz in [0.0, 20.0, 100.0, 997.0, 10_000.0, 20_000.0] {
            assert!((hz_from_rate(rate_from_hz(freq_hz)) - freq_hz).abs() < 1e-9 * (freq_hz + 1.0));
        }
    }

    #[test]
    fn a_step_of_one_on_the_scale_is_one_bandwidth() {
        // The printed 21.4 stands for ln(10) / (24.7 · 0.00437) = 21.33: steps are one bandwidth within 0.5 %, and the
        // width in the middle of a step differs from the mean over it by less than 0.1 %.
        for rate in [2.0, 10.0, 20.0, 35.0] {
            let step_hz = hz_from_rate(rate + 0.5) - hz_from_rate(rate - 0.5);
            assert!((step_hz / bandwidth_hz(hz_from_rate(rate)) - 1.0).abs() < 0.005);
        }
    }
}
