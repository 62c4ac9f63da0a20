//! What the standards ask of a loudness and true-peak meter, on signals made here: EBU Tech 3341 (version 4, table 1)
//! at four rates, the gates of BS.1770-5, and another implementation as a second opinion.

#![expect(clippy::expect_used, reason = "a reading or a track that is missing fails the test")]

use std::f64::consts::PI;

use ebur128::{EbuR128, Mode};
use mixkeel_analysis::bands::BandsMeter;
use mixkeel_analysis::loudness::{LoudnessMeter, LoudnessReading};
use mixkeel_analysis::meter::Meter;
use mixkeel_analysis::profile::{Profile, ProfileMeter};
use mixkeel_analysis::true_peak::TruePeakMeter;
use mixkeel_dsp::block::{Channels, Signal};
use mixkeel_dsp::units::gain_from_db;

const RATES: [u32; 4] = [44_100, 48_000, 96_000, 192_000];

/// A 1 kHz sine whose level changes: seconds and peak level in dBFS. The phase runs on through all parts.
fn tone(rate_hz: u32, parts: &[(f64, f64)]) -> Vec<f32> {
    let mut wave = Vec::new();
    for &(seconds, level_dbfs) in parts {
        let (gain, frames) = (gain_from_db(level_dbfs), (seconds * f64::from(rate_hz)).round() as usize);
        for _ in 0..frames {
            let turn = (wave.len() as f64 * 1_000.0 / f64::from(rate_hz)).fract();
            wave.push((gain * libm::sin(2.0 * PI * turn)) as f32);
        }
    }
    wave
}

const SILENCE: f64 = f64::NEG_INFINITY;

fn stereo(rate_hz: u32, wave: &[f32]) -> LoudnessReading {
    let mut meter = LoudnessMeter::new();
    meter.prepare(rate_hz, Channels::Stereo);
    meter.push(&Signal::stereo(wave, wave));
    meter.finish()
}

#[track_caller]
fn near(reading: Option<f64>, wanted: f64, tolerance: f64) {
    let reading = reading.expect("there is a reading");
    assert!((reading - wanted).abs() <= tolerance, "{reading} instead of {wanted} ±{tolerance}");
}

#[test]
fn tech_3341_cases_1_to_5_integrated_loudness() {
    for rate in RATES {
        for level in [-23.0, -33.0] {
            let reading = stereo(rate, &tone(rate, &[(20.0, level)]));
            for read in [reading.integrated_lufs, reading.max_momentary_lufs, reading.max_short_term_lufs] {
                near(read, level, 0.1);
            }
        }
        let three = [(10.0, -36.0), (60.0, -23.0), (10.0, -36.0)];
        near(stereo(rate, &tone(rate, &three)).integrated_lufs, -23.0, 0.1);
        let four = [(10.0, -72.0), (10.0, -36.0), (60.0, -23.0), (10.0, -36.0), (10.0, -72.0)];
        near(stereo(rate, &tone(rate, &four)).integrated_lufs, -23.0, 0.1);
        let five = [(20.0, -26.0), (20.1, -20.0), (20.0, -26.0)];
        near(stereo(rate, &tone(rate, &five)).integrated_lufs, -23.0, 0.1);
    }
}

#[test]
fn tech_3341_cases_9_and_12_the_windows_hold_a_steady_reading() {
    for rate in RATES {
        let nine: Vec<_> = [(1.34, -20.0), (1.66, -30.0)].repeat(5);
        near(stereo(rate, &tone(rate, &nine)).max_short_term_lufs, -23.0, 0.1);
        let twelve: Vec<_> = [(0.18, -20.0), (0.22, -30.0)].repeat(25);
        near(stereo(rate, &tone(rate, &twelve)).max_momentary_lufs, -23.0, 0.1);
    }
}

#[test]
fn tech_3341_cases_10_and_13_the_highest_reading_is_found_wherever_the_tone_begins() {
    for rate in RATES {
        for i in 0..20 {
            let ten = [(f64::from(i) * 0.15, SILENCE), (3.0, -23.0), (1.0, SILENCE)];
            near(stereo(rate, &tone(rate, &ten)).max_short_term_lufs, -23.0, 0.1);
            let thirteen = [(f64::from(i) * 0.02, SILENCE), (0.4, -23.0), (1.0, SILENCE)];
            near(stereo(rate, &tone(rate, &thirteen)).max_momentary_lufs, -23.0, 0.1);
        }
    }
}

#[test]
fn tech_3341_cases_11_and_14_each_step_is_read_as_it_passes() {
    for rate in [44_100, 48_000] {
        let (mut eleven, mut fourteen) = (LoudnessMeter::new(), LoudnessMeter::new());
        eleven.prepare(rate, Channels::Stereo);
        fourteen.prepare(rate, Channels::Stereo);
        for i in 0..20 {
            let (i, level) = (f64::from(i), f64::from(i) - 38.0);
            let wave = tone(rate, &[(i * 0.15, SILENCE), (3.0, level), (3.0 - i * 0.15, SILENCE)]);
            eleven.push(&Signal::stereo(&wave, &wave));
            near(eleven.finish().max_short_term_lufs, level, 0.1);
            let wave = tone(rate, &[(i * 0.02, SILENCE), (0.4, level), (0.4 - i * 0.02, SILENCE)]);
            fourteen.push(&Signal::stereo(&wave, &wave));
            near(fourteen.finish().max_momentary_lufs, level, 0.1);
        }
    }
}

