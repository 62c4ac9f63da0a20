//! Warmer: low middle over presence, beside something else.
//!
//! **Measure.** Energy from 150 to 500 Hz over that from 1 to 4 kHz, in dB: the low-middle part of what glossaries call warm.
//! **Limits.** The other part, low-order harmonics of saturation, is heard only as far as it falls into these bands.

use super::{Case, Foreseen};

/// Told from profiles: powers by band and time are all that it needs.
pub const FORESEEN: Foreseen = Foreseen::Forecast;

/// dB over the other.
pub fn measure(case: &Case<'_>) -> Result<f64, String> {
    case.difference(|side| side.tilt_db((150.0, 500.0), (1_000.0, 4_000.0)))
}
