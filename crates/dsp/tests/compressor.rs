//! The compressor in the words of those who use one: what goes in, what comes out, and when.

#![allow(clippy::unwrap_used)] // A test that cannot get ready has failed.

mod listening;

use listening::{Noise, db, find_tone, same_bits, tone};
use mixkeel_dsp::block::{Block, Channels, Signal};
use mixkeel_dsp::catalog;
use mixkeel_dsp::kernels::detector::KeyFilter;
use mixkeel_dsp::processor::{Context, Processor, Report, Setup};
use mixkeel_dsp::processors::compressor::{Ballistics, Compressor, CompressorSettings, Detector};

const RATES_HZ: [u32; 4] = [44_100, 48_000, 96_000, 192_000];

fn ready(settings: &CompressorSettings, channels: Channels, rate_hz: u32) -> Compressor {
    let mut compressor = Compressor::default();
    compressor.prepare(&Setup { rate_hz, channels, max_block_frames: 4_096 });
    compressor.set(settings);
    compressor
}

fn at(frame: usize) -> Context {
    Context { frame: frame as i64, tempo_bpm: 120.0 }
}

fn mono(settings: &CompressorSettings, sound: &[f32], rate_hz: u32) -> Vec<f32> {
    let mut heard = sound.to_vec();
    ready(settings, Channels::Mono, rate_hz).process(&mut Block::mono(&mut heard), &[], &at(0));
    heard
}

fn stereo(settings: &CompressorSettings, left: &[f32], right: &[f32]) -> (Vec<f32>, Vec<f32>) {
    let (mut left, mut right) = (left.to_vec(), right.to_vec());
    ready(settings, Channels::Stereo, 48_000).process(&mut Block::stereo(&mut left, &mut right), &[], &at(0));
    (left, right)
}

/// The gain at every frame, in dB, while this is what the compressor listens to.
fn gains_db(settings: &CompressorSettings, key: &[f32], rate_hz: u32) -> Vec<f64> {
    let mut ones = vec![1.0; key.len()];
    let mut compressor = ready(settings, Channels::Mono, rate_hz);
    compressor.process(&mut Block::mono(&mut ones), &[Signal::mono(key)], &at(0));
    ones.iter().map(|gain| db(f64::from(*gain))).collect()
}

fn amplitude(dbfs: f64) -> f64 {
    libm::exp10(dbfs / 20.0)
}

/// The curve as Giannoulis, Massberg, Reiss 2012 print it (eq. 4).
fn static_dbfs(settings: &CompressorSettings, x: f64) -> f64 {
    let CompressorSettings { threshold_db: t, ratio: r, knee_db: w, .. } = *settings;
    if 2.0 * (x - t) < -w {
        x
    } else if 2.0 * (x - t).abs() <= w && w > 0.0 {
        x + (1.0 / r - 1.0) * (x - t + w / 2.0) * (x - t + w / 2.0) / (2.0 * w)
    } else {
        t + (x - t) / r
    }
}

#[test]
fn four_to_one_over_the_threshold_gives_a_quarter() {
    // A sine at 1 kHz, attack and release from 20 ms: within 0.1 dB of the curve at every level, rate and detector.
    let mut worst = 0.0_f64;
    for rate_hz in [44_100, 48_000, 192_000] {
        for detector in [Detector::Peak, Detector::Rms] {
            for (attack_ms, release_ms) in [(20.0, 20.0), (20.0, 200.0), (50.0, 20.0)] {
                for (threshold_db, ratio, knee_db) in
                    [(-20.0, 4.0, 0.0), (-20.0, 4.0, 12.0), (-40.0, 2.0, 6.0), (-30.0, 100.0, 6.0)]
                {
                    let settings = CompressorSettings {
                        threshold_db,
                        ratio,
                        knee_db,
                        attack_ms,
                        release_ms,
                        detector,
                        ..Default::default()
                    };
                    for dbfs in [-50.0, -24.0, -20.0, -12.0, 0.0] {
                        let frames = rate_hz as usize / 2;
                        let heard =
                            mono(&settings, &tone(1_000.0, amplitude(dbfs), rate_hz, frames), rate_hz);
                        let settled = frames / 5 * 4;
                        let level = db(find_tone(&heard[settled..], settled, 1_000.0, rate_hz).amplitude);
                        let error = level - static_dbfs(&settings, dbfs);
                        assert!(error.abs() < 0.1, "{settings:?} {rate_hz} {dbfs}: {error}");
                        worst = worst.max(error.abs());
                    }
                }
            }
        }
    }
    println!("largest distance from the static curve: {worst:.3} dB");
}

