//! `explain`: why a session is as it is, with the evidence and the place in our source that decided.

use std::path::Path;

use mixkeel_assist::rule;
use mixkeel_session::edit::{Edit, Edits};
use mixkeel_session::session::Session;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::error::{Error, ErrorKind};
use crate::lines::wrapped;
use crate::plan::change;
use crate::project::session_file;

/// Why part of a session is as it is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Explanation {
    /// `mixkeel/explain/1`.
    pub schema: String,
    /// The song's title.
    pub title: String,
    /// One for every decision that was asked for, in the order made.
    pub reasons: Vec<Reason>,
}

/// One decision.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Reason {
    /// The decision with its evidence.
    #[serde(flatten)]
    pub edit: Edit,
    /// Whether it still stands in the session. A person may have changed it since.
    pub stands: bool,
    /// The source file of its rule and the line where it begins; absent when this version has no such rule.
    pub source: Option<String>,
}

impl Explanation {
    /// The name of this JSON.
    pub const SCHEMA: &'static str = "mixkeel/explain/1";

    /// For people: the decision, the reason, the evidence, the source.
    pub fn lines(&self) -> Vec<String> {
        let mut lines = Vec::new();
        for reason in &self.reasons {
            let edit = &reason.edit;
            if !lines.is_empty() {
                lines.push(String::new());
            }
            let strip = &edit.address.strip;
            lines.extend(wrapped(&format!("{strip}: {}", change(edit)), "", "    "));
            lines.extend(wrapped(&edit.because, "    because ", "    "));
            for evidence in &edit.evidence {
                let value = (evidence.value * 100.0).round() / 100.0;
                let measured = format!("{}: {value} {}", evidence.what, evidence.unit);
                lines.extend(wrapped(measured.trim_end(), "    measured ", "      "));
            }
            let source = reason.source.as_deref().map(|source| format!(", {source}")).unwrap_or_default();
            lines.extend(wrapped(&format!("{}{source}", edit.by), "    by ", "      "));
            if !reason.stands {
                lines.push("    no longer so: it was changed since".to_owned());
            }
        }
        lines
    }
}

/// Why a session is as it is: all of it, one strip of it (a track, bus or return by id or name), or of that strip one
/// thing (an insert by id or kind, a parameter, or the family of a rule: `eq`, `fader_db`, `balance`).
///
/// # Errors
/// A session or edits that cannot be read, or words that name nothing.
pub fn explain(session: &Path, strip: Option<&str>, what: Option<&str>) -> Result<Explanation, Error> {
    let opened = session_file::open(session)?;
    let edits = edits_beside(&opened.path)?;
    let wanted = strip.map(|strip| strip_id(&opened.session, strip)).transpose()?;
    let of_strip = |edit: &&Edit| wanted.as_ref().is_none_or(|id| edit.address.strip == *id);
    let of_what = |edit: &&Edit| what.is_none_or(|what| concerns(edit, what, &opened.session));
    let reasons: Vec<Reason> = edits
        .iter()
        .filter(of_strip)
        .filter(of_what)
        .map(|edit| Reason {
            stands: edit.stands_in(&opened.session),
            source: rule(&edit.by).map(|rule| format!("{}:{}", rule.file(), rule.line())),
            edit: edit.clone(),
        })
        .collect();
    if reasons.is_empty() {
        return Err(nothing(&edits, wanted.as_deref(), what));
    }
    Ok(Explanation { schema: Explanation::SCHEMA.to_owned(), title: opened.session.title, reasons })
}

fn edits_beside(session: &Path) -> Result<Vec<Edit>, Error> {
    let path = session.with_file_name("edits.json");
    let unreadable = |why: String| {
        Error::new(ErrorKind::Unreadable, "can't read the edits beside the session")
            .at(&path)
            .because(why)
            .hint("give a folder that `mixkeel mix` wrote; reasons are kept in its edits.json")
    };
    let bytes = std::fs::read(&path).map_err(|error| unreadable(error.to_string()))?;
    let edits: Edits = serde_json::from_slice(&bytes).map_err(|error| unreadable(error.to_string()))?;
    Ok(edits.edits)
}

/// The id of the strip that a person means: its id, or the name of a track in any case.
fn strip_id(session: &Session, word: &str) -> Result<String, Error> {
    let wanted = word.to_lowercase();
    let by_name = || {
        session.tracks.iter().find(|track| track.name.to_lowercase() == wanted).map(|track| track.id.clone())
    };
    let known = |id: &str| id == "master" || id == "song" || session.strip(id).is_some();
    let found = if known(&wanted) { Some(wanted.clone()) } else { by_name() };
    found.ok_or_else(|| {
        let ids: Vec<&str> = session.strips().map(|strip| strip.id).collect();
        Error::new(ErrorKind::Usage, format!("there is no track, bus or return \"{word}\""))
            .because(format!("there are: {}", ids.join(", ")))
    })
}

fn concerns(edit: &Edit, what: &str, session: &Session) -> bool {
    let what = what.to_lowercase();
    let address = &edit.address;
    let named = address.part.as_deref() == Some(&what) || address.parameter.as_deref() == Some(&what);
    let family = edit.by == what || edit.by.split('/').next() == Some(&what);
    let kind = address.part.as_deref().and_then(|part| {
        let strip = session.strip(&address.strip)?;
        strip.inserts.iter().find(|insert| insert.id == part).map(|insert| insert.kind.id)
    });
    named || family || kind == Some(what.as_str())
}

fn nothing(edits: &[Edit], strip: Option<&str>, what: Option<&str>) -> Error {
    let mut words: Vec<&str> = edits
        .iter()
        .filter(|edit| strip.is_none_or(|id| edit.address.strip == id))
        .filter_map(|edit| edit.by.split('/').next())
        .collect();
    words.sort_unstable();
    words.dedup();
    let of = strip.map(|id| format!(" of {id}")).unwrap_or_default();
    let about = what.map(|what| format!(" about \"{what}\"")).unwrap_or_default();
    let error = Error::new(ErrorKind::Usage, format!("nothing{about} was decided{of}"));
    match (strip, words.as_slice()) {
        (_, []) => error.because("no rule touched it: it is as it was recorded, or as a person set it"),
        _ => error.because(format!("what was decided{of}: {}", words.join(", "))),
    }
}
