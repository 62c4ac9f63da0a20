//! The whole way: a folder of tracks becomes a mix, its stems, a session with reasons, and a copy to listen to.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Instant;

use mixkeel_assist::decide::{Decision, decide};
use mixkeel_assist::song::Song;
pub use mixkeel_assist::start::Start;
use mixkeel_io::read::Downmix;
use mixkeel_io::write::Bits;
use mixkeel_session::edit::{Content, Edit};
use mixkeel_session::resolve::MediaFacts;

use crate::ear::Ear;
use crate::error::Error;
use crate::project::folder::Folder;
use crate::project::paths::{default_out, song_name};
use crate::report::Report;
use crate::song::arrive::{Arrival, Arrivals, arrive};
use crate::song::assets;
use crate::song::cache::Cache;
use crate::song::measure::{Measured, Take, measure};
use crate::song::media::Shelf;
use crate::song::scan::scan;
use crate::watch::{Event, Stage, Watch};

mod continued;
mod fresh;
mod listen;
mod summary;
mod write;

/// How to mix.
#[derive(Clone, Debug, PartialEq)]
pub struct MixOptions {
    /// Where to; `SONG-mix` in the current folder when not said.
    pub out: Option<PathBuf>,
    /// Which levels the balance starts from.
    pub start: Start,
    /// Decide everything again, also what was changed by hand since the last version.
    pub redo: bool,
    /// The owner's words on what tracks are: file and role.
    pub roles: Vec<(String, String)>,
    /// What the song is about: tracks by id, name or role.
    pub focus: Vec<String>,
    /// Another rate than the one most tracks have.
    pub rate_hz: Option<u32>,
    /// Word length of mix and stems.
    pub bits: Bits,
    /// Whether stems are written.
    pub stems: bool,
    /// Whether recordings of more than two channels are folded to two.
    pub downmix: bool,
    /// Where profiles of recordings are kept for the next time; nowhere when not said.
    pub cache: Cache,
}

impl Default for MixOptions {
    fn default() -> Self {
        Self {
            out: None,
            start: Start::Auto,
            redo: false,
            roles: Vec::new(),
            focus: Vec::new(),
            rate_hz: None,
            bits: Bits::F32,
            stems: true,
            downmix: false,
            cache: Cache::off(),
        }
    }
}

/// What came of it.
#[derive(Clone, Debug, PartialEq)]
pub struct MixOutcome {
    /// What was found, decided and measured; also `report.json`.
    pub report: Report,
    /// The output folder.
    pub out: PathBuf,
    pub(crate) told: Vec<String>,
}

impl MixOutcome {
    /// What to tell the user: at most 14 lines, the file to play first.
    pub fn summary(&self) -> Vec<String> {
        self.told.clone()
    }
}

/// A track that arrived, with what was measured and where it stands in the session.
struct Known {
    id: String,
    /// Paths from the output folder, as they stand in the session.
    files: Vec<String>,
    arrival: Arrival,
    measured: Measured,
}

/// Mixes a song. What a person changed by hand in an earlier mix of it stays.
///
/// # Errors
/// A folder without sound, recordings that cannot be read, roles or tracks that do not exist, an output folder that is
/// not ours, a session with mistakes, no room, or a request to stop. Whatever happens, earlier versions stay whole, and
/// nothing half-written is left.
pub fn mix(song: &Path, options: &MixOptions, watch: &dyn Watch) -> Result<MixOutcome, Error> {
    let started = Instant::now();
    watch.event(Event::Progress { stage: Stage::Scan, fraction: 0.0 });
    let found = scan(song)?;
    let out = options.out.clone().unwrap_or_else(|| default_out(song));
    let folder = Folder::open(&out)?;
    let downmix = if options.downmix { Downmix::Fold } else { Downmix::Refuse };
    let arrivals = arrive(&found, downmix, &options.roles)?;
    watch.event(Event::Progress { stage: Stage::Scan, fraction: 1.0 });

    let measured = measure(&takes(&arrivals), downmix, &options.cache, watch).map_err(together)?;
    // The draft makes the folder, from which the paths in the session start.
    let draft = folder.begin()?;
    let Arrivals { tracks, rate_hz, mut warnings } = arrivals;
    let rate_hz = options.rate_hz.unwrap_or(rate_hz);
    let earlier = if options.redo || folder.newest() == 0 { None } else { Some(continued::open(&folder)?) };
    let known = fresh::known(&out, tracks, measured, earlier.as_ref().map(|earlier| &earlier.session));
    warnings.extend(known.iter().flat_map(reading_warnings));
    let media = facts(&known, rate_hz);

    let mut prepared = match earlier {
        Some(earlier) => continued::prepare(earlier, &known, options, rate_hz, &mut warnings)?,
        None => fresh::prepare(&song_name(song), &known, options, rate_hz)?,
    };
    warnings.iter().for_each(|message| {
        watch.event(Event::Warning { about: None, message: message.clone() });
    });

    watch.event(Event::Progress { stage: Stage::Decide, fraction: 0.0 });
    let shelf = Shelf { folder: out.clone(), rate_hz, downmix };
    assets::check(&prepared.session, &shelf)?;
    let facts = fresh::track_facts(&known, &prepared.session);
    let song = Song::new(facts, Vec::new(), options.start);
    let mut ear = Ear::new(&shelf, &media, watch);
    let decision = decide(&song, &prepared.session, &mut ear)?;
    watch.event(Event::Progress { stage: Stage::Decide, fraction: 1.0 });
    prepared.session = decision.session.clone();
    refuse_silence(&known, &decision, &prepared)?;
    let heard = ear.heard_of(&prepared.session)?;

    let version = write::Version {
        started,
        options,
        known: &known,
        left_out: &found.left_out,
        warnings,
        prepared: &prepared,
        decision: &decision,
        edits: prepared.edits(&decision.edits),
        heard: &heard,
        shelf: &shelf,
        media: &media,
        folder: &folder,
    };
    let (report, folder) = version.write(draft, watch)?;
    let told = summary::summary(&report, folder.path());
    Ok(MixOutcome { report, out: folder.path().to_path_buf(), told })
}

