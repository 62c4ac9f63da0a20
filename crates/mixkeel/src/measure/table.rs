//! Figures for people: a table a file, no line over 80 columns, faults in words below.

use super::report::{Figures, FileReport, MeasureReport};
use crate::lines::wrapped;

/// How far everything below a file's name stands in.
const INDENT: &str = "  ";

/// All files, an empty line between two.
pub(super) fn lines(report: &MeasureReport) -> Vec<String> {
    let mut lines = Vec::new();
    for file in &report.files {
        if !lines.is_empty() {
            lines.push(String::new());
        }
        lines.extend(wrapped(&file.path, "", INDENT));
        of_file(file, &mut lines);
    }
    lines
}

fn of_file(file: &FileReport, lines: &mut Vec<String>) {
    if let Some(error) = &file.error {
        lines.extend(wrapped(&format!("not measured: {}", error.message), INDENT, "    "));
    }
    let Some(figures) = &file.figures else { return };
    lines.extend(wrapped(&about(figures), INDENT, INDENT));
    let cells = cells(figures);
    for row in cells.chunks(2) {
        let row: Vec<String> = row.iter().map(|(name, value)| format!("{name:<21}{value:>15}")).collect();
        lines.push(format!("{INDENT}{}", row.join("    ")).trim_end().to_owned());
    }
    if figures.problems.is_empty() {
        lines.push(format!("{INDENT}no fault found"));
    }
    for problem in &figures.problems {
        lines.extend(wrapped(&format!("! {}", problem.message), INDENT, "    "));
    }
}

fn about(figures: &Figures) -> String {
    let word = match (figures.bits, figures.float) {
        (Some(bits), true) => format!(" {bits}-bit float"),
        (Some(bits), false) => format!(" {bits}-bit"),
        (None, _) => String::new(),
    };
    let codec = if figures.codec == figures.container || figures.codec == "float" {
        String::new()
    } else {
        format!(" {}", figures.codec)
    };
    let channels = match figures.channels {
        1 => "mono".to_owned(),
        2 => "stereo".to_owned(),
        more => format!("{more} channels"),
    };
    let seconds = figures.length_s;
    let minutes = (seconds / 60.0).floor();
    let rest = seconds - 60.0 * minutes;
    let khz = f64::from(figures.rate_hz) / 1_000.0;
    format!("{}{codec}{word}, {khz} kHz, {channels}, {minutes:.0} min {rest:.1} s", figures.container)
}

fn cells(figures: &Figures) -> Vec<(&'static str, String)> {
    let one = |value: Option<f64>, unit: &str| match value {
        Some(value) => format!("{value:.1} {unit}"),
        None => "-".to_owned(),
    };
    let worst_dc = figures.dc.iter().copied().reduce(|a, b| if b.abs() > a.abs() { b } else { a });
    let mut cells = vec![
        ("integrated", one(figures.integrated_lufs, "LUFS")),
        ("true peak", one(figures.true_peak_dbtp, "dBTP")),
        ("loudest 3 s", one(figures.max_short_term_lufs, "LUFS")),
        ("sample peak", one(figures.sample_peak_dbfs, "dBFS")),
        ("loudest 400 ms", one(figures.max_momentary_lufs, "LUFS")),
        ("peak to loudness", one(figures.plr_db, "dB")),
        ("loudness range", one(figures.loudness_range_lu, "LU")),
        ("least in any 3 s", one(figures.psr_min_db, "dB")),
        ("crest", one(figures.crest_db, "dB")),
        ("noise floor", one(figures.noise_floor_dbfs, "dBFS")),
        ("bandwidth", one(figures.bandwidth_hz.map(|hz| hz / 1_000.0), "kHz")),
        ("offset (DC)", worst_dc.map_or("-".to_owned(), |dc| format!("{:.2} %", dc * 100.0))),
        ("bits in use", figures.effective_bits.map_or("-".to_owned(), |bits| bits.to_string())),
        ("flat tops", figures.clipped_runs.to_string()),
    ];
    if figures.channels == 2 {
        cells.extend([
            ("correlation", figures.correlation.map_or("-".to_owned(), |value| format!("{value:.2}"))),
            ("side over mid", one(figures.side_to_mid_db, "dB")),
            ("lost in mono", one(figures.mono_loss_lu, "LU")),
            ("left over right", one(figures.left_minus_right_lu, "LU")),
        ]);
    }
    cells
}
