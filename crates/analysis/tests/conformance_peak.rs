//! What BS.1770-5, Annex 2 and EBU Tech 3341 (version 4, cases 15 to 23) ask of a true-peak meter.

#![expect(clippy::expect_used, reason = "a reading that is missing fails the test")]

mod signals;

use std::f64::consts::PI;

use ebur128::{EbuR128, Mode};
use mixkeel_analysis::meter::Meter;
use mixkeel_analysis::programme::ProgrammeMeter;
use mixkeel_analysis::true_peak::TruePeakMeter;
use mixkeel_dsp::block::{Channels, Signal};
use signals::{RATES, SILENCE, near, noise, sine, tone};

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
fn an_impulse_and_a_tone_over_full_scale_read_as_they_are() {
    let mut impulse = vec![0.0; 1_000];
    impulse[500] = 0.5;
    near(Some(true_peak(48_000, &impulse)), -6.02, 0.01);
    near(Some(true_peak(48_000, &tone(48_000, &[(1.0, 6.0)]))), 6.0, 0.05);
}

#[test]
fn summits_that_four_times_the_rate_misses_are_found_at_every_rate() {
    // At 0.4 of the rate four points a sample fall on ten places of the wave. Halfway between two of them the summit is
    // higher by 1/cos(π/10), 0.44 dB. A tenth of a second at 48 kHz, faded at both ends.
    for rate in [8_000, 44_100, 96_000, 192_000, 384_000] {
        let wave: Vec<f32> = (0..4_800)
            .map(|n| {
                let fade = (f64::from(n.min(4_799 - n)) / 1_500.0).min(1.0);
                let turn = (f64::from(n) * 0.4).fract() + 0.05;
                ((0.5 - 0.5 * libm::cos(PI * fade)) * libm::cos(2.0 * PI * turn)) as f32
            })
            .collect();
        near(Some(true_peak(rate, &wave)), 0.0, 0.05);
    }
}

#[test]
fn another_implementation_reads_no_more_and_little_less() {
    // Noise smoothed so that most of it lies below 0.25 of the rate, where four points a sample read up to 0.17 dB low (BS.1770-5,
    // Annex 2, attachment 1: 20·log10(cos(π · 0.25 / 4))); in what is above it is lower still. Its taps ripple by 0.05 dB and ours by 0.03.
    for seed in 0..4 {
        let white = noise(48_000 * 5, 50 + seed);
        let wave: Vec<f32> = white.windows(4).map(|x| 0.25 * (x[0] + x[1] + x[2] + x[3])).collect();
        let mut other = EbuR128::new(1, 48_000, Mode::TRUE_PEAK).expect("it knows the rate");
        other.add_frames_f32(&wave).expect("it takes frames");
        let theirs = 20.0 * libm::log10(other.true_peak(0).expect("it has a reading"));
        let ours = true_peak(48_000, &wave);
        assert!((theirs - 0.1..=theirs + 0.3).contains(&ours), "{ours} for {theirs}");
    }
}

fn programme(wave: &[f32]) -> mixkeel_analysis::programme::ProgrammeReading {
    let mut meter = ProgrammeMeter::new();
    meter.prepare(48_000, Channels::Stereo);
    meter.push(&Signal::stereo(wave, wave));
    meter.finish()
}

#[test]
fn peak_to_loudness_of_a_tone_is_that_of_a_sine() {
    // −23 dBFS peak on both channels at 1 kHz is −22.993 LUFS: 0.007 dB less than nothing.
    let reading = programme(&tone(48_000, &[(10.0, -23.0)]));
    near(reading.plr_db, -0.007, 0.02);
    near(reading.psr_min_db, -0.007, 0.02);
}

#[test]
fn the_smallest_room_over_short_term_loudness_is_that_of_the_densest_passage() {
    // A soft tone with a spike in every second has room; the same tone without has none. Silence does not count.
    let mut wave = tone(48_000, &[(10.0, -30.0), (10.0, -30.0), (5.0, SILENCE)]);
    for second in 0..10 {
        wave[second * 48_000 + 100] = 0.9;
    }
    let reading = programme(&wave);
    near(reading.psr_min_db, -0.007, 0.05);
    assert!(reading.plr_db.is_some_and(|plr| plr > 25.0), "{reading:?}");
    // 100 Hz is 1.1 dB softer to the ear than its level says.
    near(programme(&sine(48_000, 100, &[(5.0, -20.0)])).psr_min_db, 1.82, 0.05);
    assert_eq!(programme(&[0.0; 200_000]).psr_min_db, None);
}
