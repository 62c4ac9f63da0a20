//! What a track is. The words are those of a session file.

use serde::{Deserialize, Serialize};

/// What a track is.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, schemars::JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
#[allow(missing_docs)] // each variant is the word itself
pub enum Role {
    Kick,
    Snare,
    Toms,
    Hihat,
    Overheads,
    Room,
    Cymbals,
    Percussion,
    Drums,
    Bass,
    AcousticGuitar,
    ElectricGuitar,
    Piano,
    Keys,
    Organ,
    Pad,
    Strings,
    Brass,
    Woodwind,
    LeadSynth,
    Pluck,
    LeadVocal,
    VocalDouble,
    BackingVocal,
    Choir,
    Fx,
    Loop,
    /// A premixed beat or playback.
    BackingTrack,
    AdLib,
    /// Old takes and guides.
    Scratch,
    Click,
    /// The sum of the other files.
    Mix,
    /// Nobody can tell. Left alone, never guessed.
    #[default]
    Unknown,
}

impl Role {
    /// Drums, their microphones, and what is struck like them.
    pub const DRUMS: [Role; 9] = [
        Role::Kick,
        Role::Snare,
        Role::Toms,
        Role::Hihat,
        Role::Overheads,
        Role::Room,
        Role::Cymbals,
        Role::Percussion,
        Role::Drums,
    ];

    /// What is played as one kit, and the microphones over it and in its room.
    pub const KIT: [Role; 7] =
        [Role::Kick, Role::Snare, Role::Toms, Role::Hihat, Role::Overheads, Role::Room, Role::Cymbals];

    /// Whether it is one of [`DRUMS`](Self::DRUMS).
    pub fn is_drum(self) -> bool {
        Self::DRUMS.contains(&self)
    }

    /// Every role, in the order in which people read them.
    pub const ALL: [Role; 33] = [
        Role::Kick,
        Role::Snare,
        Role::Toms,
        Role::Hihat,
        Role::Overheads,
        Role::Room,
        Role::Cymbals,
        Role::Percussion,
        Role::Drums,
        Role::Bass,
        Role::AcousticGuitar,
        Role::ElectricGuitar,
        Role::Piano,
        Role::Keys,
        Role::Organ,
        Role::Pad,
        Role::Strings,
        Role::Brass,
        Role::Woodwind,
        Role::LeadSynth,
        Role::Pluck,
        Role::LeadVocal,
        Role::VocalDouble,
        Role::BackingVocal,
        Role::Choir,
        Role::Fx,
        Role::Loop,
        Role::BackingTrack,
        Role::AdLib,
        Role::Scratch,
        Role::Click,
        Role::Mix,
        Role::Unknown,
    ];

    /// The word in a session file: `lead-vocal`.
    pub fn word(self) -> &'static str {
        match self {
            Role::Kick => "kick",
            Role::Snare => "snare",
            Role::Toms => "toms",
            Role::Hihat => "hihat",
            Role::Overheads => "overheads",
            Role::Room => "room",
            Role::Cymbals => "cymbals",
            Role::Percussion => "percussion",
            Role::Drums => "drums",
            Role::Bass => "bass",
            Role::AcousticGuitar => "acoustic-guitar",
            Role::ElectricGuitar => "electric-guitar",
            Role::Piano => "piano",
            Role::Keys => "keys",
            Role::Organ => "organ",
            Role::Pad => "pad",
            Role::Strings => "strings",
            Role::Brass => "brass",
            Role::Woodwind => "woodwind",
            Role::LeadSynth => "lead-synth",
            Role::Pluck => "pluck",
            Role::LeadVocal => "lead-vocal",
            Role::VocalDouble => "vocal-double",
            Role::BackingVocal => "backing-vocal",
            Role::Choir => "choir",
            Role::Fx => "fx",
            Role::Loop => "loop",
            Role::BackingTrack => "backing-track",
            Role::AdLib => "ad-lib",
            Role::Scratch => "scratch",
            Role::Click => "click",
            Role::Mix => "mix",
            Role::Unknown => "unknown",
        }
    }

    /// The role of this word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.word() == word)
    }
}

impl std::fmt::Display for Role {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.word())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_role_has_one_word_and_it_leads_back() {
        for role in Role::ALL {
            assert_eq!(Role::from_word(role.word()), Some(role));
        }
        assert_eq!(Role::from_word("vocals"), None);
    }
}
