//! A constant offset.

use crate::check::{ALWAYS, Case, Check};
use crate::finding::{Finding, Severity};
use crate::stored::of_fault;

/// The check.
pub const CHECK: Check = Check { id: "dc", file: file!(), holds_for: ALWAYS, look };

/// The offset that is told, as a part of full scale: `analysis::faults` has the same.
const TOLD: f64 = 0.001;

/// From here on it costs headroom (0.1 dB) and clicks at every cut. Ours.
const COSTS: f64 = 0.01;

fn look(case: &Case<'_>) -> Option<Finding> {
    let most = case.evidence.sound.faults.dc.iter().fold(0.0_f64, |most, dc| most.max(dc.abs()));
    let severity = if most >= COSTS { Severity::Warning } else { Severity::Note };
    let finding = of_fault(
        case,
        "dc",
        |_| severity,
        "it costs headroom and clicks where the sound is cut",
        "put a high-pass at 10 to 20 Hz on the track it comes from",
    )?;
    Some(finding.measured(most * 100.0, TOLD * 100.0, "% of full scale").weight(most / TOLD))
}
