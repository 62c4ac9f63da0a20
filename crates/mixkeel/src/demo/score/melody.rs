//! The tune and its words.
//!
//! Verse: one rising motif (A A B D, long, back), moved onto each chord. Chorus: a call of two notes that leaps a
//! fourth, then a fifth ("Hold on, hold on"), answered by a line falling by step. Bridge: the verse's rise in longer
//! notes, a third higher each time, up to the borrowed B flat. Last chorus: the call opens to a sixth and reaches B,
//! the highest note of the song.
//!
//! A syllable is written in ARPAbet symbols (the alphabet of the CMU pronouncing dictionary): one vowel, with the
//! consonants before and after it. The vowel starts on the beat; consonants before it come before the beat.

use super::form::SECTIONS;
use super::tempo::BEATS_PER_BAR;

/// One sung note.
#[derive(Clone, Copy, Debug)]
pub(in crate::demo) struct Note {
    /// Beats from the first beat of the section.
    pub beat: f64,
    /// Length in beats.
    pub beats: f64,
    /// MIDI number: 69 is A4, 440 Hz.
    pub midi: u8,
    /// The word or part of it.
    pub word: &'static str,
    /// Its sounds.
    pub phones: &'static str,
}

/// Notes sung on one breath.
#[derive(Clone, Copy, Debug)]
pub(in crate::demo) struct Phrase {
    /// How loud, in dB below the loudest: the singer does not ride a fader.
    pub level_db: f64,
    pub notes: &'static [Note],
}

const fn n(beat: f64, beats: f64, midi: u8, word: &'static str, phones: &'static str) -> Note {
    Note { beat, beats, midi, word, phones }
}

const fn phrase(level_db: f64, notes: &'static [Note]) -> Phrase {
    Phrase { level_db, notes }
}

const VERSE_1: &[Phrase] = &[
    phrase(
        -1.0,
        &[
            n(0.0, 0.5, 57, "Morn-", "M AO R"),
            n(0.5, 0.5, 57, "ing", "N IH NG"),
            n(1.0, 0.5, 59, "on", "AA N"),
            n(1.5, 0.5, 62, "the", "DH AH"),
            n(2.0, 1.0, 62, "wa-", "W AO"),
            n(3.0, 0.75, 59, "ter,", "T ER"),
        ],
    ),
    phrase(
        -3.0,
        &[
            n(4.0, 0.5, 57, "eve-", "EH V"),
            n(4.5, 0.5, 57, "ry", "R IY"),
            n(5.0, 0.5, 59, "boat", "B OW T"),
            n(5.5, 0.5, 61, "is", "IH Z"),
            n(6.0, 1.0, 61, "sleep-", "S L IY"),
            n(7.0, 0.75, 57, "ing,", "P IH NG"),
        ],
    ),
    phrase(
        -0.5,
        &[
            n(8.0, 0.5, 59, "I", "AY"),
            n(8.5, 0.5, 61, "was", "W AH Z"),
            n(9.0, 0.5, 62, "count-", "K AW N"),
            n(9.5, 0.5, 64, "ing", "T IH NG"),
            n(10.0, 1.0, 62, "win-", "W IH N"),
            n(11.0, 0.75, 59, "dows", "D OW Z"),
        ],
    ),
    phrase(
        -4.0,
        &[
            n(12.0, 0.5, 59, "till", "T IH L"),
            n(12.5, 0.5, 61, "the", "DH AH"),
            n(13.0, 1.0, 64, "light", "L AY T"),
            n(14.0, 0.75, 62, "came", "K EY M"),
            n(14.75, 0.8, 64, "up.", "AH P"),
        ],
    ),
];

const VERSE_2: &[Phrase] = &[
    phrase(
        -0.5,
        &[
            n(0.0, 0.5, 57, "Eve-", "IY V"),
            n(0.5, 0.5, 57, "ning", "N IH NG"),
            n(1.0, 0.5, 59, "on", "AA N"),
            n(1.5, 0.5, 62, "the", "DH AH"),
            n(2.0, 1.0, 62, "wa-", "W AO"),
            n(3.0, 0.75, 64, "ter,", "T ER"),
        ],
    ),
    phrase(
        -4.0,
        &[
            n(4.0, 0.5, 57, "eve-", "EH V"),
            n(4.5, 0.5, 57, "ry", "R IY"),
            n(5.0, 0.5, 59, "bell", "B EH L"),
            n(5.5, 0.5, 61, "is", "IH Z"),
            n(6.0, 1.0, 64, "ring-", "R IH NG"),
            n(7.0, 0.75, 61, "ing,", "IH NG"),
        ],
    ),
    phrase(
        -1.5,
        &[
            n(8.0, 0.5, 59, "I", "AY"),
            n(8.5, 0.5, 61, "am", "AE M"),
            n(9.0, 0.5, 62, "count-", "K AW N"),
            n(9.5, 0.5, 64, "ing", "T IH NG"),
            n(10.0, 1.0, 66, "rea-", "R IY"),
            n(11.0, 0.75, 62, "sons", "Z AH N Z"),
        ],
    ),
    phrase(
        0.0,
        &[
            n(12.0, 0.5, 62, "not", "N AA T"),
            n(12.5, 0.5, 62, "to", "T UW"),
            n(13.0, 1.0, 67, "let", "L EH T"),
            n(14.0, 0.5, 64, "you", "Y UW"),
            n(14.5, 1.0, 64, "go.", "G OW"),
        ],
    ),
];

