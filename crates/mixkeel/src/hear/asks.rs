//! What the music asks: the questions of `mixkeel-judge` about what was heard.

use mixkeel_analysis::energy::{Part as Placed, cell_from_seconds};
use mixkeel_analysis::masking::{MaskingReport, in_song};
use mixkeel_analysis::music::rhythm::onsets;
use mixkeel_analysis::playback::REFERENCE;
use mixkeel_judge::song::{Heard as Asked, Part, Question, Span, questions};

use super::gather::{Heard, Voice, chosen};
use super::report::{AskReport, MeasuredReport};
use super::{Music, sections};

/// The questions, as they are told.
pub(super) fn asks(heard: &Heard, music: &Music) -> Vec<AskReport> {
    let voices = chosen(&heard.voices);
    let tracks: Vec<Part> = voices.iter().map(|voice| part(voice)).collect();
    let sections: Vec<Span> = sections::sections(music)
        .into_iter()
        .map(|section| Span {
            label: section.label,
            kind: section.kind,
            from_bar: section.from_bar - 1,
            to_bar: section.to_bar,
        })
        .collect();
    // Who covers whom means something where the levels are those of a mix.
    let masking = heard.session.as_ref().and_then(|_| masking(&voices));
    let asked = Asked {
        rhythm: &music.rhythm,
        form: &music.form,
        sections: &sections,
        tracks: &tracks,
        masking: masking.as_ref(),
    };
    questions(&asked).into_iter().map(told).collect()
}

fn told(question: Question) -> AskReport {
    AskReport {
        id: question.id,
        ask: question.ask,
        because: question.because,
        evidence: question
            .evidence
            .into_iter()
            .map(|one| MeasuredReport { what: one.what, value: one.value, unit: one.unit })
            .collect(),
        bars: question.bars,
        tracks: question.tracks,
    }
}

/// A track and what begins in it.
fn part(voice: &Voice) -> Part {
    let curve = super::gather::rhythm_track(voice);
    Part { name: voice.name.clone(), onsets: onsets(&curve.sums()) }
}

/// Who covers whom on the reference system. A track of several recordings is left out of that, with all others: its parts would
/// cover each other.
fn masking(voices: &[&Voice]) -> Option<MaskingReport> {
    let parts: Option<Vec<Placed>> = voices
        .iter()
        .map(|voice| match voice.clips.as_slice() {
            [(at_s, profile)] => Some(Placed {
                map: &profile.energy,
                left_gain: voice.gains[0],
                right_gain: voice.gains[1],
                from_cell: cell_from_seconds(*at_s),
            }),
            _ => None,
        })
        .collect();
    Some(in_song(&parts?, &[], &REFERENCE))
}
