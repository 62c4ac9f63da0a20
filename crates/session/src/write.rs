//! A session as text, written for people: keys in the order in which one reads a strip, what is at its default left out
//! where nobody looks for it, numbers in the fewest digits that lead back to them.

use std::collections::BTreeMap;

use mixkeel_dsp::param::{ParamSpec, Range};

use crate::address::Address;
use crate::check::route_key;
use crate::fields;
use crate::finish::Finish;
use crate::goal::Goal;
use crate::session::{Clip, Insert, Lane, Send, Session, Song};
use crate::strip::{Strip, StripKind};
use crate::text::{metres, number, points, quoted, value, words};

/// The version of the file format that is written, and the newest that is read.
pub const VERSION: i64 = 1;

/// The text of a session. Reading it gives the same session, and writing that again the same text.
pub fn write(session: &Session) -> String {
    write_with(session, &BTreeMap::new())
}

/// The text of a session with remarks: each stands as a comment behind the value at its address.
pub fn write_with(session: &Session, notes: &BTreeMap<Address, String>) -> String {
    let mut writer = Writer { out: String::new(), notes };
    writer.song(session);
    writer.master(session);
    session.strips().for_each(|strip| writer.strip(session, &strip));
    writer.out
}

struct Writer<'a> {
    out: String,
    notes: &'a BTreeMap<Address, String>,
}

