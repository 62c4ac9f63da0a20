//! A profile as bytes: a word that says what it is, a version, a sum to check by, the numbers.

use std::fmt;

use super::Profile;
use crate::music::Music;
use crate::music::pitch::Line;

/// The version of what a profile holds and how it is measured. Raised with every change of either, so that nothing measured
/// another way is taken for new.
pub const VERSION: u32 = 8;

/// What the bytes begin with.
const WORD: [u8; 8] = *b"mixkprof";

/// Word, version and check sum.
const HEADER: usize = WORD.len() + 4 + 8;

/// Why bytes are no profile.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProfileError {
    /// They do not begin as a profile does.
    NoProfile,
    /// They are a profile of another version.
    OtherVersion(u32),
    /// They were cut short, added to or changed.
    Damaged,
}

impl fmt::Display for ProfileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoProfile => f.write_str("these bytes are no profile"),
            Self::OtherVersion(version) => write!(f, "a profile of version {version}, not {VERSION}"),
            Self::Damaged => f.write_str("the profile is damaged"),
        }
    }
}

impl std::error::Error for ProfileError {}

impl Profile {
    /// The profile as bytes: about 150 kB for a minute of stereo, 125 kB for its
    /// music and 25 kB for the pitch of a line.
    pub fn to_bytes(&self) -> Vec<u8> {
        // A vector takes whatever is written into it, so there is nothing to fail; were there, an empty body is refused
        // when it is read.
        let body = postcard::to_allocvec(self).unwrap_or_default();
        let mut bytes = Vec::with_capacity(HEADER + body.len());
        bytes.extend_from_slice(&WORD);
        bytes.extend_from_slice(&VERSION.to_le_bytes());
        bytes.extend_from_slice(&check(&body).to_le_bytes());
        bytes.extend_from_slice(&body);
        bytes
    }

    /// Whether all numbers fit each other.
    fn is_whole(&self) -> bool {
        self.energy.is_whole()
            && self.music.as_ref().is_none_or(Music::is_whole)
            && self.line.as_ref().is_none_or(Line::is_whole)
    }

    /// The profile that these bytes are, to the last bit.
    ///
    /// # Errors
    /// When they are anything else, a profile of another version among them.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, ProfileError> {
        let (word, rest) = bytes.split_first_chunk::<8>().ok_or(ProfileError::NoProfile)?;
        if *word != WORD {
            return Err(ProfileError::NoProfile);
        }
        let (version, rest) = rest.split_first_chunk::<4>().ok_or(ProfileError::Damaged)?;
        match u32::from_le_bytes(*version) {
            VERSION => {}
            other => return Err(ProfileError::OtherVersion(other)),
        }
        let (sum, body) = rest.split_first_chunk::<8>().ok_or(ProfileError::Damaged)?;
        if u64::from_le_bytes(*sum) != check(body) {
            return Err(ProfileError::Damaged);
        }
        match postcard::take_from_bytes::<Profile>(body) {
            Ok((profile, [])) if profile.is_whole() => Ok(profile),
            _ => Err(ProfileError::Damaged),
        }
    }
}

/// FNV-1a with 64 bits (Fowler, Noll and Vo): each step maps sums one to one, so that no change of a single byte goes unseen.
fn check(bytes: &[u8]) -> u64 {
    bytes
        .iter()
        .fold(0xCBF2_9CE4_8422_2325, |sum, &byte| (sum ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01B3))
}
