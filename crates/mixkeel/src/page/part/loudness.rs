//! How loud it is from beginning to end.

use mixkeel_judge::evidence::Evidence;

use super::{Part, zones};
use crate::page::chart::{Axis, Kind, Line, Lines};
use crate::page::html::{clock, figure};
use crate::page::table::Table;

/// Points along the song.
const POINTS: usize = 500;

/// Quieter than this is not drawn: fades would squeeze the music into a corner of the chart.
const FLOOR_LUFS: f64 = -50.0;

/// The part.
pub fn draw(evidence: &Evidence) -> Part {
    let sound = &evidence.sound;
    let short = every(&sound.contour.short_term_lufs(), 3.0);
    let momentary = every(&sound.contour.momentary_lufs(), 0.4);
    let figures = short.iter().chain(&momentary).filter_map(|&(_, lufs)| lufs);
    let mut chart = Lines::new(
        "Loudness over time",
        Axis::new("time", Kind::Time, 0.0, evidence.length_s()),
        Axis::around("LUFS", figures),
    );
    let integrated = sound.loudness.integrated_lufs;
    chart.summary = format!(
        "Loudness over time: {} LUFS integrated, range {} LU, loudest three seconds {} LUFS",
        figure(integrated, 1),
        figure(sound.loudness.loudness_range_lu, 1),
        figure(sound.loudness.max_short_term_lufs, 1)
    );
    chart.lines = vec![
        Line { name: "short-term (3 s)".to_owned(), points: short },
        Line { name: "momentary (0.4 s)".to_owned(), points: momentary },
        Line {
            name: "integrated".to_owned(),
            points: vec![(0.0, integrated), (evidence.length_s(), integrated)],
        },
    ];
    chart.zones = zones(evidence);
    let mut part = Part::new("loudness", "Loudness").lead(&format!("{} LUFS", figure(integrated, 1)));
    part.lines(&chart);
    if !evidence.sections.is_empty() {
        let rows: Vec<Vec<String>> = evidence
            .sections
            .iter()
            .map(|section| {
                let over = section.integrated_lufs.zip(integrated).map(|(section, whole)| section - whole);
                vec![
                    section.id.replace('-', " "),
                    format!("{} to {}", clock(section.from_s), clock(section.to_s)),
                    figure(section.integrated_lufs, 1),
                    figure(over, 1),
                    figure(section.true_peak_dbtp, 1),
                ]
            })
            .collect();
        part.table(Table::new(
            "Loudness by section",
            &["section", "from, to", "LUFS", "LU over the whole", "true peak dBTP"],
            rows,
        ));
    }
    part
}

/// As many points as can be drawn; each is where its window ends.
fn every(contour: &[Option<f64>], first_s: f64) -> Vec<(f64, Option<f64>)> {
    let step = contour.len().div_ceil(POINTS).max(1);
    let at = |n: usize| first_s + n as f64 * 0.1;
    contour
        .iter()
        .enumerate()
        .step_by(step)
        .map(|(n, lufs)| (at(n), lufs.filter(|lufs| *lufs > FLOOR_LUFS)))
        .collect()
}
