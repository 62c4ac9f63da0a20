//! The evidence of a version that was heard already: kept beside the profiles, so that asking what a goal measures, or solving
//! for it, does not play the whole song again.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use mixkeel_judge::evidence::Evidence;
use mixkeel_session::finish::Finish;
use mixkeel_session::resolve::MediaFacts;
use mixkeel_session::session::Session;
use mixkeel_session::write::write;

use super::{Wanted, of_played};
use crate::error::Error;
use crate::song::cache::{Cache, Key};
use crate::song::media::Shelf;
use crate::watch::Watch;

/// The evidence of a session, kept or played.
pub(crate) fn of_kept(
    session: &Session,
    shelf: &Shelf,
    media: &BTreeMap<String, MediaFacts>,
    (path, cache): (&Path, &Cache),
    watch: &dyn Watch,
) -> Result<Evidence, Error> {
    if let Some(evidence) = known(session, shelf, cache) {
        return Ok(evidence);
    }
    let evidence = of_played(session, (shelf, media), path, Wanted::ALL, watch)?;
    keep(session, shelf, cache, &evidence);
    Ok(evidence)
}

/// Raised whenever the same session measures otherwise than before. 2: tracks are heard through their buses. 3: in mono
/// too. 4: a tail ends at the same frame with any headroom.
const VERSION: u32 = 4;

/// The evidence that is kept of a session, if it is.
pub(crate) fn known(session: &Session, shelf: &Shelf, cache: &Cache) -> Option<Evidence> {
    cache.evidence(&key(session, shelf, cache)?)
}

/// Keeps the evidence of a session that was heard whole, on every playback system.
pub(crate) fn keep(session: &Session, shelf: &Shelf, cache: &Cache, evidence: &Evidence) {
    if let Some(key) = key(session, shelf, cache) {
        cache.keep_evidence(&key, evidence);
    }
}

/// What a session sounds like follows from what it says, but for wishes and locks, and from its recordings.
fn key(session: &Session, shelf: &Shelf, cache: &Cache) -> Option<Key> {
    let mut said =
        Session { goals: Vec::new(), references: Vec::new(), finish: Finish::default(), ..session.clone() };
    said.tracks.iter_mut().for_each(|track| track.lock.clear());
    said.buses.iter_mut().for_each(|bus| bus.strip.lock.clear());
    said.returns.iter_mut().for_each(|one| one.strip.lock.clear());
    let clips = session.tracks.iter().flat_map(|track| &track.clips);
    let clips = clips.flat_map(|clip| std::iter::once(&clip.file).chain(&clip.right));
    let inserts = session.strips().flat_map(|strip| strip.inserts).chain(&session.master.inserts);
    let assets = inserts.flat_map(|insert| &insert.assets).map(|asset| &asset.file);
    let files: Vec<PathBuf> = clips.chain(assets).map(|file| shelf.path(file)).collect();
    cache.key_of(&format!("{VERSION} {}", write(&said)), &files)
}
