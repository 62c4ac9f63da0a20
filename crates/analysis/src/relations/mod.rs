//! How two tracks belong together: two microphones on one source, a copy, a double, one that bleeds into the other.
//!
//! Songs have many pairs and few that matter. So pairs are [screened](screen()) by energy contours first, which costs
//! almost nothing, and only those that stand out are read sample by sample by a [`PairMeter`] and a [`BleedMeter`].

mod bleed;
mod lag;
mod pair;
mod screen;

pub use bleed::{BandBleed, BleedMeter, BleedReading};
pub use pair::{Delay, PairMeter, PairReading};
pub use screen::{Candidate, Contour, Relation, relation, screen};
