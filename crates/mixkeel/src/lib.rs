//! The library people use: a folder of tracks in, a mix with its reasons out.
//!
//! The command line, the studio and the Python bindings call what is here and nothing below it. With `mixkeel-io` this
//! is the only crate that touches disk or clock.

pub mod alike;
pub mod blind;
pub mod check;
pub mod compare;
pub mod console;
pub mod convert;
pub mod deliver;
pub mod demo;
pub mod demo_song;
pub mod doctor;
pub mod ear;
pub mod error;
pub mod evidence;
pub mod explain;
pub mod goals;
pub mod hear;
pub mod json;
pub mod ledger;
pub mod lines;
pub mod listen;
pub mod measure;
pub mod mix;
pub mod page;
pub mod plan;
pub mod play;
pub mod printed;
pub mod project;
pub(crate) mod records;
pub mod reference;
pub mod render;
pub mod report;
pub mod revise;
pub mod rounds;
pub mod schema;
pub mod ship;
pub mod solve;
pub mod song;
pub mod watch;

pub use error::{Error, ErrorKind};
pub use mixkeel_io::write::{Bits, Format};
pub use mixkeel_judge::check::Destination;
pub use mixkeel_session::role::Role;
pub use watch::{Event, Silent, Stage, Watch};

/// The version that is written into sessions, reports and files.
pub const ENGINE_VERSION: &str = env!("CARGO_PKG_VERSION");
