//! The forecast is held to what it stands for: the mix of the same sound, made sample by sample.

#![expect(clippy::expect_used, clippy::indexing_slicing, reason = "what is missing fails the test")]

mod band;

use band::{RATE, SECONDS, band, song};
use mixkeel_analysis::energy::{BANDS, EnergyMeter, Power};
use mixkeel_analysis::loudness::LoudnessMeter;
use mixkeel_analysis::meter::Meter;
use mixkeel_analysis::playback;
use mixkeel_assist::forecast::Forecast;
use mixkeel_dsp::block::{Block, Channels, Signal};
use mixkeel_dsp::catalog;
use mixkeel_dsp::kernels::placing;
use mixkeel_dsp::param::Value;
use mixkeel_dsp::processor::{Context, Setup};
use mixkeel_dsp::units::{db_from_power, gain_from_db};
use mixkeel_session::session::{Bus, Insert, Lane, Return, Send, StripSettings};

fn insert(id: &str, set: &[(&str, Value)]) -> Insert {
    let kind = catalog::find(id).expect("there is such a kind");
    let mut settings = (kind.settings)();
    for (path, value) in set {
        settings.set(path, value).expect("it can be set");
    }
    Insert {
        id: format!("{id}-1"),
        kind,
        settings,
        assets: Vec::new(),
        keys: Vec::new(),
        bypass: false,
        by: None,
        because: None,
    }
}

/// What an insert makes of sound.
fn played(insert: &Insert, mut sides: Vec<Vec<f32>>) -> Vec<Vec<f32>> {
    let channels = Channels::from_count(sides.len()).expect("one or two");
    let mut processor = (insert.kind.build)();
    processor.prepare(&Setup { rate_hz: RATE, channels, max_block_frames: 64 });
    processor.set(&*insert.settings);
    let frames = sides[0].len();
    for from in (0..frames).step_by(64) {
        let to = (from + 64).min(frames);
        let at = Context { frame: from as i64, tempo_bpm: 120.0 };
        match sides.as_mut_slice() {
            [left, right] => {
                processor.process(&mut Block::stereo(&mut left[from..to], &mut right[from..to]), &[], &at);
            }
            sides => processor.process(&mut Block::mono(&mut sides[0][from..to]), &[], &at),
        }
    }
    sides
}

/// What each output gets of each input, by time in seconds.
type Gains<'a> = &'a dyn Fn(f64) -> [[f64; 2]; 2];

/// Two sides, each the sum over parts of a factor at that time times a channel.
fn mixed(parts: &[(&[Vec<f32>], Gains)]) -> [Vec<f32>; 2] {
    let mut sum = [vec![0.0_f64; RATE as usize * SECONDS], vec![0.0_f64; RATE as usize * SECONDS]];
    for (sides, gains) in parts {
        for n in 0..RATE as usize * SECONDS {
            let matrix = gains(n as f64 / f64::from(RATE));
            for (out, row) in sum.iter_mut().zip(matrix) {
                for (side, gain) in sides.iter().zip(row) {
                    out[n] += gain * f64::from(side[n]);
                }
            }
        }
    }
    sum.map(|side| side.into_iter().map(|x| x as f32).collect())
}

fn lufs(mix: &[Vec<f32>; 2]) -> f64 {
    let mut meter = LoudnessMeter::new();
    meter.prepare(RATE, Channels::Stereo);
    meter.push(&Signal::stereo(&mix[0], &mix[1]));
    meter.finish().integrated_lufs.expect("it sounds")
}

