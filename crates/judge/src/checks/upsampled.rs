//! A rate that was raised.

use crate::check::{ALWAYS, Case, Check};
use crate::finding::{Finding, Severity};
use crate::stored::of_fault;

/// The check.
pub const CHECK: Check = Check { id: "upsampled", file: file!(), holds_for: ALWAYS, look };

fn look(case: &Case<'_>) -> Option<Finding> {
    let todo = "export at the rate of the session; a rate raised later adds nothing";
    of_fault(case, "upsampled", |_| Severity::Note, "", todo)
}