/// A session that is ready to be decided on, and how its text comes to be.
struct Prepared {
    session: mixkeel_session::session::Session,
    /// The text that a person may have written in; kept as it is but for what edits change.
    document: Option<mixkeel_session::document::Document>,
    /// Words beside values, for the person who reads the file.
    notes: BTreeMap<mixkeel_session::address::Address, String>,
    /// What a person changed since the last version: locked.
    by_hand: Vec<mixkeel_session::difference::Difference>,
    /// The session of the last version as it was written.
    before: Option<mixkeel_session::session::Session>,
    /// The edits of the last version.
    earlier_edits: Vec<Edit>,
}

impl Prepared {
    /// Every edit that made the session: of those of earlier versions what still stands, then what was decided now.
    fn edits(&self, decided: &[Edit]) -> Vec<Edit> {
        let stands = |edit: &&Edit| {
            let there = match &edit.to {
                Some(Content::Value(value)) => self.session.get(&edit.address).as_ref() == Some(value),
                Some(Content::Thing(_)) => self.session.has(&edit.address),
                None => !self.session.has(&edit.address),
            };
            there && !decided.iter().any(|now| now.address == edit.address)
        };
        self.earlier_edits.iter().filter(stands).chain(decided).cloned().collect()
    }
}

fn takes(arrivals: &Arrivals) -> Vec<Take> {
    arrivals
        .tracks
        .iter()
        .map(|track| Take {
            left: track.left.clone(),
            right: track.right.clone(),
            claimed_frames: track.claimed_frames(),
        })
        .collect()
}

/// Where rules have kept out everything there is, there is no mix to be made. What a person has muted is their affair.
fn refuse_silence(known: &[Known], decision: &Decision, prepared: &Prepared) -> Result<(), Error> {
    let kept_out = |track: &Known| {
        decision
            .edits
            .iter()
            .find(|edit| edit.address.strip == track.id && edit.address.parameter.as_deref() == Some("mute"))
    };
    let sounds = prepared.session.tracks.iter().any(|track| !track.mute);
    if sounds || known.iter().all(|track| kept_out(track).is_none()) {
        return Ok(());
    }
    let error = Error::new(crate::ErrorKind::Unreadable, "there is nothing to mix in this song");
    Err(known
        .iter()
        .filter_map(|track| Some((&track.arrival.label, kept_out(track)?)))
        .fold(error, |error, (label, edit)| error.because(format!("{label}: {}", edit.because)))
        .hint("give the folder of recorded tracks")
        .hint("or say what a file is: --role \"FILE=lead-vocal\""))
}

/// Several failures to read as one error.
fn together(mut errors: Vec<Error>) -> Error {
    if errors.len() == 1 || errors.iter().any(|error| error.kind == crate::ErrorKind::Interrupted) {
        return errors.swap_remove(0);
    }
    errors.iter().fold(
        Error::new(crate::ErrorKind::Unreadable, format!("can't read {} recordings", errors.len())),
        |whole, error| {
            let file = error.path.as_deref().map(|path| path.display().to_string()).unwrap_or_default();
            whole.because(format!("{file}: {}", error.why.join("; ")))
        },
    )
}

fn facts(known: &[Known], rate_hz: u32) -> BTreeMap<String, MediaFacts> {
    let mut media = BTreeMap::new();
    for track in known {
        let length_frames = track.arrival.length_at(track.measured.profile.length_frames, rate_hz);
        let channels = track.arrival.info.channels;
        for file in &track.files {
            media.insert(file.clone(), MediaFacts { channels, length_frames });
        }
    }
    media
}

fn reading_warnings(track: &Known) -> Vec<String> {
    let label = &track.arrival.label;
    let mut warnings: Vec<String> =
        track.measured.problems.iter().map(|problem| format!("{label}: {}", problem.message)).collect();
    if track.measured.nan_samples > 0 {
        warnings.push(format!(
            "{label}: {} samples are not numbers and count as silence",
            track.measured.nan_samples
        ));
    }
    warnings
}
