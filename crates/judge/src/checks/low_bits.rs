//! A word so short that its rounding may be heard once it is worked on.

use crate::check::{Case, Check, SENT};
use crate::finding::{Finding, Severity};

/// The check.
pub const CHECK: Check = Check { id: "low-bits", file: file!(), holds_for: SENT, look };

/// What is asked of whatever is worked on: 24 bits (AES TD1008; mastering practice).
const WANTED: u16 = 24;

/// What still carries music: the CD's.
const LEAST: u16 = 16;

fn look(case: &Case<'_>) -> Option<Finding> {
    let bits = case.evidence.file.as_ref().filter(|file| !file.float)?.bits?;
    if bits >= 20 {
        return None;
    }
    let severity = if bits < LEAST { Severity::Warning } else { Severity::Note };
    let because = format!("it is stored in {bits} bits; every gain after it raises the rounding too");
    let todo = "export as 24-bit or 32-bit float, without dither or normalising";
    Some(
        Finding::new("low-bits", severity, because, todo)
            .measured(f64::from(bits), f64::from(WANTED), "bits")
            .weight(f64::from(WANTED) / f64::from(bits.max(1))),
    )
}
