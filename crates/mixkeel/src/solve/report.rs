//! What solving came to: of each goal what it measured before and after, what was turned and why, and what that cost.

use mixkeel_assist::solve::conflict::Fate;
use mixkeel_session::goal::Meaning;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Ground;
use super::rounds::{Asked, Became, Outcome};
use crate::lines::{figure, wrapped};

/// What came of solving.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct SolveReport {
    /// `mixkeel/solve/1`.
    pub schema: String,
    /// The song's title.
    pub title: String,
    /// Whether all goals pass now.
    pub passes: bool,
    /// One for each goal.
    pub goals: Vec<SolvedGoal>,
    /// What was turned; nothing where all passed, or nothing helps.
    pub changes: Vec<Moved>,
    /// What all of it costs, in just-noticeable differences: 1 dB of level is one.
    pub cost_jnd: f64,
    /// How often it was rendered to see whether the forecast was right.
    pub rounds: usize,
    /// The version that was written; absent when nothing was.
    pub version: Option<u32>,
    /// The folder of that version.
    pub out: Option<String>,
    /// What else the owner should know.
    pub notes: Vec<String>,
}

/// One goal, before and after.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct SolvedGoal {
    /// Its id, or `asked-1` for one that was only asked for.
    pub name: String,
    /// The person's words.
    pub say: Option<String>,
    /// How they were understood.
    pub understood: Option<String>,
    /// `passed` (as it was), `met`, `conflict`, `impossible`, `unknown`.
    pub became: String,
    /// What it measured.
    pub was: Option<f64>,
    /// What it measures now.
    pub is: Option<f64>,
    /// How far it passed; below zero it failed by so much.
    pub margin_was: Option<f64>,
    /// How far it passes.
    pub margin: Option<f64>,
    /// The unit of all these.
    pub unit: Option<String>,
    /// What meeting it alone would cost, in just-noticeable differences, where that was worked out.
    pub cost_alone_jnd: Option<f64>,
    /// The goals that it cannot be met together with.
    pub conflicts_with: Vec<String>,
    /// Of one that nothing meets, the nearest that it could come to.
    pub nearest: Option<f64>,
    /// Why it could not be understood or measured.
    pub problem: Option<String>,
    /// What stands in the way of one for which nothing can be turned.
    pub hindrance: Option<String>,
}

/// One thing that was turned.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Moved {
    /// `+1.4 dB on Lead Vox in verse 2`.
    pub what: String,
    /// `"the vocal is audible on laptop" failed by 0.9 phon on laptop`.
    pub because: String,
    /// What it costs, in just-noticeable differences.
    pub cost_jnd: f64,
}

impl SolveReport {
    /// The name of this JSON.
    pub const SCHEMA: &'static str = "mixkeel/solve/1";

    /// For people.
    pub fn lines(&self) -> Vec<String> {
        let mut lines: Vec<String> = self.goals.iter().flat_map(SolvedGoal::lines).collect();
        lines.extend(self.changed());
        lines
    }

    /// What was turned, what it cost, where it is and how it is undone.
    pub fn changed(&self) -> Vec<String> {
        let mut lines = Vec::new();
        if self.changes.is_empty() {
            lines.push(if self.passes {
                "All pass; nothing was changed.".to_owned()
            } else {
                "Nothing was changed.".to_owned()
            });
        } else {
            let verb = if self.version.is_some() { "Changed" } else { "Would change" };
            lines.push(format!("{verb} ({:.1} noticeable steps in all):", self.cost_jnd));
            for one in &self.changes {
                lines.extend(wrapped(&format!("{}: {}", one.what, one.because), "  ", "    "));
            }
        }
        for note in &self.notes {
            lines.extend(wrapped(note, "Note: ", "  "));
        }
        if let (Some(version), Some(out)) = (self.version, &self.out) {
            lines.push(format!("Version {version}: {out}/listen.flac"));
            lines.push(format!("Undo:  mixkeel revise \"{out}\" --undo"));
        }
        lines
    }
}

