//! Drier: itself over its reverb, beside something else.
//!
//! **Measure.** Loudness less that of its part in all returns, in LU; without any send 40 LU, beyond which nobody hears a room.
//! **Limits.** Reverb that was recorded with it is not seen; sends of a bus count for the bus only.

use super::{Case, Foreseen, Side};

/// So dry is as dry as anybody hears.
const DRY_LU: f64 = 40.0;

/// Told from profiles: powers by band and time are all that it needs.
pub const FORESEEN: Foreseen = Foreseen::Forecast;

/// LU over the other.
pub fn measure(case: &Case<'_>) -> Result<f64, String> {
    case.difference(dryness_lu)
}

/// How far the dry sound stands over the wet.
pub(super) fn dryness_lu(side: &Side<'_>) -> Result<f64, String> {
    let dry = side.lufs()?;
    Ok(side.heard.wet_lufs(side.who, side.place).map_or(DRY_LU, |wet| (dry - wet).min(DRY_LU)))
}
