//! Takes back the newest version: the one before it becomes the next. Nothing is lost, and taking back again takes back the
//! taking back.

use std::path::Path;

use mixkeel_session::document::Document;
use mixkeel_session::edit::Edits;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Ground;
use crate::error::{Error, ErrorKind};
use crate::mix::bench::Next;
use crate::project::session_file;
use crate::song::cache::Cache;
use crate::watch::Watch;

/// What was taken back.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct UndoReport {
    /// `mixkeel/undo/1`.
    pub schema: String,
    /// The version that was taken back.
    pub undone: u32,
    /// The version that is again as it was.
    pub like: u32,
    /// The version that was written.
    pub version: u32,
    /// Its folder.
    pub out: String,
}

impl UndoReport {
    /// The name of this JSON.
    pub const SCHEMA: &'static str = "mixkeel/undo/1";

    /// For people.
    pub fn lines(&self) -> Vec<String> {
        vec![
            format!(
                "Version {} is version {} again; version {} is kept.",
                self.version, self.like, self.undone
            ),
            format!("{}/listen.flac", self.out),
        ]
    }
}

/// Writes the version before the newest as the next one.
///
/// # Errors
/// A folder without two versions, or what cannot be read or written.
pub fn undo(session: &Path, cache: &Cache, watch: &dyn Watch) -> Result<UndoReport, Error> {
    let nothing = |why: &str| {
        Error::new(ErrorKind::Usage, "there is no version to go back to").at(session).because(why)
    };
    let ground = Ground::open(session, cache, watch)?;
    let newest = match &ground.bench {
        None => return Err(nothing("it lies in no folder that `mixkeel mix` made")),
        Some(bench) if bench.folder.newest() < 2 => return Err(nothing("it is the first")),
        Some(bench) => bench.folder.newest(),
    };
    let Some(bench) = &ground.bench else { return Err(nothing("it lies in no folder of ours")) };
    let earlier = bench.folder.path().join(format!("v{}", newest - 1));
    let opened = session_file::open(&earlier.join("session.toml"))?;
    let path = earlier.join("edits.json");
    let unreadable =
        |why: String| Error::new(ErrorKind::Unreadable, "can't read its edits").at(&path).because(why);
    let bytes = std::fs::read(&path).map_err(|error| unreadable(error.to_string()))?;
    let edits: Edits = serde_json::from_slice(&bytes).map_err(|error| unreadable(error.to_string()))?;
    let text = Document::open(&opened.text).map_err(|_| {
        Error::new(ErrorKind::Internal, "a session that was read could not be read again").at(&opened.path)
    })?;
    let next = Next {
        session: opened.session,
        text: Some(text),
        edits: edits.edits,
        because: format!("version {newest} was taken back"),
    };
    let Some(bench) = ground.bench else { return Err(nothing("it lies in no folder of ours")) };
    let made = bench.write(next, watch)?;
    Ok(UndoReport {
        schema: UndoReport::SCHEMA.to_owned(),
        undone: newest,
        like: newest - 1,
        version: made.report.version,
        out: made.out.display().to_string(),
    })
}
