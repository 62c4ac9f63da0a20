//! Names recordings that were cut off, and what can and cannot be done.
//!
//! **What it does.** Changes nothing. Tells the owner which recordings clip, how often and from when, so that they can be recorded
//! or exported again.
//!
//! **Why.** What was above the ceiling is not in the file. A fader takes the level away, not the flat tops; a filter rounds them
//! and leaves the distortion. A mix that hides it is a mix that its owner learns of later.
//!
//! **Evidence.** Runs of equal samples with edges steeper than any wave that turns by itself, at one level.
//!
//! **Example.** `Kick In: cut off 112 times at full scale …`.
//!
//! **Known problems.** A sound that was made by clipping, as a distorted synthesiser, is named too; hence told, not treated.
//!
//! **Options.** None.
//!
//! **Sureness.** Certain at full scale, likely below it.
//!
//! **References.** See `docs/reference/fault-finding.md`.

use crate::song::TrackFacts;

/// Fewer flat tops a minute than this are not told. Ours: a peak that is cut once in a while is not heard.
const LEAST_A_MINUTE: f64 = 4.0;

/// One sentence for each recording that was cut off, in the order given.
pub fn advice(tracks: &[TrackFacts]) -> Vec<String> {
    tracks.iter().filter_map(of_track).collect()
}

fn of_track(track: &TrackFacts) -> Option<String> {
    let clipping = &track.profile.flaws.as_ref()?.clipping;
    let level_dbfs = clipping.level_dbfs?;
    let minutes = (track.profile.length_s() / 60.0).max(0.1);
    if (clipping.runs as f64) < LEAST_A_MINUTE * minutes {
        return None;
    }
    let first_s = clipping.spans_s.first().map_or(0.0, |span| span[0]);
    let (minute, second) = ((first_s / 60.0) as u64, first_s % 60.0);
    let where_to = if clipping.at_full_scale {
        "at full scale".to_owned()
    } else {
        format!("at {level_dbfs:.1} dBFS, before its level was changed")
    };
    Some(format!(
        "{}: cut off {} times {where_to}, first at {minute}:{second:04.1}; the tops are not in the file and no mix brings \
         them back. If it can be exported or recorded again lower, do; else it is mixed as it is",
        track.name, clipping.runs
    ))
}
