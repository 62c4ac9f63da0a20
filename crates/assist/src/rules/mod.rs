//! One decision a file, by the stage in which it is taken.

/// Where every group of roles belongs.
pub mod bus {
    pub mod by_role;
}

/// How loud.
pub mod balance {
    pub mod audible;
    pub mod by_role;
    pub mod rough_mix;
    mod shared;
    pub mod table;
}

/// How it moves.
pub mod dynamics {
    pub mod by_crest_and_role;
    pub mod glue;
    pub mod kick_and_bass;
    pub mod kit;
    pub mod parallel;
    pub mod sibilance;
}

/// What of its spectrum it keeps.
pub mod eq {
    pub mod alike;
    pub mod listening;
    pub mod make_room;
    pub mod norm;
    pub mod residue;
    pub mod resonances;
    pub mod role_shape;
}

/// What the sum leaves.
pub mod headroom {
    pub mod sum;
}

/// What the render shows to be off, once it has been heard.
pub mod r#loop {
    pub mod focus;
    pub mod levels;
    pub mod mono;
    pub mod reverb;
    pub mod sides;
    pub mod tone;
}

/// Where between left and right.
pub mod pan {
    pub mod by_role_and_band;
    pub mod mono;
}

/// What is wrong with the recordings, before anything is decided.
pub mod repair {
    pub mod align;
    pub mod bleed;
    pub mod clicks;
    pub mod clipped;
    mod exposed;
    pub mod hiss;
    pub mod hum;
    pub mod keep_out;
    pub mod offset;
    pub mod polarity;
    pub mod takes;
}

/// How far away.
pub mod space {
    pub mod depth;
    pub mod echo;
    pub mod hall;
    pub mod plate;
    pub mod room;
}

/// How it changes from part to part of the song.
pub mod sections {
    pub mod bridge;
    pub mod lead;
    pub mod lift;
    pub mod ride;
    mod spans;
    pub mod verses;
}

/// How one mix of a song differs from another on purpose.
pub mod variation {
    pub mod focus;
    pub mod space;
    pub mod width;
}

/// What a recording's level has to be for everything after it.
pub mod trim {
    pub mod stage;
}
