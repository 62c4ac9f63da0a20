//! How rules put whole things into a session: inserts, sends, returns, lanes. A rule says what it wants to stand there;
//! whether that is new, already there, or takes the place of what the same rule put there for an earlier version, is
//! worked out here, so that deciding twice changes nothing.

use std::collections::{BTreeMap, BTreeSet};

use mixkeel_dsp::catalog;
use mixkeel_dsp::param::Value;
use mixkeel_session::address::Address;
use mixkeel_session::edit::{Content, Edit, Sureness, Thing};
use mixkeel_session::session::{Insert, Lane, Send, Session};

use crate::all_rules;
use crate::rule::Proposal;

/// A processor that a rule wants on a strip: kind, settings and keys.
#[derive(Clone, Debug, PartialEq)]
pub struct NewInsert {
    kind: &'static str,
    settings: BTreeMap<String, Value>,
    keys: Vec<String>,
}

impl NewInsert {
    /// One of this kind, set to its defaults.
    pub fn of(kind: &'static str) -> Self {
        Self { kind, settings: BTreeMap::new(), keys: Vec::new() }
    }

    /// One of this kind, set to a preset of the catalogue; to its defaults where there is no such preset.
    pub fn preset(kind: &'static str, preset: &str) -> Self {
        let preset = catalog::find(kind).and_then(|kind| kind.find_preset(preset));
        let values = preset.map(|preset| preset.values).unwrap_or_default();
        let settings = values.iter().map(|(path, value)| ((*path).to_owned(), value.value())).collect();
        Self { settings, ..Self::of(kind) }
    }

    /// With a number to a hundredth of its unit.
    pub fn number(self, path: &str, value: f64) -> Self {
        let rounded = libm::round(value * 100.0) / 100.0;
        self.value(path, Value::Number(if rounded == 0.0 { 0.0 } else { rounded }))
    }

    /// With a frequency or a time to three digits, which is finer than anybody hears and as long as people like to read.
    pub fn about(self, path: &str, value: f64) -> Self {
        self.value(path, Value::Number(three_digits(value)))
    }

    /// With one of a list of words.
    pub fn word(self, path: &str, word: &str) -> Self {
        self.value(path, Value::Word(word.to_owned()))
    }

    /// With a switch.
    pub fn switch(self, path: &str, on: bool) -> Self {
        self.value(path, Value::Switch(on))
    }

    /// Keyed by a strip, after those that key it already.
    pub fn keyed_by(mut self, strip: &str) -> Self {
        self.keys.push(strip.to_owned());
        self
    }

    fn value(mut self, path: &str, value: Value) -> Self {
        self.settings.insert(path.to_owned(), value);
        self
    }

    /// Whether an insert is this already.
    fn is(&self, insert: &Insert) -> bool {
        let mut settings = (insert.kind.settings)();
        let set = self.settings.iter().all(|(path, value)| settings.set(path, value).is_ok());
        set && self.kind == insert.kind.id && self.keys == insert.keys && settings == insert.settings
    }
}

/// To three digits.
pub fn three_digits(value: f64) -> f64 {
    if value == 0.0 || !value.is_finite() {
        return 0.0;
    }
    let digits = 2 - libm::floor(libm::log10(value.abs())) as i32;
    // Multiplied or divided by a whole number, so that no rounding error stands behind the digits.
    let scale = libm::pow(10.0, f64::from(digits.abs()));
    if digits >= 0 { libm::round(value * scale) / scale } else { libm::round(value / scale) * scale }
}

impl Proposal {
    /// Puts a processor on a strip: after those that are there, but before those of rules that come later in [`RULES`](crate::RULES).
    /// Its id is its kind with a number, `eq-1`. Where the same rule has put one of this kind there before, that one is
    /// replaced; where its owner locked a part of that, only the other parts are set. Nothing where it is locked.
    ///
    /// One rule has one insert of a kind on a strip.
    pub fn insert(self, session: &Session, strip: &str, wanted: &NewInsert) -> Vec<Edit> {
        let stands: Vec<Insert> =
            session.strip(strip).map(|strip| strip.inserts.to_vec()).unwrap_or_default();
        let mine =
            |insert: &&Insert| insert.by.as_deref() == Some(self.rule()) && insert.kind.id == wanted.kind;
        let own = stands.iter().find(mine);
        let id = own.map_or_else(|| free_id(session, strip, wanted.kind), |own| own.id.clone());
        let address = Address::part(strip, &id);
        if session.is_locked(&address) {
            return Vec::new();
        }
        if own.is_some() && session.holds_lock(&address) {
            let set = |(path, value): (&String, &Value)| {
                let address = Address::of_part(strip, &id, path);
                let from = session.get(&address).map(Content::Value);
                (!session.is_locked(&address))
                    .then(|| self.clone().finish(address, from, Content::Value(value.clone())))
            };
            return wanted.settings.iter().filter_map(set).collect();
        }
        let place = match own {
            Some(_) => None,
            None => stands.iter().position(|insert| comes_after(insert.by.as_deref(), self.rule())),
        };
        let from = own.map(insert_as_thing);
        let thing = Thing::Insert {
            kind: wanted.kind.to_owned(),
            settings: wanted.settings.clone(),
            keys: wanted.keys.clone(),
            place,
        };
        vec![self.finish(address, from.map(Content::Thing), Content::Thing(thing))]
    }