#[test]
fn the_curve_that_is_drawn_is_what_a_steady_sound_gets() {
    let settings = CompressorSettings { makeup_db: 5.0, mix_percent: 60.0, ..Default::default() };
    let curves = Compressor::curves(&settings, 48_000);
    for (dbfs, out_dbfs) in curves[0].points.iter().filter(|(dbfs, _)| *dbfs > -40.0) {
        let steady = vec![amplitude(*dbfs) as f32; 48_000];
        let heard = mono(&settings, &steady, 48_000);
        assert!((db(f64::from(heard[47_999])) - out_dbfs).abs() < 0.001, "{dbfs}");
    }
}

#[test]
fn attack_and_release_take_the_time_that_is_set() {
    // A 1 kHz tone steps from −30 to −6 dBFS and back, as in the comparisons that people make. The time until 63.2 % of the
    // change in dB is done is within 5 %, beside the quarter of a period in which the sine finds its first peak.
    let mut worst = 0.0_f64;
    for rate_hz in RATES_HZ {
        for (attack_ms, release_ms) in [
            (5.0, 50.0),
            (10.0, 100.0),
            (20.0, 200.0),
            (20.0, 20.0),
            (60.0, 30.0),
            (1.0, 500.0),
            (100.0, 1_000.0),
        ] {
            let settings = CompressorSettings {
                threshold_db: -20.0,
                ratio: 4.0,
                knee_db: 0.0,
                attack_ms,
                release_ms,
                ..Default::default()
            };
            let frames = |ms: f64| (ms * f64::from(rate_hz) / 1_000.0) as usize;
            let long = frames(attack_ms * 12.0 + 10.0);
            let mut key = tone(1_000.0, amplitude(-6.0), rate_hz, long + frames(release_ms * 2.0 + 5.0));
            key[long..].iter_mut().for_each(|sample| *sample *= amplitude(-24.0) as f32);
            let gains = gains_db(&settings, &key, rate_hz);
            let ms = |count: usize| count as f64 * 1_000.0 / f64::from(rate_hz);
            let reached = -10.5 * (1.0 - libm::exp(-1.0));
            let up = ms(gains.iter().position(|gain| *gain <= reached).unwrap());
            let down = ms(gains[long..].iter().position(|gain| *gain >= -10.5 - reached).unwrap());
            for (measured, wanted) in [(up, attack_ms), (down, release_ms)] {
                let error = (measured - wanted).abs();
                assert!(error < 0.05 * wanted + 0.25, "{measured} for {attack_ms}/{release_ms} at {rate_hz}");
                if wanted >= 20.0 {
                    worst = worst.max(error / wanted);
                }
            }
        }
    }
    println!("largest error of a time of 20 ms and more: {:.1} %", 100.0 * worst);
}

#[test]
fn one_to_one_and_what_is_under_the_threshold_pass_bit_for_bit() {
    let sound = Noise(3).samples(20_000);
    let one = CompressorSettings { ratio: 1.0, threshold_db: -80.0, ..Default::default() };
    assert!(same_bits(&mono(&one, &sound, 48_000), &sound));
    let quiet: Vec<f32> = sound.iter().map(|sample| sample * 0.05).collect();
    for detector in [Detector::Peak, Detector::Rms] {
        let under = CompressorSettings { threshold_db: -20.0, knee_db: 6.0, detector, ..Default::default() };
        assert!(same_bits(&mono(&under, &quiet, 48_000), &quiet));
    }
}

#[test]
fn after_a_loud_passage_what_is_under_the_threshold_is_bit_exact_again() {
    let mut sound = Noise(4).samples(96_000);
    sound[9_600..].iter_mut().for_each(|sample| *sample *= 0.01);
    let settings = CompressorSettings { release_ms: 50.0, ..Default::default() };
    let heard = mono(&settings, &sound, 48_000);
    assert!(heard[..9_600] != sound[..9_600]);
    // Eighteen time constants.
    assert!(same_bits(&heard[9_600 + 18 * 2_400..], &sound[9_600 + 18 * 2_400..]));
}

