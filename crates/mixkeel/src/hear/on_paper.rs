//! What was heard as a session says it: tempo map, metre and sections, where they are sure enough to be built on.

use std::collections::BTreeSet;

use mixkeel_analysis::music::rhythm::Metre as HeardMetre;
use mixkeel_session::id::unique;
use mixkeel_session::session::{Metre, Section, Session};

use super::Music;
use super::sections::sections;

/// A tempo less sure than this is not written: echoes and rides in a wrong tempo are worse than in none. Ours: of the songs at hand,
/// those that are counted at half or double are under it.
const SURE_TEMPO: f64 = 0.65;

/// A metre less sure than this is not written. Ours.
const SURE_METRE: f64 = 0.5;

/// Borders less sure than this in the mean are not written. Ours.
const SURE_BORDERS: f64 = 0.6;

/// How near to session zero a first bar must begin to begin there: what is heard as one moment.
const TOGETHER_S: f64 = 0.02;

/// Writes tempo and metre, unless they are unsure.
pub fn write_tempo(session: &mut Session, music: &Music) {
    let rhythm = &music.rhythm;
    if rhythm.tempo_confidence < SURE_TEMPO || rhythm.tempo.is_empty() {
        return;
    }
    let first_s = rhythm.downbeats_s.first().or(rhythm.beats_s.first()).copied().unwrap_or(0.0);
    let tidy = |at_s: f64| if at_s <= TOGETHER_S { 0.0 } else { (at_s * 1000.0).round() / 1000.0 };
    let metre_at = |at_s: f64| {
        rhythm.metre.iter().rev().find(|(from_s, _)| *from_s <= at_s + 0.05).or(rhythm.metre.first())
    };
    // A session counts quarters, as workstations do; 6/8 is heard in dotted quarters unless somebody wrote its tempo.
    let written = music.given.tempo.is_some();
    let dotted = |at_s: f64| {
        !written && metre_at(at_s).is_some_and(|(_, metre)| *metre == HeardMetre { count: 6, unit: 8 })
    };
    let mut tempo: Vec<(f64, f64)> = Vec::new();
    for (index, (from_s, bpm)) in rhythm.tempo.iter().enumerate() {
        // One tempo is counted from the first bar, so that the bars are known too.
        let at_s = if index == 0 { tidy(first_s) } else { tidy(*from_s) };
        let bpm = (if dotted(*from_s) { bpm * 1.5 } else { *bpm } * 1000.0).round() / 1000.0;
        if tempo.last().is_none_or(|(last_s, _)| at_s > *last_s) {
            tempo.push((at_s, bpm));
        }
    }
    session.song.tempo = tempo;
    session.song.metre = Vec::new();
    if rhythm.metre_confidence >= SURE_METRE {
        for (index, (from_s, metre)) in rhythm.metre.iter().enumerate() {
            let at_s = if index == 0 { tidy(first_s) } else { tidy(*from_s) };
            if session.song.metre.last().is_none_or(|(last_s, _)| at_s > *last_s) {
                session.song.metre.push((at_s, Metre { beats: metre.count, unit: metre.unit }));
            }
        }
    }
}

/// Writes the key, where somebody said it: one that was heard would be taken for the owner's word the next time.
pub fn write_key(session: &mut Session, music: &Music) {
    if let Some(said) = &music.given.key {
        session.song.key = Some(format!("{} {}", said.what.tonic, said.what.mode));
    }
}

/// Writes the sections, unless they are unsure.
pub fn write_sections(session: &mut Session, music: &Music) {
    let told = sections(music);
    let inner = told.iter().skip(1).map(|section| section.border_confidence);
    let (sum, count) = inner.fold((0.0, 0.0), |(sum, count), sure| (sum + sure, count + 1.0));
    // One section is no form.
    if count < 1.0 || sum / count < SURE_BORDERS || (music.named.is_none() && !music.form.on_bars) {
        return;
    }
    let mut taken: BTreeSet<String> = BTreeSet::new();
    session.sections = told
        .into_iter()
        .map(|section| {
            let id = unique(&section.label, |id| taken.contains(id));
            taken.insert(id.clone());
            Section { id, kind: section.kind, from_s: section.from_s, to_s: section.to_s }
        })
        .collect();
}
