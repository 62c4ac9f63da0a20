//! The gate in the words of those who use one: what passes, what does not, and when it opens.

#![allow(clippy::unwrap_used)] // A test that cannot get ready has failed.

mod listening;

use listening::{Noise, db, same_bits, tone};
use mixkeel_dsp::block::{Block, Channels, Signal};
use mixkeel_dsp::processor::{Context, Processor, Report, Setup};
use mixkeel_dsp::processors::gate::{Gate, GateMode, GateSettings};

const RATES_HZ: [u32; 4] = [44_100, 48_000, 96_000, 192_000];

fn ready(settings: &GateSettings, channels: Channels, rate_hz: u32) -> Gate {
    let mut gate = Gate::default();
    gate.prepare(&Setup { rate_hz, channels, max_block_frames: 4_096 });
    gate.set(settings);
    gate
}

fn at(frame: usize) -> Context {
    Context { frame: frame as i64, tempo_bpm: 120.0 }
}

fn mono(settings: &GateSettings, sound: &[f32]) -> Vec<f32> {
    let mut heard = sound.to_vec();
    ready(settings, Channels::Mono, 48_000).process(&mut Block::mono(&mut heard), &[], &at(0));
    heard
}

/// The gain at every frame, in dB, while this is what the gate listens to.
fn gains_db(settings: &GateSettings, key: &[f32], rate_hz: u32) -> Vec<f64> {
    let mut ones = vec![1.0; key.len()];
    let mut gate = ready(settings, Channels::Mono, rate_hz);
    gate.process(&mut Block::mono(&mut ones), &[Signal::mono(key)], &at(0));
    ones.iter().map(|gain| db(f64::from(*gain))).collect()
}

#[test]
fn open_it_passes_every_bit_and_closed_it_takes_the_whole_range() {
    let loud = Noise(1).samples(48_000);
    let settings = GateSettings { attack_ms: 1.0, ..Default::default() };
    // Twenty time constants after the first frame.
    assert!(same_bits(&mono(&settings, &loud)[1_000..], &loud[1_000..]));
    let soft: Vec<f32> = loud.iter().map(|sample| sample * 0.005).collect();
    for (heard, sound) in mono(&settings, &soft).iter().zip(&soft) {
        assert!((heard - sound * 0.01).abs() <= sound.abs() * 1e-8);
    }
}

#[test]
fn it_opens_and_closes_in_the_times_that_are_set() {
    for rate_hz in RATES_HZ {
        for (attack_ms, hold_ms, release_ms) in [(5.0, 30.0, 100.0), (20.0, 0.0, 400.0), (50.0, 100.0, 60.0)]
        {
            let settings =
                GateSettings { attack_ms, hold_ms, release_ms, range_db: 30.0, ..Default::default() };
            let frames = |ms: f64| (ms * f64::from(rate_hz) / 1_000.0) as usize;
            let (from, until) = (frames(20.0), frames(20.0 + 12.0 * attack_ms));
            let mut key = tone(1_000.0, 0.5, rate_hz, until + frames(1_000.0));
            key[..from].fill(0.0);
            key[until..].fill(0.0);
            let gains = gains_db(&settings, &key, rate_hz);
            let ms = |count: usize| count as f64 * 1_000.0 / f64::from(rate_hz);
            let open = ms(gains[from..].iter().position(|gain| *gain >= -30.0 * libm::exp(-1.0)).unwrap());
            assert!((open - attack_ms).abs() < 0.05 * attack_ms + 0.25, "{open} for {attack_ms}");
            let closed = 30.0 * (libm::exp(-1.0) - 1.0);
            let closes = ms(gains[until..].iter().position(|gain| *gain <= closed).unwrap()) - 16.0 - hold_ms;
            assert!((closes - release_ms).abs() < 0.05 * release_ms + 0.5, "{closes} for {release_ms}");
        }
    }
}