    /// Sends a copy of a strip, taken after its fader, to a return: `send-plate`. Sets the level where that send is
    /// there already. Nothing where it is locked.
    pub fn send(self, session: &Session, strip: &str, to: &str, level_db: f64) -> Option<Edit> {
        let id = format!("send-{to}");
        let there = session.strip(strip).is_some_and(|strip| strip.sends.iter().any(|send| send.id == id));
        let address = Address::part(strip, &id);
        if there {
            let level = Address::of_part(strip, &id, "level_db");
            let from = session.get(&level).filter(|_| !session.is_locked(&level))?;
            return Some(self.finish(level, Some(Content::Value(from)), number(level_db)));
        }
        let Content::Value(Value::Number(level_db)) = number(level_db) else { return None };
        let send = Thing::Send { to: to.to_owned(), level_db, pre_fader: false };
        (!session.is_locked(&address)).then(|| self.finish(address, None, Content::Thing(send)))
    }

    /// Adds a return that feeds the master. Nothing where it is there already.
    pub fn add_return(self, session: &Session, id: &str) -> Option<Edit> {
        let there = session.returns.iter().any(|one| one.id == id);
        let to = Thing::Return { to: "master".to_owned() };
        (!there).then(|| self.finish(Address::strip(id), None, Content::Thing(to)))
    }

    /// Moves a parameter of a strip over time, by seconds and offsets, which are written to a thousandth and a hundredth.
    /// The lane that the same rule wrote for it before is replaced. Nothing where that is locked.
    pub fn lane(
        self,
        session: &Session,
        strip: &str,
        id: &str,
        of: &str,
        points: &[(f64, f64)],
    ) -> Option<Edit> {
        let round = |value: f64, parts: f64| {
            let rounded = libm::round(value * parts) / parts;
            if rounded == 0.0 { 0.0 } else { rounded }
        };
        let points: Vec<(f64, f64)> =
            points.iter().map(|(s, offset)| (round(*s, 1000.0), round(*offset, 100.0))).collect();
        let stands: Vec<Lane> = session.strip(strip).map(|strip| strip.lanes.to_vec()).unwrap_or_default();
        let own = stands.iter().find(|lane| lane.by.as_deref() == Some(self.rule()) && lane.of == of);
        let id = own.map_or_else(|| unlike(session, strip, id), |own| own.id.clone());
        let address = Address::part(strip, &id);
        if session.is_locked(&address) || session.holds_lock(&address) {
            return None;
        }
        let lane = Thing::Lane { of: of.to_owned(), points };
        Some(self.finish(address, own.map(lane_as_thing).map(Content::Thing), Content::Thing(lane)))
    }
}

/// A session as it was before a rule and those after it had their say: without what they put there, whatever has become of
/// it, and without headroom. What listens to the mix decides on this, so that deciding twice changes nothing.
pub fn before(rule: &str, session: &Session) -> Session {
    let at = |id: &str| all_rules().position(|known| known.id() == id);
    let mine = at(rule);
    let is_later =
        |by: &Option<String>| by.as_deref().and_then(at).is_some_and(|theirs| Some(theirs) >= mine);
    let mut earlier = session.clone();
    let made = |inserts: &[Insert]| !inserts.is_empty() && inserts.iter().all(|insert| is_later(&insert.by));
    let returns: BTreeSet<String> =
        earlier.returns.iter().filter(|one| made(&one.strip.inserts)).map(|one| one.id.clone()).collect();
    earlier.returns.retain(|one| !returns.contains(&one.id));
    let clean = |inserts: &mut Vec<Insert>, lanes: &mut Vec<Lane>, sends: &mut Vec<Send>| {
        inserts.retain(|insert| !is_later(&insert.by));
        lanes.retain(|lane| !is_later(&lane.by));
        sends.retain(|send| !returns.contains(&send.to));
        // A lane on what has gone moves nothing.
        lanes.retain(|lane| match lane.of.split_once('/') {
            Some((part, _)) => {
                inserts.iter().any(|insert| insert.id == part) || sends.iter().any(|send| send.id == part)
            }
            None => true,
        });
    };
    for track in &mut earlier.tracks {
        clean(&mut track.inserts, &mut track.lanes, &mut track.sends);
    }
    let buses = earlier.buses.iter_mut().map(|bus| &mut bus.strip);
    for strip in buses.chain(earlier.returns.iter_mut().map(|one| &mut one.strip)) {
        clean(&mut strip.inserts, &mut strip.lanes, &mut strip.sends);
    }
    earlier.master.headroom_db = 0.0;
    earlier
}

