//! Who sounds when something is muted or soloed.

use std::collections::{BTreeMap, BTreeSet};

use crate::session::Session;
use crate::strip::{Strip, StripKind};

/// Who sounds.
///
/// Solo is solo in place: a soloed strip sounds with all that feeds it (soloing a bus solos its tracks), and so does
/// every bus on its way to the master. Returns are never silenced by somebody else's solo. Mute is stronger than solo.
pub(crate) struct Audible<'a> {
    muted: BTreeSet<&'a str>,
    /// What others' solos silence.
    passed_over: BTreeSet<&'a str>,
}

impl<'a> Audible<'a> {
    /// Works it out for a whole session.
    pub fn of(session: &'a Session) -> Self {
        let muted = session.strips().filter(|strip| strip.mute).map(|strip| strip.id).collect();
        let soloed: Vec<&str> = session.strips().filter(|strip| strip.solo).map(|strip| strip.id).collect();
        if soloed.is_empty() {
            return Self { muted, passed_over: BTreeSet::new() };
        }
        let mut feeds: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        let mut fed_by: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for strip in session.strips() {
            for to in destinations(&strip) {
                feeds.entry(strip.id).or_default().push(to);
                fed_by.entry(to).or_default().push(strip.id);
            }
        }
        let sources = reached(soloed, &fed_by);
        let heard = reached(sources.iter().copied().collect(), &feeds);
        let passed_over = session
            .strips()
            .filter(|strip| strip.kind != StripKind::Return && !heard.contains(strip.id))
            .map(|strip| strip.id)
            .collect();
        Self { muted, passed_over }
    }

    /// Whether anything leaves the fader of a strip.
    pub fn sounds(&self, id: &str) -> bool {
        !self.muted.contains(id) && !self.passed_over.contains(id)
    }

    /// Whether somebody else's solo silences a strip, and its pre-fader sends with it.
    pub fn silenced_by_solo(&self, id: &str) -> bool {
        self.passed_over.contains(id)
    }
}

fn destinations<'a>(strip: &Strip<'a>) -> impl Iterator<Item = &'a str> {
    std::iter::once(strip.to).chain(strip.sends.iter().map(|send| send.to.as_str()))
}

/// All that can be reached from some strips along the arrows, those strips included.
fn reached<'a>(from: Vec<&'a str>, arrows: &BTreeMap<&'a str, Vec<&'a str>>) -> BTreeSet<&'a str> {
    let mut reached = BTreeSet::new();
    let mut open = from;
    while let Some(id) = open.pop() {
        if reached.insert(id) {
            open.extend(arrows.get(id).into_iter().flatten());
        }
    }
    reached
}