impl Writer<'_> {
    fn header(&mut self, header: &str) {
        let gap = if self.out.is_empty() { "" } else { "\n" };
        self.out.push_str(&format!("{gap}{header}\n"));
    }

    fn line(&mut self, address: &Address, key: &str, text: &str) {
        self.out.push_str(&format!("{key} = {text}"));
        if let Some(note) = self.notes.get(address) {
            let note: String = note.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
            self.out.push_str(&format!("  # {note}"));
        }
        self.out.push('\n');
    }

    fn word(&mut self, address: &Address, key: &str, text: &str) {
        self.line(address, key, &quoted(text));
    }

    fn list(&mut self, address: &Address, key: &str, list: &[String]) {
        if !list.is_empty() {
            self.line(address, key, &words(list));
        }
    }

    /// A number, unless it stands at its default.
    fn moved(&mut self, address: &Address, spec: &ParamSpec, is: f64) {
        if !matches!(spec.range, Range::Number { default, .. } if default == is) {
            self.line(address, spec.id, &number(is));
        }
    }

    /// A switch, unless it is off.
    fn switch(&mut self, address: &Address, spec: &ParamSpec, on: bool) {
        if on {
            self.line(address, spec.id, "true");
        }
    }

    fn origin(&mut self, address: &Address, by: &Option<String>, because: &Option<String>) {
        for (key, text) in [("by", by), ("because", because)] {
            if let Some(text) = text {
                self.word(address, key, text);
            }
        }
    }

    fn song(&mut self, session: &Session) {
        let at = |key| Address::of("song", key);
        self.out.push_str(&format!("mixkeel = {VERSION}\n"));
        self.word(&at("title"), "title", &session.title);
        self.line(&at("rate_hz"), "rate_hz", &session.rate_hz.to_string());
        self.list(&at("focus"), "focus", &session.focus);
        if session.song != Song::default() {
            self.header("[song]");
            if !session.song.tempo.is_empty() {
                self.line(&at("tempo"), "tempo", &points(&session.song.tempo));
            }
            if !session.song.metre.is_empty() {
                self.line(&at("metre"), "metre", &metres(&session.song.metre));
            }
            if let Some(key) = &session.song.key {
                self.word(&at("key"), "key", key);
            }
            if let Some(style) = &session.song.style {
                self.word(&at("style"), "style", style);
            }
            if let Some(strength) = session.song.strength {
                self.line(&at("strength"), "strength", &number(strength));
            }
        }
        for section in &session.sections {
            let at = |key| Address::of_part("song", &section.id, key);
            self.header("[[section]]");
            self.word(&Address::part("song", &section.id), "id", &section.id);
            self.word(&at("kind"), "kind", &section.kind);
            self.line(&at("from_s"), "from_s", &number(section.from_s));
            self.line(&at("to_s"), "to_s", &number(section.to_s));
        }
        for goal in &session.goals {
            self.goal(goal);
        }
        for reference in &session.references {
            self.header("[[reference]]");
            self.word(&Address::part("song", &reference.id), "id", &reference.id);
            self.word(&Address::of_part("song", &reference.id, "file"), "file", &reference.file);
        }
        if session.finish != Finish::default() {
            self.finish(&session.finish);
        }
    }

    fn finish(&mut self, finish: &Finish) {
        let at = |key| Address::of_part("song", "finish", key);
        self.header("[finish]");
        if let Some(by) = finish.by {
            self.line(&at("by"), "by", &by.to_string());
        }
        if let Some(hours) = finish.hours {
            self.line(&at("hours"), "hours", &number(hours));
        }
        if let Some(versions) = finish.versions {
            self.line(&at("versions"), "versions", &versions.to_string());
        }
    }

    fn goal(&mut self, goal: &Goal) {
        let at = |key| Address::of_part("song", &goal.id, key);
        self.header("[[goal]]");
        self.word(&Address::part("song", &goal.id), "id", &goal.id);
        let that = goal.that.map(|that| that.word().to_owned());
        let texts = [
            ("say", &goal.say),
            ("that", &that),
            ("of", &goal.of),
            ("than", &goal.than),
            ("on", &goal.on),
            ("in", &goal.within),
        ];
        for (key, text) in texts {
            if let Some(text) = text {
                self.word(&at(key), key, text);
            }
        }
        let amounts = [
            (&fields::GOAL_BY, goal.by),
            (&fields::GOAL_AT_LEAST, goal.at_least),
            (&fields::GOAL_AT_MOST, goal.at_most),
        ];
        for (spec, amount) in amounts {
            if let Some(amount) = amount {
                self.line(&at(spec.id), spec.id, &number(amount));
            }
        }
    }

    fn master(&mut self, session: &Session) {
        let master = &session.master;
        self.header("[master]");
        let address = Address::of("master", fields::HEADROOM_DB.id);
        self.line(&address, fields::HEADROOM_DB.id, &number(master.headroom_db));
        self.list(&Address::of("master", "lock"), "lock", &master.lock);
        master.inserts.iter().for_each(|insert| self.insert("master", "master", insert));
    }

    fn strip(&mut self, session: &Session, strip: &Strip<'_>) {
        let at = |key| Address::of(strip.id, key);
        let noun = strip.kind.word();
        self.header(&format!("[[{noun}]]"));
        self.word(&Address::strip(strip.id), "id", strip.id);
        let track = session.tracks.iter().filter(|_| strip.kind == StripKind::Track);
        let track = track.into_iter().find(|track| track.id == strip.id);
        if let Some(track) = track {
            self.word(&at("name"), "name", &track.name);
            self.clips(strip.id, &track.clips);
            self.word(&at("role"), "role", track.role.word());
        }
        let to = route_key(strip.kind);
        self.word(&at(to), to, strip.to);
        if let Some(track) = track {
            self.line(&at("trim_db"), "trim_db", &number(track.trim_db));
            if track.inverted {
                self.word(&at("polarity"), "polarity", fields::POLARITY[1]);
            }
            self.moved(&at("shift_ms"), &fields::SHIFT_MS, track.shift_ms);
        }
        self.line(&at("fader_db"), "fader_db", &number(strip.fader_db));
        match strip.kind {
            StripKind::Track => self.line(&at("pan"), "pan", &number(strip.pan)),
            _ => self.moved(&at("pan"), &fields::PAN, strip.pan),
        }
        self.moved(&at("width"), &fields::WIDTH, strip.width);
        self.switch(&at("mute"), &fields::MUTE, strip.mute);
        self.switch(&at("solo"), &fields::SOLO, strip.solo);
        self.list(&at("lock"), "lock", strip.lock);
        strip.inserts.iter().for_each(|insert| self.insert(noun, strip.id, insert));
        strip.sends.iter().for_each(|send| self.send(noun, strip.id, send));
        strip.lanes.iter().for_each(|lane| self.lane(noun, strip.id, lane));
    }

    /// One recording on one line, several on a line each.
    fn clips(&mut self, strip: &str, clips: &[Clip]) {
        let rows: Vec<String> = clips
            .iter()
            .map(|clip| {
                let right = clip.right.as_ref().map(|right| format!("right = {}, ", quoted(right)));
                let right = right.unwrap_or_default();
                format!("{{ file = {}, {right}at_s = {} }}", quoted(&clip.file), number(clip.at_s))
            })
            .collect();
        let text = match rows.as_slice() {
            [] => return,
            [only] => format!("[{only}]"),
            rows => format!("[\n    {},\n]", rows.join(",\n    ")),
        };
        self.line(&Address::of(strip, "clip"), "clip", &text);
    }

    fn insert(&mut self, noun: &str, strip: &str, insert: &Insert) {
        let at = |key| Address::of_part(strip, &insert.id, key);
        let own = Address::part(strip, &insert.id);
        self.header(&format!("[[{noun}.insert]]"));
        self.word(&own, "id", &insert.id);
        self.word(&at("kind"), "kind", insert.kind.id);
        self.origin(&Address::of_part(strip, &insert.id, "by"), &insert.by, &insert.because);
        for asset in &insert.assets {
            self.word(&at(asset.spec.id), asset.spec.id, &asset.file);
            if let Some(sha256) = &asset.sha256 {
                let key = format!("{}_sha256", asset.spec.id);
                self.word(&Address::of_part(strip, &insert.id, &key), &key, sha256);
            }
        }
        self.switch(&at("bypass"), &fields::BYPASS, insert.bypass);
        self.list(&at("keys"), "keys", &insert.keys);
        self.settings(strip, insert);
    }

    /// All settings, at their defaults or not: a session sounds the same after a default has changed. Those with a path
    /// for a name stand together: `band.2 = { … }`.
    fn settings(&mut self, strip: &str, insert: &Insert) {
        let mut open: Option<(&str, Vec<String>)> = None;
        let paths = insert.settings.paths();
        for (path, _) in &paths {
            let Some(is) = insert.settings.get(path) else { continue };
            let (group, leaf) = path.rsplit_once('/').unwrap_or(("", path));
            if open.as_ref().is_some_and(|(before, _)| *before != group) {
                self.group(strip, insert, open.take());
            }
            if group.is_empty() {
                self.line(&Address::of_part(strip, &insert.id, path), path, &value(&is));
            } else {
                open.get_or_insert((group, Vec::new())).1.push(format!("{leaf} = {}", value(&is)));
            }
        }
        self.group(strip, insert, open);
    }

    fn group(&mut self, strip: &str, insert: &Insert, group: Option<(&str, Vec<String>)>) {
        if let Some((name, rows)) = group {
            let address = Address::of_part(strip, &insert.id, name);
            self.line(&address, name, &format!("{{ {} }}", rows.join(", ")));
        }
    }

    fn send(&mut self, noun: &str, strip: &str, send: &Send) {
        let at = |key| Address::of_part(strip, &send.id, key);
        self.header(&format!("[[{noun}.send]]"));
        self.word(&Address::part(strip, &send.id), "id", &send.id);
        self.word(&at("to"), "to", &send.to);
        self.line(&at("level_db"), "level_db", &number(send.level_db));
        self.switch(&at("pre_fader"), &fields::PRE_FADER, send.pre_fader);
    }

    fn lane(&mut self, noun: &str, strip: &str, lane: &Lane) {
        let at = |key| Address::of_part(strip, &lane.id, key);
        self.header(&format!("[[{noun}.lane]]"));
        self.word(&Address::part(strip, &lane.id), "id", &lane.id);
        self.word(&at("of"), "of", &lane.of);
        self.origin(&at("by"), &lane.by, &lane.because);
        self.line(&at("points"), "points", &points(&lane.points));
    }
}
