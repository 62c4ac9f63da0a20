//! Which of the borders that could be are taken: the chain of sections that is best as a whole.
//!
//! By dynamic programming with a preference for usual lengths (Sargent, Bimbot and Vincent, "A regularity-constrained Viterbi
//! algorithm and its application to the structural segmentation of songs", ISMIR 2011).

use super::novelty::Novelty;

/// The longest section, in bars. Ours: longer ones are cut where the least is against it.
const LONGEST: usize = 64;

/// What a border must bring to be worth it. Ours.
const PRICE: f64 = 0.2;

/// What less than four bars cost more within a song: they are more often a part of something, as where instruments of an introduction
/// enter one after the other. Ours, from generated songs (example `hearing_table`).
const SHORT_WITHIN: f64 = 0.3;

/// What a length costs: eight bars nothing, then four and sixteen, then other multiples of four, then of two. Ours, after the
/// lengths that most popular songs are made of.
fn cost(bars: usize, at_an_end: bool) -> f64 {
    let cost = match bars {
        8 => 0.0,
        4 | 16 => 0.04,
        12 => 0.08,
        2 => 0.2,
        1 => 0.5,
        3 => 0.35,
        bars if bars.is_multiple_of(8) => 0.08,
        bars if bars.is_multiple_of(4) => 0.1,
        bars if bars.is_multiple_of(2) => 0.16,
        _ => 0.25,
    };
    match bars {
        // Songs begin and end as they please.
        _ if at_an_end => cost * 0.5,
        1..=3 => cost + SHORT_WITHIN,
        _ => cost,
    }
}

/// The first bars of sections, and the bar after the last.
pub(super) fn borders(novelty: &Novelty, bars: usize) -> Vec<usize> {
    let mut best: Vec<(f64, usize)> = vec![(0.0, 0)];
    for to in 1..=bars {
        let gain = if to == bars { 0.0 } else { novelty.at(to) - PRICE };
        let choice = (to.saturating_sub(LONGEST)..to)
            .filter_map(|from| {
                let (before, _) = best.get(from)?;
                Some((before + gain - cost(to - from, from == 0 || to == bars), from))
            })
            .fold((f64::NEG_INFINITY, 0), |most, one| if one.0 > most.0 { one } else { most });
        best.push(choice);
    }
    let mut borders = vec![bars];
    let mut at = bars;
    while at > 0 {
        at = best.get(at).map_or(0, |(_, from)| *from);
        borders.push(at);
    }
    borders.reverse();
    borders.dedup();
    borders
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Borders of a song of 20 bars with so much new at some of them.
    fn of(new: &[(usize, f64)]) -> Vec<usize> {
        let mut bars = vec![0.0; 20];
        new.iter().for_each(|&(bar, novelty)| bars[bar] = novelty);
        borders(&Novelty::of_bars(bars), 20)
    }

    #[test]
    fn who_enters_in_the_middle_of_an_introduction_does_not_end_it() {
        // As they were measured where drums enter after two bars of four.
        assert_eq!(of(&[(2, 0.68), (3, 0.3), (4, 0.67), (5, 0.27), (12, 0.63)]), [0, 4, 12, 20]);
    }

    #[test]
    fn two_bars_may_be_an_introduction_and_an_ending() {
        assert_eq!(of(&[(2, 0.68), (10, 0.6), (18, 0.6)]), [0, 2, 10, 18, 20]);
    }
}
