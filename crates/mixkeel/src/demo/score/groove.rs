//! What the drummer and the tambourine play: one line of sixteenths a bar.
//!
//! A digit is how hard (9 is all there is, 1 and 2 are ghost notes), a dot is a rest. On the hat, `o` is an open hat;
//! on the toms, `h` `m` `f` are high, middle and floor, capitals are hard.

use super::tempo::BARS;

/// One bar of the kit.
#[derive(Clone, Copy, Debug)]
pub(in crate::demo) struct Bar {
    pub kick: &'static str,
    pub snare: &'static str,
    pub hat: &'static str,
    pub ride: &'static str,
    pub crash: &'static str,
    pub toms: &'static str,
    pub tambourine: &'static str,
}

const REST: Bar = Bar { kick: "", snare: "", hat: "", ride: "", crash: "", toms: "", tambourine: "" };

const COUNT: Bar = Bar { hat: "6...5...6...5.4.", snare: "..............1.", ..REST };
const PICK_UP: Bar = Bar {
    kick: "......5.........",
    snare: "...........24.78",
    hat: "6...5...6...5...",
    toms: "..........hm....",
    ..REST
};

const VERSE: Bar =
    Bar { kick: "9.......7.6.....", snare: "....8..1.2..8..1", hat: "7.4.6.4.7.4.6.43", ..REST };
const VERSE_TURN: Bar =
    Bar { kick: "9.....5.7.6...4.", snare: "....8..1.2..8.2.", hat: "7.4.6.437.4.6.4o", ..VERSE };
const VERSE_FILL: Bar = Bar {
    kick: "9.......7.......",
    snare: "....8..1.2.5....",
    hat: "7.4.6.4.7.......",
    toms: "..........h.HMMF",
    ..REST
};
const VERSE_LATER: Bar = Bar { tambourine: "....6.......6...", ..VERSE };
const VERSE_LATER_TURN: Bar = Bar { tambourine: "....6.......6.3.", ..VERSE_TURN };
const VERSE_LATER_FILL: Bar = Bar {
    snare: "....8..1....4678",
    hat: "7.4.6.4.7.4.....",
    toms: "........h.hM....",
    tambourine: "....6...........",
    ..VERSE_FILL
};

const CHORUS: Bar = Bar {
    kick: "9..6..8.9.6...5.",
    snare: "....9..2....9..2",
    hat: "o.6.o.6.o.6.o.6.",
    tambourine: "5.3.8.3.5.3.8.34",
    ..REST
};
const CHORUS_HIT: Bar = Bar { crash: "9...............", hat: "..6.o.6.o.6.o.6.", ..CHORUS };
const CHORUS_TURN: Bar = Bar { kick: "9..6..8.9..6..7.", snare: "....9..2.2..9.32", ..CHORUS };
const CHORUS_FILL: Bar = Bar {
    kick: "9..6..8.9.......",
    snare: "....9..2....78.9",
    hat: "o.6.o.6.o.......",
    toms: "..........HH..F.",
    ..CHORUS
};

const BRIDGE: Bar =
    Bar { kick: "8.........5.....", snare: "........7......1", ride: "7...5...7...5.4.", ..REST };
const BRIDGE_HIT: Bar = Bar { crash: "6...............", ..BRIDGE };
const BRIDGE_TOMS: Bar = Bar { toms: "......h.....m.f.", ..BRIDGE };
const BRIDGE_BUILD: Bar = Bar {
    kick: "7...7...8...8...",
    snare: "2121323243546789",
    toms: "............F.FF",
    tambourine: "3.3.4.4.5.5.6.7.",
    ..REST
};

const LAST: Bar = Bar { ride: "8.6.8.6.8.6.8.6.", hat: "....5.......5...", ..CHORUS };
const LAST_HIT: Bar = Bar { crash: "9...............", ..LAST };
const LAST_TURN: Bar = Bar { kick: "9..6..8.9.66..7.", crash: "............8...", ..LAST };
const LAST_FILL: Bar = Bar {
    kick: "9..6..8.9...9...",
    snare: "....9..278..6689",
    ride: "8.6.8.6.........",
    toms: "..........HM.F..",
    ..LAST
};

const OUTRO: Bar =
    Bar { kick: "9..5..7.8.......", snare: "....7..1........", ride: "6...6...5...4...", ..LAST_HIT };
const END: Bar =
    Bar { kick: "8...............", crash: "7...............", toms: "f...............", ..REST };

/// The drummer's part.
pub(in crate::demo) const PART: [Bar; BARS] = [
    COUNT,
    PICK_UP, // intro
    VERSE,
    VERSE_TURN,
    VERSE,
    VERSE_FILL, // verse 1
    CHORUS_HIT,
    CHORUS,
    CHORUS_TURN,
    CHORUS_FILL, // chorus 1
    VERSE_LATER,
    VERSE_LATER_TURN,
    VERSE_LATER,
    VERSE_LATER_FILL, // verse 2
    CHORUS_HIT,
    CHORUS_TURN,
    CHORUS,
    CHORUS_FILL, // chorus 2
    BRIDGE_HIT,
    BRIDGE,
    BRIDGE_TOMS,
    BRIDGE_BUILD, // bridge
    LAST_HIT,
    LAST,
    LAST_TURN,
    CHORUS_FILL,
    LAST_HIT,
    LAST_TURN,
    LAST,
    LAST_FILL, // chorus 3
    OUTRO,
    END, // outro
];
