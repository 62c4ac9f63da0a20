//! What `mix` says at the end: at most 14 lines of at most 80 columns, the file to play first.

use std::path::Path;

use super::vary::Varied;
use crate::console::number;
use crate::lines::{COLUMNS, counted, fit, fit_to, wrapped};
use crate::report::{Report, Rounds};
use crate::rounds::{Ended, Heard, Measure};

/// DESIGN §6.
const MOST_LINES: usize = 14;
/// DESIGN §6: three things at most.
const FINDINGS: usize = 3;

/// The lines.
/// `limits` are what is to be said of the person's limits: they stand last, where they are read.
pub fn summary(report: &Report, out: &Path, variations: &[Varied], limits: &[String]) -> Vec<String> {
    let mut lines = vec![out.join("listen.flac").display().to_string(), String::new(), sum(report)];
    lines.extend(wrapped(&report.verdict_because, "", "  "));
    let findings_at = lines.len();
    let sounding = report.tracks.iter().filter(|track| track.in_mix).count();
    let lowered = if report.headroom_db < 0.0 {
        format!("; all lowered by {:.1} dB for headroom", -report.headroom_db)
    } else {
        String::new()
    };
    lines.push(fit(&format!(
        "{sounding} of {} in {}{lowered}",
        counted(report.tracks.len(), "track"),
        counted(report.stems.len(), "stem"),
    )));
    lines.extend(wrapped(
        &format!(
            "Start: {}, because {}. For the other: {}",
            report.start.taken, report.start.because, report.start.other
        ),
        "",
        "  ",
    ));
    lines.extend(style(report));
    lines.extend(variations.iter().map(|(out, says)| {
        let name = out.file_name().unwrap_or_default().to_string_lossy();
        fit(&format!("{name}/listen.flac: {says}"))
    }));
    lines.extend(report.rounds.iter().flat_map(rounds));
    if !report.kept_by_hand.is_empty() {
        lines.push(fit(&format!("Kept as you set it: {}", report.kept_by_hand.join(", "))));
    }
    some(&mut lines, &report.left_out, 2, "left out", |one| {
        fit(&format!("Left out: {} ({})", one.file, one.because))
    });
    let unknown: Vec<_> =
        report.tracks.iter().filter(|track| track.role == "unknown" && track.in_mix).collect();
    some(&mut lines, &unknown, 2, "unknown", |track| {
        // The word to be copied is never cut, however long the name.
        format!("Unknown: --role \"{}=…\" says what it is", track.name)
    });
    if let Some(warning) = report.warnings.first() {
        let more = match report.warnings.len() {
            1 => String::new(),
            several => format!(" (and {} more in report.json)", several - 1),
        };
        lines.push(format!("Note: {}{more}", fit_to(warning, COLUMNS - 6 - more.chars().count())));
    }
    let limits: Vec<String> = limits.iter().map(|line| fit(line)).collect();
    let most = MOST_LINES - 1 - limits.len().min(MOST_LINES / 2);
    lines.truncate(most);
    // The most useful findings, as many as there is room for.
    let room = (most - lines.len()).min(FINDINGS);
    let told = report.findings.iter().take(room).map(|finding| {
        let because = finding.because.split("; ").next().unwrap_or_default();
        fit(&format!("  {}: {because}", finding.id))
    });
    lines.splice(findings_at..findings_at, told.collect::<Vec<_>>());
    lines.extend(limits);
    lines.push(fit(&format!("Next: edit {}, then run the same again", out.join("session.toml").display())));
    lines
}

/// What it was taken for, and how far it was taken.
fn style(report: &Report) -> Option<String> {
    if report.style.is_none() && report.strength >= 1.0 {
        return None;
    }
    let style = report.style.as_deref().unwrap_or("plain");
    let part = if report.strength < 1.0 {
        format!(", at {:.0} % strength", 100.0 * report.strength)
    } else {
        String::new()
    };
    Some(fit(&match style {
        "plain" => format!("Style: none in particular (--style says one){part}"),
        style => format!("Style: {style} (a small matter; --style says another){part}"),
    }))
}

