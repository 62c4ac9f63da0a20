//! Hum goes, notes stay.

mod listening;

use listening::{Noise, db, find_tone, rms, same_bits, tone};
use mixkeel_dsp::block::{Block, Channels};
use mixkeel_dsp::processor::{Context, Processor, Report, Setup};
use mixkeel_dsp::processors::dehum::{Dehum, DehumSettings};

/// What a mono sound becomes, in blocks of 1000, and the processor afterwards.
fn heard(settings: &DehumSettings, rate_hz: u32, sound: &[f32]) -> (Vec<f32>, Dehum) {
    let mut heard = sound.to_vec();
    let mut dehum = Dehum::default();
    dehum.prepare(&Setup { rate_hz, channels: Channels::Mono, max_block_frames: 1_000 });
    dehum.set(settings);
    for (index, block) in heard.chunks_mut(1_000).enumerate() {
        let at = Context { frame: 1_000 * index as i64, tempo_bpm: 120.0 };
        dehum.process(&mut Block::mono(block), &[], &at);
    }
    (heard, dehum)
}

fn sum(one: &[f32], other: &[f32]) -> Vec<f32> {
    one.iter().zip(other).map(|(one, other)| one + other).collect()
}

/// Mains hum at −40 dBFS with harmonics that fall by a third each, and without the even ones being weaker.
fn hum(hz: f64, rate_hz: u32, frames: usize) -> Vec<f32> {
    let part = |number: i32| tone(hz * f64::from(number), 0.01 / f64::from(number), rate_hz, frames);
    (2..=8).fold(part(1), |all, number| sum(&all, &part(number)))
}

fn level_db(sound: &[f32], from: usize, hz: f64, rate_hz: u32) -> f64 {
    db(find_tone(&sound[from..], from, hz, rate_hz).amplitude)
}

#[test]
fn hum_and_its_harmonics_are_taken_out_at_every_rate() {
    for (rate_hz, hz) in [(44_100, 50.0), (48_000, 60.0), (96_000, 50.0)] {
        let frames = 10 * rate_hz as usize;
        let sound = hum(hz, rate_hz, frames);
        let (clean, dehum) =
            heard(&DehumSettings { freq_hz: hz, ..DehumSettings::default() }, rate_hz, &sound);
        let from = 8 * rate_hz as usize;
        let reduction_db = db(rms(&clean[from..]) / rms(&sound[from..]));
        assert!(reduction_db < -40.0, "{rate_hz}: {reduction_db:.1} dB");
        // And says how much it took in the last block: all there was, within what 1.1 periods of it differ.
        let mut report = Report::default();
        dehum.report(&mut report);
        let power = rms(&sound[from..]) * rms(&sound[from..]);
        assert!((10.0 * libm::log10(report.removed_power / power)).abs() < 1.0, "{}", report.removed_power);
    }
}

#[test]
fn mains_that_are_off_their_frequency_are_followed() {
    for off_hz in [-0.4, -0.15, 0.2, 0.4] {
        let rate_hz = 48_000;
        let sound = hum(50.0 + off_hz, rate_hz, 20 * 48_000);
        let (clean, dehum) = heard(&DehumSettings::default(), rate_hz, &sound);
        assert!((dehum.found_hz() - 50.0 - off_hz).abs() < 0.005, "{off_hz}: {}", dehum.found_hz());
        let from = 17 * 48_000;
        let reduction_db = db(rms(&clean[from..]) / rms(&sound[from..]));
        assert!(reduction_db < -30.0, "{off_hz}: {reduction_db:.1} dB");
    }
}

#[test]
fn notes_beside_the_harmonics_stay_as_they_are() {
    // G1, D3, G3 and B3 lie within 1 to 3 % of harmonics of 50 Hz; played for eight seconds.
    let rate_hz = 48_000;
    for hz in [48.999, 146.832, 195.998, 246.942] {
        let sound = sum(&tone(hz, 0.3, rate_hz, 8 * 48_000), &hum(50.0, rate_hz, 8 * 48_000));
        let (clean, _) = heard(&DehumSettings::default(), rate_hz, &sound);
        let change_db = level_db(&clean, 5 * 48_000, hz, rate_hz) - db(0.3);
        assert!(change_db.abs() < 0.1, "{hz}: {change_db}");
        let left_db =
            level_db(&clean, 5 * 48_000, 100.0, rate_hz) - level_db(&sound, 5 * 48_000, 100.0, rate_hz);
        // Not as far as alone: the note, 30 dB louder, sways what is read of the hum.
        assert!(left_db < -15.0, "the hum goes all the same: {left_db:.1} dB");
    }
}

#[test]
fn a_note_on_the_very_frequency_of_a_harmonic_is_kept() {
    // A second of 150 Hz at every other second, over hum: the note keeps its level, the hum in the pauses goes.
    let rate_hz = 48_000;
    let hum = hum(50.0, rate_hz, 12 * 48_000);
    let mut note = tone(150.0, 0.3, rate_hz, 12 * 48_000);
    for second in (0..12).step_by(2) {
        note[second * 48_000..(second + 1) * 48_000].fill(0.0);
    }
    let (clean, _) = heard(&DehumSettings::default(), rate_hz, &sum(&hum, &note));
    for second in [5, 7, 9, 11] {
        let stretch = |sound: &[f32]| sound[second * 48_000 + 4_800..(second + 1) * 48_000].to_vec();
        let change_db = db(rms(&stretch(&clean)) / rms(&stretch(&note)));
        // A pause of a second shows the hum but for e⁻⁴ (2 %, 0.16 dB) of the note, and a decibel of sway counts as hum.
        assert!(change_db.abs() < 0.4, "{second}: {change_db:.2} dB");
    }
}

#[test]
fn music_without_hum_is_left_alone() {
    let sound: Vec<f32> = Noise(11).samples(8 * 48_000).iter().map(|sample| sample * 0.3).collect();
    let (clean, _) = heard(&DehumSettings::default(), 48_000, &sound);
    let difference: Vec<f32> = clean.iter().zip(&sound).map(|(clean, sound)| clean - sound).collect();
    // Twenty notches of 1/(π·0.25 s) = 1.3 Hz in 24 kHz would be −30 dB; only their steady part is taken.
    let removed_db = db(rms(&difference) / rms(&sound));
    assert!(removed_db < -36.0, "{removed_db:.1} dB");
}

#[test]
fn none_of_an_amount_keeps_every_bit() {
    let sound = hum(50.0, 48_000, 5 * 48_000);
    let (same, _) = heard(&DehumSettings { amount_percent: 0.0, ..DehumSettings::default() }, 48_000, &sound);
    assert!(same_bits(&same, &sound));
}
