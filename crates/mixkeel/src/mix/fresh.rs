//! A first session: every track at unity, in console order, with its role; nothing decided yet.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use mixkeel_assist::song::TrackFacts;
use mixkeel_session::address::Address;
use mixkeel_session::edit::Sureness;
use mixkeel_session::id::unique;
use mixkeel_session::role::Role;
use mixkeel_session::session::{Clip, Id, Session, Track};

use super::MixOptions;
use super::decided::Known;
use super::prepared::Prepared;
use crate::error::{Error, ErrorKind};
use crate::project::paths::relative;
use crate::song::arrive::Arrival;
use crate::song::measure::Measured;

/// Gives every track its id and its paths. A track that an earlier session has keeps the id it has there.
pub fn known(
    out: &Path,
    tracks: Vec<Arrival>,
    measured: Vec<Measured>,
    earlier: Option<&Session>,
) -> Vec<Known> {
    let mut taken: BTreeSet<String> = BTreeSet::new();
    if let Some(session) = earlier {
        taken.extend(session.strips().map(|strip| strip.id.to_owned()));
    }
    let mut known = Vec::with_capacity(tracks.len());
    for (arrival, measured) in tracks.into_iter().zip(measured) {
        let files: Vec<String> =
            std::iter::once(&arrival.left).chain(&arrival.right).map(|path| relative(out, path)).collect();
        let kept = earlier.and_then(|session| {
            let same = |track: &&Track| track.clips.iter().any(|clip| Some(&clip.file) == files.first());
            session.tracks.iter().find(same).map(|track| track.id.clone())
        });
        let id = kept.unwrap_or_else(|| unique(&arrival.name, |id| taken.contains(id)));
        taken.insert(id.clone());
        known.push(Known { id, files, arrival, measured });
    }
    known
}

/// A session with all tracks in it.
pub fn prepare(title: &str, known: &[Known], options: &MixOptions, rate_hz: u32) -> Result<Prepared, Error> {
    let mut tracks: Vec<Track> = known.iter().map(track).collect();
    tracks.sort_by_key(console_order);
    let mut session = Session::at_unity(title, rate_hz, tracks);
    session.focus = focus(&session, &options.focus)?;
    Ok(Prepared {
        notes: notes(known),
        on_paper: session.clone(),
        session,
        document: None,
        by_hand: Vec::new(),
        before: None,
        earlier_edits: Vec::new(),
    })
}

/// A strip at unity for a track.
pub fn track(known: &Known) -> Track {
    Track {
        clips: vec![Clip {
            file: known.files.first().cloned().unwrap_or_default(),
            right: known.files.get(1).cloned(),
            at_s: known.arrival.at_s,
        }],
        role: relied_on(known),
        ..Track::at_unity(&known.id, &known.arrival.name)
    }
}

/// Drums first, voices last, unknown at the end; within a role by name.
pub fn console_order(track: &Track) -> (Role, String, Id) {
    (track.role, track.name.to_lowercase(), track.id.clone())
}

/// What the song is about as far as the owner says it.
pub fn focus(session: &Session, asked: &[String]) -> Result<Vec<Id>, Error> {
    let mut focus = Vec::new();
    for name in asked {
        let wanted = name.to_lowercase();
        let role = Role::from_word(&wanted);
        let before = focus.len();
        for track in &session.tracks {
            let meant = track.id == wanted || track.name.to_lowercase() == wanted || Some(track.role) == role;
            if meant && !focus.contains(&track.id) {
                focus.push(track.id.clone());
            }
        }
        if focus.len() == before {
            let ids: Vec<&str> = session.tracks.iter().map(|track| track.id.as_str()).collect();
            return Err(Error::new(
                ErrorKind::Usage,
                format!("--focus names \"{name}\", and there is no such track"),
            )
            .because(format!("tracks are: {}", ids.join(", ")))
            .hint("give a track by id or name, or a role such as lead-vocal"));
        }
    }
    Ok(focus)
}

/// Words that stand beside values in the file: what a role rests on.
pub fn notes(known: &[Known]) -> BTreeMap<Address, String> {
    known.iter().map(|track| (Address::of(&track.id, "role"), track.arrival.because())).collect()
}

/// What rules may know about every track of a session.
pub fn track_facts(known: &[Known], session: &Session) -> Vec<TrackFacts> {
    known
        .iter()
        .map(|track| {
            let at_s = session
                .tracks
                .iter()
                .find(|one| one.id == track.id)
                .and_then(|one| one.clips.first())
                .map_or(track.arrival.at_s, |clip| clip.at_s);
            let profile = track.measured.profile.clone();
            TrackFacts::new(&track.id, &track.arrival.name, &track.arrival.guess, at_s, profile)
        })
        .collect()
}

/// The role that goes into the session: guesses are named in the report and not acted on.
fn relied_on(known: &Known) -> Role {
    if known.arrival.guess.sureness > Sureness::Guess { known.arrival.guess.role } else { Role::Unknown }
}
