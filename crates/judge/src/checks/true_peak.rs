//! Peaks between the samples over what the next stage can take.

use crate::check::{Case, Check, WHOLE};
use crate::finding::{Finding, Severity};

/// The check.
pub const CHECK: Check = Check { id: "true-peak", file: file!(), holds_for: WHOLE, look };

/// What a master may reach: AES TD1008 (2021), and every large streaming service.
const CEILING_DBTP: f64 = -1.0;

/// Where lossy coding is sure to overshoot by more than players take. A dense master at −1.0 dBTP came back from AAC at
/// 128 kbit/s at +0.28 dBTP; over 0 nothing is left.
const OVER_DBTP: f64 = 0.0;

fn look(case: &Case<'_>) -> Option<Finding> {
    let peak = case.evidence.sound.true_peak_dbtp?;
    if case.for_release() {
        if peak <= CEILING_DBTP + 0.05 {
            return None;
        }
        let severity = if peak > OVER_DBTP { Severity::Warning } else { Severity::Note };
        let because = format!(
            "true peaks reach {peak:+.1} dBTP; coding for streaming raises them by up to 1 dB more, and players clip what is \
             over 0"
        );
        let finding =
            Finding::new("true-peak", severity, because, "lower the ceiling of the last limiter to −1 dBTP");
        return Some(finding.measured(peak, CEILING_DBTP, "dBTP").weight(peak - CEILING_DBTP));
    }
    // In a mix nothing is lost: the mastering engineer turns it down. Only whole numbers would have cut it.
    if peak <= OVER_DBTP {
        return None;
    }
    let because =
        format!("true peaks reach {peak:+.1} dBTP; nothing is lost while the file is floating point");
    let finding = Finding::new(
        "true-peak",
        Severity::Note,
        because,
        "turn all inputs of the master down together, or say to the mastering engineer that it is so",
    );
    Some(finding.measured(peak, OVER_DBTP, "dBTP").weight(1.0 + peak))
}
