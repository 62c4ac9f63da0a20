//! Which notes make the partials that sound: what of them are overtones is told apart by laying notes with overtones over
//! them until they fit (Mauch and Dixon, "Approximate note transcription for the improved identification of difficult chords",
//! ISMIR 2010).

use crate::music::Partial;

/// The lowest note as a MIDI number, C1, and how many there are: to C7, above which lie overtones.
pub(crate) const LOWEST: usize = 24;
pub(crate) const NOTES: usize = 73;

/// Strengths of all notes, lowest first.
pub(crate) type Notes = [f64; NOTES];

/// Overtones of a note in semitones above it, and how much weaker each is than the one before. Mauch and Dixon take 0.6 to 0.9.
const OVERTONES: [usize; 8] = [0, 12, 19, 24, 28, 31, 34, 36];
const FALL: f64 = 0.6;

/// How often all notes are set right in turn. Ours: after as many, nothing changes that a chord would notice.
const ROUNDS: usize = 15;

/// Adds partials to a spectrum in semitones of the song's tuning. The further from a semitone, the less: half-way, nothing.
pub(crate) fn add(spectrum: &mut Notes, partials: &[Partial], tuning_cents: f64, weight: f64) {
    for partial in partials {
        let midi = partial.midi - tuning_cents / 100.0;
        let semitone = libm::round(midi);
        let along = libm::cos(std::f64::consts::PI * (midi - semitone));
        let place = semitone - LOWEST as f64;
        if let Some(bin) = spectrum.get_mut(place.max(0.0) as usize).filter(|_| place >= 0.0) {
            *bin += weight * along * along * partial.power.sqrt();
        }
    }
}

/// The notes whose overtones, none less than nothing, come nearest to a spectrum: coordinate descent.
pub(crate) fn notes(spectrum: &Notes) -> Notes {
    let parts: Vec<f64> = (0..OVERTONES.len()).map(|n| libm::pow(FALL, n as f64)).collect();
    let overtones = || OVERTONES.into_iter().zip(parts.iter().copied());
    let mut notes = [0.0; NOTES];
    let mut left = *spectrum;
    for _ in 0..ROUNDS {
        for (note, strength) in notes.iter_mut().enumerate() {
            let (mut along, mut length) = (0.0, 0.0);
            for (overtone, part) in overtones() {
                if let Some(bin) = left.get(note + overtone) {
                    along += part * bin;
                    length += part * part;
                }
            }
            let now = (*strength + along / length).max(0.0);
            let change = now - *strength;
            if change == 0.0 {
                continue;
            }
            *strength = now;
            for (overtone, part) in overtones() {
                if let Some(bin) = left.get_mut(note + overtone) {
                    *bin -= part * change;
                }
            }
        }
    }
    notes
}
