//! What bass, guitars, piano and riser play: patterns of a bar for each kind of section.

use super::form::{Kind, section_of};

/// The bass, in eighths: `R` the bass of the chord, `5` a fifth above it, `8` the octave, `w` a whole step under the
/// next chord's bass, `-` hold, `.` rest.
pub(in crate::demo) fn bass(bar: usize) -> &'static str {
    let odd = bar % 2 == 1;
    match (section_of(bar).kind, bar) {
        (_, 0) => "........",
        (Kind::Intro, _) => "R-----5w",
        (Kind::Verse, _) if odd => "R--RR-5w",
        (Kind::Verse, _) => "R--.R-5.",
        (Kind::Chorus, _) if odd => "RRRRRR8w",
        (Kind::Chorus, _) => "RR8RRR5R",
        (Kind::Bridge, 21) => "RRRRRRRR",
        (Kind::Bridge, _) => "R---R--w",
        (Kind::Outro, 31) => "R-------",
        (Kind::Outro, _) => "R---R---",
    }
}

/// The first guitar, in sixteenths: `m` a palm-muted pair of strings (capital: accent), `D` and `U` strums down and up,
/// `S` a strum that rings, `.` rest.
pub(in crate::demo) fn first_guitar(bar: usize) -> &'static str {
    match (section_of(bar).kind, bar) {
        (Kind::Intro, 0) => "S...............",
        (Kind::Intro, _) => "S.......S.......",
        (Kind::Verse, _) => "M.m.m.M.m.m.M.m.",
        (Kind::Chorus, _) if bar % 2 == 1 => "D..UD.U.D.DUD.DU",
        (Kind::Chorus, _) => "D..UD.U.D..UD.U.",
        (Kind::Bridge, 21) => "M.M.M.M.D.D.D.D.",
        (Kind::Bridge, _) => "S.......S.......",
        (Kind::Outro, 31) => "S...............",
        (Kind::Outro, _) => "D..UD...S.......",
    }
}

/// The second guitar, higher on the neck, in sixteenths: `a` the next note of a broken chord, others as the first.
pub(in crate::demo) fn second_guitar(bar: usize) -> &'static str {
    match (section_of(bar).kind, bar) {
        (Kind::Intro, _) => "a...a...a...a...",
        (Kind::Verse, 2..6) => "................",
        (Kind::Verse, _) => "a.a.a..aa.a.a..a",
        (Kind::Chorus, _) => "D...U.D...U.D.U.",
        (Kind::Bridge, _) => "a.a.a.a.a.a.a.a.",
        (Kind::Outro, 31) => "S...............",
        (Kind::Outro, _) => "a...a...a...a...",
    }
}

/// The piano, in eighths: `C` both hands, `c` the right hand softly, `b` the left hand alone, `.` let it ring.
pub(in crate::demo) fn piano(bar: usize) -> &'static str {
    match (section_of(bar).kind, bar) {
        (Kind::Intro, _) => "C..cC..c",
        (Kind::Verse, 2..6) => "C..bC..b",
        (Kind::Verse, _) => "C.cbC.cb",
        (Kind::Chorus, _) => "CcbcCcbc",
        (Kind::Bridge, _) => "C...C...",
        (Kind::Outro, 31) => "C.......",
        (Kind::Outro, _) => "C..cC...",
    }
}

/// Bars in which the riser swells; it stops where the next bar starts.
pub(in crate::demo) const RISERS: [(usize, usize); 3] = [(5, 6), (13, 14), (20, 22)];
