//! Notes: the spans of a line that stay at one pitch and are struck once.
//!
//! A line is cut where it has no pitch, where it is struck anew, and where a staircase of constant pitches under it has its
//! steps. The staircase is found by dynamic programming over pitches a quarter of a semitone apart, as Mauch and others let a
//! hidden Markov model do it in "Computer-aided melody note transcription using the Tony software" (TENOR 2015).

use serde::{Deserialize, Serialize};

use super::path::Heard;
use super::register::Register;
use super::strokes::Levels;
use super::vibrato::{Vibrato, vibrato};
use super::{PITCHES_PER_S, freq_hz, median};

/// Steps without pitch that do not end a note: 30 ms, ours, a roughness of the voice.
const GAP_STEPS: usize = 3;

/// The shortest note in steps: 60 ms, ours, a semiquaver at 240 beats a minute.
const SHORTEST_STEPS: usize = 6;

/// The least mean clarity of a note. Ours: lower lie summits of noise that chance to follow each other.
const LEAST_CLARITY: f64 = 0.6;

/// Levels of the staircase in a semitone.
const STAIRS: f64 = 4.0;

/// How far a pitch strays about its note, in semitones, and the most that a step may cost: 35 cents, about what singers
/// scatter and half of what they shake, and six times that in squares, so that a scoop does not pull the note. Ours.
const STRAY: f64 = 0.35;
const MOST: f64 = 6.0;

/// What another pitch costs. Ours: to go somewhere and come back, as vibrato does every tenth of a second, costs more than it
/// gains up to 90 cents to either side.
const STEP_COST: f64 = 25.0;

/// How much louder within 20 ms a sound must get to be struck anew, in dB. Ours: the tremolo of a voice rises by 2 in that
/// time, a consonant within a line by 5, a string that is plucked while it sounds by more.
const STRUCK_DB: f64 = 5.0;

/// How much louder it must get for a note that begins there anyway to begin at that place. Ours.
const MARKED_DB: f64 = 3.0;

/// How far from where the pitch says it a note may begin or end, in seconds: the window of the pitch holds so much to
/// either side of a bass.
const REACH_S: f64 = 0.045;

/// How far from both ends of a note its pitch is read, in parts of it: there it comes and goes. Ours.
const EDGE: f64 = 0.15;

/// One note.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Note {
    /// When it begins, in seconds.
    pub from_s: f64,
    /// When it ends.
    pub to_s: f64,
    /// The nearest note of equal temperament at A = 440 Hz: 69 is that A.
    pub midi: u8,
    /// How far above it its pitch lies, in cents from −50 to 50.
    pub cents: f64,
    /// How exactly it repeats itself, from 0 to 1.
    pub confidence: f64,
    /// How loud it is in dBFS.
    pub level_dbfs: f64,
    /// Its vibrato, where there is one.
    pub vibrato: Option<Vibrato>,
}

impl Note {
    /// Its pitch as a number with its fraction.
    pub fn pitch(&self) -> f64 {
        f64::from(self.midi) + self.cents / 100.0
    }
}

/// Time of the beginning of a step.
fn seconds(step: usize) -> f64 {
    step as f64 / f64::from(PITCHES_PER_S)
}

/// A span of steps that is one note.
#[derive(Clone, Copy, Debug)]
struct Span {
    from: usize,
    to: usize,
    /// Where its stroke is, if it has one.
    struck_s: Option<f64>,
}

pub(super) fn notes(register: Register, heard: &[Heard], levels: &Levels) -> Vec<Note> {
    let mut found: Vec<Note> = Vec::new();
    for (from, to) in sounding(heard) {
        for span in struck(heard, levels, from, to) {
            for span in stairs(heard, levels, span) {
                let last_s = found.last().map_or(0.0, |note| note.to_s);
                found.extend(note(register, heard, levels, span, last_s));
            }
        }
    }
    // A note ends where the next begins, at the latest.
    let begins: Vec<f64> = found.iter().skip(1).map(|note| note.from_s).collect();
    for (note, next) in found.iter_mut().zip(begins) {
        note.to_s = note.to_s.min(next);
    }
    found
}

/// The spans of steps that have a pitch, short gaps bridged.
fn sounding(heard: &[Heard]) -> Vec<(usize, usize)> {
    let mut spans: Vec<(usize, usize)> = Vec::new();
    for (step, _) in heard.iter().enumerate().filter(|(_, heard)| heard.midi.is_some()) {
        match spans.last_mut() {
            Some((_, to)) if step - *to <= GAP_STEPS => *to = step + 1,
            _ => spans.push((step, step + 1)),
        }
    }
    spans
}

fn period_s(heard: &[Heard], step: usize) -> f64 {
    let near = &heard[step.saturating_sub(2)..(step + 3).min(heard.len())];
    let lowest = near.iter().filter_map(|heard| heard.midi).fold(f64::INFINITY, f64::min);
    if lowest.is_finite() { 1.0 / freq_hz(lowest) } else { 0.0 }
}

