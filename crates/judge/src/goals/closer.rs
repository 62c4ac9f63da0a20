//! Closer: nearer to the listener than something else.
//!
//! **Measure.** Level beside the mix, and half of what it is brighter and half of what it is drier, in dB: the three cues that
//! an engineer moves a source with (level, brightness, direct to reverberant). The halves are ours, chosen so that no cue
//! outweighs level. **Limits.** Early reflections and pre-delay are not seen.

use mixkeel_session::goal::Who;

use super::{Case, Foreseen, Side, drier};

/// Told from profiles: powers by band and time are all that it needs.
pub const FORESEEN: Foreseen = Foreseen::Forecast;

/// dB nearer.
pub fn measure(case: &Case<'_>) -> Result<f64, String> {
    case.difference(nearness_db)
}

fn nearness_db(side: &Side<'_>) -> Result<f64, String> {
    let mix = Side { who: &Who::Mix, ..*side };
    let level = side.lufs()? - mix.lufs()?;
    let bright = side.tilt_db((2_000.0, 16_000.0), (200.0, 2_000.0))?.clamp(-20.0, 20.0);
    Ok(level + 0.5 * bright + 0.5 * drier::dryness_lu(side)?)
}
