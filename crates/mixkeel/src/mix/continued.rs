//! The next version of a mix: the session as it stands, with what a person changed by hand kept and locked, late files
//! added, and lost ones taken out.

use std::path::PathBuf;

use mixkeel_session::address::Address;
use mixkeel_session::difference::{Difference, differences};
use mixkeel_session::document::Document;
use mixkeel_session::edit::{Edit, Edits};
use mixkeel_session::session::{Session, Track};

use super::decided::Known;
use super::prepared::Prepared;
use super::{MixOptions, fresh};
use crate::error::{Error, ErrorKind};
use crate::project::folder::Folder;
use crate::project::session_file;

/// The session of the newest version, as it stands and as it was written.
pub struct Earlier {
    /// As it stands.
    pub session: Session,
    document: Document,
    written: Session,
    edits: Vec<Edit>,
    path: PathBuf,
}

/// Opens the session at the top of an output folder.
pub fn open(folder: &Folder) -> Result<Earlier, Error> {
    let path = folder.session();
    let opened = session_file::open(&path)
        .map_err(|error| error.hint("or decide everything again, without what stands there: --redo"))?;
    let written = session_file::open(&folder.as_written("session.toml"))?.session;
    let document = Document::open(&opened.text).map_err(|_| {
        Error::new(ErrorKind::Internal, "a session that was read could not be read again").at(&path)
    })?;
    Ok(Earlier { session: opened.session, document, written, edits: edits(folder)?, path })
}

/// The edits of the newest version, as they were written.
fn edits(folder: &Folder) -> Result<Vec<Edit>, Error> {
    let path = folder.as_written("edits.json");
    let unreadable = |why: String| {
        Error::new(ErrorKind::Unreadable, "can't read the edits of the last version")
            .at(&path)
            .because(why)
            .hint("put the file back from a backup, or decide everything again: --redo")
    };
    let bytes = std::fs::read(&path).map_err(|error| unreadable(error.to_string()))?;
    let edits: Edits = serde_json::from_slice(&bytes).map_err(|error| unreadable(error.to_string()))?;
    Ok(edits.edits)
}

/// Makes the session ready to be decided on again.
pub fn prepare(
    earlier: Earlier,
    known: &[Known],
    options: &MixOptions,
    rate_hz: u32,
    warnings: &mut Vec<String>,
) -> Result<Prepared, Error> {
    let Earlier { mut session, document, written, edits, path } = earlier;
    if !session.tracks.iter().any(|track| known.iter().any(|one| one.id == track.id)) {
        return Err(Error::new(ErrorKind::OutputExists, "the output folder holds the mix of another song")
            .at(&path)
            .because("none of the recordings in its session are in this song")
            .hint("write this song's mix somewhere else: -o \"Another Folder\"")
            .hint("or begin again in this folder: --redo"));
    }
    let by_hand = differences(&written, &session);
    by_hand.iter().for_each(|difference| lock(&mut session, difference, &written, &edits));
    for track in known {
        if session.tracks.iter().any(|one| one.id == track.id) {
            continue;
        }
        warnings.push(format!("{}: new since the last version, added", track.arrival.label));
        session.tracks.push(fresh::track(track));
    }
    // What the owner says now goes before what the file said.
    for track in known.iter().filter(|track| track.arrival.by_owner) {
        if let Some(one) = session.tracks.iter_mut().find(|one| one.id == track.id) {
            one.role = track.arrival.guess.role;
        }
    }
    take_out_lost(&mut session, known, warnings);
    if !options.focus.is_empty() || session.focus.is_empty() {
        session.focus = fresh::focus(&session, &options.focus)?;
    }
    if options.rate_hz.is_some() {
        session.rate_hz = rate_hz;
    }
    Ok(Prepared {
        notes: fresh::notes(known),
        on_paper: session.clone(),
        session,
        document: Some(document),
        by_hand,
        before: Some(written),
        earlier_edits: edits,
    })
}

/// A recording that is gone cannot be played; its track leaves, with all that points to it.
fn take_out_lost(session: &mut Session, known: &[Known], warnings: &mut Vec<String>) {
    let lost: Vec<Track> =
        session.tracks.extract_if(.., |track| !known.iter().any(|one| one.id == track.id)).collect();
    for track in lost {
        warnings.push(format!("{}: its recording is gone, so it left the session", track.name));
        session.focus.retain(|id| *id != track.id);
        let strips = session
            .tracks
            .iter_mut()
            .map(|one| &mut one.inserts)
            .chain(session.buses.iter_mut().map(|bus| &mut bus.strip.inserts))
            .chain(session.returns.iter_mut().map(|one| &mut one.strip.inserts))
            .chain(std::iter::once(&mut session.master.inserts));
        for insert in strips.flatten() {
            insert.keys.retain(|key| *key != track.id);
        }
    }
}

/// The rule that had put an insert, send or lane there.
fn made_by(address: &Address, written: &Session, edits: &[Edit]) -> Option<String> {
    let part = address.part.as_deref().filter(|_| address.parameter.is_none())?;
    let strip = written.strip(&address.strip)?;
    let insert = strip.inserts.iter().find(|insert| insert.id == part).and_then(|insert| insert.by.clone());
    let lane = || strip.lanes.iter().find(|lane| lane.id == part).and_then(|lane| lane.by.clone());
    let added = || edits.iter().rev().find(|edit| edit.address == *address).map(|edit| edit.by.clone());
    insert.or_else(lane).or_else(added).filter(|by| mixkeel_assist::rule(by).is_some())
}

/// Locks what was changed by hand, so that it is kept in every later version too. What was taken away cannot be locked; the
/// rule that had put it there has no say on its strip from then on.
fn lock(session: &mut Session, difference: &Difference, written: &Session, edits: &[Edit]) {
    match difference.to {
        Some(_) => session.lock(&difference.address),
        None => {
            if let Some(rule) = made_by(&difference.address, written, edits) {
                session.bar(&difference.address.strip, &rule);
            }
        }
    }
}
