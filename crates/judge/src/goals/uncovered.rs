//! Uncovered: somebody takes little of its loudness.
//!
//! **Measure.** The part of its loudness (sone) that the other takes while both sound, in percent. **Limits.** In a render the five
//! that cover it most are told apart; a sixth counts as nothing.

use super::{Case, Foreseen};

/// Told from profiles: powers by band and time are all that it needs.
pub const FORESEEN: Foreseen = Foreseen::Forecast;

/// Percent that is taken.
pub fn measure(case: &Case<'_>) -> Result<f64, String> {
    let than = case.than.as_ref().ok_or("covered by whom?")?;
    let side = &case.of;
    let taken = side.heard.taken(side.who, than.who, side.place).ok_or_else(|| side.silent())?;
    Ok(100.0 * taken)
}
