//! Waves without aliasing: tables of exactly the harmonics that fit under half the rate, one table every half octave.

use std::f64::consts::PI;

/// Samples in one period of a table. With at most [`MOST_HARMONICS`] partials the highest has 16 points a period.
const POINTS: usize = 4096;
/// The most partials in a table.
const MOST_HARMONICS: usize = 256;
/// The lowest fundamental that has a table of its own.
const LOWEST_HZ: f64 = 50.0;
/// Half octaves from [`LOWEST_HZ`]: up to 1,600 Hz.
const TABLES: usize = 11;

/// A saw-tooth (partials 1/n) for any fundamental from 50 to 1,600 Hz. Also what the closing of the glottis gives: the
/// derivative of its flow falls by about 6 dB an octave.
pub(super) struct Saw {
    tables: Vec<Vec<f64>>,
}

impl Saw {
    /// Tables for this rate: partials stop at 0.45 of it.
    pub fn new(rate_hz: u32) -> Self {
        let top_hz = 0.45 * f64::from(rate_hz);
        let tables = (0..TABLES)
            .map(|index| {
                let highest_fundamental_hz = LOWEST_HZ * libm::exp2((index as f64 + 1.0) / 2.0);
                table(((top_hz / highest_fundamental_hz) as usize).clamp(1, MOST_HARMONICS))
            })
            .collect();
        Self { tables }
    }

    /// The table for a fundamental.
    pub fn table(&self, freq_hz: f64) -> &[f64] {
        let index = libm::floor(2.0 * libm::log2(freq_hz / LOWEST_HZ)).clamp(0.0, (TABLES - 1) as f64);
        &self.tables[index as usize]
    }
}

fn table(harmonics: usize) -> Vec<f64> {
    let mut points = vec![0.0; POINTS + 1];
    for n in 1..=harmonics {
        let w = 2.0 * PI * n as f64 / POINTS as f64;
        // Lanczos' sigma factors take the overshoot of the cut-off series away: no hidden ringing at 20 kHz.
        let x = PI * n as f64 / (harmonics as f64 + 1.0);
        let level = libm::sin(x) / x / n as f64 * (2.0 / PI);
        let turn = 2.0 * libm::cos(w);
        let (mut y1, mut y2) = (0.0, -libm::sin(w));
        for point in &mut points {
            let y = turn * y1 - y2;
            // The recurrence runs one step ahead: its first value is sin(w), which belongs to point 1.
            *point += level * y1;
            (y2, y1) = (y1, y);
        }
    }
    points
}

/// The value of a table at a phase in [0, 1).
#[inline]
pub(super) fn look(table: &[f64], phase: f64) -> f64 {
    let at = phase * POINTS as f64;
    let index = (at as usize).min(POINTS - 1);
    let part = at - index as f64;
    table[index] + part * (table[index + 1] - table[index])
}

/// A slow sine by rotation: vibrato, drift of a filter.
#[derive(Clone, Debug)]
pub(super) struct Rotor {
    turn: (f64, f64),
    at: (f64, f64),
}

impl Rotor {
    /// A sine of this frequency, starting at this phase in turns, one step a call of [`next`](Self::next).
    pub fn new(freq_hz: f64, phase: f64, steps_per_second: f64) -> Self {
        let w = 2.0 * PI * freq_hz / steps_per_second;
        let p = 2.0 * PI * phase;
        Self { turn: (libm::cos(w), libm::sin(w)), at: (libm::cos(p), libm::sin(p)) }
    }

    /// The sine, then one step on.
    #[inline]
    pub fn next(&mut self) -> f64 {
        let now = self.at.1;
        let (c, s) = self.turn;
        self.at = (self.at.0 * c - self.at.1 * s, self.at.0 * s + self.at.1 * c);
        now
    }
}
