//! The signals of the standards, made here at any rate, and what meters read on them.

// Every test binary uses its own part of these.
#![allow(dead_code)]

use std::f64::consts::PI;

use mixkeel_analysis::loudness::{LoudnessMeter, LoudnessReading};
use mixkeel_analysis::meter::Meter;
use mixkeel_dsp::block::{Channels, Signal};
use mixkeel_dsp::units::gain_from_db;

pub const RATES: [u32; 4] = [44_100, 48_000, 96_000, 192_000];

pub const SILENCE: f64 = f64::NEG_INFINITY;

/// A 1 kHz sine whose level changes: seconds and peak level in dBFS. The phase runs on through all parts.
pub fn tone(rate_hz: u32, parts: &[(f64, f64)]) -> Vec<f32> {
    sine(rate_hz, 1_000, parts)
}

/// A sine of a whole number of hertz whose level changes. Its table holds one second, after which it repeats.
pub fn sine(rate_hz: u32, freq_hz: u32, parts: &[(f64, f64)]) -> Vec<f32> {
    let second = rate_hz as usize / gcd(rate_hz, freq_hz) as usize;
    let turn = |n: usize| (n as f64 * f64::from(freq_hz) / f64::from(rate_hz)).fract();
    let table: Vec<f64> = (0..second).map(|n| libm::sin(2.0 * PI * turn(n))).collect();
    let mut wave = Vec::new();
    for &(seconds, level_dbfs) in parts {
        let (gain, frames) = (gain_from_db(level_dbfs), (seconds * f64::from(rate_hz)).round() as usize);
        let end = wave.len() + frames;
        let mut at = wave.len() % second;
        while wave.len() < end {
            let now = (end - wave.len()).min(second - at);
            wave.extend(table[at..at + now].iter().map(|x| (gain * x) as f32));
            at = 0;
        }
    }
    wave
}

fn gcd(a: u32, b: u32) -> u32 {
    if b == 0 { a } else { gcd(b, a % b) }
}

/// Noise whose level wanders, from a seed.
pub fn noise(frames: usize, mut seed: u32) -> Vec<f32> {
    (0..frames)
        .map(|n| {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let level = 0.02 + 0.3 * libm::fabs(libm::sin(n as f64 / 40_000.0));
            ((f64::from(seed) / f64::from(u32::MAX) - 0.5) * level) as f32
        })
        .collect()
}

/// The same wave on both channels.
pub fn stereo(rate_hz: u32, wave: &[f32]) -> LoudnessReading {
    let mut meter = LoudnessMeter::new();
    meter.prepare(rate_hz, Channels::Stereo);
    meter.push(&Signal::stereo(wave, wave));
    meter.finish()
}

#[track_caller]
pub fn near(reading: Option<f64>, wanted: f64, tolerance: f64) {
    // No reading is not a number, and that is near nothing.
    let off = (reading.unwrap_or(f64::NAN) - wanted).abs();
    assert!(off <= tolerance, "{reading:?} instead of {wanted} ±{tolerance}");
}
