//! The limiter as it is heard: six programmes that others overshoot on, and everything that it must leave alone.

mod listening;
mod peaks;

use std::f64::consts::TAU;

use listening::{Noise, db, same_bits, tone};
use mixkeel_dsp::block::{Block, Channels};
use mixkeel_dsp::processor::{Context, Processor, Report, Setup};
use mixkeel_dsp::processors::limiter::{Limiter, LimiterSettings};
use peaks::{four_times_dbtp, programmes};
use rustfft::FftPlannerScalar;
use rustfft::num_complex::Complex;

const RATE_HZ: u32 = 48_000;
const FRAMES: usize = 1 << 15;

/// What comes out, brought forward by the latency, and the largest reduction reported.
fn limited(settings: LimiterSettings, left: &[f32], right: &[f32]) -> ([Vec<f32>; 2], f64) {
    let mut limiter = Limiter::default();
    limiter.prepare(&Setup { rate_hz: RATE_HZ, channels: Channels::Stereo, max_block_frames: 4_096 });
    limiter.set(&settings);
    let late = limiter.latency_frames();
    let longer =
        |sound: &[f32]| sound.iter().copied().chain(std::iter::repeat_n(0.0, late)).collect::<Vec<f32>>();
    let (mut left, mut right) = (longer(left), longer(right));
    let mut reduction_db = 0.0_f64;
    for (index, (left, right)) in left.chunks_mut(999).zip(right.chunks_mut(999)).enumerate() {
        let at = Context { frame: index as i64 * 999, tempo_bpm: 120.0 };
        limiter.process(&mut Block::stereo(left, right), &[], &at);
        let mut report = Report::default();
        limiter.report(&mut report);
        reduction_db = reduction_db.max(report.gain_reduction_db);
    }
    ([left.split_off(late), right.split_off(late)], reduction_db)
}

fn alone(settings: LimiterSettings, sound: &[f32]) -> Vec<f32> {
    let ([left, _], _) = limited(settings, sound, sound);
    left
}

/// The highest point of the band-limited waveform itself, at 64 points a sample: the spectrum with zeros behind it.
fn sixty_four_times_dbtp(sound: &[f32]) -> f64 {
    // Silence around it, so that the end does not meet the start.
    let frames = 2 * FRAMES;
    let mut planner = FftPlannerScalar::new();
    let mut bins = vec![Complex::new(0.0, 0.0); frames];
    bins.iter_mut().skip(FRAMES / 2).zip(sound).for_each(|(bin, sample)| bin.re = f64::from(*sample));
    planner.plan_fft_forward(frames).process(&mut bins);
    // In eight runs of eight times, each shifted by an eighth of the step: the same points with an eighth of the memory.
    let mut peak = 0.0_f64;
    let back = planner.plan_fft_inverse(8 * frames);
    for shift in 0..8 {
        let mut wide = vec![Complex::new(0.0, 0.0); 8 * frames];
        for (bin, value) in bins.iter().enumerate().take(frames / 2) {
            let (sin, cos) = libm::sincos(TAU * bin as f64 * f64::from(shift) / (64.0 * frames as f64));
            let share = if bin == 0 { 1.0 } else { 2.0 };
            wide[bin] = value * Complex::new(cos, sin) * share;
        }
        back.process(&mut wide);
        peak = wide.iter().fold(peak, |peak, point| peak.max(point.re.abs() / frames as f64));
    }
    db(peak)
}

#[test]
fn the_ceiling_is_held_on_the_six_programmes() {
    let mut random = Noise(1_770);
    for (name, sound) in programmes(FRAMES, &mut || random.next()) {
        for (ceiling_db, gain_db) in [(-1.0, 0.0), (-3.0, 9.0)] {
            let held = alone(LimiterSettings { ceiling_db, gain_db, ..Default::default() }, &sound);
            let (four, fine) = (four_times_dbtp(&held), sixty_four_times_dbtp(&held));
            println!(
                "{name}, {gain_db} dB: 4× {:+.3} dB, 64× {:+.3} dB re ceiling",
                four - ceiling_db,
                fine - ceiling_db
            );
            assert!(four <= ceiling_db, "{name}: {four}");
            assert!(fine <= ceiling_db + 0.1, "{name}: {fine}");
        }
    }
}

