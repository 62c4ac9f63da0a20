//! The song on paper. Inert: no audio, no disk, no clock.
//!
//! [`Session`](session::Session) is what is written; [`Graph`](graph::Graph) is what is meant.
//! [`resolve`](resolve::resolve) goes from one to the other, and both the engine that plays and the assistant that
//! forecasts stand on the graph alone.
#![deny(clippy::disallowed_methods, clippy::disallowed_types, clippy::disallowed_macros)]

mod access;
pub mod address;
pub mod apply;
pub mod check;
pub mod difference;
pub mod edit;
pub mod fields;
pub mod graph;
pub mod id;
mod order;
pub mod resolve;
pub mod role;
pub mod session;
mod solo;
pub mod strip;
pub mod suggest;
mod text;
mod value;
