//! The differences between two sounds, the one most heard first.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::figures::figures;
use super::passages::corresponding;
use crate::evidence::Evidence;

/// One difference, of the second sound from the first, both at one loudness.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Difference {
    /// A stable name: `bass`, `width`, `track:lead-vox`.
    pub what: String,
    /// In words: `less bass`.
    pub words: String,
    /// `whole`, `loud passages`, `soft passages`, or a kind of section.
    pub passage: String,
    /// Of the first.
    pub first: f64,
    /// Of the second.
    pub second: f64,
    /// The second less the first.
    pub difference: f64,
    /// The unit of the three.
    pub unit: String,
    /// The difference in steps that are just heard.
    pub heard: f64,
    /// Where in the spectrum.
    pub band_hz: Option<[f64; 2]>,
}

/// How much more a passage has to differ than the whole to be told beside it. Ours: one step that is heard.
const BEYOND_WHOLE: f64 = 1.0;

/// Everything that can be heard to differ, the one most heard first. What nobody hears is left out.
pub fn differences(first: &Evidence, second: &Evidence) -> Vec<Difference> {
    let mut found: Vec<Difference> = Vec::new();
    for passage in corresponding(first, second) {
        let whole = passage.name == "whole";
        let [of_first, of_second] = &passage.spans;
        let others = figures(second, of_second, whole);
        for one in figures(first, of_first, whole) {
            let Some(other) = others.iter().find(|other| other.id == one.id) else { continue };
            let difference = other.value - one.value;
            let [more, less] = one.words;
            let candidate = Difference {
                what: one.id.to_owned(),
                words: if difference > 0.0 { more } else { less }.to_owned(),
                passage: passage.name.clone(),
                first: tidy(one.value),
                second: tidy(other.value),
                difference: tidy(difference),
                unit: one.unit.to_owned(),
                heard: tidy(difference.abs() / one.heard),
                band_hz: one.band_hz,
            };
            let told = found.iter().find(|told| told.what == candidate.what && told.passage == "whole");
            let of_whole = told.map_or(0.0, |told| told.difference / one.heard);
            let beyond = (difference / one.heard - of_whole).abs() >= BEYOND_WHOLE;
            if candidate.heard >= 1.0 && (whole || beyond) {
                found.push(candidate);
            }
        }
    }
    found.extend(tracks(first, second));
    found.sort_by(|a, b| {
        b.heard.total_cmp(&a.heard).then(a.what.cmp(&b.what)).then(a.passage.cmp(&b.passage))
    });
    found
}

/// Tracks that stand louder or softer in their mix. 1 LU within a mix is just heard (ours, of the loudest; softer ones
/// need more).
fn tracks(first: &Evidence, second: &Evidence) -> Vec<Difference> {
    let (Some(of_first), Some(of_second)) =
        (first.sound.loudness.integrated_lufs, second.sound.loudness.integrated_lufs)
    else {
        return Vec::new();
    };
    let level = |evidence: &Evidence, id: &str, whole: f64| {
        evidence.track(id).and_then(|strip| strip.loudness.integrated_lufs).map(|lufs| lufs - whole)
    };
    first
        .tracks
        .iter()
        .filter_map(|strip| {
            let one = level(first, &strip.id, of_first)?;
            let other = level(second, &strip.id, of_second)?;
            let difference = other - one;
            // Under −20 LU in the mix a step takes 2 LU.
            let step = if one.max(other) < -20.0 { 2.0 } else { 1.0 };
            let how = if difference > 0.0 { "louder" } else { "softer" };
            (difference.abs() >= step).then(|| Difference {
                what: format!("track:{}", strip.id),
                words: format!("{} {how}", strip.name),
                passage: "whole".to_owned(),
                first: tidy(one),
                second: tidy(other),
                difference: tidy(difference),
                unit: "LU re the mix".to_owned(),
                heard: tidy(difference.abs() / step),
                band_hz: None,
            })
        })
        .collect()
}

pub(super) fn tidy(number: f64) -> f64 {
    libm::round(number * 100.0) / 100.0
}
