//! What is solved on: a session, its recordings and what they measure.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use mixkeel_assist::roles::role_from_name;
use mixkeel_assist::rounds::parts::Part;
use mixkeel_assist::song::{Song, TrackFacts};
use mixkeel_assist::start::Start;
use mixkeel_io::read::Downmix;
use mixkeel_judge::evidence::{Evidence, Gathered};
use mixkeel_session::goal::{Beside, Meaning};
use mixkeel_session::resolve::MediaFacts;
use mixkeel_session::session::Session;

use super::rounds::Asked;
use crate::ear::gathered_of_parts;
use crate::error::Error;
use crate::evidence::{self, Wanted};
use crate::mix::bench::Bench;
use crate::project::{folder, session_file};
use crate::song::assets;
use crate::song::cache::Cache;
use crate::song::facts::facts;
use crate::song::measure::{Take, measure};
use crate::song::media::Shelf;
use crate::watch::Watch;

/// A session with all that is known of it.
pub(crate) struct Ground {
    pub path: PathBuf,
    pub session: Session,
    pub song: Song,
    pub shelf: Shelf,
    pub media: BTreeMap<String, MediaFacts>,
    /// Where the next version is written; none for a session that lies in no folder of ours.
    pub bench: Option<Bench>,
    cache: Cache,
}

impl Ground {
    /// Opens a session file, or the newest version in a folder of ours.
    pub fn open(path: &Path, cache: &Cache, watch: &dyn Watch) -> Result<Self, Error> {
        let opened = session_file::open(path)?;
        let top = opened.path.parent().unwrap_or(Path::new("."));
        let top = if top.as_os_str().is_empty() { Path::new(".") } else { top };
        if folder::holds_versions(top) {
            let bench = Bench::open(top, cache, watch)?;
            return Ok(Self {
                path: opened.path,
                session: bench.session.clone(),
                song: bench.song.clone(),
                shelf: Shelf { folder: bench.shelf.folder.clone(), ..bench.shelf },
                media: bench.media.clone(),
                bench: Some(bench),
                cache: cache.clone(),
            });
        }
        let session = opened.session;
        let shelf = Shelf { folder: opened.folder, rate_hz: session.rate_hz, downmix: Downmix::Fold };
        let media = facts(&session, &shelf)?;
        assets::check(&session, &shelf)?;
        let song = song_of(&session, &shelf, cache, watch)?;
        Ok(Self { path: opened.path, session, song, shelf, media, bench: None, cache: cache.clone() })
    }

    /// The session as it stands: as it was heard when it was written, or played now.
    pub fn stands(&self, systems: &[&str], watch: &dyn Watch) -> Result<Evidence, Error> {
        match evidence::known(&self.session, &self.shelf, &self.cache) {
            Some(evidence) => Ok(evidence),
            None => self.listen(&self.session, Wanted::on(systems), watch),
        }
    }

    /// Renders a session on these recordings, and measures what is wanted of it.
    pub fn listen(
        &self,
        session: &Session,
        wanted: Wanted<'_>,
        watch: &dyn Watch,
    ) -> Result<Evidence, Error> {
        evidence::of_played(session, (&self.shelf, &self.media), &self.path, wanted, watch)
    }

    /// What is read of some parts of it, as if they were all.
    pub fn listen_in_parts(
        &self,
        session: &Session,
        parts: &[Part],
        wanted: Wanted<'_>,
        watch: &dyn Watch,
    ) -> Result<Gathered, Error> {
        gathered_of_parts(session, (&self.shelf, &self.media), parts, wanted, watch)
    }

    /// The render of the version before the newest, where a goal compares with it and there is one.
    pub fn version_before(&self, asked: &[Asked], watch: &dyn Watch) -> Result<Option<Evidence>, Error> {
        let compares = |meaning: &Meaning| meaning.than == Some(Beside::Before);
        if asked.iter().any(|one| one.meaning.as_ref().is_ok_and(compares)) {
            return crate::goals::version_before(&self.path, &self.cache, watch);
        }
        Ok(None)
    }
}

/// What is known of the recordings of a session, track by track; of several clips the first one.
pub(crate) fn song_of(
    session: &Session,
    shelf: &Shelf,
    cache: &Cache,
    watch: &dyn Watch,
) -> Result<Song, Error> {
    let tracks: Vec<_> =
        session.tracks.iter().filter_map(|track| Some((track, track.clips.first()?))).collect();
    let takes: Vec<Take> = tracks
        .iter()
        .map(|(_, clip)| Take {
            left: shelf.path(&clip.file),
            right: clip.right.as_ref().map(|right| shelf.path(right)),
            claimed_frames: 0,
        })
        .collect();
    let measured = measure(&takes, shelf.downmix, cache, watch).map_err(Error::together)?;
    let facts = tracks
        .iter()
        .zip(measured)
        .map(|((track, clip), measured)| {
            let guess = role_from_name(&track.name);
            TrackFacts::new(&track.id, &track.name, &guess, clip.at_s, measured.profile)
        })
        .collect();
    Ok(Song::new(facts, Vec::new(), Start::Tracks))
}