/// How far bands of the whole song are off, in dB: left, right, and the difference of the sides; the worst, of bands
/// within 50 dB of the strongest.
fn worst_band_db(forecast: &Forecast, mix: &[Vec<f32>; 2]) -> f64 {
    let mut meter = EnergyMeter::new();
    meter.prepare(RATE, Channels::Stereo);
    meter.push(&Signal::stereo(&mix[0], &mix[1]));
    let heard = meter.finish();
    let told = forecast.sum();
    let mut rows: Vec<(f64, f64)> = Vec::new();
    for band in 0..BANDS {
        let add = |one: Power, other: Power| Power {
            left: one.left + other.left,
            right: one.right + other.right,
            cross: one.cross + other.cross,
        };
        let sum = |power: &dyn Fn(usize) -> Power| (0..told.cells()).map(power).fold(Power::default(), add);
        let (a, b) = (sum(&|cell| told.power(cell, band)), sum(&|cell| heard.power(cell, band)));
        let side = |power: Power| power.left + power.right - 2.0 * power.cross;
        rows.extend([(a.left, b.left), (a.right, b.right), (side(a), side(b))]);
    }
    let top = rows.iter().map(|row| row.1).fold(0.0, f64::max);
    let off = |(told, heard): &(f64, f64)| db_from_power(told / heard).abs();
    rows.iter().filter(|(_, heard)| *heard > top * 1e-5).map(off).fold(0.0, f64::max)
}

#[test]
fn gains_places_widths_lanes_buses_and_headroom_are_told_as_they_are_played() {
    let band = band();
    let (song, mut session) = song(&band);
    session.tracks[0].trim_db = 5.0;
    session.tracks[0].inverted = true;
    session.tracks[0].fader_db = -7.0;
    session.tracks[0].pan = -0.4;
    session.tracks[1].width = 1.6;
    session.tracks[1].pan = 0.3;
    session.tracks[1].bus = "music".to_owned();
    session.tracks[2].pan = 0.8;
    session.tracks[2].lanes = vec![Lane {
        id: "lift".to_owned(),
        of: "fader_db".to_owned(),
        by: None,
        because: None,
        points: vec![(2.0, 0.0), (2.5, -9.0), (4.0, -9.0), (5.0, 3.0)],
    }];
    let strip = StripSettings { fader_db: -3.0, width: 0.5, ..StripSettings::default() };
    session.buses = vec![Bus { id: "music".to_owned(), to: "master".to_owned(), strip }];
    session.master.headroom_db = -2.5;
    let headroom = gain_from_db(-2.5);
    let mono = |pan: f64, gain: f64| {
        let (left, right) = placing::mono_pan(pan);
        [[gain * left, 0.0], [gain * right, 0.0]]
    };
    let kick = move |_: f64| mono(-0.4, -headroom * gain_from_db(-2.0));
    let keys = move |_: f64| {
        let (left, right) = placing::balance(0.3);
        let (near, far) = placing::width(1.6);
        let strip = [[left * near, left * far], [right * far, right * near]];
        let (near, far) = placing::width(0.5);
        let gain = headroom * gain_from_db(-3.0);
        [0, 1].map(|input: usize| {
            let (own, other) = (strip[0][input], strip[1][input]);
            [gain * (near * own + far * other), gain * (far * own + near * other)]
        })
    };
    // Rows of `keys` are by input; a mix wants them by output.
    let keys = move |t: f64| {
        let rows = keys(t);
        [[rows[0][0], rows[1][0]], [rows[0][1], rows[1][1]]]
    };
    let hat = move |t: f64| {
        let db = match t {
            t if t < 2.0 => 0.0,
            t if t < 2.5 => -9.0 * (t - 2.0) / 0.5,
            t if t < 4.0 => -9.0,
            t if t < 5.0 => -9.0 + 12.0 * (t - 4.0),
            _ => 3.0,
        };
        mono(0.8, headroom * gain_from_db(db))
    };
    let mix = mixed(&[(&band[0], &kick), (&band[1], &keys), (&band[2], &hat)]);
    let forecast = Forecast::of(&song, &session).expect("the session is sound");
    assert!(forecast.tracks().eq(["hihat", "keys", "kick"]));
    let told = forecast.sum().integrated_lufs().expect("it sounds");
    assert!((told - lufs(&mix)).abs() < 0.1, "{told} {}", lufs(&mix));
    let worst = worst_band_db(&forecast, &mix);
    assert!(worst < 0.6, "{worst} dB");
    // One sound alone, and turned.
    let keys_alone = mixed(&[(&band[1], &keys)]);
    let number = forecast.number("keys").expect("it reaches the mix");
    let told = forecast.with_gain(number, -4.0).integrated_lufs(number).expect("it sounds");
    let heard = lufs(&keys_alone);
    // It fades by 26 dB in every beat, so that what the gate keeps hangs on where cells begin.
    assert!((told + 4.0 - heard).abs() < 0.4, "{told} {heard}");
    let span = forecast.lufs(number, 10..30).zip(forecast.alone(number).lufs(10..30));
    assert!(span.is_some_and(|(one, other)| (one - other).abs() < 1e-9));
    // What is muted reaches nothing.
    session.tracks[1].mute = true;
    let forecast = Forecast::of(&song, &session).expect("the session is sound");
    assert!(forecast.tracks().eq(["hihat", "kick"]));
}

