//! `goals --solve`: the smallest audible change to a session that meets its goals, found on the forecast, confirmed on the
//! render, and written as the next version.

mod ground;
mod hearing;
mod report;
mod rounds;
mod undo;

use std::path::Path;
use std::time::Duration;

use mixkeel_judge::goals::{Others, Rendered};
use mixkeel_session::goal::{Goal, Meaning};

pub use report::{Moved, SolveReport, SolvedGoal};
pub use undo::{UndoReport, undo};

pub(crate) use ground::Ground;
#[cfg(test)]
pub(crate) use ground::song_of;
pub(crate) use report::of as report_of;
pub(crate) use rounds::{Asked, Outcome, solve_for};

use crate::error::{Error, ErrorKind};
use crate::goals::misunderstood;
use crate::mix::bench::Next;
use crate::song::cache::Cache;
use crate::watch::Watch;

/// Which rule edits of goals are by.
pub(crate) const BY_GOALS: &str = "goals/solve";

/// How to solve.
#[derive(Clone, Debug, PartialEq)]
pub struct SolveOptions {
    /// Goals beside those of the session, in English; they are met and not written down.
    pub goals: Vec<String>,
    /// The most rounds of search and render.
    pub rounds: usize,
    /// After so long no further round is begun.
    pub time_limit: Option<Duration>,
    /// Says what would be turned and writes nothing.
    pub dry_run: bool,
    /// Where profiles of recordings are kept.
    pub cache: Cache,
}

impl Default for SolveOptions {
    fn default() -> Self {
        Self { goals: Vec::new(), rounds: 4, time_limit: None, dry_run: false, cache: Cache::off() }
    }
}

/// Changes a session so that its goals pass, as little as can be heard, and writes that as the next version.
///
/// # Errors
/// A session without goals, words that are not understood, what cannot be read or written, or a request to stop. Nothing is
/// half-written.
pub fn solve(session: &Path, options: &SolveOptions, watch: &dyn Watch) -> Result<SolveReport, Error> {
    let ground = Ground::open(session, &options.cache, watch)?;
    let mut asked = Vec::new();
    for goal in &ground.session.goals {
        asked.push(Asked {
            name: goal.id.clone(),
            say: goal.say.clone(),
            meaning: goal.meaning(&ground.session).map_err(|error| error.why),
            better_by: None,
            only_kept: false,
        });
    }
    for (number, say) in options.goals.iter().enumerate() {
        let meaning = understood(say, &ground)?;
        asked.push(Asked {
            name: format!("asked-{}", number + 1),
            say: Some(say.clone()),
            meaning: Ok(meaning),
            better_by: None,
            only_kept: false,
        });
    }
    if asked.is_empty() {
        return Err(Error::new(ErrorKind::Usage, "there is no goal to be met")
            .at(&ground.path)
            .hint("say one: --goal \"the vocal is clearly audible on laptop\"")
            .hint("or write one into the session: --add \"…\""));
    }
    let earlier = ground.version_before(&asked, watch)?;
    let outcome = solve_for(&ground, &asked, earlier.as_ref(), BY_GOALS, options, watch)?;
    let mut report = report::of(&ground, &asked, &outcome);
    write(ground, outcome, &mut report, options.dry_run, watch)?;
    Ok(report)
}

/// Writes what came of it as the next version, where there is anything to be written and a place for it.
pub(crate) fn write(
    ground: Ground,
    outcome: Outcome,
    report: &mut SolveReport,
    dry_run: bool,
    watch: &dyn Watch,
) -> Result<(), Error> {
    if outcome.edits.is_empty() || dry_run {
        return Ok(());
    }
    let Some(bench) = ground.bench else {
        report.notes.push(
            "this session lies in no folder that `mixkeel mix` made, so nothing was written; turn these by hand"
                .to_owned(),
        );
        return Ok(());
    };
    let because = format!("it goes on from version {} to meet its goals", bench.folder.newest());
    let next = Next { session: outcome.session, text: None, edits: outcome.edits, because };
    let made = bench.write(next, watch)?;
    report.version = Some(made.report.version);
    report.out = Some(made.out.display().to_string());
    Ok(())
}

fn understood(say: &str, ground: &Ground) -> Result<Meaning, Error> {
    let goal = Goal { say: Some(say.to_owned()), ..Goal::default() };
    goal.meaning(&ground.session).map_err(|error| misunderstood(say, error))
}

/// What goals measure on a render.
pub(crate) fn values(
    meanings: &[&Meaning],
    rendered: &Rendered<'_>,
    others: Others<'_>,
) -> Vec<Result<f64, String>> {
    let of = |meaning: &&Meaning| {
        mixkeel_judge::goals::value_of(meaning, rendered, others, meaning.within.as_deref())
    };
    meanings.iter().map(of).collect()
}
