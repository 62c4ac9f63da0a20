//! `revise`: a note as people give it, understood, done, shown; one version.
//!
//! Each note is a goal beside the version that stands. All are solved for together, with the session's own goals held where
//! they pass. What is not understood is said, with the nearest forms; the rest is done all the same.

use std::path::Path;

use mixkeel_session::goal::notes::{self, Heard, Note};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::error::{Error, ErrorKind};
use crate::lines::{figure, wrapped};
use crate::solve::{Asked, Ground, SolveOptions, SolveReport, SolvedGoal, report_of, solve_for, write};
use crate::watch::Watch;

/// Which rule edits of notes are by.
pub(crate) const BY_NOTES: &str = "revise/note";

/// What came of a revision.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ReviseReport {
    /// `mixkeel/revise/1`.
    pub schema: String,
    /// How each note was understood, or not.
    pub notes: Vec<NoteLine>,
    /// What was done: the notes as goals, then the session's own goals, which are only held.
    pub done: SolveReport,
}

/// One note as it was understood.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct NoteLine {
    /// The words.
    pub said: String,
    /// Of an intent word, the notes that it stands for.
    pub stands_for: Vec<String>,
    /// Why it was not understood.
    pub problem: Option<String>,
    /// Forms that are understood, where these words were not.
    pub forms: Vec<String>,
}

impl ReviseReport {
    /// The name of this JSON.
    pub const SCHEMA: &'static str = "mixkeel/revise/1";

    /// Whether every note was understood and met.
    pub fn is_done(&self) -> bool {
        self.notes.iter().all(|note| note.problem.is_none()) && self.done.passes
    }

    /// For people.
    pub fn lines(&self) -> Vec<String> {
        let mut lines = Vec::new();
        for note in &self.notes {
            lines.extend(note.lines());
            let stands_for = note.stands_for.iter();
            for said in std::iter::once(&note.said).chain(stands_for) {
                if let Some(goal) = self.done.goals.iter().find(|goal| goal.name == *said) {
                    lines.extend(goal_lines(goal));
                }
            }
        }
        let broken = self.done.goals.iter().filter(|goal| {
            goal.became != "passed"
                && goal.margin.is_some_and(|margin| margin < -0.01)
                && goal.margin_was.is_some_and(|margin| margin >= -0.01)
                && !self.is_note(&goal.name)
        });
        for goal in broken {
            let name = goal.say.as_deref().unwrap_or(&goal.name);
            lines.extend(wrapped(name, "Cost: a goal fails now: ", "  "));
        }
        lines.extend(self.done.changed());
        lines
    }

    fn is_note(&self, name: &str) -> bool {
        self.notes.iter().any(|note| note.said == name || note.stands_for.iter().any(|said| said == name))
    }
}

impl NoteLine {
    fn lines(&self) -> Vec<String> {
        let mut lines = wrapped(&self.said, "", "  ");
        if let Some(problem) = &self.problem {
            lines.extend(wrapped(problem, "  not understood: ", "    "));
            for form in self.forms.iter().take(4) {
                lines.extend(wrapped(form, "    understood would be: ", "      "));
            }
        }
        if !self.stands_for.is_empty() {
            lines.extend(wrapped(&self.stands_for.join(", "), "  stands for: ", "    "));
        }
        lines
    }
}

fn goal_lines(goal: &SolvedGoal) -> Vec<String> {
    let mut lines = Vec::new();
    if let Some(understood) = &goal.understood {
        lines.extend(wrapped(understood, "  understood: ", "    "));
    }
    let unit = goal.unit.as_deref().unwrap_or_default();
    match (goal.became.as_str(), goal.was, goal.is) {
        ("impossible", _, _) => {
            let nearest = || {
                goal.nearest.map_or("it could not come near".to_owned(), |nearest| {
                    format!("it could come to {} {unit}", figure(Some(nearest), 1))
                })
            };
            let why = goal.hindrance.clone().unwrap_or_else(nearest);
            let text = format!("{why}; nothing was turned for it");
            lines.extend(wrapped(&text, "  cannot be done: ", "    "));
        }
        ("conflict", Some(was), Some(is)) => {
            let (was, is) = (figure(Some(was), 1), figure(Some(is), 1));
            lines.push(format!("  only in part, beside the others: from {was} to {is} {unit}"));
        }
        (_, Some(was), Some(is)) => {
            let (was, is) = (figure(Some(was), 1), figure(Some(is), 1));
            lines.push(format!("  done: from {was} to {is} {unit}"));
        }
        _ => {
            let why = goal.problem.as_deref().unwrap_or("it could not be measured");
            lines.extend(wrapped(why, "  not done: ", "    "));
        }
    }
    lines
}

