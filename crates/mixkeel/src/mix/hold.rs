//! What goals and notes have set is held while rules decide again: locked for that long, without a note of it in the file.

use mixkeel_session::address::Address;
use mixkeel_session::edit::{Content, Edit};
use mixkeel_session::fields::{FADER_DB, TRIM_DB};
use mixkeel_session::session::Session;

use crate::revise::BY_NOTES;
use crate::solve::BY_GOALS;

/// Locks every value that an edit of a goal or a note set and that still stands; what was locked. A level means something
/// only beside the others: where one is held, so are those of all tracks of the version before.
pub(super) fn hold(session: &mut Session, edits: &[Edit], before: Option<&Session>) -> Vec<Address> {
    let mut held: Vec<Address> = set_by_wish(edits, session)
        .filter(|edit| !session.is_locked(&edit.address))
        .map(|edit| edit.address.clone())
        .collect();
    if holds_levels(edits, session) {
        let tracks = before.into_iter().flat_map(|before| &before.tracks);
        let levels =
            tracks.flat_map(|track| [&FADER_DB, &TRIM_DB].map(|spec| Address::of(&track.id, spec.id)));
        held.extend(levels.filter(|level| !session.is_locked(level)));
        held.sort();
        held.dedup();
    }
    for address in &held {
        if let Some(locks) = locks(session, &address.strip) {
            locks.push(address.within_strip());
        }
    }
    held
}

/// Whether a goal or a note has set a level that still stands: all levels stay then.
pub(super) fn holds_levels(edits: &[Edit], session: &Session) -> bool {
    set_by_wish(edits, session).any(|edit| edit.address.parameter.as_deref() == Some(FADER_DB.id))
}

/// What goals and notes have set and that still stands.
fn set_by_wish<'e>(edits: &'e [Edit], session: &'e Session) -> impl Iterator<Item = &'e Edit> {
    edits
        .iter()
        .filter(|edit| edit.by == BY_GOALS || edit.by == BY_NOTES)
        // Headroom is measured anew for every version.
        .filter(|edit| matches!(edit.to, Some(Content::Value(_))) && edit.address.strip != "master")
        .filter(|edit| edit.stands_in(session))
}

/// Takes those locks off.
pub(super) fn let_go(session: &mut Session, held: &[Address]) {
    for address in held {
        if let Some(locks) = locks(session, &address.strip) {
            let within = address.within_strip();
            locks.retain(|lock| *lock != within);
        }
    }
}

fn locks<'s>(session: &'s mut Session, strip: &str) -> Option<&'s mut Vec<String>> {
    let tracks = session.tracks.iter_mut().filter(|track| track.id == strip).map(|track| &mut track.lock);
    let buses = session.buses.iter_mut().filter(|bus| bus.id == strip).map(|bus| &mut bus.strip.lock);
    let returns = session.returns.iter_mut().filter(|one| one.id == strip).map(|one| &mut one.strip.lock);
    tracks.chain(buses).chain(returns).next()
}
