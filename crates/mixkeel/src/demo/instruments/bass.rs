//! The bass guitar: played with a pick, heard straight from its pick-up and through an amplifier.

use super::super::filters::Biquad;
use super::super::noise::Noise;
use super::super::score::harmony::{chord_at, spans};
use super::super::score::lines;
use super::super::score::tempo::{BARS, BEAT_S, BEATS_PER_BAR, frame, song_frames};
use super::string::{Pluck, freq_hz, pluck};

/// The lowest string: E1 (MIDI 28).
const LOWEST: i32 = 28;
/// Eighths in a bar.
const EIGHTHS: usize = 8;

/// The part as it leaves the instrument.
pub(in crate::demo) fn direct(rate_hz: u32) -> Vec<f64> {
    let mut line = vec![0.0; song_frames(rate_hz)];
    let mut noise = Noise::new(41, 5);
    let spans = spans();
    for bar in 0..BARS {
        let pattern: Vec<char> = lines::bass(bar).chars().collect();
        for (step, &stroke) in pattern.iter().enumerate() {
            let beat = (bar * BEATS_PER_BAR) as f64 + step as f64 * 0.5;
            let root = chord_at(&spans, beat).bass_from(LOWEST);
            let next = chord_at(&spans, beat + 0.5).bass_from(LOWEST);
            let midi = match stroke {
                'R' => root,
                '8' => root + 12,
                '5' => root + 7,
                'w' => next - 2,
                _ => continue,
            };
            let held = 1 + pattern[step + 1..].iter().take_while(|&&after| after == '-').count();
            let accent = if step % 4 == 0 { 0.92 } else { 0.74 };
            let last = bar + 1 == BARS;
            let ring_s = if last { EIGHTHS as f64 * BEAT_S } else { (held as f64 - 0.12) * BEAT_S / 2.0 };
            let how = Pluck {
                freq_hz: freq_hz(f64::from(midi)),
                velocity: (accent + 0.04 * noise.human()).clamp(0.2, 1.0),
                length_s: ring_s,
                decay_s: 5.0,
                damping: 0.28,
                pick: 0.13,
                pickup: 0.24,
                softness_hz: 2600.0,
            };
            // The bass sits a hair behind the kick.
            let at_s = beat * BEAT_S + 0.004 + 0.003 * noise.human();
            pluck(&mut line, frame(at_s, rate_hz), &how, &mut noise, rate_hz);
        }
    }
    Biquad::highpass(28.0, 0.7, rate_hz).run(&mut line);
    // The low end that a pick-up near the neck hears more of.
    Biquad::bell(85.0, 0.8, 7.0, rate_hz).run(&mut line);
    line
}

/// The same through a loudspeaker: mildly driven, nothing below 65 Hz or above 3.8 kHz.
pub(in crate::demo) fn amplifier(rate_hz: u32) -> Vec<f64> {
    let mut line = direct(rate_hz);
    Biquad::lowpass(5000.0, 0.7, rate_hz).run(&mut line);
    super::guitar::drive(&mut line, 2, rate_hz);
    Biquad::highpass(65.0, 0.8, rate_hz).run(&mut line);
    Biquad::bell(800.0, 0.9, 4.5, rate_hz).run(&mut line);
    Biquad::lowpass(3800.0, 0.8, rate_hz).run(&mut line);
    Biquad::lowpass(3800.0, 0.6, rate_hz).run(&mut line);
    line
}
