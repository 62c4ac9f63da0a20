//! Decibels, hertz, seconds and frames: the only place where one becomes the other.
//!
//! All functions go through the `libm` crate, so the same input gives the same bits on every machine.

/// The amplitude factor of a level in dB: 10^(dB/20). Minus infinity gives exactly 0, 0 dB gives exactly 1.
pub fn gain_from_db(db: f64) -> f64 {
    if db == 0.0 {
        1.0
    } else if db == f64::NEG_INFINITY {
        0.0
    } else {
        libm::exp10(db / 20.0)
    }
}

/// The level in dB of an amplitude factor: 20·log10(|gain|). Zero gives minus infinity.
pub fn db_from_gain(gain: f64) -> f64 {
    20.0 * libm::log10(gain.abs())
}

/// The level in dB of a power (a squared amplitude): 10·log10(power). Zero gives minus infinity.
pub fn db_from_power(power: f64) -> f64 {
    10.0 * libm::log10(power)
}

/// The power of a level in dB: 10^(dB/10).
pub fn power_from_db(db: f64) -> f64 {
    libm::exp10(db / 10.0)
}

/// The frame nearest to a time: round(t · rate), half away from zero (DESIGN: frame = round(t · rate)).
pub fn frame_from_seconds(seconds: f64, rate_hz: u32) -> i64 {
    libm::round(seconds * f64::from(rate_hz)) as i64
}

/// The time of a frame in seconds.
pub fn seconds_from_frame(frame: i64, rate_hz: u32) -> f64 {
    frame as f64 / f64::from(rate_hz)
}

/// A time in milliseconds as a (fractional) number of frames.
pub fn frames_from_ms(ms: f64, rate_hz: u32) -> f64 {
    ms * f64::from(rate_hz) / 1000.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn six_decibels_are_a_factor_of_two_within_a_fiftieth() {
        assert_eq!(gain_from_db(0.0), 1.0);
        assert_eq!(gain_from_db(f64::NEG_INFINITY), 0.0);
        assert!((gain_from_db(6.0) - 1.995_262_314_968_879_5).abs() < 1e-15);
        assert!((db_from_gain(gain_from_db(-13.7)) + 13.7).abs() < 1e-12);
        assert!((power_from_db(10.0) - 10.0).abs() < 1e-12);
        assert_eq!(db_from_gain(0.0), f64::NEG_INFINITY);
    }

    #[test]
    fn frames_round_to_nearest() {
        assert_eq!(frame_from_seconds(1.0, 48_000), 48_000);
        assert_eq!(frame_from_seconds(-0.000_015, 44_100), -1);
        assert_eq!(seconds_from_frame(44_100, 44_100), 1.0);
        assert_eq!(frames_from_ms(2.5, 48_000), 120.0);
    }
}