/// What a rule proposes, less what stands already, and with what it put into the session earlier and no longer wants
/// taken away. What has been locked since stays, and a return stays for as long as anybody sends to it.
pub fn settled(rule: &str, session: &Session, proposed: Vec<Edit>) -> Vec<Edit> {
    let whole = |edit: &Edit| Address { parameter: None, ..edit.address.clone() };
    let wanted: BTreeSet<Address> = proposed.iter().map(whole).collect();
    let mut withdrawn: Vec<Edit> = Vec::new();
    for (address, thing) in owned(rule, session) {
        let free = !session.is_locked(&address) && !session.holds_lock(&address);
        let is_gone = |one: &Address| withdrawn.iter().any(|edit| edit.address == *one);
        let unwanted = match &address.part {
            Some(_) => !wanted.contains(&address),
            None => {
                let used = wanted.iter().any(|one| one.strip == address.strip);
                !used && senders(session, &address.strip).iter().all(is_gone)
            }
        };
        if free && unwanted {
            withdrawn.push(withdraw(rule, address, thing));
        }
    }
    proposed.into_iter().filter(|edit| !stands(session, edit)).chain(withdrawn).collect()
}

fn withdraw(rule: &str, address: Address, thing: Thing) -> Edit {
    Edit {
        id: format!("{rule}:{address}"),
        address,
        from: Some(Content::Thing(thing)),
        to: None,
        by: rule.to_owned(),
        because: "what called for it in an earlier version is no longer there".to_owned(),
        evidence: Vec::new(),
        sureness: Sureness::Likely,
        strength: 1.0,
    }
}

/// Every send to a return.
fn senders(session: &Session, to: &str) -> Vec<Address> {
    let of = |strip: &str, send: &Send| (send.to == to).then(|| Address::part(strip, &send.id));
    session.strips().flat_map(|strip| strip.sends.iter().filter_map(move |send| of(strip.id, send))).collect()
}

/// Whether what an edit wants is there already.
fn stands(session: &Session, edit: &Edit) -> bool {
    match &edit.to {
        Some(Content::Value(value)) => session.get(&edit.address).as_ref() == Some(value),
        Some(Content::Thing(Thing::Insert { settings, keys, kind, .. })) => {
            let strip = session.strip(&edit.address.strip);
            let id = edit.address.part.as_deref();
            let there = strip.and_then(|strip| strip.inserts.iter().find(|one| Some(one.id.as_str()) == id));
            there.is_some_and(|insert| {
                let wanted =
                    NewInsert { kind: insert.kind.id, settings: settings.clone(), keys: keys.clone() };
                insert.kind.id == kind && wanted.is(insert)
            })
        }
        Some(Content::Thing(Thing::Lane { of, points })) => {
            let strip = session.strip(&edit.address.strip);
            let id = edit.address.part.as_deref();
            let there = strip.and_then(|strip| strip.lanes.iter().find(|one| Some(one.id.as_str()) == id));
            there.is_some_and(|lane| lane.of == *of && lane.points == *points)
        }
        _ => false,
    }
}

