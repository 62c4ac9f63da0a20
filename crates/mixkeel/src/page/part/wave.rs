//! The waveform with the sections behind it and the findings pinned to where they are.

use std::fmt::Write;

use mixkeel_judge::evidence::Evidence;

use super::{Part, zones};
use crate::page::chart::{Axis, Kind, Line, Lines, Pin};
use crate::page::html::{clock, escape};

/// Points along the song; more than a screen has columns for a chart of this width.
const POINTS: usize = 600;

/// The part.
pub fn draw(evidence: &Evidence, pins: &[Pin]) -> Part {
    let peaks = &evidence.sound.peaks;
    let step = peaks.len().div_ceil(POINTS).max(1);
    let loud: Vec<(f64, f64)> = peaks
        .chunks(step)
        .enumerate()
        .map(|(n, some)| {
            (n as f64 * step as f64 * 0.1, f64::from(some.iter().copied().fold(0.0_f32, f32::max)))
        })
        .collect();
    let top = loud.iter().map(|&(_, peak)| peak).fold(0.0_f64, f64::max).max(1e-6);
    let mut chart = Lines::new(
        "Waveform and sections",
        Axis::new("time", Kind::Time, 0.0, evidence.length_s()),
        Axis::new("peak", Kind::Plain, -1.0, 1.0),
    );
    chart.summary = format!(
        "The waveform of {} of music in {} sections, with {} findings pinned to it",
        clock(evidence.length_s()),
        evidence.sections.len(),
        pins.len()
    );
    chart.between = loud.iter().map(|&(x, peak)| (x, -peak / top, peak / top)).collect();
    chart.is_wave = true;
    let dbtp = |peak: f64| (peak > 0.0).then(|| mixkeel_dsp::units::db_from_gain(peak));
    chart.lines.push(Line {
        name: "true peak in dBTP".to_owned(),
        points: loud.iter().map(|&(x, peak)| (x, dbtp(peak))).collect(),
    });
    chart.zones = zones(evidence);
    chart.pins = pins.to_vec();
    chart.table_rows = 30;
    let mut part = Part::new("wave", "Where things are").lead("waveform, sections, findings");
    part.lines(&chart);
    if !pins.is_empty() {
        let mut body = String::from("<ul>");
        for pin in pins {
            let _ = write!(
                body,
                "<li><button class=\"here\" data-seek=\"{:.3}\">Play at {}</button> {}: {}</li>",
                pin.at,
                clock(pin.at),
                escape(&pin.mark),
                escape(&pin.text)
            );
        }
        body.push_str("</ul>");
        part.html(&body);
    }
    part
}
