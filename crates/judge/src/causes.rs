//! Which tracks something comes from, and how that is said.

use crate::evidence::{Evidence, Strip};
use crate::finding::Cause;

/// Tracks that hold less than this share are not named. Ours: a tenth of an energy is 0.5 dB.
const LEAST_SHARE: f64 = 0.1;

/// At most so many tracks are named: nobody works on more at once.
const MOST: usize = 4;

/// The tracks by their share of a quantity that adds up, the greatest first.
pub fn shares(evidence: &Evidence, of: impl Fn(&Strip) -> f64) -> Vec<Cause> {
    ranked(evidence, &evidence.tracks.iter().map(of).collect::<Vec<f64>>())
}

/// The tracks by their share of a quantity that adds up, one figure a track; what is below zero counts as none.
pub fn ranked(evidence: &Evidence, values: &[f64]) -> Vec<Cause> {
    let values: Vec<(f64, &Strip)> =
        values.iter().zip(&evidence.tracks).map(|(value, strip)| (value.max(0.0), strip)).collect();
    let total: f64 = values.iter().map(|(value, _)| value).sum();
    if total <= 0.0 || !total.is_finite() {
        return Vec::new();
    }
    let mut causes: Vec<Cause> = values
        .into_iter()
        .map(|(value, strip)| Cause {
            id: strip.id.clone(),
            name: strip.name.clone(),
            share: libm::round(value / total * 1_000.0) / 1_000.0,
        })
        .filter(|cause| cause.share >= LEAST_SHARE)
        .collect();
    causes.sort_by(|a, b| b.share.total_cmp(&a.share).then(a.id.cmp(&b.id)));
    causes.truncate(MOST);
    causes
}

/// The tracks by their energy between two frequencies, over these spans or over everything.
pub fn by_energy(evidence: &Evidence, hz: (f64, f64), spans: &[[f64; 2]]) -> Vec<Cause> {
    shares(evidence, |strip| energy(strip, hz, spans))
}

/// The energy of a track between two frequencies, over these spans or over everything.
pub fn energy(strip: &Strip, hz: (f64, f64), spans: &[[f64; 2]]) -> f64 {
    if spans.is_empty() {
        return strip.energy_between(hz, 0.0, f64::INFINITY);
    }
    spans.iter().map(|[from_s, to_s]| strip.energy_between(hz, *from_s, *to_s)).sum()
}

/// `; Guitar L and Guitar R hold 71 % of the sides`, or nothing for a file.
pub fn holders(causes: &[Cause], of_what: &str) -> String {
    match fewest(causes) {
        [] => String::new(),
        [only] => format!("; {} holds {:.0} % {of_what}", only.name, only.share * 100.0),
        most => {
            let share: f64 = most.iter().map(|cause| cause.share).sum();
            format!("; {} hold {:.0} % {of_what}", listed(most), share * 100.0)
        }
    }
}

/// `; most of that comes from Guitar L and Guitar R, with 71 % of the energy there`, or nothing for a file.
pub fn makers(evidence: &Evidence, causes: &[Cause], hz: (f64, f64), spans: &[[f64; 2]]) -> String {
    let most = fewest(causes);
    if most.is_empty() {
        return String::new();
    }
    let (mut theirs, mut all) = (0.0, 0.0);
    for strip in &evidence.tracks {
        let energy = energy(strip, hz, spans);
        all += energy;
        if most.iter().any(|cause| cause.id == strip.id) {
            theirs += energy;
        }
    }
    let share = 100.0 * theirs / all.max(f64::MIN_POSITIVE);
    format!("; most of that comes from {}, with {share:.0} % of the energy there", listed(most))
}

/// The fewest that make most of it.
fn fewest(causes: &[Cause]) -> &[Cause] {
    let mut share = 0.0;
    let before = |cause: &&Cause| {
        let enough = share >= 0.6;
        share += cause.share;
        !enough
    };
    let count = causes.iter().take_while(before).count();
    causes.get(..count).unwrap_or_default()
}

/// Names as a sentence lists them.
fn listed(causes: &[Cause]) -> String {
    let names: Vec<&str> = causes.iter().map(|cause| cause.name.as_str()).collect();
    match names.as_slice() {
        [] => String::new(),
        [only] => (*only).to_owned(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

/// `in the choruses`, `in verse 1`, `from 0:12 to 0:34`, or nothing where it is everywhere.
pub fn place(evidence: &Evidence, spans: &[[f64; 2]]) -> String {
    if spans.is_empty() {
        return String::new();
    }
    let within = |section: &&crate::evidence::SectionEvidence| {
        spans.iter().any(|[from_s, to_s]| *from_s <= section.from_s + 0.01 && *to_s >= section.to_s - 0.01)
    };
    let inside: Vec<_> = evidence.sections.iter().filter(within).collect();
    if let Some(first) = inside.first() {
        let kind = &first.kind;
        let alike = evidence.sections.iter().filter(|section| section.kind == *kind).count();
        if inside.iter().all(|section| section.kind == *kind) && inside.len() == alike && alike > 1 {
            return format!(" in every {kind}");
        }
        let names: Vec<String> = inside.iter().take(3).map(|section| section.id.replace('-', " ")).collect();
        return format!(" in {}", names.join(", "));
    }
    match spans {
        [[from_s, to_s]] => format!(" from {} to {}", clock(*from_s), clock(*to_s)),
        [[from_s, _], ..] => format!(" in {} places, first at {}", spans.len(), clock(*from_s)),
        [] => String::new(),
    }
}

/// Seconds as people say them.
pub fn clock(seconds: f64) -> String {
    let seconds = seconds.max(0.0);
    let minutes = libm::floor(seconds / 60.0);
    format!("{minutes:.0}:{:04.1}", seconds - 60.0 * minutes)
}
