//! `goals`: whether a session does what its owner wants of it, goal by goal.

use std::path::{Path, PathBuf};

use mixkeel_io::write::write_atomically;
use mixkeel_judge::evidence::Evidence;
use mixkeel_judge::goals::{Heard, Others, Rendered, measure};
use mixkeel_session::document::Document;
use mixkeel_session::goal::{Beside, Goal, Meaning, Misunderstood};
use mixkeel_session::id::unique;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::error::{Error, ErrorKind};
use crate::evidence;
use crate::lines::{figure, wrapped};
use crate::project::folder;
use crate::project::session_file;
use crate::records::{name, records};
use crate::song::cache::Cache;
use crate::watch::Watch;

/// Every goal of a session, measured on its render.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct GoalsReport {
    /// `mixkeel/goals/1`.
    pub schema: String,
    /// The song's title.
    pub title: String,
    /// Whether all goals pass.
    pub passes: bool,
    /// One for each goal, in the order of the session, then those asked for besides.
    pub goals: Vec<GoalLine>,
}

/// One goal.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct GoalLine {
    /// Its id in the session; absent for one that was only asked for.
    pub id: Option<String>,
    /// The person's words.
    pub say: Option<String>,
    /// How they were understood; absent where they were not.
    pub understood: Option<String>,
    /// Whether it passes. What cannot be understood or measured does not.
    pub passes: bool,
    /// What was measured.
    pub value: Option<f64>,
    /// The least that passes.
    pub at_least: Option<f64>,
    /// The most that passes.
    pub at_most: Option<f64>,
    /// How far it passes; below zero it fails by so much.
    pub margin: Option<f64>,
    /// The unit of all these.
    pub unit: Option<String>,
    /// The section in which it passes least or fails most.
    pub worst: Option<Worst>,
    /// Why it was not understood or could not be measured.
    pub problem: Option<String>,
    /// Forms that are understood, where these words were not.
    pub forms: Vec<String>,
}

/// Where a goal passes least.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Worst {
    /// The section.
    pub section: String,
    /// The margin there.
    pub margin: f64,
}

impl GoalsReport {
    /// The name of this JSON.
    pub const SCHEMA: &'static str = "mixkeel/goals/1";

    /// A line or two a goal: pass or fail, how far, where it is worst, how it was understood.
    pub fn lines(&self) -> Vec<String> {
        if self.goals.is_empty() {
            return vec![
                "This session has no goals.".to_owned(),
                "Add one:  mixkeel goals SESSION --add \"the vocal is clearly audible on laptop\"".to_owned(),
            ];
        }
        let mut lines = Vec::new();
        for goal in &self.goals {
            lines.extend(goal.lines());
        }
        let failed = self.goals.iter().filter(|goal| !goal.passes).count();
        lines.push(match failed {
            0 => format!("All {} pass.", self.goals.len()),
            failed => format!("{failed} of {} fail.", self.goals.len()),
        });
        lines
    }
}

impl GoalLine {
    fn lines(&self) -> Vec<String> {
        let name = self.say.as_deref().or(self.id.as_deref()).unwrap_or("goal");
        let word = if self.passes { "pass" } else { "FAIL" };
        let mut lines = wrapped(name, &format!("{word}  "), "      ");
        let unit = self.unit.as_deref().unwrap_or_default();
        if let (Some(value), Some(margin)) = (self.value, self.margin) {
            let by = if margin < 0.0 { "short by" } else { "to spare" };
            let mut text =
                format!("{} {unit}, {by} {}", figure(Some(value), 1), figure(Some(margin.abs()), 1));
            if let Some(worst) = &self.worst {
                text += &format!("; worst in {} ({})", worst.section, figure(Some(worst.margin), 1));
            }
            lines.extend(wrapped(&text, "      ", "      "));
        }
        if let Some(understood) = &self.understood {
            lines.extend(wrapped(&format!("understood: {understood}"), "      ", "        "));
        }
        if let Some(problem) = &self.problem {
            lines.extend(wrapped(problem, "      ", "        "));
        }
        for form in self.forms.iter().take(6) {
            lines.extend(wrapped(form, "        understood would be: ", "          "));
        }
        lines
    }
}

/// Measures the goals of a session, and others that are asked for, on its render, or on what is kept of it.
///
/// # Errors
/// A session or recording that cannot be read, or a request to stop.
pub fn goals(
    session: &Path,
    asked: &[String],
    cache: &Cache,
    watch: &dyn Watch,
) -> Result<GoalsReport, Error> {
    let opened = session_file::open(session)?;
    let typed = opened.session.goals.iter().map(|goal| (Some(goal.id.clone()), goal.clone()));
    let said = asked.iter().map(|say| (None, Goal { say: Some(say.clone()), ..Goal::default() }));
    let wanted: Vec<(Option<String>, Goal, Result<Meaning, Misunderstood>)> = typed
        .chain(said)
        .map(|(id, goal)| {
            let meaning = goal.meaning(&opened.session);
            (id, goal, meaning)
        })
        .collect();
    let title = opened.session.title.clone();
    // Nobody waits for a render whose goals nobody understands.
    let any = wanted.iter().any(|(_, _, meaning)| meaning.is_ok());
    let now = any.then(|| evidence::of_session_kept(&opened.path, cache, watch)).transpose()?;
    let now = now.map(|(evidence, _)| evidence);
    let compares = |(_, _, meaning): &(_, _, Result<Meaning, _>)| {
        meaning.as_ref().is_ok_and(|meaning: &Meaning| meaning.than == Some(Beside::Before))
    };
    let before = if wanted.iter().any(compares) { version_before(&opened.path, cache, watch)? } else { None };
    let meanings = wanted.iter().filter_map(|(_, _, meaning)| meaning.as_ref().ok());
    let references = records(&opened.session, &opened.folder, meanings, watch)?;
    let before = before.as_ref().map(|evidence| Rendered { evidence });
    let before = before.as_ref().map(|rendered| rendered as &dyn Heard);
    let others = Others { before, references: &references };
    let goals: Vec<GoalLine> = wanted
        .into_iter()
        .map(|(id, goal, meaning)| line(id, &goal, meaning, now.as_ref(), others))
        .collect();
    Ok(GoalsReport {
        schema: GoalsReport::SCHEMA.to_owned(),
        title,
        passes: goals.iter().all(|goal| goal.passes),
        goals,
    })
}

