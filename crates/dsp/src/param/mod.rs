//! What a parameter is: declared once by [`params!`](crate::params), known everywhere by its [`ParamSpec`].

mod bands;
pub(crate) mod checkpoint;
mod choice;
mod declare;
mod preset;

pub use bands::{BandSpec, Bands};
pub use choice::Choice;
#[doc(hidden)]
pub use declare::trim_help;
pub use preset::{Preset, PresetValue};

/// The value of one parameter, as it stands in a session file.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
#[serde(untagged)]
pub enum Value {
    /// On or off.
    Switch(bool),
    /// A number in the parameter's unit.
    Number(f64),
    /// One of a list of words.
    Word(String),
}

impl std::fmt::Display for Value {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Value::Switch(on) => write!(f, "{on}"),
            Value::Number(number) => write!(f, "{number}"),
            Value::Word(word) => write!(f, "{word}"),
        }
    }
}

/// What values a parameter may take.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Range {
    /// A number between two bounds, both allowed.
    Number {
        /// The least value allowed.
        min: f64,
        /// The greatest value allowed.
        max: f64,
        /// The value when nothing is said.
        default: f64,
    },
    /// On or off.
    Switch {
        /// The value when nothing is said.
        default: bool,
    },
    /// One of a list of words.
    Choice {
        /// The words, in the order in which people read them.
        words: &'static [&'static str],
        /// The word when nothing is said.
        default: &'static str,
    },
}

impl Range {
    /// The value when nothing is said.
    pub fn default_value(&self) -> Value {
        match *self {
            Range::Number { default, .. } => Value::Number(default),
            Range::Switch { default } => Value::Switch(default),
            Range::Choice { default, .. } => Value::Word(default.to_owned()),
        }
    }
}

/// Everything there is to know about one parameter.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ParamSpec {
    /// The key in a session file, with its unit: `gain_db`.
    pub id: &'static str,
    /// The unit as people write it: `dB`. Empty for pure numbers and switches.
    pub unit: &'static str,
    /// Allowed values and the default.
    pub range: Range,
    /// Whether automation may move it while sound plays.
    pub automatable: bool,
    /// What it does, in one or two sentences.
    pub help: &'static str,
}

impl ParamSpec {
    /// The value as given if it is allowed, or why it is not, in words that stand after the parameter's name.
    pub fn check(&self, value: &Value) -> Result<(), ParamError> {
        match (self.range, value) {
            (Range::Number { min, max, .. }, Value::Number(number)) => {
                if number.is_finite() && (min..=max).contains(number) {
                    Ok(())
                } else {
                    Err(ParamError::OutOfRange { id: self.id, value: *number, min, max, unit: self.unit })
                }
            }
            (Range::Switch { .. }, Value::Switch(_)) => Ok(()),
            (Range::Choice { words, .. }, Value::Word(word)) => {
                if words.contains(&word.as_str()) {
                    Ok(())
                } else {
                    Err(ParamError::NotAmong { id: self.id, value: word.clone(), words })
                }
            }
            (Range::Choice { words, .. }, other) => {
                Err(ParamError::NotAmong { id: self.id, value: other.to_string(), words })
            }
            (Range::Number { .. }, _) => Err(ParamError::WrongKind { id: self.id, wanted: "a number" }),
            (Range::Switch { .. }, _) => Err(ParamError::WrongKind { id: self.id, wanted: "true or false" }),
        }
    }
}

/// Why a parameter was not set.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum ParamError {
    /// No parameter has this name.
    #[error("there is no parameter `{0}`")]
    Unknown(String),
    /// The number lies outside what is allowed, or is not a number at all.
    #[error("`{id}` is {value}, but must lie between {min} and {max}{}{unit}", if unit.is_empty() { "" } else { " " })]
    OutOfRange {
        /// Which parameter.
        id: &'static str,
        /// What was asked for.
        value: f64,
        /// The least value allowed.
        min: f64,
        /// The greatest value allowed.
        max: f64,
        /// The unit of all three.
        unit: &'static str,
    },
    /// A word that is none of those allowed.
    #[error("`{id}` is `{value}`, but must be one of: {}", words.join(", "))]
    NotAmong {
        /// Which parameter.
        id: &'static str,
        /// What was asked for.
        value: String,
        /// What is allowed.
        words: &'static [&'static str],
    },
    /// A band beyond the last one there may be, or one without a number.
    #[error("there is no `{path}`: bands are `{id}.1` to `{id}.{most}`, each with settings of its own")]
    NoSuchBand {
        /// What was asked for.
        path: String,
        /// What bands are called.
        id: &'static str,
        /// How many there may be.
        most: usize,
    },
    /// A word where a number belongs, or the like.
    #[error("`{id}` must be {wanted}")]
    WrongKind {
        /// Which parameter.
        id: &'static str,
        /// What belongs there.
        wanted: &'static str,
    },
}

/// What a processor can be set to: a plain struct whose fields can also be reached by name.
///
/// [`params!`](crate::params) writes this. A setting of a band is reached by a path, `band.2/gain_db`.
pub trait Settings:
    Clone + PartialEq + Default + std::fmt::Debug + Send + Sync + serde::Serialize + 'static
{
    /// The parameters that are there once, in the order in which people read them.
    const SPECS: &'static [ParamSpec];

    /// The parameters that are there once for every band, if it has bands.
    const BANDS: Option<BandSpec> = None;

    /// The value of a parameter, if there is one of this name.
    fn get(&self, id: &str) -> Option<Value>;

    /// Sets a parameter, or says why not and leaves everything as it was. Setting something of a band that is not there
    /// yet makes the band, with everything else in it at its default.
    fn set(&mut self, id: &str, value: &Value) -> Result<(), ParamError>;

    /// The numbers of the bands that are there, in order.
    fn band_numbers(&self) -> Vec<usize> {
        Vec::new()
    }

    /// The declaration of the parameter at a path, whether or not the band it lies in is there.
    fn spec(path: &str) -> Option<&'static ParamSpec> {
        let (specs, leaf) = match (Self::BANDS, path.split_once('/')) {
            (Some(bands), Some((band, leaf))) => (bands.number(band).map(|_| bands.specs)?, leaf),
            _ => (Self::SPECS, path),
        };
        specs.iter().find(|spec| spec.id == leaf)
    }
}

/// One field's way into and out of a [`Value`]: numbers, switches, and what [`choices!`](crate::choices) declares.
pub trait Field: Sized {
    /// As it stands in a file.
    fn to_value(&self) -> Value;
    /// Back again; `None` when the kind is wrong.
    fn from_value(value: &Value) -> Option<Self>;
}

impl Field for f64 {
    fn to_value(&self) -> Value {
        Value::Number(*self)
    }

    fn from_value(value: &Value) -> Option<Self> {
        match value {
            Value::Number(number) => Some(*number),
            _ => None,
        }
    }
}

impl Field for bool {
    fn to_value(&self) -> Value {
        Value::Switch(*self)
    }

    fn from_value(value: &Value) -> Option<Self> {
        match value {
            Value::Switch(on) => Some(*on),
            _ => None,
        }
    }
}
