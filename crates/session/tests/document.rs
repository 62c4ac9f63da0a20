//! A tool's hand in a person's file: what is not touched stays as it was, to the byte.

use mixkeel_dsp::param::Value;
use mixkeel_session::document::Document;
use mixkeel_session::read::read;

const HARBOUR: &str = include_str!("read/harbour.toml");

#[test]
fn opening_and_saving_changes_nothing() {
    assert_eq!(Document::open(HARBOUR).unwrap().to_string(), HARBOUR);
}

#[test]
fn one_value_changes_one_line_and_keeps_its_comment() {
    for (address, value, old, new) in [
        (
            "lead-vox/pan",
            Value::Number(-0.25),
            "pan = 0.0                           #",
            "pan = -0.25                           #",
        ),
        ("lead-vox/fader_db", Value::Number(f64::NEG_INFINITY), "fader_db = -1.5", "fader_db = -inf"),
        ("lead-vox/role", Value::Word("choir".into()), "role = \"lead-vocal\"", "role = \"choir\""),
        ("lead-vox/send-plate/level_db", Value::Number(-7.0), "level_db = -11.0", "level_db = -7.0"),
        ("plate/turn/left", Value::Switch(false), "left = true,", "left = false,"),
        ("kick/clip.1/at_s", Value::Number(2.5), "at_s = -1 }", "at_s = 2.5 }"),
        ("kick/polarity", Value::Word("normal".into()), "polarity = \"inverted\"", "polarity = \"normal\""),
        ("song/title", Value::Word("Bay".into()), "title = \"Harbour\"", "title = \"Bay\""),
        ("song/rate_hz", Value::Number(44_100.0), "rate_hz = 48000", "rate_hz = 44100"),
    ] {
        let mut document = Document::open(HARBOUR).unwrap();
        document.set(&address.parse().unwrap(), value).unwrap();
        assert_eq!(document.to_string(), HARBOUR.replacen(old, new, 1), "{address}");
        assert_eq!(read(&document.to_string()).session.as_ref(), Some(document.session()), "{address}");
    }
}

#[test]
fn what_was_not_written_out_gets_a_line_where_it_belongs() {
    let mut document = Document::open(HARBOUR).unwrap();
    for (address, value) in [
        ("lead-vox/turn/right", Value::Switch(false)),
        ("lead-vox/send-plate/pre_fader", Value::Switch(true)),
        ("vocals/fader_db", Value::Number(-2.0)),
        ("master/headroom_db", Value::Number(-3.5)),
        ("kick/mute", Value::Switch(true)),
    ] {
        document.set(&address.parse().unwrap(), value.clone()).unwrap();
        assert_eq!(document.session().get(&address.parse().unwrap()), Some(value));
    }
    let text = document.to_string();
    assert_eq!(read(&text).session.as_ref(), Some(document.session()), "{text}");
    assert!(HARBOUR.lines().all(|line| text.contains(line)), "{text}");
}

#[test]
fn what_is_not_allowed_leaves_the_file_alone() {
    let mut document = Document::open(HARBOUR).unwrap();
    for (address, value, because) in [
        ("lead-vox/pan", Value::Number(2.0), "`pan` is 2, but must lie between -1 and 1"),
        ("led-vox/pan", Value::Number(0.0), "there is no strip `led-vox` (did you mean `lead-vox`?)"),
        (
            "lead-vox/fader",
            Value::Number(0.0),
            "there is nothing at `lead-vox/fader` (did you mean `lead-vox/fader_db`?)",
        ),
        ("lead-vox/bus", Value::Word("vocal".into()), "there is no bus `vocal` (did you mean `vocals`?)"),
        ("vocals/to", Value::Word("vocals".into()), "sound would go round in a circle"),
        (
            "lead-vox/lift/points",
            Value::Word("[]".into()),
            "`lead-vox/lift/points` is not set by a single value (change it in the session file)",
        ),
    ] {
        let error = document.set(&address.parse().unwrap(), value).unwrap_err();
        assert_eq!(error.to_string(), because);
    }
    assert_eq!(document.to_string(), HARBOUR);
}

#[test]
fn line_ends_of_another_system_stay() {
    let windows = HARBOUR.replace('\n', "\r\n");
    let mut document = Document::open(&windows).unwrap();
    document.set(&"lead-vox/pan".parse().unwrap(), Value::Number(0.5)).unwrap();
    assert_eq!(document.to_string(), windows.replacen("pan = 0.0 ", "pan = 0.5 ", 1));
}
