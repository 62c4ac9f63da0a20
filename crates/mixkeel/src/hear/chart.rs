//! The chord chart: four bars a line, under the name of each section.

use super::report::{ChordReport, SongReport};

/// Bars on a line, and the width of one: with its bar lines that is 73 columns.
const BARS: usize = 4;
const WIDTH: usize = 17;

/// The lines; none where no chords were heard.
pub(super) fn lines(report: &SongReport) -> Vec<String> {
    let any = report.chords.iter().any(|chord| chord.label != "N");
    if !any || report.downbeats_s.len() < 2 {
        return Vec::new();
    }
    let mut lines = Vec::new();
    let mut charts: Vec<(String, Vec<String>)> = Vec::new();
    for section in &report.sections {
        let chart = rows(report, section.from_s, section.to_s);
        match charts.iter().find(|(_, other)| *other == chart) {
            Some((label, _)) => lines.push(format!("{}: as {label}", section.label)),
            None => {
                lines.push(section.label.clone());
                lines.extend(chart.iter().map(|row| format!("  {row}")));
                charts.push((section.label.clone(), chart));
            }
        }
    }
    lines
}

/// The bars between two times.
fn rows(report: &SongReport, from_s: f64, to_s: f64) -> Vec<String> {
    // What is shifted by less than half a beat belongs to the bar it is nearest to.
    let near_s = 0.1;
    let mut ends = report.downbeats_s.iter().skip(1).copied().chain([report.length_s]);
    let bars: Vec<(f64, f64)> = report
        .downbeats_s
        .iter()
        .copied()
        .zip(ends.by_ref())
        .filter(|(at_s, _)| *at_s >= from_s - near_s && *at_s < to_s - near_s)
        .collect();
    let mut before = String::new();
    let cells: Vec<String> = bars
        .iter()
        .map(|&(from_s, to_s)| {
            let cell = bar(&report.chords, from_s, to_s);
            let same = cell == before;
            before.clone_from(&cell);
            if same { "%".to_owned() } else { cell }
        })
        .collect();
    cells
        .chunks(BARS)
        .map(|row| {
            let cells: String =
                row.iter().map(|cell| format!("| {:<width$}", cut(cell), width = WIDTH - 2)).collect();
            format!("{cells}|")
        })
        .collect()
}

/// The chords of a bar, each where it begins; one that goes on from the bar before stands at its beginning.
fn bar(chords: &[ChordReport], from_s: f64, to_s: f64) -> String {
    // Less than an eighth of the bar is a change that came early or late.
    let part = (to_s - from_s) / 8.0;
    let inside = chords.iter().filter(|chord| chord.to_s > from_s + part && chord.from_s < to_s - part);
    let names: Vec<String> = inside.map(|chord| short(&chord.label)).collect();
    if names.is_empty() { "-".to_owned() } else { names.join(" ") }
}

/// A chord as players write it: `A:min7` is `Am7`, `F:maj/3` is `F/A`, and none is `-`.
fn short(label: &str) -> String {
    let Some((root, rest)) = label.split_once(':') else {
        return if label == "N" { "-".to_owned() } else { label.to_owned() };
    };
    let (quality, degree) =
        rest.split_once('/').map_or((rest, None), |(quality, degree)| (quality, Some(degree)));
    let quality = match quality {
        "maj" => "",
        "min" => "m",
        "min7" => "m7",
        other => other,
    };
    let bass = degree.and_then(|degree| note(root, degree)).map_or(String::new(), |note| format!("/{note}"));
    format!("{root}{quality}{bass}")
}

/// The note that stands on a degree of a root.
fn note(root: &str, degree: &str) -> Option<String> {
    const SHARP: [&str; 12] = ["C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B"];
    const FLAT: [&str; 12] = ["C", "Db", "D", "Eb", "E", "F", "Gb", "G", "Ab", "A", "Bb", "B"];
    let place =
        SHARP.iter().position(|one| *one == root).or_else(|| FLAT.iter().position(|one| *one == root))?;
    let steps = ["1", "b2", "2", "b3", "3", "4", "b5", "5", "b6", "6", "b7", "7"]
        .iter()
        .position(|one| *one == degree)?;
    let flat = root.contains('b') || root == "F" || degree.contains('b');
    let names = if flat { FLAT } else { SHARP };
    names.get((place + steps) % 12).map(|name| (*name).to_owned())
}

fn cut(cell: &str) -> String {
    let most = WIDTH - 3;
    if cell.chars().count() <= most {
        return cell.to_owned();
    }
    cell.chars().take(most - 1).chain(std::iter::once('…')).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chords_are_written_as_players_write_them() {
        for (label, name) in [
            ("C:maj", "C"),
            ("A:min7", "Am7"),
            ("F:maj/3", "F/A"),
            ("Bb:maj/3", "Bb/D"),
            ("D:min/b3", "Dm/F"),
            ("G:7", "G7"),
            ("E:maj/3", "E/G#"),
            ("N", "-"),
        ] {
            assert_eq!(short(label), name, "{label}");
        }
    }
}
