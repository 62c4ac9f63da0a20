//! [`Edit`]: one change to a session, with its reason. The only way by which the program changes one.

use std::collections::BTreeMap;

use mixkeel_dsp::param::Value;
use serde::{Deserialize, Serialize};

use crate::address::Address;
use crate::session::Session;

/// `edits.json`: every edit that made a session.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Edits {
    /// Always `mixkeel/edits/1`.
    pub schema: String,
    /// In the order in which they were made.
    pub edits: Vec<Edit>,
}

impl Edits {
    /// The name of this JSON.
    pub const SCHEMA: &'static str = "mixkeel/edits/1";

    /// A document of these edits.
    pub fn new(edits: Vec<Edit>) -> Self {
        Self { schema: Self::SCHEMA.to_owned(), edits }
    }
}

/// One change to a session.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Edit {
    /// Unlike that of any other edit of the session.
    pub id: String,
    /// What is changed: a parameter, or a thing that is added or taken away.
    pub address: Address,
    /// What stood there before; nothing when it is added.
    #[serde(default)]
    pub from: Option<Content>,
    /// What stands there afterwards; nothing when it is taken away.
    #[serde(default)]
    pub to: Option<Content>,
    /// The rule that proposes it: `balance/role-levels`.
    pub by: String,
    /// Why, in a sentence for the owner of the song.
    pub because: String,
    /// What was measured, before it and as expected after it.
    #[serde(default)]
    pub evidence: Vec<Evidence>,
    /// How sure the rule is.
    pub sureness: Sureness,
    /// How much of it is applied: 1 is all, 0 nothing.
    pub strength: f64,
}

/// One measurement that speaks for an edit.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Evidence {
    /// What was measured: `gated loudness`.
    pub what: String,
    /// How much.
    pub value: f64,
    /// Of what unit: `LUFS`. Empty for pure numbers.
    #[serde(default)]
    pub unit: String,
}

/// How sure a rule is of an edit. Guesses are proposed and not applied unless asked for.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, schemars::JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum Sureness {
    /// May well be wrong.
    Guess,
    /// Wrong now and then.
    Likely,
    /// Measured, or said by the owner.
    Certain,
}

/// What stands at an address: a value or a whole thing.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(untagged)]
pub enum Content {
    /// Of a parameter. Minus infinity is the word `"-inf"`.
    Value(
        #[serde(with = "crate::value::json")]
        #[schemars(with = "Value")]
        Value,
    ),
    /// Of a bus, return, insert, send or lane.
    Thing(Thing),
}

/// A whole thing that an edit adds or takes away; its id is the last word of the edit's address.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(tag = "thing", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Thing {
    /// A sum of strips.
    Bus {
        /// The bus that it feeds, or `master`.
        to: String,
    },
    /// An effect fed by sends.
    Return {
        /// The bus that it feeds, or `master`.
        to: String,
    },
    /// A processor.
    Insert {
        /// Its word in the catalogue.
        kind: String,
        /// What it is set to; what is not named keeps its default.
        #[serde(default)]
        settings: BTreeMap<String, Value>,
        /// Strips that key it.
        #[serde(default)]
        keys: Vec<String>,
        /// Its place among the inserts, from 0; the last when not said.
        #[serde(default)]
        place: Option<usize>,
    },
    /// A copy to a return or a bus.
    Send {
        /// Where to.
        to: String,
        /// How loud. Minus infinity is the word `"-inf"`.
        #[serde(with = "crate::value::level")]
        #[schemars(with = "Value")]
        level_db: f64,
        /// Taken before the fader.
        #[serde(default)]
        pre_fader: bool,
    },
    /// An offset on a parameter over time.
    Lane {
        /// What it moves, seen from its strip: `fader_db`.
        of: String,
        /// Seconds and offset.
        points: Vec<(f64, f64)>,
    },
}

impl Edit {
    /// The change that takes this one back; nothing when what stood there before was not noted.
    pub fn inverse(&self) -> Option<Self> {
        let value_from_nowhere = self.from.is_none() && matches!(self.to, Some(Content::Value(_)));
        let back = Self { from: self.to.clone(), to: self.from.clone(), ..self.clone() };
        (!value_from_nowhere).then_some(back)
    }

    /// Whether what it made still stands in a session: the value it set, or the thing it added.
    pub fn stands_in(&self, session: &Session) -> bool {
        match &self.to {
            Some(Content::Value(value)) => session.get(&self.address).as_ref() == Some(value),
            Some(Content::Thing(_)) => session.has(&self.address),
            None => !session.has(&self.address),
        }
    }

    /// The same change in part: numbers go `strength` of the way from `from` to `to`, the offsets of a lane shrink
    /// with it. What cannot be halved (a word, a switch, an insert, a step from or to silence) stays as it is.
    /// Strength lies between 0 and 1; what lies outside is brought inside.
    pub fn scaled(&self, strength: f64) -> Self {
        let strength = if strength.is_nan() { 0.0 } else { strength.clamp(0.0, 1.0) };
        let to = match (&self.from, &self.to) {
            (Some(Content::Value(Value::Number(from))), Some(Content::Value(Value::Number(to))))
                if from.is_finite() && to.is_finite() && strength != 1.0 =>
            {
                Some(Content::Value(Value::Number(from + (to - from) * strength)))
            }
            (None, Some(Content::Thing(Thing::Lane { of, points }))) => {
                let points = points.iter().map(|&(s, offset)| (s, offset * strength)).collect();
                Some(Content::Thing(Thing::Lane { of: of.clone(), points }))
            }
            (_, to) => to.clone(),
        };
        Self { to, strength: self.strength * strength, ..self.clone() }
    }
}
