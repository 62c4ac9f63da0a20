//! How a version meets the goals of its session, as the ledger keeps it.

use std::path::Path;

use mixkeel_judge::evidence::Evidence;
use mixkeel_judge::goals::{Others, Rendered, measure};
use mixkeel_session::goal::{Goal, Meaning};
use mixkeel_session::session::Session;

use crate::error::{Error, ErrorKind};
use crate::project::ledger::Mark;
use crate::records::records;
use crate::watch::{Event, Watch};

/// How each goal was met. What is beside the version before is not asked here: a version is measured once. A record that cannot
/// be read costs the goals that compare with it, and not the mix.
///
/// # Errors
/// A request to stop.
pub fn marks(
    session: &Session,
    folder: &Path,
    evidence: &Evidence,
    watch: &dyn Watch,
) -> Result<Vec<Mark>, Error> {
    let meanings: Vec<Option<Meaning>> =
        session.goals.iter().map(|goal| goal.meaning(session).ok()).collect();
    let references = match records(session, folder, meanings.iter().flatten(), watch) {
        Ok(references) => references,
        Err(error) if error.kind == ErrorKind::Interrupted => return Err(error),
        Err(error) => {
            let message = format!("goals beside references are not measured: {error}");
            watch.event(Event::Warning { about: None, message });
            Vec::new()
        }
    };
    let rendered = Rendered { evidence };
    let others = Others { before: None, references: &references };
    let mark = |(goal, meaning): (&Goal, &Option<Meaning>)| {
        let reading = meaning.as_ref().and_then(|meaning| {
            let noticeable = meaning.that.row().noticeable;
            measure(meaning, &rendered, others).ok().map(|reading| (reading, noticeable))
        });
        Mark {
            id: goal.id.clone(),
            passes: reading.as_ref().is_some_and(|(reading, _)| reading.passes()),
            margin_noticeable: reading
                .map(|(reading, noticeable)| (reading.margin / noticeable * 100.0).round() / 100.0)
                .filter(|margin| margin.is_finite()),
        }
    };
    Ok(session.goals.iter().zip(&meanings).map(mark).collect())
}
