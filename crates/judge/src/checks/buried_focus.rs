//! What the song is about, covered by the rest.

use mixkeel_analysis::masking::TrackMasking;

use crate::causes::clock;
use crate::check::{Case, Check, MIX};
use crate::covers;
use crate::evidence::{Evidence, SectionEvidence, Strip};
use crate::finding::{Finding, Severity};

/// The check.
pub const CHECK: Check = Check { id: "buried-focus", file: file!(), holds_for: MIX, look };

/// The loudness that the others may take from it, in phon (of partial loudness, Moore, Glasberg and Baer 1997): 10 phon is
/// half as loud. Ours: a lead at half of its own loudness is still a lead, at a quarter it is part of the rest.
const THRESHOLD_PHON: f64 = 14.0;

/// A section counts where the focus is what is heard in it: where it sounds for at least this part of the section. Ours: a
/// pick-up, a breath or one word is no entry. And where it [is itself](Strip::is_itself_in).
const LEAST_PRESENCE: f64 = 0.25;

fn look(case: &Case<'_>) -> Option<Finding> {
    let evidence = case.evidence;
    let masking = evidence.masking.as_ref()?;
    // A song that is about several tracks is heard if one of them is.
    let (lost, section, index, strip) = evidence
        .tracks
        .iter()
        .enumerate()
        .filter(|(_, strip)| strip.in_focus)
        .filter_map(|(index, strip)| {
            let whole = masking.whole.tracks.get(index).filter(|track| covers::sounds(track))?;
            let (lost, section) = worst(evidence, index, strip, whole);
            Some((lost, section, index, strip))
        })
        .min_by(|a, b| a.0.total_cmp(&b.0))?;
    if lost < THRESHOLD_PHON {
        return None;
    }
    let tracks = covers::maskers(evidence, index, section.and_then(|section| section.masking_span));
    let place = section.map_or_else(String::new, |one| {
        format!(" in {} (from {})", one.id.replace('-', " "), clock(one.from_s))
    });
    let because = format!(
        "{}{place} loses {lost:.0} phon to the rest, and what a song is about has to stay in front{}",
        strip.name,
        covers::taken_by(&tracks)
    );
    let todo = match tracks.first() {
        Some(first) => format!(
            "turn {} up, or {} down where both play; then cut there, not boost",
            strip.name, first.name
        ),
        None => format!("turn {} up", strip.name),
    };
    let spans = section.map(|one| [one.from_s, one.to_s]).into_iter().collect();
    Some(
        Finding::new("buried-focus", Severity::Warning, because, todo)
            .measured(lost, THRESHOLD_PHON, "phon lost")
            .weight(lost / THRESHOLD_PHON)
            .spans(spans)
            .about(vec![strip.id.clone()])
            .tracks(tracks),
    )
}

/// What a track loses to other instruments: over the song, or in the section where it is worst.
fn worst<'a>(
    evidence: &'a Evidence,
    index: usize,
    strip: &Strip,
    whole: &TrackMasking,
) -> (f64, Option<&'a SectionEvidence>) {
    let mut worst = (covers::lost_to_others_phon(evidence, index, whole), None);
    let spans = evidence.masking.as_ref().map(|masking| masking.spans.as_slice()).unwrap_or_default();
    for (place, section) in evidence.sections.iter().enumerate() {
        let Some(span) = section.masking_span.and_then(|span| spans.get(span)) else { continue };
        let Some(track) = span.tracks.get(index).filter(|track| covers::sounds(track)) else { continue };
        let frames = span.to_frame.saturating_sub(span.from_frame).max(1) as f64;
        let lost = covers::lost_to_others_phon(evidence, index, track);
        let is_there = track.sounding_frames as f64 >= LEAST_PRESENCE * frames && strip.is_itself_in(place);
        if is_there && lost > worst.0 {
            worst = (lost, Some(section));
        }
    }
    worst
}
