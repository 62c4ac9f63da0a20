//! The accents on every place of a grid, and how far some of them could be a bar.

use super::accents::Accents;
use super::grid::Grid;
use super::mean;
use super::metre::{Form, SEVEN_FOUR};
use crate::dynamics::median;

/// The accents on every place.
#[derive(Clone, Debug)]
pub(crate) struct Places {
    /// Low, middle and high accents, with their means and half of what beats have in common taken off, in deviations.
    pub rows: Vec<[f64; 3]>,
    /// How much each place is like the beginning of a bar, in deviations.
    first: Vec<f64>,
    /// Over all bands.
    pub total: Vec<f64>,
    /// How much the harmony changes at each place, from 0 to 1 over two spans.
    pub harmony: Vec<f64>,
    /// The mean square of a row.
    power: f64,
}

/// The least spread of a band, in parts of that of all bands together, that is taken for what it is: less is scaled as if it were
/// so much, or the ripple of a band in which nothing sounds would say as much as a kick. Ours.
const LEAST_SPREAD: f64 = 0.15;

/// How far strokes that are all alike differ as they fall on steps of 10 ms, in parts of their height: less says nothing. Ours.
const RIPPLE: f64 = 0.1;

/// The same of the change of harmony, which lies between 0 and 1. Ours: chords that last change by 0.02 from strokes over them.
pub(crate) const LEAST_CHANGE: f64 = 0.04;

/// How much the harmony changes from place to place, in the median and over two spans, where there surely is one, and where there is none:
/// what changes everywhere are strokes that differ in pitch. Ours: songs stay under 0.25, generated bands under 0.7, and clicks are over 1.
const SOME_HARMONY: f64 = 0.7;
const NO_HARMONY: f64 = 1.0;

/// Above which part of the spread of all bands the low one is kick and bass; at twice it is so for sure. Ours.
const LOW_LEAST: f64 = 0.1;

/// How much of what all beats have in common, and all places between them, is taken off before bars are compared. Ours: all of it makes
/// bars of strokes that are nearly alike, whatever their length, and none of it makes every length alike where beats are.
const COMMON: f64 = 0.5;

/// The least that is left then, in parts of what was there: strokes that differ by chance say nothing. Ours.
const LEAST_LEFT: f64 = 0.05;

/// The standard deviation.
fn spread(values: &[f64]) -> f64 {
    let middle = mean(values.iter().copied());
    mean(values.iter().map(|x| (x - middle) * (x - middle))).sqrt()
}

fn deviations(values: Vec<f64>, least: f64) -> Vec<f64> {
    let middle = mean(values.iter().copied());
    let deviation = spread(&values).max(least);
    values.into_iter().map(|x| if deviation > 0.0 { (x - middle) / deviation } else { 0.0 }).collect()
}

