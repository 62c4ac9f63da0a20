//! What a track is, by its name.
//!
//! The name is cut into plain words ([`split`]); each word or phrase is looked up in one table ([`table`]); then:
//!
//! 1. A voice is what the words around it say: guide, ad lib, backing, double, effect, choir, else the lead.
//! 2. Of several instruments the more telling one counts ([`PRECEDENCE`]): `drums_kick` is a kick, `Piano Room` a piano.
//! 3. A guide (`scratch`, `pilot`) of an instrument is kept as an old take, but a scratch beside drums is a sound.
//! 4. `click`, `mix`, `loop` and `beat` count only where no instrument is named.
//! 5. Words that are not in the table are ignored. What is left without a meaning is unknown: nothing is guessed from
//!    numbers, presets or song titles.
//!
//! A word that is not in the table but is two or more of its words written together (`leadvox`) counts as those.

pub mod classes;
pub mod identify;
mod many;
mod neighbours;
pub mod sound;
pub mod split;
pub mod table;

use mixkeel_session::edit::Sureness;
use mixkeel_session::role::Role;

pub use many::roles_from_names;
use table::{Hint, LONGEST_PHRASE, Meaning, meaning};

/// Which side a name says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Side {
    /// The left one.
    Left,
    /// The right one.
    Right,
}

/// What a name says about a track.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NameGuess {
    /// What it is.
    pub role: Role,
    /// How sure that is. Unknown is always a guess.
    pub sureness: Sureness,
    /// The words that decided.
    pub matched: Vec<String>,
    /// The words that decided nothing.
    pub rest: Vec<String>,
    /// Left or right, where the name says so.
    pub side: Option<Side>,
    /// The last number that is not a track number in front.
    pub number: Option<u32>,
}

/// Of several instruments in one name, the first of these counts: what plays, then which part of a kit, then the kit.
pub const PRECEDENCE: [Role; 23] = [
    Role::Brass,
    Role::Woodwind,
    Role::Kick,
    Role::Bass,
    Role::Organ,
    Role::Pluck,
    Role::Pad,
    Role::Piano,
    Role::AcousticGuitar,
    Role::ElectricGuitar,
    Role::Strings,
    Role::LeadSynth,
    Role::Keys,
    Role::Overheads,
    Role::Room,
    Role::Snare,
    Role::Toms,
    Role::Hihat,
    Role::Cymbals,
    Role::Percussion,
    Role::Drums,
    Role::Fx,
    Role::BackingTrack,
];

/// Words for the left side. Those of the right side stand in the same places.
const LEFT: [&str; 8] = ["l", "left", "links", "gauche", "izq", "izquierda", "sx", "sinistra"];
/// Words for the right side.
const RIGHT: [&str; 8] = ["r", "right", "rechts", "droite", "der", "derecha", "dx", "destra"];

/// The side that a word names.
pub(crate) fn side_of(word: &str) -> Option<Side> {
    match () {
        () if LEFT.contains(&word) => Some(Side::Left),
        () if RIGHT.contains(&word) => Some(Side::Right),
        () => None,
    }
}

/// What one name says, without knowing its neighbours.
pub fn role_from_name(name: &str) -> NameGuess {
    from_words(&split::words(name))
}

/// What the words of a name say.
pub(crate) fn from_words(words: &[String]) -> NameGuess {
    let words: Vec<String> = words.iter().flat_map(|word| taken_apart(word)).collect();
    let found = Found::look_up(&words);
    let (role, sureness) = found.decide();
    NameGuess {
        role,
        sureness: if role == Role::Unknown { Sureness::Guess } else { sureness },
        side: words.iter().skip(1).rev().find_map(|word| side_of(word)),
        number: words.iter().skip(1).rev().find_map(|word| word.parse().ok()),
        matched: found.matched,
        rest: found.rest,
    }
}

/// The words of the table that a name holds.
#[derive(Default)]
struct Found {
    is: Vec<Role>,
    perhaps: Vec<Role>,
    hints: Vec<Hint>,
    matched: Vec<String>,
    rest: Vec<String>,
}

