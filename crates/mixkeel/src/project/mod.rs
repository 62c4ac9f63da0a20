//! The folder that a mix lives in: what lies where, which version is the newest, what a person changed by hand.

pub mod folder;
pub mod ledger;
pub mod limits;
pub mod paths;
pub mod session_file;
