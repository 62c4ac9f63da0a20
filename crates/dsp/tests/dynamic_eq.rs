//! A dynamic equaliser moves when and as far as it says, and otherwise does nothing at all.

mod listening;

use listening::{Noise, db, find_tone, same_bits, tone};
use mixkeel_dsp::block::{Block, Channels, Signal};
use mixkeel_dsp::param::Bands;
use mixkeel_dsp::processor::{Context, Processor, Report, Setup};
use mixkeel_dsp::processors::dynamic_eq::{Direction, DynamicBand, DynamicEq, DynamicEqSettings, Ear};
use mixkeel_dsp::processors::eq::Channel;

const RATES_HZ: [u32; 4] = [44_100, 48_000, 96_000, 192_000];

fn ready(band: DynamicBand, rate_hz: u32, channels: Channels) -> DynamicEq {
    let mut eq = DynamicEq::default();
    eq.prepare(&Setup { rate_hz, channels, max_block_frames: 4_096 });
    eq.set(&DynamicEqSettings { band: Bands::of(&[band]), ..DynamicEqSettings::default() });
    eq
}

/// What a mono sound becomes, with a mono key if there is one, in blocks of 512.
fn play(eq: &mut DynamicEq, sound: &[f32], key: Option<&[f32]>) -> Vec<f32> {
    let mut heard = sound.to_vec();
    for first in (0..sound.len()).step_by(512) {
        let end = sound.len().min(first + 512);
        let at = Context { frame: first as i64, tempo_bpm: 120.0 };
        let key = key.map(|key| Signal::mono(&key[first..end]));
        eq.process(&mut Block::mono(&mut heard[first..end]), key.as_slice(), &at);
    }
    heard
}

/// The gain of a steady tone after a second, in dB.
fn settled_db(heard: &[f32], sound: &[f32], hz: f64, rate_hz: u32) -> f64 {
    let from = rate_hz as usize;
    let amplitude = |sound: &[f32]| find_tone(&sound[from..], from, hz, rate_hz).amplitude;
    db(amplitude(heard) / amplitude(sound))
}

#[test]
fn a_tone_over_the_threshold_is_moved_by_the_ratio_and_no_farther_than_the_range() {
    for rate_hz in RATES_HZ {
        for (hz, q) in [(200.0, 1.0), (1_000.0, 4.0), (6_000.0, 0.7)] {
            for (direction, peak_db, wanted_db) in [
                (Direction::CutAbove, -18.0, -6.0),
                (Direction::CutAbove, -10.0, -10.0),
                (Direction::CutAbove, -40.0, 0.0),
                (Direction::LiftBelow, -42.0, 6.0),
                (Direction::LiftAbove, -28.0, 2.0),
                (Direction::CutBelow, -33.0, -3.0),
            ] {
                // Threshold −30 dB, 2:1; the tone lies in the middle of the bell.
                let band = DynamicBand {
                    freq_hz: hz,
                    q,
                    direction,
                    knee_db: 0.0,
                    range_db: 10.0,
                    ..DynamicBand::default()
                };
                let sound = tone(hz, libm::exp10(peak_db / 20.0), rate_hz, 2 * rate_hz as usize);
                let heard = play(&mut ready(band, rate_hz, Channels::Mono), &sound, None);
                let moved_db = settled_db(&heard, &sound, hz, rate_hz);
                // Ripple of the measured level: 0.17 dB (4 % of the power at two periods), which the attack holds.
                assert!(
                    (moved_db - wanted_db).abs() < 0.2,
                    "{rate_hz} {hz} {direction:?} {peak_db}: {moved_db:.2}"
                );
            }
        }
    }
}

#[test]
fn the_focus_gets_room_only_while_it_sounds() {
    let rate_hz = 48_000;
    let band = DynamicBand {
        freq_hz: 2_500.0,
        q: 0.7,
        ear: Ear::Key,
        range_db: 4.0,
        ratio: 20.0,
        ..DynamicBand::default()
    };
    let frames = 2 * rate_hz as usize;
    let guitar = tone(2_500.0, 0.2, rate_hz, frames);
    // The key sings for the first second only.
    let mut voice = tone(2_600.0, 0.3, rate_hz, frames);
    voice[48_000..].fill(0.0);
    let heard = play(&mut ready(band, rate_hz, Channels::Mono), &guitar, Some(&voice));
    let gain_db = |from: usize, to: usize| {
        let amplitude = |sound: &[f32]| find_tone(&sound[from..to], from, 2_500.0, rate_hz).amplitude;
        db(amplitude(&heard) / amplitude(&guitar))
    };
    assert!((gain_db(24_000, 48_000) + 4.0).abs() < 0.05, "{}", gain_db(24_000, 48_000));
    assert!(gain_db(90_000, 96_000).abs() < 0.05, "{}", gain_db(90_000, 96_000));
    // A key without anything in that region moves nothing, to the bit.
    let bass = tone(50.0, 0.3, rate_hz, frames);
    assert!(same_bits(&play(&mut ready(band, rate_hz, Channels::Mono), &guitar, Some(&bass)), &guitar));
}

