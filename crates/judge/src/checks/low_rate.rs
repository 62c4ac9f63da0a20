//! A sampling rate that cuts what people hear.

use crate::check::{ALWAYS, Case, Check};
use crate::finding::{Finding, Severity};

/// The check.
pub const CHECK: Check = Check { id: "low-rate", file: file!(), holds_for: ALWAYS, look };

/// The rate of the CD; less ends below 20 kHz.
const LEAST_HZ: u32 = 44_100;

/// Half of this ends where grown people stop hearing. Ours: less is heard by everyone.
const HEARD_HZ: u32 = 32_000;

fn look(case: &Case<'_>) -> Option<Finding> {
    let rate_hz = case.evidence.sound.rate_hz;
    if rate_hz >= LEAST_HZ {
        return None;
    }
    let severity = if rate_hz < HEARD_HZ { Severity::Warning } else { Severity::Note };
    let because = format!("at {rate_hz} Hz nothing above {:.1} kHz is there", f64::from(rate_hz) / 2_000.0);
    let todo = "export at the rate of the session, 44.1 kHz or more";
    Some(
        Finding::new("low-rate", severity, because, todo)
            .measured(f64::from(rate_hz), f64::from(LEAST_HZ), "Hz")
            .weight(f64::from(LEAST_HZ) / f64::from(rate_hz.max(1))),
    )
}