fn line(
    id: Option<String>,
    goal: &Goal,
    meaning: Result<Meaning, Misunderstood>,
    now: Option<&Evidence>,
    others: Others<'_>,
) -> GoalLine {
    let empty = GoalLine {
        id,
        say: goal.say.clone(),
        understood: None,
        passes: false,
        value: None,
        at_least: None,
        at_most: None,
        margin: None,
        unit: None,
        worst: None,
        problem: None,
        forms: Vec::new(),
    };
    let meaning = match meaning {
        Ok(meaning) => meaning,
        Err(error) => return GoalLine { problem: Some(error.why), forms: error.forms, ..empty },
    };
    let understood = GoalLine {
        understood: Some(meaning.to_string()),
        at_least: meaning.at_least,
        at_most: meaning.at_most,
        unit: Some(meaning.that.row().unit.to_owned()),
        ..empty
    };
    let Some(evidence) = now else { return understood };
    let rendered = Rendered { evidence };
    let tidy = |number: f64| (number * 100.0).round() / 100.0;
    match measure(&meaning, &rendered, others) {
        Err(problem) => GoalLine { problem: Some(problem), ..understood },
        Ok(reading) => GoalLine {
            passes: reading.passes(),
            value: Some(tidy(reading.value)),
            margin: Some(tidy(reading.margin)),
            worst: reading.worst.map(|(section, margin)| Worst { section, margin: tidy(margin) }),
            ..understood
        },
    }
}

/// The render of the version before the newest, where there is one.
pub(crate) fn version_before(
    session: &Path,
    cache: &Cache,
    watch: &dyn Watch,
) -> Result<Option<Evidence>, Error> {
    let Some(out) = session.parent() else { return Ok(None) };
    let versions = std::fs::read_dir(out).into_iter().flatten().flatten();
    let newest = versions
        .filter_map(|entry| folder::version_of(&entry.file_name().to_string_lossy()))
        .max()
        .unwrap_or(0);
    let before = out.join(format!("v{}", newest.saturating_sub(1))).join("session.toml");
    if newest < 2 || !before.is_file() {
        return Ok(None);
    }
    evidence::of_session_kept(&before, cache, watch).map(|(evidence, _)| Some(evidence))
}

/// Writes goals, and records that goals compare with, into a session, at its end, with everything that stands there left as
/// it is.
///
/// # Errors
/// Words that are not understood, a record that is no sound, a session that cannot be read or written.
pub fn add(session: &Path, said: &[String], references: &[PathBuf]) -> Result<Vec<String>, Error> {
    let opened = session_file::open(session)?;
    let mut wanted = opened.session.clone();
    name(&mut wanted, &opened.folder, references)?;
    let mut added = Vec::new();
    for say in said {
        let id = (wanted.goals.len() + 1..)
            .map(|n| format!("goal-{n}"))
            .find(|id| {
                !wanted.goals.iter().any(|goal| goal.id == *id)
                    && !wanted.sections.iter().any(|one| one.id == *id)
                    && !wanted.references.iter().any(|one| one.id == *id)
            })
            .unwrap_or_else(|| unique("goal", |_| false));
        let goal = Goal { id, say: Some(say.clone()), ..Goal::default() };
        let meaning = goal.meaning(&wanted).map_err(|error| misunderstood(say, error))?;
        added.push(format!("{}: {meaning}", goal.id));
        wanted.goals.push(goal);
    }
    let in_words = |error: String| {
        Error::new(ErrorKind::Internal, "the goal could not be written into the session")
            .at(&opened.path)
            .because(error)
    };
    let mut document =
        Document::open(&opened.text).map_err(|_| in_words("it could not be read again".to_owned()))?;
    document.bring_to(&wanted).map_err(|error| in_words(error.to_string()))?;
    write_atomically(&opened.path, document.to_string().as_bytes())?;
    Ok(added)
}

/// Words that were not understood, with the nearest forms that are.
pub(crate) fn misunderstood(say: &str, error: Misunderstood) -> Error {
    let base =
        Error::new(ErrorKind::Usage, format!("the goal \"{say}\" is not understood")).because(error.why);
    let forms = error.forms.into_iter().take(6);
    forms.fold(base, |error, form| error.hint(format!("understood would be: {form}")))
}
