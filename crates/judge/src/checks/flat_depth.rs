//! Everything at one distance.

use crate::check::{Case, Check, MIX};
use crate::finding::{Finding, Severity};
use crate::space::{returns_lufs, wetness_db};

/// The check.
pub const CHECK: Check = Check { id: "flat-depth", file: file!(), holds_for: MIX, look };

/// The least by which the wettest tracks differ from the driest in what they send to the room. Ours: 6 dB is twice the
/// distance in a room; less is one line of musicians.
const THRESHOLD_DB: f64 = 4.0;

/// Fewer tracks have no depth to stagger.
const LEAST_TRACKS: usize = 6;

fn look(case: &Case<'_>) -> Option<Finding> {
    let evidence = case.evidence;
    // Without a room that is heard there is no depth to judge: that is another finding.
    returns_lufs(evidence)?;
    let mut wet: Vec<f64> = evidence.tracks.iter().map(wetness_db).collect();
    if wet.len() < LEAST_TRACKS {
        return None;
    }
    wet.sort_by(f64::total_cmp);
    let tenth = wet.len() / 10;
    let (dry, wettest) = (*wet.get(tenth)?, *wet.get(wet.len() - 1 - tenth)?);
    let apart = wettest - dry;
    if apart >= THRESHOLD_DB {
        return None;
    }
    let because = format!(
        "from the driest to the wettest track the sends to the room differ by {apart:.1} dB: everybody stands on one line"
    );
    let todo = "leave what is in front dry, and send what stands behind it 6 to 10 dB more to the room";
    Some(
        Finding::new("flat-depth", Severity::Note, because, todo)
            .measured(apart, THRESHOLD_DB, "dB")
            .weight(THRESHOLD_DB / apart.max(0.5)),
    )
}
