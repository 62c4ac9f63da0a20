//! How far a song is from A = 440 Hz.

use super::tracks::PitchedTrack;
use crate::music::CLASSES;

/// The deviation of all notes from the semitones of A = 440 Hz, in cents from −50 to 50: the direction of the sum of all
/// notes laid round a circle of one semitone (Dressler and Streich, "Tuning frequency estimation using circular statistics",
/// ISMIR 2007).
pub(crate) fn tuning_cents(tracks: &[PitchedTrack]) -> f64 {
    let (mut x, mut y) = (0.0, 0.0);
    for cell in tracks.iter().flat_map(|track| &track.cells) {
        for class in 0..CLASSES {
            let angle = 2.0 * std::f64::consts::PI * (class % 3) as f64 / 3.0;
            let strength = cell.get(class).copied().unwrap_or(0.0);
            x += strength * libm::cos(angle);
            y += strength * libm::sin(angle);
        }
    }
    if x == 0.0 && y == 0.0 { 0.0 } else { libm::atan2(y, x) / (2.0 * std::f64::consts::PI) * 100.0 }
}
