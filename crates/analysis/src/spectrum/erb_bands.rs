//! Bands as wide as the ear's filters: one for each whole number on the ERB scale.

use crate::erb::hz_from_rate;

/// Bands whose middles lie at 1 to 41 on the ERB scale: 26 Hz to 18.6 kHz.
pub const ERB_BANDS: usize = 41;

/// The middle of a band.
pub fn mid_hz(band: usize) -> f64 {
    hz_from_rate(band as f64 + 1.0)
}

/// The lower and upper edge of a band, half a step of the scale from its middle.
pub fn edges_hz(band: usize) -> (f64, f64) {
    (hz_from_rate(band as f64 + 0.5), hz_from_rate(band as f64 + 1.5))
}
