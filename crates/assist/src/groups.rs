//! Tracks that are one instrument, or one part: found by what names and measured relations say together.
//!
//! A group is a fact, not a decision: rules read it to level, place and equalise its members as one. A track may be in
//! several: a microphone in the kick is in its pair and in the kit.
//!
//! 1. **Microphones** on one source: tracks of one drum that the names tell apart by microphone words (`in`, `out`, `top`,
//!    `btm`), or that were measured to hear the same source.
//! 2. **Kit**: everything of one drum kit, where at least two of its parts are there.
//! 3. **Direct and amplifier**: one part with `DI` in one name and an amplifier's word in the other, or so measured.
//! 4. **Sides**: left and right that are two tracks.
//! 5. **Doubles**: one part played or sung twice.
//! 6. **Stack**: backing vocals, where there are at least two.

use mixkeel_session::role::Role;
use mixkeel_session::session::Id;

use crate::pairs::stereo_pairs;
use crate::related::{Related, Relation};
use crate::roles::split;
use crate::song::TrackFacts;

/// Tracks that belong together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    /// How they belong together.
    pub kind: GroupKind,
    /// Who: at least two, in the order of ids.
    pub tracks: Vec<Id>,
    /// What says so, in words.
    pub because: String,
}

/// How tracks belong together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum GroupKind {
    /// Microphones on one source: two on a kick, over and under a snare.
    Microphones,
    /// All of one drum kit.
    Kit,
    /// One instrument recorded directly and through an amplifier.
    DirectAndAmplifier,
    /// Left and right of one recording, or of one part played for both sides.
    Sides,
    /// One part played or sung twice.
    Doubles,
    /// Backing vocals.
    Stack,
}

/// Words that tell microphones on one source apart.
const MICROPHONES: [&str; 17] = [
    "in", "out", "inside", "outside", "top", "btm", "bot", "bottom", "up", "under", "over", "close", "far",
    "sub", "near", "front", "back",
];

/// Words for a signal that was taken before the amplifier, and for one after it.
const DIRECT: [&str; 5] = ["di", "direct", "line", "dibox", "clean"];
/// See [`DIRECT`].
const AMPLIFIER: [&str; 7] = ["amp", "amplifier", "cab", "cabinet", "mic", "miked", "speaker"];

/// Words for a second take of the same part.
const DOUBLE: [&str; 11] =
    ["dbl", "dbls", "dub", "double", "doubles", "doubled", "dopp", "doppel", "doublure", "doble", "dt"];

impl TrackFacts {
    /// The words of its name.
    fn words(&self) -> Vec<String> {
        split::words(&self.name)
    }
}

/// All groups of a song, by kind and then in the order of ids.
pub fn groups(tracks: &[TrackFacts], related: &[Related]) -> Vec<Group> {
    let mut tracks: Vec<&TrackFacts> = tracks.iter().collect();
    tracks.sort_by(|a, b| a.id.cmp(&b.id));
    let mut found = Vec::new();
    for (at, one) in tracks.iter().enumerate() {
        for other in tracks.iter().skip(at + 1) {
            let measured = related.iter().find(|pair| pair.is(&one.id, &other.id));
            found.extend(pair(one, other, measured));
        }
    }
    let mut groups = joined(found);
    groups.extend(sides(&tracks));
    groups.extend(all_of(&tracks, GroupKind::Kit, &Role::KIT, "their roles are parts of one drum kit"));
    let voices = [Role::BackingVocal, Role::Choir];
    groups.extend(all_of(&tracks, GroupKind::Stack, &voices, "their roles are backing vocals"));
    groups.sort_by(|a, b| (a.kind, &a.tracks).cmp(&(b.kind, &b.tracks)));
    groups
}

