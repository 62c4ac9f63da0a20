//! Clips that were exported without a common start: asked about, never guessed.

use crate::song::TrackFacts;

/// A file shorter than this share of the longest is no track of the whole song. Ours.
const SHORT: f64 = 0.8;

/// What sounds this soon, in seconds, was cut to its first sound. Ours: longer than a fade or a breath before a word.
const AT_ONCE_S: f64 = 0.5;

/// Questions for the owner: files that are short, begin with their first sound, and lie at the beginning for want of a better
/// place. None where time stamps have placed the files.
pub fn questions(tracks: &[TrackFacts]) -> Vec<String> {
    let longest_s = tracks.iter().map(|track| track.profile.length_s()).fold(0.0, f64::max);
    if tracks.iter().any(|track| track.at_s != 0.0) {
        return Vec::new();
    }
    let asked = tracks.iter().filter(|track| {
        let at_once = track.profile.loudness.first_active_s.is_some_and(|first_s| first_s <= AT_ONCE_S);
        at_once && track.profile.length_s() < SHORT * longest_s
    });
    let question = |track: &TrackFacts| {
        format!(
            "{}: {:.1} s of a song of {longest_s:.1} s, and it sounds at once: where does it begin? It was put at 0:00; set at_s of its \
             clip in session.toml, or export all files from the same start",
            track.name,
            track.profile.length_s()
        )
    };
    asked.map(question).collect()
}
