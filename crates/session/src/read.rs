//! From text to session: every noun of a session file in a few lines, every problem of the file in one pass.

use std::collections::BTreeSet;

use mixkeel_dsp::param::{ParamSpec, Value};
use toml_edit::Document;

use crate::access::whole_rate;
use crate::check::check;
use crate::cursor::{Cursor, Log, value_of};
use crate::fields;
use crate::finish::Finish;
use crate::goal::{self, Goal};
use crate::problem::{Problem, Severity};
use crate::read_insert::insert;
use crate::role::Role;
use crate::session::{
    Bus, Clip, Insert, Lane, Master, Metre, Reference, Return, Section, Send, Session, Song, StripSettings,
    Track,
};
use crate::write::VERSION;

/// What came of reading.
#[derive(Clone, Debug, PartialEq)]
pub struct Reading {
    /// The session, if there is no error among the problems.
    pub session: Option<Session>,
    /// Everything that is wrong, in the order of the text.
    pub problems: Vec<Problem>,
}

/// Reads a session file. Never panics, and never stops at the first problem.
pub fn read(text: &str) -> Reading {
    let mut log = Log::new(text);
    let session = read_into(&mut log);
    let problems = log.into_problems();
    let session = session.filter(|_| !problems.iter().any(Problem::is_error));
    Reading { session, problems }
}

/// The keys that reading a text asks for, by the noun of their table.
#[cfg(test)]
pub(crate) fn asked(text: &str) -> std::collections::BTreeMap<&'static str, BTreeSet<String>> {
    let mut log = Log::new(text);
    read_into(&mut log);
    log.asked()
}

/// The most mistakes in the grammar of TOML that are reported at once. Ours: a file with more is no session.
const MAX_SYNTAX_PROBLEMS: usize = 20;

fn read_into(log: &mut Log<'_>) -> Option<Session> {
    let document = parse(log)?;
    let log = &*log;
    let top = Cursor::top(log, document.as_table());
    if !version_is_known(&top) {
        return None;
    }
    // What refers to a missing id is not blamed either: the missing id was.
    let mut reader = Reader { broken: BTreeSet::from([String::new()]) };
    let session = reader.session(top);
    if !log.lines_lost {
        for fault in check(&session) {
            // What is missing only because it could not be read has been reported already.
            if !fault.missing.as_ref().is_some_and(|id| reader.broken.contains(id)) {
                log.error(log.span(&fault.place), fault.message, fault.help);
            }
        }
    }
    Some(session)
}

/// Parses the text. A line that is no TOML is reported, blanked and passed over, so that one slip does not hide the
/// others; but when it was the head of a table, nobody can tell what the lines below belong to.
fn parse(log: &mut Log<'_>) -> Option<Document<String>> {
    let mut text = log.text().to_owned();
    for _ in 0..MAX_SYNTAX_PROBLEMS {
        let error = match Document::parse(text.clone()) {
            Ok(document) => return Some(document),
            Err(error) => error,
        };
        let span = error.span().unwrap_or(0..0);
        let message = error.message().trim().replace('\n', ", ");
        log.error(span.clone(), message, None);
        log.lines_lost = true;
        let at = (0..=span.start.min(text.len())).rev().find(|&at| text.is_char_boundary(at))?;
        let start = text.get(..at)?.rfind('\n').map_or(0, |newline| newline + 1);
        let end = text.get(start..)?.find('\n').map_or(text.len(), |newline| start + newline);
        let line = text.get(start..end)?;
        if span.end > end + 1 || line.trim().is_empty() || line.trim_start().starts_with('[') {
            return None;
        }
        text.replace_range(start..end, &" ".repeat(end - start));
    }
    None
}

fn version_is_known(top: &Cursor<'_>) -> bool {
    if !top.has("mixkeel") {
        let help = format!("a session begins with the line `mixkeel = {VERSION}`");
        top.missing("mixkeel", Some(help));
        return true;
    }
    let (message, help) = match top.single("mixkeel") {
        Some((Some(Value::Number(version)), _)) if version == VERSION as f64 => return true,
        Some((Some(Value::Number(version)), _)) if version > VERSION as f64 && version.fract() == 0.0 => (
            format!("this session was written by a newer Mixkeel, in format {version}"),
            format!("this one reads format {VERSION}; update Mixkeel to open it"),
        ),
        _ => (
            format!("`mixkeel` must be {VERSION}, the version of the format"),
            format!("write `mixkeel = {VERSION}`"),
        ),
    };
    top.log.error(top.log.span("mixkeel"), message, Some(help));
    false
}

/// What the nouns have to tell each other.
struct Reader {
    /// Ids of things that could not be read; what refers to them is not blamed.
    broken: BTreeSet<String>,
}

