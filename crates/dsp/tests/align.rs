//! Two microphones on one source come together.

mod listening;

use listening::{Noise, find_tone, rms, same_bits, tone};
use mixkeel_dsp::block::{Block, Channels};
use mixkeel_dsp::processor::{Context, Processor, Setup};
use mixkeel_dsp::processors::align::{Align, AlignSettings};

fn heard(settings: &AlignSettings, rate_hz: u32, sound: &[f32]) -> (Vec<f32>, usize) {
    let mut heard = sound.to_vec();
    let mut align = Align::default();
    align.prepare(&Setup { rate_hz, channels: Channels::Mono, max_block_frames: 4_096 });
    align.set(settings);
    align.process(&mut Block::mono(&mut heard), &[], &Context { frame: 0, tempo_bpm: 120.0 });
    (heard, align.latency_frames())
}

#[test]
fn a_near_microphone_meets_a_far_one_between_two_frames() {
    for rate_hz in [44_100, 48_000, 96_000] {
        let shift_ms = 1.2345;
        let shift_frames = shift_ms * f64::from(rate_hz) / 1_000.0;
        // Both hear the same three tones; the far one later, upside down, and between two frames.
        let sounds = |later: f64| -> Vec<f32> {
            let hz = [97.0, 1_234.5, 9_000.0];
            let at = |frame: usize| (frame as f64 - later) / f64::from(rate_hz) * std::f64::consts::TAU;
            (0..20_000)
                .map(|frame| hz.map(|hz| 0.2 * libm::sin(hz * at(frame)) as f32).iter().sum())
                .collect()
        };
        let far: Vec<f32> = sounds(shift_frames).iter().map(|sample| -sample).collect();
        let settings = AlignSettings { delay_ms: shift_ms, invert: true, ..AlignSettings::default() };
        let (near, latency) = heard(&settings, rate_hz, &sounds(0.0));
        let apart: Vec<f32> =
            near[1_000..].iter().zip(&far[1_000 - latency..]).map(|(near, far)| near - far).collect();
        // What is left is the error of the windowed sinc, under −110 dB, and the rounding of samples.
        assert!(rms(&apart) < 1e-6, "{rate_hz}: {}", rms(&apart));
    }
}

#[test]
fn the_phase_turns_by_just_so_much_there_and_the_level_stays() {
    for rate_hz in [44_100, 192_000] {
        for (turn_hz, turn_degrees) in [(150.0, 90.0), (150.0, 30.0), (2_000.0, 135.0), (10_000.0, 60.0)] {
            let frames = rate_hz as usize;
            let sound = tone(turn_hz, 0.5, rate_hz, frames);
            let (plain, _) = heard(&AlignSettings::default(), rate_hz, &sound);
            let settings = AlignSettings { turn_degrees, turn_hz, ..AlignSettings::default() };
            let (turned, _) = heard(&settings, rate_hz, &sound);
            let found = |sound: &[f32]| find_tone(&sound[frames / 2..], frames / 2, turn_hz, rate_hz);
            let (plain, turned) = (found(&plain), found(&turned));
            let degrees = (plain.phase - turned.phase).to_degrees().rem_euclid(360.0);
            assert!((degrees - turn_degrees).abs() < 0.001, "{rate_hz} {turn_hz}: {degrees}");
            assert!((turned.amplitude / plain.amplitude - 1.0).abs() < 1e-6);
        }
    }
}

#[test]
fn set_to_nothing_it_is_an_exact_copy_but_later() {
    let sound = Noise(1).samples(3_000);
    let (copy, latency) = heard(&AlignSettings::default(), 48_000, &sound);
    assert!(same_bits(&copy[latency..], &sound[..3_000 - latency]));
}
