//! Which sections are the same music again.

use super::likeness::Likeness;
use super::novelty::Novelty;

/// Sections at least this alike, bar by bar, are the same music. Ours, from generated songs.
const SAME: f64 = 0.6;

/// The part of sound beside notes and rhythm in that: a verse that more instruments play is still the verse. Ours.
const SOUND_PART: f64 = 0.35;

/// The group of every section, numbered in the order in which they first appear. Pairs of groups that are most alike in the
/// mean are joined until none are (average linkage).
pub(super) fn groups(likeness: &Likeness, borders: &[usize]) -> Vec<usize> {
    let spans: Vec<(usize, usize)> = borders.windows(2).map(|two| (two[0], two[1])).collect();
    let mut groups: Vec<Vec<usize>> = (0..spans.len()).map(|section| vec![section]).collect();
    loop {
        let mut most = (SAME, None);
        for one in 0..groups.len() {
            for other in 0..one {
                let pairs = groups[one].iter().flat_map(|a| groups[other].iter().map(move |b| (*a, *b)));
                let (sum, count) = pairs.fold((0.0, 0.0), |(sum, count), (a, b)| {
                    (sum + alike(likeness, spans[a], spans[b]), count + 1.0)
                });
                if sum / count > most.0 {
                    most = (sum / count, Some((one, other)));
                }
            }
        }
        let (_, Some((one, other))) = most else { break };
        let joined = groups.remove(one);
        groups[other].extend(joined);
    }
    groups.iter_mut().for_each(|group| group.sort_unstable());
    groups.sort();
    let of = |section: usize| groups.iter().position(|group| group.contains(&section)).unwrap_or(0);
    (0..spans.len()).map(of).collect()
}

/// What is under this, in bars, is one section where the same music comes twice in a row without a change of sound: people write a
/// double chorus as one. Ours.
const ONE_SECTION: usize = 8;

/// A change of sound under this is none. Ours.
const NO_CHANGE: f64 = 0.05;

/// Joins neighbours of one group between which nothing changes in sound, where the later is short.
pub(super) fn joined(borders: &mut Vec<usize>, groups: &mut Vec<usize>, novelty: &Novelty) {
    let mut at = 1;
    while at + 1 < borders.len() {
        let short = borders[at + 1] - borders[at] <= ONE_SECTION;
        if short && groups[at - 1] == groups[at] && novelty.of_sound(borders[at]) < NO_CHANGE {
            borders.remove(at);
            groups.remove(at);
        } else {
            at += 1;
        }
    }
}

/// How alike two sections are, bar by bar; the shorter is repeated as often as the longer needs it, and a section of more than
/// twice the length is another, to a degree.
pub(super) fn alike(likeness: &Likeness, one: (usize, usize), other: (usize, usize)) -> f64 {
    let length = |(from, to): (usize, usize)| to - from;
    let (short, long) = if length(one) <= length(other) { (one, other) } else { (other, one) };
    let bars = length(short).max(1);
    // What tells no bars apart says nothing about sections either.
    let [sound, notes] = likeness.tells();
    let (sound, notes) = (SOUND_PART * sound, (1.0 - SOUND_PART) * notes);
    let part = if sound + notes > 1e-6 { sound / (sound + notes) } else { SOUND_PART };
    let sum: f64 = (0..length(long))
        .map(|bar| {
            let (a, b) = (short.0 + bar % bars, long.0 + bar);
            part * likeness.in_sound(a, b) + (1.0 - part) * likeness.in_notes(a, b)
        })
        .sum();
    let fits = if length(long).is_multiple_of(bars) { 1.0 } else { 0.9 };
    sum / length(long).max(1) as f64 * fits
}