fn true_peak(rate_hz: u32, wave: &[f32]) -> f64 {
    let mut meter = TruePeakMeter::new();
    meter.prepare(rate_hz, Channels::Stereo);
    meter.push(&Signal::stereo(wave, wave));
    meter.finish().expect("there is a reading")
}

#[test]
fn tech_3341_cases_15_to_19_peaks_between_samples() {
    for rate in RATES {
        for (divisor, height, degrees, wanted) in [
            (4.0, 0.5, 0.0, -6.0),
            (4.0, 0.5, 45.0, -6.0),
            (6.0, 0.5, 60.0, -6.0),
            (8.0, 0.5, 67.5, -6.0),
            (4.0, 1.41, 45.0, 3.0),
        ] {
            let (frames, fade) = (f64::from(rate), f64::from(rate) / 100.0);
            let wave: Vec<f32> = (0..rate)
                .map(f64::from)
                .map(|n| {
                    let edge = (n.min(frames - 1.0 - n) / fade).min(1.0);
                    (edge * height * libm::sin(2.0 * PI * n / divisor + degrees * PI / 180.0)) as f32
                })
                .collect();
            let reading = true_peak(rate, &wave);
            assert!((wanted - 0.4..=wanted + 0.2).contains(&reading), "fs/{divisor} at {rate}: {reading}");
        }
    }
}

#[test]
fn tech_3341_cases_20_to_23_a_burst_spliced_in_at_four_times_the_rate() {
    // fs/6 at half height, one period of fs/4 at full height joined where the phase is zero, made four times as fine.
    let mut fine = vec![0.0_f64; 0];
    let sine = |fine: &mut Vec<f64>, period: usize, periods: usize, height: f64| {
        for n in 0..period * periods {
            fine.push(height * libm::sin(2.0 * PI * n as f64 / period as f64));
        }
    };
    sine(&mut fine, 24, 400, 0.5);
    sine(&mut fine, 16, 1, 1.0);
    sine(&mut fine, 24, 400, 0.5);
    // A low-pass at 0.45 of the coarse rate: a windowed sinc of 257 taps.
    let taps: Vec<f64> = (-128..=128)
        .map(|k| {
            let (x, cut) = (f64::from(k), 2.0 * 0.45 / 4.0);
            let window = 0.5 + 0.5 * libm::cos(PI * x / 129.0);
            window * if k == 0 { cut } else { libm::sin(PI * cut * x) / (PI * x) }
        })
        .collect();
    let passed = |at: usize| -> f64 {
        taps.iter()
            .enumerate()
            .map(|(k, tap)| tap * fine.get((at + k).wrapping_sub(128)).unwrap_or(&0.0))
            .sum()
    };
    for offset in 0..4 {
        // The ends ring; they are left out by a fade far from the burst.
        let length = fine.len() / 4 - 1;
        let wave: Vec<f32> = (0..length)
            .map(|n| (passed(4 * n + offset) * (n.min(length - 1 - n) as f64 / 480.0).min(1.0)) as f32)
            .collect();
        for rate in RATES {
            let reading = true_peak(rate, &wave);
            assert!((-0.4..=0.2).contains(&reading), "offset {offset}: {reading}");
        }
    }
}

#[test]
fn the_gates_do_what_the_standard_says_and_nothing_more() {
    let rate = 48_000;
    // 30 s at −10, 60 s at −24, 30 s at −10: without a relative gate, or with the old one of −8, this reads −12.8.
    near(
        stereo(rate, &tone(rate, &[(30.0, -10.0), (60.0, -24.0), (30.0, -10.0)])).integrated_lufs,
        -10.02,
        0.05,
    );
    // The absolute gate is at −70.
    near(
        stereo(rate, &tone(rate, &[(30.0, -69.5), (60.0, -70.6), (30.0, -69.5)])).integrated_lufs,
        -69.5,
        0.05,
    );
    // A loud end that fills no block leaves the programme loudness alone and shows in the momentary one.
    let reading = stereo(rate, &tone(rate, &[(20.0, -23.0), (0.05, 0.0)]));
    near(reading.integrated_lufs, -23.0, 0.1);
    assert!(reading.max_momentary_lufs.expect("there is a reading") > -10.0);
}

