//! All readings of a song with what they show, for whoever fits what each fact weighs.

use super::accents::Accents;
use super::facts::WEIGHTS;
use super::{Pulses, TrackCurves, counted};

/// One way to count a song.
#[derive(Clone, Debug, PartialEq)]
pub struct Reading {
    /// Beats a minute.
    pub bpm: f64,
    /// Beats in seconds.
    pub beats_s: Vec<f64>,
    /// What it shows, in the order of [`weights`].
    pub facts: Vec<f64>,
}

/// All ways in which the tempo of a song is looked for, the likeliest first; none where no pulse is.
pub fn readings(tracks: &[TrackCurves]) -> Vec<Reading> {
    let accents = Accents::of(tracks);
    let Some(pulses) = Pulses::of(&accents) else { return Vec::new() };
    let read = |level: &super::level::Level| {
        let heard = counted(&accents, level, 1.0);
        Some(Reading { bpm: heard.tempo_bpm?, beats_s: heard.beats_s, facts: level.facts.values().to_vec() })
    };
    pulses.levels(&accents).iter().filter_map(read).collect()
}

/// What each fact is called, what it weighs at 120 beats a minute, and by how much more for every octave above.
pub fn weights() -> Vec<(&'static str, f64, f64)> {
    WEIGHTS.iter().map(|weight| (weight.name, weight.at_120, weight.per_octave)).collect()
}
