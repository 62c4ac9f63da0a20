//! The bars a song is cut by: those that were heard, from its first moment to its last.

use crate::music::rhythm::Rhythm;

/// The length of what stands for a bar where no pulse was heard, in seconds. Ours: a bar of 4/4 at 120 a minute.
const NO_BAR_S: f64 = 2.0;

/// The shortest rest of a bar, in bars, that stands as one of its own at either end. Ours.
const SHORTEST_REST: f64 = 0.5;

/// The borders of bars in seconds, the first at 0 and the last at the end of the song, and whether they are bars that were
/// heard rather than slices of time.
pub(super) fn borders(rhythm: &Rhythm, length_s: f64) -> (Vec<f64>, bool) {
    let heard: Vec<f64> =
        rhythm.downbeats_s.iter().copied().filter(|at| at.is_finite() && *at < length_s).collect();
    let usual_s = usual_bar_s(&heard);
    let on_bars = heard.len() >= 2 && usual_s > 0.0;
    let (mut borders, bar_s) = if on_bars { (heard, usual_s) } else { (vec![0.0], NO_BAR_S) };
    let first_s = borders.first().copied().unwrap_or(0.0);
    let before = libm::floor(first_s / bar_s + 1.0 - SHORTEST_REST).max(0.0) as usize;
    let mut early: Vec<f64> = (1..=before).rev().map(|n| first_s - n as f64 * bar_s).collect();
    early.append(&mut borders);
    borders = early;
    while let Some(last) = borders.last().copied().filter(|last| last + bar_s < length_s) {
        borders.push(last + bar_s);
    }
    // What is left at either end is a bar of its own, or belongs to its neighbour.
    if let Some(first) = borders.first_mut() {
        *first = 0.0;
    }
    if borders.len() > 1 && borders.last().is_some_and(|last| length_s - last < SHORTEST_REST * bar_s) {
        borders.pop();
    }
    borders.push(length_s);
    borders.dedup_by(|next, before| *next <= *before);
    (borders, on_bars)
}

/// The length that most bars have.
fn usual_bar_s(downbeats_s: &[f64]) -> f64 {
    let mut lengths: Vec<f64> = downbeats_s.windows(2).map(|two| two[1] - two[0]).collect();
    lengths.sort_by(f64::total_cmp);
    lengths.get(lengths.len() / 2).copied().unwrap_or(0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(downbeats_s: &[f64]) -> Rhythm {
        Rhythm { downbeats_s: downbeats_s.to_vec(), ..Rhythm::default() }
    }

    #[test]
    fn bars_reach_from_the_first_moment_to_the_last() {
        let (bars, heard) = borders(&with(&[0.1, 2.1, 4.1]), 6.0);
        assert_eq!((bars, heard), (vec![0.0, 2.1, 4.1, 6.0], true));
        // Two bars were played before the first that was heard, and the sound of the last dies away.
        let (bars, _) = borders(&with(&[4.0, 6.0, 8.0]), 10.4);
        assert_eq!(bars, [0.0, 2.0, 4.0, 6.0, 8.0, 10.4]);
    }

    #[test]
    fn without_a_pulse_there_are_slices_of_time() {
        let (bars, heard) = borders(&Rhythm::default(), 5.5);
        assert_eq!((bars, heard), (vec![0.0, 2.0, 4.0, 5.5], false));
        assert_eq!(borders(&Rhythm::default(), 0.0).0, [0.0]);
    }
}
