//! What was heard in a song, as people read it: at most 80 columns.

use super::report::SongReport;
use super::{chart, lines as of_lines};
use crate::lines::{counted, fit, wrapped};

/// From which ratio of two eighths on they are said to be swung. Ours: under it is what a hand scatters.
const SWUNG: f64 = 1.15;

/// The lines.
pub(super) fn lines(report: &SongReport) -> Vec<String> {
    let tracks = match report.tracks.len() {
        1 => "one file".to_owned(),
        count => counted(count, "track"),
    };
    let mut lines =
        vec![fit(&format!("{}: {}, {tracks}", report.title, clock(report.length_s))), String::new()];
    lines.push(match report.tempo_bpm {
        Some(bpm) => format!(
            "Tempo    {bpm:.1} beats a minute{}{}  {}",
            steadiness(report),
            swung(report),
            sure(report.tempo_confidence)
        ),
        None => "Tempo    no steady pulse was heard".to_owned(),
    });
    if let (Some(other), Some(because)) = (report.other_tempos.first(), &report.tempo_because) {
        let likely = (100.0 * other.likelihood).round();
        let words = format!("and not {:.1} ({likely} %): {because}", other.bpm);
        lines.extend(wrapped(&words, "         ", "         "));
    }
    if let Some(metre) = &report.metre {
        lines.push(format!("Metre    {metre}{}  {}", changes(report), sure(report.metre_confidence)));
    }
    if let Some(key) = &report.key {
        let tuned = report.tuning_cents.filter(|cents| cents.abs() >= 5.0);
        let tuned = tuned.map_or(String::new(), |cents| {
            format!(", tuned {:.0} cents {}", cents.abs(), if cents > 0.0 { "high" } else { "low" })
        });
        lines.push(format!("Key      {} {}{tuned}  {}", key.tonic, key.mode, sure(key.confidence)));
    }
    for key in report.keys.iter().skip(1) {
        lines.push(format!(
            "         {} {} from {}  {}",
            key.tonic,
            key.mode,
            clock(key.from_s),
            sure(key.confidence)
        ));
    }
    for given in &report.given {
        let heard = given.heard.as_ref().map_or(String::new(), |heard| format!("; heard was {heard}"));
        lines.push(fit(&format!("Given    {} by {}{heard}", given.what, given.by)));
    }
    lines
        .extend([String::new(), "Sections         bars      loudness  voices  width    how sure".to_owned()]);
    for section in &report.sections {
        let number = |value: Option<f64>, unit: &str| {
            value.map_or("-".to_owned(), |value| format!("{value:.1} {unit}"))
        };
        lines.push(fit(&format!(
            "{:>7}  {:<12} {:>3}-{:<3} {:>12} {:>6.1} {:>9}  {}",
            clock(section.from_s),
            section.label,
            section.from_bar,
            section.to_bar,
            number(section.loudness_lufs, "LUFS"),
            section.voices,
            number(section.width_db, "dB"),
            sure(section.confidence),
        )));
    }
    let chart = chart::lines(report);
    if !chart.is_empty() {
        lines.extend([String::new(), "Chords".to_owned()]);
        lines.extend(chart);
    }
    if !report.lines.is_empty() {
        lines.extend([String::new(), "Voices and basses".to_owned()]);
    }
    let bar_of = |at_s: f64| {
        // A note that is a little early belongs to the bar it leads into.
        let bars = report.downbeats_s.iter().filter(|bar| **bar <= at_s + 0.05).count();
        (bars > 0).then_some(bars)
    };
    for line in &report.lines {
        for (index, words) in of_lines::words(line, bar_of).iter().enumerate() {
            lines.extend(wrapped(words, if index == 0 { "  " } else { "    " }, "    "));
        }
    }
    if !report.asks.is_empty() {
        lines.extend([String::new(), "What the music asks".to_owned()]);
    }
    for ask in &report.asks {
        lines.extend(wrapped(&ask.ask, "  - ", "    "));
        lines.extend(wrapped(&format!("({})", ask.because), "    ", "    "));
    }
    lines
}

fn steadiness(report: &SongReport) -> String {
    match report.tempo.len() {
        0 | 1 => ", steady".to_owned(),
        _ => {
            let all = report.tempo.iter().map(|tempo| tempo.bpm);
            let (low, high) = (all.clone().fold(f64::INFINITY, f64::min), all.fold(0.0, f64::max));
            format!(", from {low:.1} to {high:.1}")
        }
    }
}

/// How eighths go where they are not straight.
fn swung(report: &SongReport) -> String {
    let ratio = report.swing.filter(|ratio| *ratio >= SWUNG);
    ratio.map_or(String::new(), |ratio| format!(", swung {ratio:.1} : 1"))
}

fn changes(report: &SongReport) -> String {
    match report.metres.len() {
        0 | 1 => String::new(),
        several => format!(", {} changes", several - 1),
    }
}

/// A confidence in a word.
fn sure(confidence: f64) -> &'static str {
    match confidence {
        x if x >= 0.8 => "sure",
        x if x >= 0.6 => "likely",
        x if x >= 0.4 => "perhaps",
        _ => "unsure",
    }
}

/// `1:23.4`.
fn clock(seconds: f64) -> String {
    let tenths = (seconds * 10.0).round().max(0.0) as u64;
    format!("{}:{:02}.{}", tenths / 600, tenths / 10 % 60, tenths % 10)
}
