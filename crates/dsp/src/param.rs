//! What a parameter is: declared once by [`params!`](crate::params), known everywhere by its [`ParamSpec`].

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
/// [`params!`](crate::params) writes this for flat lists of parameters; a processor with repeated parts (bands)
/// implements it by hand and spells the nested names as paths, `band.2/gain_db`.
pub trait Settings:
    Clone + PartialEq + Default + std::fmt::Debug + Send + Sync + serde::Serialize + 'static
{
    /// All parameters, in the order in which people read them.
    const SPECS: &'static [ParamSpec];

    /// The value of a parameter, if there is one of this name.
    fn get(&self, id: &str) -> Option<Value>;

    /// Sets a parameter, or says why not and leaves everything as it was.
    fn set(&mut self, id: &str, value: &Value) -> Result<(), ParamError>;
}

/// One field's way into and out of a [`Value`]; written for the two types that [`params!`](crate::params) knows.
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

/// Declares a processor's settings once: struct, defaults, specs, access by name, and a compile-time check that every
/// default lies inside its own range.
///
/// ```
/// mixkeel_dsp::params! {
///     /// Makes it louder.
///     pub struct LouderSettings {
///         /// How much louder.
///         amount_db: f64 = 3.0 [0.0..=12.0, "dB"] automatable;
///         /// Only the left channel.
///         left_only: bool = false;
///     }
/// }
/// use mixkeel_dsp::param::{Settings, Value};
/// let mut louder = LouderSettings::default();
/// assert_eq!(louder.amount_db, 3.0);
/// assert!(louder.set("amount_db", &Value::Number(13.0)).is_err());
/// assert_eq!(LouderSettings::SPECS[0].help, "How much louder.");
/// ```
#[macro_export]
macro_rules! params {
    (
        $(#[doc = $about:literal])*
        pub struct $name:ident {
            $(
                $(#[doc = $help:literal])+
                $id:ident : $kind:ident = $default:literal
                $([$min:literal ..= $max:literal, $unit:literal])?
                $($automatable:ident)?
            );* $(;)?
        }
    ) => {
        $(#[doc = $about])*
        #[derive(Clone, Copy, Debug, PartialEq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
        #[serde(default, deny_unknown_fields)]
        pub struct $name {
            $( $(#[doc = $help])+ pub $id: $kind, )*
        }

        $( $( const _: () = assert!(
            $min <= $default && $default <= $max,
            concat!("the default of ", stringify!($id), " lies outside its own range"),
        ); )? )*

        impl Default for $name {
            fn default() -> Self {
                Self { $( $id: $default, )* }
            }
        }

        impl $crate::param::Settings for $name {
            const SPECS: &'static [$crate::param::ParamSpec] = &[ $(
                $crate::param::ParamSpec {
                    id: stringify!($id),
                    unit: concat!($( $unit )?),
                    range: $crate::params!(@range $kind, $default $(, $min, $max)?),
                    automatable: $crate::params!(@automatable $($automatable)?),
                    help: $crate::param::trim_help(concat!($( $help, )+)),
                },
            )* ];

            fn get(&self, id: &str) -> Option<$crate::param::Value> {
                $( if id == stringify!($id) {
                    return Some($crate::param::Field::to_value(&self.$id));
                } )*
                None
            }

            fn set(&mut self, id: &str, value: &$crate::param::Value) -> Result<(), $crate::param::ParamError> {
                let spec = Self::SPECS
                    .iter()
                    .find(|spec| spec.id == id)
                    .ok_or_else(|| $crate::param::ParamError::Unknown(id.to_owned()))?;
                spec.check(value)?;
                $( if id == stringify!($id) {
                    if let Some(value) = $crate::param::Field::from_value(value) {
                        self.$id = value;
                    }
                } )*
                Ok(())
            }
        }
    };
    (@range f64, $default:literal, $min:literal, $max:literal) => {
        $crate::param::Range::Number { min: $min, max: $max, default: $default }
    };
    (@range bool, $default:literal) => {
        $crate::param::Range::Switch { default: $default }
    };
    (@automatable) => { false };
    (@automatable automatable) => { true };
}

/// A doc comment's text without the blank that follows its slashes.
#[doc(hidden)]
pub const fn trim_help(help: &'static str) -> &'static str {
    match help.as_bytes() {
        [b' ', ..] => help.split_at(1).1,
        _ => help,
    }
}
