//! Says how good a mix is, and shows what that rests on. Never changes anything, never renders.
//!
//! [`Evidence`](evidence::Evidence) is everything that was measured about one render or one file. Whoever plays or reads
//! sound gathers it with the meters of [`evidence`]; everything here is worked out from it alone. Every [`check::Check`]
//! looks for one thing and gives a [`finding::Finding`]; [`verdict::judge`] runs [`checks::CHECKS`] and sums them up.
#![deny(clippy::disallowed_methods, clippy::disallowed_types, clippy::disallowed_macros)]

pub mod causes;
pub mod check;
pub mod checks;
pub mod compare;
pub mod covers;
pub mod evidence;
pub mod finding;
pub mod goals;
pub mod sides;
pub mod song;
pub mod space;
pub mod stored;
pub mod tonal;
pub mod verdict;
