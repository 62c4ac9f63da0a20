//! Carrying out an [`Edit`] on a session.

use mixkeel_dsp::catalog;
use mixkeel_dsp::param::Value;

use crate::address::{Address, AddressError};
use crate::check::lane_target;
use crate::edit::{Content, Edit, Thing};
use crate::fields;
use crate::id;
use crate::session::{Bus, Insert, Lane, Return, Send, Session, StripSettings};
use crate::strip::StripKind;

/// Why an edit was not carried out. Nothing is changed then.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EditError {
    /// The owner has locked what it would change.
    #[error("`{0}` is locked")]
    Locked(Address),
    /// The address leads nowhere, the value is not allowed there, or the thing does not fit.
    #[error(transparent)]
    Refused(#[from] AddressError),
}

impl Session {
    /// Whether the owner has locked what stands at an address, itself or all that it is part of.
    pub fn is_locked(&self, address: &Address) -> bool {
        let path = address.within_strip();
        self.locks(&address.strip).iter().any(|lock| {
            path == *lock || path.strip_prefix(lock.as_str()).is_some_and(|rest| rest.starts_with('/'))
        })
    }

    /// Locks what stands at an address, so that no rule changes it. Nothing where there is no such strip.
    pub fn lock(&mut self, address: &Address) {
        self.write_lock(&address.strip, &address.within_strip());
    }

    /// Takes a rule its say on a strip, as if the owner had written its id among the locks.
    pub fn bar(&mut self, strip: &str, rule: &str) {
        self.write_lock(strip, rule);
    }

    fn write_lock(&mut self, strip: &str, word: &str) {
        let tracks = self.tracks.iter_mut().filter(|track| track.id == strip).map(|track| &mut track.lock);
        let buses = self.buses.iter_mut().filter(|bus| bus.id == strip).map(|bus| &mut bus.strip.lock);
        let returns = self.returns.iter_mut().filter(|one| one.id == strip).map(|one| &mut one.strip.lock);
        let master = (strip == "master").then_some(&mut self.master.lock);
        for lock in tracks.chain(buses).chain(returns).chain(master) {
            if !word.is_empty() && !lock.iter().any(|known| known == word) {
                lock.push(word.to_owned());
            }
        }
    }

    /// Whether a rule has no say on a strip: its owner has written the rule's id among the locks.
    pub fn bars(&self, strip: &str, rule: &str) -> bool {
        self.locks(strip).iter().any(|lock| lock == rule)
    }

    fn locks(&self, strip: &str) -> &[String] {
        match strip {
            "master" => &self.master.lock,
            _ => self.strip(strip).map(|strip| strip.lock).unwrap_or_default(),
        }
    }

    /// Whether a part of what stands at an address is locked, so that it can neither be taken away nor replaced.
    pub fn holds_lock(&self, address: &Address) -> bool {
        let path = address.within_strip();
        self.locks(&address.strip).iter().any(|lock| {
            path.is_empty() || lock.strip_prefix(path.as_str()).is_some_and(|rest| rest.starts_with('/'))
        })
    }
}

/// Carries out an edit as it stands: `to` is what will be there. To apply it in part, [scale](Edit::scaled) it first.
///
/// An insert, send or lane whose edit names a thing of its sort in `from` takes that one's place.
///
/// # Errors
/// When what it would change is locked, its address leads nowhere, or what it brings is not allowed there.
pub fn apply(session: &mut Session, edit: &Edit) -> Result<(), EditError> {
    let takes_away = edit.to.is_none() || replaces(edit);
    if session.is_locked(&edit.address)
        || session.bars(&edit.address.strip, &edit.by)
        || (takes_away && session.holds_lock(&edit.address))
    {
        return Err(EditError::Locked(edit.address.clone()));
    }
    match &edit.to {
        Some(Content::Value(value)) => session.set(&edit.address, value.clone())?,
        Some(Content::Thing(thing)) if replaces(edit) => replace(session, edit, thing)?,
        Some(Content::Thing(thing)) => add(session, edit, thing)?,
        None => remove(session, &edit.address)?,
    }
    Ok(())
}

/// Whether an edit puts a part of a strip in the place of one of its own sort.
fn replaces(edit: &Edit) -> bool {
    let (Some(Content::Thing(from)), Some(Content::Thing(to))) = (&edit.from, &edit.to) else { return false };
    edit.address.part.is_some() && from.word() == to.word()
}

