//! The one address grammar: `lead-vox/fader_db`, `lead-vox/eq-1/band.2/gain_db`, `master/headroom_db`, `song/tempo`.
//!
//! An address is a strip, then perhaps a part of it (an insert, send or lane by id; a clip by number: `clip.1`), then
//! perhaps a parameter. The words of a strip's own parameters are not allowed as ids of parts, so an address can be
//! read without the session it belongs to. Locks and lanes use the same grammar without the strip.

use std::fmt;
use std::str::FromStr;

use crate::id::is_valid;

/// Words that stand for a strip's own parameters; no insert, send or lane may have one as its id.
pub const STRIP_PARAMETERS: [&str; 23] = [
    "name",
    "role",
    "bus",
    "to",
    "trim_db",
    "polarity",
    "shift_ms",
    "fader_db",
    "pan",
    "width",
    "mute",
    "solo",
    "lock",
    "headroom_db",
    "title",
    "rate_hz",
    "focus",
    "tempo",
    "metre",
    "style",
    "strength",
    "key",
    "clip",
];

/// Where something stands in a session.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Address {
    /// A track, bus or return by id; or `master`; or `song` for what belongs to the whole.
    pub strip: String,
    /// An insert, send, lane (or section, under `song`) by id, or a clip by number.
    pub part: Option<String>,
    /// A parameter of the strip or of the part; of an insert it may be a path, `band.2/gain_db`.
    pub parameter: Option<String>,
}

impl Address {
    /// A strip itself.
    pub fn strip(strip: &str) -> Self {
        Self { strip: strip.to_owned(), part: None, parameter: None }
    }

    /// A parameter of a strip: `lead-vox/fader_db`.
    pub fn of(strip: &str, parameter: &str) -> Self {
        Self { parameter: Some(parameter.to_owned()), ..Self::strip(strip) }
    }

    /// An insert, send or lane of a strip: `lead-vox/eq-1`.
    pub fn part(strip: &str, part: &str) -> Self {
        Self { part: Some(part.to_owned()), ..Self::strip(strip) }
    }

    /// A parameter of a part of a strip: `lead-vox/eq-1/gain_db`.
    pub fn of_part(strip: &str, part: &str, parameter: &str) -> Self {
        Self { parameter: Some(parameter.to_owned()), ..Self::part(strip, part) }
    }

    /// An address as locks and lanes write it, without its strip: `fader_db`, `eq-1/gain_db`, `eq-1`.
    ///
    /// # Errors
    /// When the text is no such address.
    pub fn relative(strip: &str, text: &str) -> Result<Self, AddressError> {
        format!("{strip}/{text}").parse().map_err(|_| AddressError::new(format!("`{text}` is no address")))
    }

    /// The address without its strip, as locks and lanes write it.
    pub fn within_strip(&self) -> String {
        let parts = [self.part.as_deref(), self.parameter.as_deref()];
        parts.into_iter().flatten().collect::<Vec<_>>().join("/")
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.strip)?;
        [&self.part, &self.parameter].into_iter().flatten().try_for_each(|part| write!(f, "/{part}"))
    }
}

impl FromStr for Address {
    type Err = AddressError;

    fn from_str(text: &str) -> Result<Self, AddressError> {
        let malformed = || AddressError {
            message: format!("`{text}` is no address"),
            suggestion: Some(
                "an address looks like `lead-vox/fader_db` or `lead-vox/eq-1/gain_db`".to_owned(),
            ),
        };
        let (strip, rest) = text.split_once('/').map_or((text, None), |(strip, rest)| (strip, Some(rest)));
        if !is_valid(strip) || rest.is_some_and(|rest| rest.split('/').any(|part| !is_word(part))) {
            return Err(malformed());
        }
        let Some(rest) = rest else { return Ok(Self::strip(strip)) };
        let (first, parameter) =
            rest.split_once('/').map_or((rest, None), |(first, rest)| (first, Some(rest)));
        match parameter {
            None if is_strip_parameter(first) => Ok(Self::of(strip, first)),
            Some(_) if STRIP_PARAMETERS.contains(&first) => Err(malformed()),
            None => Ok(Self::part(strip, first)),
            Some(parameter) => Ok(Self::of_part(strip, first, parameter)),
        }
    }
}

impl serde::Serialize for Address {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> serde::Deserialize<'de> for Address {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

impl schemars::JsonSchema for Address {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Address".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "type": "string",
            "description": "Where it stands in the session: lead-vox/fader_db, lead-vox/eq-1/gain_db, plate."
        })
    }
}

/// Why an address leads nowhere, or why a value cannot stand there.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}{}", suggestion.as_ref().map(|help| format!(" ({help})")).unwrap_or_default())]
pub struct AddressError {
    /// What is wrong.
    pub message: String,
    /// What was probably meant, or what to do.
    pub suggestion: Option<String>,
}

impl AddressError {
    pub(crate) fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), suggestion: None }
    }

    pub(crate) fn nearest<'a>(
        message: impl Into<String>,
        wrong: &str,
        words: impl IntoIterator<Item = &'a str>,
    ) -> Self {
        Self { message: message.into(), suggestion: crate::suggest::did_you_mean(wrong, words) }
    }
}

/// Words with an underscore cannot be ids, so a misspelt `fadr_db` is still understood as a parameter.
fn is_strip_parameter(word: &str) -> bool {
    STRIP_PARAMETERS.contains(&word) || word.contains('_')
}

fn is_word(word: &str) -> bool {
    let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '_' | '.');
    !word.is_empty() && word.chars().all(allowed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_of_the_contract_is_read_and_printed_as_it_was() {
        for (text, part, parameter) in [
            ("lead-vox", None, None),
            ("lead-vox/fader_db", None, Some("fader_db")),
            ("lead-vox/bus", None, Some("bus")),
            ("lead-vox/polarity", None, Some("polarity")),
            ("lead-vox/eq-1", Some("eq-1"), None),
            ("lead-vox/eq-1/band.2/gain_db", Some("eq-1"), Some("band.2/gain_db")),
            ("lead-vox/send-plate/level_db", Some("send-plate"), Some("level_db")),
            ("lead-vox/clip.1/at_s", Some("clip.1"), Some("at_s")),
            ("plate/reverb-1/decay_s", Some("reverb-1"), Some("decay_s")),
            ("master/headroom_db", None, Some("headroom_db")),
        ] {
            let address: Address = text.parse().unwrap();
            assert_eq!(address.to_string(), text);
            assert_eq!((address.part.as_deref(), address.parameter.as_deref()), (part, parameter), "{text}");
        }
    }

    #[test]
    fn what_is_no_address_is_refused() {
        for text in ["", "/", "a/", "/pan", "Lead Vox/pan", "a//b", "a/pan/b", "a/b/", "ä/pan"] {
            assert!(text.parse::<Address>().is_err(), "{text}");
        }
    }
}