#[test]
fn equalisers_compressors_and_returns_are_told_within_what_a_balance_needs() {
    let band = band();
    let (song, mut session) = song(&band);
    let eq = insert(
        "eq",
        &[
            ("band.1/shape", Value::Word("bell".to_owned())),
            ("band.1/freq_hz", Value::Number(400.0)),
            ("band.1/gain_db", Value::Number(-9.0)),
            ("band.2/shape", Value::Word("high-shelf".to_owned())),
            ("band.2/freq_hz", Value::Number(4_000.0)),
            ("band.2/gain_db", Value::Number(6.0)),
        ],
    );
    let compressor = insert(
        "compressor",
        &[
            ("threshold_db", Value::Number(-30.0)),
            ("ratio", Value::Number(4.0)),
            ("makeup_db", Value::Number(3.0)),
        ],
    );
    let plate = insert("reverb", &[("mix_percent", Value::Number(100.0))]);
    session.tracks[1].inserts = vec![eq.clone()];
    session.tracks[0].inserts = vec![compressor.clone()];
    let send = Send { id: "s".to_owned(), to: "plate".to_owned(), level_db: -6.0, pre_fader: false };
    session.tracks[2].sends = vec![send];
    let strip = StripSettings { inserts: vec![plate.clone()], ..StripSettings::default() };
    session.returns = vec![Return { id: "plate".to_owned(), to: "master".to_owned(), strip }];
    let forecast = Forecast::of(&song, &session).expect("the session is sound");
    assert!(forecast.sounds().eq(["hihat", "keys", "kick", "plate"]));

    let as_is = |_: f64| [[1.0, 0.0], [0.0, 1.0]];
    let centre = |gain: f64| {
        move |_: f64| {
            let (left, right) = placing::mono_pan(0.0);
            [[gain * left, 0.0], [gain * right, 0.0]]
        }
    };
    let alone = |id: &str| {
        let number = forecast.number(id).expect("it reaches the mix");
        forecast.integrated_lufs(number).expect("it sounds")
    };
    let keys = mixed(&[(&played(&eq, band[1].clone()), &as_is)]);
    assert!((alone("keys") - lufs(&keys)).abs() < 0.3, "{} {}", alone("keys"), lufs(&keys));
    let kick = mixed(&[(&played(&compressor, band[0].clone()), &centre(1.0))]);
    assert!((alone("kick") - lufs(&kick)).abs() < 1.5, "{} {}", alone("kick"), lufs(&kick));
    let sent = mixed(&[(&band[2], &centre(gain_from_db(-6.0)))]);
    let rung = played(&plate, sent.to_vec());
    let rung = mixed(&[(&rung, &as_is)]);
    assert!((alone("plate") - lufs(&rung)).abs() < 1.0, "{} {}", alone("plate"), lufs(&rung));
    // A mask by what rings is among those told.
    let report = forecast.masking(&playback::REFERENCE, &[20]);
    assert_eq!((report.spans.len(), report.whole.tracks.len()), (2, 4));
}