#[test]
fn a_level_that_hovers_does_not_make_it_chatter() {
    // 41 Hz, the low E of a bass, with a wobble of 2 dB around the threshold, and noise.
    let mut random = Noise(2);
    let sound: Vec<f32> = tone(41.2, 0.01, 48_000, 480_000)
        .iter()
        .enumerate()
        .map(|(frame, sample)| {
            let wobble = libm::exp10(libm::sin(frame as f64 * 0.0004) / 10.0 * 0.5);
            sample * wobble as f32 + 0.0003 * random.next() as f32
        })
        .collect();
    let changes = |hysteresis_db| {
        let settings = GateSettings {
            hysteresis_db,
            hold_ms: 0.0,
            release_ms: 1.0,
            attack_ms: 0.0,
            ..Default::default()
        };
        let gains = gains_db(&settings, &sound, 48_000);
        gains.windows(2).filter(|two| (two[0] < -20.0) != (two[1] < -20.0)).count()
    };
    assert_eq!(changes(4.0), 1);
    assert!(changes(0.0) > 10);
}

#[test]
fn with_look_ahead_the_beginning_of_a_note_is_whole() {
    let mut sound = vec![0.0; 9_600];
    sound.extend(tone(200.0, 0.5, 48_000, 9_600));
    let first_ms = |look_ahead_ms: f64| {
        let settings = GateSettings { attack_ms: 1.0, look_ahead_ms, ..Default::default() };
        let late = (look_ahead_ms * 48.0) as usize;
        let heard = mono(&settings, &sound);
        (9_600..9_650).map(|frame| (heard[frame + late] - sound[frame]).abs()).fold(0.0, f32::max)
    };
    assert!(first_ms(0.0) > 0.05);
    // Ten attack times ahead: e⁻¹⁰ of 40 dB.
    assert!(first_ms(10.0) < 0.5 * 0.0003);
}

#[test]
fn an_expander_turns_one_decibel_under_into_two() {
    let settings = GateSettings {
        mode: GateMode::Expander,
        ratio: 2.0,
        knee_db: 0.0,
        range_db: 60.0,
        ..Default::default()
    };
    for (dbfs, wanted) in [(-30.0, 0.0), (-50.0, -10.0), (-60.0, -20.0)] {
        let level = libm::exp10(dbfs / 20.0);
        let gains = gains_db(&settings, &tone(100.0, level, 48_000, 96_000), 48_000);
        assert!((gains[95_000] - wanted).abs() < 0.05, "{dbfs}: {}", gains[95_000]);
    }
    let curves = Gate::curves(&settings, 48_000);
    let drawn = curves[0].points.iter().find(|(dbfs, _)| *dbfs == -50.0).unwrap().1;
    assert!((drawn + 60.0).abs() < 1e-4);
}

#[test]
fn linked_channels_open_together_and_a_key_opens_both() {
    let (loud, soft) = (tone(500.0, 0.5, 48_000, 9_600), tone(500.0, 0.001, 48_000, 9_600));
    let heard = |link_percent, keys: &[Signal<'_>]| {
        let (mut left, mut right) = (loud.clone(), soft.clone());
        let settings = GateSettings { link_percent, ..Default::default() };
        let mut gate = ready(&settings, Channels::Stereo, 48_000);
        gate.process(&mut Block::stereo(&mut left, &mut right), keys, &at(0));
        let mut report = Report::default();
        gate.report(&mut report);
        (left, right, report.gain_reduction_db)
    };
    let (_, together, _) = heard(100.0, &[]);
    assert!(same_bits(&together[2_000..], &soft[2_000..]));
    let (apart_left, apart, reduced) = heard(0.0, &[]);
    assert!(
        same_bits(&apart_left[2_000..], &loud[2_000..]) && (apart[9_000] - soft[9_000] * 0.01).abs() < 1e-8
    );
    assert_eq!(reduced, 40.0);
    let silence = vec![0.0; 9_600];
    let (closed, _, _) = heard(100.0, &[Signal::mono(&silence)]);
    assert!((closed[9_000] - loud[9_000] * 0.01).abs() < 1e-6);
}

#[test]
fn one_channel_gets_the_bits_of_two() {
    let mut sound = Noise(3).samples(20_000);
    sound[6_000..12_000].iter_mut().for_each(|sample| *sample *= 0.001);
    for mode in [GateMode::Gate, GateMode::Expander] {
        let settings =
            GateSettings { mode, link_percent: 0.0, hold_ms: 5.0, release_ms: 20.0, ..Default::default() };
        let (mut left, mut right) = (sound.clone(), sound.clone());
        let mut gate = ready(&settings, Channels::Stereo, 48_000);
        gate.process(&mut Block::stereo(&mut left, &mut right), &[], &at(0));
        let alone = mono(&settings, &sound);
        assert!(same_bits(&left, &alone) && same_bits(&right, &alone));
    }
}
