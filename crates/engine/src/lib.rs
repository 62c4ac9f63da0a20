//! Plays the graph: parallel, streaming, latency-compensated, the same bits every time. Decides nothing.
//!
//! A [`Player`] takes a resolved [`Graph`](mixkeel_session::graph::Graph) and a [`Library`](source::Library) that opens
//! its recordings, and hands out the mix and the stems a [`Chunk`] at a time. What it promises:
//!
//! * **The same bits** on any number of threads and with any block size. Strips that do not hear each other play in
//!   parallel; every sum runs in the order of ids; whatever moves over time moves on a grid of absolute session frames.
//! * **Stems are the mix.** A stem is one direct input of the master, its headroom applied and rounded to `f32`. The mix
//!   is the sum of exactly those `f32` numbers, so anyone who adds the stems in `f64` gets the mix bit for bit.
//! * **A part is the slice of the whole.** A render of a range equals the same range of the full render.
//! * **Memory does not grow with the song.** A few thousand frames of every strip are held, whatever the length.
//!
//! Samples are `f32` and a gain is one `f32` product, which keeps a fader at unity bit-transparent and rounds at −150 dB
//! below the signal otherwise. Sums are made in `f64` and rounded once: the error of a bus then does not grow with the
//! number of its inputs.
#![deny(clippy::disallowed_methods, clippy::disallowed_types, clippy::disallowed_macros)]

mod assets;
mod chain;
mod checkpoint;
mod chunk;
mod clips;
mod delay;
mod desk;
mod error;
mod grid;
mod options;
mod place;
mod plan;
mod player;
pub mod source;
mod strip;
mod sum;

pub use checkpoint::Checkpoint;
pub use chunk::Chunk;
pub use error::EngineError;
pub use options::{HEARD_DBFS, Options, Taps};
pub use player::{CHUNK_FRAMES, NotFinite, Player};
