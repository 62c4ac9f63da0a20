//! How far a song is from A = 440 Hz.

use super::tracks::PitchedTrack;

/// The partials that count, as MIDI numbers. Ours: below, neighbouring partials are not told apart; above lie mostly
/// overtones, of which the fifth and the seventh are flat.
const LOWEST: f64 = 40.0;
const HIGHEST: f64 = 84.0;

/// The deviation of all notes from the semitones of A = 440 Hz, in cents from −50 to 50: the direction of the sum of all
/// partials laid round a circle of one semitone (Dressler and Streich, "Tuning frequency estimation using circular
/// statistics", ISMIR 2007), each as long as its amplitude.
pub(crate) fn tuning_cents(tracks: &[PitchedTrack]) -> f64 {
    let (x, y, _) =
        tracks.iter().map(direction).fold((0.0, 0.0, 0.0), |a, b| (a.0 + b.0, a.1 + b.1, a.2 + b.2));
    if x == 0.0 && y == 0.0 { 0.0 } else { libm::atan2(y, x) / TURN * 100.0 }
}

/// How far the partials of a track lie on the semitones of a tuning: 1 all of them, 0 as many beside as on them.
pub(crate) fn in_tune(track: &PitchedTrack, tuning_cents: f64) -> f64 {
    let (x, y, sum) = direction(track);
    let angle = TURN * tuning_cents / 100.0;
    if sum > 0.0 { ((x * libm::cos(angle) + y * libm::sin(angle)) / sum).max(0.0) } else { 0.0 }
}

const TURN: f64 = 2.0 * std::f64::consts::PI;

/// The sum of the partials of a track round the circle, and of their lengths.
fn direction(track: &PitchedTrack) -> (f64, f64, f64) {
    let (mut x, mut y, mut sum) = (0.0, 0.0, 0.0);
    for partial in track.cells.iter().flatten().filter(|partial| (LOWEST..HIGHEST).contains(&partial.midi)) {
        let (angle, amplitude) = (TURN * partial.midi, partial.power.sqrt());
        x += amplitude * libm::cos(angle);
        y += amplitude * libm::sin(angle);
        sum += amplitude;
    }
    (x, y, sum)
}
