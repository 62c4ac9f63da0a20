//! The riser: noise and a tone that climb into each chorus.

use super::super::filters::Biquad;
use super::super::noise::Noise;
use super::super::oscillator::{Saw, look};
use super::super::score::lines::RISERS;
use super::super::score::tempo::{BAR_S, frame, song_frames};

/// Frames between two settings of the moving filter.
const HOP: usize = 64;

/// Both channels. The noise differs left and right; the tone is in the middle.
pub(in crate::demo) fn play(rate_hz: u32) -> (Vec<f64>, Vec<f64>) {
    let frames = song_frames(rate_hz);
    let saw = Saw::new(rate_hz);
    let mut lines = [vec![0.0; frames], vec![0.0; frames]];
    for (channel, line) in lines.iter_mut().enumerate() {
        for (from_bar, to_bar) in RISERS {
            let (from, to) =
                (frame(from_bar as f64 * BAR_S, rate_hz), frame(to_bar as f64 * BAR_S, rate_hz).min(frames));
            if let Some(span) = line.get_mut(from..to) {
                climb(span, &saw, channel as u64, rate_hz);
            }
        }
    }
    let [left, right] = lines;
    (left, right)
}

fn climb(span: &mut [f64], saw: &Saw, channel: u64, rate_hz: u32) {
    let rate = f64::from(rate_hz);
    let mut noise = Noise::new(81, channel);
    let mut band = Biquad::bandpass(400.0, 1.2, rate_hz);
    let frames = span.len().max(1) as f64;
    // 30 ms to get out of the way before the bar line.
    let fade = 0.03 * rate;
    let mut phase = 0.0;
    for (hop, block) in span.chunks_mut(HOP).enumerate() {
        let place = (hop * HOP) as f64 / frames;
        band.retune(&Biquad::bandpass(400.0 * libm::exp2(4.6 * place), 1.2, rate_hz));
        let tone_hz = 146.83 * libm::exp2(place);
        let table = saw.table(tone_hz);
        for (index, sample) in block.iter_mut().enumerate() {
            let at = (hop * HOP + index) as f64;
            let level = (at / frames) * (at / frames) * ((frames - at) / fade).min(1.0);
            phase += tone_hz / rate;
            phase -= libm::floor(phase);
            *sample = level * (band.next(noise.white()) + 0.12 * look(table, phase));
        }
    }
}
