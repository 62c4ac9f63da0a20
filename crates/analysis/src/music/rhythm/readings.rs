//! All readings of a song with what they show, for whoever fits what each fact weighs.

use super::accents::Accents;
use super::facts::{PARTS, WEIGHTS};
use super::{Pulses, TrackCurves, counted};

/// One way to count a song.
#[derive(Clone, Debug, PartialEq)]
pub struct Reading {
    /// Beats a minute.
    pub bpm: f64,
    /// Whether beats divide into three.
    pub in_three: bool,
    /// Beats in seconds.
    pub beats_s: Vec<f64>,
    /// What it shows, in the order of [`weights`].
    pub facts: Vec<f64>,
    /// How much it takes of each part of a weight.
    pub parts: [f64; PARTS],
}

/// All ways in which the tempo of a song is looked for, the likeliest first; none where no pulse is.
pub fn readings(tracks: &[TrackCurves]) -> Vec<Reading> {
    let accents = Accents::of(tracks);
    let Some(pulses) = Pulses::of(&accents) else { return Vec::new() };
    let read = |level: &super::level::Level| {
        let heard = counted(&accents, level, 1.0);
        Some(Reading {
            bpm: heard.tempo_bpm?,
            in_three: level.in_three,
            beats_s: heard.beats_s,
            facts: level.facts.values().to_vec(),
            parts: level.facts.parts(),
        })
    };
    pulses.levels(&accents).iter().filter_map(read).collect()
}

/// What each fact is called and what it weighs: at 120 beats a minute in bars of four, by how much more for every octave above, in bars of
/// three, where beats divide into three, and in bars of five or seven.
pub fn weights() -> Vec<(&'static str, [f64; PARTS])> {
    WEIGHTS.iter().map(|weight| (weight.name, weight.parts)).collect()
}
