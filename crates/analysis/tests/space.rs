//! The room in a sound, held to dry sounds convolved with decaying noise of known time and level.

use mixkeel_analysis::meter::Meter;
use mixkeel_analysis::space::{SpaceMeter, SpaceReading};
use mixkeel_dsp::block::{Channels, Signal};
use mixkeel_dsp::units::power_from_db;
use rustfft::FftPlannerScalar;
use rustfft::num_complex::Complex;

const RATE_HZ: usize = 24_000;

fn measured(wave: &[f32]) -> SpaceReading {
    let mut meter = SpaceMeter::new();
    meter.prepare(RATE_HZ as u32, Channels::Mono);
    meter.push(&Signal::mono(wave));
    meter.finish()
}

fn noise(mut seed: u32, frames: usize) -> Vec<f64> {
    (0..frames)
        .map(|_| {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            f64::from(seed) / f64::from(u32::MAX) - 0.5
        })
        .collect()
}

/// Bursts of noise of four lengths, 1.6 s from beginning to beginning.
fn bursts(seconds: usize) -> Vec<f64> {
    let step = RATE_HZ * 8 / 5;
    noise(7, RATE_HZ * seconds)
        .iter()
        .enumerate()
        .map(|(n, x)| {
            let length = [0.1, 0.3, 0.5, 0.2][n / step % 4] * RATE_HZ as f64;
            if ((n % step) as f64) < length { 0.5 * x } else { 0.0 }
        })
        .collect()
}

/// The sound in a room: itself, and itself convolved with noise that decays by 60 dB in this time.
fn in_room(dry: &[f64], decay_s: f64, direct_db: f64) -> Vec<f32> {
    let tau = decay_s * RATE_HZ as f64 / (6.0 * std::f64::consts::LN_10);
    let mut room: Vec<f64> = noise(99, (decay_s * 1.5 * RATE_HZ as f64) as usize)
        .iter()
        .enumerate()
        .map(|(n, x)| x * libm::exp(-(n as f64) / tau / 2.0))
        .collect();
    let energy: f64 = room.iter().map(|x| x * x).sum();
    let gain = (power_from_db(-direct_db) / energy).sqrt();
    room.iter_mut().for_each(|x| *x *= gain);
    room[0] += 1.0;
    let length = (dry.len() + room.len()).next_power_of_two();
    let mut planner = FftPlannerScalar::new();
    let spectrum = |wave: &[f64], planner: &mut FftPlannerScalar<f64>| {
        let mut bins: Vec<Complex<f64>> = wave.iter().map(|&x| Complex::new(x, 0.0)).collect();
        bins.resize(length, Complex::default());
        planner.plan_fft_forward(length).process(&mut bins);
        bins
    };
    let (mut dry_bins, room_bins) = (spectrum(dry, &mut planner), spectrum(&room, &mut planner));
    dry_bins.iter_mut().zip(&room_bins).for_each(|(a, b)| *a *= *b / length as f64);
    planner.plan_fft_inverse(length).process(&mut dry_bins);
    dry_bins.iter().take(dry.len()).map(|z| z.re as f32).collect()
}

#[test]
fn decay_and_ratio_of_a_known_room_are_found() {
    let dry = bursts(26);
    for decay_s in [0.4, 0.8, 1.6] {
        for direct_db in [-6.0, 3.0, 6.0, 12.0, 18.0] {
            let reading = measured(&in_room(&dry, decay_s, direct_db));
            let decay = reading.decay_s.expect("there are free decays");
            // Noise of one room over 15 dB and more: 10 %.
            assert!((decay.value / decay_s - 1.0).abs() < 0.1, "{decay_s} s, {direct_db} dB: {reading:?}");
            assert!(decay.from <= decay.value && decay.value <= decay.to && decay.decays >= 8, "{reading:?}");
            if direct_db < 0.0 {
                assert_eq!(reading.direct_to_reverberant_db, None, "too wet to see the direct sound stop");
                continue;
            }
            let Some(ratio) = reading.direct_to_reverberant_db else {
                assert!(direct_db < 6.0, "the direct sound stops: {reading:?}");
                continue;
            };
            assert!((ratio.value - direct_db).abs() < 2.5, "{decay_s} s, {direct_db} dB: {reading:?}");
        }
    }
}

#[test]
fn a_dry_sound_and_one_that_never_stops_say_nothing() {
    let dry: Vec<f32> = bursts(15).iter().map(|&x| x as f32).collect();
    assert_eq!(measured(&dry), SpaceReading::default());
    let steady: Vec<f32> = noise(3, RATE_HZ * 10).iter().map(|&x| x as f32).collect();
    assert_eq!(measured(&steady), SpaceReading::default());
    assert_eq!(measured(&[0.0; 50_000]), SpaceReading::default());
    assert_eq!(measured(&[]), SpaceReading::default());
}

#[test]
fn a_string_that_rings_out_has_a_decay_and_no_ratio() {
    let tau = 0.7 / (6.0 * std::f64::consts::LN_10);
    let wave: Vec<f32> = (0..RATE_HZ * 16)
        .map(|n| {
            let since = (n % (RATE_HZ * 2)) as f64 / RATE_HZ as f64;
            let turn = 2.0 * std::f64::consts::PI * 900.0 * n as f64 / RATE_HZ as f64;
            (0.5 * libm::sin(turn) * libm::exp(-since / tau / 2.0)) as f32
        })
        .collect();
    let reading = measured(&wave);
    assert!((reading.decay_s.unwrap().value / 0.7 - 1.0).abs() < 0.05, "{reading:?}");
    assert_eq!(reading.direct_to_reverberant_db, None);
}

#[test]
fn the_reading_does_not_depend_on_the_blocks() {
    let mut wave = in_room(&bursts(8), 0.6, 6.0);
    wave[5_000] = f32::INFINITY;
    let whole = measured(&wave);
    wave[5_000] = 0.0;
    let mut meter = SpaceMeter::new();
    meter.prepare(RATE_HZ as u32, Channels::Mono);
    wave.chunks(311).for_each(|part| meter.push(&Signal::mono(part)));
    assert_eq!(meter.finish(), whole);
}