/// Puts a thing where another of its sort stands, in its place among its kin.
fn replace(session: &mut Session, edit: &Edit, thing: &Thing) -> Result<(), AddressError> {
    let mut changed = session.clone();
    let id = edit.address.part.as_deref().unwrap_or_default();
    let strip = changed.strip_mut(&edit.address.strip);
    let at = match (strip, thing) {
        (Some(strip), Thing::Insert { .. }) => take_out(strip.inserts, |insert| insert.id == id),
        (Some(strip), Thing::Send { .. }) => take_out(strip.sends, |send| send.id == id),
        (Some(strip), Thing::Lane { .. }) => take_out(strip.lanes, |lane| lane.id == id),
        _ => None,
    };
    let Some(at) = at else {
        let word = thing.word();
        return Err(AddressError::new(format!("there is no {word} at `{}` to be replaced", edit.address)));
    };
    add(&mut changed, edit, thing)?;
    if let Some(strip) = changed.strip_mut(&edit.address.strip) {
        match thing {
            Thing::Insert { place: None, .. } => last_to(strip.inserts, at),
            Thing::Send { .. } => last_to(strip.sends, at),
            Thing::Lane { .. } => last_to(strip.lanes, at),
            _ => {}
        }
    }
    *session = changed;
    Ok(())
}

fn take_out<T>(list: &mut Vec<T>, is_it: impl Fn(&T) -> bool) -> Option<usize> {
    let at = list.iter().position(is_it)?;
    list.remove(at);
    Some(at)
}

fn last_to<T>(list: &mut [T], at: usize) {
    if let Some(rest) = list.get_mut(at..) {
        rest.rotate_right(1);
    }
}

fn add(session: &mut Session, edit: &Edit, thing: &Thing) -> Result<(), AddressError> {
    let Address { strip, part, parameter } = &edit.address;
    let id = part.as_ref().unwrap_or(strip);
    if parameter.is_some() || !id::is_valid(id) || id::RESERVED.contains(&id.as_str()) {
        return Err(AddressError::new(format!("`{}` is no place for a new {}", edit.address, thing.word())));
    }
    if session.has(&edit.address) {
        return Err(AddressError::new(format!("something stands at `{}` already", edit.address)));
    }
    match (thing, part) {
        (Thing::Bus { to } | Thing::Return { to }, None) => add_sum(session, id, thing, to),
        (Thing::Insert { .. }, Some(_)) => add_insert(session, edit, id, thing),
        (Thing::Send { to, level_db, pre_fader }, Some(_)) => {
            fields::check(&fields::LEVEL_DB, &Value::Number(*level_db))
                .map_err(|error| AddressError::new(error.to_string()))?;
            let sums = || session.strips().filter(|strip| strip.kind != StripKind::Track);
            if !sums().any(|sum| sum.id == to) {
                let known = sums().map(|sum| sum.id);
                return Err(AddressError::nearest(format!("there is no return or bus `{to}`"), to, known));
            }
            let send = Send { id: id.clone(), to: to.clone(), level_db: *level_db, pre_fader: *pre_fader };
            known_strip(session, strip)?;
            session.try_change(|session| {
                if let Some(strip) = session.strip_mut(strip) {
                    strip.sends.push(send);
                }
            })
        }
        (Thing::Lane { of, points }, Some(_)) => add_lane(session, edit, id, of, points),
        _ => Err(AddressError::new(format!("`{}` is no place for a {}", edit.address, thing.word()))),
    }
}

fn add_sum(session: &mut Session, id: &str, thing: &Thing, to: &str) -> Result<(), AddressError> {
    if to != "master" && !session.buses.iter().any(|bus| bus.id == to) {
        let buses = session.buses.iter().map(|bus| bus.id.as_str()).chain(["master"]);
        return Err(AddressError::nearest(format!("there is no bus `{to}`"), to, buses));
    }
    let (id, to, strip) = (id.to_owned(), to.to_owned(), StripSettings::default());
    match thing {
        Thing::Return { .. } => session.returns.push(Return { id, to, strip }),
        _ => session.buses.push(Bus { id, to, strip }),
    }
    Ok(())
}

