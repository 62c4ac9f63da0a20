//! Edits: carried out, taken back, scaled, refused; and what differs between two sessions.
#![allow(clippy::unwrap_used, clippy::panic)] // a test fails by panicking, its helpers too

use std::collections::BTreeMap;

use mixkeel_dsp::param::Value;
use mixkeel_session::apply::{EditError, apply};
use mixkeel_session::difference::differences;
use mixkeel_session::edit::{Content, Edit, Edits, Evidence, Sureness, Thing};
use mixkeel_session::read::read;
use mixkeel_session::session::Session;
use mixkeel_session::write::write;

mod dice;

fn harbour() -> Session {
    read(include_str!("read/harbour.toml")).session.unwrap()
}

fn edit(address: &str, from: Option<Content>, to: Option<Content>) -> Edit {
    Edit {
        id: "e-1".into(),
        address: address.parse().unwrap(),
        from,
        to,
        by: "balance/role-levels".into(),
        because: "the voice leads".into(),
        evidence: vec![Evidence { what: "gated loudness".into(), value: -23.4, unit: "LUFS".into() }],
        sureness: Sureness::Likely,
        strength: 1.0,
    }
}

fn set(address: &str, from: f64, to: f64) -> Edit {
    let value = |number| Some(Content::Value(Value::Number(number)));
    edit(address, value(from), value(to))
}

fn things() -> Vec<(&'static str, Thing)> {
    let send = Thing::Send { to: "plate".into(), level_db: f64::NEG_INFINITY, pre_fader: true };
    let settings = BTreeMap::from([("left".to_owned(), Value::Switch(false))]);
    let insert =
        Thing::Insert { kind: "polarity".into(), settings, keys: vec!["kick".into()], place: Some(0) };
    vec![
        ("all", Thing::Bus { to: "master".into() }),
        ("room", Thing::Return { to: "vocals".into() }),
        ("lead-vox/flip", insert),
        ("lead-vox/throw", send),
        ("lead-vox/ride", Thing::Lane { of: "throw/level_db".into(), points: vec![(1.0, 0.0), (2.0, 4.0)] }),
    ]
}

#[test]
fn an_edit_changes_its_parameter_and_its_inverse_changes_it_back() {
    let mut session = harbour();
    let lower = set("lead-vox/trim_db", 6.4, 3.0);
    apply(&mut session, &lower).unwrap();
    assert_eq!(session.tracks[1].trim_db, 3.0);
    apply(&mut session, &lower.inverse().unwrap()).unwrap();
    assert_eq!(session, harbour());
    let from_nowhere = edit("lead-vox/pan", None, Some(Content::Value(Value::Number(0.5))));
    assert_eq!(from_nowhere.inverse(), None);
}

#[test]
fn things_are_added_with_their_reason_and_taken_away_again() {
    let mut session = harbour();
    for (address, thing) in things() {
        apply(&mut session, &edit(address, None, Some(Content::Thing(thing)))).unwrap();
    }
    let vox = &session.tracks[1];
    assert_eq!(vox.inserts[0].because.as_deref(), Some("the voice leads"));
    assert_eq!(vox.inserts[0].settings.get("left"), Some(Value::Switch(false)));
    assert_eq!(vox.sends[1].level_db, f64::NEG_INFINITY);
    assert_eq!(read(&write(&session)).session.as_ref(), Some(&session), "what edits make can be saved");
    for (address, thing) in things().into_iter().rev() {
        let back = edit(address, None, Some(Content::Thing(thing))).inverse().unwrap();
        apply(&mut session, &back).unwrap();
    }
    assert_eq!(session, harbour());
}

#[test]
fn what_the_owner_locked_and_what_cannot_be_is_refused_and_nothing_changes() {
    let mut session = harbour();
    let thing = |thing: Thing| Some(Content::Thing(thing));
    let locked = set("lead-vox/fader_db", -1.5, 0.0);
    assert_eq!(apply(&mut session, &locked), Err(EditError::Locked(locked.address.clone())));
    let inside = edit("lead-vox/turn/left", None, Some(Content::Value(Value::Switch(false))));
    assert!(matches!(apply(&mut session, &inside), Err(EditError::Locked(_))));
    for (refused, because) in [
        (set("lead-vox/pan", 0.0, 3.0), "`pan` is 3, but must lie between -1 and 1"),
        (set("led-vox/pan", 0.0, 0.5), "there is no strip `led-vox` (did you mean `lead-vox`?)"),
        (edit("plate", None, None), "still needed"),
        (edit("kick", None, None), "nothing that can be taken away"),
        (
            edit("vocals", None, thing(Thing::Bus { to: "master".into() })),
            "something stands at `vocals` already",
        ),
        (edit("kick/wet", None, thing(Thing::Bus { to: "master".into() })), "no place for a bus"),
        (edit("kick/pan", None, thing(Thing::Bus { to: "master".into() })), "no place for a new bus"),
        (
            edit("kick/l", None, thing(Thing::Lane { of: "trim_db".into(), points: vec![] })),
            "`trim_db` is nothing that a lane can move",
        ),
        (
            edit(
                "plate/back",
                None,
                thing(Thing::Send { to: "plate".into(), level_db: 0.0, pre_fader: false }),
            ),
            "sound would go round in a circle",
        ),
    ] {
        let error = apply(&mut session, &refused).unwrap_err().to_string();
        assert!(error.contains(because), "{error}");
    }
    assert_eq!(session, harbour());
}