impl Found {
    fn look_up(words: &[String]) -> Self {
        let mut found = Self::default();
        let mut rest = words;
        while !rest.is_empty() {
            let longest = (1..=LONGEST_PHRASE.min(rest.len())).rev().find_map(|length| {
                let (phrase, after) = rest.split_at_checked(length)?;
                let phrase = phrase.join(" ");
                meaning(&phrase).map(|meaning| (phrase, meaning, after))
            });
            match longest {
                Some((phrase, meaning, after)) => {
                    match meaning {
                        Meaning::Is(role) => found.is.push(role),
                        Meaning::Perhaps(role) => found.perhaps.push(role),
                        Meaning::Says(hint) => found.hints.push(hint),
                        Meaning::Nothing => {}
                    }
                    let kept = if meaning == Meaning::Nothing { &mut found.rest } else { &mut found.matched };
                    kept.push(phrase);
                    rest = after;
                }
                None => {
                    let Some((word, after)) = rest.split_first() else { break };
                    found.rest.push(word.clone());
                    rest = after;
                }
            }
        }
        found
    }

    fn says(&self, hint: Hint) -> bool {
        self.hints.contains(&hint)
    }

    fn has(&self, role: Role) -> bool {
        self.is.contains(&role)
    }

    fn decide(&self) -> (Role, Sureness) {
        if let Some(decided) = self.voice() {
            return decided;
        }
        let instrument = self.instrument();
        if let Some((role, sureness)) = instrument {
            let drum = matches!(
                role,
                Role::Kick
                    | Role::Snare
                    | Role::Toms
                    | Role::Hihat
                    | Role::Cymbals
                    | Role::Percussion
                    | Role::Drums
                    | Role::Fx
            );
            let guide = self.says(Hint::Guide) || (self.says(Hint::Scratch) && !drum);
            return if guide { (Role::Scratch, Sureness::Likely) } else { (role, sureness) };
        }
        self.not_played()
    }

    /// A voice, and what the words around it make of it.
    fn voice(&self) -> Option<(Role, Sureness)> {
        let voices = [Role::LeadVocal, Role::BackingVocal, Role::VocalDouble, Role::Choir, Role::AdLib]
            .map(|role| self.has(role));
        let [voice, backing, double, choir, ad_lib] = voices;
        let other_instrument =
            self.instrument().is_some_and(|(role, _)| !matches!(role, Role::Fx | Role::Room));
        // `Choir Pad` is a pad, `Piano Voice` nobody knows; a voice beside an instrument is only believed when it is one
        // of the words that mean nothing else.
        if !voices.contains(&true) {
            let alone = !other_instrument && self.perhaps.is_empty() && !self.says(Hint::Synth);
            return match () {
                () if alone && self.says(Hint::Double) => Some((Role::VocalDouble, Sureness::Guess)),
                () if alone
                    && self.says(Hint::Backing)
                    && !self.has(Role::Mix)
                    && !self.has(Role::BackingTrack) =>
                {
                    Some((Role::BackingVocal, Sureness::Likely))
                }
                () => None,
            };
        }
        if choir && other_instrument {
            return None;
        }
        let sure = if other_instrument { Sureness::Likely } else { Sureness::Certain };
        Some(match () {
            () if self.says(Hint::Guide) || self.says(Hint::Scratch) => (Role::Scratch, Sureness::Likely),
            () if ad_lib => (Role::AdLib, sure),
            () if self.has(Role::Fx) || self.says(Hint::Fx) => (Role::Fx, Sureness::Likely),
            () if backing || self.says(Hint::Backing) => (Role::BackingVocal, sure),
            () if double || self.says(Hint::Double) => (Role::VocalDouble, sure),
            () if choir => (Role::Choir, sure),
            () if voice && self.says(Hint::Lead) => (Role::LeadVocal, sure),
            // `Vox` is the lead in most folders; its neighbours may say otherwise.
            () => (Role::LeadVocal, Sureness::Likely),
        })
    }

