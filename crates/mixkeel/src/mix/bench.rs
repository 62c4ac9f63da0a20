//! The newest version of a mix on the bench: its recordings measured, its session ready to be changed by something other than
//! the rules (goals, notes, an undoing), and the next version written from that.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Instant;

use mixkeel_assist::decide::Decision;
use mixkeel_assist::song::Song;
use mixkeel_assist::start::Start;
use mixkeel_session::document::Document;
use mixkeel_session::edit::Edit;
use mixkeel_session::resolve::MediaFacts;
use mixkeel_session::session::Session;

use super::decided::{Decided, Known, facts, reading_warnings};
use super::gather::{gather, song_and_out};
use super::prepared::Prepared;
use super::{MixOptions, MixOutcome, continued, fresh, summary, write};
use crate::error::Error;
use crate::project::folder::Folder;
use crate::rounds::Corrected;
use crate::song::cache::Cache;
use crate::song::media::Shelf;
use crate::song::settle::settle_roles;
use crate::watch::Watch;

/// A version on the bench.
pub struct Bench {
    /// Where its versions lie.
    pub folder: Folder,
    /// The session as it stands; what was changed by hand since the last version is locked.
    pub session: Session,
    /// Its recordings.
    pub song: Song,
    /// Where they lie.
    pub shelf: Shelf,
    /// What they are.
    pub media: BTreeMap<String, MediaFacts>,
    started: Instant,
    options: MixOptions,
    known: Vec<Known>,
    prepared: Prepared,
    left_out: Vec<(PathBuf, &'static str)>,
    warnings: Vec<String>,
}

impl Bench {
    /// Puts the newest version in an output folder of ours on the bench.
    pub fn open(path: &Path, cache: &Cache, watch: &dyn Watch) -> Result<Self, Error> {
        let started = Instant::now();
        let (song, out) = song_and_out(path, None)?;
        let folder = Folder::open(&out)?;
        let options =
            MixOptions { stems: out.join("stems").is_dir(), cache: cache.clone(), ..MixOptions::default() };
        let gathered = gather(&song, &options, watch)?;
        let mut tracks = gathered.arrivals.tracks;
        let mut warnings = gathered.arrivals.warnings;
        warnings.extend(settle_roles(&mut tracks, &gathered.measured));
        let earlier = continued::open(&folder)?;
        let rate_hz = earlier.session.rate_hz;
        let known = fresh::known(&out, tracks, gathered.measured, Some(&earlier.session));
        warnings.extend(known.iter().flat_map(reading_warnings));
        let media = facts(&known, rate_hz);
        let prepared = continued::prepare(earlier, &known, &options, rate_hz, &mut warnings)?;
        let song = Song::new(fresh::track_facts(&known, &prepared.session), Vec::new(), Start::Tracks);
        Ok(Self {
            shelf: Shelf { folder: out, rate_hz, downmix: gathered.downmix },
            session: prepared.session.clone(),
            folder,
            song,
            media,
            started,
            options,
            known,
            prepared,
            left_out: gathered.left_out,
            warnings,
        })
    }

    /// Writes the next version.
    pub fn write(self, next: Next, watch: &dyn Watch) -> Result<MixOutcome, Error> {
        let Self {
            folder,
            song,
            shelf,
            media,
            started,
            options,
            known,
            mut prepared,
            left_out,
            warnings,
            ..
        } = self;
        prepared.session = next.session;
        prepared.on_paper = prepared.session.clone();
        let rounds = Corrected::nothing(&prepared.session);
        if let Some(earlier) = next.text {
            prepared.document = Some(earlier);
            prepared.by_hand.clear();
            prepared.earlier_edits.clear();
        }
        let edits = prepared.edits(&next.edits);
        let decision = Decision {
            session: prepared.session.clone(),
            edits: next.edits,
            proposed: Vec::new(),
            start: Start::Tracks,
            start_because: next.because,
        };
        let decided = Decided {
            known,
            left_out,
            warnings,
            prepared,
            decision,
            song,
            rounds,
            printed: None,
            shelf,
            media,
        };
        let version = write::Version {
            started,
            options: &options,
            decided: &decided,
            printed: None,
            warnings: decided.warnings.clone(),
            edits,
            folder: &folder,
            differs: None,
        };
        let (report, folder) = version.write(folder.begin()?, watch)?;
        let told = summary::summary(&report, folder.path(), &[], &[]);
        Ok(MixOutcome { report, out: folder.path().to_path_buf(), told })
    }
}

/// What the next version is.
pub struct Next {
    /// Its session.
    pub session: Session,
    /// The text that it is written into, where that is not the one that stands.
    pub text: Option<Document>,
    /// What was changed; of a version that goes back, all that made it.
    pub edits: Vec<Edit>,
    /// Why there is another version, in a sentence.
    pub because: String,
}
