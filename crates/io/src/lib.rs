//! Reads and writes sound: codecs, containers, tags, word length. With `mixkeel` the only crate that touches the disk.
//!
//! [`read::open`] gives a streaming reader for whatever lies in a file; `write` puts sound on the disk, atomically.

pub mod read;
pub mod write;