fn add_insert(session: &mut Session, edit: &Edit, id: &str, thing: &Thing) -> Result<(), AddressError> {
    let Thing::Insert { kind, settings: values, keys, place } = thing else { return Ok(()) };
    let kind = catalog::find(kind).ok_or_else(|| {
        let kinds = catalog::CATALOG.iter().map(|kind| kind.id);
        AddressError::nearest(format!("there is no processor `{kind}`"), kind, kinds)
    })?;
    let mut settings = (kind.settings)();
    for (parameter, value) in values {
        settings.set(parameter, value).map_err(|error| AddressError::new(error.to_string()))?;
    }
    if let Some(key) = keys.iter().find(|key| session.strip(key).is_none()) {
        let known = session.strips().map(|strip| strip.id);
        return Err(AddressError::nearest(format!("there is no strip `{key}`"), key, known));
    }
    let insert = Insert {
        id: id.to_owned(),
        kind,
        settings,
        assets: Vec::new(),
        keys: keys.clone(),
        bypass: false,
        by: Some(edit.by.clone()),
        because: Some(edit.because.clone()),
    };
    let strip = edit.address.strip.as_str();
    if strip != "master" {
        known_strip(session, strip)?;
    }
    session.try_change(|session| {
        let inserts = match strip {
            "master" => Some(&mut session.master.inserts),
            _ => session.strip_mut(strip).map(|strip| strip.inserts),
        };
        if let Some(inserts) = inserts {
            inserts.insert(place.unwrap_or(inserts.len()).min(inserts.len()), insert);
        }
    })
}

fn add_lane(
    session: &mut Session,
    edit: &Edit,
    id: &str,
    of: &str,
    points: &[(f64, f64)],
) -> Result<(), AddressError> {
    let address = &edit.address;
    let strip = known_strip(session, &address.strip)?;
    lane_target(&strip, of)
        .map_err(|fault| AddressError { message: fault.message, suggestion: fault.help })?;
    let in_order = points.is_sorted_by(|a, b| a.0 <= b.0);
    let allowed = |&(s, offset): &(f64, f64)| {
        fields::check(&fields::AT_S, &Value::Number(s)).is_ok() && offset.is_finite()
    };
    if !in_order || !points.iter().all(allowed) {
        return Err(AddressError::new("the points of a lane stand in order of time and are numbers"));
    }
    let lane = Lane {
        id: id.to_owned(),
        of: of.to_owned(),
        by: Some(edit.by.clone()),
        because: Some(edit.because.clone()),
        points: points.to_vec(),
    };
    if let Some(strip) = session.strip_mut(&address.strip) {
        strip.lanes.push(lane);
    }
    Ok(())
}

fn known_strip<'a>(session: &'a Session, id: &str) -> Result<crate::strip::Strip<'a>, AddressError> {
    session.strip(id).ok_or_else(|| {
        AddressError::nearest(format!("there is no strip `{id}`"), id, session.strips().map(|strip| strip.id))
    })
}

/// Takes a bus, return, insert, send or lane away, unless something else refers to it.
fn remove(session: &mut Session, address: &Address) -> Result<(), AddressError> {
    let nothing = || AddressError::new(format!("`{address}` is nothing that can be taken away"));
    if address.parameter.is_some() || !session.has(address) {
        return Err(nothing());
    }
    let before = crate::check::check(session).len();
    let mut changed = session.clone();
    let id = address.strip.as_str();
    match &address.part {
        None => {
            changed.buses.retain(|bus| bus.id != id);
            changed.returns.retain(|ret| ret.id != id);
        }
        Some(part) if id == "master" => changed.master.inserts.retain(|insert| insert.id != *part),
        Some(part) => {
            let strip = changed.strip_mut(id).ok_or_else(nothing)?;
            strip.inserts.retain(|insert| insert.id != *part);
            strip.sends.retain(|send| send.id != *part);
            strip.lanes.retain(|lane| lane.id != *part);
        }
    }
    if changed == *session {
        return Err(nothing());
    }
    if let Some(fault) = crate::check::check(&changed).into_iter().nth(before) {
        return Err(AddressError::new(format!("`{address}` is still needed: {fault}")));
    }
    *session = changed;
    Ok(())
}

impl Thing {
    fn word(&self) -> &'static str {
        match self {
            Thing::Bus { .. } => "bus",
            Thing::Return { .. } => "return",
            Thing::Insert { .. } => "insert",
            Thing::Send { .. } => "send",
            Thing::Lane { .. } => "lane",
        }
    }
}
