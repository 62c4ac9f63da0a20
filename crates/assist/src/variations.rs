//! Mixes of one song that differ on purpose, since many are right.

use mixkeel_session::apply::apply;
use mixkeel_session::edit::Edit;
use mixkeel_session::session::Session;

use crate::rule::Rule;
use crate::rules::variation::{focus::Focus, space::Space, width::Width};
use crate::song::Song;

/// One way in which a mix may differ.
#[derive(Clone, Copy, Debug)]
pub struct Variation {
    /// The word for it, which ends the name of its folder.
    pub name: &'static str,
    /// How it differs, in words.
    pub says: &'static str,
    rule: &'static dyn Rule,
}

/// All of them, those first that people ask for first. Steps: ours, each well over what is just heard and within what engineers
/// differ by.
pub static VARIATIONS: [Variation; 6] = [
    variation("drier", "all reverberation 4 dB down", &Space { by_db: -4.0 }),
    variation("voice-up", "what the song is about 1.5 dB up", &Focus { by_db: 1.5 }),
    variation("wider", "places 1.3 times as far from the middle", &Width { factor: 1.3 }),
    variation("voice-down", "what the song is about 1.5 dB down", &Focus { by_db: -1.5 }),
    variation("wetter", "all reverberation 3 dB up", &Space { by_db: 3.0 }),
    variation("narrower", "places half as far from the middle", &Width { factor: 0.5 }),
];

const fn variation(name: &'static str, says: &'static str, rule: &'static dyn Rule) -> Variation {
    Variation { name, says, rule }
}

/// The rules that make them, one of each.
pub(crate) fn rules() -> impl Iterator<Item = &'static dyn Rule> {
    VARIATIONS.iter().take(3).map(|variation| variation.rule)
}

impl Variation {
    /// The session that differs so, with what was changed. What was changed is locked, so that later versions keep it. Nothing
    /// where it would not differ.
    pub fn of(&self, song: &Song, session: &Session) -> Option<(Session, Vec<Edit>)> {
        let mut varied = session.clone();
        let mut edits = self.rule.propose(song, session);
        edits.retain(|edit| apply(&mut varied, edit).is_ok());
        for edit in &edits {
            varied.lock(&edit.address);
        }
        (!edits.is_empty()).then_some((varied, edits))
    }
}
