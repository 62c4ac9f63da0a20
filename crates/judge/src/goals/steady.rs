//! Steady: its level beside the rest moves little.
//!
//! **Measure.** Loudness of every second in which it sounds, less that of everything else in the same second; the distance
//! between the tenth and the ninetieth of a hundred such, in LU. **Limits.** Seconds in which it plays more than 20 LU under
//! its usual level count as pauses.

use mixkeel_dsp::units::db_from_power;
use mixkeel_session::goal::Who;

use super::{Case, Foreseen};

/// Steps of 100 ms in a second.
const SECOND: usize = 10;

/// So far under its mean it is a pause. Ours, chosen because that is also where EBU Tech 3342 stops counting.
const PAUSE_LU: f64 = 20.0;

/// Told from profiles: powers by band and time are all that it needs.
pub const FORESEEN: Foreseen = Foreseen::Forecast;

/// LU between the tenths.
pub fn measure(case: &Case<'_>) -> Result<f64, String> {
    let side = &case.of;
    let own = seconds(&side.heard.steps(side.who, side.place));
    let rest = match side.who {
        Who::Tracks(ids) => seconds(&side.heard.steps(&Who::Rest(ids.clone()), side.place)),
        Who::Mix | Who::Rest(_) => Vec::new(),
    };
    let mean = own.iter().sum::<f64>() / own.len().max(1) as f64;
    let floor = mean * mixkeel_dsp::units::power_from_db(-PAUSE_LU);
    let mut beside: Vec<f64> = own
        .iter()
        .enumerate()
        .filter(|(_, power)| **power > floor && **power > 0.0)
        .map(|(at, power)| {
            let under = rest.get(at).copied().filter(|rest| *rest > 0.0);
            db_from_power(*power) - under.map_or(0.0, db_from_power)
        })
        .collect();
    if beside.len() < 2 {
        return Err(side.silent());
    }
    beside.sort_by(f64::total_cmp);
    let at = |part: f64| beside.get(((beside.len() - 1) as f64 * part) as usize).copied().unwrap_or(0.0);
    Ok(at(0.9) - at(0.1))
}

fn seconds(steps: &[f64]) -> Vec<f64> {
    steps.chunks(SECOND).map(|some| some.iter().sum::<f64>() / some.len() as f64).collect()
}
