//! A beginning that was cut.

use crate::check::{ALWAYS, Case, Check};
use crate::finding::{Finding, Severity};
use crate::stored::of_fault;

/// The check.
pub const CHECK: Check = Check { id: "truncated-start", file: file!(), holds_for: ALWAYS, look };

fn look(case: &Case<'_>) -> Option<Finding> {
    let todo = "export from a little before the first note";
    of_fault(case, "truncated-start", |_| Severity::Warning, "what is missing cannot be put back", todo)
}
