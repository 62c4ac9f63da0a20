//! What differs between two sessions: what a person changed by hand, and what a new version brought.

use std::collections::BTreeSet;

use mixkeel_dsp::param::Value;

use crate::address::Address;
use crate::session::Session;

/// One difference. A thing that is there in only one of the two sessions (a track, a bus, an insert …) is one
/// difference, with the word for it as the value; what belongs to it is not listed.
#[derive(Clone, Debug, PartialEq)]
pub struct Difference {
    /// Where.
    pub address: Address,
    /// What stood there before; nothing when it is new.
    pub from: Option<Value>,
    /// What stands there now; nothing when it is gone.
    pub to: Option<Value>,
}

/// Everything that differs, in the order of addresses. Order and comments in the file, reasons and locks are no
/// difference: they change nothing that is heard.
pub fn differences(before: &Session, after: &Session) -> Vec<Difference> {
    let (old, new) = (things(before), things(after));
    let word = |what: &str| Some(Value::Word(what.to_owned()));
    let mut found = Vec::new();
    let mut one_sided = BTreeSet::new();
    for (address, what) in old.symmetric_difference(&new) {
        one_sided.insert(address.clone());
        let part_of_one_sided = address.part.is_some() && one_sided.contains(&Address::strip(&address.strip));
        if !part_of_one_sided {
            let is_new = new.contains(&(address.clone(), what));
            let (from, to) = if is_new { (None, word(what)) } else { (word(what), None) };
            found.push(Difference { address: address.clone(), from, to });
        }
    }
    let parameters: BTreeSet<Address> = before.parameters().into_iter().chain(after.parameters()).collect();
    for address in parameters {
        let whole = |part: Option<String>| Address { part, parameter: None, ..address.clone() };
        if one_sided.contains(&whole(None)) || one_sided.contains(&whole(address.part.clone())) {
            continue;
        }
        let (from, to) = (before.get(&address), after.get(&address));
        if from != to {
            found.push(Difference { address, from, to });
        }
    }
    found.sort_by(|a, b| a.address.cmp(&b.address));
    found
}

/// Every strip and part with the word for it. A clip is known by its number.
fn things(session: &Session) -> BTreeSet<(Address, &'static str)> {
    let mut things = BTreeSet::new();
    for section in &session.sections {
        things.insert((Address::part("song", &section.id), "section"));
    }
    for goal in &session.goals {
        things.insert((Address::part("song", &goal.id), "goal"));
    }
    for reference in &session.references {
        things.insert((Address::part("song", &reference.id), "reference"));
    }
    for insert in &session.master.inserts {
        things.insert((Address::part("master", &insert.id), "insert"));
    }
    for strip in session.strips() {
        things.insert((Address::strip(strip.id), strip.kind.word()));
        let part = |id: &str| Address::part(strip.id, id);
        things.extend(strip.inserts.iter().map(|insert| (part(&insert.id), "insert")));
        things.extend(strip.sends.iter().map(|send| (part(&send.id), "send")));
        things.extend(strip.lanes.iter().map(|lane| (part(&lane.id), "lane")));
    }
    for track in &session.tracks {
        for n in 1..=track.clips.len() {
            things.insert((Address::part(&track.id, &format!("clip.{n}")), "clip"));
        }
    }
    things
}
