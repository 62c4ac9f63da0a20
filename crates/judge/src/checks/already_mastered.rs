//! A finished, loud record that was given as a mix.

use mixkeel_analysis::dynamics::Sureness;

use crate::check::{Case, Check, MIX};
use crate::finding::{Finding, Severity};

/// The check.
pub const CHECK: Check = Check { id: "already-mastered", file: file!(), holds_for: MIX, look };

/// A mix is hardly ever louder than this without a limiter. Mixes are delivered at −23 to −18 LUFS, records at −14 and
/// more (mastering practice).
const LOUD_LUFS: f64 = -13.0;

/// And its peaks stand this near to full scale.
const NEAR_DBTP: f64 = -1.6;

/// And no farther above its loudness. Ours: a healthy mix has 12 dB and more, masters from 14 down.
const PLR_DB: f64 = 12.0;

fn look(case: &Case<'_>) -> Option<Finding> {
    let sound = &case.evidence.sound;
    let (lufs, peak, plr) = (sound.loudness.integrated_lufs?, sound.true_peak_dbtp?, sound.plr_db?);
    let limited = sound.dynamics.printed.limited.is_some_and(|sureness| sureness >= Sureness::Guess);
    if lufs < LOUD_LUFS || peak < NEAR_DBTP || plr > PLR_DB || !(limited || plr < PLR_DB - 2.0) {
        return None;
    }
    let because = format!(
        "at {lufs:.1} LUFS with peaks at {peak:+.1} dBTP this sounds like a finished master; there is nothing left to \
         master, and what its limiter took is gone"
    );
    let finding = Finding::new(
        "already-mastered",
        Severity::Blocker,
        because,
        "send the mix from before the limiter and the loudness chain; or ask for a check as a master: --for release",
    );
    Some(finding.measured(lufs, LOUD_LUFS, "LUFS").weight(10.0))
}
