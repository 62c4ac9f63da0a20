//! A steady noise floor that is heard in pauses.

use crate::check::{ALWAYS, Case, Check};
use crate::finding::{Finding, Severity};
use crate::stored::of_fault;

/// The check.
pub const CHECK: Check = Check { id: "hiss", file: file!(), holds_for: ALWAYS, look };

fn look(case: &Case<'_>) -> Option<Finding> {
    let severity = if case.for_release() { Severity::Note } else { Severity::Warning };
    let why = "compression and limiting bring it up by as much as they take";
    let todo = "mute or fade tracks where they do not play, or reduce the noise on the track it comes from";
    let finding = of_fault(case, "hiss", |_| severity, why, todo)?;
    let sound = &case.evidence.sound;
    Some(match (sound.faults.noise_floor_dbfs, sound.loudness.integrated_lufs) {
        (Some(floor), Some(lufs)) => finding.measured(floor, lufs - 50.0, "dBFS"),
        _ => finding,
    })
}
