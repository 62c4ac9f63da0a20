//! Values on their way into and out of JSON, which has no infinity: a silent fader is the word `"-inf"` there.

use mixkeel_dsp::param::Value;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

const SILENCE: &str = "-inf";

/// For `#[serde(with = …)]` on a [`Value`].
pub(crate) mod json {
    use super::*;

    pub fn serialize<S: Serializer>(value: &Value, serializer: S) -> Result<S::Ok, S::Error> {
        match value {
            Value::Number(f64::NEG_INFINITY) => serializer.serialize_str(SILENCE),
            _ => value.serialize(serializer),
        }
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Value, D::Error> {
        Ok(match Value::deserialize(deserializer)? {
            Value::Word(word) if word == SILENCE => Value::Number(f64::NEG_INFINITY),
            value => value,
        })
    }
}

/// For `#[serde(with = …)]` on a level in dB.
pub(crate) mod level {
    use super::*;

    pub fn serialize<S: Serializer>(db: &f64, serializer: S) -> Result<S::Ok, S::Error> {
        json::serialize(&Value::Number(*db), serializer)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<f64, D::Error> {
        match json::deserialize(deserializer)? {
            Value::Number(db) => Ok(db),
            _ => Err(serde::de::Error::custom("a level is a number of dB or \"-inf\"")),
        }
    }
}
