//! Mono-safe: little is lost when left and right are added.
//!
//! **Measure.** Energy of both sides, less that of their mean on both, band by band; in LU as far as bands are K-weighted alike.
//! Nothing is lost of what is the same on both sides, 3 LU of what is unrelated. **Limits.** Combs narrower than an ERB are not
//! seen.

use mixkeel_dsp::units::db_from_power;

use super::{Case, Foreseen};

/// Told from profiles: powers by band and time are all that it needs.
pub const FORESEEN: Foreseen = Foreseen::Forecast;

/// LU lost.
pub fn measure(case: &Case<'_>) -> Result<f64, String> {
    let side = &case.of;
    let bands = side.heard.bands(side.who, side.place).ok_or_else(|| side.silent())?;
    let (mut stereo, mut mono) = (0.0, 0.0);
    for power in &bands {
        stereo += power.left + power.right;
        mono += ((power.left + power.right + 2.0 * power.cross) / 2.0).max(0.0);
    }
    if stereo <= 0.0 {
        return Err(side.silent());
    }
    Ok(db_from_power(stereo / mono.max(1e-4 * stereo)))
}
