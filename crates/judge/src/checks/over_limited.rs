//! A limiter or clipper on the sum that has taken what a mastering engineer works with.

use mixkeel_analysis::dynamics::Sureness;

use crate::check::{Case, Check, WHOLE};
use crate::finding::{Finding, Severity};

/// The check.
pub const CHECK: Check = Check { id: "over-limited", file: file!(), holds_for: WHOLE, look };

/// The least peak to short-term loudness of a record that nobody calls squashed: 8 dB (Shepherd, Grimm, Tapper and
/// Kahsnitz, AES 143 e-Brief, 2017). Loud styles live below; a master is only told from half of that margin on.
const LEAST_PSR_DB: f64 = 8.0;
/// Ours: 3 dB of the 8 are style.
const LEAST_MASTER_PSR_DB: f64 = 5.0;

/// The share of peaks at one ceiling from which a limiter has been at work (`analysis::dynamics`: none of 79 mixes and
/// tracks without one holds 0.1).
const HELD_SHARE: f64 = 0.3;

fn look(case: &Case<'_>) -> Option<Finding> {
    let sound = &case.evidence.sound;
    let psr = sound.psr_min_db?;
    if case.for_release() {
        if psr >= LEAST_MASTER_PSR_DB {
            return None;
        }
        let because = format!(
            "in its densest 3 s the peaks stand {psr:.1} dB above the loudness; services turn it down, and what is left \
             is flat"
        );
        let finding = Finding::new(
            "over-limited",
            Severity::Warning,
            because,
            "drive the limiter less: at the same loudness on a streaming service it will sound bigger",
        );
        return Some(
            finding.measured(psr, LEAST_MASTER_PSR_DB, "dB").weight(LEAST_MASTER_PSR_DB / psr.max(0.5)),
        );
    }
    let printed = &sound.dynamics.printed;
    let held = printed.held_share?;
    let severity = match printed.limited? {
        Sureness::Certain => Severity::Blocker,
        Sureness::Likely if psr < LEAST_PSR_DB => Severity::Warning,
        Sureness::Likely => Severity::Note,
        Sureness::Guess => return None,
    };
    let because = format!(
        "{:.0} % of the peaks stand at one ceiling and {psr:.1} dB above the loudness: a limiter on the sum has been at \
         work, and mastering cannot take it off",
        held * 100.0
    );
    let finding = Finding::new(
        "over-limited",
        severity,
        because,
        "bypass limiter and clipper on the sum, lower the tracks together if it then runs too hot, and export again",
    );
    Some(
        finding
            .measured(held * 100.0, HELD_SHARE * 100.0, "% of peaks at one ceiling")
            .weight(held / HELD_SHARE),
    )
}
