//! What a goal means: who, what, beside whom, where, how much.

use std::fmt;

use super::{Goal, That, english, nouns};
use crate::role::Role;
use crate::session::{Id, Session};

/// Whose sound is meant.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Who {
    /// Everything.
    Mix,
    /// These tracks, in the order of ids.
    Tracks(Vec<Id>),
    /// All tracks but these.
    Rest(Vec<Id>),
}

/// Beside what something is measured.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Beside {
    /// Somebody else, in the same place.
    Who(Who),
    /// The same sound in another section (by id or kind).
    Section(String),
    /// The same sound in the version before.
    Before,
    /// These finished records, by their ids in the session.
    References(Vec<Id>),
}

/// A goal as it is understood.
#[derive(Clone, Debug, PartialEq)]
pub struct Meaning {
    /// What is wanted.
    pub that: That,
    /// Of whom.
    pub of: Who,
    /// Beside what; nothing for what is measured by itself.
    pub than: Option<Beside>,
    /// On which playback system.
    pub on: Option<String>,
    /// In which section, by id or kind; everywhere where nothing is said.
    pub within: Option<String>,
    /// The least that passes.
    pub at_least: Option<f64>,
    /// The most that passes.
    pub at_most: Option<f64>,
}

/// Why a goal was not understood, and what would be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Misunderstood {
    /// What is not clear.
    pub why: String,
    /// The nearest forms that are understood.
    pub forms: Vec<String>,
}

impl Misunderstood {
    pub(super) fn new(why: impl Into<String>) -> Self {
        Self { why: why.into(), forms: Vec::new() }
    }

    pub(super) fn forms(mut self, forms: impl IntoIterator<Item = String>) -> Self {
        self.forms.extend(forms);
        self
    }
}

impl Goal {
    /// What it means in a session. The person's words are read where there is no `that`; what stands typed beside them
    /// goes before them.
    ///
    /// # Errors
    /// What was not understood, with the nearest forms that are.
    pub fn meaning(&self, session: &Session) -> Result<Meaning, Misunderstood> {
        let read = match (&self.say, self.that) {
            (Some(say), None) => english::read(say, session)?,
            _ => Goal::default(),
        };
        let Some(that) = self.that.or(read.that) else {
            return Err(Misunderstood::new("the goal has neither words (`say`) nor a predicate (`that`)")
                .forms(super::ROWS.iter().map(|row| format!("that = \"{}\"", row.word))));
        };
        let text = |own: &Option<String>, read: &Option<String>| own.clone().or_else(|| read.clone());
        let row = that.row();
        let of = match text(&self.of, &read.of) {
            Some(of) => who(&of, session, &[])?,
            None => Who::Mix,
        };
        let within = text(&self.within, &read.within).map(|within| place(&within, session)).transpose()?;
        let than = match text(&self.than, &read.than) {
            Some(than) if that == That::Balanced => Some(references(&than, session)?),
            Some(than) if !row.compared => {
                return Err(Misunderstood::new(format!(
                    "{} is measured by itself, beside nothing",
                    row.word
                ))
                .forms([format!("the same without \"{than}\"")]));
            }
            Some(than) => Some(beside(&than, &of, session)?),
            None if !row.compared => None,
            None if that == That::Louder && of != Who::Mix => Some(Beside::Who(rest_of(&of))),
            None => {
                return Err(Misunderstood::new(format!("{} than what?", row.word)).forms([
                    format!("than = \"rest\": {} than everything else", row.word),
                    format!("than = \"verse\": {} than in the verse", row.word),
                    format!("than = \"before\": {} than in the version before", row.word),
                ]));
            }
        };
        let on = match text(&self.on, &read.on) {
            Some(on) => Some(
                nouns::system(&on)
                    .ok_or_else(|| {
                        Misunderstood::new(format!("there is no playback system \"{on}\""))
                            .forms(nouns::SYSTEMS.iter().map(|(id, _)| (*id).to_owned()))
                    })?
                    .to_owned(),
            ),
            None => None,
        };
        if on.is_some() && !that.by_ear() {
            let by_ear = super::ROWS.iter().filter(|row| row.that.by_ear());
            return Err(Misunderstood::new(format!("{} is not measured on a playback system", row.word))
                .forms(by_ear.map(|row| format!("that = \"{}\"", row.word))));
        }
        if that == That::Translates && on.is_none() {
            return Err(Misunderstood::new("on which playback system?")
                .forms(nouns::SYSTEMS.iter().map(|(id, _)| format!("on = \"{id}\""))));
        }
        if that == That::Biggest && within.is_none() {
            return Err(Misunderstood::new("which section is to be the biggest?")
                .forms(["in = \"chorus\"".to_owned()]));
        }
        let at_least = self.at_least.or(self.by).or(read.at_least).or(read.by);
        let at_most = self.at_most.or(read.at_most);
        let (at_least, at_most) = match (at_least, at_most) {
            (None, None) if row.rising => (Some(row.usual), None),
            (None, None) => (None, Some(row.usual)),
            said => said,
        };
        Ok(Meaning { that, of, than, on, within, at_least, at_most })
    }
}

/// The tracks that an `of` or `than` names.
fn who(said: &str, session: &Session, but: &[Id]) -> Result<Who, Misunderstood> {
    match said.trim() {
        "mix" => return Ok(Who::Mix),
        "rest" => return Ok(Who::Rest(but.to_vec())),
        "focus" if !session.focus.is_empty() => return Ok(tracks(session.focus.clone())),
        "focus" => {
            return Err(Misunderstood::new(
                "the session says of no track that the song is about it (`focus`)",
            ));
        }
        _ => {}
    }
    let mut found: Vec<Id> = Vec::new();
    for part in said.split(',').map(str::trim) {
        let here = named(part, session);
        if here.is_empty() {
            let tracks = session.tracks.iter().map(|track| track.id.clone());
            return Err(Misunderstood::new(format!("there is no track, bus or role \"{part}\""))
                .forms(tracks.take(12)));
        }
        found.extend(here);
    }
    Ok(tracks(found))
}