impl SolvedGoal {
    fn lines(&self) -> Vec<String> {
        let name = self.say.as_deref().unwrap_or(&self.name);
        let word = match self.became.as_str() {
            "passed" | "met" => "pass",
            _ => "FAIL",
        };
        let mut lines = wrapped(name, &format!("{word}  "), "      ");
        if let Some(understood) = &self.understood {
            lines.extend(wrapped(&format!("understood: {understood}"), "      ", "        "));
        }
        let unit = self.unit.as_deref().unwrap_or_default();
        let by = |margin: f64| {
            let by = if margin < 0.0 { "short by" } else { "to spare" };
            format!("{by} {}", figure(Some(margin.abs()), 1))
        };
        if let (Some(was), Some(margin_was), Some(is), Some(margin)) =
            (self.was, self.margin_was, self.is, self.margin)
        {
            let text = if self.became == "passed" && was == is {
                format!("{} {unit}, {}", figure(Some(is), 1), by(margin))
            } else {
                let (was, is) = (figure(Some(was), 1), figure(Some(is), 1));
                format!("was {was} {unit}, {}; now {is}, {}", by(margin_was), by(margin))
            };
            lines.extend(wrapped(&text, "      ", "      "));
        }
        if self.became == "impossible" {
            let nearest = self.nearest.map_or(String::new(), |nearest| {
                format!("; the nearest is {} {unit}", figure(Some(nearest), 1))
            });
            let why = self.hindrance.as_ref().map_or(String::new(), |why| format!(": {why}"));
            let text =
                format!("nothing that may be turned meets it{why}{nearest}; nothing was turned for it");
            lines.extend(wrapped(&text, "      ", "      "));
        }
        if self.became == "conflict" {
            let text = match self.conflicts_with.as_slice() {
                [] => "it cannot be met together with the others; this is the best compromise".to_owned(),
                with => {
                    format!("it cannot be met together with {}; this is the best compromise", with.join(", "))
                }
            };
            lines.extend(wrapped(&text, "      ", "      "));
        }
        if let Some(cost) = self.cost_alone_jnd.filter(|_| self.became == "conflict") {
            lines.push(format!("      alone it would cost {cost:.1} noticeable steps"));
        }
        if let Some(problem) = &self.problem {
            lines.extend(wrapped(problem, "      ", "        "));
        }
        lines
    }
}

/// Puts a report together.
pub(crate) fn of(ground: &Ground, asked: &[Asked], outcome: &Outcome) -> SolveReport {
    let understood: Vec<&Asked> = asked.iter().filter(|one| one.meaning.is_ok()).collect();
    let goals: Vec<SolvedGoal> =
        asked.iter().zip(&outcome.goals).map(|(one, became)| goal(one, became, &understood)).collect();
    let changes = outcome.words.iter().map(|words| Moved {
        what: words.what.clone(),
        because: words.because.clone(),
        cost_jnd: tidy(words.price),
    });
    SolveReport {
        schema: SolveReport::SCHEMA.to_owned(),
        title: ground.session.title.clone(),
        passes: goals.iter().all(|goal| matches!(goal.became.as_str(), "passed" | "met")),
        goals,
        changes: changes.collect(),
        cost_jnd: tidy(outcome.price),
        rounds: outcome.rounds,
        version: None,
        out: None,
        notes: Vec::new(),
    }
}

fn goal(asked: &Asked, became: &Became, understood: &[&Asked]) -> SolvedGoal {
    let meaning: Option<&Meaning> = became.meaning.as_ref();
    let value = |value: &Result<f64, String>| value.as_ref().ok().copied();
    let margin = |of: &Result<f64, String>| Some(tidy(mixkeel_judge::goals::margin(meaning?, value(of)?)));
    let word = match &became.fate {
        Fate::Passed => "passed",
        Fate::Met => "met",
        Fate::Conflict(_) => "conflict",
        Fate::Impossible(_) => "impossible",
        Fate::Unknown => "unknown",
    };
    let conflicts_with = match &became.fate {
        Fate::Conflict(with) => {
            with.iter().filter_map(|other| understood.get(*other)).map(|other| other.name.clone()).collect()
        }
        _ => Vec::new(),
    };
    let nearest = match &became.fate {
        Fate::Impossible(nearest) => nearest.map(tidy),
        _ => None,
    };
    SolvedGoal {
        name: asked.name.clone(),
        say: asked.say.clone(),
        understood: meaning.map(told),
        became: word.to_owned(),
        was: value(&became.was).map(tidy),
        is: value(&became.is).map(tidy),
        margin_was: margin(&became.was),
        margin: margin(&became.is),
        unit: meaning.map(|meaning| meaning.that.row().unit.to_owned()),
        cost_alone_jnd: became.price.map(tidy),
        conflicts_with,
        nearest,
        problem: became.is.as_ref().err().cloned(),
        hindrance: became.hindrance.clone(),
    }
}

/// A meaning in words, its bounds to a tenth where they came of a measure.
fn told(meaning: &Meaning) -> String {
    let tenth = |bound: Option<f64>| bound.map(|bound| (bound * 100.0).round() / 100.0);
    Meaning { at_least: tenth(meaning.at_least), at_most: tenth(meaning.at_most), ..meaning.clone() }
        .to_string()
}

fn tidy(number: f64) -> f64 {
    (number * 100.0).round() / 100.0
}
