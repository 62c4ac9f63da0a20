//! The processors, one a file; the file's name is the `kind` in a session.

pub mod polarity;
