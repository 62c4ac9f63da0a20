//! A mix hears its song: tempo, metre and sections go into a first session, where they are sure enough for rules to build on.
//! What a session says already stays, unless the owner says something else now.

use std::borrow::Cow;
use std::path::Path;

use super::MixOptions;
use super::decided::Known;
use super::prepared::Prepared;
use crate::error::Error;
use crate::hear::{Given, HearOptions, Mark, Voice, music, on_paper, without_sums};
use crate::watch::{Event, Stage, Watch};

/// Hears the tracks and writes into the session what is to be there.
pub(super) fn hear(
    folder: &Path,
    known: &[Known],
    options: &MixOptions,
    prepared: &mut Prepared,
    warnings: &mut Vec<String>,
    watch: &dyn Watch,
) -> Result<(), Error> {
    let first = prepared.before.is_none();
    let (says_tempo, says_sections) = (options.tempo_bpm.is_some(), options.sections.is_some());
    let says_key = options.key.is_some();
    if !first && !says_tempo && !says_sections && !says_key {
        return Ok(());
    }
    let said = HearOptions {
        tempo_bpm: options.tempo_bpm,
        key: options.key.clone(),
        sections: options.sections.clone(),
        ..HearOptions::default()
    };
    // A session that goes on has its own words, and those of the folder went into it.
    let session = (!first).then_some(&prepared.session);
    let given = Given::of(folder, &said, session, &markers(known))?;
    warnings.extend(given.warnings.iter().cloned());
    watch.event(Event::Progress { stage: Stage::Hear, fraction: 0.0 });
    let voices = known
        .iter()
        .map(|track| Voice {
            name: track.arrival.name.clone(),
            role: track.arrival.guess.role,
            gains: [1.0, 1.0],
            clips: vec![(track.arrival.at_s, Cow::Borrowed(&track.measured.profile))],
        })
        .collect();
    let music = music(&without_sums(voices), given);
    watch.event(Event::Progress { stage: Stage::Hear, fraction: 1.0 });
    if first || says_tempo {
        on_paper::write_tempo(&mut prepared.session, &music);
    }
    if first || says_key {
        on_paper::write_key(&mut prepared.session, &music);
    }
    if first || says_sections {
        on_paper::write_sections(&mut prepared.session, &music);
    }
    Ok(())
}

/// Named places in the recordings.
fn markers(known: &[Known]) -> Vec<(String, Vec<Mark>)> {
    let of = |track: &Known| {
        let mark = |marker: &mixkeel_io::read::Marker| Mark {
            from_s: track.arrival.at_s + marker.at_s,
            to_s: None,
            label: marker.label.clone(),
        };
        (track.arrival.label.clone(), track.arrival.info.markers.iter().map(mark).collect::<Vec<_>>())
    };
    known.iter().map(of).filter(|(_, marks)| !marks.is_empty()).collect()
}
