//! Less of everything: every decision in part, from the tracks as they came to the mix as it was decided.
//!
//! Decisions are made whole, because each is made for what those before it did, and only then taken back in part. At
//! strength s a track stands s of the way, in dB, between how it came and where it was put; places, cuts, boosts, ratios, lanes
//! and sends go s of their way. With 0 what is left is what was sent, with what is broken repaired, what is no part of it kept
//! out, and one gain for all. Trims are no matter of taste and stay: compressors and gates have to hear what they were set for.
//! What is locked is not moved.

use std::collections::BTreeMap;

use mixkeel_dsp::param::Value;
use mixkeel_dsp::units::{db_from_gain, db_from_power, power_from_db};
use mixkeel_session::address::Address;
use mixkeel_session::apply::apply;
use mixkeel_session::edit::{Content, Edit, Thing};
use mixkeel_session::fields;
use mixkeel_session::session::Session;

use crate::decide::Decision;
use crate::song::Song;

/// As far as a fader goes up, in dB.
const MOST_FADER_DB: f64 = 12.0;

/// A decision in part. `before` is the session that it was made on.
pub fn in_part(song: &Song, before: &Session, decision: Decision, strength: f64) -> Decision {
    let strength = if strength.is_nan() { 1.0 } else { strength.clamp(0.0, 1.0) };
    if strength == 1.0 {
        return decision;
    }
    let faders = faders(song, &decision.session, strength);
    let mut session = before.clone();
    let mut edits: Vec<Edit> = Vec::new();
    for edit in &decision.edits {
        let Some(edit) = scaled(edit, before, &faders, strength) else { continue };
        if apply(&mut session, &edit).is_ok() {
            edits.push(edit);
        }
    }
    // Tracks that were to stay where a fader stands by itself move as well: the way from how they came is theirs too.
    for (track, to_db) in faders {
        let address = Address::of(&track, fields::FADER_DB.id);
        let from = session.get(&address);
        let to = Value::Number(to_db);
        if from.as_ref() == Some(&to) || session.is_locked(&address) {
            continue;
        }
        let by = "balance/by-role";
        let edit = Edit {
            id: format!("{by}:{address}"),
            address,
            from: from.map(Content::Value),
            to: Some(Content::Value(to)),
            by: by.to_owned(),
            because: format!("it stands {:.0} % of the way from how it came", 100.0 * strength),
            evidence: Vec::new(),
            sureness: mixkeel_session::edit::Sureness::Certain,
            strength,
        };
        edits.retain(|one| one.address != edit.address);
        if apply(&mut session, &edit).is_ok() {
            edits.push(edit);
        }
    }
    Decision { session, edits, ..decision }
}

/// Where every fader comes to stand: with its trim, s of the way from 0 dB; and all together as loud as they were decided.
fn faders(song: &Song, decided: &Session, strength: f64) -> BTreeMap<String, f64> {
    let tracks = song.sounding(decided);
    let mut power = [0.0, 0.0];
    let mut found = BTreeMap::new();
    for known in &tracks {
        let track = known.track;
        let (Some(lufs), true) = (known.facts.loudness_lufs(), track.fader_db.is_finite()) else { continue };
        let address = Address::of(&track.id, fields::FADER_DB.id);
        if decided.is_locked(&address) {
            continue;
        }
        let to_db = strength * track.fader_db - (1.0 - strength) * track.trim_db;
        power[0] += power_from_db(lufs + track.trim_db + track.fader_db) * known.activity();
        power[1] += power_from_db(lufs + track.trim_db + to_db) * known.activity();
        found.insert(track.id.clone(), to_db);
    }
    let all_db = if power[1] > 0.0 { db_from_power(power[0] / power[1]) } else { 0.0 };
    found.values_mut().for_each(|db| *db = hundredths((*db + all_db).min(MOST_FADER_DB)));
    found
}

