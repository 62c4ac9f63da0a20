//! Fits what each fact about a reading of a song weighs when its tempo is chosen, and prints the weights beside those in the source.
//!
//! `cargo run --release -p mixkeel --example rhythm_fit -- KEPT SEED… held SEED…` makes generated pieces from the seeds, bare clicks, and
//! the songs in `../shared/music` beside the repository where they are there, and lists all readings of each with what they show. The
//! weights are those of a conditional logit (McFadden, 1974) that make the right readings likeliest, found by Newton's method. How
//! many tempos they get right is printed for the seeds they were fitted on and for those that were held out. Curves are kept in
//! the folder KEPT, so that a second run only fits.

#[path = "rhythms/kept.rs"]
mod kept;
#[path = "rhythms/mod.rs"]
mod rhythms;
#[path = "rhythms/scores.rs"]
mod scores;

use std::path::{Path, PathBuf};

use mixkeel_analysis::music::rhythm::{PARTS, Reading, TrackCurves, readings, weights};
use rayon::prelude::*;
use rhythms::SONGS;

type Failure = Box<dyn std::error::Error + Send + Sync>;

/// How often a real song counts: generated music is not all music. Ours: songs of half an hour in all beside hours of pieces.
const REAL: f64 = 50.0;

/// How often a piece counts whose tempo lies from 70 to 180, where tempo itself is asked for, and any other.
const ASKED: f64 = 2.0;

/// What large weights cost, so that a fact which never speaks alone keeps a small one.
const RIDGE: f64 = 5e-5;

/// A reading is right where its tempo is within 4 %, its beats divide as they should, into three in 6/8 and into two elsewhere, and meet
/// nearly as many as those of the best such reading.
const NEAR: f64 = 0.04;
const BEATS_LEAST: f64 = 0.6;
const BEATS_BEHIND: f64 = 0.03;

/// All readings of one piece.
struct Choice {
    bpm: f64,
    weight: f64,
    /// Tempo, whether right, and every fact times every part of its weight.
    readings: Vec<(f64, bool, Vec<f64>)>,
}

fn main() -> Result<(), Failure> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let kept = PathBuf::from(arguments.first().ok_or("usage: rhythm_fit KEPT SEED… held SEED…")?);
    let seeds = |words: &[String]| words.iter().map(|word| word.parse()).collect::<Result<Vec<u64>, _>>();
    let at = arguments.iter().position(|word| word == "held").unwrap_or(arguments.len());
    let fitted_on = seeds(&arguments[1..at])?;
    let held_out = seeds(arguments.get(at + 1..).unwrap_or_default())?;

    let mut learnt = generated(&kept, &fitted_on)?;
    let count = learnt.len();
    learnt.extend(clicks());
    learnt.extend(real(&kept)?);
    let all = fitted(&learnt);
    let in_use: Vec<f64> = weights().into_iter().flat_map(|(_, parts)| parts).collect();
    println!("what each fact weighs at 120, more per octave, in three, six, five or seven | in use:");
    for (n, (name, parts)) in weights().into_iter().enumerate() {
        let row = |weights: &[f64]| {
            let row = weights[n * parts.len()..][..parts.len()].iter();
            row.map(|weight| format!("{weight:.2}")).collect::<Vec<_>>().join(", ")
        };
        println!("{name:20} {} | {}", row(&all), row(&in_use));
    }
    let held = generated(&kept, &held_out)?;
    for (what, weights) in [("fitted", &all), ("in use", &in_use)] {
        println!("\n{what}:");
        print(&format!("seeds {fitted_on:?}, fitted on"), &learnt[..count], weights);
        print("bare clicks and real songs", &learnt[count..], weights);
        print(&format!("seeds {held_out:?}, held out"), &held, weights);
    }
    Ok(())
}

/// Pieces of seeds whose octave is known, from their tracks and from their sum.
fn generated(kept: &Path, seeds: &[u64]) -> Result<Vec<Choice>, Failure> {
    let mut all = Vec::new();
    for seed in seeds {
        let pieces = rhythms::pieces(*seed);
        let closed = pieces.par_iter().enumerate().filter(|(_, piece)| !piece.open);
        let read = closed.map(|(n, piece)| {
            let (tracks, sum) = kept::of_piece(Some(kept), &format!("{seed}-{n}"), piece)?;
            let weight = if (70.0..=180.0).contains(&piece.bpm) { ASKED } else { 1.0 };
            let choice = |tracks: &[TrackCurves]| {
                Choice::of(tracks, piece.bpm, &piece.score.beats_s, piece.metres == [(6, 8)], weight)
            };
            Ok(vec![choice(&tracks), choice(&[sum])])
        });
        let read: Result<Vec<Vec<Choice>>, Failure> = read.collect();
        all.extend(read?.into_iter().flatten());
    }
    Ok(all)
}

