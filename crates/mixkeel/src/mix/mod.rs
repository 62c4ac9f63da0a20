//! The whole way: a folder of tracks becomes a mix, its stems, a session with reasons, and a copy to listen to.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

pub use mixkeel_assist::start::Start;
use mixkeel_io::write::Bits;

use self::decided::decided;
use self::gather::{gather, song_and_out};
use crate::error::Error;
use crate::project::folder::Folder;
use crate::project::ledger::lines;
use crate::project::limits::spent;
use crate::report::Report;
use crate::rounds::RoundOptions;
use crate::song::cache::Cache;
use crate::watch::Watch;

pub(crate) mod bench;
mod continued;
pub(crate) mod decided;
mod files;
mod fresh;
pub(crate) mod gather;
mod hear;
mod hold;
mod listen;
mod marks;
mod prepared;
mod respect;
mod summary;
mod vary;
mod wishes;
pub(crate) mod write;

/// The folder of a draft that holds the stems ahead of their headroom, until the mix is made of them.
const PRINTED: &str = "printed";

/// As many mixes that differ on purpose can be had.
pub const MOST_VARIATIONS: usize = mixkeel_assist::variations::VARIATIONS.len();

/// So many rounds are made when nobody asks for another number. Ours: on the four songs with their authors' mixes that it was
/// measured on, three left 16 to 89 % less off in the parts that were heard (`off` in `rounds` of their `report.json`).
pub const ROUNDS_BY_DEFAULT: usize = 3;

/// How to mix.
#[derive(Clone, Debug, PartialEq)]
pub struct MixOptions {
    /// Where to; `SONG-mix` in the current folder when not said.
    pub out: Option<PathBuf>,
    /// Which levels the balance starts from.
    pub start: Start,
    /// A rough mix of the tracks that is not among them, from which the balance starts.
    pub rough: Option<PathBuf>,
    /// Decide everything again, also what was changed by hand since the last version.
    pub redo: bool,
    /// The owner's words on what tracks are: file and role.
    pub roles: Vec<(String, String)>,
    /// What the song is about: tracks by id, name or role.
    pub focus: Vec<String>,
    /// The owner's word on the tempo, in beats a minute.
    pub tempo_bpm: Option<f64>,
    /// The owner's word on the key: `F# minor`.
    pub key: Option<String>,
    /// A file that names the sections.
    pub sections: Option<PathBuf>,
    /// Another rate than the one most tracks have.
    pub rate_hz: Option<u32>,
    /// Word length of mix and stems.
    pub bits: Bits,
    /// What kind of music it is, as one of the words of the assistant; heard when not said.
    pub style: Option<String>,
    /// How much of what is decided is applied, 0 to 1; as in the session, or all, when not said.
    pub strength: Option<f64>,
    /// What of an earlier mix is not decided again: stages, such as `balance`, and tracks, buses and returns by id, name or role.
    pub keep: Vec<String>,
    /// So many further mixes that differ on purpose, each in a folder beside.
    pub variations: usize,
    /// The most rounds of correction after listening to the mix; 0 for none.
    pub rounds: usize,
    /// How long all of it should take at most. It only chooses how many rounds are made; a mix is made in any case.
    pub time_limit: Option<Duration>,
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
            rough: None,
            redo: false,
            roles: Vec::new(),
            focus: Vec::new(),
            tempo_bpm: None,
            key: None,
            sections: None,
            rate_hz: None,
            bits: Bits::F32,
            style: None,
            strength: None,
            keep: Vec::new(),
            variations: 0,
            rounds: ROUNDS_BY_DEFAULT,
            time_limit: None,
            stems: true,
            downmix: false,
            cache: Cache::off(),
        }
    }
}

impl MixOptions {
    fn rounds(&self, started: Instant, strength: f64) -> RoundOptions {
        RoundOptions { most: self.rounds, until: self.time_limit.map(|limit| (started, limit)), strength }
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

/// Mixes a song. What a person changed by hand in an earlier mix of it stays.
///
/// # Errors
/// A folder without sound, recordings that cannot be read, roles or tracks that do not exist, an output folder that is
/// not ours, a session with mistakes, no room, or a request to stop. Whatever happens, earlier versions stay whole, and
/// nothing half-written is left.
pub fn mix(song: &Path, options: &MixOptions, watch: &dyn Watch) -> Result<MixOutcome, Error> {
    let started = Instant::now();
    let (song, out) = song_and_out(song, options.out.as_deref())?;
    let folder = Folder::open(&out)?;
    folder.refuse_shipped()?;
    let gathered = gather(&song, options, watch)?;
    // The draft makes the folder, from which the paths in the session start.
    let draft = folder.begin()?;
    let mut decided = decided(gathered, &folder, (&out, Some(draft.file(PRINTED))), options, started, watch)?;
    let printed = decided.printed.take();
    let version = write::Version {
        started,
        options,
        decided: &decided,
        printed,
        warnings: decided.warnings.clone(),
        edits: decided.prepared.edits(&decided.decision.edits),
        folder: &folder,
        differs: None,
    };
    let (report, folder) = version.write(draft, watch)?;
    let variations = vary::vary(&mut decided, &folder, started, options, watch)?;
    let now_unix_s = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
    // The mix is made: a ledger that a person has spoilt takes nothing from it but these lines.
    let versions = lines(folder.path()).unwrap_or_default();
    let spent = spent(&versions, &decided.prepared.session.finish, now_unix_s);
    let told = summary::summary(&report, folder.path(), &variations, &spent.in_words());
    Ok(MixOutcome { report, out: folder.path().to_path_buf(), told })
}
