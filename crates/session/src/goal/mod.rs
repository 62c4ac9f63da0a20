//! `[[goal]]`: what the mix should do, in the person's words or as a typed predicate; checked like a test.
//!
//! A [`Goal`] is what somebody wrote. [`Goal::meaning`] turns it into a [`Meaning`]: who, what, beside whom, where, how
//! much; or says what was not understood and which forms are.

mod english;
mod meaning;
pub mod notes;
mod nouns;
mod words;

pub use english::{FORMS, read};
pub use meaning::{Beside, Meaning, Misunderstood, Who};
pub use nouns::SYSTEMS;

use crate::session::Id;

/// `[[goal]]`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Goal {
    /// The slug by which everything refers to it.
    pub id: Id,
    /// The person's words. They are read as English where nothing typed is beside them.
    pub say: Option<String>,
    /// What is wanted.
    pub that: Option<That>,
    /// Of whom: a track, bus or role, several with commas between, `focus` or `mix`.
    pub of: Option<String>,
    /// Beside whom: another of those, `rest`, a section, or `before` for the last version; of a balance `reference`, or one by
    /// its id.
    pub than: Option<String>,
    /// On which playback system.
    pub on: Option<String>,
    /// In which section, by id or kind (`in` in the file).
    pub within: Option<String>,
    /// How much, at least; the same as `at_least` for what is compared.
    pub by: Option<f64>,
    /// The least that passes, in the unit of the predicate.
    pub at_least: Option<f64>,
    /// The most that passes, in the unit of the predicate.
    pub at_most: Option<f64>,
}

/// What can be wanted of a mix.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum That {
    /// It can be heard within the rest.
    Audible,
    /// It is louder than something.
    Louder,
    /// Its level moves little.
    Steady,
    /// It is wider than something.
    Wider,
    /// It has more treble than something.
    Brighter,
    /// It has more low middle than something.
    Warmer,
    /// Its attacks stand higher over its body than something's.
    Punchier,
    /// It has less reverb than something.
    Drier,
    /// It is nearer to the listener than something.
    Closer,
    /// Something does not cover it.
    Uncovered,
    /// It loses little in mono.
    MonoSafe,
    /// A playback system takes little of it.
    Translates,
    /// The mix leaves room over its peaks.
    Headroom,
    /// Its spectrum is that of records, or of some that are named.
    Balanced,
    /// A section is louder than every other.
    Biggest,
}

/// What a predicate measures: one row of [`That::row`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Row {
    /// The predicate.
    pub that: That,
    /// Its word in a session.
    pub word: &'static str,
    /// The unit of its measure.
    pub unit: &'static str,
    /// Whether more is better.
    pub rising: bool,
    /// Whether it is measured beside something.
    pub compared: bool,
    /// What passes when nobody says how much.
    pub usual: f64,
    /// The smallest difference that is noticed, in the unit.
    pub noticeable: f64,
    /// What is measured, in a sentence.
    pub about: &'static str,
}

