//! What two tracks were measured to be to each other.

use mixkeel_analysis::relations::PairReading;
pub use mixkeel_analysis::relations::Relation;
use mixkeel_session::session::Id;

/// Two tracks that were read side by side because names or energy say that they may belong together.
#[derive(Clone, Debug, PartialEq)]
pub struct Related {
    /// The one, first in the order of ids.
    pub first: Id,
    /// The other.
    pub second: Id,
    /// The rate at which both were read: what frames of the reading are to be divided by.
    pub rate_hz: u32,
    /// Delay, polarity and likeness: of the second against the first.
    pub pair: PairReading,
    /// What that amounts to; nothing where only the beat joins them.
    pub relation: Option<Relation>,
}

impl Related {
    /// Whether these are the two, in either order.
    pub fn is(&self, one: &str, other: &str) -> bool {
        (self.first == one && self.second == other) || (self.first == other && self.second == one)
    }
}
