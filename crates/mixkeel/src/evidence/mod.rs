//! Gathers evidence: from a file, or from a session while it plays. Sound streams past; nothing of it is kept.

mod file;
mod kept;
mod taps;

use std::collections::BTreeMap;
use std::path::Path;

use mixkeel_engine::{Options, Player};
use mixkeel_io::read::Downmix;
use mixkeel_judge::evidence::{Evidence, Gathered, Strip};
use mixkeel_session::graph::Graph;
use mixkeel_session::resolve::{MediaFacts, resolve};
use mixkeel_session::session::Session;

pub use file::{of_file, of_file_in_sections};
pub(crate) use kept::{keep, known};
pub use taps::EvidenceTaps;
pub(crate) use taps::passes_as_it_is;

use crate::error::Error;
use crate::play::{Pick, Tap, engine_error, play};
use crate::project::session_file;
use crate::song::assets;
use crate::song::cache::Cache;
use crate::song::facts::facts;
use crate::song::media::Shelf;
use crate::watch::{Stage, Watch};

/// The evidence of whatever is given: a session or the folder of a mix is played, unless what it measures is kept; a file is
/// read.
///
/// # Errors
/// What cannot be read, or a request to stop.
pub fn of(path: &Path, cache: &Cache, watch: &dyn Watch) -> Result<Evidence, Error> {
    let is_session = path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("toml"));
    if is_session || path.is_dir() {
        return Ok(of_session_kept(path, cache, watch)?.0);
    }
    of_file(path, watch)
}

/// Plays a session as it stands and measures it, its tracks and its buses.
///
/// # Errors
/// A session or recording that cannot be read, or a request to stop.
pub fn of_session(path: &Path, watch: &dyn Watch) -> Result<(Evidence, Session), Error> {
    of_session_kept(path, &Cache::off(), watch)
}

/// The same, taken from what is kept of an earlier time where nothing has changed since.
///
/// # Errors
/// A session or recording that cannot be read, or a request to stop.
pub fn of_session_kept(path: &Path, cache: &Cache, watch: &dyn Watch) -> Result<(Evidence, Session), Error> {
    let opened = session_file::open(path)?;
    let session = opened.session;
    let shelf = Shelf { folder: opened.folder.clone(), rate_hz: session.rate_hz, downmix: Downmix::Fold };
    let media = facts(&session, &shelf)?;
    assets::check(&session, &shelf)?;
    Ok((kept::of_kept(&session, &shelf, &media, (&opened.path, cache), watch)?, session))
}

/// What of a session is to be measured.
#[derive(Clone, Copy)]
pub(crate) struct Wanted<'w> {
    /// What is left on these playback systems. `None` for all of them.
    pub systems: Option<&'w [&'w str]>,
    /// These strips only, and the sum: the others are known. Who covers whom cannot be told then.
    pub strips: Option<&'w [String]>,
    /// The faults that a recording may have too, which take the longest to look for.
    pub faults: bool,
}

impl<'w> Wanted<'w> {
    /// Everything.
    pub const ALL: Self = Self { systems: None, strips: None, faults: true };

    /// Every strip, and what is left on these playback systems.
    pub fn on(systems: &'w [&'w str]) -> Self {
        Self { systems: Some(systems), strips: None, faults: false }
    }

    /// Ready to hear it.
    pub fn gathering(self, whole: Pick, graph: &Graph, session: &Session) -> EvidenceTaps {
        let all = EvidenceTaps::new(whole, graph, session);
        match self.strips {
            Some(ids) => all.of_strips(ids),
            None => all,
        }
    }

    /// Lets it hear a render.
    pub fn taps<'g>(self, gathering: &'g mut EvidenceTaps) -> Vec<Box<dyn Tap + 'g>> {
        if self.faults { gathering.taps() } else { gathering.taps_of_a_render() }
    }

    /// What follows from what was read.
    pub fn evidence(self, gathered: Gathered) -> Evidence {
        match self.systems {
            Some(systems) => gathered.evidence_on(systems),
            None => gathered.evidence(),
        }
    }
}

/// What was read of some strips, with the others as they were read before, when they sounded the same.
pub(crate) fn read_with_the_rest(now: Gathered, before: &Gathered, measured: &[String]) -> Gathered {
    let others = before.strips.iter().filter(|(info, _)| !measured.contains(&info.id)).cloned();
    let mut strips: Vec<_> = now.strips.into_iter().chain(others).collect();
    strips.sort_by(|(one, _), (other, _)| one.id.cmp(&other.id));
    let others = before.given.iter().filter(|(id, _)| !measured.contains(id)).cloned();
    let given = now.given.into_iter().chain(others).collect();
    Gathered { strips, given, ..now }
}

/// Evidence of which only some strips were measured, with the others as they were before.
pub(crate) fn with_the_rest(now: Evidence, before: &Evidence, measured: &[String]) -> Evidence {
    let joined = |now: Vec<Strip>, before: &[Strip]| -> Vec<Strip> {
        let others = before.iter().filter(|strip| !measured.contains(&strip.id)).cloned();
        let mut all: Vec<Strip> = now.into_iter().chain(others).collect();
        all.sort_by(|a, b| a.id.cmp(&b.id));
        all
    };
    Evidence {
        tracks: joined(now.tracks, &before.tracks),
        buses: joined(now.buses, &before.buses),
        masking: None,
        ..now
    }
}

/// Plays a session of which the recordings are known, and measures what is wanted of it; `path` is only named.
pub(crate) fn of_played(
    session: &Session,
    (shelf, media): (&Shelf, &BTreeMap<String, MediaFacts>),
    path: &Path,
    wanted: Wanted<'_>,
    watch: &dyn Watch,
) -> Result<Evidence, Error> {
    let graph = resolve(session, media).map_err(|faults| session_file::faults_error(path, &faults))?;
    let taps = EvidenceTaps::NEEDS;
    let options = Options { while_heard: true, taps, ..Options::default() };
    let mut player = Player::new(&graph, shelf, &options).map_err(engine_error)?;
    let mut gathering = wanted.gathering(Pick::Mix, &graph, session);
    play(&mut player, &mut wanted.taps(&mut gathering), Stage::Listen, watch)?;
    Ok(wanted.evidence(gathering.finish(&graph, &session.sections)))
}
