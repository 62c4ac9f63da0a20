//! The declicker as it is heard: clicks go, what was under them comes back, drums stay as they are.

mod listening;

use std::f64::consts::TAU;

use listening::{Noise, db, rms, same_bits};
use mixkeel_dsp::block::{Block, Channels};
use mixkeel_dsp::processor::{Context, Processor, Report, Setup};
use mixkeel_dsp::processors::declick::{Declick, DeclickSettings};

/// What comes out, brought forward by the latency, how many clicks were mended, and the energy taken out.
fn mended(settings: DeclickSettings, rate_hz: u32, sound: &[f32]) -> (Vec<f32>, u32, f64) {
    let mut declick = Declick::default();
    declick.prepare(&Setup { rate_hz, channels: Channels::Mono, max_block_frames: 4_096 });
    declick.set(&settings);
    let late = declick.latency_frames();
    let mut sound = sound.to_vec();
    sound.resize(sound.len() + late, 0.0);
    let (mut clicks, mut energy) = (0, 0.0);
    for part in sound.chunks_mut(1_000) {
        declick.process(&mut Block::mono(part), &[], &Context { frame: 0, tempo_bpm: 120.0 });
        let mut report = Report::default();
        declick.report(&mut report);
        clicks += report.mended;
        energy += report.removed_power * part.len() as f64;
    }
    (sound.split_off(late), clicks, energy)
}

/// A chord with a little noise, as a guitar in a room is.
fn chord(rate_hz: u32, frames: usize) -> Vec<f32> {
    let mut random = Noise(5);
    (0..frames)
        .map(|frame| {
            let time = frame as f64 / f64::from(rate_hz);
            let partials = (1..12).map(|n| libm::sin(TAU * 146.8 * f64::from(n) * time) / f64::from(n * n));
            (0.2 * partials.sum::<f64>() + 0.0005 * random.next()) as f32
        })
        .collect()
}

#[test]
fn clicks_are_found_and_what_was_there_comes_back() {
    for rate_hz in [44_100, 48_000, 96_000] {
        let clean = chord(rate_hz, 4 * rate_hz as usize);
        let mut broken = clean.clone();
        let mut random = Noise(17);
        let clicks = 60;
        for click in 0..clicks {
            let at = 5_000 + click * (clean.len() - 10_000) / clicks + random.below(500);
            for sample in &mut broken[at..at + 1 + random.below(12)] {
                *sample += (0.25 * random.next().signum() * (0.5 + 0.5 * random.next().abs())) as f32;
            }
        }
        let (heard, count, energy) = mended(DeclickSettings::default(), rate_hz, &broken);
        let error = |sound: &[f32]| {
            let off: Vec<f32> = sound.iter().zip(&clean).map(|(one, other)| one - other).collect();
            rms(&off)
        };
        println!(
            "{rate_hz} Hz: {count} of {clicks} mended, error {:.1} dB less",
            db(error(&broken) / error(&heard))
        );
        assert!((clicks as u32..=clicks as u32 + 3).contains(&count), "{rate_hz}: {count}");
        // The model is made of the sound with its clicks in it, which costs it some of its sharpness.
        assert!(db(error(&broken) / error(&heard)) > 12.0, "{rate_hz}");
        let put_in = error(&broken) * error(&broken) * clean.len() as f64;
        assert!((energy / put_in - 1.0).abs() < 0.1, "{rate_hz}: {energy} of {put_in}");
    }
}

#[test]
fn what_has_no_clicks_keeps_every_bit() {
    let mut random = Noise(3);
    let noise: Vec<f32> = random.samples(100_000).iter().map(|sample| sample * 0.3).collect();
    for sound in [chord(48_000, 100_000), noise] {
        let (heard, count, energy) = mended(DeclickSettings::default(), 48_000, &sound);
        assert_eq!((count, energy), (0, 0.0));
        assert!(same_bits(&heard, &sound));
    }
}

#[test]
fn drums_are_not_clicks() {
    // Kick, snare, hat and rim, each with a beginning as sudden as a sampler makes it, dry, at varying levels.
    let mut random = Noise(21);
    let hits: Vec<f32> = (0..480_000)
        .map(|frame| {
            let beat = frame / 6_000;
            let time = (frame % 6_000) as f64 / 48_000.0;
            let level = 0.3 + 0.1 * (beat % 5) as f64;
            let hit = match beat % 4 {
                0 => {
                    libm::exp(-15.0 * time)
                        * libm::cos(TAU * (45.0 * time + 4.0 * (1.0 - libm::exp(-60.0 * time))))
                }
                1 => libm::exp(-60.0 * time) * random.next(),
                2 => libm::exp(-25.0 * time) * (0.6 * random.next() + 0.4 * libm::cos(TAU * 190.0 * time)),
                _ => {
                    libm::exp(-150.0 * time) * libm::cos(TAU * 1_700.0 * time)
                        + 0.1 * libm::exp(-80.0 * time) * random.next()
                }
            };
            (level * hit + 0.0003 * random.next()) as f32
        })
        .collect();
    let (heard, count, _) = mended(DeclickSettings::default(), 48_000, &hits);
    assert_eq!(count, 0);
    assert!(same_bits(&heard, &hits));
}

#[test]
fn what_is_longer_than_the_longest_click_is_left_alone() {
    let clean = chord(48_000, 48_000);
    let mut random = Noise(8);
    let mut broken = clean.clone();
    for sample in &mut broken[24_000..24_200] {
        *sample += 0.3 * random.next() as f32;
    }
    let (heard, ..) = mended(DeclickSettings { longest_ms: 1.0, ..Default::default() }, 48_000, &broken);
    let kept =
        heard[24_000..24_200].iter().zip(&broken[24_000..24_200]).filter(|(one, other)| one == other).count();
    assert!(kept > 150, "{kept}");
}

#[test]
fn half_of_a_click_can_be_kept() {
    let mut sound = chord(48_000, 20_000);
    sound[9_000] += 0.5;
    let (whole, ..) = mended(DeclickSettings::default(), 48_000, &sound);
    let (half, ..) = mended(DeclickSettings { mix_percent: 50.0, ..Default::default() }, 48_000, &sound);
    assert!((half[9_000] - (whole[9_000] + sound[9_000]) / 2.0).abs() < 1e-6);
}
