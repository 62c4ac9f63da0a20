//! The de-esser in the words of those who record voices.

mod listening;

use listening::{Noise, db, rms, same_bits, tone};
use mixkeel_dsp::block::{Block, Channels};
use mixkeel_dsp::processor::{Context, Processor, Report, Setup};
use mixkeel_dsp::processors::de_esser::{DeEsser, DeEsserMode, DeEsserSettings};

const START: Context = Context { frame: 0, tempo_bpm: 120.0 };

fn ready(settings: &DeEsserSettings, channels: Channels, rate_hz: u32) -> DeEsser {
    let mut de_esser = DeEsser::default();
    de_esser.prepare(&Setup { rate_hz, channels, max_block_frames: 4_096 });
    de_esser.set(settings);
    de_esser
}

/// What is heard, and the largest reduction.
fn heard(settings: &DeEsserSettings, sound: &[f32], rate_hz: u32) -> (Vec<f32>, f64) {
    let mut heard = sound.to_vec();
    let mut de_esser = ready(settings, Channels::Mono, rate_hz);
    de_esser.process(&mut Block::mono(&mut heard), &[], &START);
    let mut report = Report::default();
    de_esser.report(&mut report);
    (heard, report.gain_reduction_db)
}

/// A vowel, half a second; an s of 120 ms, noise above 5 kHz at its level; a vowel again.
fn voice(rate_hz: u32, level: f64) -> Vec<f32> {
    let (mut random, rate) = (Noise(1), f64::from(rate_hz));
    let (mut last, mut before) = (0.0, 0.0);
    (0..rate_hz)
        .map(|frame| {
            let seconds = f64::from(frame) / rate;
            if (0.5..0.62).contains(&seconds) {
                // A resonance at 7 kHz.
                let angle = std::f64::consts::TAU * 7_000.0 / rate;
                let hiss = 1.8 * libm::cos(angle) * last - 0.81 * before + 0.12 * random.next();
                (last, before) = (hiss, last);
                (level * hiss) as f32
            } else {
                let partial = |n: f64| libm::sin(std::f64::consts::TAU * 180.0 * n * seconds) / (n * n);
                (level * 0.3 * (1..20).map(|n| partial(f64::from(n))).sum::<f64>()) as f32
            }
        })
        .collect()
}

fn part(sound: &[f32], rate_hz: u32, from_ms: usize, to_ms: usize) -> &[f32] {
    let frame = |ms: usize| ms * rate_hz as usize / 1_000;
    &sound[frame(from_ms)..frame(to_ms)]
}

#[test]
fn the_s_becomes_softer_and_the_vowel_stays_at_any_level() {
    for mode in [DeEsserMode::Split, DeEsserMode::Wide] {
        for rate_hz in [44_100, 48_000, 96_000, 192_000] {
            let settings = DeEsserSettings { mode, ..Default::default() };
            let taken = |level_db: f64| {
                let sound = voice(rate_hz, libm::exp10(level_db / 20.0));
                let (heard, _) = heard(&settings, &sound, rate_hz);
                let change = |from, to| {
                    db(rms(part(&heard, rate_hz, from, to)) / rms(part(&sound, rate_hz, from, to)))
                };
                // The first moment of the first vowel is a corner, from which it has recovered by then.
                (change(520, 610), change(350, 480))
            };
            let (s, vowel) = taken(-10.0);
            // The resonance is broader at high rates, so less of it lies above the frequency.
            assert!((-8.0..-1.5).contains(&s), "{mode:?} {rate_hz} {s}");
            assert!(vowel.abs() < 0.05, "{mode:?} {rate_hz} {vowel}");
            for other_db in [10.0, -30.0] {
                let (same, _) = taken(other_db);
                assert!((same - s).abs() < 0.01, "{other_db} {same} {s}");
            }
        }
    }
}

#[test]
fn with_nothing_sharp_every_bit_passes() {
    let sound = tone(300.0, 0.5, 48_000, 20_000);
    for mode in [DeEsserMode::Wide, DeEsserMode::Split] {
        // Where the tone begins there is a corner, which is sharp; thirty release times later nothing is left of it.
        let settings = DeEsserSettings { mode, release_ms: 5.0, ..Default::default() };
        let (heard, _) = heard(&settings, &sound, 48_000);
        assert!(same_bits(&heard[9_600..], &sound[9_600..]));
    }
}

#[test]
fn split_it_is_a_shelf_without_a_bump() {
    // Held down by 12 dB by a strong 9 kHz, soft tones show the shape.
    let settings = DeEsserSettings {
        threshold_db: -40.0,
        ratio: 100.0,
        range_db: 12.0,
        freq_hz: 6_000.0,
        ..Default::default()
    };
    let change = |hz: f64| {
        let soft = tone(hz, 0.001, 48_000, 48_000);
        let loud = tone(9_000.0, 0.5, 48_000, 48_000);
        let sound: Vec<f32> = soft.iter().zip(&loud).map(|(soft, loud)| soft + loud).collect();
        let (heard, _) = heard(&settings, &sound, 48_000);
        db(listening::find_tone(&heard[24_000..], 24_000, hz, 48_000).amplitude / 0.001)
    };
    let heard = [300.0, 2_000.0, 4_000.0, 6_000.0, 16_000.0].map(change);
    assert!(heard[0].abs() < 0.05 && heard.windows(2).all(|two| two[1] < two[0] + 0.02), "{heard:?}");
    // √((1 + g²)/2) at the frequency.
    assert!((heard[3] + 2.75).abs() < 0.1 && heard[4] < -11.5, "{heard:?}");
}

#[test]
fn range_is_the_most_that_is_taken() {
    let sound = tone(8_000.0, 0.3, 48_000, 48_000);
    for range_db in [3.0, 6.0] {
        let settings = DeEsserSettings { range_db, threshold_db: -30.0, ..Default::default() };
        let (_, reduced) = heard(&settings, &sound, 48_000);
        assert!((reduced - range_db).abs() < 1e-3, "{reduced}");
    }
}

#[test]
fn two_equal_channels_get_the_bits_of_one() {
    let sound = voice(48_000, 0.5);
    for link_percent in [0.0, 100.0] {
        let settings = DeEsserSettings { link_percent, ..Default::default() };
        let (mut left, mut right) = (sound.clone(), sound.clone());
        let mut de_esser = ready(&settings, Channels::Stereo, 48_000);
        de_esser.process(&mut Block::stereo(&mut left, &mut right), &[], &START);
        let (alone, _) = heard(&settings, &sound, 48_000);
        assert!(same_bits(&left, &alone) && same_bits(&right, &alone));
    }
}
