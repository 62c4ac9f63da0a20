//! Hum from the mains.

use crate::check::{ALWAYS, Case, Check};
use crate::finding::{Finding, Severity};
use crate::stored::of_fault;

/// The check.
pub const CHECK: Check = Check { id: "hum", file: file!(), holds_for: ALWAYS, look };

fn look(case: &Case<'_>) -> Option<Finding> {
    let severity = if case.for_release() { Severity::Note } else { Severity::Warning };
    let why = "compression and limiting bring it up by as much as they take";
    let todo = "find the track it comes from (solo each in a pause) and put a hum filter on it there";
    of_fault(case, "hum", |_| severity, why, todo)
}