impl Reader {
    fn session(&mut self, top: Cursor<'_>) -> Session {
        let session = Session {
            title: top.text("title").unwrap_or_default(),
            rate_hz: rate(&top),
            focus: top.texts("focus"),
            song: top.table("song").map(song).unwrap_or_default(),
            sections: top.tables("section").into_iter().map(section).collect(),
            goals: top.tables("goal").into_iter().map(goal).collect(),
            references: top.tables("reference").into_iter().map(reference).collect(),
            finish: top.table("finish").map(finish).unwrap_or_default(),
            master: top.table("master").map(|table| self.master(table)).unwrap_or_default(),
            buses: top.tables("bus").into_iter().map(|table| self.bus(table)).collect(),
            returns: top.tables("return").into_iter().map(|table| self.effect(table)).collect(),
            tracks: top.tables("track").into_iter().map(|table| self.track(table)).collect(),
        };
        top.finish();
        session
    }

    fn master(&mut self, table: Cursor<'_>) -> Master {
        let master = Master {
            headroom_db: table.number(&fields::HEADROOM_DB),
            inserts: self.inserts(&table),
            lock: table.texts("lock"),
        };
        table.finish();
        master
    }

    fn bus(&mut self, table: Cursor<'_>) -> Bus {
        let (id, to) = (table.needed("id"), route(&table, "to"));
        let bus = Bus { id, to, strip: self.strip(&table) };
        table.finish();
        bus
    }

    fn effect(&mut self, table: Cursor<'_>) -> Return {
        let (id, to) = (table.needed("id"), route(&table, "to"));
        let effect = Return { id, to, strip: self.strip(&table) };
        table.finish();
        effect
    }

    fn track(&mut self, table: Cursor<'_>) -> Track {
        let id = table.needed("id");
        let roles = Role::ALL.map(Role::word);
        let name = table.text("name").unwrap_or_else(|| id.clone());
        let clips: Vec<Clip> = table.tables("clip").into_iter().map(clip).collect();
        if !table.has("clip") && !table.log.lines_lost {
            let help = "write clip = [{ file = \"…\" }]".to_owned();
            table.log.problem(table.span(), Severity::Warning, "this track has no recording", Some(help));
        }
        let strip = self.strip(&table);
        let track = Track {
            id,
            name,
            clips,
            role: table.word("role", &roles).and_then(|n| Role::ALL.get(n).copied()).unwrap_or_default(),
            bus: route(&table, "bus"),
            trim_db: table.number(&fields::TRIM_DB),
            inverted: table.word("polarity", &fields::POLARITY) == Some(1),
            shift_ms: table.number(&fields::SHIFT_MS),
            inserts: strip.inserts,
            fader_db: strip.fader_db,
            pan: strip.pan,
            width: strip.width,
            mute: strip.mute,
            solo: strip.solo,
            sends: strip.sends,
            lanes: strip.lanes,
            lock: strip.lock,
        };
        table.finish();
        track
    }

    fn strip(&mut self, table: &Cursor<'_>) -> StripSettings {
        StripSettings {
            inserts: self.inserts(table),
            fader_db: table.number(&fields::FADER_DB),
            pan: table.number(&fields::PAN),
            width: table.number(&fields::WIDTH),
            mute: table.switch(&fields::MUTE),
            solo: table.switch(&fields::SOLO),
            sends: table.tables("send").into_iter().map(send).collect(),
            lanes: table.tables("lane").into_iter().map(lane).collect(),
            lock: table.texts("lock"),
        }
    }

    fn inserts(&mut self, table: &Cursor<'_>) -> Vec<Insert> {
        table.tables("insert").into_iter().filter_map(|table| insert(table, &mut self.broken)).collect()
    }
}

fn section(table: Cursor<'_>) -> Section {
    let id = table.needed("id");
    let kind = table.text("kind").unwrap_or_else(|| id.clone());
    let (from_s, to_s) = (table.needed_number(&fields::FROM_S), table.needed_number(&fields::TO_S));
    let section = Section { id, kind, from_s, to_s };
    table.finish();
    section
}

fn goal(table: Cursor<'_>) -> Goal {
    let words: Vec<&str> = goal::ROWS.iter().map(|row| row.word).collect();
    let amount = |spec: &ParamSpec| table.has(spec.id).then(|| table.number(spec));
    let goal = Goal {
        id: table.needed("id"),
        say: table.text("say"),
        that: table.word("that", &words).and_then(|n| goal::ROWS.get(n)).map(|row| row.that),
        of: table.text("of"),
        than: table.text("than"),
        on: table.text("on"),
        within: table.text("in"),
        by: amount(&fields::GOAL_BY),
        at_least: amount(&fields::GOAL_AT_LEAST),
        at_most: amount(&fields::GOAL_AT_MOST),
    };
    table.finish();
    goal
}

