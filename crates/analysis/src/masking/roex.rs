//! The shape of the ear's filters: rounded exponentials whose lower side widens with level.
//!
//! ANSI S3.4-2007, 3.5, after Glasberg and Moore 1990.

use crate::erb::{bandwidth_hz, hz_from_rate};

/// The lowest and highest filter of the model, in Cams (52 Hz and 15.1 kHz: ANSI S3.4-2007, 3.6).
pub(crate) const LOWEST_RATE: f64 = 1.8;
/// See [`LOWEST_RATE`].
pub(crate) const HIGHEST_RATE: f64 = 38.9;

/// The level per ERB in dB at which both sides of a filter are alike (ANSI S3.4-2007, 3.5).
const EVEN_LEVEL_DB: f64 = 51.0;

/// How much wider the lower side is for each dB (ANSI S3.4-2007, 3.5).
const WIDENING_PER_DB: f64 = 0.35;

/// The flattest slope that is still a filter. The formula turns negative above 130 dB. Ours, as others chose.
const FLATTEST: f64 = 0.1;

/// Components more than this far above a filter, relative to its centre, do not reach it (ANSI S3.4-2007, 3.5).
const REACH: f64 = 2.0;

/// The slope p of a filter at 51 dB: four times its centre over its bandwidth.
pub(crate) fn even_slope(centre_hz: f64) -> f64 {
    4.0 * centre_hz / bandwidth_hz(centre_hz)
}

/// How much of the power of a component passes a filter, the level per ERB around the component being known.
pub(crate) fn passes(centre_hz: f64, freq_hz: f64, level_db: f64) -> f64 {
    let distance = (freq_hz - centre_hz) / centre_hz;
    let even = even_slope(centre_hz);
    if distance > REACH {
        0.0
    } else if distance >= 0.0 {
        rounded(even * distance)
    } else {
        let widened = even - WIDENING_PER_DB * even / even_slope(1_000.0) * (level_db - EVEN_LEVEL_DB);
        rounded(widened.max(FLATTEST) * -distance)
    }
}

/// How much of the power of a component counts to the level per ERB around a frequency: a filter alike on both sides.
pub(crate) fn counts(centre_hz: f64, freq_hz: f64) -> f64 {
    let distance = (freq_hz - centre_hz) / centre_hz;
    if distance > REACH { 0.0 } else { rounded(even_slope(centre_hz) * distance.abs()) }
}

fn rounded(reach: f64) -> f64 {
    (1.0 + reach) * libm::exp(-reach)
}

/// The centres in Hz of filters this many Cams apart, each in the middle of what it stands for, so that a coarse row
/// covers the same stretch of hearing as the standard's fine one.
pub(crate) fn centres_hz(step_cam: f64) -> Vec<f64> {
    // The standard's filters stand 0.1 Cam apart, from the lowest to the highest inclusive: 37.2 Cams.
    let (from, to) = (LOWEST_RATE - 0.05, HIGHEST_RATE + 0.05);
    let count = libm::round((to - from) / step_cam).max(1.0);
    (0..count as usize).map(|n| hz_from_rate(from + (to - from) * (n as f64 + 0.5) / count)).collect()
}

/// How many Cams each of the filters of [`centres_hz`] stands for.
pub(crate) fn width_cam(filters: usize) -> f64 {
    (HIGHEST_RATE - LOWEST_RATE + 0.1) / filters.max(1) as f64
}