#[test]
fn a_fully_linked_image_stands_still_and_an_unlinked_one_is_two_compressors() {
    let mut random = Noise(5);
    let (left, quiet): (Vec<f32>, Vec<f32>) =
        (random.samples(20_000), random.samples(20_000).iter().map(|sample| sample * 0.1).collect());
    let linked = CompressorSettings { threshold_db: -30.0, ..Default::default() };
    let (heard_left, heard_right) = stereo(&linked, &left, &quiet);
    for ((l, hl), (r, hr)) in left.iter().zip(&heard_left).zip(quiet.iter().zip(&heard_right)) {
        if l.abs() > 0.01 && r.abs() > 0.001 {
            // Two gains rounded to 24 bits.
            assert!((hl / l / (hr / r) - 1.0).abs() < 3e-7);
        }
    }
    let unlinked = CompressorSettings { link_percent: 0.0, ..linked };
    let (heard_left, heard_right) = stereo(&unlinked, &left, &quiet);
    assert!(same_bits(&heard_left, &mono(&unlinked, &left, 48_000)));
    assert!(same_bits(&heard_right, &mono(&unlinked, &quiet, 48_000)));
}

#[test]
fn two_equal_channels_get_the_bits_of_one() {
    let sound = Noise(6).samples(20_000);
    for link_percent in [0.0, 37.0, 100.0] {
        for detector in [Detector::Peak, Detector::Rms] {
            let settings = CompressorSettings {
                link_percent,
                detector,
                key_filter: KeyFilter::LowCut,
                adaptive_percent: 30.0,
                hold_ms: 3.0,
                look_ahead_ms: 1.0,
                ballistics: Ballistics::Programme,
                ..Default::default()
            };
            let (left, right) = stereo(&settings, &sound, &sound);
            assert!(same_bits(&left, &right));
            // Between, a share of the one and the other is rounded once more.
            if link_percent != 37.0 {
                assert!(same_bits(&left, &mono(&settings, &sound, 48_000)));
            }
        }
    }
}

#[test]
fn with_look_ahead_a_peak_is_met_before_it_comes() {
    let mut sound = tone(200.0, 0.1, 48_000, 20_000);
    sound[10_000..10_200].copy_from_slice(&tone(2_000.0, 1.0, 48_000, 200));
    let over = |look_ahead_ms| {
        let settings = CompressorSettings {
            threshold_db: -20.0,
            ratio: 100.0,
            knee_db: 0.0,
            attack_ms: 1.0,
            look_ahead_ms,
            ..Default::default()
        };
        let heard = mono(&settings, &sound, 48_000);
        db(heard.iter().fold(0.0_f64, |peak, sample| peak.max(f64::from(sample.abs()))))
    };
    assert!(over(0.0) > -6.0, "{}", over(0.0));
    // Five attack times ahead: e⁻⁵ of 19.8 dB is left.
    assert!(over(5.0) < -20.0 + 0.2 + 0.3, "{}", over(5.0));
}

#[test]
fn hold_keeps_the_reduction_for_as_long_as_is_set() {
    let mut key = vec![0.5; 4_800];
    key.resize(20_000, 0.001);
    let settings =
        CompressorSettings { hold_ms: 50.0, attack_ms: 1.0, release_ms: 20.0, ..Default::default() };
    let gains = gains_db(&settings, &key, 48_000);
    let held = gains[4_799];
    assert!(gains[4_800..4_800 + 2_400].iter().all(|gain| (gain - held).abs() < 1e-3));
    assert!(gains[4_800 + 2_400 + 2 * 960] > held * 0.3);
}

#[test]
fn range_is_the_most_that_is_taken_away() {
    let settings =
        CompressorSettings { range_db: 6.0, threshold_db: -60.0, ratio: 20.0, ..Default::default() };
    let gains = gains_db(&settings, &[0.9; 48_000], 48_000);
    assert!((gains[47_999] + 6.0).abs() < 1e-4);
}

#[test]
fn a_key_turns_down_what_does_not_sound_itself() {
    let quiet = tone(440.0, 0.01, 48_000, 24_000);
    let mut heard = quiet.clone();
    let key = vec![0.5; 24_000];
    let mut compressor = ready(&CompressorSettings::default(), Channels::Mono, 48_000);
    compressor.process(&mut Block::mono(&mut heard), &[Signal::stereo(&vec![0.0; 24_000], &key)], &at(0));
    let taken = db(f64::from(heard[23_000] / quiet[23_000]));
    let wanted = (-6.02 + 20.0) * (1.0 / 3.0 - 1.0);
    assert!((taken - wanted).abs() < 0.01, "{taken} {wanted}");
    let mut report = Report::default();
    compressor.report(&mut report);
    assert!((report.gain_reduction_db + wanted).abs() < 0.01);
}

