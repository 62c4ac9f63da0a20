//! Width and correlation by band, and what mono loses.

use mixkeel_analysis::spectrum::third_octave::{NOMINAL_HZ, band_of};
use mixkeel_judge::evidence::Evidence;

use super::Part;
use crate::page::chart::{Axis, Kind, Line, Lines};
use crate::page::html::figure;
use crate::page::table::Table;

/// The part.
pub fn draw(evidence: &Evidence) -> Part {
    let stereo = &evidence.sound.stereo;
    if stereo.bands.is_empty() {
        let mut part = Part::new("width", "Width").lead("mono");
        part.text("It has one channel: there is no width to look at.");
        return part;
    }
    let axis = || Axis::new("frequency", Kind::Frequency, 20.0, 20_000.0);
    let mut chart =
        Lines::new("Correlation by band", axis(), Axis::new("correlation", Kind::Plain, -1.0, 1.0));
    chart.summary = format!(
        "Correlation of left and right by band, {} on the whole; 1 is mono, 0 unrelated, below 0 is lost in mono",
        figure(stereo.correlation, 2)
    );
    chart.lines.push(Line {
        name: "correlation".to_owned(),
        points: stereo.bands.iter().map(|band| (called_hz(band.freq_hz), band.correlation)).collect(),
    });
    let losses = stereo.bands.iter().filter_map(|band| band.mono_loss_db);
    let mut lost =
        Lines::new("What mono loses by band", axis(), Axis::around("dB", losses.chain([0.0, 3.0])));
    lost.summary = format!(
        "What is lost when left and right are added, by band; {} LU on the whole",
        figure(stereo.mono_loss_lu, 1)
    );
    lost.lines.push(Line {
        name: "lost in mono".to_owned(),
        points: stereo.bands.iter().map(|band| (called_hz(band.freq_hz), band.mono_loss_db)).collect(),
    });
    let lead = format!(
        "correlation {}, mono loses {} LU",
        figure(stereo.correlation, 2),
        figure(stereo.mono_loss_lu, 1)
    );
    let mut part = Part::new("width", "Width and mono").lead(&lead);
    part.lines(&chart);
    part.lines(&lost);
    if !evidence.sections.is_empty() {
        let rows: Vec<Vec<String>> = evidence
            .sections
            .iter()
            .map(|section| {
                let stereo = &section.stereo;
                vec![
                    section.id.replace('-', " "),
                    figure(stereo.side_to_mid_db, 1),
                    figure(stereo.correlation, 2),
                    figure(stereo.mono_loss_lu, 1),
                    figure(stereo.left_minus_right_lu, 1),
                ]
            })
            .collect();
        let head = ["section", "side over mid dB", "correlation", "lost in mono LU", "left over right LU"];
        part.table(Table::new("Width by section", &head, rows));
    }
    part
}

/// The name of a third octave, by its middle.
fn called_hz(mid_hz: f64) -> f64 {
    band_of(mid_hz).and_then(|band| NOMINAL_HZ.get(band).copied()).unwrap_or(mid_hz)
}
