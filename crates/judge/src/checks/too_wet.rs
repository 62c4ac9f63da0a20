//! So much reverberation that it stands in front of the music.

use crate::causes::shares;
use crate::check::{Case, Check, MIX};
use crate::finding::{Finding, Severity};
use crate::space::{returns_lufs, wet_power};

/// The check.
pub const CHECK: Check = Check { id: "too-wet", file: file!(), holds_for: MIX, look };

/// What all returns together may hold of the whole, in LU. Ours, by arithmetic: at −8 LU the returns are a sixth of all
/// energy and stand 7 dB under what is dry, which leaves words less than half of the 14 dB that separate them from the room
/// in a mix whose returns stand at −14 LU. Styles that live in a room are told, as a warning and no more.
const THRESHOLD_LU: f64 = -8.0;

fn look(case: &Case<'_>) -> Option<Finding> {
    let evidence = case.evidence;
    let relative = returns_lufs(evidence)? - evidence.sound.loudness.integrated_lufs?;
    if relative < THRESHOLD_LU {
        return None;
    }
    let tracks = shares(evidence, wet_power);
    let because = format!(
        "reverberation and echoes stand {:.1} LU under the whole: words and hits smear, and limiting raises the tails",
        -relative
    );
    let todo = match tracks.first() {
        Some(first) => format!("send less of {} to the room; start with 4 dB", first.name),
        None => "turn the returns down by 4 dB, and shorten the longest of them".to_owned(),
    };
    Some(
        Finding::new("too-wet", Severity::Warning, because, todo)
            .measured(relative, THRESHOLD_LU, "LU re the whole")
            .weight(1.0 + (relative - THRESHOLD_LU) / 6.0)
            .tracks(tracks),
    )
}
