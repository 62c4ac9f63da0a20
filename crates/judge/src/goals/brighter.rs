//! Brighter: treble over what lies under it, beside something else.
//!
//! **Measure.** Energy from 2 to 16 kHz over that from 200 Hz to 2 kHz, in dB. **Limits.** Says nothing of where in the treble.

use super::{Case, Foreseen};

/// Told from profiles: powers by band and time are all that it needs.
pub const FORESEEN: Foreseen = Foreseen::Forecast;

/// dB over the other.
pub fn measure(case: &Case<'_>) -> Result<f64, String> {
    case.difference(|side| side.tilt_db((2_000.0, 16_000.0), (200.0, 2_000.0)))
}
