//! Punchier: attacks over body, beside something else.
//!
//! **Measure.** Mean power of the loudest tenth of all tenths of a second over the median of those that sound, in dB.
//! **Limits.** Attacks are longer than 100 ms here; what a transient shaper does within 20 ms shows only in part.

use mixkeel_dsp::units::db_from_power;

use super::{Case, Foreseen, Side};

/// Steps this far under the loudest are pauses. Ours.
const PAUSE_DB: f64 = 40.0;

/// What equalisers and faders do is told; what transient shapers and compressors do within 100 ms only a render shows.
pub const FORESEEN: Foreseen = Foreseen::Roughly;

/// dB over the other.
pub fn measure(case: &Case<'_>) -> Result<f64, String> {
    case.difference(punch_db)
}

fn punch_db(side: &Side<'_>) -> Result<f64, String> {
    let mut steps = side.heard.steps(side.who, side.place);
    let top = steps.iter().copied().fold(0.0, f64::max);
    let floor = top * mixkeel_dsp::units::power_from_db(-PAUSE_DB);
    steps.retain(|power| *power > floor && *power > 0.0);
    if steps.len() < 10 {
        return Err(side.silent());
    }
    steps.sort_by(f64::total_cmp);
    let loudest = &steps[steps.len() - steps.len() / 10..];
    let attacks = loudest.iter().sum::<f64>() / loudest.len() as f64;
    Ok(db_from_power(attacks / steps[steps.len() / 2]))
}
