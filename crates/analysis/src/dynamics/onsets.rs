//! Where sounds begin, and how far they then stand above the body of the sound: punch.

use mixkeel_dsp::units::{db_from_power, power_from_db};
use serde::{Deserialize, Serialize};

use super::cells::{CELLS_PER_S, Cell};

/// An onset is a rise of this much within 10 ms over the mean of the 100 ms before. Ours: 5 dB, what a kick makes in a
/// dense mix; the level of steady noise moves by 1 dB in 10 ms, that of a chord by 3.
const RISE_DB: f64 = 5.0;

/// Cells of the time before.
const BEFORE: usize = 20;

/// Onsets are this many cells apart: 80 ms, sixteenth notes at 187 beats a minute.
const APART: usize = 16;

/// The strongest 10 ms are looked for in this many cells from the onset: 30 ms.
const ATTACK: usize = 6;

/// The body is the mean of this many cells to either side: 400 ms, the momentary window of EBU Tech 3341.
const BODY: usize = 40;

/// An onset this far below the loudest cell is not heard: −50 dB.
const HEARD: f64 = 1e-5;

/// What begins.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Onset {
    /// When, in seconds, to 5 ms.
    pub at_s: f64,
    /// The strongest 10 ms of the attack over the mean of the 400 ms around it, in dB.
    pub strength_db: f64,
}

/// The onsets of a signal in order of time.
pub(crate) fn onsets(cells: &[Cell]) -> Vec<Onset> {
    let power = |range: std::ops::Range<usize>| {
        let part = cells.get(range.start.min(cells.len())..range.end.min(cells.len())).unwrap_or_default();
        let sum: f64 = part.iter().map(|cell| f64::from(cell.power)).sum();
        sum / part.len().max(1) as f64
    };
    let attack = |at: usize| power(at..at + 2);
    let loudest = (0..cells.len()).map(attack).fold(0.0, f64::max);
    if loudest <= 0.0 {
        return Vec::new();
    }
    let rise = |at: usize| attack(at) / power(at.saturating_sub(BEFORE)..at).max(loudest * 1e-9);
    let least = power_from_db(RISE_DB);
    let mut found: Vec<(usize, f64)> = Vec::new();
    for at in 1..cells.len() {
        let here = rise(at);
        if here < least || attack(at) < HEARD * loudest {
            continue;
        }
        match found.last_mut() {
            Some(last) if at < last.0 + APART => {
                if here > last.1 {
                    *last = (at, here);
                }
            }
            _ => found.push((at, here)),
        }
    }
    let strength = |at: usize| {
        let top = (at..at + ATTACK).map(attack).fold(0.0, f64::max);
        db_from_power(top / power(at.saturating_sub(BODY)..at + BODY))
    };
    found
        .into_iter()
        .map(|(at, _)| Onset { at_s: at as f64 / CELLS_PER_S as f64, strength_db: strength(at) })
        .collect()
}
