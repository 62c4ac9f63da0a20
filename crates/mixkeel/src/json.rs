//! JSON as this program writes it: two blanks of indent, a newline at the end.

use serde::Serialize;

use crate::error::{Error, ErrorKind};

/// A document as text.
pub fn to_text<T: Serialize>(document: &T) -> Result<String, Error> {
    let mut text = serde_json::to_string_pretty(document).map_err(internal)?;
    text.push('\n');
    Ok(text)
}

/// A document as bytes.
pub fn to_bytes<T: Serialize>(document: &T) -> Result<Vec<u8>, Error> {
    Ok(to_text(document)?.into_bytes())
}

/// A document on one line, without a newline.
pub fn to_line<T: Serialize>(document: &T) -> Result<String, Error> {
    serde_json::to_string(document).map_err(internal)
}

fn internal(error: serde_json::Error) -> Error {
    Error::new(ErrorKind::Internal, "a report could not be put into JSON").because(error.to_string())
}