/// Clicks that are all alike, at steady tempos from 70 to 180.
fn clicks() -> Vec<Choice> {
    let choice = |n: i32| {
        let bpm = 70.0 * (180.0_f64 / 70.0).powf(f64::from(n) / 15.0);
        let beats_s: Vec<f64> =
            (0..).map(|n| 0.3 + f64::from(n) * 60.0 / bpm).take_while(|s| *s < 20.0).collect();
        let wave = rhythms::even_clicks(&beats_s, 20.0);
        Choice::of(&[kept::of_wave(&wave)], bpm, &beats_s, false, 1.0)
    };
    (0..16).map(choice).collect()
}

fn real(kept: &Path) -> Result<Vec<Choice>, Failure> {
    let music = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/music");
    let mut all = Vec::new();
    for (song, bpm) in SONGS {
        for folder in ["tracks", "mix"] {
            let tracks = kept::of_folder(Some(kept), &music.join(song).join(folder))?;
            let steps = tracks.iter().map(|track| track.onsets.len()).max();
            let Some(length_s) = steps.map(|steps| steps as f64 * 0.01) else { continue };
            let beats = (0..).map(|n| f64::from(n) * 60.0 / bpm).take_while(|at| *at < length_s);
            all.push(Choice::of(&tracks, bpm, &beats.collect::<Vec<f64>>(), false, REAL));
        }
    }
    Ok(all)
}

impl Choice {
    fn of(tracks: &[TrackCurves], bpm: f64, beats_s: &[f64], in_three: bool, weight: f64) -> Self {
        let read = readings(tracks);
        let met: Vec<f64> = read
            .iter()
            .map(|reading| {
                let near = (reading.bpm / bpm - 1.0).abs() <= NEAR;
                if near && reading.in_three == in_three {
                    scores::within(&reading.beats_s, beats_s)
                } else {
                    0.0
                }
            })
            .collect();
        let least = met.iter().copied().fold(0.0, f64::max) - BEATS_BEHIND;
        let right = met.iter().map(|&met| met >= least && met > BEATS_LEAST);
        let readings = read.iter().zip(right).map(|(read, right)| (read.bpm, right, terms(read))).collect();
        Self { bpm, weight, readings }
    }

    /// How likely each reading is.
    fn likelihoods(&self, weights: &[f64]) -> Vec<f64> {
        let scores: Vec<f64> = self.readings.iter().map(|(_, _, terms)| product(terms, weights)).collect();
        let best = scores.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let parts: Vec<f64> = scores.iter().map(|score| (score - best).exp()).collect();
        let whole: f64 = parts.iter().sum();
        parts.iter().map(|part| part / whole).collect()
    }

    /// The likeliest tempo and how likely it is, the readings of one tempo together.
    fn heard(&self, weights: &[f64]) -> Option<(f64, f64)> {
        let likely = self.likelihoods(weights);
        let together = |bpm: f64| {
            let same = self
                .readings
                .iter()
                .zip(&likely)
                .filter(|((other, ..), _)| (bpm / other - 1.0).abs() <= NEAR);
            same.map(|(_, likely)| likely).sum::<f64>()
        };
        let all = self.readings.iter().map(|(bpm, ..)| (*bpm, together(*bpm)));
        all.reduce(|a, b| if b.1 > a.1 { b } else { a })
    }
}

/// Every fact times every part of its weight.
fn terms(reading: &Reading) -> Vec<f64> {
    reading.facts.iter().flat_map(|fact| reading.parts.map(|part| fact * part)).collect()
}

