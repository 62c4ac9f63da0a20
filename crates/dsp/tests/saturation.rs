//! The saturation as it is heard: overtones where they belong, no aliases, no thump, no louder than before.

mod listening;

use listening::{Noise, db, find_tone, same_bits, spectrum_db, tone};
use mixkeel_dsp::block::{Block, Channels};
use mixkeel_dsp::kernels::svf::{Section, Svf, tan_half};
use mixkeel_dsp::processor::{Context, Processor, Setup};
use mixkeel_dsp::processors::saturation::{Saturation, SaturationSettings, Shape};

const RATE_HZ: u32 = 48_000;

/// What comes out, brought forward by the latency.
fn heard(settings: SaturationSettings, rate_hz: u32, sound: &[f32]) -> Vec<f32> {
    let mut saturation = Saturation::default();
    saturation.prepare(&Setup { rate_hz, channels: Channels::Mono, max_block_frames: 4_096 });
    saturation.set(&settings);
    let late = saturation.latency_frames();
    let mut sound = sound.to_vec();
    sound.resize(sound.len() + late, 0.0);
    for (index, part) in sound.chunks_mut(4_096).enumerate() {
        let at = Context { frame: index as i64 * 4_096, tempo_bpm: 120.0 };
        saturation.process(&mut Block::mono(part), &[], &at);
    }
    sound.split_off(late)
}

fn plain(shape: Shape, drive_db: f64) -> SaturationSettings {
    SaturationSettings { shape, drive_db, match_level: false, ..Default::default() }
}

/// The strongest line, in dBFS, that is no harmonic.
fn alias_dbfs(signal: &[f32], hz: f64, rate_hz: u32) -> f64 {
    let bin_hz = f64::from(rate_hz) / signal.len() as f64;
    let lines = spectrum_db(signal).into_iter().enumerate();
    lines
        .filter(|(bin, _)| {
            let at = *bin as f64 * bin_hz;
            // The window's main lobe is 12 bins wide to each side.
            (at - hz * (at / hz).round()).abs() > 16.0 * bin_hz
        })
        .fold(f64::NEG_INFINITY, |loudest, (_, level)| loudest.max(level))
}

/// The level of the nth harmonic of 1 kHz, in dBFS.
fn harmonic_dbfs(signal: &[f32], n: u32) -> f64 {
    db(find_tone(signal, 0, 1_000.0 * f64::from(n), RATE_HZ).amplitude)
}

#[test]
fn five_kilohertz_at_minus_six_driven_by_twelve_leaves_no_alias() {
    // DESIGN, section 9, asks for −90 dB of the soft curves; the hard clip is what it is.
    for (rate_hz, factor) in [(44_100, 1), (48_000, 1), (96_000, 2)] {
        for (shape, even, most_dbfs) in [
            (Shape::Tape, 0.0, -100.0),
            (Shape::Tape, 100.0, -100.0),
            (Shape::Tube, 0.0, -100.0),
            (Shape::Soft, 0.0, -100.0),
            (Shape::Hard, 0.0, -85.0),
        ] {
            let sound = tone(5_000.0, 0.5, rate_hz, (1 << 15) * factor);
            let settings = SaturationSettings { even_percent: even, ..plain(shape, 12.0) };
            let bent = heard(settings, rate_hz, &sound);
            let alias = alias_dbfs(&bent[1 << 14..], 5_000.0, rate_hz);
            println!("{shape:?} even {even} at {rate_hz} Hz: aliases at {alias:.1} dBFS");
            assert!(alias < most_dbfs, "{shape:?} {even} {rate_hz}: {alias}");
        }
    }
}

