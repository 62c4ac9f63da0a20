//! The tempo along beats: one number where they are steady, a map where they are not.

use super::accents::Accents;
use super::mean;
use super::peaks::summit;

/// How far beats may be from a straight line that stands for them. Ours: 30 ms, under half the tolerance by which beats are
/// judged, and over what a curve of 10 ms steps and a human hand scatter.
const OFF_S: f64 = 0.03;

/// How much of the accents on beats must be on those of a steady tempo for it to be taken. Ours: a tempo that drifts by 5 %
/// keeps 0.5, a steady song in whose breaks beats went after accents of other places keeps 0.8.
const KEPT: f64 = 0.72;

/// A song slows down at its end where more than so many beats leave the steady tempo, the second half of their gaps longer than the
/// first by this part of one, and where the steady tempo meets less than this part of the accents that they meet. Ours, from endings that
/// lose a quarter of their tempo within eight seconds.
const SLOWING_BEATS: usize = 4;
const SLOWER: f64 = 0.03;
const LOST: f64 = 0.65;

/// How far a beat that slows down is usually off the gap before it, in parts of that. Ours.
const SPREAD: f64 = 0.05;

/// Beats at the end that are accented by less than this part of the mean are after the last stroke. Ours.
const FAINT: f64 = 0.15;

/// How far a steady tempo is looked for on both sides of the usual gap, in parts of it. Ours: beats are seldom off by more over
/// eight.
const AROUND: f64 = 0.015;

/// How near a beat must be to a steady tempo to be one of it, in steps: 30 ms, inside which two strokes are heard as one.
const NEAR_STEPS: f64 = 3.0;

/// The beats of a steady tempo where they meet nearly as strong accents as the beats given, else those. Both in steps.
pub(crate) fn steadied(curve: &[f64], times: Vec<f64>) -> Vec<f64> {
    let (Some(&first), Some(&last), Some(usual)) = (times.first(), times.last(), usual_gap(&times)) else {
        return times;
    };
    let count = times.len() as f64;
    if times.len() < 8 {
        return times;
    }
    // From one gap tried to the next, the last beat moves by a twentieth of a gap.
    let tries = (AROUND * count * 20.0) as i64 + 1;
    let mut best = (0.0, usual, 0.0);
    for n in -tries..=tries {
        let gap = usual * (1.0 + n as f64 / (20.0 * count));
        let (strength, phase) = folded(curve, gap);
        if strength > best.0 {
            best = (strength, gap, phase);
        }
    }
    let (_, gap, phase) = best;
    let (gap, phase) = fitted(&times, gap, phase);
    let from = phase + gap * libm::floor((first - phase) / gap + 0.5);
    let steady: Vec<f64> =
        (0..).map(|n| from + gap * f64::from(n)).take_while(|t| *t <= last + 0.5 * gap).collect();
    let met = |times: &[f64]| mean(times.iter().map(|&t| Accents::near(curve, t)));
    if met(&steady) < KEPT * met(&times) {
        return times;
    }
    match slowing(curve, &steady, &times, gap) {
        Some(end) => {
            let until = end.first().map_or(last, |first| first - 0.5 * gap);
            steady.into_iter().take_while(|t| *t < until).chain(end).collect()
        }
        None => steady,
    }
}

/// The beats from the last that is on a steady tempo on, where the song slows down from there to its end. What beats in a break went
/// after does not slow down from beat to beat, so that a song that only grows quiet keeps its tempo.
fn slowing(curve: &[f64], steady: &[f64], times: &[f64], gap: f64) -> Option<Vec<f64>> {
    let met = |times: &[f64]| mean(times.iter().map(|&t| Accents::near(curve, t)));
    let on = |t: &f64| steady.iter().any(|s| (s - t).abs() <= NEAR_STEPS);
    // Later beats may fall on others of the steady tempo by chance, but not most of a bar.
    let from = (3..times.len()).rev().find(|&n| times[n - 3..=n].iter().filter(|t| on(t)).count() >= 3)?;
    let faint = FAINT * met(times);
    let followed = followed(curve, *times.get(from)?, gap, faint);
    // The last beat that is struck.
    let to = followed.iter().rposition(|&t| Accents::near(curve, t) > faint)?;
    let end = followed.get(..=to).filter(|end| end.len() > SLOWING_BEATS)?;
    let gaps: Vec<f64> = end.windows(2).map(|two| two[1] - two[0]).collect();
    let (early, late) = gaps.split_at(gaps.len() / 2);
    let slower = mean(late.iter().copied()) - mean(early.iter().copied());
    let (first, last) = (end.first()? + 0.5 * gap, end.last()? + 0.5 * gap);
    let left: Vec<f64> = steady.iter().copied().filter(|t| (first..last).contains(t)).collect();
    let slows = slower > SLOWER * gap && met(&left) < LOST * met(&end[1..]);
    slows.then_some(followed)
}

