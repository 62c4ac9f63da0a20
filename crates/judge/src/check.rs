//! The shape of everything that finds: a [`Check`]; and the [`Case`] that it looks at.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::evidence::Evidence;
use crate::finding::Finding;

/// What comes next, which decides what counts as a fault.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Destination {
    /// A mix goes to a mastering engineer.
    #[default]
    Mastering,
    /// A master goes to listeners.
    Release,
    /// A recorded track goes to whoever mixes.
    Mixing,
}

impl Destination {
    /// The word in reports and on the command line.
    pub fn word(self) -> &'static str {
        match self {
            Destination::Mastering => "mastering",
            Destination::Release => "release",
            Destination::Mixing => "mixing",
        }
    }
}

impl std::str::FromStr for Destination {
    type Err = String;

    fn from_str(word: &str) -> Result<Self, String> {
        [Destination::Mastering, Destination::Release, Destination::Mixing]
            .into_iter()
            .find(|destination| destination.word() == word)
            .ok_or_else(|| format!("\"{word}\" is not one of mastering, release, mixing"))
    }
}

/// What is looked at, and for whom.
#[derive(Clone, Copy, Debug)]
pub struct Case<'a> {
    /// Everything that was measured.
    pub evidence: &'a Evidence,
    /// What comes next.
    pub destination: Destination,
}

impl Case<'_> {
    /// Whether a mix goes to be mastered.
    pub fn for_mastering(&self) -> bool {
        self.destination == Destination::Mastering
    }

    /// Whether a master goes to listeners.
    pub fn for_release(&self) -> bool {
        self.destination == Destination::Release
    }
}

/// One thing that is looked for. Its id is the name of its file below `checks`.
#[derive(Clone, Copy, Debug)]
pub struct Check {
    /// `low-end-wide`: the path of its file.
    pub id: &'static str,
    /// Its source file, as the compiler names it.
    pub file: &'static str,
    /// For which destinations it is looked for.
    pub holds_for: &'static [Destination],
    /// Looks.
    pub look: fn(&Case<'_>) -> Option<Finding>,
}

/// Every destination.
pub const ALWAYS: &[Destination] = &[Destination::Mastering, Destination::Release, Destination::Mixing];
/// Whole mixes, whether they go to be mastered or are.
pub const WHOLE: &[Destination] = &[Destination::Mastering, Destination::Release];
/// Only a mix that goes to be mastered.
pub const MIX: &[Destination] = &[Destination::Mastering];
/// Only a master that goes to listeners.
pub const MASTER: &[Destination] = &[Destination::Release];
/// What is sent to somebody who goes on working with it.
pub const SENT: &[Destination] = &[Destination::Mastering, Destination::Mixing];