#[test]
fn the_detector_can_be_deaf_to_the_bass() {
    let low = tone(50.0, 0.9, 48_000, 48_000);
    let heard = |key_filter| {
        let settings = CompressorSettings { key_filter, key_freq_hz: 500.0, ..Default::default() };
        db(find_tone(&mono(&settings, &low, 48_000)[40_000..], 40_000, 50.0, 48_000).amplitude)
    };
    assert!(heard(KeyFilter::Off) < -8.0);
    assert!((heard(KeyFilter::LowCut) - db(0.9)).abs() < 1e-3);
}

#[test]
fn parallel_compression_adds_the_sound_as_it_is() {
    let sound = Noise(8).samples(20_000);
    let wet =
        CompressorSettings { threshold_db: -40.0, makeup_db: 8.0, look_ahead_ms: 2.0, ..Default::default() };
    let heard = |mix_percent| mono(&CompressorSettings { mix_percent, ..wet }, &sound, 48_000);
    let (dry, half, full) = (heard(0.0), heard(50.0), heard(100.0));
    assert!(same_bits(&dry[96..], &sound[..20_000 - 96]));
    for ((dry, half), full) in dry.iter().zip(&half).zip(&full) {
        assert!((half - (dry + full) / 2.0).abs() < 1e-6);
    }
}

#[test]
fn programme_times_are_short_for_drums_and_as_set_for_a_tone() {
    let settings = CompressorSettings {
        ballistics: Ballistics::Programme,
        attack_ms: 40.0,
        release_ms: 400.0,
        knee_db: 0.0,
        ..Default::default()
    };
    // A decaying hit every half second, and a tone with steps at the same times.
    let hit = |frame: usize| libm::exp(-((frame % 24_000) as f64) / 480.0) * libm::sin(0.2 * frame as f64);
    let drums: Vec<f32> = (0..480_000).map(|frame| (0.9 * hit(frame)) as f32).collect();
    let steps: Vec<f32> = tone(1_000.0, 1.0, 48_000, 480_000)
        .iter()
        .enumerate()
        .map(|(frame, sample)| sample * if frame % 48_000 < 24_000 { 0.9 } else { 0.45 })
        .collect();
    let strongest = |key: &[f32]| {
        let gains = gains_db(&settings, key, 48_000);
        gains[432_000..456_000].iter().enumerate().min_by(|a, b| a.1.total_cmp(b.1)).map(|(frame, _)| frame)
    };
    // For drums the strongest reduction comes within 10 ms, for the tone it takes its time.
    assert!(strongest(&drums).unwrap() < 480);
    assert!(strongest(&steps).unwrap() > 4_800);
}

#[test]
fn settings_that_jump_do_not_click() {
    let sound = tone(100.0, 0.5, 48_000, 48_000);
    let mut heard = sound.clone();
    let mut compressor = ready(&CompressorSettings::default(), Channels::Mono, 48_000);
    for (index, part) in heard.chunks_mut(480).enumerate() {
        let odd = index % 2 == 1;
        compressor.set(&CompressorSettings {
            threshold_db: if odd { -40.0 } else { -10.0 },
            makeup_db: if odd { 6.0 } else { 0.0 },
            mix_percent: if odd { 50.0 } else { 100.0 },
            attack_ms: 0.0,
            ..Default::default()
        });
        compressor.process(&mut Block::mono(part), &[], &at(index * 480));
    }
    // Over one grid interval of 64 frames the gain moves by less than 26 dB in a straight line: a factor 0.95 at one end and
    // 0.05 at the other, 0.015 a frame. A click would be a step of 0.4.
    let steps = heard.windows(2).map(|two| (two[1] - two[0]).abs());
    assert!(steps.fold(0.0, f32::max) < 0.05);
}

#[test]
fn every_preset_leaves_a_quiet_sound_alone_and_turns_a_loud_one_down() {
    let kind = catalog::find("compressor").unwrap();
    for preset in kind.presets {
        let settings = preset.settings::<CompressorSettings>().unwrap();
        let plain = CompressorSettings { makeup_db: 0.0, mix_percent: 100.0, ..settings };
        let gains = gains_db(&plain, &tone(1_000.0, 0.003, 48_000, 9_600), 48_000);
        // After the look-ahead.
        assert!(gains[960..].iter().all(|gain| *gain == 0.0), "{}", preset.id);
        let gains = gains_db(&plain, &tone(1_000.0, 0.9, 48_000, 96_000), 48_000);
        assert!((-40.0..-2.0).contains(&gains[95_999]), "{} {}", preset.id, gains[95_999]);
    }
}
