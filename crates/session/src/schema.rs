//! The JSON Schema of a session file, for editors that complete and check while one types.

use mixkeel_dsp::catalog::{CATALOG, Kind};
use mixkeel_dsp::param::{ParamSpec, Range};
use serde_json::{Map, Value, json};

use crate::fields;
use crate::role::Role;
use crate::write::VERSION;

/// The schema, made of the same declarations that the reader checks by.
pub fn schema() -> Value {
    let (insert, send, lane, clip) = (list("insert"), list("send"), list("lane"), list("clip"));
    let sum = |to_help: &str| {
        let mut keys = specs(&fields::SUM);
        keys.extend(named([
            ("id", id()),
            ("to", text(to_help)),
            ("insert", insert.clone()),
            ("send", send.clone()),
            ("lane", lane.clone()),
            ("lock", texts("What no rule may change: fader_db, eq-1, eq-1/gain_db; and rules that have no say: eq/residue.")),
        ]));
        table(&["id"], keys)
    };
    let mut track = specs(&fields::TRACK);
    track.extend(named([
        ("id", id()),
        ("name", text("What people call it.")),
        ("clip", clip),
        ("role", words("What it is.", &Role::ALL.map(Role::word))),
        ("bus", text("The bus that it feeds, or master.")),
        ("polarity", words("As recorded, or upside down.", &fields::POLARITY)),
        ("insert", insert.clone()),
        ("send", send.clone()),
        ("lane", lane.clone()),
        ("lock", texts("What no rule may change: fader_db, eq-1, eq-1/gain_db; and rules that have no say: eq/residue.")),
    ]));
    let mut master = specs(&[&fields::HEADROOM_DB]);
    master.extend(named([("insert", insert.clone()), ("lock", texts("What no rule may change."))]));
    let mut section = specs(&[&fields::FROM_S, &fields::TO_S]);
    section.extend(named([("id", id()), ("kind", text("Sections of a kind are the same music again."))]));
    let mut goal = specs(&[&fields::GOAL_BY, &fields::GOAL_AT_LEAST, &fields::GOAL_AT_MOST]);
    let predicates: Vec<&str> = crate::goal::ROWS.iter().map(|row| row.word).collect();
    goal.extend(named([
        ("id", id()),
        ("say", text("What is wanted, in the person's words.")),
        ("that", words("What is wanted.", &predicates)),
        ("of", text("A track, bus or role, several with commas between; focus or mix.")),
        (
            "than",
            text("Beside whom: another of those, rest, a section, or before; of a balance, a reference."),
        ),
        ("on", text("A playback system.")),
        ("in", text("A section, by id or kind.")),
    ]));
    let reference = named([
        ("id", id()),
        (
            "file",
            text("Path of a finished record to compare with, from the folder of the session, or absolute."),
        ),
    ]);
    let mut finish = specs(&[&fields::FINISH_HOURS, &fields::FINISH_VERSIONS]);
    if let Some(Value::Object(versions)) = finish.get_mut("versions") {
        versions.insert("type".to_owned(), json!("integer"));
    }
    finish.extend(named([("by", text("The last day of work: 2026-12-24."))]));
    let key = json!({
        "type": "string", "pattern": "^[A-G](#|b)? (major|minor)$", "description": "A note, and major or minor."
    });
    let mut song = specs(&[&fields::STRENGTH]);
    song.extend(named([
        ("tempo", pairs("From second, beats a minute.", tempo())),
        ("metre", metre()),
        ("key", key),
        (
            "style",
            text(
                "What kind of music it is: rock, metal, country, hip-hop, electronic, jazz, acoustic or plain.",
            ),
        ),
    ]));
    let mut rate = specs(&[&fields::RATE_HZ]);
    if let Some(Value::Object(rate)) = rate.get_mut("rate_hz") {
        rate.insert("type".to_owned(), json!("integer"));
    }
    let mut top = rate;
    top.extend(named([
        ("mixkeel", json!({ "const": VERSION, "description": "The version of this format." })),
        ("title", text("The title of the song.")),
        ("focus", texts("Ids of the tracks the song is about, the first one first.")),
        ("song", table(&[], song)),
        ("section", json!({ "type": "array", "items": table(&["id", "from_s", "to_s"], section) })),
        ("goal", json!({ "type": "array", "items": table(&["id"], goal) })),
        ("reference", json!({ "type": "array", "items": table(&["id", "file"], reference) })),
        ("finish", table(&[], finish)),
        ("master", table(&[], master)),
        ("bus", json!({ "type": "array", "items": sum("The bus that it feeds, or master.") })),
        ("return", json!({ "type": "array", "items": sum("The bus that it feeds, or master.") })),
        ("track", json!({ "type": "array", "items": table(&["id"], track) })),
    ]));
    let mut schema = table(&["mixkeel", "rate_hz"], top);
    schema["$schema"] = json!("https://json-schema.org/draft/2020-12/schema");
    schema["title"] = json!("Mixkeel session");
    schema["$defs"] = json!({
        "insert": { "oneOf": CATALOG.iter().map(insert_of).collect::<Vec<_>>() },
        "send": send_table(),
        "lane": lane_table(),
        "clip": clip_table(),
    });
    schema
}

