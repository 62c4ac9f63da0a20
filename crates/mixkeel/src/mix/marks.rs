//! How a version meets the goals of its session, as the ledger keeps it.

use mixkeel_judge::evidence::Evidence;
use mixkeel_judge::goals::{Rendered, measure};
use mixkeel_session::goal::Goal;
use mixkeel_session::session::Session;

use crate::project::ledger::Mark;

/// How each goal was met. What is beside the version before is not asked here: a version is measured once.
pub fn marks(session: &Session, evidence: &Evidence) -> Vec<Mark> {
    let rendered = Rendered { evidence };
    let mark = |goal: &Goal| {
        let meaning = goal.meaning(session).ok();
        let reading = meaning.and_then(|meaning| {
            let noticeable = meaning.that.row().noticeable;
            measure(&meaning, &rendered, None).ok().map(|reading| (reading, noticeable))
        });
        Mark {
            id: goal.id.clone(),
            passes: reading.as_ref().is_some_and(|(reading, _)| reading.passes()),
            margin_noticeable: reading
                .map(|(reading, noticeable)| (reading.margin / noticeable * 100.0).round() / 100.0)
                .filter(|margin| margin.is_finite()),
        }
    };
    session.goals.iter().map(mark).collect()
}