/// Carries out revision notes as the next version.
///
/// # Errors
/// When no note was understood (nothing is changed then), what cannot be read or written, or a request to stop.
pub fn revise(
    session: &Path,
    said: &str,
    options: &SolveOptions,
    watch: &dyn Watch,
) -> Result<ReviseReport, Error> {
    // Words that nobody understands are told at once, before anything is measured.
    let opened = crate::project::session_file::open(session)?;
    let heard = notes::read(said, &opened.session);
    let mut lines = Vec::new();
    let mut understood: Vec<Note> = Vec::new();
    for one in heard {
        lines.push(match one {
            Heard::Note(note) => {
                let said = note.said.clone();
                match note.goal.meaning(&opened.session) {
                    Ok(_) => {
                        understood.push(note);
                        NoteLine { said, stands_for: Vec::new(), problem: None, forms: Vec::new() }
                    }
                    Err(error) => NoteLine {
                        said,
                        stands_for: Vec::new(),
                        problem: Some(error.why),
                        forms: error.forms,
                    },
                }
            }
            Heard::Intent(word, bundle) => {
                let kept: Vec<Note> =
                    bundle.into_iter().filter(|note| note.goal.meaning(&opened.session).is_ok()).collect();
                let stands_for = kept.iter().map(|note| note.said.clone()).collect();
                understood.extend(kept);
                NoteLine { said: word, stands_for, problem: None, forms: Vec::new() }
            }
            Heard::Unknown(said, error) => {
                NoteLine { said, stands_for: Vec::new(), problem: Some(error.why), forms: error.forms }
            }
        });
    }
    if understood.is_empty() {
        return Err(nothing(&lines));
    }
    let ground = Ground::open(session, &options.cache, watch)?;
    let notes = understood.iter().map(|note| Asked {
        name: note.said.clone(),
        say: Some(note.said.clone()),
        meaning: note.goal.meaning(&ground.session).map_err(|error| error.why),
        better_by: note.better_by,
        only_kept: false,
    });
    let held = ground.session.goals.iter().map(|goal| Asked {
        name: goal.id.clone(),
        say: goal.say.clone(),
        meaning: goal.meaning(&ground.session).map_err(|error| error.why),
        better_by: None,
        only_kept: true,
    });
    let asked: Vec<Asked> = notes.chain(held).collect();
    let outcome = solve_for(&ground, &asked, None, BY_NOTES, options, watch)?;
    let mut done = report_of(&ground, &asked, &outcome);
    done.passes =
        done.goals.iter().take(understood.len()).all(|goal| matches!(goal.became.as_str(), "passed" | "met"));
    write(ground, outcome, &mut done, options.dry_run, watch)?;
    Ok(ReviseReport { schema: ReviseReport::SCHEMA.to_owned(), notes: lines, done })
}

fn nothing(lines: &[NoteLine]) -> Error {
    let error = Error::new(ErrorKind::Usage, "the note is not understood; nothing was changed");
    let mut error = lines.iter().filter_map(|line| line.problem.clone()).fold(error, Error::because);
    if lines.is_empty() {
        error = error.because("nothing was said");
    }
    let mut forms: Vec<&String> = lines.iter().flat_map(|line| line.forms.iter().take(4)).collect();
    forms.truncate(6);
    let error =
        forms.into_iter().fold(error, |error, form| error.hint(format!("understood would be: {form}")));
    if lines.is_empty() { error.hint("say one: \"vocal up a touch in the chorus\"") } else { error }
}
