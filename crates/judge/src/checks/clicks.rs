//! Clicks: single samples and short bursts that are no music.

use crate::check::{ALWAYS, Case, Check};
use crate::finding::{Finding, Severity};
use crate::stored::of_fault;

/// The check.
pub const CHECK: Check = Check { id: "clicks", file: file!(), holds_for: ALWAYS, look };

fn look(case: &Case<'_>) -> Option<Finding> {
    let why = "a louder master makes them louder too";
    let todo = "fade the cuts they come from, or repair them on the track; listen to the places named";
    let finding = of_fault(case, "clicks", |_| Severity::Warning, why, todo)?;
    let places = finding.spans.len() as f64;
    Some(finding.measured(places, 0.0, "places").weight(places))
}