fn product(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

/// The weights under which the right readings are likeliest.
fn fitted(choices: &[Choice]) -> Vec<f64> {
    let count = weights().len() * PARTS;
    let mut now = vec![0.0; count];
    let (mut worth, mut slope, mut bend) = shape(choices, &now);
    for _ in 0..60 {
        let step = solved(bend.clone(), slope.clone());
        let mut part = 1.0;
        loop {
            let next: Vec<f64> = now.iter().zip(&step).map(|(now, step)| now + part * step).collect();
            let found = shape(choices, &next);
            if found.0 >= worth || part < 1e-6 {
                let gained = found.0 - worth;
                now = next;
                (worth, slope, bend) = found;
                if gained < 1e-9 {
                    return now;
                }
                break;
            }
            part *= 0.5;
        }
    }
    now
}

/// The mean logarithm of how likely the right readings are, its slope, and how it bends, with the sign turned.
fn shape(choices: &[Choice], weights: &[f64]) -> (f64, Vec<f64>, Vec<Vec<f64>>) {
    let count = weights.len();
    let zero = || (0.0, 0.0, vec![0.0; count], vec![vec![0.0; count]; count]);
    let one = |mut sum: (f64, f64, Vec<f64>, Vec<Vec<f64>>), choice: &Choice| {
        if !choice.readings.iter().any(|(_, right, _)| *right) {
            return sum;
        }
        let likely = choice.likelihoods(weights);
        let right: f64 =
            choice.readings.iter().zip(&likely).filter(|((_, right, _), _)| *right).map(|(_, p)| p).sum();
        let right = right.max(1e-12);
        let mut all_mean = vec![0.0; count];
        let mut right_mean = vec![0.0; count];
        for ((_, is_right, terms), p) in choice.readings.iter().zip(&likely) {
            for k in 0..count {
                all_mean[k] += p * terms[k];
                if *is_right {
                    right_mean[k] += p / right * terms[k];
                }
            }
        }
        sum.0 += choice.weight;
        sum.1 += choice.weight * right.ln();
        for k in 0..count {
            sum.2[k] += choice.weight * (right_mean[k] - all_mean[k]);
        }
        // How the facts scatter among all readings: the part of the bend that is never negative, so that a step always leads up.
        for ((.., terms), p) in choice.readings.iter().zip(&likely) {
            for a in 0..count {
                let by = choice.weight * p * (terms[a] - all_mean[a]);
                for b in 0..count {
                    sum.3[a][b] += by * (terms[b] - all_mean[b]);
                }
            }
        }
        sum
    };
    let (whole, worth, mut slope, mut bend) = choices.iter().fold(zero(), one);
    for a in 0..count {
        slope[a] = slope[a] / whole - RIDGE * weights[a];
        bend[a].iter_mut().for_each(|x| *x /= whole);
        bend[a][a] += RIDGE;
    }
    (worth / whole - 0.5 * RIDGE * product(weights, weights), slope, bend)
}

/// The solution of linear equations, by elimination with the largest pivot.
fn solved(mut rows: Vec<Vec<f64>>, mut right: Vec<f64>) -> Vec<f64> {
    let count = right.len();
    for column in 0..count {
        let top = (column..count)
            .fold(column, |a, b| if rows[b][column].abs() > rows[a][column].abs() { b } else { a });
        rows.swap(column, top);
        right.swap(column, top);
        let (pivot, known) = (rows[column].clone(), right[column]);
        for (row, value) in rows.iter_mut().zip(&mut right).skip(column + 1) {
            let part = row[column] / pivot[column];
            row.iter_mut().zip(&pivot).for_each(|(x, above)| *x -= part * above);
            *value -= part * known;
        }
    }
    for row in (0..count).rev() {
        let known: f64 = (row + 1..count).map(|k| rows[row][k] * right[k]).sum();
        right[row] = (right[row] - known) / rows[row][row];
    }
    right
}

/// How often the likeliest tempo is right, and how sure it was.
fn print(what: &str, choices: &[Choice], weights: &[f64]) {
    let heard: Vec<(f64, f64, f64)> = choices
        .iter()
        .map(|choice| {
            let (bpm, sure) = choice.heard(weights).unwrap_or_default();
            (choice.bpm, bpm, sure)
        })
        .collect();
    let near =
        |times: f64| move |(truth, bpm, _): &&(f64, f64, f64)| (bpm / (truth * times) - 1.0).abs() <= NEAR;
    let octave = heard
        .iter()
        .filter(|row| [1.0, 0.5, 1.0 / 3.0, 2.0, 3.0].into_iter().any(|times| near(times)(row)))
        .count();
    let asked: Vec<_> = heard.iter().copied().filter(|(bpm, ..)| (70.0..=180.0).contains(bpm)).collect();
    println!(
        "  {what}: {} of {} right, {} allowing octaves; {} of {} from 70 to 180",
        heard.iter().filter(near(1.0)).count(),
        heard.len(),
        octave,
        asked.iter().filter(near(1.0)).count(),
        asked.len()
    );
    print!("   ");
    for (low, high) in [(0.0, 0.5), (0.5, 0.7), (0.7, 0.9), (0.9, 1.01)] {
        let here: Vec<_> = heard.iter().copied().filter(|row| (low..high).contains(&row.2)).collect();
        if !here.is_empty() {
            let count = here.len() as f64;
            let said = here.iter().map(|row| row.2).sum::<f64>() / count;
            print!(
                " sure {said:.2}: right {:.2} ({})",
                here.iter().filter(near(1.0)).count() as f64 / count,
                here.len()
            );
        }
    }
    println!();
}
