//! `ship`: freezes a version. Mix and stems are played once more from its session and have to be, sample for sample, the mix
//! that was heard; then they are delivered with a note to the mastering engineer and the checksums of everything.

mod note;
mod same;
mod sums;

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use mixkeel_io::write::{Bits, write_atomically};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::ENGINE_VERSION;
use crate::error::{Error, ErrorKind};
use crate::ledger::mix_of;
use crate::lines::fit;
use crate::project::folder::{Folder, holds_versions};
use crate::project::ledger::lines;
use crate::project::session_file;
use crate::render::{RenderOptions, Stems, render};
use crate::report::Report;
use crate::watch::Watch;

/// The record beside the session that says which version is frozen.
const RECORD: &str = "shipped.json";

/// What is frozen. Also the record in the output folder.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Shipped {
    /// `mixkeel/ship/1`.
    pub schema: String,
    /// The program that played it.
    pub engine: String,
    /// The version.
    pub version: u32,
    /// Seconds since 1970.
    pub shipped_at_unix_s: u64,
    /// The folder, from the output folder.
    pub folder: String,
    /// Every file in it with its checksum; the mix first.
    pub files: Vec<Sum>,
    /// Every recording that the mix was made from.
    pub recordings: Vec<Sum>,
}

/// A file and what its bytes hash to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Sum {
    /// The file, from the folder that the list is about.
    pub file: String,
    /// SHA-256.
    pub sha256: String,
}

impl Shipped {
    /// The name of this JSON.
    pub const SCHEMA: &'static str = "mixkeel/ship/1";

    /// What to tell the user.
    pub fn summary(&self, out: &Path) -> Vec<String> {
        let folder = out.join(&self.folder);
        vec![
            folder.join("mix.wav").display().to_string(),
            fit(&format!(
                "Version {} is frozen: {} files with their checksums in {}",
                self.version,
                self.files.len(),
                folder.display()
            )),
            fit(&format!("The note for the mastering engineer: {}", folder.join(note::NAME).display())),
            fit(&format!("To go on working: mixkeel ship {} --reopen", out.display())),
        ]
    }
}

/// What is open again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Reopened {
    /// `mixkeel/reopen/1`.
    pub schema: String,
    /// The version that was frozen.
    pub version: u32,
}

impl Reopened {
    /// The name of this JSON.
    pub const SCHEMA: &'static str = "mixkeel/reopen/1";

    /// What to tell the user.
    pub fn summary(&self) -> Vec<String> {
        vec![format!("Version {} is open again; what was delivered stays where it is.", self.version)]
    }
}

/// Freezes a version of a mix, the newest where none is named.
///
/// # Errors
/// A folder that is none of ours, a version that there is not, one that is frozen already, a session that was changed since,
/// recordings or a program that no longer give the mix that was heard, no room, or a request to stop. Nothing half-written
/// stays.
pub fn ship(session: &Path, version: Option<u32>, watch: &dyn Watch) -> Result<(Shipped, PathBuf), Error> {
    let out = folder_of(session)?;
    if let Some(version) = shipped(&out)? {
        return Err(frozen(&out, version));
    }
    let folder = Folder::open(&out)?;
    let newest = folder.newest();
    let named = version.is_some();
    let version = version.unwrap_or(newest);
    let own = out.join(format!("v{version}"));
    let written = own.join("session.toml");
    if version == 0 || version > newest || !written.is_file() {
        return Err(Error::new(ErrorKind::Usage, format!("there is no version {version}"))
            .at(&out)
            .because(format!("versions 1 to {newest} are there"))
            .hint(format!("see them: mixkeel ledger \"{}\"", out.display())));
    }
    // Whoever names a version means what was heard of it, whatever was written into the session since.
    if !named && fs::read(folder.session()).ok() != fs::read(&written).ok() {
        return Err(Error::new(ErrorKind::Usage, "the session was changed after it was mixed")
            .at(&folder.session())
            .because(format!("nobody has heard it as it stands; version {newest} is what was heard"))
            .hint("mix it as it stands: mixkeel mix the same folder again, then ship")
            .hint(format!("or ship what was heard: mixkeel ship \"{}\" {newest}", out.display())));
    }
    deliver(&out, version, newest, watch)
}