/// What a rule has put into a session: inserts and lanes that bear its id, returns on which nothing but its own inserts
/// stand, and the sends to those. Sends come first, because a return can only go when nobody sends to it.
fn owned(rule: &str, session: &Session) -> Vec<(Address, Thing)> {
    let is_mine = |by: &Option<String>| by.as_deref() == Some(rule);
    let returns: Vec<&str> = session
        .returns
        .iter()
        .filter(|one| {
            let inserts = &one.strip.inserts;
            !inserts.is_empty() && inserts.iter().all(|insert| is_mine(&insert.by))
        })
        .map(|one| one.id.as_str())
        .collect();
    let (mut sends, mut parts) = (Vec::new(), Vec::new());
    for strip in session.strips() {
        let part = |id: &str| Address::part(strip.id, id);
        let made =
            |send: &&Send| send.id == format!("send-{}", send.to) && returns.contains(&send.to.as_str());
        sends.extend(strip.sends.iter().filter(made).map(|send| (part(&send.id), send_as_thing(send))));
        let lanes = strip.lanes.iter().filter(|lane| is_mine(&lane.by));
        parts.extend(lanes.map(|lane| (part(&lane.id), lane_as_thing(lane))));
        if !returns.contains(&strip.id) {
            let inserts = strip.inserts.iter().filter(|insert| is_mine(&insert.by));
            parts.extend(inserts.map(|insert| (part(&insert.id), insert_as_thing(insert))));
        }
    }
    let returns = session.returns.iter().filter(|one| returns.contains(&one.id.as_str()));
    let returns = returns.map(|one| (Address::strip(&one.id), Thing::Return { to: one.to.clone() }));
    sends.into_iter().chain(parts).chain(returns).collect()
}

/// Whether an insert was put there by a rule that comes after this one.
fn comes_after(by: Option<&str>, rule: &str) -> bool {
    let place = |id: &str| all_rules().position(|known| known.id() == id);
    match (by.and_then(place), place(rule)) {
        (Some(theirs), Some(mine)) => theirs > mine,
        _ => false,
    }
}

/// The first of `eq-1`, `eq-2`, … that is free.
fn free_id(session: &Session, strip: &str, kind: &str) -> String {
    let taken = |id: &str| session.has(&Address::part(strip, id));
    (1_u32..).map(|n| format!("{kind}-{n}")).find(|id| !taken(id)).unwrap_or_default()
}

/// The id itself, or with a number where something else bears it.
fn unlike(session: &Session, strip: &str, id: &str) -> String {
    if session.has(&Address::part(strip, id)) { free_id(session, strip, id) } else { id.to_owned() }
}

fn number(value: f64) -> Content {
    let rounded = libm::round(value * 100.0) / 100.0;
    Content::Value(Value::Number(if rounded == 0.0 { 0.0 } else { rounded }))
}

fn insert_as_thing(insert: &Insert) -> Thing {
    let settings = insert.settings.paths().into_iter();
    let settings =
        settings.filter_map(|(path, _)| Some((path.clone(), insert.settings.get(&path)?))).collect();
    Thing::Insert { kind: insert.kind.id.to_owned(), settings, keys: insert.keys.clone(), place: None }
}

fn send_as_thing(send: &Send) -> Thing {
    Thing::Send { to: send.to.clone(), level_db: send.level_db, pre_fader: send.pre_fader }
}

