//! From a fault of the recording to a finding.

use crate::check::Case;
use crate::evidence::Fault;
use crate::finding::{Finding, Severity};

/// A finding from a fault that the meters have found, in the meter's own words, with why it matters.
pub fn of_fault(
    case: &Case<'_>,
    id: &str,
    severity: impl Fn(&Fault) -> Severity,
    why: &str,
    todo: &str,
) -> Option<Finding> {
    let fault = case.evidence.sound.faults.find(id)?;
    let because = if why.is_empty() { fault.message.clone() } else { format!("{}; {why}", fault.message) };
    Some(Finding::new(id, severity(fault), because, todo).spans(fault.spans_s.clone()))
}
