//! The song on paper. Inert: no audio, no disk, no clock.
//!
//! [`Session`](session::Session) is what is written; [`Graph`](graph::Graph) is what is meant.
//! [`resolve`](resolve::resolve) goes from one to the other, and both the engine that plays and the assistant that
//! forecasts stand on the graph alone.
#![deny(clippy::disallowed_methods, clippy::disallowed_types, clippy::disallowed_macros)]

mod access;
pub mod address;
pub mod apply;
mod bring;
pub mod check;
mod cursor;
pub mod difference;
pub mod document;
pub mod edit;
pub mod fields;
pub mod finish;
pub mod goal;
pub mod graph;
pub mod id;
mod order;
pub mod problem;
pub mod read;
mod read_insert;
pub mod resolve;
pub mod role;
pub mod schema;
pub mod session;
mod solo;
pub mod strip;
pub mod suggest;
mod text;
mod value;
pub mod write;