/// What listening has corrected, and what it would go on with.
fn rounds(rounds: &Rounds) -> Vec<String> {
    let off = |of: Heard| {
        let heard = rounds.heard.iter().find(|line| line.of == of);
        let measured = heard.map(|line| line.measured.as_slice()).unwrap_or_default();
        measured.iter().filter(|measure| measure.off).collect::<Vec<&Measure>>()
    };
    if !rounds.heard.iter().any(|line| line.of == Heard::Parts) {
        return Vec::new();
    }
    let (was_off, still) = (off(Heard::Parts).len(), off(Heard::Whole));
    let mut lines = vec![fit(&match (rounds.kept, was_off) {
        (_, 0) => "Heard: nothing was audibly off what was meant".to_owned(),
        (0, off) => format!("Heard: {} off, and no correction helped", counted(off, "measure")),
        (kept, off) => format!(
            "Heard: {} off, corrected in {}; {} in the whole mix",
            counted(off, "measure"),
            counted(kept, "round"),
            still.len()
        ),
    })];
    if let Some(first) = still.first() {
        let wanted = first.at_most.filter(|most| first.measured > *most).or(first.at_least);
        let wanted = wanted.map_or_else(String::new, |wanted| format!(", {wanted:.1} wanted"));
        let more = match rounds.ended {
            Ended::Most => format!(" (more: --rounds {})", 2 * rounds.kept.max(1)),
            _ => String::new(),
        };
        let left = format!("  {}: {:.1} {}{wanted}", first.what, first.measured, first.unit);
        lines.push(fit_to(&left, COLUMNS - more.chars().count()) + &more);
    }
    lines
}

fn sum(report: &Report) -> String {
    let lufs = |lufs: Option<f64>| lufs.map_or("silent".to_owned(), |lufs| format!("{} LUFS", number(lufs)));
    let peak = report.mix.sample_peak_dbfs.map_or("none".to_owned(), |db| format!("{} dBFS", number(db)));
    let minutes = (report.length_s / 60.0) as u64;
    let seconds = report.length_s - minutes as f64 * 60.0;
    fit(&format!(
        "Version {}, {minutes}:{seconds:04.1}; mix {}, peak {peak}; copy {}",
        report.version,
        lufs(report.mix.integrated_lufs),
        lufs(report.listen.integrated_lufs)
    ))
}

/// The first few of a list, and how many more there are.
fn some<T>(lines: &mut Vec<String>, list: &[T], most: usize, what: &str, line: impl Fn(&T) -> String) {
    lines.extend(list.iter().take(most).map(line));
    if list.len() > most {
        lines.push(format!("  and {} more {what}: see report.json", list.len() - most));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rounds::RoundLine;

    #[test]
    fn what_is_still_off_is_named_and_how_to_go_on_where_rounds_were_used_up() {
        let measure = |what: &str, measured: f64, at_most: f64| Measure {
            what: what.to_owned(),
            measured,
            at_least: None,
            at_most: Some(at_most),
            unit: "phon".to_owned(),
            off: measured > at_most + 1.0,
        };
        let line = |of, lost: f64| RoundLine {
            number: 0,
            of,
            off: 0.0,
            changed: Vec::new(),
            measured: vec![
                measure("Pad, lost to the rest", 3.0, 10.0),
                measure("Vox, lost to the rest", lost, 10.0),
            ],
        };
        let of = |left: f64, ended| {
            rounds(&Rounds {
                kept: 3,
                ended,
                heard: vec![line(Heard::Parts, 16.0), line(Heard::Whole, left)],
            })
        };
        let corrected = "Heard: 1 measure off, corrected in 3 rounds; 1 in the whole mix";
        let left = "  Vox, lost to the rest: 13.2 phon, 10.0 wanted";
        assert_eq!(of(13.2, Ended::NoGain), [corrected, left]);
        assert_eq!(of(13.2, Ended::Most), [corrected.to_owned(), format!("{left} (more: --rounds 6)")]);
        assert_eq!(
            of(10.4, Ended::Most),
            ["Heard: 1 measure off, corrected in 3 rounds; 0 in the whole mix"]
        );
        assert_eq!(rounds(&Rounds { kept: 0, ended: Ended::Off, heard: Vec::new() }), [""; 0]);
    }
}
