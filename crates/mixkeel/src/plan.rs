//! `plan`: what a mix would change and why, without a note of it being written.

use std::path::Path;
use std::time::Instant;

use mixkeel_session::edit::{Content, Edit, Sureness, Thing};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::console::number;
use crate::error::Error;
use crate::lines::{counted, wrapped};
use crate::mix::MixOptions;
use crate::mix::decided::decided;
use crate::mix::gather::{gather, song_and_out};
use crate::mix::write::start_report;
use crate::project::folder::Folder;
use crate::report::Start;
use crate::watch::Watch;

/// What a mix would do.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Plan {
    /// `mixkeel/plan/1`.
    pub schema: String,
    /// The song's title.
    pub title: String,
    /// Which balance it would start from.
    pub start: Start,
    /// What would be changed, in the order decided. What stands already is not in it.
    pub edits: Vec<Edit>,
    /// Guesses, which would not be applied.
    pub proposed: Vec<Edit>,
    /// What the user should know.
    pub warnings: Vec<String>,
}

impl Plan {
    /// The name of this JSON.
    pub const SCHEMA: &'static str = "mixkeel/plan/1";

    /// The plan for people: strip by strip, each change with its reason.
    pub fn lines(&self) -> Vec<String> {
        let mut lines =
            vec![format!("{}: {}", self.title, counted(self.edits.len(), "change")), String::new()];
        let because = format!(
            "{}, because {}. For the other: {}",
            self.start.taken, self.start.because, self.start.other
        );
        lines.extend(wrapped(&because, "Start: ", "  "));
        told(&mut lines, &self.edits);
        if !self.proposed.is_empty() {
            lines.extend([String::new(), "Proposed, and left to you because they are guesses:".to_owned()]);
            told(&mut lines, &self.proposed);
        }
        lines
    }
}

/// Decides on a song, or on a session of ours as `mix` would go on from it, and writes nothing.
///
/// # Errors
/// As [`mix`](crate::mix::mix), but for what concerns writing.
pub fn plan(song: &Path, options: &MixOptions, watch: &dyn Watch) -> Result<Plan, Error> {
    let (song, out) = song_and_out(song, options.out.as_deref())?;
    let folder = Folder::open(&out)?;
    let gathered = gather(&song, options, watch)?;
    // Paths have to start from a folder that exists; nobody will read them.
    let paths_from = if out.is_dir() { &out } else { &song };
    // What listening would correct is not known before a note of it is heard.
    let options = MixOptions { rounds: 0, ..options.clone() };
    let decided = decided(gathered, &folder, (paths_from, None), &options, Instant::now(), watch)?;
    Ok(Plan {
        schema: Plan::SCHEMA.to_owned(),
        title: decided.prepared.session.title.clone(),
        start: start_report(&decided.decision),
        edits: decided.decision.edits,
        proposed: decided.decision.proposed,
        warnings: decided.warnings,
    })
}

fn told(lines: &mut Vec<String>, edits: &[Edit]) {
    for (strip, edits) in by_strip(edits) {
        lines.extend([String::new(), strip.to_owned()]);
        for edit in edits {
            lines.extend(wrapped(&change(edit), "  ", "      "));
            let sureness = sureness(edit);
            lines.extend(wrapped(&format!("{} ({}, {sureness})", edit.because, edit.by), "      ", "      "));
        }
    }
}

/// Edits strip by strip, strips in the order in which they first come.
pub fn by_strip(edits: &[Edit]) -> Vec<(&str, Vec<&Edit>)> {
    let mut strips: Vec<(&str, Vec<&Edit>)> = Vec::new();
    for edit in edits {
        let strip = edit.address.strip.as_str();
        match strips.iter_mut().find(|(known, _)| *known == strip) {
            Some((_, of_strip)) => of_strip.push(edit),
            None => strips.push((strip, vec![edit])),
        }
    }
    strips
}

/// How sure an edit is, in words.
pub fn sureness(edit: &Edit) -> &'static str {
    match edit.sureness {
        Sureness::Certain => "certain",
        Sureness::Likely => "likely",
        Sureness::Guess => "a guess",
    }
}

/// An edit in a few words: `fader_db: 0.0 → −4.5`, `eq-1: eq`.
pub fn change(edit: &Edit) -> String {
    let within = edit.address.within_strip();
    let what = if within.is_empty() { "the strip itself" } else { within.as_str() };
    match (&edit.from, &edit.to) {
        (None, None) => what.to_owned(),
        (Some(from), None) => format!("{what}: {} is taken out", content(from)),
        (None, Some(to)) => format!("{what}: {}", content(to)),
        (Some(from), Some(to)) => format!("{what}: {} → {}", content(from), content(to)),
    }
}

fn content(content: &Content) -> String {
    match content {
        Content::Value(mixkeel_dsp::param::Value::Number(value)) => number(*value),
        Content::Value(value) => value.to_string(),
        Content::Thing(Thing::Bus { to }) => format!("bus to {to}"),
        Content::Thing(Thing::Return { to }) => format!("return to {to}"),
        Content::Thing(Thing::Insert { kind, settings, keys, .. }) => {
            let settings = settings.iter().map(|(name, value)| format!("{name} {value}"));
            let keys = keys.iter().map(|key| format!("keyed by {key}"));
            let rest: Vec<String> = settings.chain(keys).collect();
            if rest.is_empty() { kind.clone() } else { format!("{kind}, {}", rest.join(", ")) }
        }
        Content::Thing(Thing::Send { to, level_db, pre_fader }) => {
            format!(
                "send to {to} at {} dB{}",
                number(*level_db),
                if *pre_fader { ", before the fader" } else { "" }
            )
        }
        Content::Thing(Thing::Lane { of, points }) => {
            let low = points.iter().map(|&(_, offset)| offset).fold(f64::INFINITY, f64::min);
            let high = points.iter().map(|&(_, offset)| offset).fold(f64::NEG_INFINITY, f64::max);
            format!(
                "{of} moves between {} and {} at {}",
                number(low),
                number(high),
                counted(points.len(), "point")
            )
        }
    }
}
