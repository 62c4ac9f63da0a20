//! What can be wrong with a session as a whole: references that lead nowhere, circles, times out of order. One list of
//! checks for the reader, which knows the lines, and for `resolve`, which does not.

use std::collections::{BTreeMap, BTreeSet};

use mixkeel_dsp::param::{ParamSpec, Value};

use crate::address::{Address, STRIP_PARAMETERS};
use crate::fields;
use crate::id::{self, is_valid};
use crate::order::{Hears, order};
use crate::session::{Insert, Lane, Session};
use crate::strip::{Strip, StripKind};
use crate::suggest::did_you_mean;

/// Something wrong at a place of a session.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{place}: {message}{}", help.as_ref().map(|help| format!(" ({help})")).unwrap_or_default())]
pub struct Fault {
    /// Where, counted from 0 as in the file: `track[3].bus`, `master.insert[0].keys[1]`.
    pub place: String,
    /// What is wrong.
    pub message: String,
    /// What was probably meant, or what to do.
    pub help: Option<String>,
    /// The id that leads nowhere, where that is what is wrong.
    pub missing: Option<String>,
}

impl Fault {
    pub(crate) fn new(place: impl Into<String>, message: impl Into<String>) -> Self {
        Self { place: place.into(), message: message.into(), help: None, missing: None }
    }

    fn help(self, help: impl Into<Option<String>>) -> Self {
        Self { help: help.into(), ..self }
    }

    fn missing(self, id: &str) -> Self {
        Self { missing: Some(id.to_owned()), ..self }
    }
}

/// Everything that is wrong with a session, in the order of its parts. Numbers are checked as they are set and read.
pub fn check(session: &Session) -> Vec<Fault> {
    let mut faults = Vec::new();
    check_song(session, &mut faults);
    check_strip_ids(session, &mut faults);
    for (place, strip) in places(session) {
        check_route(session, &place, &strip, &mut faults);
        check_inserts(session, &place, strip.inserts, &mut faults);
        check_parts(&place, &strip, &mut faults);
        check_sends(session, &place, &strip, &mut faults);
        strip.lanes.iter().enumerate().for_each(|(n, lane)| {
            check_lane(&format!("{place}.lane[{n}]"), &strip, lane, &mut faults);
        });
        check_locks(session, &place, strip.id, strip.lock, &mut faults);
    }
    check_inserts(session, "master", &session.master.inserts, &mut faults);
    let ids =
        session.master.inserts.iter().enumerate().map(|(n, i)| (format!("master.insert[{n}].id"), &i.id));
    check_unique(ids, &mut faults);
    check_locks(session, "master", "master", &session.master.lock, &mut faults);
    check_circles(session, &mut faults);
    faults
}

/// Every strip with its place in the file.
fn places(session: &Session) -> impl Iterator<Item = (String, Strip<'_>)> {
    let mut counts = BTreeMap::new();
    session.strips().map(move |strip| {
        let n = counts.entry(strip.kind.word()).or_insert(0_usize);
        *n += 1;
        (format!("{}[{}]", strip.kind.word(), *n - 1), strip)
    })
}

fn check_song(session: &Session, faults: &mut Vec<Fault>) {
    let mut end = (f64::NEG_INFINITY, "");
    for (n, section) in session.sections.iter().enumerate() {
        if section.to_s <= section.from_s {
            faults.push(Fault::new(format!("section[{n}].to_s"), "the section ends before it begins"));
        } else if section.from_s < end.0 {
            let message = format!("the section begins before `{}` ends, at {} s", end.1, end.0);
            let help = "sections stand in order of time and do not overlap".to_owned();
            faults.push(Fault::new(format!("section[{n}].from_s"), message).help(help));
        }
        end = (section.to_s.max(end.0), &section.id);
    }
    // All of them are parts of the song by their ids.
    let sections = session.sections.iter().enumerate().map(|(n, s)| (format!("section[{n}].id"), &s.id));
    let goals = session.goals.iter().enumerate().map(|(n, goal)| (format!("goal[{n}].id"), &goal.id));
    let references = session.references.iter().enumerate();
    let references = references.map(|(n, reference)| (format!("reference[{n}].id"), &reference.id));
    check_unique(sections.chain(goals).chain(references), faults);
    check_times("song.tempo", session.song.tempo.iter().map(|&(s, _)| s), true, faults);
    check_times("song.metre", session.song.metre.iter().map(|&(s, _)| s), true, faults);
    for (n, id) in session.focus.iter().enumerate() {
        if !session.tracks.iter().any(|track| track.id == *id) {
            let known = session.tracks.iter().map(|track| track.id.as_str());
            faults.push(unknown(format!("focus[{n}]"), "track", id, known));
        }
    }
}

