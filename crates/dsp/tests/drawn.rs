//! What is drawn of the plain ones is what they do: gain, balance, width, polarity, delay lines, alignment, and the declicker.

#![allow(clippy::unwrap_used, clippy::panic)] // A test that cannot get ready has failed.

mod listening;

use std::f64::consts::TAU;

use listening::{Noise, db};
use mixkeel_dsp::block::{Block, Channels};
use mixkeel_dsp::curve::{Axis, Curve};
use mixkeel_dsp::processor::{Context, Processor, Setup};
use mixkeel_dsp::processors::align::{Align, AlignSettings};
use mixkeel_dsp::processors::declick::{Declick, DeclickSettings};
use mixkeel_dsp::processors::delay_line::{DelayLine, DelayLineSettings};
use mixkeel_dsp::processors::gain::{Gain, GainSettings};
use mixkeel_dsp::processors::pan::{Pan, PanSettings};
use mixkeel_dsp::processors::polarity::{Polarity, PolaritySettings};
use mixkeel_dsp::processors::width::{Width, WidthSettings};

const AT: Context = Context { frame: 0, tempo_bpm: 120.0 };

/// What comes out on the left and on the right.
fn played<P: Processor>(settings: &P::Settings, rate_hz: u32, sound: [Vec<f32>; 2]) -> [Vec<f32>; 2] {
    let [mut left, mut right] = sound;
    let mut processor = P::default();
    processor.prepare(&Setup { rate_hz, channels: Channels::Stereo, max_block_frames: left.len() });
    processor.set(settings);
    processor.process(&mut Block::stereo(&mut left, &mut right), &[], &AT);
    [left, right]
}

/// How much of a click that has rung out there is at a frequency.
fn gain_at(click: &[f32], hz: f64, rate_hz: u32) -> f64 {
    let turn = TAU * hz / f64::from(rate_hz);
    let part = |of: fn(f64) -> f64| -> f64 {
        click.iter().zip(0..).map(|(sample, frame)| f64::from(*sample) * of(turn * f64::from(frame))).sum()
    };
    libm::hypot(part(libm::cos), part(libm::sin))
}

/// Plays clicks and holds every drawn response against what comes out.
fn response_is_as_drawn<P: Processor>(settings: &P::Settings) {
    for rate_hz in [44_100, 96_000] {
        for Curve { of, points, .. } in P::curves(settings, rate_hz) {
            let mut click = vec![0.0; 1_000];
            click[0] = 1.0;
            let (nothing, below) = (vec![0.0; 1_000], click.iter().map(|sample| -sample).collect());
            let [left, right] = played::<P>(
                settings,
                rate_hz,
                match of.as_str() {
                    "both" | "mid" => [click.clone(), click],
                    "side" => [click, below],
                    "left" => [click, nothing],
                    "right" => [nothing, click],
                    other => panic!("nobody has said how to listen to {other}"),
                },
            );
            let heard = if of == "right" { right } else { left };
            for (hz, drawn_db) in points.into_iter().step_by(12) {
                let gain = gain_at(&heard, hz, rate_hz);
                if drawn_db < -290.0 {
                    assert_eq!(gain, 0.0, "{settings:?} {of} {hz}");
                } else {
                    assert!((db(gain) - drawn_db).abs() < 0.001, "{settings:?} {of} {hz}: {}", db(gain));
                }
            }
        }
    }
}

#[test]
fn levels_are_drawn_as_they_are_heard() {
    for gain_db in [-100.0, -6.0, 0.0, 7.3] {
        response_is_as_drawn::<Gain>(&GainSettings { gain_db });
    }
    for pan in [-1.0, -0.4, 0.0, 0.7, 1.0] {
        response_is_as_drawn::<Pan>(&PanSettings { pan });
    }
    for width in [0.0, 0.6, 1.0, 2.0] {
        response_is_as_drawn::<Width>(&WidthSettings { width });
    }
}

#[test]
fn what_lies_between_two_frames_is_drawn_with_what_it_loses_at_the_top() {
    for delay_ms in [0.0, 1.0, 3.017, 0.5 / 44.1] {
        response_is_as_drawn::<DelayLine>(&DelayLineSettings { delay_ms });
        response_is_as_drawn::<Align>(&AlignSettings { delay_ms, invert: true, ..AlignSettings::default() });
    }
    let half = &DelayLine::curves(&DelayLineSettings { delay_ms: 0.5 / 44.1 }, 44_100)[0].points;
    let worst_db = |up_to_hz: f64| {
        half.iter().filter(|point| point.0 < up_to_hz).fold(0.0_f64, |worst, point| worst.max(point.1.abs()))
    };
    // 0.9 of half the rate is 19.8 kHz.
    assert!(worst_db(19_800.0) < 0.001, "{}", worst_db(19_800.0));
}

#[test]
fn what_turns_over_is_drawn_upside_down() {
    for (left, right) in [(false, false), (true, false), (false, true), (true, true)] {
        let settings = PolaritySettings { left, right };
        let curves = Polarity::curves(&settings, 48_000);
        let sound: Vec<f32> = curves[0].points.iter().map(|point| point.0 as f32).collect();
        let heard = played::<Polarity>(&settings, 48_000, [sound.clone(), sound]);
        for (curve, heard) in curves.iter().zip(heard) {
            assert_eq!(curve.axis, Axis::SampleOut);
            let drawn: Vec<f32> = curve.points.iter().map(|point| point.1 as f32).collect();
            assert_eq!(drawn, heard, "{}", curve.of);
        }
    }
}

#[test]
fn a_click_is_mended_from_the_level_on_that_is_drawn() {
    for (sensitivity_percent, mix_percent) in [(20.0, 100.0), (50.0, 100.0), (50.0, 75.0), (80.0, 50.0)] {
        let settings = DeclickSettings { sensitivity_percent, mix_percent, ..DeclickSettings::default() };
        let drawn = Declick::curves(&settings, 48_000).remove(0).points;
        let step = drawn.windows(2).position(|two| two[1].1 < two[0].1).unwrap();
        // Noise between ±0.002 surprises by 0.001, −60 dBFS, usually; clicks stand 4 dB to either side of where the line falls.
        for point in [step - 4, step + 5] {
            let (level_dbfs, out_dbfs) = drawn[point];
            let mut random = Noise(8);
            let mut sound: Vec<f32> = random.samples(20_000).iter().map(|sample| 0.002 * sample).collect();
            sound[9_000] = mixkeel_dsp::units::gain_from_db(level_dbfs) as f32;
            let [heard, _] = played::<Declick>(&settings, 48_000, [sound.clone(), sound]);
            let heard_dbfs = db(f64::from(heard.iter().fold(0.0_f32, |most, sample| most.max(sample.abs()))));
            if out_dbfs > -59.0 {
                assert!((heard_dbfs - out_dbfs).abs() < 1.0, "{settings:?} {level_dbfs}: {heard_dbfs}");
            } else {
                assert!(heard_dbfs < -53.9, "{settings:?} {level_dbfs}: {heard_dbfs}");
            }
        }
    }
}
