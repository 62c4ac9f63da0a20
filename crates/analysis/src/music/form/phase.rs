//! On which beat bars begin, told by where sections do: what enters and leaves a song does so on the first beat of a bar.

use super::{FormTrack, bars, cuts, features, likeness, novelty};
use crate::music::rhythm::Rhythm;

/// Beats that are compared on either side of a border. Ours: two bars of four.
const REACH: usize = 8;

/// The part of all votes that another beat must have for the bars to be moved. Ours: borders that lie on one beat of four by
/// chance share it in a quarter of cases.
const MAJORITY: f64 = 0.6;

/// How much the rhythm's own first beats count beside all votes, for each part of their confidence. Ours: where it says 0.5, nine in
/// ten are right (example `rhythm_table`), and sound that lingers over a border makes all of a song's borders seem late.
const TRUSTED: f64 = 2.0;

/// Votes of fewer borders say nothing. Ours.
const FEWEST: usize = 3;

/// The song with its bars moved to where its sections begin, where those agree on another beat than the one on which bars were
/// thought to begin, and that was not sure.
pub fn with_bars_at_sections(tracks: &[FormTrack], rhythm: &Rhythm) -> Rhythm {
    let later = beats_later(tracks, rhythm);
    if later == 0 { rhythm.clone() } else { moved(rhythm, later) }
}

/// By how many beats bars should begin later.
fn beats_later(tracks: &[FormTrack], rhythm: &Rhythm) -> usize {
    let [(_, metre)] = rhythm.metre.as_slice() else { return 0 };
    let (beats, in_bar) = (&rhythm.beats_s, metre.beats());
    if in_bar < 2 || beats.len() < 4 * REACH {
        return 0;
    }
    let (bars_s, on_bars) = bars::borders(rhythm, super::length_s(tracks));
    if !on_bars {
        return 0;
    }
    let by_bars = features::Features::of(tracks, &bars_s, 0.0);
    let likeness = likeness::Likeness::of(&by_bars);
    let found = cuts::borders(&novelty::Novelty::of(&likeness), by_bars.bars.len());
    let by_beats = likeness::Likeness::of(&features::Features::of(tracks, beats, 0.0));
    let mut votes = vec![0.0; in_bar];
    let mut voters = 0;
    let inner = found.iter().skip(1).take(found.len().saturating_sub(2));
    for at_s in inner.filter_map(|bar| bars_s.get(*bar)) {
        let near = |at: &usize| beats.get(*at).map_or(f64::INFINITY, |beat| (beat - at_s).abs());
        let Some(here) = (0..beats.len()).min_by(|a, b| near(a).total_cmp(&near(b))) else { continue };
        let change = |at: &usize| novelty::block_change(&by_beats, *at, REACH);
        let around = here.saturating_sub(in_bar - 1)..(here + in_bar).min(by_beats.bars());
        let Some(best) = around.max_by(|a, b| change(a).total_cmp(&change(b))) else { continue };
        votes[(best + in_bar * 2 - here) % in_bar] += change(&best);
        voters += 1;
    }
    let all: f64 = votes.iter().sum();
    let (later, most) = (1..in_bar)
        .map(|beat| (beat, votes.get(beat).copied().unwrap_or(0.0)))
        .fold((0, 0.0), |best, one| if one.1 > best.1 { one } else { best });
    let sure = TRUSTED * rhythm.downbeat_confidence * all;
    let stays = votes.first().copied().unwrap_or(0.0) + sure;
    if voters >= FEWEST && most >= MAJORITY * all && most > stays { later } else { 0 }
}

/// The same beats, counted from others.
fn moved(rhythm: &Rhythm, later: usize) -> Rhythm {
    let mut moved = rhythm.clone();
    let in_bar = rhythm.metre.first().map_or(4, |(_, metre)| metre.beats());
    let near = |at_s: f64| {
        let off = |at: &usize| rhythm.beats_s.get(*at).map_or(f64::INFINITY, |beat| (beat - at_s).abs());
        (0..rhythm.beats_s.len()).min_by(|a, b| off(a).total_cmp(&off(b)))
    };
    let firsts: Vec<usize> = rhythm.downbeats_s.iter().filter_map(|at_s| near(*at_s)).collect();
    let mut places: Vec<usize> = firsts.iter().map(|first| first + later).collect();
    // A bar that begins before the first that was counted.
    if let Some(earlier) = firsts.first().and_then(|first| (first + later).checked_sub(in_bar)) {
        places.insert(0, earlier);
    }
    moved.downbeats_s = places.iter().filter_map(|place| rhythm.beats_s.get(*place)).copied().collect();
    if let (Some((from_s, _)), Some(first)) = (moved.metre.first_mut(), moved.downbeats_s.first()) {
        *from_s = *first;
    }
    moved
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::music::rhythm::Metre;

    #[test]
    fn bars_that_move_keep_their_beats() {
        let beats_s: Vec<f64> = (0..12).map(f64::from).collect();
        let rhythm = Rhythm {
            downbeats_s: vec![2.0, 6.0, 10.0],
            metre: vec![(2.0, Metre { count: 4, unit: 4 })],
            beats_s: beats_s.clone(),
            ..Rhythm::default()
        };
        let later = moved(&rhythm, 1);
        assert_eq!((later.downbeats_s, later.beats_s), (vec![3.0, 7.0, 11.0], beats_s));
        assert_eq!(moved(&rhythm, 3).downbeats_s, [1.0, 5.0, 9.0]);
    }
}
