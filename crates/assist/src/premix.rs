//! Whether a file is the sum of the others: shown by fitting their powers, cell by cell and band by band, to it.
//!
//! Tracks of a song are hardly ever in phase with each other for long, so the powers of a sum are about the sum of the powers.
//! One level for each track is found (not below zero, by multiplicative updates of the Kullback–Leibler distance: Lee and
//! Seung 2001), and what remains is told in dB. A rough mix with effects and rides fits worse than a plain sum, and another
//! song, a beat under a voice, or a microphone over the kit does not fit.

use mixkeel_analysis::energy::{BANDS, EnergyMap};
use mixkeel_session::role::Role;

/// Bands of three ERB each.
const WIDE: usize = 3;

/// Cells of a second: short enough to see parts come and go, long enough that phases average out. Ours.
const CELLS: usize = 10;

/// What lies this far below the loudest place of the file is not compared: −40 dB.
const HEARD: f64 = 1e-4;

/// Rounds of updates. Ours: levels move less than 0.1 dB after a hundred.
const ROUNDS: usize = 120;

/// A file that is called a mix is one when the middle deviation of what was fitted is no more than this, in dB: effects and
/// rides are allowed for. Ours.
pub const CALLED_DB: f64 = 2.5;

/// A file that is called nothing has to be nearer. Ours: a plain sum leaves less than 1 dB, since phases do not average out
/// quite; a microphone that hears all others more.
pub const UNCALLED_DB: f64 = 1.2;

/// Fewer of the others than this in it make no premix.
const FEWEST: usize = 2;

/// The share of the others that is in a premix of a song. Ours: guides and late additions are missing, a band is not.
const MOST: f64 = 0.7;

/// A part of the sum holds at least this share of its power.
const PART: f64 = 0.003;

/// How a file is made up of others.
#[derive(Clone, Debug, PartialEq)]
pub struct Fit {
    /// The middle deviation, in dB.
    pub off_db: f64,
    /// Which of the others are in it, by place.
    pub parts: Vec<usize>,
}

impl Fit {
    /// Whether it is shown to be the sum of so many others, given whether its name says so. What is called nothing has to hold
    /// `MOST` of them: a microphone in the room is the sum of the microphones on one kit too.
    pub fn shows(&self, called: bool, others: usize) -> bool {
        let parts = self.parts.len();
        if called {
            return self.off_db <= CALLED_DB && parts >= FEWEST;
        }
        self.off_db <= UNCALLED_DB && parts >= FEWEST && parts as f64 >= MOST * others as f64
    }
}

/// Whether a role may turn out to be the sum of others.
pub fn may_be_a_sum(role: Role) -> bool {
    matches!(role, Role::Mix | Role::BackingTrack | Role::Unknown | Role::Drums | Role::Loop)
}

/// A track with its place on the timeline.
#[derive(Clone, Copy, Debug)]
pub struct Summand<'a> {
    /// Where its sound lies.
    pub map: &'a EnergyMap,
    /// Where its first frame lies, in seconds.
    pub at_s: f64,
}

/// How a track is made up of the others; `None` where there is nothing to compare.
pub fn fit(whole: &Summand, others: &[Summand]) -> Option<Fit> {
    let target = powers(whole.map);
    let parts: Vec<Vec<f64>> = others
        .iter()
        .map(|other| {
            let late = libm::round((other.at_s - whole.at_s) * 10.0 / CELLS as f64) as i64;
            shifted(&powers(other.map), late, target.len())
        })
        .collect();
    let top = target.iter().copied().fold(0.0, f64::max);
    if top <= 0.0 || parts.len() < FEWEST {
        return None;
    }
    let floor = HEARD * top;
    let mut gains = vec![1.0; parts.len()];
    let mut sum = vec![0.0; target.len()];
    let sums: Vec<f64> = parts.iter().map(|part| part.iter().sum()).collect();
    for _ in 0..ROUNDS {
        add_up(&parts, &gains, &mut sum);
        for ((gain, part), whole) in gains.iter_mut().zip(&parts).zip(&sums) {
            let pull: f64 =
                part.iter().zip(&target).zip(&sum).map(|((p, t), s)| p * t / (s + 1e-3 * floor)).sum();
            *gain *= if *whole > 0.0 { pull / whole } else { 0.0 };
        }
    }
    add_up(&parts, &gains, &mut sum);
    // Weighed by loudness as the ear does, by the fourth root of power, so that loud places do not decide alone.
    let mut off: Vec<(f64, f64)> = target
        .iter()
        .zip(&sum)
        .filter(|(target, _)| **target > floor)
        .map(|(target, sum)| {
            ((10.0 * libm::log10(sum.max(1e-3 * floor) / target)).abs(), target.sqrt().sqrt())
        })
        .collect();
    off.sort_by(|a, b| a.0.total_cmp(&b.0));
    let half = off.iter().map(|(_, weight)| weight).sum::<f64>() / 2.0;
    let mut passed = 0.0;
    let middle = off.iter().find(|(_, weight)| {
        passed += weight;
        passed >= half
    });
    let all: f64 = sum.iter().sum();
    let held = |at: &usize| gains[*at] * sums[*at] > PART * all;
    Some(Fit { off_db: middle?.0, parts: (0..parts.len()).filter(held).collect() })
}

fn add_up(parts: &[Vec<f64>], gains: &[f64], sum: &mut [f64]) {
    sum.fill(0.0);
    for (part, gain) in parts.iter().zip(gains) {
        sum.iter_mut().zip(part).for_each(|(sum, power)| *sum += gain * power);
    }
}

/// The powers of both sides, by second and wide band.
fn powers(map: &EnergyMap) -> Vec<f64> {
    let wide = BANDS.div_ceil(WIDE);
    let mut out = vec![0.0; map.cells().div_ceil(CELLS) * wide];
    for cell in 0..map.cells() {
        for band in 0..BANDS {
            let power = map.power(cell, band);
            if let Some(sum) = out.get_mut(cell / CELLS * wide + band / WIDE) {
                *sum += power.left + power.right;
            }
        }
    }
    out
}

/// So many seconds later, cut or filled to a length.
fn shifted(powers: &[f64], late: i64, length: usize) -> Vec<f64> {
    let wide = BANDS.div_ceil(WIDE) as i64;
    let at = |to: usize| usize::try_from(to as i64 - late * wide).ok().and_then(|from| powers.get(from));
    (0..length).map(|to| at(to).copied().unwrap_or(0.0)).collect()
}
