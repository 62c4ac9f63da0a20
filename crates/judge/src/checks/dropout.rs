//! Sound that is missing for a moment.

use crate::check::{ALWAYS, Case, Check};
use crate::finding::{Finding, Severity};
use crate::stored::of_fault;

/// The check.
pub const CHECK: Check = Check { id: "dropout", file: file!(), holds_for: ALWAYS, look };

fn look(case: &Case<'_>) -> Option<Finding> {
    let todo = "export it again; if the gaps are in a recording, cover them from another take";
    let why = "what is missing cannot be put back";
    if let Some(finding) = of_fault(case, "dropout", |_| Severity::Warning, why, todo) {
        let places = finding.spans.len() as f64;
        return Some(finding.measured(places, 0.0, "places").weight(2.0 * places));
    }
    let file = case.evidence.file.as_ref().filter(|file| file.nan_samples > 0)?;
    let because = format!("{} samples are no numbers and play as silence", file.nan_samples);
    let finding = Finding::new("dropout", Severity::Blocker, because, todo);
    Some(finding.measured(file.nan_samples as f64, 0.0, "samples"))
}
