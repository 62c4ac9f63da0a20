//! Names of notes, spelt as the key asks: B flat in F major, A sharp in B major.

use serde::Serialize;

/// Major or minor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Mode {
    /// With a major third.
    Major,
    /// With a minor third.
    Minor,
}

impl std::fmt::Display for Mode {
    fn fmt(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
        f.write_str(if *self == Mode::Major { "major" } else { "minor" })
    }
}

/// Which of the five black keys are written as flats.
///
/// On the line of fifths (… B flat, F, C, G, D …), a key writes its notes from five fifths below its tonic to six above it: from
/// the flat second to the sharp fourth (Temperley, "The Cognition of Basic Musical Structures", 2001, chapter 5). Ours: no
/// name for a white key has a sign, so the line begins at G flat at the earliest and at F at the latest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Spelling(i8);

/// Where C stands on the line of fifths is 0; G is 1, F is −1.
const EARLIEST: i8 = -6;
const LATEST: i8 = -1;

/// The black keys as flats, where the flat stands on the line of fifths, and as sharps.
const BLACK: [(&str, i8, &str); 5] =
    [("Db", -5, "C#"), ("Eb", -3, "D#"), ("Gb", -6, "F#"), ("Ab", -4, "G#"), ("Bb", -2, "A#")];

impl Spelling {
    /// The spelling of a key.
    pub fn of(tonic: u8, mode: Mode) -> Self {
        Self((tonic_fifths(tonic, mode) - 5).clamp(EARLIEST, LATEST))
    }

    /// The name of a pitch class; 0 is C.
    pub fn name(self, class: u8) -> &'static str {
        let black =
            |n: usize| BLACK.get(n).map_or("", |(flat, at, sharp)| if *at >= self.0 { flat } else { sharp });
        match class % 12 {
            0 => "C",
            1 => black(0),
            2 => "D",
            3 => black(1),
            4 => "E",
            5 => "F",
            6 => black(2),
            7 => "G",
            8 => black(3),
            9 => "A",
            10 => black(4),
            _ => "B",
        }
    }
}

impl Default for Spelling {
    /// That of C major.
    fn default() -> Self {
        Self::of(0, Mode::Major)
    }
}

/// The place of a tonic on the line of fifths, with the fewest signs in its key: F sharp rather than G flat major, E flat
/// rather than D sharp minor.
fn tonic_fifths(tonic: u8, mode: Mode) -> i8 {
    // Seven semitones to a fifth, and seven times seven is one more than four octaves.
    let fifths = (i16::from(tonic % 12) * 7 % 12) as i8;
    let most = if mode == Mode::Major { 6 } else { 8 };
    if fifths > most { fifths - 12 } else { fifths }
}

/// The name of a key: `Bb minor`.
pub(crate) fn key_name(tonic: u8, mode: Mode) -> String {
    format!("{} {mode}", Spelling::of(tonic, mode).name(tonic))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_have_the_names_in_use() {
        let names = |mode| (0..12).map(|tonic| key_name(tonic, mode)).collect::<Vec<_>>().join(", ");
        assert_eq!(
            names(Mode::Major),
            "C major, Db major, D major, Eb major, E major, F major, F# major, G major, Ab major, A major, Bb major, B major"
        );
        assert_eq!(
            names(Mode::Minor),
            "C minor, C# minor, D minor, Eb minor, E minor, F minor, F# minor, G minor, G# minor, A minor, Bb minor, B minor"
        );
    }

    #[test]
    fn notes_are_spelt_as_their_key_writes_them() {
        let all = |tonic, mode| {
            let spelling = Spelling::of(tonic, mode);
            (0..12).map(|class| spelling.name(class)).collect::<Vec<_>>().join(" ")
        };
        assert_eq!(all(0, Mode::Major), "C Db D Eb E F F# G Ab A Bb B");
        assert_eq!(all(9, Mode::Minor), "C C# D D# E F F# G G# A Bb B");
        assert_eq!(all(5, Mode::Major), "C Db D Eb E F Gb G Ab A Bb B");
        assert_eq!(all(2, Mode::Major), "C C# D Eb E F F# G G# A Bb B");
        assert_eq!(all(11, Mode::Major), "C C# D D# E F F# G G# A A# B");
    }
}
