//! Kinds of instruments within which a mix treats tracks much alike: told where a sound says the kind and not which of it.

use mixkeel_session::role::Role;

use super::sound::Odds;

/// A kind is believed from here on. Ours: that of a role, and half of what is left, because a kind has many members to add up.
pub const LIKELY: f64 = 0.8;

/// A kind of instruments.
#[derive(Debug)]
pub struct Class {
    /// What people call it.
    pub word: &'static str,
    /// Its members.
    pub roles: &'static [Role],
    /// What a track of it is taken for; the most probable member where there is none.
    pub stands_for: Option<Role>,
}

/// All kinds. A role may be in two.
pub const CLASSES: [Class; 5] = [
    Class {
        word: "drums from afar, or several at once",
        roles: &[Role::Overheads, Role::Room, Role::Drums, Role::Toms],
        stands_for: Some(Role::Drums),
    },
    Class {
        word: "percussion",
        roles: &[Role::Percussion, Role::Hihat, Role::Cymbals, Role::Click],
        stands_for: None,
    },
    Class {
        word: "guitar, keys or the like",
        roles: &[
            Role::AcousticGuitar,
            Role::ElectricGuitar,
            Role::Piano,
            Role::Keys,
            Role::Organ,
            Role::Pluck,
        ],
        stands_for: None,
    },
    Class {
        word: "pads, strings or winds",
        roles: &[
            Role::Pad,
            Role::Strings,
            Role::Organ,
            Role::Brass,
            Role::Woodwind,
            Role::LeadSynth,
            Role::Choir,
        ],
        stands_for: None,
    },
    Class { word: "voices", roles: &[Role::LeadVocal, Role::BackingVocal, Role::Choir], stands_for: None },
];

/// The kind that a sound most likely is, where that is sure enough: what it is called, what the track is taken for, how
/// probable it is.
pub(super) fn class_of(odds: &Odds) -> Option<(&'static str, Role, f64)> {
    let sure = |class: &Class| odds.of_any(class.roles);
    let best = CLASSES.iter().max_by(|a, b| sure(a).total_cmp(&sure(b)))?;
    // A click would be muted; what is only like one is played.
    let mut members = odds.0.iter().map(|(role, _)| *role).filter(|role| *role != Role::Click);
    let first = members.find(|role| best.roles.contains(role))?;
    (sure(best) >= LIKELY).then(|| (best.word, best.stands_for.unwrap_or(first), sure(best)))
}
