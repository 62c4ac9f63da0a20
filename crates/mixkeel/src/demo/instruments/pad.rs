//! The pad: slow detuned saws through a low-pass that breathes.

use super::super::filters::Biquad;
use super::super::noise::Noise;
use super::super::oscillator::{Rotor, Saw, look};
use super::super::score::form::{Kind, section_of};
use super::super::score::harmony::spans;
use super::super::score::tempo::{BAR_S, frame, song_frames};
use super::string::freq_hz;

/// How far the saws of a note are apart, in semitones, and where each stands from left (−1) to right (1).
const SPREAD: [(f64, f64); 3] = [(-0.09, -0.8), (0.0, 0.1), (0.08, 0.7)];
/// Frames between two settings of the moving filter.
const HOP: usize = 64;

/// Both channels.
pub(in crate::demo) fn play(rate_hz: u32) -> (Vec<f64>, Vec<f64>) {
    let rate = f64::from(rate_hz);
    let frames = song_frames(rate_hz);
    let (mut left, mut right) = (vec![0.0; frames], vec![0.0; frames]);
    let saw = Saw::new(rate_hz);
    let mut noise = Noise::new(71, 11);
    for span in spans() {
        let (from, to) = (frame(span.start_s(), rate_hz), frame(span.end_s() + 0.5, rate_hz).min(frames));
        let level = match section_of((span.start_s() / BAR_S) as usize).kind {
            Kind::Chorus => 1.0,
            Kind::Bridge => 0.85,
            _ => 0.6,
        };
        for midi in (55..71).filter(|&midi| span.chord.has(midi)) {
            for (detune, place) in SPREAD {
                let freq = freq_hz(f64::from(midi) + detune + 0.01 * noise.human());
                let table = saw.table(freq);
                let (step, mut phase) = (freq / rate, noise.uniform());
                let (to_left, to_right) = (level * (1.0 - place) / 2.0, level * (1.0 + place) / 2.0);
                let (rise, fall) = (0.25 * rate, 0.5 * rate);
                for index in from..to {
                    let envelope = ((index - from) as f64 / rise).min((to - index) as f64 / fall).min(1.0);
                    let value = look(table, phase) * envelope;
                    left[index] += value * to_left;
                    right[index] += value * to_right;
                    phase += step;
                    phase -= libm::floor(phase);
                }
            }
        }
    }
    breathe(&mut left, 0.0, rate_hz);
    breathe(&mut right, 0.3, rate_hz);
    (left, right)
}

/// The moving low-pass (around 3.2 kHz, a slow sine), and the bell that puts the pad where the voice is.
fn breathe(line: &mut [f64], phase: f64, rate_hz: u32) {
    let mut slow = Rotor::new(0.11, phase, f64::from(rate_hz) / HOP as f64);
    let mut filter = Biquad::lowpass(3200.0, 0.9, rate_hz);
    for block in line.chunks_mut(HOP) {
        filter.retune(&Biquad::lowpass(3200.0 + 900.0 * slow.next(), 0.9, rate_hz));
        block.iter_mut().for_each(|sample| *sample = filter.next(*sample));
    }
    Biquad::highpass(120.0, 0.7, rate_hz).run(line);
    Biquad::bell(1900.0, 0.7, 6.0, rate_hz).run(line);
}
