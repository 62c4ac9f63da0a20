//! The piano: stiff strings added partial by partial, under two microphones that are too near the case.

use super::super::filters::Biquad;
use super::super::modal::{Mode, strike};
use super::super::noise::Noise;
use super::super::score::harmony::{Chord, chord_at, spans};
use super::super::score::lines;
use super::super::score::tempo::{BARS, BEAT_S, BEATS_PER_BAR, frame, song_frames};
use super::string::freq_hz;

/// Where the case booms, in Hz, and by how much, in dB: the fault of this track.
pub(in crate::demo) const BOOM: [(f64, f64); 2] = [(285.0, 8.0), (360.0, 6.0)];

/// The most partials of a note.
const MOST_PARTIALS: usize = 24;

/// The partials of a note: stretched by stiffness (f·n·√(1 + B·n²), B as measured on uprights by H. Fletcher 1964), a
/// hammer at one eighth of the string that leaves the eighth partial out, and decays that shorten with pitch.
fn partials(midi: i32, velocity: f64) -> Vec<Mode> {
    let base_hz = freq_hz(f64::from(midi));
    let stiffness = 0.0003 * libm::exp2((f64::from(midi) - 60.0) / 9.0).max(0.3);
    let hardness = 0.8 + 1.1 * (1.0 - velocity);
    let decay_s = 9.0 * libm::exp2((48.0 - f64::from(midi)) / 18.0);
    (1..=MOST_PARTIALS)
        .map(|n| {
            let n = n as f64;
            let level = (libm::sin(std::f64::consts::PI * n / 8.0).abs() + 0.06) / libm::pow(n, hardness);
            Mode {
                freq_hz: base_hz * n * (1.0 + stiffness * n * n).sqrt(),
                level: level * velocity,
                decay_s: decay_s / (1.0 + 0.35 * n),
            }
        })
        .take_while(|mode| mode.freq_hz < 10_000.0)
        .collect()
}

/// The two microphones, left over the low strings.
pub(in crate::demo) fn play(rate_hz: u32) -> (Vec<f64>, Vec<f64>) {
    let frames = song_frames(rate_hz);
    let (mut left, mut right) = (vec![0.0; frames], vec![0.0; frames]);
    let mut noise = Noise::new(61, 3);
    let spans = spans();
    for bar in 0..BARS {
        let pattern: Vec<char> = lines::piano(bar).chars().collect();
        for (step, &stroke) in pattern.iter().enumerate() {
            if stroke == '.' {
                continue;
            }
            let beat = (bar * BEATS_PER_BAR) as f64 + step as f64 * 0.5;
            let span_end =
                spans.iter().find(|span| span.to_beat > beat).map_or(beat + 4.0, |span| span.to_beat);
            let chord = chord_at(&spans, beat);
            let until = pattern[step + 1..].iter().take_while(|&&after| after == '.').count() + 1;
            let hold_beats = (until as f64 * 0.5 + 0.6).min(span_end - beat).max(0.4);
            let force = match stroke {
                'C' => 0.8,
                'b' => 0.6,
                _ => 0.5,
            };
            for midi in hands(chord, stroke) {
                let velocity = (force + 0.06 * noise.human()).clamp(0.15, 1.0);
                let at_s = beat * BEAT_S + 0.005 * noise.human().abs();
                note(&mut left, &mut right, midi, velocity, at_s, hold_beats * BEAT_S, rate_hz);
            }
        }
    }
    for line in [&mut left, &mut right] {
        Biquad::highpass(45.0, 0.7, rate_hz).run(line);
        for (freq_hz, gain_db) in BOOM {
            Biquad::bell(freq_hz, 1.4, gain_db, rate_hz).run(line);
        }
        Biquad::bell(5000.0, 0.7, -3.0, rate_hz).run(line);
    }
    (left, right)
}

/// Left hand: the bass, and the next note of the chord a fifth or so above it. Right hand: the chord between A3 and G4.
fn hands(chord: Chord, stroke: char) -> Vec<i32> {
    let bass = chord.bass_from(40);
    let mut notes = Vec::new();
    if matches!(stroke, 'C' | 'b') {
        notes.push(bass);
        notes.extend((bass + 5..bass + 13).find(|&midi| chord.has(midi)));
    }
    if matches!(stroke, 'C' | 'c') {
        notes.extend((57..68).filter(|&midi| chord.has(midi)));
    }
    notes
}

/// Adds one note to both microphones; the damper falls when the key is let go.
fn note(left: &mut [f64], right: &mut [f64], midi: i32, velocity: f64, at_s: f64, hold_s: f64, rate_hz: u32) {
    let rate = f64::from(rate_hz);
    let start = frame(at_s, rate_hz);
    let held = (hold_s * rate) as usize;
    let damper = (0.09 * rate) as usize;
    let mut sound = vec![0.0; held + damper];
    strike(&mut sound, 0, held + damper, &partials(midi, velocity), rate_hz);
    for (index, sample) in sound[held..].iter_mut().enumerate() {
        let rest = 1.0 - index as f64 / damper as f64;
        *sample *= rest * rest;
    }
    // Low strings on the left; the further microphone hears it up to 0.9 ms later.
    let place = ((f64::from(midi) - 57.0) / 30.0).clamp(-0.8, 0.8);
    let late = (0.0009 * place.abs() * rate) as usize;
    let (near, far) = (0.75 + 0.25 * place.abs(), 0.75 - 0.35 * place.abs());
    let (to_left, to_right) = if place < 0.0 { ((near, 0), (far, late)) } else { ((far, late), (near, 0)) };
    for (line, (gain, delay)) in [(left, to_left), (right, to_right)] {
        if let Some(line) = line.get_mut(start + delay..) {
            line.iter_mut().zip(&sound).for_each(|(sample, value)| *sample += gain * value);
        }
    }
}
