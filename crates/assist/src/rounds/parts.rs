//! Which parts of a song a round listens to: some of every section, where most of it is to be heard.

use mixkeel_analysis::loudness::LoudnessContour;
use mixkeel_session::session::{Section, Session};

use crate::song::{Known, Song};

/// A round hears at most this share of a song. DESIGN: a quarter.
const SHARE: f64 = 0.25;

/// A song of which a quarter is shorter than this is heard for so long, in seconds. Ours: what is told from less is chance.
const LEAST_OF_ALL_S: f64 = 12.0;

/// Songs without sections are heard in so many places. Ours: as many as songs have sections.
const PLACES: usize = 6;

/// A part begins and ends on these steps, in seconds: the cells of loudness and of the energy map, so that what is heard of it
/// falls into the same cells as in the whole.
pub const STEP_S: f64 = LoudnessContour::STEP_S;

/// A track sounds where it is within this factor of its loudest power: 30 dB.
const SOUNDS: f64 = 1e-3;

/// What a song is about counts as so many others when a place is chosen. Ours.
const FOCUS_COUNTS: f64 = 4.0;

/// A part of the song that is listened to.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Part {
    /// From this second of the song.
    pub from_s: f64,
    /// To this one.
    pub to_s: f64,
}

impl Part {
    /// How long it is in seconds.
    pub fn length_s(&self) -> f64 {
        self.to_s - self.from_s
    }
}

/// The parts of a song, in order of time: of each section the stretch in which most tracks sound, and the focus with them.
/// Nothing where nothing sounds.
pub fn parts(song: &Song, session: &Session) -> Vec<Part> {
    let tracks = song.sounding(session);
    let ends = tracks.iter().map(|known| known.facts.at_s + known.facts.profile.length_s());
    let length_s = ends.fold(0.0, f64::max);
    let steps = libm::floor(length_s / STEP_S) as usize;
    let activity = activity(&tracks, session, steps);
    let spans = spans(&session.sections, steps);
    let heard_s = (SHARE * length_s).max(LEAST_OF_ALL_S.min(length_s));
    let all: usize = spans.iter().map(|(from, to)| to - from).sum();
    if all == 0 {
        return Vec::new();
    }
    let share = (heard_s / STEP_S / all as f64).min(1.0);
    let chosen = spans.into_iter().filter_map(|(from, to)| {
        let long = libm::floor((to - from) as f64 * share) as usize;
        let at = busiest(activity.get(from..to)?, long)?;
        Some(Part { from_s: (from + at) as f64 * STEP_S, to_s: (from + at + long) as f64 * STEP_S })
    });
    chosen.filter(|part| part.length_s() > 0.0).collect()
}

/// The sections as steps, or as many equal spans where there are none.
fn spans(sections: &[Section], steps: usize) -> Vec<(usize, usize)> {
    let step = |seconds: f64| (libm::round(seconds.max(0.0) / STEP_S) as usize).min(steps);
    let mut spans: Vec<(usize, usize)> = sections
        .iter()
        .map(|one| (step(one.from_s), step(one.to_s)))
        .filter(|(from, to)| from < to)
        .collect();
    if spans.is_empty() {
        spans = (0..PLACES).map(|n| (n * steps / PLACES, (n + 1) * steps / PLACES)).collect();
    }
    spans.sort_unstable();
    // Sections may overlap in a session of a person's; nothing is heard twice.
    let mut end = 0;
    for (from, to) in &mut spans {
        *from = (*from).max(end);
        *to = (*to).max(*from);
        end = *to;
    }
    spans
}

/// How much is to be heard in every step: a point for each track that sounds, more for the focus.
fn activity(tracks: &[Known], session: &Session, steps: usize) -> Vec<f64> {
    let mut activity = vec![0.0; steps];
    for known in tracks {
        let powers = &known.facts.profile.contour.powers;
        let least = SOUNDS * f64::from(powers.iter().copied().fold(0.0, f32::max));
        let counts = if session.focus.contains(&known.track.id) { FOCUS_COUNTS } else { 1.0 };
        let from = libm::round(known.facts.at_s / STEP_S) as i64;
        for (step, power) in powers.iter().enumerate() {
            let at = usize::try_from(from + step as i64).ok();
            if f64::from(*power) > least
                && let Some(place) = at.and_then(|at| activity.get_mut(at))
            {
                *place += counts;
            }
        }
    }
    activity
}

/// Where the busiest stretch of this length begins; the earliest of several.
fn busiest(activity: &[f64], long: usize) -> Option<usize> {
    if long == 0 || long > activity.len() {
        return None;
    }
    let mut sum: f64 = activity.iter().take(long).sum();
    let mut best = (sum, 0);
    for at in 1..=activity.len() - long {
        sum += activity.get(at + long - 1).copied().unwrap_or(0.0)
            - activity.get(at - 1).copied().unwrap_or(0.0);
        if sum > best.0 + 1e-9 {
            best = (sum, at);
        }
    }
    Some(best.1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_busiest_stretch_is_found_and_the_earliest_of_equals_taken() {
        assert_eq!(busiest(&[0.0, 1.0, 2.0, 2.0, 0.0], 2), Some(2));
        assert_eq!(busiest(&[1.0; 5], 3), Some(0));
        assert_eq!(busiest(&[1.0; 2], 3), None);
    }

    #[test]
    fn without_sections_the_song_is_heard_in_as_many_places_and_sections_are_not_heard_twice() {
        assert_eq!(spans(&[], 60).len(), PLACES);
        let section = |from_s, to_s| Section { id: String::new(), kind: String::new(), from_s, to_s };
        assert_eq!(spans(&[section(0.0, 2.0), section(1.0, 3.0)], 100), [(0, 20), (20, 30)]);
    }
}
