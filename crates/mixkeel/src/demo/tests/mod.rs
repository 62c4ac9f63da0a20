//! The song is what its truth says, to the bit.

mod measure;
mod paper;
mod repaired;
mod same_bits;
mod sound;
mod unnamed;

use std::sync::OnceLock;

use rayon::prelude::*;

use super::{DemoTrack, synthesise, track_count, track_names};

/// Every file, made once for all tests, on all threads at once.
fn folder() -> &'static [DemoTrack] {
    static FOLDER: OnceLock<Vec<DemoTrack>> = OnceLock::new();
    FOLDER.get_or_init(|| (0..track_count()).into_par_iter().map(synthesise).collect())
}

/// A file by its name.
fn file(name: &str) -> &'static DemoTrack {
    let index = track_names().position(|other| other == name).expect("a file of the song");
    &folder()[index]
}

/// Its left, or only, channel.
fn line(name: &str) -> &'static [f32] {
    file(name).samples.signal().left()
}
