//! Stereo figures held to the table of exact signals: R = ρL + √(1 − ρ²)·N with N orthogonal to L.

use mixkeel_analysis::meter::Meter;
use mixkeel_analysis::spectrum::SpectrumMeter;
use mixkeel_analysis::stereo::StereoReading;
use mixkeel_dsp::block::Signal;
use mixkeel_dsp::units::db_from_power;

const RATE_HZ: u32 = 48_000;

fn read(signal: &Signal) -> StereoReading {
    let mut meter = SpectrumMeter::new();
    meter.prepare(RATE_HZ, signal.channels());
    meter.push(signal);
    StereoReading::of(&meter.finish())
}

fn noise(mut seed: u32, frames: usize) -> Vec<f64> {
    (0..frames)
        .map(|_| {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            f64::from(seed) / f64::from(u32::MAX) - 0.5
        })
        .collect()
}

/// Two noises of no mean, equal in power and orthogonal.
fn unrelated(frames: usize) -> (Vec<f64>, Vec<f64>) {
    let level = |mut wave: Vec<f64>| {
        let mean = wave.iter().sum::<f64>() / wave.len() as f64;
        wave.iter_mut().for_each(|x| *x -= mean);
        let rms = (wave.iter().map(|x| x * x).sum::<f64>() / wave.len() as f64).sqrt();
        wave.iter_mut().for_each(|x| *x *= 0.1 / rms);
        wave
    };
    let first = level(noise(1, frames));
    let mut second = level(noise(2, frames));
    let dot = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
    let along = dot(&first, &second) / dot(&first, &first);
    second.iter_mut().zip(&first).for_each(|(x, first)| *x -= along * first);
    (first, level(second))
}

fn single(wave: &[f64]) -> Vec<f32> {
    wave.iter().map(|&x| x as f32).collect()
}

#[test]
fn correlation_width_and_mono_loss_are_those_of_the_table() {
    let (first, second) = unrelated(RATE_HZ as usize * 20);
    let left = single(&first);
    for (rho, side_to_mid_db, mono_loss_db) in [
        (0.9, Some(-12.79), Some(0.22)),
        (0.5, Some(-4.77), Some(1.25)),
        (0.0, Some(0.0), Some(3.01)),
        (-0.5, Some(4.77), Some(6.02)),
        (-1.0, None, None),
    ] {
        let beside = (1.0_f64 - rho * rho).sqrt();
        let right: Vec<f64> = first.iter().zip(&second).map(|(l, n)| rho * l + beside * n).collect();
        let reading = read(&Signal::stereo(&left, &single(&right)));
        // 1e-6: what storing samples in single precision leaves.
        assert!((reading.correlation.unwrap() - rho).abs() < 1e-6, "{rho}: {:?}", reading.correlation);
        let near = |read: Option<f64>, want: Option<f64>, allowed: f64| match (read, want) {
            (Some(read), Some(want)) => (read - want).abs() < allowed,
            (read, want) => read == want,
        };
        assert!(near(reading.side_to_mid_db, side_to_mid_db, 0.005), "{rho}: {reading:?}");
        // The same in loudness: the weighting makes a finite noise a little less orthogonal.
        assert!(near(reading.mono_loss_lu, mono_loss_db, 0.05), "{rho}: {:?}", reading.mono_loss_lu);
        for band in reading.bands.iter().filter(|band| band.freq_hz > 1_000.0) {
            // 4 sigma of a correlation over B·T = 230·20 independent samples at least.
            assert!((band.correlation.unwrap() - rho).abs() < 0.06, "{rho}: {band:?}");
        }
    }
}

#[test]
fn a_quieter_right_side_is_balance_not_width() {
    let left = single(&unrelated(RATE_HZ as usize * 5).0);
    let right: Vec<f32> = left.iter().map(|x| x * 0.5).collect();
    let reading = read(&Signal::stereo(&left, &right));
    let six = db_from_power(4.0);
    assert!((reading.correlation.unwrap() - 1.0).abs() < 1e-9);
    assert!((reading.left_minus_right_lu.unwrap() - six).abs() < 1e-4, "{reading:?}");
    assert!((reading.side_to_mid_db.unwrap() - db_from_power(1.0 / 9.0)).abs() < 1e-6);
    assert!(reading.bands.iter().all(|band| (band.left_minus_right_db.unwrap() - six).abs() < 1e-3));
    assert!(reading.moments.iter().all(|moment| (moment.left_minus_right_lu.unwrap() - six).abs() < 1e-3));
}