fn tracks(mut ids: Vec<Id>) -> Who {
    ids.sort();
    ids.dedup();
    Who::Tracks(ids)
}

fn named(part: &str, session: &Session) -> Vec<Id> {
    let ids = |wanted: &dyn Fn(&crate::session::Track) -> bool| -> Vec<Id> {
        session.tracks.iter().filter(|track| wanted(track)).map(|track| track.id.clone()).collect()
    };
    if let Some(role) = part.strip_prefix("role:").and_then(Role::from_word) {
        return ids(&|track| track.role == role);
    }
    let exact = ids(&|track| track.id == part);
    if !exact.is_empty() {
        return exact;
    }
    if session.buses.iter().any(|bus| bus.id == part) {
        return ids(&|track| session.goes_through(&track.id, part));
    }
    if let Some(role) = Role::from_word(part) {
        let of_role = ids(&|track| track.role == role);
        if !of_role.is_empty() {
            return of_role;
        }
    }
    match nouns::who(part, session) {
        Some(other) if other != part => other.split(", ").flat_map(|one| named(one, session)).collect(),
        _ => Vec::new(),
    }
}

fn rest_of(who: &Who) -> Who {
    match who {
        Who::Mix | Who::Rest(_) => Who::Mix,
        Who::Tracks(ids) => Who::Rest(ids.clone()),
    }
}

fn beside(said: &str, of: &Who, session: &Session) -> Result<Beside, Misunderstood> {
    if said == "before" {
        return Ok(Beside::Before);
    }
    let own: &[Id] = match of {
        Who::Tracks(ids) => ids,
        _ => &[],
    };
    if said == "rest" && own.is_empty() {
        return Err(Misunderstood::new("beside the rest of what? The whole mix has none"));
    }
    // A track called like a section is a track.
    if let Ok(found) = who(said, session, own) {
        return Ok(Beside::Who(found));
    }
    place(said, session).map(Beside::Section).map_err(|_| {
        Misunderstood::new(format!("there is no track, bus, role or section \"{said}\"")).forms([
            "rest".to_owned(),
            "before".to_owned(),
            "a track, a role or a section of the session".to_owned(),
        ])
    })
}

/// The records that a balance is compared with: all of the session, or one by its id.
fn references(said: &str, session: &Session) -> Result<Beside, Misunderstood> {
    let ids = || session.references.iter().map(|reference| reference.id.clone());
    if session.references.is_empty() {
        return Err(Misunderstood::new(
            "there is no reference to be balanced like: name a record with --reference FILE, or write a [[reference]] table \
             with its id and file into the session",
        ));
    }
    if ids().any(|id| id == said) {
        return Ok(Beside::References(vec![said.to_owned()]));
    }
    if nouns::is_reference(said) {
        return Ok(Beside::References(ids().collect()));
    }
    Err(Misunderstood::new(format!("\"{said}\" is no reference of this session"))
        .forms(std::iter::once("reference".to_owned()).chain(ids())))
}

/// A section's id or kind that the session has.
fn place(said: &str, session: &Session) -> Result<String, Misunderstood> {
    let known =
        |word: &str| session.sections.iter().any(|section| section.id == word || section.kind == word);
    if known(said) {
        return Ok(said.to_owned());
    }
    if let Some(found) = nouns::section(said, session).filter(|found| known(found)) {
        return Ok(found);
    }
    if session.sections.is_empty() {
        return Err(Misunderstood::new(format!(
            "the session names no sections, so nobody knows where \"{said}\" is"
        ))
        .forms(["write [[section]] tables with id, kind, from_s and to_s".to_owned()]));
    }
    let mut kinds: Vec<String> = session.sections.iter().map(|section| section.kind.clone()).collect();
    kinds.dedup();
    Err(Misunderstood::new(format!("there is no section \"{said}\"")).forms(kinds))
}

impl fmt::Display for Who {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Who::Mix => f.write_str("the mix"),
            Who::Tracks(ids) => f.write_str(&ids.join(", ")),
            Who::Rest(_) => f.write_str("everything else"),
        }
    }
}

impl fmt::Display for Meaning {
    /// How the goal was understood, so that the person can see whether it was.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let row = self.that.row();
        write!(f, "{}", self.of)?;
        if let Some(within) = &self.within {
            write!(f, " in {within}")?;
        }
        if let Some(on) = &self.on {
            write!(f, " on {on}")?;
        }
        write!(f, ": {}", row.word)?;
        match &self.than {
            Some(Beside::Who(who)) if self.that == That::Uncovered => write!(f, " by {who}")?,
            Some(Beside::Who(who)) => write!(f, " than {who}")?,
            Some(Beside::Section(section)) => write!(f, " than in {section}")?,
            Some(Beside::Before) => f.write_str(" than before")?,
            Some(Beside::References(ids)) => write!(f, " like {}", ids.join(", "))?,
            None => {}
        }
        match (self.at_least, self.at_most) {
            (Some(least), Some(most)) => write!(f, ", {least} to {most} {}", row.unit),
            (Some(least), None) => write!(f, ", at least {least} {}", row.unit),
            (None, Some(most)) => write!(f, ", at most {most} {}", row.unit),
            (None, None) => Ok(()),
        }
    }
}
