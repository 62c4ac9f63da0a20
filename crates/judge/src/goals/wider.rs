//! Wider: the sides beside the middle, as a multiple of the same of something else.
//!
//! **Measure.** Amplitude of (left − right) over that of (left + right), all bands; a ratio of two such ratios. What is wholly
//! mono counts as 0.001 of its middle. **Limits.** Width from opposite polarity counts as width here; `mono-safe` is the goal
//! that sees it.

use super::{Case, Foreseen, Side};

/// Told from profiles: powers by band and time are all that it needs.
pub const FORESEEN: Foreseen = Foreseen::Forecast;

/// Times the other.
pub fn measure(case: &Case<'_>) -> Result<f64, String> {
    let than = case.than.as_ref().ok_or("it is compared with nothing")?;
    Ok(width(&case.of)? / width(than)?)
}

fn width(side: &Side<'_>) -> Result<f64, String> {
    let bands = side.heard.bands(side.who, side.place).ok_or_else(|| side.silent())?;
    let (mut mid, mut sides) = (0.0, 0.0);
    for power in &bands {
        mid += power.left + power.right + 2.0 * power.cross;
        sides += power.left + power.right - 2.0 * power.cross;
    }
    if mid + sides <= 0.0 {
        return Err(side.silent());
    }
    let least = 1e-6 * (mid + sides);
    Ok((sides.max(least) / mid.max(least)).sqrt())
}
