//! Says how good a mix is, and shows what that rests on. Never changes anything, never renders.
//!
//! [`Evidence`](evidence::Evidence) is everything that was measured about one render or one file. Whoever plays or reads
//! sound gathers it with the meters of [`evidence`]; everything here is worked out from it alone.
#![deny(clippy::disallowed_methods, clippy::disallowed_types, clippy::disallowed_macros)]

pub mod evidence;
pub mod goals;