#[test]
fn one_side_alone_and_a_quarter_turn() {
    let turn = 2.0 * std::f64::consts::PI * 1_000.0 / f64::from(RATE_HZ);
    let frames = RATE_HZ as usize * 5;
    let sine: Vec<f32> = (0..frames).map(|n| libm::sin(turn * n as f64) as f32).collect();
    let cosine: Vec<f32> = (0..frames).map(|n| libm::cos(turn * n as f64) as f32).collect();
    let silence = vec![0.0; frames];
    let alone = read(&Signal::stereo(&sine, &silence));
    assert_eq!((alone.correlation, alone.left_minus_right_lu), (None, None));
    assert!(alone.bands.iter().all(|band| band.freq_hz < 200.0 || band.correlation.is_none()));
    let turned = read(&Signal::stereo(&sine, &cosine));
    assert!(turned.correlation.unwrap().abs() < 1e-6);
    assert!((turned.mono_loss_lu.unwrap() - 3.0103).abs() < 0.01, "{turned:?}");
}

#[test]
fn a_constant_does_not_correlate_and_silence_says_nothing() {
    let (first, second) = unrelated(RATE_HZ as usize);
    let offset = |wave: &[f64]| wave.iter().map(|x| (x + 0.3) as f32).collect::<Vec<f32>>();
    let reading = read(&Signal::stereo(&offset(&first), &offset(&second)));
    assert!(reading.correlation.unwrap().abs() < 1e-5, "{:?}", reading.correlation);
    let still = vec![0.25; 48_000];
    assert_eq!(read(&Signal::stereo(&still, &still)).correlation, None);
    let silent = read(&Signal::stereo(&[0.0; 48_000], &[0.0; 48_000]));
    assert_eq!((silent.correlation, silent.side_to_mid_db, silent.mono_loss_lu), (None, None, None));
    assert!(silent.bands.is_empty() && silent.left_minus_right_lu.is_none());
    let mono = read(&Signal::mono(&single(&first)));
    assert_eq!(mono, StereoReading::default());
}

#[test]
fn a_bass_out_of_phase_shows_in_its_bands_and_when_it_plays() {
    let frames = RATE_HZ as usize * 4;
    let at = |freq_hz: f64, n: usize| {
        libm::sin(2.0 * std::f64::consts::PI * freq_hz * n as f64 / f64::from(RATE_HZ)) as f32
    };
    let part = |n: usize| n > frames / 2;
    let left: Vec<f32> = (0..frames).map(|n| 0.3 * at(80.0, n) + 0.3 * at(2_000.0, n)).collect();
    let right: Vec<f32> =
        (0..frames).map(|n| 0.3 * at(2_000.0, n) + if part(n) { -0.3 } else { 0.3 } * at(80.0, n)).collect();
    let mut meter = SpectrumMeter::new();
    meter.prepare(RATE_HZ, mixkeel_dsp::block::Channels::Stereo);
    meter.push(&Signal::stereo(&left, &right));
    let spectrum = meter.finish();
    let low = |from: f64, to: f64| {
        let reading = StereoReading::of_span(&spectrum.contour.between(from..to));
        reading.bands.iter().find(|band| (band.freq_hz - 80.0).abs() < 2.0).copied().unwrap()
    };
    assert!(low(0.2, 1.5).correlation.unwrap() > 0.99);
    assert!(low(2.7, 3.8).correlation.unwrap() < -0.99);
    let whole = StereoReading::of(&spectrum);
    let treble = whole.bands.iter().find(|band| (band.freq_hz - 2_000.0).abs() < 20.0).unwrap();
    assert!(treble.correlation.unwrap() > 0.999);
    assert!(whole.moments.first().unwrap().correlation > whole.moments.last().unwrap().correlation);
}
