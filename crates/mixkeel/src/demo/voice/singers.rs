//! Who sings: the lead, the double, and the two harmonies.

use super::super::noise::Noise;
use super::super::score::form::{Kind, SECTIONS};
use super::super::score::harmony::{Chord, chord_at, spans};
use super::super::score::melody::phrases;
use super::super::score::tempo::{BEAT_S, song_frames};
use super::performance::{Sung, perform};
use super::tract;

/// What a singer makes of the written note.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::demo) enum Part {
    /// The tune.
    Tune,
    /// The nearest note of the chord at least a minor third below the tune.
    Below,
    /// The nearest note of the chord at least a minor third above it.
    Above,
}

/// One singer.
pub(in crate::demo) struct Singer {
    pub seed: u64,
    pub part: Part,
    /// The length of the vocal tract against the tables: 1.04 is 4 % shorter, resonances 4 % higher.
    pub tract: f64,
    pub vibrato_hz: f64,
    pub vibrato_semitones: f64,
    /// How far the pitch wanders, in semitones.
    pub drift_semitones: f64,
    /// How unequal two periods are, as a share.
    pub jitter: f64,
    /// The time constant with which one note slides to the next, in seconds.
    pub glide_s: f64,
    /// How far from the beat notes start, in seconds (one deviation), and how much later than the lead on average.
    pub loose_s: f64,
    pub late_s: f64,
    /// Whether this singer follows the lead's loudness or keeps an even one.
    pub even: bool,
    pub sings: fn(Kind) -> bool,
}

/// The lead.
pub(in crate::demo) const LEAD: Singer = Singer {
    seed: 101,
    part: Part::Tune,
    tract: 1.04,
    vibrato_hz: 5.4,
    vibrato_semitones: 0.38,
    drift_semitones: 0.22,
    jitter: 0.0025,
    glide_s: 0.022,
    loose_s: 0.006,
    late_s: 0.008,
    even: false,
    sings: |_| true,
};
/// The same person again, in the choruses only.
pub(in crate::demo) const DOUBLE: Singer = Singer {
    seed: 102,
    tract: 1.045,
    vibrato_hz: 5.7,
    vibrato_semitones: 0.3,
    drift_semitones: 0.4,
    loose_s: 0.014,
    late_s: 0.018,
    even: true,
    sings: |kind| kind == Kind::Chorus,
    ..LEAD
};
/// A friend, below the tune.
pub(in crate::demo) const LOW_HARMONY: Singer = Singer {
    seed: 103,
    part: Part::Below,
    tract: 1.0,
    vibrato_hz: 5.1,
    vibrato_semitones: 0.25,
    drift_semitones: 0.45,
    loose_s: 0.018,
    late_s: 0.015,
    even: true,
    sings: |kind| matches!(kind, Kind::Chorus | Kind::Outro),
    ..LEAD
};
/// Another friend, above it.
pub(in crate::demo) const HIGH_HARMONY: Singer = Singer {
    seed: 104,
    part: Part::Above,
    tract: 1.13,
    vibrato_hz: 5.9,
    vibrato_semitones: 0.3,
    drift_semitones: 0.4,
    loose_s: 0.016,
    late_s: 0.02,
    even: true,
    sings: |kind| matches!(kind, Kind::Chorus | Kind::Bridge),
    ..LEAD
};

impl Singer {
    fn note(&self, chord: Chord, midi: u8) -> i32 {
        let midi = i32::from(midi);
        match self.part {
            Part::Tune => midi,
            Part::Below => (midi - 12..=midi - 3).rev().find(|&other| chord.has(other)).unwrap_or(midi - 12),
            Part::Above => (midi + 3..=midi + 12).find(|&other| chord.has(other)).unwrap_or(midi + 12),
        }
    }

    /// The notes this singer sings, in seconds.
    pub fn notes(&self) -> Vec<Sung> {
        let mut human = Noise::new(self.seed, 9);
        let spans = spans();
        let mut notes = Vec::new();
        for (section, start, phrase) in phrases() {
            if !SECTIONS.get(section).is_some_and(|section| (self.sings)(section.kind)) {
                continue;
            }
            for (index, note) in phrase.notes.iter().enumerate() {
                let beat = start + note.beat;
                let from_s = beat * BEAT_S + self.late_s + self.loose_s * human.human();
                let to_s = (beat + note.beats) * BEAT_S + self.late_s;
                // The middle of a note says which chord it belongs to: many are sung before the change.
                let chord = chord_at(&spans, beat + note.beats / 2.0);
                let level_db = if self.even { 0.4 * phrase.level_db } else { phrase.level_db };
                notes.push(Sung {
                    from_s,
                    to_s,
                    midi: f64::from(self.note(chord, note.midi)),
                    phones: note.phones,
                    level_db: level_db + 0.5 * human.human(),
                    first: index == 0,
                });
            }
        }
        notes
    }

    /// The whole part.
    pub fn sing(&self, rate_hz: u32) -> Vec<f64> {
        tract::sing(&perform(&self.notes()), self, song_frames(rate_hz), rate_hz)
    }

    /// When the last note has died away, in seconds.
    pub fn end_s(&self) -> f64 {
        self.notes().last().map_or(0.0, |note| note.to_s + 1.0)
    }
}
