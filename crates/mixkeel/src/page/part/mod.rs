//! The parts of the page below the verdict, one file each, in the order in which they stand.

pub mod covering;
pub mod edits;
pub mod loudness;
pub mod numbers;
pub mod owners;
pub mod playback;
pub mod references;
pub mod spectrum;
pub mod wave;
pub mod width;

use mixkeel_judge::evidence::{Evidence, Strip};

use super::chart::Zone;

/// The sections as stretches behind a chart over time.
fn zones(evidence: &Evidence) -> Vec<Zone> {
    let zone = |section: &mixkeel_judge::evidence::SectionEvidence| Zone {
        name: section.id.replace('-', " "),
        from: section.from_s,
        to: section.to_s,
    };
    evidence.sections.iter().map(zone).collect()
}

/// What people call a track; its id where nobody calls it anything.
fn name_of(strip: &Strip) -> String {
    if strip.name.is_empty() { strip.id.clone() } else { strip.name.clone() }
}
