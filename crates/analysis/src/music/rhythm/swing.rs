//! Swing: how late the second of two eighths comes.

use serde::Serialize;

use super::accents::Accents;
use super::grid::Grid;

/// Parts a beat is divided into to look for the second eighth: 12.5 ms at 100 beats a minute, about a step.
const PARTS: usize = 48;

/// Where the second eighth may lie in the beat. From a little early to dotted; jazz drummers stay under 3.5 : 1, 0.78
/// (Friberg and Sundström, "Swing ratios and ensemble timing in jazz performance", Music Perception 19, 2002, figure 4).
const EARLIEST: f64 = 0.44;
const LATEST: f64 = 0.79;

/// How the eighths of a song go.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Swing {
    /// The length of the first of two eighths over that of the second: 1 is straight, 2 a triplet.
    pub ratio: f64,
    /// How strong the second eighths are beside the beats, from 0 to 1: how much there was to hear it from.
    pub strength: f64,
}

/// Where the second eighths lie. `None` where too little sounds between the beats, or where sixteenths or triplets fill them,
/// so that no pair of eighths can be told.
pub(crate) fn swing(accents: &Accents, beats: &Grid) -> Option<Swing> {
    let mut parts = [(0.0_f64, 0.0_f64); PARTS];
    for two in beats.times().windows(2) {
        let (from, to) = (two[0], two[1]);
        for step in (from.max(0.0) as usize)..(to.max(0.0) as usize).min(accents.smooth.len()) {
            let place = (step as f64 - from) / (to - from);
            let part = libm::round(place * PARTS as f64).max(0.0) as usize % PARTS;
            parts[part].0 += accents.smooth[step];
            parts[part].1 += 1.0;
        }
    }
    // A beat is not a whole number of steps, so parts get different numbers of them: the mean is taken, over neighbours too.
    let even: Vec<f64> = (0..PARTS)
        .map(|n| {
            let near = [parts[(n + PARTS - 1) % PARTS], parts[n], parts[(n + 1) % PARTS]];
            let (sum, count) =
                near.iter().fold((0.0, 0.0), |(sum, count), part| (sum + part.0, count + part.1));
            if count > 0.0 { sum / count } else { 0.0 }
        })
        .collect();
    let height = |place: f64| -> f64 {
        let middle = libm::round(place * PARTS as f64) as usize;
        (middle.saturating_sub(1)..=middle + 1).map(|n| even[n % PARTS]).fold(0.0, f64::max)
    };
    let floor = even.iter().copied().fold(f64::INFINITY, f64::min);
    let beat = height(0.0) - floor;
    let range = (EARLIEST * PARTS as f64) as usize..=(LATEST * PARTS as f64) as usize;
    let top = range.fold(0, |best, n| if best == 0 || even[n] > even[best] { n } else { best });
    let second = even[top] - floor;
    // The quarter or third before it must be nearly silent.
    let filled = height(0.25).max(height(0.333)) - floor;
    if beat <= 0.0 || second < 0.12 * beat || filled > 0.5 * second {
        return None;
    }
    // The middle of what lies around the summit.
    let near = top - 3..=top + 3;
    let (sum, moment) = near.fold((0.0, 0.0), |(sum, moment), n| {
        let x = (even[n] - floor).max(0.0);
        (sum + x, moment + x * n as f64)
    });
    let place = (moment / sum / PARTS as f64).clamp(0.3, 0.85);
    Some(Swing { ratio: place / (1.0 - place), strength: (second / beat).min(1.0) })
}
