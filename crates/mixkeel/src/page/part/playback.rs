//! What each playback system loses, by track.

use mixkeel_analysis::playback::REFERENCE;
use mixkeel_judge::evidence::{Evidence, PlaybackStrip};

use super::{Part, name_of};
use crate::page::chart::{Cell, Matrix};
use crate::page::html::figure;
use crate::page::table::Table;

/// A loss of this many phon is drawn darkest: it leaves less than a third of the loudness.
const DARKEST_PHON: f64 = 20.0;

/// Heard in less than this part of the time in which it sounds counts as gone.
const GONE: f64 = 0.2;

/// The part.
pub fn draw(evidence: &Evidence) -> Option<Part> {
    let reference = evidence.playback.iter().find(|one| one.system == REFERENCE.id)?;
    let systems: Vec<_> = evidence.playback.iter().filter(|one| one.system != REFERENCE.id).collect();
    let row = |at: &dyn Fn(&mixkeel_judge::evidence::PlaybackEvidence) -> Option<PlaybackStrip>| {
        let from = at(reference);
        let cell =
            |system: &&mixkeel_judge::evidence::PlaybackEvidence| lost(from.as_ref(), at(system).as_ref());
        systems.iter().map(cell).collect::<Vec<Cell>>()
    };
    // The mix is heard alone everywhere; how much quieter a phone is than a studio says nothing about a track.
    let mut rows = Vec::new();
    for track in &evidence.tracks {
        let find = |one: &mixkeel_judge::evidence::PlaybackEvidence| {
            let beside = one.mix.within_phon - reference.mix.within_phon;
            one.tracks
                .iter()
                .find(|strip| strip.id == track.id)
                .map(|strip| PlaybackStrip { within_phon: strip.within_phon - beside, ..strip.clone() })
        };
        rows.push((name_of(track), row(&find)));
    }
    let mut part = Part::new("playback", "On other systems").lead("what each playback system keeps");
    if !rows.is_empty() {
        let matrix = Matrix {
            caption: "Phon that each track loses on each system, beside what the whole mix loses there"
                .to_owned(),
            corner: "track".to_owned(),
            columns: systems.iter().map(|system| system.name.clone()).collect(),
            rows,
        };
        part.matrix(&matrix);
        part.text(
            "Ten phon are half as loud; below zero a track comes forward there. \"gone\" is what can be heard in less than a \
             fifth of the time in which it plays, \"covered\" what the mix covers everywhere. Each system is a model with \
             its own curve, level and noise.",
        );
    }
    let rows: Vec<Vec<String>> = evidence
        .playback
        .iter()
        .map(|system| {
            let share = system.mix.heard_share.map(|share| share * 100.0);
            vec![system.name.clone(), figure(Some(system.mix.within_phon), 1), figure(share, 0)]
        })
        .collect();
    part.table(Table::new(
        "The whole mix on each system",
        &["system", "loudness in phon", "heard, % of the time"],
        rows,
    ));
    Some(part)
}

fn lost(from: Option<&PlaybackStrip>, on: Option<&PlaybackStrip>) -> Cell {
    let (Some(from), Some(on)) = (from, on) else { return Cell { text: String::new(), weight: 0.0 } };
    // What is covered in the studio too is not what the system takes away.
    if from.heard_share.is_some_and(|share| share < GONE) {
        return Cell { text: "covered".to_owned(), weight: 0.0 };
    }
    if on.heard_share.is_some_and(|share| share < GONE) {
        return Cell { text: "gone".to_owned(), weight: 1.0 };
    }
    let lost = from.within_phon - on.within_phon;
    Cell { text: figure(Some(lost), 0), weight: (lost / DARKEST_PHON).max(0.0) }
}
