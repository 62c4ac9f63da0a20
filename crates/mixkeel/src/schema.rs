//! The JSON Schema of every document that the program writes.

use schemars::{JsonSchema, schema_for};
use serde_json::Value;

/// File name and schema of every document: `report-1.json` is that of `mixkeel/report/1`.
pub fn all() -> Vec<(String, Value)> {
    fn one<T: JsonSchema>(name: &str) -> (String, Value) {
        (format!("{name}-1.json"), schema_for!(T).to_value())
    }
    vec![
        one::<crate::blind::BlindOutcome>("blind"),
        one::<crate::check::CheckReport>("check"),
        one::<crate::compare::CompareReport>("compare"),
        one::<crate::convert::ConvertOutcome>("convert"),
        one::<crate::demo_song::DemoOutcome>("demo"),
        one::<crate::demo::Truth>("demo-truth"),
        one::<crate::doctor::DoctorReport>("doctor"),
        one::<mixkeel_session::edit::Edits>("edits"),
        one::<crate::watch::Event>("event"),
        one::<crate::explain::Explanation>("explain"),
        one::<crate::goals::GoalsReport>("goals"),
        one::<crate::project::ledger::Line>("ledger"),
        one::<crate::measure::MeasureReport>("measure"),
        one::<crate::page::make::PageOutcome>("page"),
        one::<crate::plan::Plan>("plan"),
        one::<crate::render::RenderOutcome>("render"),
        one::<crate::ship::Reopened>("reopen"),
        one::<crate::report::Report>("report"),
        one::<crate::revise::ReviseReport>("revise"),
        one::<crate::solve::SolveReport>("solve"),
        one::<crate::hear::SongReport>("song"),
        one::<crate::ship::Shipped>("ship"),
        one::<crate::ledger::LedgerReport>("versions"),
        one::<crate::solve::UndoReport>("undo"),
        one::<crate::listen::ListenReport>("listen"),
        ("session-1.json".to_owned(), mixkeel_session::schema::schema()),
    ]
}
