//! Which tracks are equalised alike: two microphones on one sound that are not, cancel where their filters turn the phase.

use crate::groups::GroupKind;
use crate::song::{Known, Song};

/// The tracks by the sounds that they are: microphones on one source, direct and amplifier, left and right together, all
/// others alone. In the order of the first of each.
pub fn together<'a>(song: &Song, tracks: &[Known<'a>]) -> Vec<Vec<Known<'a>>> {
    let one_sound = |kind: GroupKind| {
        matches!(kind, GroupKind::Microphones | GroupKind::DirectAndAmplifier | GroupKind::Sides)
    };
    let mut groups: Vec<Vec<Known<'a>>> = Vec::new();
    for known in tracks {
        let joins = |other: &Known| {
            song.groups.iter().any(|group| {
                one_sound(group.kind)
                    && group.tracks.contains(&known.track.id)
                    && group.tracks.contains(&other.track.id)
            })
        };
        match groups.iter_mut().find(|group| group.iter().any(joins)) {
            Some(group) => group.push(*known),
            None => groups.push(vec![*known]),
        }
    }
    groups
}
