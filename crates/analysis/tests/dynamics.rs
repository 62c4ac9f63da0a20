//! Dynamics held to sounds whose attacks, levels and processing are known.

use mixkeel_analysis::dynamics::{DynamicsMeter, DynamicsReading, Sureness};
use mixkeel_analysis::meter::Meter;
use mixkeel_dsp::block::{Channels, Signal};
use mixkeel_dsp::units::{db_from_power, gain_from_db};

const RATE_HZ: usize = 48_000;

fn measured(signal: &Signal) -> DynamicsReading {
    let mut meter = DynamicsMeter::new();
    meter.prepare(RATE_HZ as u32, signal.channels());
    meter.push(signal);
    meter.finish()
}

fn noise(mut seed: u32, frames: usize) -> Vec<f32> {
    (0..frames)
        .map(|_| {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (f64::from(seed) / f64::from(u32::MAX) - 0.5) as f32
        })
        .collect()
}

/// Two decaying hits a second of changing strength over a soft tone.
fn drums(seconds: usize) -> Vec<f32> {
    // Four uniform numbers together have the peaks of noise, one alone has not.
    let hiss: Vec<f32> =
        noise(5, RATE_HZ * seconds * 4).chunks(4).map(|four| 0.6 * four.iter().sum::<f32>()).collect();
    (0..RATE_HZ * seconds)
        .map(|n| {
            let since = (n % (RATE_HZ / 2)) as f64 / RATE_HZ as f64;
            let strength = [1.0, 0.6, 0.8, 0.5, 0.9][n / (RATE_HZ / 2) % 5];
            let tone = 0.05 * libm::sin(2.0 * std::f64::consts::PI * 220.0 * n as f64 / RATE_HZ as f64);
            (tone + 0.9 * strength * libm::exp(-since / 0.05) * f64::from(hiss[n])) as f32
        })
        .collect()
}

/// A limiter with a release of 50 ms: the gain that holds the ceiling at once, coming back slowly.
fn limited(wave: &[f32], drive_db: f64, ceiling: f64) -> Vec<f32> {
    let back = libm::exp(-1.0 / (0.05 * RATE_HZ as f64));
    let mut gain = 1.0_f64;
    wave.iter()
        .map(|&x| {
            let x = f64::from(x) * gain_from_db(drive_db);
            gain = (1.0 - (1.0 - gain) * back).min(ceiling / x.abs().max(ceiling));
            (x * gain) as f32
        })
        .collect()
}

#[test]
fn hits_are_counted_timed_and_weighed() {
    let seconds = 10;
    let hiss = noise(3, RATE_HZ * seconds);
    // 10 ms at +20 dB every half second over an even bed.
    let wave: Vec<f32> = (0..RATE_HZ * seconds)
        .map(|n| {
            let hit = (n + RATE_HZ / 4) % (RATE_HZ / 2) < RATE_HZ / 100;
            hiss[n] * if hit { 0.5 } else { 0.05 }
        })
        .collect();
    let reading = measured(&Signal::mono(&wave));
    assert_eq!(reading.onsets.len(), 20);
    for (hit, onset) in reading.onsets.iter().enumerate() {
        assert!((onset.at_s - (0.25 + 0.5 * hit as f64)).abs() < 0.0051, "{onset:?}");
    }
    assert!((reading.onsets_per_s.unwrap() - 2.0).abs() < 0.01);
    // The attack is 100 times the bed; 400 ms around it hold 390 of the bed and 10 of the attack.
    let want = db_from_power(100.0 / ((390.0 + 10.0 * 100.0) / 400.0));
    assert!((reading.punch_db.unwrap() - want).abs() < 0.5, "{:?}, want {want}", reading.punch_db);
}