#[test]
fn what_stays_under_the_ceiling_keeps_every_bit() {
    let mut sound = Noise(12).samples(FRAMES);
    sound.iter_mut().for_each(|sample| *sample *= 0.2);
    assert!(same_bits(&alone(LimiterSettings::default(), &sound), &sound));
}

#[test]
fn away_from_what_is_limited_every_bit_is_kept_and_within_only_the_gain_moves() {
    // Three decibels over (five with what lies between samples at the seams), for a moment in the middle of a tone.
    let mut sound = tone(441.0, 0.5, RATE_HZ, 96_000);
    sound[48_000..48_200].iter_mut().for_each(|sample| *sample *= 2.5);
    let held = alone(LimiterSettings { release_ms: 20.0, ..Default::default() }, &sound);
    let ahead = (0.0031 * 48_000.0) as usize + 10;
    assert!(same_bits(&held[..48_000 - ahead], &sound[..48_000 - ahead]));
    let after = held.iter().zip(&sound).rposition(|(held, sound)| held.to_bits() != sound.to_bits()).unwrap();
    // 3 dB of which 70 % falls eight times more slowly: gone after 20 of those times.
    assert!(after < 48_200 + 20 * 8 * 960, "{after}");
    // The gain itself, where it can be seen: never over 1, and on its way for all of the 3 ms. In a triangle over 144 frames
    // the steepest frame is 1/72 of the way, here of 8 dB.
    let gains: Vec<(usize, f64)> = held
        .iter()
        .zip(&sound)
        .enumerate()
        .filter(|(_, (_, sound))| sound.abs() > 0.05)
        .map(|(frame, (held, sound))| (frame, f64::from(*held) / f64::from(*sound)))
        .collect();
    assert!(gains.iter().all(|(_, gain)| *gain <= 1.0 + 1e-6));
    let slope = |two: &[(usize, f64)]| db(two[1].1 / two[0].1).abs() / (two[1].0 - two[0].0) as f64;
    let steepest = gains.windows(2).map(slope).fold(0.0, f64::max);
    assert!(steepest < 8.0 / 72.0, "{steepest}");
}

#[test]
fn channels_stay_together_or_apart_as_asked() {
    let loud = listening::faded_tone(300.0, 1.5, RATE_HZ, FRAMES);
    let soft = tone(700.0, 0.3, RATE_HZ, FRAMES);
    let ([left, right], reduction_db) = limited(LimiterSettings::default(), &loud, &soft);
    let gain = |held: &[f32], sound: &[f32]| {
        listening::rms(&held[8_000..24_000]) / listening::rms(&sound[8_000..24_000])
    };
    assert!((db(gain(&left, &loud)) - db(gain(&right, &soft))).abs() < 0.02);
    assert!((reduction_db - (db(1.5) + 1.1)).abs() < 0.1, "{reduction_db}");
    let ([_, right], _) = limited(LimiterSettings { link_percent: 0.0, ..Default::default() }, &loud, &soft);
    assert!(same_bits(&right, &soft));
    // A pair of equal channels gets the bits of one.
    let mut limiter = Limiter::default();
    limiter.prepare(&Setup { rate_hz: RATE_HZ, channels: Channels::Mono, max_block_frames: 4_096 });
    let mut only = loud[..4_000].to_vec();
    limiter.process(&mut Block::mono(&mut only), &[], &Context { frame: 0, tempo_bpm: 120.0 });
    let ([pair, _], _) = limited(LimiterSettings::default(), &loud[..4_000], &loud[..4_000]);
    let late = limiter.latency_frames();
    assert!(same_bits(&only[late..], &pair[..4_000 - late]));
}

#[test]
fn it_recovers_fast_from_a_hit_and_slowly_from_a_wall() {
    let recovered_ms = |burst: usize| {
        let mut sound = tone(1_000.0, 0.5, RATE_HZ, 96_000 + burst);
        sound[1_000..1_000 + burst].iter_mut().for_each(|sample| *sample *= 3.5);
        let held = alone(LimiterSettings::default(), &sound);
        // Until less than 1 dB is missing.
        let end = 1_000 + burst;
        let still = held[end..]
            .iter()
            .zip(&sound[end..])
            .rposition(|(held, sound)| sound.abs() > 0.4 && held / sound < 0.89);
        still.unwrap_or(0) as f64 / 48.0
    };
    let (hit, wall) = (recovered_ms(96), recovered_ms(72_000));
    assert!(hit < 150.0 && wall > 2.0 * hit, "{hit} ms, {wall} ms");
}
