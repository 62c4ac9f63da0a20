//! Chords and how they are written.

use serde::Serialize;

use super::names::Spelling;

/// What stands on a root.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Quality {
    /// Major third and fifth.
    Maj,
    /// Minor third and fifth.
    Min,
    /// A major triad with a minor seventh.
    Seven,
    /// A minor triad with a minor seventh.
    Min7,
    /// A major triad with a major seventh.
    Maj7,
    /// Two minor thirds.
    Dim,
    /// Two major thirds.
    Aug,
    /// A fourth in place of the third.
    Sus4,
}

impl Quality {
    /// All of them.
    pub const ALL: [Quality; 8] = [
        Quality::Maj,
        Quality::Min,
        Quality::Seven,
        Quality::Min7,
        Quality::Maj7,
        Quality::Dim,
        Quality::Aug,
        Quality::Sus4,
    ];

    /// Its notes in semitones above the root.
    pub fn intervals(self) -> &'static [u8] {
        match self {
            Quality::Maj => &[0, 4, 7],
            Quality::Min => &[0, 3, 7],
            Quality::Seven => &[0, 4, 7, 10],
            Quality::Min7 => &[0, 3, 7, 10],
            Quality::Maj7 => &[0, 4, 7, 11],
            Quality::Dim => &[0, 3, 6],
            Quality::Aug => &[0, 4, 8],
            Quality::Sus4 => &[0, 5, 7],
        }
    }

    /// As in MIREX: `min7`.
    pub fn word(self) -> &'static str {
        match self {
            Quality::Maj => "maj",
            Quality::Min => "min",
            Quality::Seven => "7",
            Quality::Min7 => "min7",
            Quality::Maj7 => "maj7",
            Quality::Dim => "dim",
            Quality::Aug => "aug",
            Quality::Sus4 => "sus4",
        }
    }

    /// Whether its third is minor: the half of all chords it belongs to where only major and minor are told apart.
    pub fn is_minor(self) -> bool {
        matches!(self, Quality::Min | Quality::Min7 | Quality::Dim)
    }
}

/// Steps of a scale by their distance from the root in semitones, as MIREX writes them after the line.
const DEGREES: [&str; 12] = ["1", "b2", "2", "b3", "3", "4", "b5", "5", "b6", "6", "b7", "7"];

/// A chord, or none, with its place.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Chord {
    /// Where it begins, in seconds.
    pub from_s: f64,
    /// Where it ends, in seconds.
    pub to_s: f64,
    /// Its root, 0 for C; `None` where no chord sounds.
    pub root: Option<u8>,
    /// What stands on the root; says nothing where there is no root.
    pub quality: Quality,
    /// The lowest note, 0 for C, where it is a note of the chord other than the root.
    pub bass: Option<u8>,
    /// How likely root and third are right, from 0 to 1; where there is no root, how likely no chord sounds.
    pub confidence: f64,
    /// How its notes are written in its key.
    pub spelling: Spelling,
}

impl Chord {
    /// As in MIREX (Harte and others, "Symbolic representation of musical chords", ISMIR 2005): `C:maj`, `A:min7`, `F:maj/3`,
    /// `N` for no chord.
    pub fn label(&self) -> String {
        let Some(root) = self.root else { return "N".to_owned() };
        let (name, word) = (self.spelling.name(root), self.quality.word());
        let degree =
            |bass: u8| DEGREES.get(usize::from((bass + 12 - root % 12) % 12)).copied().unwrap_or("1");
        match self.bass.map(degree) {
            Some(degree) if degree != "1" => format!("{name}:{word}/{degree}"),
            _ => format!("{name}:{word}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::names::Mode;
    use super::*;

    #[test]
    fn labels_are_those_of_mirex() {
        let chord = |root, quality, bass, spelling| {
            Chord { from_s: 0.0, to_s: 1.0, root, quality, bass, confidence: 1.0, spelling }.label()
        };
        let plain = Spelling::default();
        assert_eq!(chord(Some(0), Quality::Maj, None, plain), "C:maj");
        assert_eq!(chord(Some(9), Quality::Min7, Some(9), plain), "A:min7");
        assert_eq!(chord(Some(5), Quality::Maj, Some(9), plain), "F:maj/3");
        assert_eq!(chord(Some(7), Quality::Min, Some(10), plain), "G:min/b3");
        assert_eq!(chord(Some(10), Quality::Seven, None, Spelling::of(5, Mode::Major)), "Bb:7");
        assert_eq!(chord(Some(10), Quality::Sus4, None, Spelling::of(11, Mode::Major)), "A#:sus4");
        assert_eq!(chord(None, Quality::Maj, Some(3), plain), "N");
    }
}