#[test]
fn what_does_not_begin_has_no_onsets_and_no_range() {
    let reading = measured(&Signal::mono(&noise(1, RATE_HZ * 8)));
    assert!(reading.onsets.len() <= 1, "{:?}", reading.onsets);
    assert!(reading.levels.range_db().unwrap() < 1.0);
    // Uniform noise of width one: a mean square of 1/12, −10.8 dB.
    assert!((reading.levels.level_at_db(0.5).unwrap() + 10.8).abs() < 0.7);
    let silent = measured(&Signal::stereo(&[0.0; 96_000], &[0.0; 96_000]));
    assert_eq!((silent.punch_db, silent.onsets_per_s, silent.levels.range_db()), (None, None, None));
    assert_eq!((silent.printed.ceiling_dbfs, silent.printed.limited), (None, None));
    assert_eq!(silent.crest_db, [None; 3]);
}

#[test]
fn levels_are_counted_where_they_are() {
    let tone = |db: f64| {
        let gain = gain_from_db(db);
        (0..RATE_HZ * 5).map(move |n| {
            (gain * libm::sin(2.0 * std::f64::consts::PI * 500.0 * n as f64 / RATE_HZ as f64)) as f32
        })
    };
    let wave: Vec<f32> = tone(-10.0).chain(tone(-30.0)).collect();
    let levels = measured(&Signal::mono(&wave)).levels;
    assert!((levels.level_at_db(0.9).unwrap() + 13.01).abs() < 1.0);
    assert!((levels.level_at_db(0.1).unwrap() + 33.01).abs() < 1.0);
    assert!((levels.range_db().unwrap() - 20.0).abs() < 1.2);
}

#[test]
fn a_limiter_shows_at_any_level_and_costs_punch() {
    let free = drums(20);
    let clean = measured(&Signal::mono(&free));
    assert_eq!(clean.printed.limited, None, "{:?}", clean.printed);
    for then_db in [0.0, -9.0] {
        let gain = gain_from_db(then_db) as f32;
        let held: Vec<f32> = limited(&free, 24.0, 0.9).iter().map(|x| x * gain).collect();
        let reading = measured(&Signal::mono(&held));
        assert!(reading.printed.limited >= Some(Sureness::Likely), "{:?}", reading.printed);
        let ceiling_db = db_from_power(0.81) + then_db;
        assert!((reading.printed.ceiling_dbfs.unwrap() - ceiling_db).abs() < 0.1, "{:?}", reading.printed);
        // Nothing may be left that rises enough to be called an attack.
        let punch_db = clean.punch_db.unwrap();
        assert!(reading.punch_db.is_none_or(|db| db < punch_db - 2.0), "{:?}", reading.punch_db);
        assert!(reading.crest_db[2].unwrap() < clean.crest_db[2].unwrap());
    }
}

#[test]
fn one_sample_struck_again_and_again_is_not_limited() {
    let one = drums(1);
    let wave: Vec<f32> = one.iter().copied().take(RATE_HZ / 2).cycle().take(RATE_HZ * 15).collect();
    assert_eq!(measured(&Signal::mono(&wave)).printed.limited, None);
    let sine: Vec<f32> = (0..RATE_HZ * 15)
        .map(|n| libm::sin(2.0 * std::f64::consts::PI * 110.0 * n as f64 / RATE_HZ as f64) as f32)
        .collect();
    let reading = measured(&Signal::stereo(&sine, &sine));
    assert_eq!((reading.printed.limited, reading.printed.compressed), (None, None));
    assert!((reading.printed.crest_db.unwrap() - 3.01).abs() < 0.05, "{:?}", reading.printed);
}

#[test]
fn the_reading_does_not_depend_on_the_blocks() {
    let mut left = drums(3);
    left[7_000] = f32::NAN;
    let right = noise(9, left.len());
    let whole = measured(&Signal::stereo(&left, &right));
    left[7_000] = 0.0;
    let mut meter = DynamicsMeter::new();
    meter.prepare(8_000, Channels::Mono);
    meter.push(&Signal::mono(&right));
    meter.prepare(RATE_HZ as u32, Channels::Stereo);
    for (left, right) in left.chunks(733).zip(right.chunks(733)) {
        meter.push(&Signal::stereo(left, right));
    }
    assert_eq!(meter.finish(), whole);
}
