//! The song on paper. Inert: no audio, no disk, no clock.
//!
//! [`Session`](session::Session) is what is written; [`Graph`](graph::Graph) is what is meant. `resolve` goes from one
//! to the other, and both the engine that plays and the assistant that forecasts stand on the graph alone.
#![deny(clippy::disallowed_methods, clippy::disallowed_types, clippy::disallowed_macros)]

pub mod graph;
pub mod role;
pub mod session;