/// A span cut where the sound is struck anew within it.
fn struck(heard: &[Heard], levels: &Levels, from: usize, to: usize) -> Vec<Span> {
    let mut places: Vec<(f64, f64)> = Vec::new();
    for step in from + SHORTEST_STEPS..to.saturating_sub(SHORTEST_STEPS).max(from) {
        let (at_s, rise) = levels.steepest_rise(seconds(step), seconds(step) + 0.005, period_s(heard, step));
        if rise < STRUCK_DB {
            continue;
        }
        // Of places closer than the shortest note, the strongest.
        match places.last_mut() {
            Some(last) if at_s - last.0 < seconds(SHORTEST_STEPS) => {
                if rise > last.1 {
                    *last = (at_s, rise);
                }
            }
            _ => places.push((at_s, rise)),
        }
    }
    let mut spans = vec![Span { from, to, struck_s: None }];
    for (at_s, _) in places {
        let step = libm::round(at_s * f64::from(PITCHES_PER_S)) as usize;
        if let Some(last) = spans.last_mut().filter(|last| step > last.from && step < last.to) {
            last.to = step;
            spans.push(Span { from: step, to, struck_s: Some(at_s) });
        }
    }
    spans
}

/// A span cut at the steps of the staircase under it.
fn stairs(heard: &[Heard], levels: &Levels, span: Span) -> Vec<Span> {
    let pitches: Vec<Option<f64>> = heard[span.from..span.to].iter().map(|heard| heard.midi).collect();
    let (low, high) = pitches
        .iter()
        .flatten()
        .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), x| (low.min(*x), high.max(*x)));
    if high - low < 0.5 {
        return vec![span];
    }
    let count = libm::ceil((high - low) * STAIRS) as usize + 1;
    let cost = |pitch: Option<f64>, stair: usize| {
        pitch.map_or(0.0, |pitch| {
            let off = (pitch - low - stair as f64 / STAIRS) / STRAY;
            (off * off).min(MOST)
        })
    };
    let mut costs = vec![0.0; count];
    let mut came: Vec<u16> = Vec::with_capacity(pitches.len() * count);
    for pitch in &pitches {
        let best = (0..count).fold(0, |a, b| if costs[b] < costs[a] { b } else { a });
        let jump = costs[best] + STEP_COST;
        for (stair, sum) in costs.iter_mut().enumerate() {
            let (before, from) = if *sum <= jump { (*sum, stair) } else { (jump, best) };
            *sum = before + cost(*pitch, stair);
            came.push(from as u16);
        }
    }
    let mut stair = (0..count).fold(0, |a, b| if costs[b] < costs[a] { b } else { a });
    let mut cuts = Vec::new();
    for step in (1..pitches.len()).rev() {
        let before = usize::from(came[step * count + stair]);
        if before != stair {
            cuts.push(span.from + step);
        }
        stair = before;
    }
    cuts.reverse();
    let mut spans = vec![span];
    for cut in cuts {
        let period = period_s(heard, cut);
        let (at_s, rise) = levels.steepest_rise(seconds(cut) - REACH_S, seconds(cut) + REACH_S, period);
        if let Some(last) = spans.last_mut() {
            last.to = cut;
            spans.push(Span { from: cut, to: span.to, struck_s: (rise >= MARKED_DB).then_some(at_s) });
        }
    }
    spans
}

/// The note of a span, if it is long and clear enough for one.
fn note(register: Register, heard: &[Heard], levels: &Levels, span: Span, last_s: f64) -> Option<Note> {
    let steps = heard.get(span.from..span.to)?;
    let edge = (steps.len() as f64 * EDGE) as usize;
    let inner = &steps[edge..steps.len() - edge];
    let pitched: Vec<&Heard> = inner.iter().filter(|heard| heard.midi.is_some()).collect();
    let confidence = pitched.iter().map(|heard| heard.clarity).sum::<f64>() / pitched.len().max(1) as f64;
    if steps.len() < SHORTEST_STEPS || confidence < LEAST_CLARITY {
        return None;
    }
    let pitch = median(pitched.iter().filter_map(|heard| Some((heard.midi?, heard.clarity))).collect())?;
    let midi = libm::round(pitch).clamp(0.0, 127.0);
    let period = 1.0 / freq_hz(pitch);
    let (first_s, end_s) = (seconds(span.from), seconds(span.to));
    let from_s = span.struck_s.unwrap_or_else(|| {
        let (at_s, rise) = levels.steepest_rise(first_s - REACH_S, first_s + REACH_S, period);
        if rise >= STRUCK_DB { at_s } else { first_s }
    });
    let (fall_s, fall) = levels.steepest_fall(end_s - REACH_S, end_s + 0.01, period);
    let to_s = if fall >= STRUCK_DB { fall_s } else { end_s };
    let from_s = from_s.max(last_s.min(first_s));
    let to_s = to_s.max(from_s + seconds(1));
    Some(Note {
        from_s,
        to_s,
        midi: midi as u8,
        cents: 100.0 * (pitch - midi),
        confidence: confidence.clamp(0.0, 1.0),
        level_dbfs: levels.mean_dbfs(from_s, to_s),
        vibrato: vibrato(register, inner),
    })
}
