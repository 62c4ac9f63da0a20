//! The multiband compressor in the words of those who use one.

mod listening;

use listening::{Noise, db, find_tone, same_bits, tone};
use mixkeel_dsp::block::{Block, Channels};
use mixkeel_dsp::curve::Axis;
use mixkeel_dsp::param::Bands;
use mixkeel_dsp::processor::{Context, Processor, Report, Setup};
use mixkeel_dsp::processors::multiband::{BandMode, Multiband, MultibandBand, MultibandSettings};

fn ready(bands: &[MultibandBand], channels: Channels, rate_hz: u32) -> Multiband {
    let mut multiband = Multiband::default();
    multiband.prepare(&Setup { rate_hz, channels, max_block_frames: 4_096 });
    multiband.set(&MultibandSettings { band: Bands::of(bands), ..Default::default() });
    multiband
}

const START: Context = Context { frame: 0, tempo_bpm: 120.0 };

fn heard(bands: &[MultibandBand], sound: &[f32], rate_hz: u32) -> Vec<f32> {
    let mut heard = sound.to_vec();
    ready(bands, Channels::Mono, rate_hz).process(&mut Block::mono(&mut heard), &[], &START);
    heard
}

/// Bands that do nothing.
fn idle(corners_hz: &[f64]) -> Vec<MultibandBand> {
    let band = |hz: &f64| MultibandBand { up_to_hz: *hz, ratio: 1.0, ..Default::default() };
    corners_hz.iter().chain(&[20_000.0]).map(band).collect()
}

/// The gain of an impulse response at a frequency, in dB.
fn gain_db(impulse: &[f32], hz: f64, rate_hz: u32) -> f64 {
    let turn = std::f64::consts::TAU * hz / f64::from(rate_hz);
    let (mut re, mut im) = (0.0, 0.0);
    for (frame, sample) in impulse.iter().enumerate() {
        let (sin, cos) = libm::sincos(turn * frame as f64);
        (re, im) = (re + f64::from(*sample) * cos, im + f64::from(*sample) * sin);
    }
    db(libm::hypot(re, im))
}

#[test]
fn idle_it_is_flat_and_without_bands_bit_exact() {
    let mut worst = 0.0_f64;
    for rate_hz in [44_100, 48_000, 96_000, 192_000] {
        let mut impulse = vec![0.0; rate_hz as usize / 2];
        impulse[0] = 1.0;
        for corners in
            [&[1_000.0][..], &[150.0, 2_500.0], &[80.0, 400.0, 4_000.0], &[60.0, 250.0, 1_000.0, 9_000.0]]
        {
            let response = heard(&idle(corners), &impulse, rate_hz);
            for hz in [20.0, 60.0, 150.0, 1_000.0, 2_000.0, 9_000.0, 16_000.0, 20_000.0] {
                worst = worst.max(gain_db(&response, hz, rate_hz).abs());
            }
        }
    }
    println!("largest distance from flat: {worst:.5} dB");
    assert!(worst < 0.01, "{worst}");
    let sound = Noise(1).samples(5_000);
    assert!(same_bits(&heard(&[], &sound, 48_000), &sound));
}

#[test]
fn a_loud_low_end_is_turned_down_and_the_rest_stays() {
    // 50 Hz at −10 dBFS, 20 dB over a threshold of −30 at 4:1, beside 3 kHz at −20.
    let bands = [
        MultibandBand {
            up_to_hz: 300.0,
            threshold_db: -30.0,
            ratio: 4.0,
            knee_db: 0.0,
            release_ms: 400.0,
            ..Default::default()
        },
        MultibandBand { ratio: 1.0, ..Default::default() },
    ];
    let (low, high) = (tone(50.0, 0.316_23, 48_000, 96_000), tone(3_000.0, 0.1, 48_000, 96_000));
    let sound: Vec<f32> = low.iter().zip(&high).map(|(low, high)| low + high).collect();
    let heard = heard(&bands, &sound, 48_000);
    let level = |hz| db(find_tone(&heard[48_000..], 48_000, hz, 48_000).amplitude);
    // The band's own slope takes 0.01 dB at 50 Hz; ripple and what it turns into other tones a little more.
    assert!((level(50.0) + 25.0).abs() < 0.15, "{}", level(50.0));
    assert!((level(3_000.0) + 20.0).abs() < 0.02, "{}", level(3_000.0));
}