fn reference(table: Cursor<'_>) -> Reference {
    let reference = Reference { id: table.needed("id"), file: table.needed("file") };
    table.finish();
    reference
}

fn finish(table: Cursor<'_>) -> Finish {
    let amount = |spec: &ParamSpec| table.has(spec.id).then(|| table.number(spec));
    let finish = Finish {
        by: table.date("by"),
        hours: amount(&fields::FINISH_HOURS),
        // In its range a number of versions fits, and half a version is none.
        versions: amount(&fields::FINISH_VERSIONS).map(|versions| versions as u32),
    };
    table.finish();
    finish
}

fn send(table: Cursor<'_>) -> Send {
    let send = Send {
        id: table.needed("id"),
        to: table.needed("to"),
        level_db: table.number(&fields::LEVEL_DB),
        pre_fader: table.switch(&fields::PRE_FADER),
    };
    table.finish();
    send
}

fn lane(table: Cursor<'_>) -> Lane {
    let offset = |value: &toml_edit::Value| match value_of(value) {
        Some(Value::Number(offset)) if offset.is_finite() => Ok(offset),
        _ => Err("the second of a pair is the offset, a number".to_owned()),
    };
    if !table.has("points") {
        table.missing("points", Some("write points = [[0.0, 0.0], [1.0, 1.5]]".to_owned()));
    }
    let lane = Lane {
        id: table.needed("id"),
        of: table.needed("of"),
        by: table.text("by"),
        because: table.text("because"),
        points: table.pairs("points", offset),
    };
    table.finish();
    lane
}

fn rate(top: &Cursor<'_>) -> u32 {
    let rate = Value::Number(top.needed_number(&fields::RATE_HZ));
    whole_rate(&rate).unwrap_or_else(|error| {
        top.log.error(top.log.span("rate_hz"), error.message, None);
        48_000
    })
}

fn song(table: Cursor<'_>) -> Song {
    let tempo = |value: &toml_edit::Value| {
        let tempo = value_of(value).unwrap_or(Value::Switch(false));
        match (fields::check(&fields::TEMPO_BPM, &tempo), tempo) {
            (Ok(()), Value::Number(tempo)) => Ok(tempo),
            (Err(error), _) => Err(error.to_string()),
            (Ok(()), _) => Err("a tempo is a number of beats a minute".to_owned()),
        }
    };
    let metre = |value: &toml_edit::Value| {
        let metre = value.as_str().and_then(Metre::from_word);
        metre.ok_or_else(|| "a metre is a text such as \"4/4\", \"3/4\" or \"7/8\"".to_owned())
    };
    let key = table.text("key").filter(|key| {
        let known = is_key(key);
        if !known {
            let help = Some("a key is a text such as \"C major\" or \"F# minor\"".to_owned());
            table.log.error(table.log.span(&table.place("key")), format!("\"{key}\" is no key"), help);
        }
        known
    });
    let song = Song {
        tempo: table.pairs("tempo", tempo),
        metre: table.pairs("metre", metre),
        key,
        style: table.text("style"),
        strength: table.has("strength").then(|| table.number(&fields::STRENGTH)),
    };
    table.finish();
    song
}

/// Whether a text is a note with major or minor behind it.
fn is_key(text: &str) -> bool {
    let Some((note, mode)) = text.split_once(' ') else { return false };
    let mut letters = note.chars();
    let white = letters.next().is_some_and(|letter| ('A'..='G').contains(&letter));
    white && matches!(letters.as_str(), "" | "#" | "b") && matches!(mode, "major" | "minor")
}

fn clip(table: Cursor<'_>) -> Clip {
    let file = table.needed("file");
    let clip = Clip { file, right: table.text("right"), at_s: table.number(&fields::AT_S) };
    table.finish();
    clip
}

fn route(table: &Cursor<'_>, key: &str) -> String {
    if table.has(key) { table.needed(key) } else { "master".to_owned() }
}

impl Metre {
    /// `4/4` or `7/8`: 1 to 64 beats (ours: longer bars are several bars) of a whole to a sixteenth note.
    pub fn from_word(word: &str) -> Option<Self> {
        let (beats, unit) = word.split_once('/')?;
        let metre = Self { beats: beats.parse().ok()?, unit: unit.parse().ok()? };
        let known = (1..=64).contains(&metre.beats) && [1, 2, 4, 8, 16].contains(&metre.unit);
        known.then_some(metre)
    }
}
