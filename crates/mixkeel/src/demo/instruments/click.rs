//! The click that the band played to: a short beep on every beat, higher on the first of the bar.

use super::super::modal::{Mode, strike};
use super::super::score::tempo::{BARS, BEAT_S, BEATS_PER_BAR, frame, song_frames};

/// The whole track.
pub(in crate::demo) fn play(rate_hz: u32) -> Vec<f64> {
    let mut line = vec![0.0; song_frames(rate_hz)];
    for beat in 0..BARS * BEATS_PER_BAR {
        let freq_hz = if beat % BEATS_PER_BAR == 0 { 1600.0 } else { 1000.0 };
        let beep = [Mode { freq_hz, level: 0.5, decay_s: 0.06 }];
        strike(&mut line, frame(beat as f64 * BEAT_S, rate_hz), usize::MAX, &beep, rate_hz);
    }
    line
}