/// Every predicate. Noticeable differences: about 1 dB of level is what listeners tell apart in music (B. C. J. Moore, "An
/// Introduction to the Psychology of Hearing", 6th edition, chapter 4); the others are ours, chosen as the step at which the
/// measure moves as much as with 1 dB of what it rests on, unless a source stands beside them.
pub const ROWS: [Row; 15] = [
    Row {
        that: That::Audible,
        word: "audible",
        unit: "phon",
        rising: false,
        compared: false,
        usual: 10.0,
        noticeable: 1.0,
        about: "How much of its loudness level the rest takes, where it sounds; 10 phon leave half the loudness.",
    },
    Row {
        that: That::Louder,
        word: "louder",
        unit: "LU",
        rising: true,
        compared: true,
        usual: 1.0,
        noticeable: 1.0,
        about: "Gated loudness over that of the other.",
    },
    Row {
        that: That::Steady,
        word: "steady",
        unit: "LU",
        rising: false,
        compared: false,
        usual: 6.0,
        noticeable: 1.0,
        about: "Range of its loudness beside the rest, between the quietest and the loudest tenth of where it sounds.",
    },
    Row {
        that: That::Wider,
        word: "wider",
        unit: "times",
        rising: true,
        compared: true,
        usual: 1.25,
        noticeable: 1.12,
        about: "Amplitude of the sides over that of the middle, as a multiple of the other's; 1.12 times is 1 dB.",
    },
    Row {
        that: That::Brighter,
        word: "brighter",
        unit: "dB",
        rising: true,
        compared: true,
        usual: 1.0,
        noticeable: 1.0,
        about: "Energy from 2 to 16 kHz over that from 200 Hz to 2 kHz, beside the other.",
    },
    Row {
        that: That::Warmer,
        word: "warmer",
        unit: "dB",
        rising: true,
        compared: true,
        usual: 1.0,
        noticeable: 1.0,
        about: "Energy of the low middle (150 to 500 Hz) and of the second to fourth harmonic over that of presence, beside the other.",
    },
    Row {
        that: That::Punchier,
        word: "punchier",
        unit: "dB",
        rising: true,
        compared: true,
        usual: 1.0,
        noticeable: 1.0,
        about: "Level of its attacks over that of what lies between them, in tenths of a second, beside the other.",
    },
    Row {
        that: That::Drier,
        word: "drier",
        unit: "LU",
        rising: true,
        compared: true,
        usual: 1.0,
        noticeable: 1.0,
        about: "Loudness over that of its part in all returns, beside the other.",
    },
    Row {
        that: That::Closer,
        word: "closer",
        unit: "dB",
        rising: true,
        compared: true,
        usual: 1.0,
        noticeable: 1.0,
        about: "Louder, brighter and drier taken together: level beside the mix, and half of what it is brighter and drier.",
    },
    Row {
        that: That::Uncovered,
        word: "uncovered",
        unit: "%",
        rising: false,
        compared: true,
        usual: 20.0,
        noticeable: 5.0,
        about: "Part of its loudness that the other takes.",
    },
    Row {
        that: That::MonoSafe,
        word: "mono-safe",
        unit: "LU",
        rising: false,
        compared: false,
        usual: 1.5,
        noticeable: 1.0,
        about: "Loudness that is lost when left and right are added.",
    },
    Row {
        that: That::Translates,
        word: "translates",
        unit: "phon",
        rising: false,
        compared: false,
        usual: 6.0,
        noticeable: 1.0,
        about: "Loudness level that it loses on a playback system beyond what the whole mix loses there.",
    },
    Row {
        that: That::Headroom,
        word: "headroom",
        unit: "dB",
        rising: true,
        compared: false,
        usual: 6.0,
        noticeable: 1.0,
        about: "Full scale over the highest sample of the mix.",
    },
    Row {
        that: That::Balanced,
        word: "balanced",
        unit: "dB",
        rising: false,
        compared: false,
        usual: 3.0,
        noticeable: 1.0,
        about: "Distance of its spectrum from the average of records, or from references, each third octave by its tolerance.",
    },
    Row {
        that: That::Biggest,
        word: "biggest",
        unit: "LU",
        rising: true,
        compared: false,
        usual: 0.5,
        noticeable: 0.5,
        about: "Loudness of the section over that of the loudest other one.",
    },
];

impl That {
    /// What is known about it.
    pub fn row(self) -> &'static Row {
        // Every variant has a row; a test holds that.
        ROWS.iter().find(|row| row.that == self).unwrap_or(&ROWS[0])
    }

    /// Whether it is measured with ears, on a playback system.
    pub fn by_ear(self) -> bool {
        matches!(self, Self::Audible | Self::Translates)
    }

    /// Its word.
    pub fn word(self) -> &'static str {
        self.row().word
    }

    /// The predicate of this word.
    pub fn from_word(word: &str) -> Option<Self> {
        ROWS.iter().find(|row| row.word == word).map(|row| row.that)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_predicate_has_one_row_and_one_word() {
        let all = [
            That::Audible,
            That::Louder,
            That::Steady,
            That::Wider,
            That::Brighter,
            That::Warmer,
            That::Punchier,
            That::Drier,
            That::Closer,
            That::Uncovered,
            That::MonoSafe,
            That::Translates,
            That::Headroom,
            That::Balanced,
            That::Biggest,
        ];
        assert_eq!(all.len(), ROWS.len());
        for that in all {
            assert_eq!(ROWS.iter().filter(|row| row.that == that).count(), 1);
            assert_eq!(That::from_word(that.word()), Some(that));
        }
    }
}
