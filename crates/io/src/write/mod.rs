//! Writes sound to disk: WAV and FLAC, dithered when the word gets shorter, atomically.
//!
//! [`create`] opens a [`Writer`], which takes planar blocks of any length and, on [`Writer::finish`], puts the whole
//! file under its name at once: until then everything goes to a hidden neighbour (`.mix.wav.partial-0`), so whatever
//! happens (a full disk, a kill, a pulled plug) the name holds either the old file or the new one, whole. A FLAC file is
//! decoded again, by a decoder that is not ours, before it gets its name.
//!
//! The bytes written depend on the samples and the [`Spec`] alone, never on the clock or on how the samples were cut
//! into blocks.

mod atomic;
pub mod disk;
mod error;
mod flac;
mod opus;
mod spec;
mod wav;
mod word;
mod writer;

pub use atomic::{write_atomically, write_atomically_on};
pub use error::{Kind, WriteError};
pub use opus::{OPUS_RATE_HZ, opus_bytes};
pub use spec::{Bits, Format, Loudness, Spec, Tags, UnknownWord};
pub use writer::{Writer, Written, create, create_on};
