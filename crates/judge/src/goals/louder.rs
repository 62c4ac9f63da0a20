//! Louder: gated loudness beside that of something else.
//!
//! **Measure.** ITU-R BS.1770-5 loudness of one less that of the other, each where it plays, in LU. **Limits.** Tracks that are
//! microphones on one source add up to as much as 3 dB more or less than is reckoned here.

use super::{Case, Foreseen};

/// Told from profiles: powers by band and time are all that it needs.
pub const FORESEEN: Foreseen = Foreseen::Forecast;

/// LU over the other.
pub fn measure(case: &Case<'_>) -> Result<f64, String> {
    case.difference(|side| side.lufs())
}