    fn instrument(&self) -> Option<(Role, Sureness)> {
        let guitar = self.perhaps.contains(&Role::ElectricGuitar);
        let acoustic = self.says(Hint::Acoustic) || self.perhaps.contains(&Role::AcousticGuitar);
        let named = |role: &Role| {
            self.is.contains(role)
                || match role {
                    Role::AcousticGuitar => guitar && acoustic,
                    Role::ElectricGuitar => guitar && !acoustic && !self.has(Role::AcousticGuitar),
                    Role::LeadSynth => self.says(Hint::Synth) && self.says(Hint::Lead),
                    _ => false,
                }
        };
        let mut candidates = PRECEDENCE.iter().copied().filter(named);
        if let Some(first) = candidates.next() {
            let told = guitar && first == Role::ElectricGuitar && !self.says(Hint::Electric);
            let several = candidates.next().is_some() || told;
            if first == Role::Drums && self.perhaps.contains(&Role::Loop) {
                return Some((Role::Loop, Sureness::Likely));
            }
            return Some((first, if several { Sureness::Likely } else { Sureness::Certain }));
        }
        if self.says(Hint::Synth) {
            return Some((Role::Keys, Sureness::Likely));
        }
        if self.perhaps.contains(&Role::AcousticGuitar) {
            return Some((Role::AcousticGuitar, Sureness::Likely));
        }
        if self.perhaps.contains(&Role::Percussion) {
            return Some((Role::Percussion, Sureness::Likely));
        }
        None
    }

    /// What is no instrument: clicks, mixes, guides, loops, beats, effects.
    fn not_played(&self) -> (Role, Sureness) {
        match () {
            () if self.has(Role::Click) => (Role::Click, Sureness::Certain),
            () if self.has(Role::Mix) => (Role::Mix, Sureness::Certain),
            () if self.says(Hint::Mix) => (Role::Mix, Sureness::Likely),
            () if self.says(Hint::Guide) => (Role::Scratch, Sureness::Likely),
            () if self.says(Hint::Scratch) => (Role::Scratch, Sureness::Guess),
            () if self.perhaps.contains(&Role::BackingTrack) => {
                // `Beat` alone is what a singer was sent; `Garage Beat` is somebody's drums.
                let alone =
                    self.rest.iter().all(|word| word.parse::<u32>().is_ok() || meaning(word).is_some());
                if alone { (Role::BackingTrack, Sureness::Likely) } else { (Role::Drums, Sureness::Likely) }
            }
            () if self.perhaps.contains(&Role::Loop) => (Role::Loop, Sureness::Likely),
            () if self.says(Hint::Fx) => (Role::Fx, Sureness::Likely),
            () => (Role::Unknown, Sureness::Guess),
        }
    }
}

/// A word that is words of the table written together; or the word itself. The last part may be a side: `ohl`.
fn taken_apart(word: &str) -> Vec<String> {
    if meaning(word).is_some() || word.parse::<u32>().is_ok() {
        return vec![word.to_owned()];
    }
    parts(word).unwrap_or_else(|| vec![word.to_owned()])
}

/// Only parts of three letters or more: shorter words are in every other word. A side may follow one of two.
fn parts(word: &str) -> Option<Vec<String>> {
    for at in (2..word.len()).rev() {
        let (Some(head), Some(tail)) = (word.get(..at), word.get(at..)) else { continue };
        let known = meaning(head).is_some_and(|meaning| head.len() > 2 || matches!(meaning, Meaning::Is(_)));
        if !known {
            continue;
        }
        if matches!(tail, "l" | "r") {
            return Some(vec![head.to_owned(), tail.to_owned()]);
        }
        if head.len() < 3 || tail.len() < 2 {
            continue;
        }
        if (tail.len() > 2 || matches!(tail, "in" | "di")) && meaning(tail).is_some() {
            return Some(vec![head.to_owned(), tail.to_owned()]);
        }
        if let Some(more) = parts(tail) {
            return Some(std::iter::once(head.to_owned()).chain(more).collect());
        }
    }
    None
}
