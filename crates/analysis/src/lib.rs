//! Measures sound: signals in, numbers out. Knows no song, no file, no screen.
//!
//! Everything is a [`Meter`](meter::Meter): told the rate and the channels, fed blocks of any size, asked for a reading.
//! A reading is the same to the last bit however the signal was cut into blocks. Silence reads as `None`, never as minus
//! infinity. Samples that are not finite are read as zero, so one of them cannot spoil a measurement; who reads files
//! counts them.
#![deny(clippy::disallowed_methods, clippy::disallowed_types, clippy::disallowed_macros)]

pub mod bands;
mod curve;
pub mod dynamics;
pub mod energy;
pub mod erb;
pub mod faults;
mod four;
pub mod frames;
pub mod levels;
pub mod loudness;
pub mod masking;
pub mod meter;
pub mod music;
mod packed;
pub mod playback;
pub mod profile;
pub mod programme;
pub mod relations;
pub mod space;
pub mod spectrum;
pub mod stereo;
pub mod true_peak;
