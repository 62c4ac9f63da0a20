//! Rows of 16-bit numbers written as bytes, little end first: a map of a song is a megabyte so, and three as numbers.

use serde::de::{Error, SeqAccess, Visitor};
use serde::{Deserializer, Serializer};

/// A number of two bytes.
pub(crate) trait TwoBytes: Copy {
    /// Little end first.
    fn to_two(self) -> [u8; 2];
    /// Little end first.
    fn from_two(bytes: [u8; 2]) -> Self;
}

impl TwoBytes for u16 {
    fn to_two(self) -> [u8; 2] {
        self.to_le_bytes()
    }
    fn from_two(bytes: [u8; 2]) -> Self {
        Self::from_le_bytes(bytes)
    }
}

impl TwoBytes for i16 {
    fn to_two(self) -> [u8; 2] {
        self.to_le_bytes()
    }
    fn from_two(bytes: [u8; 2]) -> Self {
        Self::from_le_bytes(bytes)
    }
}

/// For `#[serde(with = "crate::packed")]`.
pub(crate) fn serialize<T: TwoBytes, S: Serializer>(row: &[T], serializer: S) -> Result<S::Ok, S::Error> {
    let bytes: Vec<u8> = row.iter().flat_map(|number| number.to_two()).collect();
    serializer.serialize_bytes(&bytes)
}

/// For `#[serde(with = "crate::packed")]`.
pub(crate) fn deserialize<'de, T: TwoBytes, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Vec<T>, D::Error> {
    struct Bytes;
    impl<'de> Visitor<'de> for Bytes {
        type Value = Vec<u8>;

        fn expecting(&self, formatter: &mut std::fmt::Formatter) -> std::fmt::Result {
            formatter.write_str("bytes")
        }

        fn visit_bytes<E: Error>(self, bytes: &[u8]) -> Result<Vec<u8>, E> {
            Ok(bytes.to_vec())
        }

        // Formats of text know no bytes and give them one by one.
        fn visit_seq<A: SeqAccess<'de>>(self, mut row: A) -> Result<Vec<u8>, A::Error> {
            let mut bytes = Vec::new();
            while let Some(byte) = row.next_element()? {
                bytes.push(byte);
            }
            Ok(bytes)
        }
    }
    let bytes = deserializer.deserialize_bytes(Bytes)?;
    let pairs = bytes.chunks_exact(2);
    if !pairs.remainder().is_empty() {
        return Err(D::Error::invalid_length(bytes.len(), &"an even number of bytes"));
    }
    Ok(pairs.map(|two| T::from_two([two[0], two[1]])).collect())
}
