//! The spectrum beside references, passage by passage, and every figure in which the mix lies outside them.

use std::fmt::Write;

use mixkeel_analysis::spectrum::third_octave::{BANDS, NOMINAL_HZ};
use mixkeel_judge::compare::{beside, corresponding, heard};
use mixkeel_judge::evidence::Evidence;

use super::Part;
use crate::page::chart::{Axis, Kind, Line, Lines};
use crate::page::html::{escape, figure};
use crate::page::table::Table;

/// More curves than this cannot be told apart.
const MOST_PASSAGES: usize = 5;

/// Figures that stand in the table; `check --json` has all.
const ROWS: usize = 16;

/// Adds the chart and the tables; nothing without references.
pub fn draw(part: &mut Part, mix: &Evidence, records: &[Evidence]) {
    if records.is_empty() {
        return;
    }
    let (files, rows) = beside(mix, records);
    let mut body = String::from("<h3>Beside the references</h3><ul>");
    for file in &files {
        let name = file.path.rsplit(['/', '\\']).next().unwrap_or(&file.path);
        let matched = file
            .matched_by_db
            .map_or_else(String::new, |db| format!(", turned by {} dB to match", figure(Some(db), 1)));
        let notes: String = file.notes.iter().map(|note| format!("; {note}")).collect();
        let _ = write!(body, "<li>{}</li>", escape(&format!("{name}{matched}{notes}")));
    }
    body.push_str("</ul>");
    part.html(&body);
    part.lines(&chart(mix, records));
    let told: Vec<Vec<String>> = rows
        .iter()
        .filter(|row| !row.words.is_empty())
        .take(ROWS)
        .map(|row| {
            vec![
                row.words.clone(),
                row.passage.clone(),
                figure(Some(row.mix), 1),
                format!("{} to {}", figure(Some(row.from), 1), figure(Some(row.to), 1)),
                row.unit.clone(),
            ]
        })
        .collect();
    if told.is_empty() {
        part.text("Nothing lies outside what the references span.");
    } else {
        let head = ["the mix has", "where", "mix", "references", "unit"];
        part.table(Table::new("Where the mix lies outside the references, farthest first", &head, told));
    }
}

/// The mix less the mean of the references, once both are equally strong: the whole, then each passage that corresponds.
fn chart(mix: &Evidence, records: &[Evidence]) -> Lines {
    let mut passages: Vec<(String, Vec<[f64; BANDS]>)> = Vec::new();
    let mut span: Vec<[f64; BANDS]> = Vec::new();
    for record in records {
        for passage in corresponding(mix, record) {
            let [of_mix, of_record] = &passage.spans;
            let departure = |evidence: &Evidence, spans: &[[f64; 2]]| {
                heard(evidence, spans).and_then(|span| span.departure()).map(|found| found.difference_db)
            };
            let (Some(here), Some(there)) = (departure(mix, of_mix), departure(record, of_record)) else {
                continue;
            };
            let apart: [f64; BANDS] = std::array::from_fn(|band| {
                here[band].zip(there[band]).map_or(f64::NAN, |(here, there)| here - there)
            });
            if passage.name == "whole" {
                span.push(apart);
            }
            match passages.iter_mut().find(|(name, _)| *name == passage.name) {
                Some((_, all)) => all.push(apart),
                None => passages.push((passage.name, vec![apart])),
            }
        }
    }
    let mean = |all: &[[f64; BANDS]], band: usize| {
        all.iter().filter_map(|one| one.get(band)).sum::<f64>() / all.len().max(1) as f64
    };
    let mut chart = Lines::new(
        "Spectrum beside the references",
        Axis::new("frequency", Kind::Frequency, 20.0, 20_000.0),
        Axis::new("dB over the references", Kind::Plain, -15.0, 15.0),
    );
    chart.summary =
        format!("Third octaves of the mix less those of {} references, by passage", records.len());
    for (name, all) in passages.iter().take(MOST_PASSAGES) {
        let points =
            (0..BANDS).map(|band| (NOMINAL_HZ[band], Some(mean(all, band)).filter(|db| db.is_finite())));
        chart.lines.push(Line { name: name.clone(), points: points.collect() });
    }
    if records.len() > 1 {
        // What the references differ by among themselves, around their mean.
        let spread = |band: usize| {
            let middle = mean(&span, band);
            let off = span.iter().map(|one| middle - one[band]).filter(|off| off.is_finite());
            off.fold((0.0_f64, 0.0_f64), |(low, high), off| (low.min(off), high.max(off)))
        };
        chart.between = (0..BANDS)
            .map(|band| {
                let (low, high) = spread(band);
                (NOMINAL_HZ[band], low, high)
            })
            .collect();
        chart.between_name = "where the references lie".to_owned();
    }
    chart
}
