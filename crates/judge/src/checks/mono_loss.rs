//! What is gone when both channels come from one loudspeaker.

use crate::causes::holders;
use crate::check::{Case, Check, WHOLE};
use crate::checks::polarity;
use crate::finding::{Finding, Severity};
use crate::sides::by_side;

/// The check.
pub const CHECK: Check = Check { id: "mono-loss", file: file!(), holds_for: WHOLE, look };

/// How much quieter it may be in mono. Unrelated channels lose 3 LU; a mix with a middle loses less (Ours: 2.5 LU).
const THRESHOLD_LU: f64 = 2.5;

fn look(case: &Case<'_>) -> Option<Finding> {
    let lost = case.evidence.sound.stereo.mono_loss_lu?;
    // Where a channel is upside down, that is what has to be put right first.
    if lost < THRESHOLD_LU || polarity::whole_is_inverted(case.evidence) {
        return None;
    }
    let tracks = by_side(case.evidence, (20.0, 20_000.0));
    let because = format!(
        "in mono it loses {lost:.1} LU: on phones, in shops and clubs the sides are gone{}",
        holders(&tracks, "of what mono takes away")
    );
    let todo = match tracks.first() {
        Some(first) => format!("narrow {}, or replace its widener by two takes; check in mono", first.name),
        None => "find the widened or doubled track that goes in mono, and narrow it".to_owned(),
    };
    Some(
        Finding::new("mono-loss", Severity::Warning, because, todo)
            .measured(lost, THRESHOLD_LU, "LU")
            .weight(lost / THRESHOLD_LU)
            .tracks(tracks),
    )
}
