//! Rhythm: tempo, beats, bars and swing of a song, heard from its tracks together or from its sum, and how sure all that is.
//!
//! 1. The accents of the tracks become one curve, in which a track counts as much as it is periodic (`accents`).
//! 2. A pulse is followed through its tempogram (`tempogram`) and laid on the accents (`beats`).
//! 3. Every level of the metre is laid over the song with its bars (`level`, `metre`), and what they show says which is the
//!    beat (`facts`).
//! 4. What lies between beats tells the swing (`swing`).

mod accents;
mod beats;
mod curves;
mod facts;
mod given;
mod grid;
mod level;
mod metre;
mod peaks;
mod places;
mod readings;
mod shown;
mod sounding;
mod swing;
mod tempo;
mod tempogram;

use serde::Serialize;

pub use curves::TrackCurves;
pub use facts::{PARTS, Reason as LevelReason};
pub use given::{rhythm_at, written};
pub use level::TempoLevel;
pub use metre::Metre;
pub use peaks::{Onset, onsets};
pub use readings::{Reading, readings, weights};
pub use swing::Swing;

use accents::Accents;
use grid::Grid;
use tempogram::Pulse;

/// Steps of the curves in a second.
const STEPS_PER_S: f64 = super::STEPS_PER_S as f64;

/// The length of a step in seconds.
const STEP_S: f64 = 1.0 / STEPS_PER_S;

/// The clarity of the pulse at which there is as likely none as one, and how fast that turns. Ours, from generated material:
/// noise and strokes at random stay under 0.12, and the least clear of the real songs is at 0.3.
const CLEAR: f64 = 0.18;
const CLEAR_WIDTH: f64 = 0.025;

/// The rhythm of a song.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Rhythm {
    /// The tempo most of the song has, in beats a minute; `None` where no steady pulse was heard. Beats are quarters, dotted
    /// quarters in 6/8; in 7/8 the tempo counts quarters too, though `beats_s` holds eighths.
    pub tempo_bpm: Option<f64>,
    /// How likely the tempo is right, octave and all, from 0 to 1.
    pub tempo_confidence: f64,
    /// From each time in seconds on, the tempo in beats a minute: one entry where it is steady.
    pub tempo: Vec<(f64, f64)>,
    /// How well the song repeats itself along its pulse, whatever the level: 0 not at all, 1 exactly.
    pub pulse_clarity: f64,
    /// What decided which level of the metre is the beat.
    pub level_reason: Option<LevelReason>,
    /// The tempos the song could be counted at, the likeliest first.
    pub levels: Vec<TempoLevel>,
    /// Beats in seconds.
    pub beats_s: Vec<f64>,
    /// First beats of bars in seconds.
    pub downbeats_s: Vec<f64>,
    /// From each time in seconds on, the metre.
    pub metre: Vec<(f64, Metre)>,
    /// How sure the metre is, from 0 to 1: how many beats a bar has, not on which it begins.
    pub metre_confidence: f64,
    /// How sure it is on which beat bars begin, from 0 to 1.
    pub downbeat_confidence: f64,
    /// How the eighths go; `None` where that cannot be told.
    pub swing: Option<Swing>,
}

/// Hears the rhythm of tracks that begin together.
pub fn rhythm(tracks: &[TrackCurves]) -> Rhythm {
    let accents = Accents::of(tracks);
    let Some(pulses) = Pulses::of(&accents) else { return Rhythm::default() };
    let sure = 1.0 / (1.0 + libm::exp(-(pulses.clarity - CLEAR) / CLEAR_WIDTH));
    let unsure = || Rhythm { pulse_clarity: pulses.clarity, tempo_confidence: 0.0, ..Rhythm::default() };
    if sure < 0.5 {
        return unsure();
    }
    let levels = pulses.levels(&accents);
    let likely = level::likelihoods(&levels);
    let Some(first) = likely.first() else { return unsure() };
    let Some(beat) = levels.iter().find(|level| level::is_same(level.bpm, first.bpm)) else {
        return unsure();
    };

    Rhythm {
        tempo_confidence: sure * first.likelihood,
        pulse_clarity: pulses.clarity,
        level_reason: Some(level::reason(&levels, &likely)),
        levels: likely,
        ..counted(&accents, beat, sure)
    }
}

