//! The spans in which a chord may stand: from beat to beat, or half-beat where beats are slow.

use crate::music::rhythm::Rhythm;

/// Beats longer than this are cut in two, in seconds: below 75 beats a minute chords often change between beats. Ours.
const LONGEST_S: f64 = 0.8;

/// The length of spans where there are no beats, in seconds: a beat at 120 a minute.
const WITHOUT_BEATS_S: f64 = 0.5;

/// How readily chords change where a span begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// The first beat of a bar.
    Bar,
    /// Its middle.
    HalfBar,
    /// Another beat, or any where bars are not known.
    Beat,
    /// Between beats.
    Between,
}

/// A stretch of the song.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Span {
    pub from_s: f64,
    pub to_s: f64,
    pub place: Place,
}

/// Spans without gaps from the beginning to the end of the song.
pub(crate) fn spans(rhythm: &Rhythm, length_s: f64) -> Vec<Span> {
    let mut spans = Vec::new();
    let mut add = |from_s: f64, to_s: f64, place: Place| {
        if to_s > from_s {
            spans.push(Span { from_s, to_s, place });
        }
    };
    let inside = |at: &&f64| at.is_finite() && **at >= 0.0 && **at < length_s;
    let beats: Vec<f64> = rhythm.beats_s.iter().filter(inside).copied().collect();
    let (Some(first), Some(last)) = (beats.first(), beats.last()) else {
        evenly(0.0, length_s, WITHOUT_BEATS_S, |from, to| add(from, to, Place::Beat));
        return spans;
    };
    let mut gaps: Vec<f64> = beats.windows(2).map(|two| two[1] - two[0]).collect();
    gaps.sort_by(f64::total_cmp);
    let gap = gaps.get(gaps.len() / 2).copied().unwrap_or(WITHOUT_BEATS_S).max(0.1);
    evenly(0.0, *first, gap, |from, to| add(from, to, Place::Beat));
    let mut since_bar = None;
    for two in beats.windows(2) {
        let (from, to) = (two[0], two[1]);
        let is_bar = rhythm.downbeats_s.iter().any(|at| (at - from).abs() < 0.25 * (to - from));
        since_bar = if is_bar { Some(0) } else { since_bar.map(|n: usize| n + 1) };
        let beats_in_bar = rhythm
            .metre
            .iter()
            .rev()
            .find(|(at, _)| *at <= from + 0.05)
            .map_or(4, |(_, metre)| metre.beats());
        let place = match since_bar {
            Some(0) => Place::Bar,
            Some(n) if 2 * n == beats_in_bar => Place::HalfBar,
            _ => Place::Beat,
        };
        if to - from > LONGEST_S {
            let middle = 0.5 * (from + to);
            add(from, middle, place);
            add(middle, to, Place::Between);
        } else {
            add(from, to, place);
        }
    }
    evenly(*last, length_s, gap, |from, to| add(from, to, Place::Beat));
    spans
}

/// Cuts a stretch into parts of about this length.
fn evenly(from_s: f64, to_s: f64, part_s: f64, mut each: impl FnMut(f64, f64)) {
    let parts = libm::round((to_s - from_s) / part_s).max(1.0);
    for n in 0..parts as usize {
        let at = |n: usize| from_s + (to_s - from_s) * n as f64 / parts;
        each(at(n), at(n + 1));
    }
}
