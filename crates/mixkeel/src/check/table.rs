//! A check for people: the verdict first, then what was found, gravest first, at most 80 columns.

use mixkeel_judge::causes::clock;
use mixkeel_judge::finding::{Finding, Severity};

use super::{CheckReport, References};
use crate::console::number;
use crate::lines::wrapped;

/// How many figures of a comparison are shown; all are in the document.
const ROWS: usize = 8;

/// The lines.
pub(super) fn lines(report: &CheckReport) -> Vec<String> {
    let mut lines = wrapped(&report.sentence, "", "  ");
    lines.extend(wrapped(&about(report), "", "  "));
    for finding in &report.findings {
        lines.push(String::new());
        lines.extend(told(finding));
    }
    if !report.ask.is_empty() {
        lines.push(String::new());
        lines.push("What to ask for:".to_owned());
        lines.extend(report.ask.iter().flat_map(|line| wrapped(line, "- ", "  ")));
    }
    if let Some(references) = &report.references {
        lines.push(String::new());
        lines.extend(compared(references));
    }
    lines
}

fn about(report: &CheckReport) -> String {
    let level =
        |db: Option<f64>, unit: &str| db.map(|db| format!(", {} {unit}", number(db))).unwrap_or_default();
    let files = match report.files.len() {
        0 => String::new(),
        1 => ", one file".to_owned(),
        files => format!(", {files} files"),
    };
    format!(
        "{}: {}{}{}{files}",
        report.path,
        clock(report.length_s),
        level(report.integrated_lufs, "LUFS"),
        level(report.true_peak_dbtp, "dBTP"),
    )
}

/// One finding.
pub(crate) fn told(finding: &Finding) -> Vec<String> {
    let mark = match finding.severity {
        Severity::Blocker => "!!",
        Severity::Warning => "! ",
        Severity::Note => "· ",
    };
    let mut lines = wrapped(&format!("{}: {}", finding.id, finding.because), &format!("{mark} "), "   ");
    lines.extend(wrapped(&format!("do: {}", finding.todo), "   ", "       "));
    if !finding.spans.is_empty() {
        let shown: Vec<String> = finding
            .spans
            .iter()
            .take(5)
            .map(|[from_s, to_s]| {
                if to_s - from_s < 0.5 {
                    clock(*from_s)
                } else {
                    format!("{}–{}", clock(*from_s), clock(*to_s))
                }
            })
            .collect();
        let more = finding.spans.len().saturating_sub(shown.len());
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        lines.extend(wrapped(&format!("at: {}{more}", shown.join(", ")), "   ", "       "));
    }
    lines
}

fn compared(references: &References) -> Vec<String> {
    let mut lines = vec!["Beside the references, at one loudness:".to_owned()];
    for file in &references.files {
        let matched = file.matched_by_db.map_or(String::new(), |db| format!(" (turned by {db:+.1} dB)"));
        lines.extend(wrapped(&format!("{}{matched}", file.path), "  ", "    "));
        lines.extend(file.notes.iter().flat_map(|note| wrapped(note, "    ", "    ")));
    }
    let outside: Vec<_> = references.beside.iter().filter(|row| !row.words.is_empty()).collect();
    if outside.is_empty() {
        lines.push("  nothing lies outside what the references span".to_owned());
    }
    for row in outside.iter().take(ROWS) {
        let place = if row.passage == "whole" { String::new() } else { format!(" ({})", row.passage) };
        let text = format!(
            "{}{place}: {:.1}, references {:.1} to {:.1} {}",
            row.words, row.mix, row.from, row.to, row.unit
        );
        lines.extend(wrapped(&text, "  ", "    "));
    }
    if outside.len() > ROWS {
        lines.push(format!("  and {} more: --json has all", outside.len() - ROWS));
    }
    lines
}