/// What two tracks are to each other.
fn pair(one: &TrackFacts, other: &TrackFacts, measured: Option<&Related>) -> Option<Group> {
    let group = |kind: GroupKind, because: String| {
        let tracks = vec![one.id.clone(), other.id.clone()];
        Some(Group { kind, tracks, because })
    };
    let (a, b) = (one.words(), other.words());
    let alike = one.role == other.role && one.role != Role::Unknown;
    let by_sound = measured.and_then(|pair| pair.relation);
    if alike || one.role == Role::Unknown || other.role == Role::Unknown {
        if alike && named_together(&one.name, &other.name) {
            return group(
                GroupKind::DirectAndAmplifier,
                "one name says direct, the other amplifier".to_owned(),
            );
        }
        if let Some(Relation::DirectAndAmplifier { .. }) = by_sound {
            return group(
                GroupKind::DirectAndAmplifier,
                "both carry the same playing, and one of them is squeezed as an amplifier does".to_owned(),
            );
        }
    }
    let one_drum = alike && matches!(one.role, Role::Kick | Role::Snare);
    if one_drum && (says_microphone(&a) || says_microphone(&b)) {
        return group(
            GroupKind::Microphones,
            format!("both names say {}, and from where it was heard", one.role),
        );
    }
    if let Some(Relation::SameSource { .. }) = by_sound
        && (alike || one.role == Role::Unknown || other.role == Role::Unknown)
        && !matches!(one.role, Role::Overheads | Role::Room)
    {
        return group(GroupKind::Microphones, "both hear the same source".to_owned());
    }
    let double = |words: &[String]| words.iter().any(|word| DOUBLE.contains(&word.as_str()));
    if double(&a) != double(&b) && without(&a, &[&DOUBLE]) == without(&b, &[&DOUBLE]) {
        return group(GroupKind::Doubles, "the names differ only by the word for a double".to_owned());
    }
    if alike && by_sound == Some(Relation::Double) {
        return group(GroupKind::Doubles, "they play the same part, not the same take".to_owned());
    }
    None
}

/// Whether two names say that their tracks carry one playing: direct and amplifier.
pub(crate) fn named_together(one: &str, other: &str) -> bool {
    let (a, b) = (split::words(one), split::words(other));
    let says = |words: &[String], list: &[&str]| words.iter().any(|word| list.contains(&word.as_str()));
    let amplified =
        (says(&a, &DIRECT) && says(&b, &AMPLIFIER)) || (says(&b, &DIRECT) && says(&a, &AMPLIFIER));
    amplified && without(&a, &[&DIRECT, &AMPLIFIER]) == without(&b, &[&DIRECT, &AMPLIFIER])
}

fn says_microphone(words: &[String]) -> bool {
    words.iter().any(|word| MICROPHONES.contains(&word.as_str()))
}

/// The words but for those of some lists, and but for numbers: models of microphones, and of tracks.
fn without(words: &[String], lists: &[&[&str]]) -> Vec<String> {
    let kept = words.iter().filter(|word| {
        word.parse::<u32>().is_err() && !lists.iter().any(|list| list.contains(&word.as_str()))
    });
    kept.cloned().collect()
}

/// Pairs of one kind that share a member are one group.
fn joined(pairs: Vec<Group>) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    for mut new in pairs {
        let touches =
            |group: &Group| group.kind == new.kind && group.tracks.iter().any(|id| new.tracks.contains(id));
        let (touched, apart): (Vec<Group>, Vec<Group>) = groups.into_iter().partition(touches);
        groups = apart;
        for group in touched {
            if !new.because.contains(&group.because) {
                new.because = format!("{}; {}", group.because, new.because);
            }
            new.tracks.extend(group.tracks);
        }
        new.tracks.sort();
        new.tracks.dedup();
        groups.push(new);
    }
    groups
}

/// Left and right tracks whose names are the same otherwise.
fn sides(tracks: &[&TrackFacts]) -> Vec<Group> {
    let names: Vec<&str> = tracks.iter().map(|track| track.name.as_str()).collect();
    let pairs = stereo_pairs(&names).into_iter().filter_map(|(left, right)| {
        let mut ids = vec![tracks.get(left)?.id.clone(), tracks.get(right)?.id.clone()];
        ids.sort();
        let because = "the names differ only by the word for a side".to_owned();
        Some(Group { kind: GroupKind::Sides, tracks: ids, because })
    });
    pairs.collect()
}

/// All tracks of some roles, where there are at least two.
fn all_of(tracks: &[&TrackFacts], kind: GroupKind, roles: &[Role], because: &str) -> Option<Group> {
    let members: Vec<Id> =
        tracks.iter().filter(|track| roles.contains(&track.role)).map(|track| track.id.clone()).collect();
    (members.len() > 1).then(|| Group { kind, tracks: members, because: because.to_owned() })
}