#[test]
fn symmetrical_curves_make_odd_harmonics_and_leaning_ones_even() {
    let sound = tone(1_000.0, 0.25, RATE_HZ, 48_000);
    for (shape, even) in [(Shape::Tape, 0.0), (Shape::Soft, 0.0), (Shape::Hard, 0.0)] {
        let bent = &heard(SaturationSettings { even_percent: even, ..plain(shape, 18.0) }, RATE_HZ, &sound)
            [24_000..];
        assert!(harmonic_dbfs(bent, 2) < -120.0, "{shape:?}");
        assert!(harmonic_dbfs(bent, 3) > -30.0, "{shape:?}");
    }
    // A tube at a moderate level: the second harmonic leads, where the formula says: e·A/2 and A²/(8w).
    let bent = &heard(plain(Shape::Tube, 0.0), RATE_HZ, &tone(1_000.0, 0.125, RATE_HZ, 48_000))[24_000..];
    let below = |n| harmonic_dbfs(bent, n) - harmonic_dbfs(bent, 1);
    assert!((below(2) - db(0.28 * 0.125 / 2.0)).abs() < 0.5, "{}", below(2));
    assert!((below(3) - db(0.125 * 0.125 / 8.0 * (1.0 - 2.0 * 0.28 * 0.28))).abs() < 1.0, "{}", below(3));
    // The lean follows its sign.
    let top = |even_percent| {
        let bent = heard(SaturationSettings { even_percent, ..plain(Shape::Soft, 30.0) }, RATE_HZ, &sound);
        bent[24_000..]
            .iter()
            .fold([0.0_f32; 2], |[top, bottom], sample| [top.max(*sample), bottom.max(-sample)])
    };
    let ([above, below], [mirrored_above, mirrored_below]) = (top(80.0), top(-80.0));
    assert!(above < below && mirrored_above > mirrored_below);
    assert!((above - mirrored_below).abs() < 2e-3); // What is left of the constant after half a second.
}

#[test]
fn even_harmonics_bring_no_constant() {
    for shape in [Shape::Tape, Shape::Tube, Shape::Soft, Shape::Hard] {
        let settings = SaturationSettings { even_percent: 100.0, ..plain(shape, 24.0) };
        let bent = heard(settings, RATE_HZ, &tone(100.0, 0.5, RATE_HZ, 4 * 48_000));
        let last = &bent[3 * 48_000..];
        let mean = last.iter().map(|sample| f64::from(*sample)).sum::<f64>() / last.len() as f64;
        assert!(db(mean.abs()) < -100.0, "{shape:?}: {mean}");
    }
}

#[test]
fn matched_it_is_as_loud_as_before_at_any_drive() {
    // Two seconds of hits and a chord a bar, over and over: loud and soft by turns.
    let mut random = Noise(4);
    let sound: Vec<f32> = (0..6 * 48_000)
        .map(|frame| {
            let time = f64::from(frame) / 48_000.0;
            let hit = libm::exp(-8.0 * (time % 0.5)) * random.next() * 0.3;
            let chord: f64 =
                [110.0, 164.8, 277.2].iter().map(|hz| libm::sin(std::f64::consts::TAU * hz * time)).sum();
            (hit + 0.07 * chord * (0.6 + 0.4 * libm::sin(3.0 * time))) as f32
        })
        .collect();
    let loudness_db = |sound: &[f32]| {
        // The weighting of BS.1770 by its own two filters.
        let (mut shelf, mut pass) = (Svf::<1>::default(), Svf::<1>::default());
        let boost =
            Section::from_analogue(tan_half(1_682.0, RATE_HZ), [1.0, 1.78, 1.585], [1.0, 1.414, 1.0]).step();
        let cut = Section::high_pass(tan_half(38.1, RATE_HZ), 0.5).step();
        let mut power = 0.0;
        for sample in sound {
            let [weighted] = pass.next(&cut, shelf.next(&boost, [f64::from(*sample)]));
            power += weighted * weighted;
        }
        10.0 * libm::log10(power / sound.len() as f64)
    };
    for shape in [Shape::Tape, Shape::Tube, Shape::Soft, Shape::Hard] {
        for drive_db in [0.0, 6.0, 12.0, 24.0, 36.0] {
            let settings = SaturationSettings { shape, drive_db, ..Default::default() };
            let bent = heard(settings, RATE_HZ, &sound);
            let louder = |from: usize| loudness_db(&bent[from..]) - loudness_db(&sound[from..]);
            println!("{shape:?} {drive_db} dB: {:.2} LU, after 1 s {:.2} LU", louder(0), louder(48_000));
            // A loudness unit is what people notice side by side; driven hard, hits are held and the chord between
            // them comes up, and three seconds of memory cannot follow both.
            assert!(louder(0).abs() < 0.8, "{shape:?} {drive_db}: {}", louder(0));
            assert!(louder(48_000).abs() < 0.5, "{shape:?} {drive_db}: {}", louder(48_000));
        }
    }
}

