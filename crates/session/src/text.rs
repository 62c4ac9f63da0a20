//! How single values look in a session file.

use std::fmt::Write as _;

use mixkeel_dsp::param::Value;

use crate::session::Metre;

/// A number in the fewest digits that lead back to it, always with a point or an exponent: `-1.5`, `0.0`, `-inf`.
pub(crate) fn number(number: f64) -> String {
    if number.is_nan() { "nan".to_owned() } else { format!("{number:?}") }
}

/// A basic string with everything escaped that has to be.
pub(crate) fn quoted(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    for c in text.chars() {
        match c {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\n' => quoted.push_str("\\n"),
            '\t' => quoted.push_str("\\t"),
            '\r' => quoted.push_str("\\r"),
            c if c.is_control() => {
                // Writing to a String cannot fail.
                let _ = write!(quoted, "\\u{:04X}", u32::from(c));
            }
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}

/// Any value.
pub(crate) fn value(value: &Value) -> String {
    match value {
        Value::Switch(on) => on.to_string(),
        Value::Number(float) => number(*float),
        Value::Word(word) => quoted(word),
    }
}

/// `["kick", "bass"]`.
pub(crate) fn words(words: &[String]) -> String {
    list(words.iter().map(|word| quoted(word)))
}

/// `[[0.0, 92.0]]`.
pub(crate) fn points(points: &[(f64, f64)]) -> String {
    list(points.iter().map(|&(s, offset)| format!("[{}, {}]", number(s), number(offset))))
}

/// `[[0.0, "4/4"]]`.
pub(crate) fn metres(metres: &[(f64, Metre)]) -> String {
    list(metres.iter().map(|&(s, metre)| format!("[{}, \"{}/{}\"]", number(s), metre.beats, metre.unit)))
}

fn list(items: impl Iterator<Item = String>) -> String {
    format!("[{}]", items.collect::<Vec<_>>().join(", "))
}
