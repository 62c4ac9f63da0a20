//! Sound that was stored in a coding that leaves things out.

use crate::check::{ALWAYS, Case, Check};
use crate::evidence::{Fault, Sureness};
use crate::finding::{Finding, Severity};
use crate::stored::of_fault;

/// The check.
pub const CHECK: Check = Check { id: "lossy-source", file: file!(), holds_for: ALWAYS, look };

fn look(case: &Case<'_>) -> Option<Finding> {
    let todo = "send WAV, AIFF or FLAC exported from the session itself, at its own rate";
    if let Some(file) = case.evidence.file.as_ref().filter(|file| file.lossy()) {
        let because =
            format!("it is stored as {}: what that coding left out cannot be brought back", file.codec);
        return Some(Finding::new("lossy-source", Severity::Blocker, because, todo));
    }
    let why = "if so, what that coding left out cannot be brought back";
    // Sound that is steep by itself exists: a guess is a remark.
    let severity =
        |fault: &Fault| if fault.sureness == Sureness::Guess { Severity::Note } else { Severity::Warning };
    of_fault(case, "lossy-source", severity, why, todo)
}