#[test]
fn half_of_a_mix_has_no_comb() {
    for hz in [60.0, 1_000.0, 8_000.0, 15_000.0, 21_600.0] {
        let sound = tone(hz, 1e-3, RATE_HZ, 48_000);
        for mix_percent in [50.0, 100.0] {
            let settings = SaturationSettings { mix_percent, ..plain(Shape::Soft, 0.0) };
            let bent = heard(settings, RATE_HZ, &sound);
            let found = find_tone(&bent[24_000..], 24_000, hz, RATE_HZ);
            assert!(db(found.amplitude / 1e-3).abs() < 0.02, "{hz} Hz at {mix_percent} %");
        }
    }
}

#[test]
fn tone_and_body_do_what_they_say() {
    let gain_db = |settings: SaturationSettings, hz: f64| {
        let bent = heard(settings, RATE_HZ, &tone(hz, 1e-3, RATE_HZ, 48_000));
        db(find_tone(&bent[24_000..], 24_000, hz, RATE_HZ).amplitude / 1e-3)
    };
    let flat = plain(Shape::Tape, 0.0);
    let dark = SaturationSettings { tone_db: -6.0, ..flat };
    assert!((gain_db(dark, 15_000.0) + 6.0).abs() < 0.2);
    assert!((gain_db(dark, 700.0)).abs() < 0.05);
    assert!((gain_db(dark, 40.0) - 6.0).abs() < 0.2);
    let full = SaturationSettings { body_db: 4.0, ..flat };
    assert!((gain_db(full, 280.0) - 4.0).abs() < 0.02);
    assert!(gain_db(full, 4_000.0).abs() < 0.1);
}

#[test]
fn a_pair_of_equal_channels_gets_the_bits_of_one() {
    let sound = Noise(6).samples(5_000);
    let settings = SaturationSettings { even_percent: 30.0, ..Default::default() };
    let mut saturation = Saturation::default();
    saturation.set(&settings);
    let (mut left, mut right) = (sound.clone(), sound.clone());
    saturation.process(
        &mut Block::stereo(&mut left, &mut right),
        &[],
        &Context { frame: 7, tempo_bpm: 120.0 },
    );
    saturation.prepare(&Setup { rate_hz: RATE_HZ, channels: Channels::Mono, max_block_frames: 4_096 });
    let mut only = sound;
    saturation.process(&mut Block::mono(&mut only), &[], &Context { frame: 7, tempo_bpm: 120.0 });
    assert!(same_bits(&left, &only) && same_bits(&right, &only));
}

#[test]
fn the_loudest_numbers_there_are_leave_it_whole() {
    let mut sound = vec![f32::MAX; 300];
    sound.extend([-f32::MAX; 300]);
    sound.extend(tone(1_000.0, 0.1, RATE_HZ, 48_000));
    for shape in [Shape::Tape, Shape::Hard] {
        let settings = SaturationSettings { match_level: true, ..plain(shape, 36.0) };
        let bent = heard(settings, RATE_HZ, &sound);
        assert!(bent[2_000..].iter().all(|sample| sample.is_finite()), "{shape:?}");
        assert!(harmonic_dbfs(&bent[24_600..48_600], 1) > -60.0, "{shape:?}");
    }
}
