//! A track that plays and is not heard.

use crate::check::{Case, Check, MIX};
use crate::covers;
use crate::finding::{Cause, Finding, Severity};

/// The check.
pub const CHECK: Check = Check { id: "masked-track", file: file!(), holds_for: MIX, look };

/// A track that keeps less than this part of its loudness is not missed when it is muted. Ours: 3 %, some 40 phon lost.
const LEAST_KEPT: f64 = 0.03;

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
    let others = match lost.len() - 1 {
        0 => String::new(),
        1 => ", and so is one more track".to_owned(),
        more => format!(", and so are {more} more tracks"),
    };
    let because = format!(
        "{} is covered wherever it plays: {:.0} % of its loudness is left{others}{}",
        strip.name,
        kept * 100.0,
        covers::taken_by(&covers::maskers(evidence, index, None))
    );
    let todo = format!(
        "mute {}: if nobody misses it, leave it out; else give it its own place or moment",
        strip.name
    );
    let named = |&(index, kept): &(usize, f64)| {
        let strip = evidence.tracks.get(index)?;
        Some(Cause {
            id: strip.id.clone(),
            name: strip.name.clone(),
            share: libm::round((1.0 - kept) * 1e3) / 1e3,
        })
    };
    Some(
        Finding::new("masked-track", Severity::Note, because, todo)
            .measured(kept * 100.0, LEAST_KEPT * 100.0, "% of its loudness left")
            .weight(LEAST_KEPT / kept.max(1e-3))
            .tracks(lost.iter().filter_map(named).collect()),
    )
}
