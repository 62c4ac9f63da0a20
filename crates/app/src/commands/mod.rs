//! One file a command: what can be typed after it, and the call that it becomes.

pub mod check;
pub mod compare;
pub mod completions;
pub mod convert;
pub mod demo;
pub mod doctor;
pub mod explain;
pub mod goals;
pub mod ledger;
pub mod listen;
pub mod man;
pub mod measure;
pub mod mix;
pub mod plan;
pub mod render;
pub mod report;
pub mod revise;
pub mod schema;
pub mod ship;
pub mod song;