/// Times in order; `apart` when two may not be the same.
fn check_times(place: &str, times: impl Iterator<Item = f64>, apart: bool, faults: &mut Vec<Fault>) {
    let mut last = f64::NEG_INFINITY;
    for (n, time) in times.enumerate() {
        if time < last || (apart && time == last) {
            let message = format!("{time} s does not come after {last} s");
            let help = "points stand in order of time".to_owned();
            faults.push(Fault::new(format!("{place}[{n}]"), message).help(help));
        }
        last = time.max(last);
    }
}

fn check_strip_ids(session: &Session, faults: &mut Vec<Fault>) {
    check_unique(places(session).map(|(place, strip)| (format!("{place}.id"), strip.id)), faults);
    for (place, strip) in places(session) {
        if id::RESERVED.contains(&strip.id) {
            let message = format!("`{}` has a meaning of its own and cannot be an id", strip.id);
            faults.push(Fault::new(format!("{place}.id"), message));
        }
    }
}

/// Ids in slug form and each only once. An empty one was missed elsewhere already.
fn check_unique(ids: impl Iterator<Item = (String, impl AsRef<str>)>, faults: &mut Vec<Fault>) {
    let mut seen = BTreeSet::new();
    for (place, id) in ids {
        let id = id.as_ref();
        if id.is_empty() {
            continue;
        }
        if !is_valid(id) {
            let fault = Fault::new(place, format!("`{id}` is no id"));
            let slug = id::unique(id, |_| false);
            let help = "ids are lower-case letters, digits and single hyphens";
            faults.push(fault.help(format!("{help}: `{slug}`")));
        } else if !seen.insert(id.to_owned()) {
            faults.push(Fault::new(place, format!("the id `{id}` is taken already")));
        }
    }
}

fn check_route(session: &Session, place: &str, strip: &Strip<'_>, faults: &mut Vec<Fault>) {
    if strip.to == "master" || session.buses.iter().any(|bus| bus.id == strip.to) {
        return;
    }
    let key = route_key(strip.kind);
    let place = format!("{place}.{key}");
    faults.push(match session.strip(strip.to) {
        Some(other) => Fault::new(place, format!("`{}` is a {}, not a bus", strip.to, other.kind.word())),
        None => {
            let known = session.buses.iter().map(|bus| bus.id.as_str()).chain(["master"]);
            unknown(place, "bus", strip.to, known)
        }
    });
}

/// The key that says where a strip goes.
pub(crate) fn route_key(kind: StripKind) -> &'static str {
    if kind == StripKind::Track { "bus" } else { "to" }
}

fn check_inserts(session: &Session, place: &str, inserts: &[Insert], faults: &mut Vec<Fault>) {
    for (n, insert) in inserts.iter().enumerate() {
        for (k, key) in insert.keys.iter().enumerate() {
            if session.strip(key).is_none() {
                let place = format!("{place}.insert[{n}].keys[{k}]");
                faults.push(unknown(place, "strip", key, session.strips().map(|strip| strip.id)));
            }
        }
        // The recordings are handed over in order: a later one cannot stand for an earlier one.
        let wanted = insert.kind.assets.iter().map(|spec| spec.id);
        if let Some((missing, asset)) = wanted.zip(&insert.assets).find(|(id, asset)| *id != asset.spec.id) {
            let message = format!("`{}` is there without `{missing}`", asset.spec.id);
            faults.push(Fault::new(format!("{place}.insert[{n}].{}", asset.spec.id), message));
        }
    }
}

/// Inserts, sends and lanes of a strip share one set of ids.
fn check_parts(place: &str, strip: &Strip<'_>, faults: &mut Vec<Fault>) {
    let inserts = strip.inserts.iter().enumerate().map(|(n, i)| (format!("{place}.insert[{n}].id"), &i.id));
    let sends = strip.sends.iter().enumerate().map(|(n, s)| (format!("{place}.send[{n}].id"), &s.id));
    let lanes = strip.lanes.iter().enumerate().map(|(n, l)| (format!("{place}.lane[{n}].id"), &l.id));
    let ids: Vec<_> = inserts.chain(sends).chain(lanes).collect();
    for (place, id) in &ids {
        if STRIP_PARAMETERS.contains(&id.as_str()) {
            let message = format!("`{id}` has a meaning of its own and cannot be an id");
            faults.push(Fault::new(place.clone(), message));
        }
    }
    check_unique(ids.into_iter(), faults);
}

fn check_sends(session: &Session, place: &str, strip: &Strip<'_>, faults: &mut Vec<Fault>) {
    for (n, send) in strip.sends.iter().enumerate() {
        let place = format!("{place}.send[{n}].to");
        match session.strip(&send.to).map(|to| to.kind) {
            Some(StripKind::Bus | StripKind::Return) => {}
            Some(StripKind::Track) => {
                faults.push(Fault::new(place, format!("`{}` is a track, not a return or a bus", send.to)));
            }
            None => {
                let sums = session.strips().filter(|other| other.kind != StripKind::Track);
                faults.push(unknown(place, "return or bus", &send.to, sums.map(|other| other.id)));
            }
        }
    }
}