fn insert_of(kind: &Kind) -> Value {
    let mut keys = specs(&[&fields::BYPASS]);
    keys.extend(named([
        ("id", id()),
        ("kind", json!({ "const": kind.id, "description": kind.about })),
        ("by", text("The rule that put it here.")),
        ("because", text("Why.")),
        ("keys", texts("Ids of the strips that key it.")),
    ]));
    if !kind.presets.is_empty() {
        let presets: Vec<&str> = kind.presets.iter().map(|preset| preset.id).collect();
        let about = "Where the settings start; those written beside it stand above it.";
        keys.insert("preset".to_owned(), json!({ "enum": presets, "description": about }));
    }
    for asset in kind.assets {
        keys.insert(asset.id.to_owned(), text(asset.help));
        let hash = json!({ "type": "string", "pattern": "^[0-9a-fA-F]{64}$", "description": "What its bytes hash to." });
        keys.insert(format!("{}_sha256", asset.id), hash);
    }
    keys.extend(specs(&kind.specs.iter().collect::<Vec<_>>()));
    if let Some(bands) = kind.bands {
        let one = table(&[], specs(&bands.specs.iter().collect::<Vec<_>>()));
        let numbers = json!({ "pattern": "^[1-9][0-9]?$" });
        let all = json!({ "type": "object", "propertyNames": numbers, "maxProperties": bands.most, "additionalProperties": one });
        keys.insert(bands.id.to_owned(), all);
    }
    table(&["id", "kind"], keys)
}

fn send_table() -> Value {
    let mut keys = specs(&fields::SEND);
    keys.extend(named([("id", id()), ("to", text("The return or bus that hears it."))]));
    table(&["id", "to"], keys)
}

fn lane_table() -> Value {
    let offset = json!({ "type": "number", "description": "Offset, in the unit of what it moves." });
    let keys = named([
        ("id", id()),
        ("of", text("What it moves: fader_db, pan, send-plate/level_db, eq-1/gain_db.")),
        ("by", text("The rule that wrote it.")),
        ("because", text("Why.")),
        ("points", pairs("Seconds and offset, in order of time; straight lines between.", offset)),
    ]);
    table(&["id", "of", "points"], keys)
}

fn clip_table() -> Value {
    let mut keys = specs(&[&fields::AT_S]);
    keys.extend(named([
        ("file", text("Path relative to this file's folder, with / between parts.")),
        ("right", text("The right side, where left and right are two mono files.")),
    ]));
    table(&["file"], keys)
}

fn list(of: &str) -> Value {
    json!({ "type": "array", "items": { "$ref": format!("#/$defs/{of}") } })
}

fn table(required: &[&str], keys: Map<String, Value>) -> Value {
    json!({ "type": "object", "required": required, "properties": keys, "additionalProperties": false })
}

fn named<const N: usize>(keys: [(&str, Value); N]) -> Map<String, Value> {
    keys.into_iter().map(|(key, value)| (key.to_owned(), value)).collect()
}

fn specs(specs: &[&ParamSpec]) -> Map<String, Value> {
    specs.iter().map(|spec| (spec.id.to_owned(), of(spec))).collect()
}

