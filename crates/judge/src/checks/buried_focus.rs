//! What the song is about, covered by the rest.

use crate::causes::clock;
use crate::check::{Case, Check, MIX};
use crate::covers;
use crate::finding::{Finding, Severity};

/// The check.
pub const CHECK: Check = Check { id: "buried-focus", file: file!(), holds_for: MIX, look };

/// The loudness that the others may take from it, in phon (of partial loudness, Moore, Glasberg and Baer 1997): 10 phon is
/// half as loud. Ours: a lead at half of its own loudness is still a lead, at a quarter it is part of the rest.
const THRESHOLD_PHON: f64 = 14.0;

fn look(case: &Case<'_>) -> Option<Finding> {
    let evidence = case.evidence;
    let masking = evidence.masking.as_ref()?;
    // A song that is about several tracks is heard if one of them is.
    let lead = evidence
        .tracks
        .iter()
        .enumerate()
        .filter(|(_, strip)| strip.in_focus)
        .filter_map(|(index, strip)| Some((index, strip, masking.whole.tracks.get(index)?)))
        .filter(|(_, _, track)| covers::sounds(track))
        .min_by(|a, b| a.2.lost_phon().total_cmp(&b.2.lost_phon()))?;
    let (index, strip, whole) = lead;
    let mut worst = (whole.lost_phon(), None);
    for section in &evidence.sections {
        let track = section.masking_span.and_then(|span| masking.spans.get(span)?.tracks.get(index));
        if let Some(track) = track.filter(|track| covers::sounds(track))
            && track.lost_phon() > worst.0
        {
            worst = (track.lost_phon(), Some(section));
        }
    }
    let (lost, section) = worst;
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
            .tracks(tracks),
    )
}
