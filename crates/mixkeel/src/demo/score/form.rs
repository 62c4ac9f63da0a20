//! The order of the sections.

use super::tempo::{BAR_S, BARS};

/// What a section is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::demo) enum Kind {
    Intro,
    Verse,
    Chorus,
    Bridge,
    Outro,
}

impl Kind {
    /// The word in `truth.json`.
    pub fn word(self) -> &'static str {
        match self {
            Kind::Intro => "intro",
            Kind::Verse => "verse",
            Kind::Chorus => "chorus",
            Kind::Bridge => "bridge",
            Kind::Outro => "outro",
        }
    }
}

/// A span of the song on bar lines.
#[derive(Clone, Copy, Debug)]
pub(in crate::demo) struct Section {
    pub label: &'static str,
    pub kind: Kind,
    pub first_bar: usize,
    pub bars: usize,
}

impl Section {
    /// Where it starts, in seconds.
    pub fn start_s(&self) -> f64 {
        self.first_bar as f64 * BAR_S
    }

    /// Where the next one starts, in seconds.
    pub fn end_s(&self) -> f64 {
        (self.first_bar + self.bars) as f64 * BAR_S
    }
}

const fn section(label: &'static str, kind: Kind, first_bar: usize, bars: usize) -> Section {
    Section { label, kind, first_bar, bars }
}

/// The song.
pub(in crate::demo) const SECTIONS: [Section; 8] = [
    section("intro", Kind::Intro, 0, 2),
    section("verse 1", Kind::Verse, 2, 4),
    section("chorus 1", Kind::Chorus, 6, 4),
    section("verse 2", Kind::Verse, 10, 4),
    section("chorus 2", Kind::Chorus, 14, 4),
    section("bridge", Kind::Bridge, 18, 4),
    section("chorus 3", Kind::Chorus, 22, 8),
    section("outro", Kind::Outro, 30, 2),
];

/// The section that a bar belongs to; bars past the end belong to the last.
pub(in crate::demo) fn section_of(bar: usize) -> &'static Section {
    let bar = bar.min(BARS - 1);
    SECTIONS.iter().rev().find(|section| section.first_bar <= bar).unwrap_or(&SECTIONS[0])
}
