//! Changes sound. Knows no file, no song, no screen.
//!
//! A reader meets three things here: [`Block`](block::Block), the planar view that everything processes;
//! [`Processor`](processor::Processor), the shape of everything that changes sound; and [`CATALOG`](catalog::CATALOG),
//! the table of all of them. What a processor is set to is a plain struct declared by [`params!`].
#![deny(clippy::disallowed_methods, clippy::disallowed_types, clippy::disallowed_macros)]

pub mod block;
pub mod catalog;
pub mod curve;
pub mod glide;
pub mod guard;
pub mod kernels;
pub mod param;
pub mod processor;
pub mod processors;
pub mod simd;
pub mod units;

/// Frames between two points of the control grid. Automation and coefficients move on multiples of this many frames
/// counted from session frame 0, never on block borders, so that block size is inaudible.
/// Ours, chosen because 64 frames are 1.3 ms at 48 kHz: finer than any gain ramp the ear follows, and one cache line
/// of `f32` four times over, so the ramp between two points costs nothing to set up.
pub const GRID_FRAMES: usize = 64;

/// The longest block a processor is asked for. Ours: two channels of it fit the first-level cache of common machines.
pub const MAX_BLOCK_FRAMES: usize = 4096;