fn deliver(out: &Path, version: u32, newest: u32, watch: &dyn Watch) -> Result<(Shipped, PathBuf), Error> {
    let name = format!("ship-v{version}");
    let building = Building::new(out, &name)?;
    let written = out.join(format!("v{version}/session.toml"));
    let heard = mix_of(out, version, newest);
    if !heard.is_file() {
        return Err(Error::new(ErrorKind::Unreadable, format!("the mix of version {version} is gone"))
            .at(&heard)
            .because("what is delivered has to be what was heard, and that cannot be seen without it")
            .hint("put the file back, or mix again and ship that"));
    }
    let options = RenderOptions {
        out: Some(building.path.clone()),
        bits: same::bits(&heard)?,
        stems: Stems::Bus,
        ..RenderOptions::default()
    };
    let outcome = render(&written, &options, watch)?;
    if !same::sound(&building.path.join("mix.wav"), &heard, watch)? {
        let made_by = lines(out)?.into_iter().find(|line| line.version == version).map(|line| line.engine);
        return Err(Error::new(
            ErrorKind::Unreadable,
            format!("version {version} no longer plays as it was heard"),
        )
        .at(&heard)
        .because(match made_by {
            Some(engine) if engine != ENGINE_VERSION => {
                format!("it was made by Mixkeel {engine}, and this is {ENGINE_VERSION}")
            }
            _ => "a recording or the mix itself was changed since".to_owned(),
        })
        .hint("mix again, listen, and ship that version"));
    }
    let opened = session_file::open(&written)?;
    write_atomically(&building.path.join("session.toml"), opened.text.as_bytes())?;
    let report: Option<Report> = fs::read(out.join(format!("v{version}/report.json")))
        .ok()
        .and_then(|bytes| serde_json::from_slice(&bytes).ok());
    let note = note::note(&opened.session, version, &outcome, report.as_ref());
    write_atomically(&building.path.join(note::NAME), note.as_bytes())?;
    let mut files = outcome.files.clone();
    files.extend(["session.toml", note::NAME, "render.json"].map(str::to_owned));
    let files = sums::of(&building.path, &files)?;
    write_atomically(&building.path.join(sums::NAME), sums::text(&files).as_bytes())?;
    let recordings = sums::of(out, &sums::recordings(&opened.session))?;
    building.keep(&out.join(&name))?;
    let shipped = Shipped {
        schema: Shipped::SCHEMA.to_owned(),
        engine: ENGINE_VERSION.to_owned(),
        version,
        shipped_at_unix_s: SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs()),
        folder: name,
        files,
        recordings,
    };
    write_atomically(&out.join(RECORD), &crate::json::to_bytes(&shipped)?)?;
    Ok((shipped, out.to_path_buf()))
}

/// Lets the work go on. What was delivered stays where it is.
///
/// # Errors
/// A folder that is none of ours or in which nothing is frozen.
pub fn reopen(session: &Path) -> Result<Reopened, Error> {
    let out = folder_of(session)?;
    let Some(version) = shipped(&out)? else {
        return Err(Error::new(ErrorKind::Usage, "nothing is frozen here")
            .at(&out)
            .hint("go on as you are: mixkeel mix, revise"));
    };
    fs::remove_file(out.join(RECORD)).map_err(|error| {
        Error::new(ErrorKind::Unwritable, "the record of the shipped version could not be taken away")
            .at(&out.join(RECORD))
            .because(error.to_string())
    })?;
    Ok(Reopened { schema: Reopened::SCHEMA.to_owned(), version })
}

/// The version that is frozen in an output folder, when one is.
///
/// # Errors
/// A record that cannot be read.
pub fn shipped(out: &Path) -> Result<Option<u32>, Error> {
    let path = out.join(RECORD);
    let unreadable = |why: String| {
        Error::new(ErrorKind::Unreadable, "can't read which version is shipped")
            .at(&path)
            .because(why)
            .hint("put the file back, or take it away to go on without")
    };
    match fs::read(&path) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(unreadable(error.to_string())),
        Ok(bytes) => {
            let record: Shipped =
                serde_json::from_slice(&bytes).map_err(|error| unreadable(error.to_string()))?;
            Ok(Some(record.version))
        }
    }
}

/// The failure of whoever would change what is frozen.
pub fn frozen(out: &Path, version: u32) -> Error {
    Error::new(ErrorKind::OutputExists, format!("version {version} of this mix is shipped"))
        .at(out)
        .because("what was delivered does not change any more")
        .hint(format!("to go on working: mixkeel ship \"{}\" --reopen", out.display()))
}

fn folder_of(session: &Path) -> Result<PathBuf, Error> {
    let out = if session.is_dir() { session.to_path_buf() } else { parent(session) };
    if holds_versions(&out) {
        return Ok(out);
    }
    Err(Error::new(ErrorKind::Unreadable, "this is no mix of ours")
        .at(session)
        .because("there is no session with a ledger beside it")
        .hint("give the folder that `mixkeel mix` wrote"))
}

fn parent(path: &Path) -> PathBuf {
    path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new(".")).to_path_buf()
}

/// A folder that is gone again unless it is kept.
struct Building {
    path: PathBuf,
}

impl Building {
    fn new(out: &Path, name: &str) -> Result<Self, Error> {
        let path = out.join(format!("{name}.partial"));
        if path.exists() {
            fs::remove_dir_all(&path).map_err(|error| unwritable(&path, &error))?;
        }
        fs::create_dir_all(&path).map_err(|error| unwritable(&path, &error))?;
        Ok(Self { path })
    }

    fn keep(&self, to: &Path) -> Result<(), Error> {
        if to.exists() {
            // Shipped before and reopened since: the same version again.
            fs::remove_dir_all(to).map_err(|error| unwritable(to, &error))?;
        }
        fs::rename(&self.path, to).map_err(|error| unwritable(to, &error))
    }
}

impl Drop for Building {
    fn drop(&mut self) {
        // Gone already when it was kept.
        let _ = fs::remove_dir_all(&self.path);
    }
}

fn unwritable(path: &Path, error: &std::io::Error) -> Error {
    Error::new(ErrorKind::Unwritable, "can't write what is to be shipped")
        .at(path)
        .because(error.to_string())
        .hint("free some room, or check that you may write there")
}

/// The word length in which a mix lies on disk.
pub(crate) fn bits_of(bits: Option<u16>, float: bool) -> Bits {
    match (float, bits) {
        (false, Some(16)) => Bits::I16,
        (false, Some(24)) => Bits::I24,
        _ => Bits::F32,
    }
}