/// Where the levels of the metre are looked for.
struct Pulses {
    /// Along what repeats.
    pulse: Pulse,
    /// Along what repeats after seven, where that is clear.
    eighths: Option<Pulse>,
    /// How well the song repeats itself along the clearer of both.
    clarity: f64,
}

impl Pulses {
    fn of(accents: &Accents) -> Option<Self> {
        let pulse = Pulse::of(&accents.smooth)?;
        let eighths = Pulse::of_sevens(&accents.smooth).filter(|eighths| eighths.clarity > CLEAR);
        let clarity = eighths.as_ref().map_or(0.0, |eighths| eighths.clarity).max(pulse.clarity);
        Some(Self { pulse, eighths, clarity })
    }

    /// Every level of the metre, laid along them, the likeliest first.
    fn levels(&self, accents: &Accents) -> Vec<level::Level> {
        let laid = |pulse: &Pulse| {
            Grid::new(tempo::steadied(&accents.smooth, beats::pulses(&accents.smooth, pulse)))
        };
        level::levels(&laid(&self.pulse), self.eighths.as_ref().map(laid).as_ref(), accents)
    }
}

/// Bars, metre and swing over the beats of a level, where it is so sure that there are any.
fn counted(accents: &Accents, beat: &level::Level, sure: f64) -> Rhythm {
    let (eighths, bars) = (&beat.eighths, &beat.bars);
    let gap_s = beat.beats.median_gap().unwrap_or(0.0) * STEP_S;
    let is_music = |at_s: &f64| accents.sounding.is_on(*at_s, gap_s);
    let (mut beats, mut downbeats_s, mut metre) = (Vec::new(), Vec::new(), Vec::new());
    for bar in bars {
        beats.extend((bar.from..bar.from + bar.places).step_by(bar.beat));
        let Some(from_s) = eighths.at(bar.from as f64).map(seconds).filter(is_music) else { continue };
        downbeats_s.push(from_s);
        if metre.last().is_none_or(|(_, last)| *last != bar.metre) {
            metre.push((from_s, bar.metre));
        }
    }
    let beats = around(beats, bars, eighths.len());
    let beats_s: Vec<f64> =
        beats.iter().filter_map(|&n| eighths.at(n as f64)).map(seconds).filter(is_music).collect();
    let quarters: Vec<f64> = beat.beats.times().iter().map(|&step| seconds(step)).filter(is_music).collect();
    let beat_grid = Grid::new(beats_s.iter().map(|s| s * STEPS_PER_S - 0.5).collect());
    let sure_of = metre::sure(&beat.places, beat.worth, bars, beat.forms);
    Rhythm {
        tempo_bpm: tempo::usual_bpm(&quarters),
        tempo: tempo::tempo_map(&quarters),
        swing: if beat.in_three { None } else { swing::swing(accents, &beat_grid) },
        beats_s,
        downbeats_s,
        metre,
        metre_confidence: sure_of.metre * sure,
        downbeat_confidence: sure_of.begins * sure,
        ..Rhythm::default()
    }
}

/// The beats with those before the first bar and after the last.
fn around(mut beats: Vec<usize>, bars: &[metre::Bar], places: usize) -> Vec<usize> {
    let (Some(first), Some(last)) = (bars.first(), bars.last()) else { return beats };
    let mut early: Vec<usize> = (0..first.from).rev().skip(first.beat - 1).step_by(first.beat).collect();
    early.reverse();
    early.append(&mut beats);
    early.extend((last.from + last.places..places).step_by(last.beat));
    early
}

/// The time of a place in steps: a step is known by its middle.
fn seconds(step: f64) -> f64 {
    ((step + 0.5) * STEP_S).max(0.0)
}

fn mean(values: impl Iterator<Item = f64>) -> f64 {
    let (sum, count) = values.fold((0.0, 0.0), |(sum, count), x| (sum + x, count + 1.0));
    if count > 0.0 { sum / count } else { 0.0 }
}
