//! Vibrato: how fast and how far the pitch of a note shakes.

use serde::{Deserialize, Serialize};

use super::path::Heard;
use super::periods::left_of_vibrato;
use super::register::Register;
use super::{PITCHES_PER_S, freq_hz};

/// The rates that are looked for, in Hz. Singers shake between 4.5 and 7.5 times a second (Prame, "Measurements of the vibrato
/// rate of ten singers", JASA 96, 1994); slower are strings and electric pianos, and fingers on a bass.
const SLOWEST_HZ: f64 = 3.5;
const FASTEST_HZ: f64 = 9.0;

/// From one rate tried to the next.
const APART_HZ: f64 = 0.1;

/// The least that counts, in cents to either side. Ours: a steady voice strays by as much.
const LEAST_CENTS: f64 = 12.0;

/// The least part of the movement that must be the shake. Ours.
const LEAST_PART: f64 = 0.5;

/// How many times it must shake to be one. Ours.
const LEAST_TIMES: f64 = 2.0;

/// A shake of the pitch.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Vibrato {
    /// How many times a second.
    pub rate_hz: f64,
    /// How far to either side, in cents.
    pub extent_cents: f64,
}

/// The vibrato in the inner steps of a note.
pub(super) fn vibrato(register: Register, steps: &[Heard]) -> Option<Vibrato> {
    let points: Vec<(f64, f64)> = steps
        .iter()
        .enumerate()
        .filter_map(|(n, heard)| Some((n as f64 / f64::from(PITCHES_PER_S), 100.0 * heard.midi?)))
        .collect();
    let length_s = steps.len() as f64 / f64::from(PITCHES_PER_S);
    let tries = libm::round((FASTEST_HZ - SLOWEST_HZ) / APART_HZ) as usize;
    let rates = (0..=tries).map(|n| SLOWEST_HZ + n as f64 * APART_HZ);
    let fits = rates
        .filter(|rate| length_s * rate >= LEAST_TIMES)
        .filter_map(|rate| Some((rate, fit(&points, rate)?)));
    let (rate_hz, best) = fits.reduce(|a, b| if b.1.part > a.1.part { b } else { a })?;
    // A summit at the end of the range is the flank of something slower or faster.
    let inside = rate_hz > SLOWEST_HZ + APART_HZ / 2.0 && rate_hz < FASTEST_HZ - APART_HZ / 2.0;
    let middle = points.iter().map(|(_, cents)| cents).sum::<f64>() / points.len() as f64;
    let extent_cents = best.amplitude / left_of_vibrato(register, freq_hz(middle / 100.0), rate_hz);
    (inside && best.part >= LEAST_PART && extent_cents >= LEAST_CENTS)
        .then_some(Vibrato { rate_hz, extent_cents })
}

/// A line and a sine put through points by least squares.
struct Fit {
    amplitude: f64,
    /// The part of what the line leaves that the sine takes away.
    part: f64,
}

fn fit(points: &[(f64, f64)], rate_hz: f64) -> Option<Fit> {
    let middle = points.get(points.len() / 2)?.0;
    let basis = |t: f64| {
        let turn = 2.0 * std::f64::consts::PI * rate_hz * t;
        [1.0, t - middle, libm::cos(turn), libm::sin(turn)]
    };
    let left = |used: usize| -> Option<(f64, [f64; 4])> {
        let weights = solved(points, used, basis)?;
        let off = |(t, y): &(f64, f64)| {
            let value: f64 = basis(*t).iter().zip(weights).map(|(a, b)| a * b).sum();
            (y - value) * (y - value)
        };
        Some((points.iter().map(off).sum(), weights))
    };
    let ((line, _), (sine, weights)) = (left(2)?, left(4)?);
    if line <= 0.0 {
        return None;
    }
    Some(Fit { amplitude: libm::hypot(weights[2], weights[3]), part: 1.0 - sine / line })
}

/// The weights of the first functions of a basis that come nearest to points: the normal equations by Gauss's elimination,
/// which are symmetric and positive, so that no rows need change places.
fn solved(points: &[(f64, f64)], used: usize, basis: impl Fn(f64) -> [f64; 4]) -> Option<[f64; 4]> {
    let mut rows = [[0.0; 5]; 4];
    for (t, y) in points {
        let values = basis(*t);
        for (row, a) in rows.iter_mut().zip(values) {
            row.iter_mut().zip(values).for_each(|(sum, b)| *sum += a * b);
            row[4] += a * y;
        }
    }
    for at in 0..used {
        let pivot = rows[at];
        if pivot[at].abs() < 1e-9 {
            return None;
        }
        for row in rows.iter_mut().take(used).skip(at + 1) {
            let factor = row[at] / pivot[at];
            row.iter_mut().zip(pivot).for_each(|(x, p)| *x -= factor * p);
        }
    }
    let mut weights = [0.0; 4];
    for at in (0..used).rev() {
        let known: f64 = (at + 1..used).map(|n| rows[at][n] * weights[n]).sum();
        weights[at] = (rows[at][4] - known) / rows[at][at];
    }
    Some(weights)
}
