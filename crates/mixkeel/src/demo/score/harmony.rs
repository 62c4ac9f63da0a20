//! The chords, section by section, in D major.
//!
//! The verse walks down in the bass (D, C sharp, B), the chorus starts away from home (IV V iii vi ii V), the bridge
//! turns to the relative minor and borrows G minor from D minor: its B flat is the one foreign note of the song, and the
//! singer lands on it. The outro remembers it.

use super::form::SECTIONS;
use super::tempo::{BEAT_S, BEATS_PER_BAR};

/// What stands on the root.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::demo) enum Quality {
    Major,
    Minor,
    MinorSeventh,
    Seventh,
    Suspended,
}

/// A chord: root as pitch class (0 is C), quality, and the bass as semitones above the root.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::demo) struct Chord {
    pub root: u8,
    pub quality: Quality,
    pub bass: u8,
}

/// A chord with its place in the song, in beats.
#[derive(Clone, Copy, Debug)]
pub(in crate::demo) struct Span {
    pub from_beat: f64,
    pub to_beat: f64,
    pub chord: Chord,
}

impl Span {
    /// Where it starts, in seconds.
    pub fn start_s(&self) -> f64 {
        self.from_beat * BEAT_S
    }

    /// Where it ends, in seconds.
    pub fn end_s(&self) -> f64 {
        self.to_beat * BEAT_S
    }
}

const NAMES: [&str; 12] = ["C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B"];

impl Chord {
    /// The notes above the root, in semitones.
    pub fn intervals(self) -> &'static [u8] {
        match self.quality {
            Quality::Major => &[0, 4, 7],
            Quality::Minor => &[0, 3, 7],
            Quality::MinorSeventh => &[0, 3, 7, 10],
            Quality::Seventh => &[0, 4, 7, 10],
            Quality::Suspended => &[0, 5, 7],
        }
    }

    /// Whether a note (MIDI number) is in the chord.
    pub fn has(self, midi: i32) -> bool {
        let above = (midi - i32::from(self.root)).rem_euclid(12);
        self.intervals().iter().any(|&interval| i32::from(interval) == above)
    }

    /// The lowest note at or above `floor` (MIDI number) with the pitch class of the bass.
    pub fn bass_from(self, floor: i32) -> i32 {
        floor + (i32::from(self.root + self.bass) - floor).rem_euclid(12)
    }

    /// The label of the chord syntax of C. Harte et al., "Symbolic Representation of Musical Chords" (ISMIR 2005), as
    /// used by MIREX: `A:maj/3`, `B:min7`, `G:min/b3`.
    pub fn label(self) -> String {
        let name = NAMES.get(usize::from(self.root % 12)).copied().unwrap_or("N");
        let quality = match self.quality {
            Quality::Major => "maj",
            Quality::Minor => "min",
            Quality::MinorSeventh => "min7",
            Quality::Seventh => "7",
            Quality::Suspended => "sus4",
        };
        let bass = match self.bass {
            0 => "",
            3 => "/b3",
            4 => "/3",
            7 => "/5",
            _ => "/b7",
        };
        format!("{name}:{quality}{bass}")
    }
}

const fn chord(root: u8, quality: Quality, bass: u8) -> Chord {
    Chord { root, quality, bass }
}

const D: Chord = chord(2, Quality::Major, 0);
const D_OVER_A: Chord = chord(2, Quality::Major, 7);
const E_MINOR_7: Chord = chord(4, Quality::MinorSeventh, 0);
const F_SHARP_MINOR_7: Chord = chord(6, Quality::MinorSeventh, 0);
const G: Chord = chord(7, Quality::Major, 0);
const G_OVER_B: Chord = chord(7, Quality::Major, 4);
const G_OVER_D: Chord = chord(7, Quality::Major, 7);
const G_MINOR_OVER_B_FLAT: Chord = chord(7, Quality::Minor, 3);
const G_MINOR_OVER_D: Chord = chord(7, Quality::Minor, 7);
const A: Chord = chord(9, Quality::Major, 0);
const A_OVER_C_SHARP: Chord = chord(9, Quality::Major, 4);
const A_SUSPENDED: Chord = chord(9, Quality::Suspended, 0);
const A_7: Chord = chord(9, Quality::Seventh, 0);
const B_MINOR: Chord = chord(11, Quality::Minor, 0);
const B_MINOR_7: Chord = chord(11, Quality::MinorSeventh, 0);

/// Chords with their lengths in beats.
type Progression = &'static [(usize, Chord)];

const INTRO: Progression = &[(4, D), (4, G_OVER_D)];
const VERSE_1: Progression =
    &[(4, D), (4, A_OVER_C_SHARP), (2, B_MINOR_7), (2, G), (2, E_MINOR_7), (2, A_SUSPENDED)];
const VERSE_2: Progression =
    &[(4, D), (4, A_OVER_C_SHARP), (2, B_MINOR_7), (2, G), (2, G_OVER_B), (2, A_SUSPENDED)];
const CHORUS: Progression = &[(4, G), (4, A), (2, F_SHARP_MINOR_7), (2, B_MINOR), (2, E_MINOR_7), (2, A)];
const BRIDGE: Progression =
    &[(4, B_MINOR), (4, D_OVER_A), (2, G), (2, G_MINOR_OVER_B_FLAT), (2, A_SUSPENDED), (2, A)];
const LAST_CHORUS: Progression = &[
    (4, G),
    (4, A),
    (2, F_SHARP_MINOR_7),
    (2, B_MINOR),
    (2, E_MINOR_7),
    (2, A),
    (4, G),
    (4, A),
    (2, D_OVER_A),
    (2, B_MINOR),
    (2, E_MINOR_7),
    (2, A_7),
];
const OUTRO: Progression = &[(2, D), (2, G_MINOR_OVER_D), (4, D)];

/// What is played under each section of [`SECTIONS`].
const PROGRESSIONS: [Progression; 8] = [INTRO, VERSE_1, CHORUS, VERSE_2, CHORUS, BRIDGE, LAST_CHORUS, OUTRO];

/// Every chord of the song in order, without gaps.
pub(in crate::demo) fn spans() -> Vec<Span> {
    let mut spans = Vec::new();
    for (section, progression) in SECTIONS.iter().zip(PROGRESSIONS) {
        let mut beat = section.first_bar * BEATS_PER_BAR;
        for &(beats, chord) in progression {
            spans.push(Span { from_beat: beat as f64, to_beat: (beat + beats) as f64, chord });
            beat += beats;
        }
    }
    spans
}

/// The chord at a beat; before the song the first, after it the last.
pub(in crate::demo) fn chord_at(spans: &[Span], beat: f64) -> Chord {
    spans.iter().rev().find(|span| span.from_beat <= beat + 1e-9).map_or(D, |span| span.chord)
}
