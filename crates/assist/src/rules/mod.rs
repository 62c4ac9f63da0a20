//! One decision a file, by the stage in which it is taken.

/// Where every group of roles belongs.
pub mod bus {
    pub mod by_role;
}

/// How loud.
pub mod balance {
    pub mod by_role;
    pub mod table;
}

/// What the sum leaves.
pub mod headroom {
    pub mod sum;
}

/// Where between left and right.
pub mod pan {
    pub mod by_role_and_band;
}

/// What is wrong with the recordings, before anything is decided.
pub mod repair {
    pub mod keep_out;
}

/// What a recording's level has to be for everything after it.
pub mod trim {
    pub mod stage;
}