#[test]
fn a_part_of_a_move_is_that_part_of_the_way() {
    let half = set("a/fader_db", -6.0, -2.0).scaled(0.5);
    assert_eq!((half.to, half.strength), (Some(Content::Value(Value::Number(-4.0))), 0.5));
    let silence = set("a/fader_db", -6.0, f64::NEG_INFINITY);
    assert_eq!(silence.scaled(0.5).to, silence.to);
    let whole = set("a/fader_db", 0.1, 0.3).scaled(1.0);
    assert_eq!(whole.to, Some(Content::Value(Value::Number(0.3))), "all of it is exactly what was asked");
    let lane = Thing::Lane { of: "fader_db".into(), points: vec![(1.0, 4.0)] };
    let Some(Content::Thing(Thing::Lane { points, .. })) =
        edit("a/ride", None, Some(Content::Thing(lane))).scaled(0.25).to
    else {
        panic!("still a lane")
    };
    assert_eq!(points, [(1.0, 1.0)]);
}

#[test]
fn edits_json_has_the_shape_of_the_contract_and_leads_back() {
    let mut edits = vec![set("lead-vox/fader_db", f64::NEG_INFINITY, -1.5)];
    edits.extend(
        things().into_iter().map(|(address, thing)| edit(address, None, Some(Content::Thing(thing)))),
    );
    edits.push(edit("lead-vox/role", None, Some(Content::Value(Value::Word("choir".into())))));
    let edits = Edits::new(edits);
    let json = serde_json::to_value(&edits).unwrap();
    assert_eq!(json["schema"], "mixkeel/edits/1");
    assert_eq!(
        json["edits"][0],
        serde_json::json!({
            "id": "e-1", "address": "lead-vox/fader_db", "from": "-inf", "to": -1.5, "by": "balance/role-levels",
            "because": "the voice leads", "sureness": "likely", "strength": 1.0,
            "evidence": [{ "what": "gated loudness", "value": -23.4, "unit": "LUFS" }]
        })
    );
    assert_eq!(
        json["edits"][4]["to"],
        serde_json::json!({ "thing": "send", "to": "plate", "level_db": "-inf", "pre_fader": true })
    );
    assert_eq!(serde_json::from_value::<Edits>(json).unwrap(), edits);
}

#[test]
fn what_a_person_changed_is_listed_by_address() {
    let before = harbour();
    let mut after = harbour();
    after.tracks[1].pan = 0.5;
    after.tracks[1].inserts[0].settings.set("left", &Value::Switch(false)).unwrap();
    after.tracks[1].sends.clear();
    after.tracks[0].clips[0].at_s = 0.0;
    after.tracks.swap(0, 1);
    after.song.tempo[0].1 = 93.0;
    let drums = after.buses[0].clone();
    after.buses.push(mixkeel_session::session::Bus { id: "drums".into(), ..drums });
    let list: Vec<String> = differences(&before, &after)
        .into_iter()
        .map(|found| {
            let text = |value: Option<Value>| value.map_or("nothing".to_owned(), |value| value.to_string());
            format!("{}: {} → {}", found.address, text(found.from), text(found.to))
        })
        .collect();
    assert_eq!(
        list,
        [
            "drums: nothing → bus",
            "kick/clip.1/at_s: -1 → 0",
            "lead-vox/pan: 0 → 0.5",
            "lead-vox/send-plate: send → nothing",
            "lead-vox/turn/left: true → false",
            "song/tempo: [[0.0, 92.0]] → [[0.0, 93.0]]",
        ]
    );
}

#[test]
fn no_session_differs_from_itself_and_every_parameter_can_be_asked_for() {
    for seed in 0..200 {
        let session = dice::session(seed);
        assert_eq!(differences(&session, &session), []);
        for address in session.parameters() {
            assert!(session.get(&address).is_some(), "{address}");
            assert_eq!(address.to_string().parse(), Ok(address));
        }
    }
}

#[test]
fn setting_a_parameter_to_what_it_is_changes_nothing() {
    for seed in 0..60 {
        let session = dice::session(seed);
        for address in session.parameters() {
            let (mut changed, value) = (session.clone(), session.get(&address).unwrap());
            match changed.set(&address, value) {
                Ok(()) => assert_eq!(changed, session, "{address}"),
                Err(error) => {
                    assert!(error.message.contains("not set by a single value"), "{address}: {error}")
                }
            }
        }
    }
}
