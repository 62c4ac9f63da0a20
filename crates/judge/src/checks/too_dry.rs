//! No room at all.

use crate::check::{Case, Check, MIX};
use crate::finding::{Finding, Severity};
use crate::space::returns_lufs;

/// The check.
pub const CHECK: Check = Check { id: "too-dry", file: file!(), holds_for: MIX, look };

/// What all returns together hold of the whole at least, in LU. Ours: 30 LU under the whole is a thousandth of the energy,
/// and under the tails of the tracks themselves; it is a remark, since many a song is meant dry.
const THRESHOLD_LU: f64 = -30.0;

/// A room that is in the recordings already, in seconds.
const ROOM_S: f64 = 0.4;

fn look(case: &Case<'_>) -> Option<Finding> {
    let evidence = case.evidence;
    if evidence.tracks.is_empty() {
        // What a file holds of a room cannot be told from notes that ring.
        return None;
    }
    let whole = evidence.sound.loudness.integrated_lufs?;
    let relative = returns_lufs(evidence).map_or(-120.0, |lufs| lufs - whole);
    let in_the_sound =
        evidence.sound.space.decay_s.is_some_and(|decay| decay.decays >= 3 && decay.value > ROOM_S);
    if relative >= THRESHOLD_LU || in_the_sound {
        return None;
    }
    let because = "no room is heard around the tracks: each stands by itself, close to the ear".to_owned();
    let todo = "send voice and snare to one short room or plate at −12 to −18 dB, unless it is meant so";
    Some(
        Finding::new("too-dry", Severity::Note, because, todo)
            .measured(relative.max(-120.0), THRESHOLD_LU, "LU re the whole")
            .weight(1.0),
    )
}