#[test]
fn an_expander_in_the_top_takes_hiss_out_of_pauses() {
    let mut bands = idle(&[4_000.0]);
    bands[1] = MultibandBand {
        mode: BandMode::Expand,
        threshold_db: -50.0,
        ratio: 4.0,
        knee_db: 0.0,
        range_db: 18.0,
        ..Default::default()
    };
    let level = |amplitude, hz| {
        let heard = heard(&bands, &tone(hz, amplitude, 48_000, 96_000), 48_000);
        db(find_tone(&heard[72_000..], 72_000, hz, 48_000).amplitude / amplitude)
    };
    // The lower band, 38 dB down there, adds a little.
    assert!((level(0.000_5, 12_000.0) + 18.0).abs() < 0.5, "{}", level(0.000_5, 12_000.0));
    assert!(level(0.1, 12_000.0).abs() < 0.05);
    assert!(level(0.000_5, 500.0).abs() < 0.05);
}

#[test]
fn what_is_drawn_is_what_a_band_passes() {
    let mut bands = idle(&[200.0, 2_000.0]);
    bands[1].solo = true;
    let mut impulse = vec![0.0; 48_000];
    impulse[0] = 1.0;
    let response = heard(&bands, &impulse, 48_000);
    let settings = MultibandSettings { band: Bands::of(&bands), ..Default::default() };
    let curves = Multiband::curves(&settings, 48_000);
    let drawn = curves.iter().find(|curve| curve.of == "band.2" && curve.axis == Axis::ResponseDb);
    for (hz, wanted) in drawn.map(|curve| curve.points.clone()).unwrap_or_default() {
        let found = gain_db(&response, hz, 48_000);
        assert!((found - wanted).abs() < 0.01 || wanted < -80.0, "{hz} {found} {wanted}");
    }
    assert!(drawn.is_some());
}

#[test]
fn a_band_that_is_passed_by_is_left_alone_and_gains_move_one_band() {
    let mut bands = idle(&[1_000.0]);
    bands[0] = MultibandBand {
        up_to_hz: 1_000.0,
        threshold_db: -60.0,
        ratio: 10.0,
        bypass: true,
        ..Default::default()
    };
    bands[1].gain_db = 6.0;
    let level = |hz| {
        let heard = heard(&bands, &tone(hz, 0.1, 48_000, 48_000), 48_000);
        db(find_tone(&heard[24_000..], 24_000, hz, 48_000).amplitude) + 20.0
    };
    assert!(level(60.0).abs() < 0.01, "{}", level(60.0));
    assert!((level(15_000.0) - 6.0).abs() < 0.01, "{}", level(15_000.0));
}

#[test]
fn two_equal_channels_get_the_bits_of_one_and_it_says_what_it_took() {
    let sound = Noise(4).samples(20_000);
    let bands = [
        MultibandBand { up_to_hz: 200.0, ..Default::default() },
        MultibandBand { up_to_hz: 2_000.0, mode: BandMode::Expand, ..Default::default() },
        MultibandBand { threshold_db: -40.0, ..Default::default() },
    ];
    let (mut left, mut right) = (sound.clone(), sound.clone());
    let mut multiband = ready(&bands, Channels::Stereo, 48_000);
    multiband.process(&mut Block::stereo(&mut left, &mut right), &[], &START);
    let alone = heard(&bands, &sound, 48_000);
    assert!(same_bits(&left, &alone) && same_bits(&right, &alone));
    let mut report = Report::default();
    multiband.report(&mut report);
    assert!((5.0..60.0).contains(&report.gain_reduction_db));
}
