//! Mixes that are sound and like nothing else: metal, a ballad, an 808 track, an orchestra, all by arithmetic. Nobody may
//! blame them for being themselves.

use super::Sound;
use super::filters::{bell, high_pass, high_shelf, low_pass};

const RATE_HZ: u32 = 48_000;
const TAU: f64 = std::f64::consts::TAU;

fn noise(seed: u32) -> impl FnMut() -> f64 {
    let mut state = seed.wrapping_mul(747_796_405).max(1);
    move || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        f64::from(state >> 8) / f64::from(1_u32 << 23) - 1.0
    }
}

/// Frames of a song, a second of silence at either end included.
fn empty(seconds: f64) -> Sound {
    Sound::silent(RATE_HZ, (seconds * f64::from(RATE_HZ)) as usize)
}

/// Adds a note: a function of the time since it began, on each side with a gain.
fn note(sound: &mut Sound, at_s: f64, length_s: f64, gains: (f64, f64), mut wave: impl FnMut(f64) -> f64) {
    let (from, frames) = (sound.at(at_s), sound.at(length_s));
    let end = (from + frames).min(sound.frames());
    for n in from..end {
        let t = (n - from) as f64 / f64::from(RATE_HZ);
        let edge = (t / 0.002).min(1.0) * ((length_s - t) / 0.02).clamp(0.0, 1.0);
        let value = edge * wave(t);
        sound.left[n] += (gains.0 * value) as f32;
        sound.right[n] += (gains.1 * value) as f32;
    }
}

/// A wave of harmonics that fall by a power.
fn harmonics(freq_hz: f64, fall: f64, t: f64) -> f64 {
    (1..=24)
        .map(f64::from)
        .take_while(|k| k * freq_hz < 14_000.0)
        .map(|k| libm::sin(TAU * k * freq_hz * t + k * k) * libm::pow(k, -fall))
        .sum()
}

fn kick(sound: &mut Sound, at_s: f64, gain: f64) {
    note(sound, at_s, 0.35, (gain, gain), |t| {
        libm::sin(TAU * (52.0 * t + 2.2 * (1.0 - libm::exp(-t * 40.0)))) * libm::exp(-t * 9.0)
            + 0.25 * libm::sin(TAU * 3_400.0 * t) * libm::exp(-t * 300.0)
    });
}

fn snare(sound: &mut Sound, at_s: f64, gain: f64, seed: u32) {
    let mut next = noise(seed);
    let mut low = 0.0;
    note(sound, at_s, 0.3, (gain, gain), |t| {
        low += 0.45 * (next() - low);
        0.6 * libm::sin(TAU * 190.0 * t) * libm::exp(-t * 18.0) + 0.8 * low * libm::exp(-t * 14.0)
    });
}

fn hat(sound: &mut Sound, at_s: f64, gains: (f64, f64), decay: f64, seed: u32) {
    let mut next = noise(seed);
    let mut last = 0.0;
    note(sound, at_s, 4.0 / decay, gains, |t| {
        let now = next();
        let high = 0.5 * (now - last);
        last = now;
        high * libm::exp(-t * decay)
    });
}

/// Guitars of one side each, played twice and not alike, a bass, a kit.
pub fn metal(seconds: f64) -> Sound {
    let mut song = empty(seconds);
    for (side, (gains, detune)) in [((1.0, 0.12), 1.0), ((0.12, 1.0), 1.004)].into_iter().enumerate() {
        let mut guitar = empty(seconds);
        let mut at_s = 1.0;
        let mut step = 0;
        while at_s < seconds - 1.5 {
            let root = [82.4, 82.4, 98.0, 110.0][step / 4 % 4] * detune;
            let late = 0.003 * ((step * 7 + side * 3) % 5) as f64;
            note(&mut guitar, at_s + late, 0.24, (1.0, 1.0), |t| {
                let chord =
                    harmonics(root, 1.1, t) + harmonics(root * 1.498, 1.1, t) + harmonics(root * 2.0, 1.2, t);
                libm::tanh(3.0 * chord) * (0.75 + 0.25 * libm::exp(-t * 12.0))
            });
            at_s += 0.25;
            step += 1;
        }
        high_pass(&mut guitar, 90.0);
        low_pass(&mut guitar, 6_500.0);
        bell(&mut guitar, 300.0, -5.0, 0.8);
        guitar.left.iter_mut().for_each(|x| *x *= gains.0 as f32);
        guitar.right.iter_mut().for_each(|x| *x *= gains.1 as f32);
        song.add(&guitar, 0.085);
    }
    let (mut at_s, mut step) = (1.0, 0_u32);
    while at_s < seconds - 1.5 {
        let root = [41.2, 41.2, 49.0, 55.0][step as usize / 4 % 4];
        note(&mut song, at_s, 0.24, (0.1, 0.1), |t| harmonics(root, 1.3, t) * libm::exp(-t * 3.0));
        kick(&mut song, at_s, 0.32);
        if step % 4 == 2 {
            snare(&mut song, at_s, 0.42, step);
        }
        hat(&mut song, at_s, if step % 2 == 0 { (0.10, 0.06) } else { (0.06, 0.1) }, 9.0, step + 100);
        at_s += 0.25;
        step += 1;
    }
    song
}

