//! Attack and sustain in the words of those who shape them.

mod listening;

use listening::{Noise, db, same_bits, tone};
use mixkeel_dsp::block::{Block, Channels};
use mixkeel_dsp::processor::{Context, Processor, Setup};
use mixkeel_dsp::processors::transient::{Transient, TransientSettings};

fn heard(settings: &TransientSettings, sound: &[f32], rate_hz: u32) -> Vec<f32> {
    let mut transient = Transient::default();
    transient.prepare(&Setup { rate_hz, channels: Channels::Mono, max_block_frames: 4_096 });
    transient.set(settings);
    let mut heard = sound.to_vec();
    transient.process(&mut Block::mono(&mut heard), &[], &Context { frame: 0, tempo_bpm: 120.0 });
    heard
}

/// A drum every half second: noise and a tone that die away in 60 ms, on a soft bed.
fn drums(rate_hz: u32, level: f64) -> Vec<f32> {
    let mut random = Noise(1);
    let rate = f64::from(rate_hz);
    (0..2 * rate_hz)
        .map(|frame| {
            let since = f64::from(frame % (rate_hz / 2)) / rate;
            let hit = libm::exp(-since / 0.06) * (libm::sin(1_250.0 * since) + 0.3 * random.next());
            (level * (hit + 0.003 * random.next())) as f32
        })
        .collect()
}

/// Peak and mean level in dB of some milliseconds of the third drum.
fn levels_db(sound: &[f32], rate_hz: u32, from_ms: usize, to_ms: usize) -> (f64, f64) {
    let frame = |ms: usize| (rate_hz as usize) + ms * rate_hz as usize / 1_000;
    let part = &sound[frame(from_ms)..frame(to_ms)];
    let peak = part.iter().fold(0.0_f32, |peak, sample| peak.max(sample.abs()));
    (db(f64::from(peak)), db(listening::rms(part)))
}

#[test]
fn nothing_set_is_nothing_done() {
    let sound = drums(48_000, 0.7);
    assert!(same_bits(&heard(&TransientSettings::default(), &sound, 48_000), &sound));
}

#[test]
fn attack_moves_the_hit_and_sustain_what_follows() {
    for rate_hz in [44_100, 48_000, 96_000, 192_000] {
        let sound = drums(rate_hz, 0.3);
        let (hit, _) = levels_db(&sound, rate_hz, 0, 15);
        let (_, ring) = levels_db(&sound, rate_hz, 120, 250);
        let change = |attack_db, sustain_db| {
            let heard =
                heard(&TransientSettings { attack_db, sustain_db, ..Default::default() }, &sound, rate_hz);
            (levels_db(&heard, rate_hz, 0, 15).0 - hit, levels_db(&heard, rate_hz, 120, 250).1 - ring)
        };
        let (hit, ring) = change(9.0, 0.0);
        assert!((4.5..9.0).contains(&hit) && ring.abs() < 0.5, "{rate_hz} {hit} {ring}");
        let (hit, ring) = change(-9.0, 0.0);
        assert!((-9.0..-2.0).contains(&hit) && ring.abs() < 0.5, "{rate_hz} {hit} {ring}");
        let (hit, ring) = change(0.0, -12.0);
        assert!(hit.abs() < 1.5 && (-12.0..-5.0).contains(&ring), "{rate_hz} {hit} {ring}");
        let (hit, ring) = change(0.0, 12.0);
        assert!(hit.abs() < 1.5 && (5.0..12.0).contains(&ring), "{rate_hz} {hit} {ring}");
    }
}

#[test]
fn a_softer_recording_is_treated_as_a_louder_one() {
    let settings = TransientSettings { attack_db: 8.0, sustain_db: -8.0, ..Default::default() };
    let loud = heard(&settings, &drums(48_000, 0.7), 48_000);
    for soft_db in [-20.0, -40.0] {
        let factor = libm::exp10(soft_db / 20.0);
        let soft = heard(&settings, &drums(48_000, 0.7 * factor), 48_000);
        for (from_ms, to_ms) in [(0, 15), (20, 60), (100, 250)] {
            let wanted = levels_db(&loud, 48_000, from_ms, to_ms).1 + soft_db;
            let got = levels_db(&soft, 48_000, from_ms, to_ms).1;
            assert!((got - wanted).abs() < 0.1, "{soft_db} {from_ms}: {got} {wanted}");
        }
    }
}

#[test]
fn a_steady_tone_is_neither_attack_nor_sustain() {
    let settings = TransientSettings { attack_db: 12.0, sustain_db: 12.0, ..Default::default() };
    for hz in [60.0, 440.0, 5_000.0] {
        let sound = tone(hz, 0.5, 48_000, 96_000);
        let heard = heard(&settings, &sound, 48_000);
        let change = db(listening::rms(&heard[48_000..])) - db(listening::rms(&sound[48_000..]));
        assert!(change.abs() < 0.05, "{hz}: {change}");
    }
}

#[test]
fn nothing_clicks() {
    // A tone that begins and ends at zero crossings, with everything at its most: no step is larger than the tone's own
    // slope at the most gain, and what the gain itself may move in a frame at its fastest follower (1 ms).
    let mut sound = tone(100.0, 0.2, 48_000, 24_000);
    sound[..9_600].fill(0.0);
    sound[19_200..].fill(0.0);
    let settings = TransientSettings { attack_db: 18.0, sustain_db: -24.0, ..Default::default() };
    let heard = heard(&settings, &sound, 48_000);
    let gain = libm::exp10(18.0 / 20.0);
    let slope = 0.2 * gain * std::f64::consts::TAU * 100.0 / 48_000.0;
    let motion = 0.2 * gain * 18.0 / 8.686 / 48.0;
    let step = heard.windows(2).map(|two| f64::from((two[1] - two[0]).abs())).fold(0.0, f64::max);
    assert!(step < slope + motion, "{step} {slope} {motion}");
}

#[test]
fn two_equal_channels_get_the_bits_of_one() {
    let sound = drums(48_000, 0.5);
    let settings =
        TransientSettings { attack_db: 5.0, sustain_db: 3.0, output_db: -2.0, ..Default::default() };
    let (mut left, mut right) = (sound.clone(), sound.clone());
    let mut transient = Transient::default();
    transient.set(&settings);
    transient.process(
        &mut Block::stereo(&mut left, &mut right),
        &[],
        &Context { frame: 0, tempo_bpm: 120.0 },
    );
    let alone = heard(&settings, &sound, 48_000);
    assert!(same_bits(&left, &alone) && same_bits(&right, &alone));
}
