//! Settings that people ask for by name.

use super::{ParamError, Settings, Value};

/// Settings with a name, `preset = "plate"` in a session file. What it does not name stays at its default.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Preset {
    /// The word in a session file.
    pub id: &'static str,
    /// What it is for, in one sentence.
    pub about: &'static str,
    /// Parameters by path, and what they are set to.
    pub values: &'static [(&'static str, PresetValue)],
}

/// A [`Value`] that can stand in a table.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum PresetValue {
    /// On or off.
    Switch(bool),
    /// A number in the parameter's unit.
    Number(f64),
    /// One of a list of words.
    Word(&'static str),
}

impl PresetValue {
    /// The same as a session file has it.
    pub fn value(self) -> Value {
        match self {
            PresetValue::Switch(on) => Value::Switch(on),
            PresetValue::Number(number) => Value::Number(number),
            PresetValue::Word(word) => Value::Word(word.to_owned()),
        }
    }
}

impl Preset {
    /// The settings that this preset means.
    ///
    /// # Errors
    /// When it names a parameter that is not there or a value that is not allowed; the tests of this crate try them all.
    pub fn settings<S: Settings>(&self) -> Result<S, ParamError> {
        let mut settings = S::default();
        self.values.iter().try_for_each(|(path, value)| settings.set(path, &value.value()))?;
        Ok(settings)
    }
}
