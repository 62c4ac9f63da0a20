//! A longer word than what is in it.

use crate::check::{ALWAYS, Case, Check};
use crate::finding::{Finding, Severity};
use crate::stored::of_fault;

/// The check.
pub const CHECK: Check = Check { id: "padded-bits", file: file!(), holds_for: ALWAYS, look };

fn look(case: &Case<'_>) -> Option<Finding> {
    let todo = "export as 24-bit or 32-bit float from the session; look for a stage that shortens the word on the way";
    let finding = of_fault(case, "padded-bits", |_| Severity::Note, "", todo)?;
    Some(match case.evidence.sound.faults.effective_bits {
        Some(bits) => finding.measured(f64::from(bits), 24.0, "bits"),
        None => finding,
    })
}