/// Beats from one on, each where an accent is nearest to the gap before it, to the end of the song.
fn followed(curve: &[f64], from: f64, gap: f64, faint: f64) -> Vec<f64> {
    let (mut at, mut now, mut beats) = (from, gap, vec![from]);
    while at + now < curve.len() as f64 {
        let likely = |step: usize| {
            let off = (step as f64 - at - now) / (SPREAD * now);
            curve.get(step).copied().unwrap_or(0.0) * libm::exp(-0.5 * off * off)
        };
        let range = (at + (1.0 - 3.0 * SPREAD) * now) as usize..=(at + (1.0 + 3.0 * SPREAD) * now) as usize;
        let best = range
            .fold((0.0, 0), |best, step| if likely(step) > best.0 { (likely(step), step) } else { best });
        let next = if best.0 > faint { summit(curve, best.1) } else { at + now };
        now = 0.5 * (now + next - at);
        at = next;
        beats.push(at);
    }
    beats
}

/// A steady tempo put through the beats that are near it, by least squares.
fn fitted(times: &[f64], gap: f64, phase: f64) -> (f64, f64) {
    let place = |t: f64| libm::floor((t - phase) / gap + 0.5);
    let near: Vec<(f64, f64)> = times
        .iter()
        .map(|&t| (place(t), t))
        .filter(|(n, t)| (phase + gap * n - t).abs() <= NEAR_STEPS)
        .collect();
    let (x, y) = (mean(near.iter().map(|two| two.0)), mean(near.iter().map(|two| two.1)));
    let cross = mean(near.iter().map(|two| (two.0 - x) * (two.1 - y)));
    let square = mean(near.iter().map(|two| (two.0 - x) * (two.0 - x)));
    if near.len() < 4 || cross <= 0.0 || square <= 0.0 {
        return (gap, phase);
    }
    (cross / square, y - cross / square * x)
}

/// A curve laid over itself every gap: how strong its strongest place is, and where that lies.
fn folded(curve: &[f64], gap: f64) -> (f64, f64) {
    let mut places = vec![0.0; gap.max(1.0) as usize + 1];
    let scale = places.len() as f64 / gap;
    let mut at = 0.0;
    for x in curve {
        if let Some(place) = places.get_mut((at * scale) as usize) {
            *place += x;
        }
        at += 1.0;
        if at >= gap {
            at -= gap;
        }
    }
    let top = (0..places.len()).fold(0, |a, b| if places[b] > places[a] { b } else { a });
    // The middle of what lies around the strongest place, which turns over at its ends.
    let near = [-2.0, -1.0, 0.0, 1.0, 2.0].map(|off: f64| {
        let place = (top as f64 + off).rem_euclid(places.len() as f64) as usize;
        (off, places.get(place).copied().unwrap_or(0.0))
    });
    let sum: f64 = near.iter().map(|(_, x)| x).sum();
    let off = if sum > 0.0 { near.iter().map(|(off, x)| off * x).sum::<f64>() / sum } else { 0.0 };
    (sum, (top as f64 + 0.5 + off) / scale)
}

/// The tempo map of beats in seconds: from each time on, how many a minute. A new entry stands where a straight line no
/// longer comes within 30 ms of every beat.
pub(crate) fn tempo_map(beats_s: &[f64]) -> Vec<(f64, f64)> {
    let mut map = Vec::new();
    let mut from = 0;
    while from + 1 < beats_s.len() {
        let mut to = from + 1;
        while to + 1 < beats_s.len() && is_straight(&beats_s[from..=to + 1]) {
            to += 1;
        }
        let gap = (beats_s[to] - beats_s[from]) / (to - from) as f64;
        map.push((beats_s[from], 60.0 / gap));
        from = to;
    }
    map
}

/// Whether the line from the first to the last comes near all between.
fn is_straight(beats_s: &[f64]) -> bool {
    let (Some(first), Some(last)) = (beats_s.first(), beats_s.last()) else { return true };
    let gap = (last - first) / (beats_s.len() - 1).max(1) as f64;
    beats_s.iter().enumerate().all(|(n, t)| (first + gap * n as f64 - t).abs() <= OFF_S)
}

/// The tempo most beats have.
pub(crate) fn usual_bpm(beats_s: &[f64]) -> Option<f64> {
    usual_gap(beats_s).map(|gap| 60.0 / gap)
}

/// The median time from beat to beat over spans of eight.
fn usual_gap(beats: &[f64]) -> Option<f64> {
    let span = (beats.len().checked_sub(1)?).min(8);
    let mut gaps: Vec<f64> =
        beats.windows(span + 1).map(|some| (some[span] - some[0]) / span.max(1) as f64).collect();
    gaps.sort_by(f64::total_cmp);
    gaps.get(gaps.len() / 2).copied().filter(|gap| *gap > 0.0)
}
