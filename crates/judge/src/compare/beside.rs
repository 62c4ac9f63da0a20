//! A mix beside records: figure by figure, at one loudness, with how far the records themselves lie apart.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::differences::tidy;
use super::figures::figures;
use super::passages::corresponding;
use crate::evidence::Evidence;

/// A loudness gap beyond which a limiter has changed the record's spectrum too: 3 LU (published practice of reference
/// tools). It is said, and the comparison made all the same.
const GAP_LU: f64 = 3.0;

/// The mean distance of the middle of the spectrum from which it is another kind of music. Ours: twice what records differ
/// by there.
const OTHER_MUSIC_DB: f64 = 6.0;

/// A record that was compared with.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Reference {
    /// Its path, as given.
    pub path: String,
    /// Its own loudness.
    pub integrated_lufs: Option<f64>,
    /// What was done to it to match loudness, in dB.
    pub matched_by_db: Option<f64>,
    /// What limits what it can tell: lossy, another kind of music.
    pub notes: Vec<String>,
}

/// One figure of the mix beside the records.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Beside {
    /// A stable name: `bass`.
    pub what: String,
    /// `whole`, `loud passages`, `soft passages`, or a kind of section.
    pub passage: String,
    /// Of the mix.
    pub mix: f64,
    /// The mean of the records.
    pub records: f64,
    /// The least of the records.
    pub from: f64,
    /// The greatest of the records.
    pub to: f64,
    /// Their unit.
    pub unit: String,
    /// By how much the mix lies outside what the records span, in steps that are just heard; 0 within, below 0 for less.
    pub outside: f64,
    /// In words, where it lies outside: `less bass`.
    pub words: String,
    /// Where in the spectrum.
    pub band_hz: Option<[f64; 2]>,
}

/// The mix beside these records, the farthest outside first.
pub fn beside(mix: &Evidence, records: &[Evidence]) -> (Vec<Reference>, Vec<Beside>) {
    let mut rows: Vec<(Beside, f64, [&'static str; 2], Vec<f64>)> = Vec::new();
    for record in records {
        for passage in corresponding(mix, record) {
            let whole = passage.name == "whole";
            let [of_mix, of_record] = &passage.spans;
            let others = figures(record, of_record, whole);
            for one in figures(mix, of_mix, whole) {
                let Some(other) = others.iter().find(|other| other.id == one.id) else { continue };
                let known =
                    rows.iter_mut().find(|(row, ..)| row.what == one.id && row.passage == passage.name);
                if let Some((_, _, _, values)) = known {
                    values.push(other.value);
                    continue;
                }
                let row = Beside {
                    what: one.id.to_owned(),
                    passage: passage.name.clone(),
                    mix: one.value,
                    records: 0.0,
                    from: 0.0,
                    to: 0.0,
                    unit: one.unit.to_owned(),
                    outside: 0.0,
                    words: String::new(),
                    band_hz: one.band_hz,
                };
                rows.push((row, one.heard, one.words, vec![other.value]));
            }
        }
    }
    let mut table: Vec<Beside> = rows.into_iter().map(settled).collect();
    table.sort_by(|a, b| {
        b.outside.abs().total_cmp(&a.outside.abs()).then(a.passage.cmp(&b.passage)).then(a.what.cmp(&b.what))
    });
    (records.iter().map(|record| reference(mix, record)).collect(), table)
}

fn settled((mut row, heard, words, values): (Beside, f64, [&'static str; 2], Vec<f64>)) -> Beside {
    let mean = values.iter().sum::<f64>() / values.len().max(1) as f64;
    let from = values.iter().copied().fold(f64::INFINITY, f64::min);
    let to = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let over = (row.mix - to).max(0.0) - (from - row.mix).max(0.0);
    let [more, less] = words;
    if over.abs() >= heard {
        row.words = if over > 0.0 { more } else { less }.to_owned();
    }
    (row.mix, row.records, row.from, row.to) = (tidy(row.mix), tidy(mean), tidy(from), tidy(to));
    row.outside = tidy(over / heard);
    row
}

fn reference(mix: &Evidence, record: &Evidence) -> Reference {
    let mut notes = Vec::new();
    let lossy = record.file.as_ref().is_some_and(crate::evidence::File::lossy);
    if lossy || record.sound.faults.find("lossy-source").is_some() {
        notes
            .push("it was stored in a lossy coding: what it shows above 15 kHz is not the record".to_owned());
    }
    let (of_mix, of_record) = (mix.sound.loudness.integrated_lufs, record.sound.loudness.integrated_lufs);
    let matched = of_mix.zip(of_record).map(|(mix, record)| mix - record);
    if let Some(gap) = matched.filter(|gap| gap.abs() > GAP_LU) {
        notes.push(format!(
            "it is {:.1} LU {}: a master beside a mix; peaks and density are not compared like with like",
            gap.abs(),
            if gap < 0.0 { "louder" } else { "softer" }
        ));
    }
    let middle = |evidence: &Evidence| {
        let departure = evidence.sound.spectrum.whole().departure();
        departure.map(|departure| departure.difference_db)
    };
    if let (Some(a), Some(b)) = (middle(mix), middle(record)) {
        let apart: Vec<f64> =
            a.iter().zip(&b).skip(7).take(17).filter_map(|(a, b)| Some(((*a)? - (*b)?).abs())).collect();
        if apart.iter().sum::<f64>() / apart.len().max(1) as f64 > OTHER_MUSIC_DB {
            notes.push(
                "its spectrum is of another kind of music: take its direction, not its figures".to_owned(),
            );
        }
    }
    Reference {
        path: record.file.as_ref().map(|file| file.path.clone()).unwrap_or_default(),
        integrated_lufs: of_record.map(tidy),
        matched_by_db: matched.map(tidy),
        notes,
    }
}
