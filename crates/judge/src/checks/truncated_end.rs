//! An end that was cut.

use crate::check::{ALWAYS, Case, Check};
use crate::finding::{Finding, Severity};
use crate::stored::of_fault;

/// The check.
pub const CHECK: Check = Check { id: "truncated-end", file: file!(), holds_for: ALWAYS, look };

fn look(case: &Case<'_>) -> Option<Finding> {
    let todo = "export until the last reverberation is gone; fades are made in the master";
    let why = "a tail that is missing cannot be put back";
    if let Some(finding) = of_fault(case, "truncated-end", |_| Severity::Warning, why, todo) {
        return Some(finding);
    }
    let file = case.evidence.file.as_ref()?;
    let problem = file.problems.iter().find(|problem| problem.id == "truncated")?;
    Some(Finding::new(
        "truncated-end",
        Severity::Blocker,
        format!("{}; {why}", problem.message),
        "copy or export it again",
    ))
}
