//! The sections of a song as they are told: those that somebody named, else those that were heard.

use mixkeel_analysis::music::form::Contour;

use super::Music;
use super::report::{SectionReport, hundredth, tidy};

/// Every section, without gaps.
pub(super) fn sections(music: &Music) -> Vec<SectionReport> {
    let form = &music.form;
    let told = |from_s: f64, to_s: f64, label: String, kind: String, sure: [f64; 2], contour: &Contour| {
        let bar = |at_s: f64| nearest(&form.bars_s, at_s);
        SectionReport {
            from_s: tidy(from_s),
            to_s: tidy(to_s),
            label,
            kind,
            confidence: hundredth(sure[0]),
            border_confidence: hundredth(sure[1]),
            from_bar: bar(from_s) + 1,
            to_bar: bar(to_s).max(bar(from_s) + 1),
            loudness_lufs: contour.loudness_lufs.map(hundredth),
            voices: hundredth(contour.voices),
            onsets_per_s: hundredth(contour.onsets_per_s),
            width_db: contour.width_db.map(hundredth),
        }
    };
    match &music.named {
        Some(named) => named
            .iter()
            .map(|one| {
                let contour =
                    form.contour(nearest(&form.bars_s, one.from_s), nearest(&form.bars_s, one.to_s));
                told(one.from_s, one.to_s, one.label.clone(), one.kind.clone(), [1.0, 1.0], &contour)
            })
            .collect(),
        None => form
            .sections
            .iter()
            .map(|one| {
                let sure = [one.confidence, one.border_confidence];
                told(one.from_s, one.to_s, one.label(), one.kind.word(), sure, &one.contour)
            })
            .collect(),
    }
}

/// The place of the border nearest to a time.
fn nearest(borders: &[f64], at_s: f64) -> usize {
    let off = |index: &usize| borders.get(*index).map_or(f64::INFINITY, |border| (border - at_s).abs());
    (0..borders.len()).min_by(|a, b| off(a).total_cmp(&off(b))).unwrap_or(0)
}