fn check_lane(place: &str, strip: &Strip<'_>, lane: &Lane, faults: &mut Vec<Fault>) {
    check_times(&format!("{place}.points"), lane.points.iter().map(|&(s, _)| s), false, faults);
    if let Err(fault) = lane_target(strip, &lane.of) {
        faults.push(Fault { place: format!("{place}.of"), ..fault });
    }
}

/// What a lane of a strip moves: the parameter and the value it starts from.
pub(crate) fn lane_target<'a>(strip: &Strip<'a>, of: &str) -> Result<(&'static ParamSpec, f64), Fault> {
    let movable = |names: Vec<String>| {
        let message = format!("`{of}` is nothing that a lane can move");
        let part = of.split('/').next().unwrap_or_default();
        let help = did_you_mean(of, names.iter().map(String::as_str))
            .or_else(|| Some(format!("a lane moves one of: {}", names.join(", "))));
        Fault::new("", message).help(help).missing(part)
    };
    let own = [(&fields::FADER_DB, strip.fader_db), (&fields::PAN, strip.pan), (&fields::WIDTH, strip.width)];
    if let Some(&target) = own.iter().find(|(spec, _)| spec.id == of) {
        return Ok(target);
    }
    let Some((part, parameter)) = of.split_once('/') else {
        return Err(movable(movables(strip)));
    };
    if let Some(send) = strip.sends.iter().find(|send| send.id == part) {
        let level = parameter == fields::LEVEL_DB.id;
        return level.then_some((&fields::LEVEL_DB, send.level_db)).ok_or_else(|| movable(movables(strip)));
    }
    let Some(insert) = strip.inserts.iter().find(|insert| insert.id == part) else {
        return Err(movable(movables(strip)));
    };
    let spec = insert.settings.spec(parameter).filter(|spec| spec.automatable);
    match (spec, insert.settings.get(parameter)) {
        (Some(spec), Some(Value::Number(base))) => Ok((spec, base)),
        _ => Err(movable(movables(strip))),
    }
}

fn movables(strip: &Strip<'_>) -> Vec<String> {
    let own = [fields::FADER_DB.id, fields::PAN.id, fields::WIDTH.id].map(str::to_owned);
    let sends = strip.sends.iter().filter(|send| !send.id.is_empty());
    let sends = sends.map(|send| format!("{}/{}", send.id, fields::LEVEL_DB.id));
    let inserts = strip.inserts.iter().filter(|insert| !insert.id.is_empty()).flat_map(|insert| {
        let moving = insert.settings.paths().into_iter().filter(|(_, spec)| spec.automatable);
        moving.map(move |(path, _)| format!("{}/{path}", insert.id))
    });
    own.into_iter().chain(sends).chain(inserts).collect()
}

fn check_locks(session: &Session, place: &str, strip: &str, lock: &[String], faults: &mut Vec<Fault>) {
    for (n, locked) in lock.iter().enumerate() {
        let address = Address::relative(strip, locked);
        if address.as_ref().is_ok_and(|address| session.has(address)) || strip.is_empty() {
            continue;
        }
        let names: Vec<String> = session.addresses_of(strip).iter().map(Address::within_strip).collect();
        let fault =
            Fault::new(format!("{place}.lock[{n}]"), format!("`{locked}` is nothing that can be locked"));
        let part = locked.split('/').next().unwrap_or_default();
        faults.push(fault.missing(part).help(did_you_mean(locked, names.iter().map(String::as_str))));
    }
}

/// Sound that would have to be there before it is made.
fn check_circles(session: &Session, faults: &mut Vec<Fault>) {
    let hears = hears(session);
    let places: BTreeMap<&str, String> = places(session).map(|(place, strip)| (strip.id, place)).collect();
    for circle in order(&hears).circles {
        let mut round = circle.clone();
        round.extend(circle.first());
        let place = circle.first().and_then(|id| places.get(id)).cloned().unwrap_or_default();
        let message = format!("sound goes round in a circle: {}", round.join(" → "));
        let help = "take one route, send or key out of the circle".to_owned();
        faults.push(Fault::new(format!("{place}.id"), message).help(help));
    }
}

/// Who hears whom, by routes, sends and keys.
pub(crate) fn hears(session: &Session) -> Hears<'_> {
    let mut hears: Hears<'_> = session.strips().map(|strip| (strip.id, BTreeSet::new())).collect();
    for strip in session.strips() {
        for to in strip.sends.iter().map(|send| send.to.as_str()).chain([strip.to]) {
            if let Some(sources) = hears.get_mut(to) {
                sources.insert(strip.id);
            }
        }
        let keys = strip.inserts.iter().flat_map(|insert| &insert.keys).map(String::as_str);
        if let Some(sources) = hears.get_mut(strip.id) {
            sources.extend(keys);
        }
    }
    hears
}

fn unknown<'a>(place: String, what: &str, id: &str, known: impl Iterator<Item = &'a str>) -> Fault {
    Fault::new(place, format!("there is no {what} `{id}`")).help(did_you_mean(id, known)).missing(id)
}
