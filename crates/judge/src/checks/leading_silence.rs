//! Silence before the song.

use crate::check::{Case, Check, WHOLE};
use crate::finding::{Finding, Severity};
use crate::stored::of_fault;

/// The check.
pub const CHECK: Check = Check { id: "leading-silence", file: file!(), holds_for: WHOLE, look };

/// Seconds that are told: `analysis::faults` has the same.
const TOLD_S: f64 = 2.0;

fn look(case: &Case<'_>) -> Option<Finding> {
    let todo = "begin the file where the song begins";
    let finding = of_fault(case, "leading-silence", |_| Severity::Note, "", todo)?;
    let length_s = finding.spans.first().map_or(0.0, |[from_s, to_s]| to_s - from_s);
    Some(finding.measured(length_s, TOLD_S, "s").weight(length_s / TOLD_S))
}
