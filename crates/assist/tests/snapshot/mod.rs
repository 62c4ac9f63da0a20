//! What a rule says of its fixture, held against `crates/assist/tests/rules/<stage>/<rule>.snap`. With `INSTA_UPDATE=always` in the
//! environment, tests write what it says now: to be read before it is committed.
#![allow(clippy::expect_used)] // a helper of tests is a test

use std::fmt::Write;
use std::path::Path;

use mixkeel_session::edit::{Content, Edit};
use serde_json::Value;

/// Holds what this rule says among these edits against what it said when somebody last agreed with it.
pub fn snapshot(rule: &str, edits: &[Edit]) {
    let (stage, name) = rule.split_once('/').expect("an id is a stage and a name");
    let said: String = edits.iter().filter(|edit| edit.by == rule).map(in_words).collect();
    assert!(!said.is_empty(), "{rule} says nothing of its fixture");
    let mut settings = insta::Settings::new();
    settings
        .set_snapshot_path(Path::new(env!("CARGO_MANIFEST_DIR")).join("../assist/tests/rules").join(stage));
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!(name, said));
}

fn in_words(edit: &Edit) -> String {
    let stands = |content: &Option<Content>| match content {
        Some(content) => rounded(serde_json::to_value(content).expect("content is plain data")).to_string(),
        None => "nothing".to_owned(),
    };
    let mut said = format!(
        "{}: {} -> {} ({:?})\n  {}\n",
        edit.address,
        stands(&edit.from),
        stands(&edit.to),
        edit.sureness,
        edit.because
    );
    for measured in &edit.evidence {
        let _ = writeln!(said, "  {}: {:.2} {}", measured.what, measured.value, measured.unit);
    }
    said
}

/// Numbers to a thousandth: what is less is told by other tests.
fn rounded(value: Value) -> Value {
    match value {
        Value::Array(items) => items.into_iter().map(rounded).collect(),
        Value::Object(fields) => fields.into_iter().map(|(key, value)| (key, rounded(value))).collect(),
        Value::Number(number) => match number.as_f64().filter(|_| number.is_f64()) {
            Some(float) => Value::from((1_000.0 * float).round() / 1_000.0),
            None => Value::Number(number),
        },
        other => other,
    }
}