#[test]
fn it_goes_and_comes_back_in_its_times() {
    let rate_hz = 48_000;
    let band = DynamicBand {
        ratio: 20.0,
        knee_db: 0.0,
        range_db: 12.0,
        attack_ms: 50.0,
        release_ms: 300.0,
        ear: Ear::Key,
        q: 0.7,
        ..DynamicBand::default()
    };
    let mut key = tone(1_000.0, 0.5, rate_hz, 4 * rate_hz as usize);
    key[96_000..].fill(0.0);
    let sound = tone(1_000.0, 0.1, rate_hz, key.len());
    let heard = play(&mut ready(band, rate_hz, Channels::Mono), &sound, Some(&key));
    // Gain over windows of one period.
    let gain_db = |first: usize| {
        let peak = |sound: &[f32]| sound[first..first + 48].iter().fold(0.0_f32, |peak, x| peak.max(x.abs()));
        db(f64::from(peak(&heard)) / f64::from(peak(&sound)))
    };
    let first_beyond = |from: usize, beyond: &dyn Fn(f64) -> bool| {
        (from..sound.len() - 48).step_by(48).find(|first| beyond(gain_db(*first))).unwrap_or(usize::MAX)
            - from
    };
    let gone = first_beyond(0, &|gain| gain < -12.0 * 0.632) as f64 / 48.0;
    let back = first_beyond(96_000, &|gain| gain > -12.0 * 0.368) as f64 / 48.0;
    // The level is a mean over 3 ms, which passes the threshold a little later up and, from 24 dB over it, down to it in
    // 3·ln(10^2.4) = 17 ms; decisions wait for the grid (1.3 ms) and take as long to arrive.
    assert!((50.0..55.0).contains(&gone), "{gone} ms");
    assert!((300.0..325.0).contains(&back), "{back} ms");
}

#[test]
fn at_rest_it_keeps_every_bit_and_at_full_range_it_is_the_drawn_curve() {
    let quiet: Vec<f32> = Noise(3).samples(20_000).iter().map(|sample| sample * 0.001).collect();
    let band = DynamicBand { threshold_db: -20.0, ..DynamicBand::default() };
    assert!(same_bits(&play(&mut ready(band, 48_000, Channels::Mono), &quiet, None), &quiet));

    let settings = DynamicEqSettings {
        band: Bands::of(&[DynamicBand {
            gain_db: 2.0,
            range_db: 5.0,
            ratio: 20.0,
            q: 2.0,
            ..DynamicBand::default()
        }]),
        ..DynamicEqSettings::default()
    };
    let curves = DynamicEq::curves(&settings, 48_000);
    let names: Vec<&str> = curves.iter().map(|curve| curve.of.as_str()).collect();
    assert_eq!(names, ["rest", "full-range"]);
    let peak = |index: usize| {
        curves[index]
            .points
            .iter()
            .fold(0.0_f64, |most, (_, db)| if db.abs() > most.abs() { *db } else { most })
    };
    assert!((peak(0) - 2.0).abs() < 0.01 && (peak(1) + 3.0).abs() < 0.01);
    let fixed = settings.fixed(1.0);
    for hz in [500.0, 1_000.0, 1_500.0] {
        // A loud tone moves the band all the way, and is then heard as the curve says.
        let sound = tone(hz, 0.9, 48_000, 96_000);
        let mut eq = DynamicEq::default();
        eq.prepare(&Setup { rate_hz: 48_000, channels: Channels::Mono, max_block_frames: 4_096 });
        eq.set(&settings);
        let gain_db = settled_db(&play(&mut eq, &sound, None), &sound, hz, 48_000);
        assert!((gain_db - fixed.response_db(48_000, hz, Channel::Both)).abs() < 0.1, "{hz}: {gain_db}");
    }
}

#[test]
fn it_says_how_far_it_has_turned_down() {
    let band = DynamicBand { ratio: 20.0, range_db: 7.0, ..DynamicBand::default() };
    let mut eq = ready(band, 48_000, Channels::Mono);
    play(&mut eq, &tone(1_000.0, 0.5, 48_000, 48_000), None);
    let mut report = Report::default();
    eq.report(&mut report);
    assert!((report.gain_reduction_db - 7.0).abs() < 0.05, "{}", report.gain_reduction_db);
}

#[test]
fn two_equal_channels_get_the_bits_of_one() {
    let sound = Noise(4).samples(20_000);
    let band = DynamicBand { channel: Channel::Both, range_db: 12.0, ..DynamicBand::default() };
    let alone = play(&mut ready(band, 48_000, Channels::Mono), &sound, None);
    let (mut left, mut right) = (sound.clone(), sound);
    let at = Context { frame: 0, tempo_bpm: 120.0 };
    ready(band, 48_000, Channels::Stereo).process(&mut Block::stereo(&mut left, &mut right), &[], &at);
    assert!(same_bits(&left, &alone) && same_bits(&right, &alone));
}