#[test]
fn too_short_is_no_reading_and_silence_is_no_reading() {
    let almost = stereo(48_000, &tone(48_000, &[(0.399, -23.0)]));
    assert_eq!((almost.integrated_lufs, almost.max_momentary_lufs), (None, None));
    near(stereo(48_000, &tone(48_000, &[(0.4, -23.0)])).integrated_lufs, -23.0, 0.1);
    let silence = stereo(48_000, &tone(48_000, &[(5.0, SILENCE)]));
    assert_eq!(silence, LoudnessReading::default());
    // Power that comes and goes leaves no remainder: silence after a tone reads as what went before it.
    let after = stereo(48_000, &tone(48_000, &[(5.0, 0.0), (10.0, SILENCE)]));
    near(
        after.integrated_lufs,
        stereo(48_000, &tone(48_000, &[(5.0, 0.0)])).integrated_lufs.unwrap_or(0.0),
        0.5,
    );
}

#[test]
fn mono_is_one_channel_and_antiphase_is_as_loud_as_phase() {
    let wave = tone(48_000, &[(5.0, -23.0)]);
    let mut meter = LoudnessMeter::new();
    meter.prepare(48_000, Channels::Mono);
    meter.push(&Signal::mono(&wave));
    near(meter.finish().integrated_lufs, -26.0, 0.1);
    let turned: Vec<f32> = wave.iter().map(|x| -x).collect();
    meter.prepare(48_000, Channels::Stereo);
    meter.push(&Signal::stereo(&wave, &turned));
    near(meter.finish().integrated_lufs, -23.0, 0.1);
}

#[test]
fn the_same_tone_reads_the_same_at_every_rate() {
    let readings: Vec<f64> = [44_100, 48_000, 88_200, 96_000, 176_400, 192_000]
        .map(|rate| stereo(rate, &tone(rate, &[(5.0, -23.0)])).integrated_lufs.expect("there is a reading"))
        .to_vec();
    let high = readings.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let low = readings.iter().copied().fold(f64::INFINITY, f64::min);
    assert!(high - low < 0.01, "{readings:?}");
}

/// Noise whose level wanders, from a seed.
fn noise(frames: usize, mut seed: u32) -> Vec<f32> {
    (0..frames)
        .map(|n| {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let level = 0.02 + 0.3 * libm::fabs(libm::sin(n as f64 / 40_000.0));
            ((f64::from(seed) / f64::from(u32::MAX) - 0.5) * level) as f32
        })
        .collect()
}

#[test]
fn another_implementation_agrees() {
    let (left, right) = (noise(48_000 * 20, 1), noise(48_000 * 20, 2));
    let mut other = EbuR128::new(2, 48_000, Mode::I).expect("it knows 48 kHz");
    other.add_frames_planar_f32(&[&left, &right]).expect("it takes frames");
    let mut meter = LoudnessMeter::new();
    meter.prepare(48_000, Channels::Stereo);
    meter.push(&Signal::stereo(&left, &right));
    // Both follow one standard; what differs is the last digit of the filter's coefficients.
    near(meter.finish().integrated_lufs, other.loudness_global().expect("it has a reading"), 0.005);
}

fn profile(signal: &Signal, block_frames: usize) -> Profile {
    let mut meter = ProfileMeter::new(44_100, signal.channels());
    for from in (0..signal.frames()).step_by(block_frames) {
        meter.push(&signal.part(from..from + block_frames));
    }
    meter.finish()
}

#[test]
fn no_reading_depends_on_how_the_stream_was_cut() {
    let (left, right) = (noise(100_003, 3), noise(100_003, 4));
    let signal = Signal::stereo(&left, &right);
    let whole = profile(&signal, usize::MAX / 2);
    for block_frames in [1, 7, 64, 1_000, 4_096] {
        assert_eq!(profile(&signal, block_frames), whole, "blocks of {block_frames}");
    }
}

#[test]
fn samples_that_are_not_finite_count_as_zero_and_spoil_nothing() {
    let clean = noise(100_000, 5);
    let (mut broken, mut zeroed) = (clean.clone(), clean);
    for (at, bad) in [(10, f32::NAN), (50_000, f32::INFINITY), (99_999, f32::NEG_INFINITY)] {
        broken[at] = bad;
        zeroed[at] = 0.0;
    }
    assert_eq!(profile(&Signal::mono(&broken), 4_096), profile(&Signal::mono(&zeroed), 4_096));
    // The largest samples there are read as something, never as nothing at all.
    let huge = vec![f32::MAX; 50_000];
    assert!(profile(&Signal::mono(&huge), 4_096).true_peak_dbtp.is_some_and(f64::is_finite));
}

#[test]
fn a_profile_comes_back_from_a_cache_as_it_went_in() {
    let wave = noise(60_000, 6);
    let measured = profile(&Signal::mono(&wave), 4_096);
    let text = serde_json::to_string(&measured).expect("it can be written");
    assert_eq!(serde_json::from_str::<Profile>(&text).expect("it can be read"), measured);
    let mut bands = BandsMeter::new();
    bands.prepare(44_100, Channels::Mono);
    bands.push(&Signal::mono(&wave));
    assert_eq!(bands.finish(), measured.bands);
}
