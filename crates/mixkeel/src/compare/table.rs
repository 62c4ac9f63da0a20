//! A comparison for people, at most 80 columns.

use super::{CompareReport, Compared};
use crate::lines::wrapped;

/// How many differences are shown; all are in the document.
const SHOWN: usize = 10;

/// The lines.
pub(super) fn lines(report: &CompareReport) -> Vec<String> {
    let mut lines = Vec::new();
    for other in &report.others {
        if !lines.is_empty() {
            lines.push(String::new());
        }
        lines.extend(one(report, other));
    }
    lines
}

fn one(report: &CompareReport, other: &Compared) -> Vec<String> {
    let mut lines = wrapped(&format!("{} beside {}", other.second.path, report.first.path), "", "  ");
    let loudness = match other.matched_by_db {
        Some(by_db) if by_db.abs() < 0.05 => "as loud; compared as they are".to_owned(),
        Some(by_db) => {
            let how = if by_db < 0.0 { "louder" } else { "softer" };
            format!("{:.1} LU {how}; turned by {by_db:+.1} dB before comparing", by_db.abs())
        }
        None => "one of them is silent".to_owned(),
    };
    lines.extend(wrapped(&loudness, "  ", "  "));
    if other.differences.is_empty() {
        lines.push("  no difference that these measures hear".to_owned());
    }
    for difference in other.differences.iter().take(SHOWN) {
        let place = match difference.passage.as_str() {
            "whole" => String::new(),
            passage => format!(", {passage}"),
        };
        let band = difference
            .band_hz
            .map_or(String::new(), |[from_hz, to_hz]| format!(" ({from_hz:.0}–{to_hz:.0} Hz)"));
        let text = format!(
            "{}{band}{place}: {:+.1} {} ({:.1} to {:.1})",
            difference.words, difference.difference, difference.unit, difference.first, difference.second
        );
        lines.extend(wrapped(&text, "  ", "    "));
    }
    if other.differences.len() > SHOWN {
        lines.push(format!("  and {} more: --json has all", other.differences.len() - SHOWN));
    }
    lines
}
