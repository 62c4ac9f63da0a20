//! The note to the mastering engineer: what is in the folder, what it measures, what the mix says about itself. No wishes are
//! put into the musician's mouth; there is room to write them.

use mixkeel_session::session::Session;

use crate::lines::{counted, figure, wrapped};
use crate::render::RenderOutcome;
use crate::report::Report;

/// The file.
pub const NAME: &str = "for-mastering.txt";

/// Most findings that are told; the report beside the mix has all.
const FINDINGS: usize = 6;

/// The note, at most 80 columns.
pub fn note(session: &Session, version: u32, outcome: &RenderOutcome, report: Option<&Report>) -> String {
    let mut lines = vec![
        format!("{} – mix, version {version}", session.title),
        String::new(),
        "mix.wav is the mix as it left the desk: no limiter, nothing on the master but".to_owned(),
        "what is named below. It is to be mastered from this file.".to_owned(),
        String::new(),
    ];
    let seconds = outcome.length_frames as f64 / f64::from(outcome.rate_hz);
    let minutes = (seconds / 60.0).floor();
    lines.push(format!("Length       {minutes:.0}:{:04.1}", seconds - minutes * 60.0));
    lines.push(format!("Rate         {} Hz", outcome.rate_hz));
    if let Some(report) = report {
        lines.push(format!("Loudness     {} LUFS integrated", figure(report.mix.integrated_lufs, 1)));
        lines.push(format!("True peak    {} dBTP", figure(report.mix.true_peak_dbtp, 1)));
    }
    if let Some((_, tempo)) = session.song.tempo.first() {
        lines.push(format!("Tempo        {tempo:.1} beats a minute"));
    }
    let stems = outcome.files.iter().filter(|file| file.starts_with("stems/")).count();
    lines.extend(wrapped(
        &format!(
            "{}; their sum is {}",
            counted(stems, "file"),
            if has_chain(session) { "mix-dry.wav" } else { "mix.wav" }
        ),
        "Stems        ",
        "             ",
    ));
    if has_chain(session) {
        let chain: Vec<&str> =
            session.master.inserts.iter().filter(|one| !one.bypass).map(|one| one.kind.id).collect();
        lines.extend(wrapped(
            &format!("{}, put there by the owner; mix-dry.wav is without", chain.join(", ")),
            "On the master  ",
            "             ",
        ));
    }
    // Reports of earlier programs have no verdict.
    if let Some(report) = report.filter(|report| !report.verdict_because.is_empty()) {
        lines.push(String::new());
        lines.extend(wrapped(&report.verdict_because, "Verdict      ", "             "));
        for finding in report.findings.iter().take(FINDINGS) {
            lines.extend(wrapped(
                &format!("{}: {}", finding.id.replace('-', " "), finding.because),
                "  - ",
                "    ",
            ));
        }
        let more = report.findings.len().saturating_sub(FINDINGS);
        if more > 0 {
            lines.push(format!("  - and {more} more in the report beside the mix"));
        }
    }
    lines.push(String::new());
    lines.push("What we wish for:".to_owned());
    lines.push(String::new());
    lines.push(String::new());
    lines.push("SHA256SUMS has the checksums: sha256sum --check SHA256SUMS".to_owned());
    lines.join("\n") + "\n"
}

fn has_chain(session: &Session) -> bool {
    session.master.inserts.iter().any(|insert| !insert.bypass)
}
