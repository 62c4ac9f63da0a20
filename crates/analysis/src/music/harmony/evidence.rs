//! How strong each of the twelve notes is in every span, in the chord and in the bass.

use super::CELL_S;
use super::notes::{LOWEST, NOTES, Notes, add, notes};
use super::spans::Span;
use super::tracks::{PitchedTrack, Sounds};
use super::tuning::in_tune;

/// Under this sum of amplitudes a track is silent. Ours: −100 dB.
const SILENT: f64 = 1e-5;

/// How far the partials of a track must lie on semitones (see [`in_tune`]), in parts of the track that is most in tune, to
/// count, and to count fully. Ours: drums of real kits lie under 0.4 but for single ones that are tuned, instruments above
/// 0.5 and mostly above 0.7.
const UNPITCHED: f64 = 0.35;
const PITCHED: f64 = 0.7;

/// From how far on partials must lie on semitones, in the track that is most in tune, for there to be notes at all, and from
/// where on that is beyond doubt. Ours: noise lies under 0.05, a single voice with vibrato about 0.3.
const NO_NOTES: f64 = 0.05;
const NOTES_FOR_SURE: f64 = 0.3;

/// A note counts as its amplitude to this power, so that a loud one does not hide a chord. Ours, from songs generated for the
/// purpose: between the amplitude and its root.
const LOUDNESS: f64 = 0.7;

/// How much the notes of a bass track count for the chord itself, beside what they say as the bass. Ours: passing notes are
/// many in a bass, but where nothing else plays, its notes are the chord.
const BASS_IN_CHORD: f64 = 0.25;

/// What sounds in a span.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Evidence {
    /// Each pitch class, together one; zero where nothing sounds.
    pub notes: [f64; 12],
    /// The same of the bass.
    pub bass: [f64; 12],
    /// How strong all notes are together, 1 where they are as strong as in the mean of the song.
    pub strength: f64,
}

/// How much a track counts that is so much in tune beside the one that is it most.
fn pitched(in_tune: f64) -> f64 {
    ((in_tune - UNPITCHED) / (PITCHED - UNPITCHED)).clamp(0.0, 1.0)
}

/// How much a note of this MIDI number counts for the chord.
fn in_chord(midi: usize) -> f64 {
    let midi = midi as f64;
    let rise = ((midi - 40.0) / 12.0).clamp(0.0, 1.0);
    let fall = ((96.0 - midi) / 24.0).clamp(0.0, 1.0);
    rise * fall
}

/// How much a note of this MIDI number counts for the bass where no track is the bass.
fn in_bass(midi: usize) -> f64 {
    ((58.0 - midi as f64) / 12.0).clamp(0.0, 1.0)
}

/// How sure it is that there are notes at all, from 0 to 1: whether anything lies on semitones.
pub(crate) fn has_notes(tracks: &[PitchedTrack], tuning_cents: f64) -> f64 {
    let most = tracks.iter().map(|track| in_tune(track, tuning_cents)).fold(0.0, f64::max);
    ((most - NO_NOTES) / (NOTES_FOR_SURE - NO_NOTES)).clamp(0.0, 1.0)
}

/// The evidence of every span.
pub(crate) fn evidence(tracks: &[PitchedTrack], spans: &[Span], tuning_cents: f64) -> Vec<Evidence> {
    let mut all = vec![Evidence::default(); spans.len()];
    let has_bass = tracks.iter().any(|track| track.sounds == Sounds::Bass && !track.cells.is_empty());
    let in_tune: Vec<f64> = tracks.iter().map(|track| in_tune(track, tuning_cents)).collect();
    let most_in_tune = in_tune.iter().copied().fold(1e-3, f64::max);
    for (track, in_tune) in tracks.iter().zip(&in_tune) {
        let heard: Vec<Notes> =
            spans.iter().map(|span| notes(&spectrum(track, span, tuning_cents))).collect();
        let sums = heard.iter().map(|row| row.iter().sum::<f64>());
        let (sum, count) = sums.filter(|sum| *sum > SILENT).fold((0.0, 0.0), |(s, n), x| (s + x, n + 1.0));
        if count == 0.0 {
            continue;
        }
        let pitched = pitched(*in_tune / most_in_tune);
        let scale = (count / sum).sqrt() * pitched;
        for (evidence, row) in all.iter_mut().zip(&heard) {
            for (n, strength) in row.iter().enumerate() {
                let (midi, strength) = (n + LOWEST, libm::pow(strength * scale, LOUDNESS));
                let (chord, bass) = match (track.sounds, has_bass) {
                    (Sounds::Bass, _) => (BASS_IN_CHORD, 1.0),
                    (_, true) => (in_chord(midi), 0.0),
                    (_, false) => (in_chord(midi), in_bass(midi)),
                };
                if let Some(note) = evidence.notes.get_mut(midi % 12) {
                    *note += chord * strength;
                }
                if let Some(note) = evidence.bass.get_mut(midi % 12) {
                    *note += bass * strength;
                }
            }
        }
    }
    let strengths = all.iter().map(|evidence| evidence.notes.iter().sum::<f64>());
    let mean = strengths.sum::<f64>() / all.len().max(1) as f64;
    for evidence in &mut all {
        evidence.strength = evidence.notes.iter().sum::<f64>() / mean.max(SILENT);
        normalise(&mut evidence.notes);
        normalise(&mut evidence.bass);
    }
    all
}

fn normalise(notes: &mut [f64; 12]) {
    let sum: f64 = notes.iter().sum();
    notes.iter_mut().for_each(|note| *note = if sum > SILENT { *note / sum } else { 0.0 });
}

/// The mean spectrum of the cells whose middles lie in a span.
fn spectrum(track: &PitchedTrack, span: &Span, tuning_cents: f64) -> Notes {
    let index = |at_s: f64| libm::ceil((at_s - track.starts_s) / CELL_S - 0.5).max(0.0) as usize;
    let from = index(span.from_s);
    let to = index(span.to_s).max(from + usize::from(span.to_s > track.starts_s));
    let mut spectrum = [0.0; NOTES];
    for cell in track.cells.iter().take(to).skip(from) {
        add(&mut spectrum, cell, tuning_cents, 1.0 / (to - from) as f64);
    }
    spectrum
}