fn lane_as_thing(lane: &Lane) -> Thing {
    Thing::Lane { of: lane.of.clone(), points: lane.points.clone() }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)] // a test fails by panicking

    use mixkeel_session::apply::apply;
    use mixkeel_session::read::read;
    use mixkeel_session::write::write;

    use super::*;

    const RULE: &str = "balance/by-role";

    fn session() -> Session {
        read(
            r#"mixkeel = 1
title = "Two"
rate_hz = 48000
[[track]]
id = "vox"
name = "Vox"
clip = [{ file = "vox.wav", at_s = 0.0 }]
bus = "master"
[[track.insert]]
id = "gain-1"
kind = "gain"
by = "headroom/sum"
because = "later in the order"
"#,
        )
        .session
        .unwrap()
    }

    fn by(rule: &'static str) -> Proposal {
        Proposal::new(rule, Sureness::Likely, "it is heard")
    }

    fn eq(gain_db: f64) -> NewInsert {
        NewInsert::of("eq").about("band.1/freq_hz", 2_814.7).number("band.1/gain_db", gain_db)
    }

    /// All that one rule wants: an insert, a return with a plate on it, a send, a lane.
    fn all(session: &Session, gain_db: f64) -> Vec<Edit> {
        let mut edits = by(RULE).insert(session, "vox", &eq(gain_db));
        edits.extend(by(RULE).add_return(session, "plate"));
        edits.extend(by(RULE).insert(session, "plate", &NewInsert::preset("reverb", "plate")));
        edits.extend(by(RULE).send(session, "vox", "plate", -10.504));
        edits.extend(by(RULE).lane(session, "vox", "lift", "fader_db", &[(1.0, 0.0), (2.000_04, 0.8)]));
        settled(RULE, session, edits)
    }

    fn apply_all(session: &mut Session, edits: &[Edit]) {
        edits.iter().for_each(|edit| apply(session, edit).unwrap());
    }

    #[test]
    fn what_a_rule_wants_comes_into_the_session_with_rule_and_reason_before_later_rules() {
        let mut session = session();
        let edits = all(&session, -2.0);
        apply_all(&mut session, &edits);
        let vox = &session.tracks[0];
        let ids: Vec<&str> = vox.inserts.iter().map(|insert| insert.id.as_str()).collect();
        assert_eq!(ids, ["eq-1", "gain-1"]);
        assert_eq!(vox.inserts[0].by.as_deref(), Some(RULE));
        assert_eq!(vox.inserts[0].because.as_deref(), Some("it is heard"));
        assert_eq!(vox.inserts[0].settings.get("band.1/freq_hz"), Some(Value::Number(2_810.0)));
        assert_eq!((vox.sends[0].id.as_str(), vox.sends[0].level_db), ("send-plate", -10.5));
        assert_eq!((vox.lanes[0].id.as_str(), vox.lanes[0].points[1]), ("lift", (2.0, 0.8)));
        assert_eq!(session.returns[0].strip.inserts[0].settings.get("decay_s"), Some(Value::Number(1.8)));
        assert_eq!(read(&write(&session)).session.as_ref(), Some(&session), "and can be saved");
    }

    #[test]
    fn wanting_the_same_again_changes_nothing_and_wanting_more_changes_that_one() {
        let mut session = session();
        let edits = all(&session, -2.0);
        apply_all(&mut session, &edits);
        assert_eq!(all(&session, -2.0), []);
        let before = session.clone();
        let edits = all(&session, -3.0);
        assert_eq!(edits.len(), 1);
        apply_all(&mut session, &edits);
        assert_eq!(session.tracks[0].inserts.len(), 2);
        assert_eq!(session.tracks[0].inserts[0].settings.get("band.1/gain_db"), Some(Value::Number(-3.0)));
        apply_all(&mut session, &[edits[0].inverse().unwrap()]);
        assert_eq!(session, before);
    }

    #[test]
    fn what_is_no_longer_wanted_goes_and_what_others_made_stays() {
        let mut session = session();
        let edits = all(&session, -2.0);
        apply_all(&mut session, &edits);
        let edits = settled(RULE, &session, Vec::new());
        apply_all(&mut session, &edits);
        assert_eq!(session, super::tests::session());
        // Somebody else sends to the plate as well, so it stays with its reverb.
        let edits = all(&session, -2.0);
        apply_all(&mut session, &edits);
        session.tracks[0].sends.push(Send {
            id: "mine".to_owned(),
            to: "plate".to_owned(),
            level_db: -20.0,
            pre_fader: false,
        });
        let edits = settled(RULE, &session, Vec::new());
        apply_all(&mut session, &edits);
        assert_eq!(session.returns[0].strip.inserts.len(), 1);
        assert_eq!(session.tracks[0].sends.len(), 1);
    }

    #[test]
    fn what_its_owner_locked_stays_while_the_rest_may_move() {
        let mut session = session();
        let edits = all(&session, -2.0);
        apply_all(&mut session, &edits);
        session.tracks[0].lock = vec!["eq-1/band.1/gain_db".to_owned(), "send-plate".to_owned()];
        let moved = by(RULE).insert(&session, "vox", &eq(-4.0).about("band.1/freq_hz", 900.0));
        let edits = settled(RULE, &session, moved);
        apply_all(&mut session, &edits);
        let insert = &session.tracks[0].inserts[0];
        assert_eq!(insert.settings.get("band.1/gain_db"), Some(Value::Number(-2.0)));
        assert_eq!(insert.settings.get("band.1/freq_hz"), Some(Value::Number(900.0)));
        assert_eq!((session.tracks[0].sends.len(), session.returns.len()), (1, 1));
        session.tracks[0].lock = vec!["eq-1".to_owned()];
        assert_eq!(by(RULE).insert(&session, "vox", &eq(-4.0)), []);
    }

    #[test]
    fn three_digits_are_three_digits() {
        assert_eq!(
            [0.0, 2_814.7, 87.26, 0.123_4, 14_999.0, -3.456].map(three_digits),
            [0.0, 2_810.0, 87.3, 0.123, 15_000.0, -3.46]
        );
    }
}
