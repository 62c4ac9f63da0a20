//! Flat tops: waves that a converter, a clipper or a full scale has cut off.

use crate::check::{ALWAYS, Case, Check};
use crate::evidence::Sureness;
use crate::finding::{Finding, Severity};
use crate::stored::of_fault;

/// The check.
pub const CHECK: Check = Check { id: "clipping", file: file!(), holds_for: ALWAYS, look };

/// Fewer flat tops a minute than this are not heard as distortion. Ours: one in ten seconds.
const HEARD_PER_MINUTE: f64 = 6.0;

fn look(case: &Case<'_>) -> Option<Finding> {
    let sound = &case.evidence.sound;
    let per_minute = sound.faults.clipping.runs as f64 / (sound.length_s() / 60.0).max(0.1);
    // In a mix it is there for good; a master may have been clipped on purpose, and is released as it is.
    let severity = |sureness| match sureness {
        _ if per_minute < HEARD_PER_MINUTE => Severity::Note,
        Sureness::Certain if case.for_mastering() => Severity::Blocker,
        _ => Severity::Warning,
    };
    let finding = of_fault(
        case,
        "clipping",
        |fault| severity(fault.sureness),
        "what was cut off cannot be put back",
        if case.for_release() {
            "make the master again with less drive into its last stage, or keep it if the distortion is meant"
        } else {
            "turn down what runs into full scale, take clippers off the sum, and export again as 32-bit float"
        },
    )?;
    Some(finding.measured(per_minute, 0.0, "flat tops a minute").weight(per_minute / HEARD_PER_MINUTE))
}
