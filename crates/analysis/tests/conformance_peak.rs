//! What BS.1770-5, Annex 2 and EBU Tech 3341 (version 4, cases 15 to 23) ask of a true-peak meter.

#![expect(clippy::expect_used, reason = "a reading that is missing fails the test")]

mod signals;

use std::f64::consts::PI;

use mixkeel_analysis::meter::Meter;
use mixkeel_analysis::true_peak::TruePeakMeter;
use mixkeel_dsp::block::{Channels, Signal};
use signals::RATES;

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