/// One parameter. JSON has no infinity: a range without an end has no bound here.
fn of(spec: &ParamSpec) -> Value {
    match spec.range {
        Range::Choice { words, default } => {
            json!({ "enum": words, "default": default, "description": spec.help })
        }
        Range::Switch { default } => {
            json!({ "type": "boolean", "default": default, "description": spec.help })
        }
        Range::Number { min, max, default } => {
            let unit = if spec.unit.is_empty() { String::new() } else { format!(" In {}.", spec.unit) };
            let mut number = json!({
                "type": "number", "default": default, "description": format!("{}{unit}", spec.help)
            });
            for (key, bound) in [("minimum", min), ("maximum", max)] {
                if bound.is_finite() {
                    number[key] = json!(bound);
                }
            }
            number
        }
    }
}

fn tempo() -> Value {
    of(&fields::TEMPO_BPM)
}

fn metre() -> Value {
    let metre = json!({ "type": "string", "pattern": "^[0-9]{1,2}/(1|2|4|8|16)$" });
    pairs("From second, beats a bar and the note that is a beat.", metre)
}

fn pairs(help: &str, second: Value) -> Value {
    json!({
        "type": "array", "description": help,
        "items": { "type": "array", "prefixItems": [{ "type": "number" }, second], "minItems": 2, "maxItems": 2 }
    })
}

fn id() -> Value {
    json!({ "type": "string", "pattern": "^[a-z0-9]+(-[a-z0-9]+)*$", "maxLength": crate::id::MAX_ID_BYTES,
            "description": "Lower-case letters, digits and single hyphens; never changed." })
}

fn text(help: &str) -> Value {
    json!({ "type": "string", "description": help })
}

fn texts(help: &str) -> Value {
    json!({ "type": "array", "items": { "type": "string" }, "description": help })
}

fn words(help: &str, words: &[&str]) -> Value {
    json!({ "enum": words, "description": help })
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use super::*;

    fn keys_of(table: &Value) -> BTreeSet<String> {
        table["properties"].as_object().into_iter().flatten().map(|(key, _)| key.clone()).collect()
    }

    #[test]
    fn the_schema_knows_exactly_the_keys_that_the_reader_asks_for() {
        let inserts: String = CATALOG
            .iter()
            .map(|kind| {
                let settings = (kind.settings)();
                let lines = kind.specs.iter().filter_map(|spec| {
                    let value = settings.get(spec.id)?;
                    Some(format!("{} = {}\n", spec.id, crate::text::value(&value)))
                });
                let mut lines: String = lines.collect();
                if let Some(bands) = kind.bands {
                    lines.push_str(&format!("{}.1 = {{ }}\n", bands.id));
                }
                for asset in kind.assets {
                    lines.push_str(&format!("{0} = \"a.wav\"\n{0}_sha256 = \"\"\n", asset.id));
                }
                format!("[[track.insert]]\nid = \"a-{}\"\nkind = \"{}\"\n{lines}", kind.id, kind.id)
            })
            .collect();
        let text = format!(
            "mixkeel = 1\nrate_hz = 48000\n[song]\n[[section]]\n[[goal]]\n[[reference]]\n[finish]\n[master]\n[[bus]]\n[[return]]\n[[track]]\n\
             clip = [{{}}]\n{inserts}[[track.send]]\n[[track.lane]]\n"
        );
        let schema = schema();
        let items = |noun: &str| keys_of(&schema["properties"][noun]["items"]);
        let mut known: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
        known.insert("session", keys_of(&schema));
        for noun in ["section", "goal", "reference", "bus", "return", "track"] {
            known.insert(noun, items(noun));
        }
        for noun in ["song", "finish", "master"] {
            known.insert(noun, keys_of(&schema["properties"][noun]));
        }
        for noun in ["send", "lane", "clip"] {
            known.insert(noun, keys_of(&schema["$defs"][noun]));
        }
        let kinds = schema["$defs"]["insert"]["oneOf"].as_array().unwrap();
        known.insert("insert", kinds.iter().flat_map(keys_of).collect());
        assert_eq!(crate::read::asked(&text), known);
    }

    #[test]
    fn no_processor_has_a_setting_that_an_insert_uses_for_itself() {
        for kind in CATALOG {
            for own in ["id", "kind", "by", "because", "bypass", "keys", "preset"] {
                assert!(kind.specs.iter().all(|spec| spec.id != own), "{} has a setting {own}", kind.id);
            }
        }
    }
}