/// A piano and a voice, soft.
pub fn ballad(seconds: f64) -> Sound {
    let mut song = empty(seconds);
    let chords = [[130.8, 164.8, 196.0], [110.0, 164.8, 220.0], [87.3, 174.6, 220.0], [98.0, 146.8, 246.9]];
    let (mut at_s, mut step) = (1.0, 0_usize);
    while at_s < seconds - 2.5 {
        for (number, freq_hz) in chords[step / 2 % 4].into_iter().enumerate() {
            let gains = if number == 0 { (0.06, 0.045) } else { (0.04, 0.055) };
            note(&mut song, at_s + 0.02 * number as f64, 2.2, gains, |t| {
                harmonics(freq_hz * 2.0, 1.5, t) * libm::exp(-t * 1.6)
                    + 0.5 * harmonics(freq_hz, 1.6, t) * libm::exp(-t * 1.4)
            });
        }
        let sung = [392.0, 440.0, 349.2, 329.6, 392.0, 523.3, 493.9, 392.0][step % 8];
        let mut breath = noise(step as u32 + 5);
        note(&mut song, at_s + 0.25, 0.85, (0.085, 0.085), |t| {
            let vibrato = 1.0 + 0.006 * libm::sin(TAU * 5.5 * t);
            harmonics(sung * vibrato, 1.35, t) * (1.0 - libm::exp(-t * 14.0)) + 0.05 * breath()
        });
        at_s += 1.25;
        step += 1;
    }
    high_shelf(&mut song, 5_000.0, 3.0);
    song
}

/// Long sub bass, claps, hats, a dark pad and a voice-like lead.
pub fn eight_oh_eight(seconds: f64) -> Sound {
    let mut song = empty(seconds);
    let (mut at_s, mut step) = (1.0, 0_u32);
    while at_s < seconds - 2.0 {
        let bar = step / 16 % 2;
        if [0, 6, 10].contains(&(step % 16)) {
            let root = if bar == 0 { 46.2 } else { 41.2 };
            note(&mut song, at_s, 0.9, (0.25, 0.25), |t| {
                libm::tanh(1.8 * libm::sin(TAU * (root * t + 0.9 * (1.0 - libm::exp(-t * 30.0)))))
                    * libm::exp(-t * 1.8)
            });
        }
        if step % 16 == 8 {
            snare(&mut song, at_s, 0.35, step);
        }
        hat(&mut song, at_s, (0.09, 0.09), 45.0, step + 9);
        if step % 4 == 2 {
            let sung = [277.2, 311.1, 370.0, 277.2][step as usize / 4 % 4];
            note(&mut song, at_s, 0.42, (0.07, 0.07), |t| harmonics(sung, 1.2, t));
        }
        if step % 16 == 0 {
            for (number, freq_hz) in [185.0, 220.0, 277.2].into_iter().enumerate() {
                let gains = if number == 1 { (0.012, 0.03) } else { (0.03, 0.012) };
                note(&mut song, at_s, 2.2, gains, |t| harmonics(freq_hz, 1.6, t));
            }
        }
        at_s += 0.14;
        step += 1;
    }
    song
}

/// Strings and horns that swell, players apart, a hall with two sides.
pub fn orchestra(seconds: f64) -> Sound {
    let mut dry = empty(seconds);
    let chords = [
        [65.4, 130.8, 196.0, 329.6, 523.3],
        [73.4, 146.8, 220.0, 349.2, 587.3],
        [58.3, 116.5, 233.1, 349.2, 466.2],
    ];
    let (mut at_s, mut step) = (1.0, 0_usize);
    while at_s < seconds - 3.5 {
        for (number, freq_hz) in chords[step % 3].into_iter().enumerate() {
            for player in 0..3 {
                let detune = 1.0 + 0.0025 * (f64::from(player) - 1.0) + 0.0007 * number as f64;
                let right = (number as f64 / 4.0 + 0.15 * f64::from(player)).min(1.0);
                let gains = (0.03 * (1.1 - right), 0.03 * (0.1 + right));
                note(&mut dry, at_s + 0.02 * f64::from(player), 2.9, gains, |t| {
                    let swell = libm::sin(std::f64::consts::PI * (t / 2.9)).max(0.0);
                    harmonics(freq_hz * detune * (1.0 + 0.003 * libm::sin(TAU * 5.0 * t)), 1.25, t) * swell
                });
            }
        }
        kick(&mut dry, at_s, 0.12);
        at_s += 2.5;
        step += 1;
    }
    // The hall: noise that decays in 1.8 s, another on each side, from which every hundredth tap is taken.
    let mut song = dry.clone();
    let (mut left, mut right) = (noise(21), noise(22));
    let mut delay = dry.at(0.013);
    while delay < dry.at(1.4) {
        let decay = libm::exp(-6.9 * delay as f64 / (1.8 * f64::from(RATE_HZ)));
        let (to_left, to_right) = ((0.10 * decay * left()) as f32, (0.10 * decay * right()) as f32);
        for n in delay..dry.frames() {
            let heard = dry.left[n - delay] + dry.right[n - delay];
            song.left[n] += to_left * heard;
            song.right[n] += to_right * heard;
        }
        delay += 331 + (delay * 7) % 211;
    }
    // Seats are not level by themselves, and a hall is never silent.
    let level = |channel: &[f32]| channel.iter().map(|x| f64::from(*x) * f64::from(*x)).sum::<f64>().sqrt();
    let even = (level(&song.left) / level(&song.right)) as f32;
    song.right.iter_mut().for_each(|x| *x *= even);
    let mut room = noise(23);
    song.each(|channel| channel.iter_mut().for_each(|x| *x += (3e-5 * room()) as f32));
    song
}
