//! The tambourine: pairs of small jingles that rattle for a moment after the hand.

use super::super::modal::{Mode, strike};
use super::super::noise::Noise;
use super::super::score::groove::PART;
use super::super::score::tempo::{BAR_S, STEPS_PER_BAR, frame, song_frames};

/// Adds one shake: eight jingles that hit at slightly different times.
fn shake(line: &mut [f64], start: usize, velocity: f64, noise: &mut Noise, rate_hz: u32) {
    let rate = f64::from(rate_hz);
    for jingle in 0..8 {
        let late = (0.012 * rate * noise.uniform() * noise.uniform()) as usize;
        let base_hz = 4300.0 + 620.0 * f64::from(jingle);
        let level = velocity * (0.5 + 0.5 * noise.uniform());
        let modes: Vec<Mode> = [(1.0, 1.0, 0.16), (1.41, 0.8, 0.13), (1.83, 0.6, 0.1), (2.31, 0.4, 0.07)]
            .iter()
            .map(|&(ratio, share, decay_s)| Mode {
                freq_hz: base_hz * ratio * (1.0 + 0.01 * noise.human()),
                level: level * share * 0.25,
                decay_s: decay_s * (0.5 + 0.7 * velocity),
            })
            .collect();
        strike(line, start + late, usize::MAX, &modes, rate_hz);
    }
}

/// The whole part.
pub(in crate::demo) fn play(rate_hz: u32) -> Vec<f64> {
    let mut line = vec![0.0; song_frames(rate_hz)];
    let mut noise = Noise::new(31, 19);
    for (bar, pattern) in PART.iter().enumerate() {
        for (step, stroke) in pattern.tambourine.chars().enumerate() {
            let Some(force) = stroke.to_digit(10) else { continue };
            // A player who is a little late on the way back of the hand.
            let swing_s = if step % 2 == 1 { 0.006 } else { 0.0 };
            let at_s =
                (bar as f64 + step as f64 / STEPS_PER_BAR as f64) * BAR_S + swing_s + 0.004 * noise.human();
            shake(&mut line, frame(at_s, rate_hz), f64::from(force) / 9.0, &mut noise, rate_hz);
        }
    }
    line
}
