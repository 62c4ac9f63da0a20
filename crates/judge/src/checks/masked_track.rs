//! A track that plays and is not heard.

use crate::check::{Case, Check, MIX};
use crate::covers;
use crate::finding::{Finding, Severity};

/// The check.
pub const CHECK: Check = Check { id: "masked-track", file: file!(), holds_for: MIX, look };

/// A track that keeps less than this part of its loudness is not missed when it is muted. Ours: 3 %, some 40 phon lost.
const LEAST_KEPT: f64 = 0.03;

/// Tracks that are named beside the one that is covered most; a list of all of them is a table.
const MOST_NAMED: usize = 3;

fn look(case: &Case<'_>) -> Option<Finding> {
    let evidence = case.evidence;
    let masking = evidence.masking.as_ref()?;
    let mut lost: Vec<(usize, f64)> = evidence
        .tracks
        .iter()
        .enumerate()
        // What is a layer of something else is covered by it and thickens it.
        .filter(|(_, strip)| !strip.in_focus && !covers::is_layer(strip.role))
        .filter_map(|(index, _)| {
            let track = masking.whole.tracks.get(index)?;
            let kept = covers::kept_from_others(evidence, index, track)?;
            let best = masking
                .spans
                .iter()
                .filter_map(|span| covers::kept_from_others(evidence, index, span.tracks.get(index)?))
                .fold(kept, f64::max);
            (best < LEAST_KEPT).then_some((index, best))
        })
        .collect();
    lost.sort_by(|a, b| a.1.total_cmp(&b.1).then(a.0.cmp(&b.0)));
    let &(index, kept) = lost.first()?;
    let strip = evidence.tracks.get(index)?;
    let names: Vec<&str> = lost
        .iter()
        .skip(1)
        .take(MOST_NAMED)
        .filter_map(|(index, _)| Some(evidence.tracks.get(*index)?.name.as_str()))
        .collect();
    let others = match (names.as_slice(), lost.len().saturating_sub(1 + MOST_NAMED)) {
        ([], _) => String::new(),
        ([only], _) => format!(", and so is {only}"),
        (named, 0) => format!(", and so are {}", named.join(", ")),
        (named, more) => format!(", and so are {} and {more} more", named.join(", ")),
    };
    let maskers = covers::maskers(evidence, index, None);
    let because = format!(
        "{} is covered wherever it plays: {:.0} % of its loudness is left{}{others}",
        strip.name,
        kept * 100.0,
        covers::taken_by(&maskers)
    );
    let todo = format!(
        "mute {}: if nobody misses it, leave it out; else give it its own place or moment",
        strip.name
    );
    let about = lost.iter().filter_map(|(index, _)| Some(evidence.tracks.get(*index)?.id.clone())).collect();
    Some(
        Finding::new("masked-track", Severity::Note, because, todo)
            .measured(kept * 100.0, LEAST_KEPT * 100.0, "% of its loudness left")
            .weight(LEAST_KEPT / kept.max(1e-3))
            .about(about)
            .tracks(maskers),
    )
}
