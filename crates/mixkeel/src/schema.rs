//! The JSON Schema of every document that the program writes, and the reference page of every processor.

use mixkeel_dsp::catalog::CATALOG;
use mixkeel_dsp::param::Range;
use schemars::{JsonSchema, schema_for};
use serde_json::Value;

/// File name and schema of every document: `report-1.json` is that of `mixkeel/report/1`.
pub fn all() -> Vec<(String, Value)> {
    fn one<T: JsonSchema>(name: &str) -> (String, Value) {
        (format!("{name}-1.json"), schema_for!(T).to_value())
    }
    vec![
        one::<crate::convert::ConvertOutcome>("convert"),
        one::<crate::demo_song::DemoOutcome>("demo"),
        one::<crate::demo::Truth>("demo-truth"),
        one::<crate::doctor::DoctorReport>("doctor"),
        one::<mixkeel_session::edit::Edits>("edits"),
        one::<crate::watch::Event>("event"),
        one::<crate::project::ledger::Line>("ledger"),
        one::<crate::render::RenderOutcome>("render"),
        one::<crate::report::Report>("report"),
        ("session-1.json".to_owned(), mixkeel_session::schema::schema()),
    ]
}

/// The reference page of all processors, in Markdown, from their declarations.
pub fn processors_markdown() -> String {
    let mut page = String::from(
        "# Processors\n\nWhat may stand as `kind` in a session's inserts. Every parameter may be left out; it then has its \
         default.\nWhat is marked *moves* can be moved by a lane.\n",
    );
    for kind in CATALOG {
        page.push_str(&format!("\n## `{}`\n\n{}\n", kind.id, kind.about));
        if kind.specs.is_empty() {
            continue;
        }
        page.push_str("\n| parameter | unit | least | most | default | | what it does |\n|---|---|--:|--:|--:|---|---|\n");
        for spec in kind.specs {
            let (min, max, default) = match spec.range {
                Range::Number { min, max, default } => {
                    (min.to_string(), max.to_string(), default.to_string())
                }
                Range::Switch { default } => ("false".to_owned(), "true".to_owned(), default.to_string()),
                Range::Choice { words, default } => (words.join(", "), String::new(), default.to_owned()),
            };
            let moves = if spec.automatable { "moves" } else { "" };
            page.push_str(&format!(
                "| `{}` | {} | {min} | {max} | {default} | {moves} | {} |\n",
                spec.id, spec.unit, spec.help
            ));
        }
    }
    page
}
