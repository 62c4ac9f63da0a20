//! A session file on disk: read, with everything that is wrong with it said at once.

use std::fs;
use std::path::{Path, PathBuf};

use mixkeel_session::check::Fault;
use mixkeel_session::session::Session;

use crate::error::{Error, ErrorKind};

/// A session that was read from disk.
#[derive(Clone, Debug)]
pub struct Opened {
    /// The file.
    pub path: PathBuf,
    /// The folder that its paths start from.
    pub folder: PathBuf,
    /// The text as it stands.
    pub text: String,
    /// SHA-256 of the text.
    pub sha256: String,
    /// What it says.
    pub session: Session,
}

/// Reads a session file, or the one in a folder of ours.
pub fn open(path: &Path) -> Result<Opened, Error> {
    let path = if path.is_dir() { path.join("session.toml") } else { path.to_path_buf() };
    let text = fs::read_to_string(&path).map_err(|error| {
        let error_for = |why: &str, hint: &str| {
            Error::new(ErrorKind::Unreadable, "can't read the session").at(&path).because(why).hint(hint)
        };
        match error.kind() {
            std::io::ErrorKind::NotFound => error_for(
                "there is no such file",
                "give the session.toml that `mixkeel mix` wrote, or its folder",
            ),
            std::io::ErrorKind::InvalidData => error_for(
                "it is not text",
                "give the session.toml that `mixkeel mix` wrote, not a sound file",
            ),
            _ => error_for(&error.to_string(), "check that you may read it"),
        }
    })?;
    let session = parse(&path, &text)?;
    let folder = match path.parent() {
        // Paths start from the output folder wherever in it the session lies (DESIGN §5): older versions are in `vN/`.
        Some(folder) if is_version(folder) => folder.join(".."),
        Some(folder) if !folder.as_os_str().is_empty() => folder.to_path_buf(),
        _ => PathBuf::from("."),
    };
    Ok(Opened { folder, sha256: sha256(text.as_bytes()), path, text, session })
}

/// Whether a folder is the `vN` or the `ship-vN` of an output folder of ours.
fn is_version(folder: &Path) -> bool {
    let named = folder.file_name().is_some_and(|name| {
        let name = name.to_string_lossy();
        super::folder::version_of(name.strip_prefix("ship-").unwrap_or(&name)).is_some()
    });
    named && super::folder::holds_versions(&folder.join(".."))
}

/// A session from its text; `path` is only named.
pub fn parse(path: &Path, text: &str) -> Result<Session, Error> {
    let reading = mixkeel_session::read::read(text);
    match reading.session {
        Some(session) => Ok(session),
        None => Err(Error::new(ErrorKind::Unreadable, "the session has mistakes")
            .because(mixkeel_session::problem::render_problems(
                &path.display().to_string(),
                text,
                &reading.problems,
            ))
            .hint("put right what is named above; nothing was played or written")),
    }
}

/// What `resolve` found, as one error.
pub fn faults_error(path: &Path, faults: &[Fault]) -> Error {
    faults.iter().fold(
        Error::new(ErrorKind::Unreadable, "the session cannot be played as it stands")
            .at(path)
            .hint("put right what is named above; places are counted from 0, as in the file"),
        |error, fault| error.because(fault.to_string()),
    )
}

/// The SHA-256 of some bytes, in hexadecimal.
pub fn sha256(bytes: &[u8]) -> String {
    use sha2::Digest;
    sha2::Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}
