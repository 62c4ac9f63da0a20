//! How fast: 100 beats a minute, four to the bar, from the first frame to the last.

/// Beats a minute. Ours, chosen because a beat is then a whole number of frames at 44.1 and at 48 kHz.
pub(in crate::demo) const TEMPO_BPM: f64 = 100.0;
/// Beats in a bar.
pub(in crate::demo) const BEATS_PER_BAR: usize = 4;
/// Sixteenths in a bar: the steps of the patterns.
pub(in crate::demo) const STEPS_PER_BAR: usize = 16;
/// Bars in the song.
pub(in crate::demo) const BARS: usize = 32;
/// The length of a beat in seconds.
pub(in crate::demo) const BEAT_S: f64 = 60.0 / TEMPO_BPM;
/// The length of a bar in seconds.
pub(in crate::demo) const BAR_S: f64 = BEAT_S * BEATS_PER_BAR as f64;
/// The length of the song in seconds.
pub(in crate::demo) const SONG_S: f64 = BAR_S * BARS as f64;

/// The frames of the whole song at a rate.
pub(in crate::demo) fn song_frames(rate_hz: u32) -> usize {
    frame(SONG_S, rate_hz)
}

/// The frame nearest to a time; times before the song are its first frame.
pub(in crate::demo) fn frame(seconds: f64, rate_hz: u32) -> usize {
    mixkeel_dsp::units::frame_from_seconds(seconds, rate_hz).max(0) as usize
}