/// One edit in part. `None` where nothing is left of it.
fn scaled(edit: &Edit, before: &Session, faders: &BTreeMap<String, f64>, strength: f64) -> Option<Edit> {
    let stage = edit.by.split('/').next().unwrap_or_default();
    if strength == 0.0 && stage == "space" {
        return None;
    }
    if matches!(stage, "repair" | "trim" | "bus" | "headroom") || edit.to.is_none() {
        return Some(edit.clone());
    }
    let to = match edit.to.as_ref()? {
        Content::Value(Value::Number(to)) => {
            let parameter = edit.address.parameter.as_deref().unwrap_or_default();
            let own_fader = edit.address.part.is_none() && parameter == fields::FADER_DB.id;
            let to = match faders.get(&edit.address.strip) {
                Some(fader_db) if own_fader => *fader_db,
                _ if edit.address.part.is_some() => in_setting(parameter, *to, strength),
                _ => from_neutral(parameter, *to, strength),
            };
            Content::Value(Value::Number(hundredths(to)))
        }
        Content::Thing(Thing::Insert { kind, settings, keys, place }) => {
            // A room is as it is; how much of it there is, is said by the sends.
            let on_return = before.returns.iter().any(|one| one.id == edit.address.strip)
                || before.strip(&edit.address.strip).is_none();
            if strength == 0.0 && !on_return {
                return None;
            }
            let part = |(path, value): (&String, &Value)| {
                let value = match value {
                    Value::Number(number) if !on_return => {
                        Value::Number(hundredths(in_setting(path, *number, strength)))
                    }
                    other => other.clone(),
                };
                (path.clone(), value)
            };
            let (kind, keys, place) = (kind.clone(), keys.clone(), *place);
            Content::Thing(Thing::Insert { kind, settings: settings.iter().map(part).collect(), keys, place })
        }
        Content::Thing(Thing::Send { to, level_db, pre_fader }) => {
            let level_db = (level_db + db_from_gain(strength)).max(f64::NEG_INFINITY);
            if strength == 0.0 {
                return None;
            }
            Content::Thing(Thing::Send {
                to: to.clone(),
                level_db: hundredths(level_db),
                pre_fader: *pre_fader,
            })
        }
        Content::Thing(Thing::Lane { of, points }) => {
            if strength == 0.0 {
                return None;
            }
            let points = points.iter().map(|(s, offset)| (*s, hundredths(offset * strength))).collect();
            Content::Thing(Thing::Lane { of: of.clone(), points })
        }
        whole => whole.clone(),
    };
    Some(Edit { to: Some(to), strength: edit.strength * strength, ..edit.clone() })
}

/// A parameter of a strip, s of the way from where it would stand if nobody had touched it.
fn from_neutral(parameter: &str, to: f64, strength: f64) -> f64 {
    let neutral = if parameter == fields::WIDTH.id { 1.0 } else { 0.0 };
    neutral + (to - neutral) * strength
}

/// A setting of a processor that says how much it does, in part; what says where and when stays.
fn in_setting(path: &str, to: f64, strength: f64) -> f64 {
    let leaf = path.rsplit('/').next().unwrap_or(path);
    match leaf {
        "gain_db" | "range_db" | "makeup_db" | "output_db" | "reduction_db" | "amount_db" => to * strength,
        "ratio" => 1.0 + (to - 1.0) * strength,
        "level_db" if strength > 0.0 => to + db_from_gain(strength),
        _ => to,
    }
}

fn hundredths(value: f64) -> f64 {
    let rounded = libm::round(value * 100.0) / 100.0;
    if rounded == 0.0 { 0.0 } else { rounded }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_says_how_much_is_halved_and_what_says_where_stays() {
        assert_eq!(in_setting("band.1/gain_db", -4.0, 0.5), -2.0);
        assert_eq!(in_setting("band.1/freq_hz", 800.0, 0.5), 800.0);
        assert_eq!(in_setting("ratio", 4.0, 0.5), 2.5);
        assert_eq!((from_neutral("pan", 0.8, 0.5), from_neutral("width", 1.4, 0.5)), (0.4, 1.2));
    }
}