/// How alike two places are, times what both have.
fn like(a: &[f64; 3], b: &[f64; 3]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

/// The mean square of rows.
fn power(rows: &[[f64; 3]]) -> f64 {
    mean(rows.iter().map(|row| row.iter().map(|x| x * x).sum::<f64>()))
}

impl Places {
    /// What sounds on every eighth, or third of a beat: beats are so many places apart.
    pub fn of(accents: &Accents, eighths: &Grid, divisions: usize) -> Self {
        let reach_steps = eighths.median_gap().unwrap_or(25.0) * 4.0;
        let on = |curve: &[f64]| -> Vec<f64> {
            eighths.times().iter().map(|&step| Accents::stroke(curve, step)).collect()
        };
        let total = on(&accents.total);
        let even = on(&accents.even);
        let ripple = RIPPLE * mean(even.iter().copied());
        let even = spread(&even);
        let least = (LEAST_SPREAD * even).max(ripple);
        let low = on(&accents.low);
        // Where there are kick and bass, what is struck in the middle without them is a snare, which does not begin bars. Where
        // nothing is low, as in clicks, the strongest place does.
        let low_part = spread(&low) / even.max(f64::MIN_POSITIVE);
        let turns = ((low_part - LOW_LEAST) / LOW_LEAST).clamp(0.0, 1.0);
        let low = deviations(low, least);
        let [middle, high] = [&accents.middle, &accents.high].map(|curve| deviations(on(curve), least));
        let change = |step: f64| {
            accents.harmonic_change(step, reach_steps) + accents.harmonic_change(step, 2.0 * reach_steps)
        };
        let harmony: Vec<f64> = eighths.times().iter().map(|&step| change(step)).collect();
        let held = ((NO_HARMONY - median(&mut harmony.clone()).unwrap_or(0.0)) / (NO_HARMONY - SOME_HARMONY))
            .clamp(0.0, 1.0);
        let changes: Vec<f64> =
            deviations(harmony.clone(), LEAST_CHANGE).into_iter().map(|change| held * change).collect();
        let all = deviations(total.clone(), ripple);
        let mut rows: Vec<[f64; 3]> =
            low.iter().zip(&middle).zip(&high).map(|((low, middle), high)| [*low, *middle, *high]).collect();
        let first = (0..rows.len())
            .map(|n| {
                let strong = (1.0 - 0.5 * turns) * all[n] - 0.5 * turns * middle[n];
                (low[n] + changes[n] + strong).clamp(-3.0, 3.0)
            })
            .collect();
        let before = power(&rows);
        for n in 0..divisions {
            for band in 0..3 {
                let same = rows.iter().skip(n).step_by(divisions).map(|row| row[band]);
                let common = COMMON * mean(same);
                rows.iter_mut().skip(n).step_by(divisions).for_each(|row| row[band] -= common);
            }
        }
        let power = power(&rows).max(LEAST_LEFT * before).max(1e-9);
        Self { rows, first, total, harmony, power }
    }

    /// How alike the places of a bar are to those a bar earlier or later, whichever is more: 1 the same, 0 unrelated.
    pub fn repeats(&self, from: usize, places: usize) -> f64 {
        let over = |other: Option<usize>| {
            let (here, there) =
                (self.rows.get(from..from + places)?, self.rows.get(other?..other? + places)?);
            let alike: f64 = here.iter().zip(there).map(|(here, there)| like(here, there)).sum();
            Some(alike / (self.power * places as f64))
        };
        let (before, after) = (over(from.checked_sub(places)), over(Some(from + places)));
        before.into_iter().chain(after).reduce(f64::max).unwrap_or(0.0).clamp(-1.0, 1.5)
    }

    /// How alike all places are to those so many later: 1 the same, 0 unrelated.
    pub fn repeats_after(&self, places: usize) -> f64 {
        let later = self.rows.get(places..).unwrap_or_default();
        mean(self.rows.iter().zip(later).map(|(here, there)| like(here, there))) / self.power
    }

    /// How much the first place of a bar stands out of its other beats, and its beats out of what is between them.
    pub fn marks(&self, from: usize, form: &Form) -> (f64, f64) {
        let bar = from..from + form.places;
        let others = bar.clone().skip(form.beat).step_by(form.beat);
        let others = mean(others.filter_map(|n| self.first.get(n).copied()));
        let first = (self.first.get(from).copied().unwrap_or(0.0) - others) / 3.0;
        if form.beat == 1 {
            return (first, 0.0);
        }
        let on = mean(bar.clone().step_by(form.beat).filter_map(|n| self.total.get(n).copied()));
        let off = (from..from + form.places).filter(|n| !(n - from).is_multiple_of(form.beat));
        let off = mean(off.filter_map(|n| self.total.get(n).copied()));
        (first, if on + off > 0.0 { (on - off) / (on + off) } else { 0.0 })
    }

    /// How alike the halves of a bar of seven quarters are, half of it: if they are, it is two bars of seven eighths.
    pub fn halves(&self, from: usize, form: &Form) -> f64 {
        let half = form.places / 2;
        if form.metre == SEVEN_FOUR { 0.5 * self.repeats(from, half).max(0.0) } else { 0.0 }
    }

    pub fn marked(&self, from: usize, form: &Form) -> f64 {
        let (first, beats) = self.marks(from, form);
        0.5 * first + 0.5 * beats
    }
}