const CALL: Phrase = phrase(
    -0.2,
    &[
        n(0.0, 0.5, 62, "Hold", "HH OW L D"),
        n(0.5, 1.25, 67, "on,", "AA N"),
        n(2.0, 0.5, 62, "hold", "HH OW L D"),
        n(2.5, 1.5, 69, "on", "AA N"),
        n(4.0, 0.5, 69, "to", "T UW"),
        n(4.5, 0.5, 67, "the", "DH AH"),
        n(5.0, 0.5, 66, "har-", "HH AA R"),
        n(5.5, 0.5, 64, "bour", "B ER"),
        n(6.0, 1.5, 64, "light,", "L AY T"),
    ],
);

const ANSWER: Phrase = phrase(
    -1.5,
    &[
        n(8.0, 0.5, 61, "hold", "HH OW L D"),
        n(8.5, 1.25, 66, "on,", "AA N"),
        n(10.0, 0.5, 62, "hold", "HH OW L D"),
        n(10.5, 1.5, 66, "on", "AA N"),
        n(12.0, 0.5, 67, "till", "T IH L"),
        n(12.5, 0.5, 66, "I'm", "AY M"),
        n(13.0, 1.0, 64, "home", "HH OW M"),
        n(14.0, 0.5, 62, "to-", "T AH"),
        n(14.5, 1.25, 64, "night.", "N AY T"),
    ],
);

const CHORUS: &[Phrase] = &[CALL, ANSWER];

const BRIDGE: &[Phrase] = &[
    phrase(
        -4.2,
        &[
            n(0.5, 0.5, 59, "And", "AE N D"),
            n(1.0, 0.5, 61, "if", "IH F"),
            n(1.5, 0.5, 62, "the", "DH AH"),
            n(2.0, 1.0, 66, "tide", "T AY D"),
            n(3.0, 0.5, 64, "should", "SH UH D"),
            n(3.5, 0.9, 62, "turn,", "T ER N"),
        ],
    ),
    phrase(
        -2.8,
        &[
            n(4.5, 0.5, 62, "and", "AE N D"),
            n(5.0, 0.5, 64, "if", "IH F"),
            n(5.5, 0.5, 66, "the", "DH AH"),
            n(6.0, 1.0, 69, "wind", "W IH N D"),
            n(7.0, 0.5, 66, "should", "SH UH D"),
            n(7.5, 1.25, 67, "rise,", "R AY Z"),
        ],
    ),
    phrase(
        -1.0,
        &[
            n(9.0, 0.5, 67, "and", "AE N D"),
            n(9.5, 0.5, 69, "I", "AY"),
            n(10.0, 1.5, 70, "wait", "W EY T"),
            n(11.5, 0.5, 69, "for", "F AO R"),
            n(12.0, 3.0, 69, "you,", "Y UW"),
        ],
    ),
];

const LAST_CHORUS: &[Phrase] = &[
    CALL,
    ANSWER,
    phrase(
        0.0,
        &[
            n(16.0, 0.5, 62, "hold", "HH OW L D"),
            n(16.5, 1.25, 67, "on,", "AA N"),
            n(18.0, 0.5, 62, "hold", "HH OW L D"),
            n(18.5, 1.5, 71, "on", "AA N"),
            n(20.0, 0.5, 69, "to", "T UW"),
            n(20.5, 0.5, 67, "the", "DH AH"),
            n(21.0, 0.5, 66, "har-", "HH AA R"),
            n(21.5, 0.5, 69, "bour", "B ER"),
            n(22.0, 1.5, 69, "light,", "L AY T"),
        ],
    ),
    phrase(
        -0.8,
        &[
            n(24.0, 0.5, 62, "hold", "HH OW L D"),
            n(24.5, 1.25, 69, "on,", "AA N"),
            n(26.0, 0.5, 62, "hold", "HH OW L D"),
            n(26.5, 1.5, 66, "on", "AA N"),
            n(28.0, 0.5, 67, "till", "T IH L"),
            n(28.5, 0.5, 66, "I'm", "AY M"),
            n(29.0, 1.0, 64, "home", "HH OW M"),
            n(30.0, 0.5, 61, "to-", "T AH"),
            n(30.5, 2.75, 62, "night.", "N AY T"),
        ],
    ),
];

const OUTRO: &[Phrase] =
    &[phrase(-4.8, &[n(3.25, 0.75, 57, "Hold", "HH OW L D"), n(4.0, 2.75, 62, "on.", "AA N")])];

/// What is sung in each section of [`SECTIONS`].
const PHRASES: [&[Phrase]; 8] = [&[], VERSE_1, CHORUS, VERSE_2, CHORUS, BRIDGE, LAST_CHORUS, OUTRO];

/// Every phrase of the song, with the index of its section and the beat on which that section starts.
pub(in crate::demo) fn phrases() -> impl Iterator<Item = (usize, f64, &'static Phrase)> {
    SECTIONS.iter().zip(PHRASES).enumerate().flat_map(|(index, (section, phrases))| {
        let start = (section.first_bar * BEATS_PER_BAR) as f64;
        phrases.iter().map(move |phrase| (index, start, phrase))
    })
}
