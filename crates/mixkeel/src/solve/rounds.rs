//! Rounds of search and render: the desk says what to turn, the render says what came of it, and where they disagree the
//! search begins again with what was learnt.

use std::time::Instant;

use mixkeel_assist::desk::Desk;
use mixkeel_assist::forecast::Forecast;
use mixkeel_assist::rules::headroom::sum::CEILING_DBFS;
use mixkeel_assist::solve::conflict::{Answer, Fate, Known, answer, in_the_way};
use mixkeel_assist::solve::search::price;
use mixkeel_assist::solve::{Problem, Wanted, Words, edits, short};
use mixkeel_dsp::param::Value;
use mixkeel_judge::evidence::Evidence;
use mixkeel_judge::goals::{Heard as Measured, Others, Rendered};
use mixkeel_session::address::Address;
use mixkeel_session::apply::apply;
use mixkeel_session::edit::{Content, Edit, Sureness};
use mixkeel_session::goal::{Meaning, That};
use mixkeel_session::session::Session;

use super::hearing::{self, Hearing, Values};
use super::{Ground, SolveOptions, values};
use crate::error::Error;
use crate::project::session_file::faults_error;
use crate::records::records;
use crate::watch::{Event, Stage, Watch};

/// A price that falls by less is not worth another render, in noticeable steps. Ours: nobody hears a third of a step.
const WORTH: f64 = 0.3;

/// One goal as it was asked for.
pub(crate) struct Asked {
    pub name: String,
    pub say: Option<String>,
    /// What it means, or why nobody knows.
    pub meaning: Result<Meaning, String>,
    /// By how much its measure is to be better than in the session as it stands, instead of any bound.
    pub better_by: Option<f64>,
    /// Nothing is turned for it; it only has to pass still, where it passes.
    pub only_kept: bool,
}

impl Asked {
    /// The words of whoever wanted it, or its name where there are none.
    fn words(&self) -> &str {
        self.say.as_deref().unwrap_or(&self.name)
    }

    /// What it means beside what it measures now.
    fn beside(&self, now: &Result<f64, String>) -> Option<Meaning> {
        let mut meaning = self.meaning.clone().ok()?;
        if let (Some(by), Ok(now)) = (self.better_by, now) {
            if meaning.that.row().rising {
                (meaning.at_least, meaning.at_most) = (Some(now + by), None);
            } else {
                (meaning.at_least, meaning.at_most) = (None, Some((now - by).max(0.0)));
            }
        }
        Some(meaning)
    }
}

/// What came of it.
pub(crate) struct Outcome {
    /// The session with everything turned.
    pub session: Session,
    /// What was turned.
    pub edits: Vec<Edit>,
    /// The same in words.
    pub words: Vec<Words>,
    /// One for each goal, those that nobody understands too.
    pub goals: Vec<Became>,
    /// What it costs, in noticeable steps.
    pub price: f64,
    /// How often it was rendered after a search.
    pub rounds: usize,
}

/// What became of one goal.
pub(crate) struct Became {
    /// What it means, beside what it measured.
    pub meaning: Option<Meaning>,
    /// What it measured before, or why not.
    pub was: Result<f64, String>,
    /// What it measures now.
    pub is: Result<f64, String>,
    /// Whether it was met. Others are counted among those that were understood.
    pub fate: Fate,
    /// What it would cost alone, in noticeable steps.
    pub price: Option<f64>,
    /// What stands in its way, where nothing can be turned for it.
    pub hindrance: Option<String>,
}

/// One answer that was rendered.
struct Tried {
    answer: Answer,
    session: Session,
    edits: Vec<Edit>,
    words: Vec<Words>,
    values: Values,
    missing: f64,
}

/// Searches and renders until goals pass, or nothing more is to be gained, or there is no more time.
pub(crate) fn solve_for(
    ground: &Ground,
    asked: &[Asked],
    earlier: Option<&Evidence>,
    by: &'static str,
    options: &SolveOptions,
    watch: &dyn Watch,
) -> Result<Outcome, Error> {
    let started = Instant::now();
    let late = || options.time_limit.is_some_and(|limit| started.elapsed() >= limit) || watch.stop();
    let meanings: Vec<&Meaning> = asked.iter().filter_map(|one| one.meaning.as_ref().ok()).collect();
    let systems = hearing::systems(&meanings);
    let base = ground.stands(&systems, watch)?;
    // A note compares with the version that stands; a goal with the one before that.
    let standing = Rendered { evidence: &base };
    let before_rendered = earlier.map(|evidence| Rendered { evidence });
    let before = before_rendered.as_ref().or((by != super::BY_GOALS).then_some(&standing));
    let references = records(&ground.session, &ground.shelf.folder, meanings.iter().copied(), watch)?;
    let before = before.map(|rendered| rendered as &dyn Measured);
    let others = Others { before, references: &references };
    let were = values(&meanings, &standing, others);
    let understood = asked.iter().filter(|one| one.meaning.is_ok());
    let meanings: Vec<Meaning> =
        understood.clone().zip(&were).filter_map(|(one, value)| one.beside(value)).collect();
    let meanings: Vec<&Meaning> = meanings.iter().collect();
    let wanted: Vec<Wanted> = understood
        .zip(&meanings)
        .zip(&were)
        .map(|((one, meaning), value)| {
            let rendered = value.as_ref().ok().copied();
            let counts = |value: &f64| !one.only_kept || short(meaning, *value) <= 0.01;
            Wanted {
                name: one.words().to_owned(),
                is_note: by != super::BY_GOALS && !one.only_kept,
                is_kept: one.only_kept,
                meaning: (*meaning).clone(),
                rendered: rendered.filter(counts),
            }
        })
        .collect();
    let forecast =
        Forecast::of(&ground.song, &ground.session).map_err(|faults| faults_error(&ground.path, &faults))?;
    let desk = Desk::of(&forecast, &ground.session, Some(&base));
    let mut problem = Problem::new(&desk, &ground.session, &wanted, &references);
    let asked_for: Vec<bool> = wanted.iter().map(|one| !one.is_kept && one.rendered.is_some()).collect();
    let most = options.rounds.max(1);
    let mut from = problem.untouched();
    let mut known = Known::default();
    // The search begins while the session as it stands is heard in parts.
    let (hearing, first) = rayon::join(
        || Hearing::new(ground, (&meanings, &asked_for), others, &systems, (&base, &were), watch),
        || answer(&problem, &from, &mut known, &late),
    );
    let (hearing, mut first) = (hearing?, Some(first));
    let mut best: Option<Tried> = None;
    let mut rounds = 0;
    // What excerpts do not tell is heard first in all of the song, and may have to be put right there.
    let for_all = if hearing.hides_some() { 2 } else { 1 };
    // First in parts, where that is quicker; then all of the song, which has the last word.
    let in_turn = [true, false].into_iter().filter(|in_parts| !in_parts || (hearing.has_parts() && most > 1));
    for in_parts in in_turn {
        let mut found = best.take().map(|tried: Tried| tried.answer);
        loop {
            watch.event(Event::Progress {
                stage: Stage::Decide,
                fraction: (rounds as f64 / most as f64).min(1.0),
            });
            let from_parts = found.is_some();
            let found = found.take().or_else(|| first.take());
            let found = found.unwrap_or_else(|| answer(&problem, &from, &mut known, &late));
            if found.amounts.iter().all(|amount| *amount == 0.0) && best.is_none() {
                best = Some(Tried::nothing(found, &ground.session, &were));
                break;
            }
            let settled = best.as_ref().is_some_and(|tried| {
                let same = tried.answer.amounts == found.amounts;
                same || (tried.missing <= 0.0 && tried.answer.price - found.price < WORTH)
            });
            if settled {
                break;
            }
            let tried = listen_to(&hearing, &problem, found, in_parts, by, watch)?;
            rounds += 1;
            let heard: Vec<Option<f64>> =
                tried.values.iter().map(|value| value.as_ref().ok().copied()).collect();
            problem.learn(&tried.answer.amounts, &heard);
            from = tried.answer.amounts.clone();
            let confirmed = from_parts && tried.missing <= 0.0;
            let better = best
                .as_ref()
                .is_none_or(|one| (tried.missing, tried.answer.price) < (one.missing, one.answer.price));
            if better {
                best = Some(tried);
            }
            let left_for_all = if in_parts { for_all } else { 0 };
            if confirmed || late() || rounds + left_for_all >= most {
                break;
            }
        }
    }
    watch.event(Event::Progress { stage: Stage::Decide, fraction: 1.0 });
    if watch.stop() {
        return Err(Error::interrupted());
    }
    let Some(mut tried) = best else { return Err(Error::interrupted()) };
    let stands = tried.answer.fates.clone();
    for (goal, fate) in tried.answer.fates.iter_mut().enumerate() {
        if let Fate::Conflict(with) = fate {
            *with = in_the_way(&problem, goal, &stands, &mut known, &late);
        }
    }
    let hindrances = (0..wanted.len()).map(|goal| problem.hindrance(goal)).collect();
    Ok(outcome(asked, &meanings, (were, hindrances), tried, rounds))
}

impl Tried {
    /// The session as it stands.
    fn nothing(answer: Answer, session: &Session, were: &Values) -> Self {
        Self {
            answer,
            session: session.clone(),
            edits: Vec::new(),
            words: Vec::new(),
            values: were.clone(),
            missing: 0.0,
        }
    }
}

/// Renders an answer, in parts or whole.
fn listen_to(
    hearing: &Hearing<'_>,
    problem: &Problem<'_>,
    mut answer: Answer,
    in_parts: bool,
    by: &'static str,
    watch: &dyn Watch,
) -> Result<Tried, Error> {
    let meanings = hearing.meanings;
    let made = |amounts: &[f64]| {
        let (mut changes, words) = edits(problem, amounts, by);
        let mut session = hearing.ground.session.clone();
        changes.retain(|edit| apply(&mut session, edit).is_ok());
        (changes, words, session)
    };
    let (mut changes, mut words, mut session) = made(&answer.amounts);
    let values = if in_parts {
        hearing.in_parts(&session, &changes, &problem.foretold(&answer.amounts), watch)?
    } else {
        let (evidence, mut values) = hearing.whole(&session, &changes, watch)?;
        let of_headroom = meanings.iter().any(|meaning| meaning.that == That::Headroom);
        if !of_headroom && let Some(edit) = lowered(&session, &evidence, by) {
            apply(&mut session, &edit).ok();
            changes.push(edit);
            // The sum is linear in headroom, but for a chain that the owner has put on it.
            if !session.master.inserts.is_empty() {
                (_, values) = hearing.whole(&session, &changes, watch)?;
            }
        }
        // More headroom than was asked for is a softer mix for nothing, less is a goal missed for nothing: the sum is linear in it.
        let spare_db = spare_headroom_db(meanings, &values);
        if session.master.inserts.is_empty()
            && let Some((amounts, by_db)) = problem.with_headroom_settled(&answer.amounts, spare_db)
        {
            (changes, words, session) = made(&amounts);
            for (meaning, value) in meanings.iter().zip(&mut values) {
                if let (That::Headroom, Ok(value)) = (meaning.that, value) {
                    *value -= by_db;
                }
            }
            answer.price = price(problem, &amounts);
            answer.amounts = amounts;
        }
        values
    };
    let asked_for = problem.wanted.iter().zip(&answer.fates).map(|(one, fate)| {
        // What only has to go on passing stops nobody.
        !one.is_kept && !matches!(fate, Fate::Impossible(_) | Fate::Unknown)
    });
    let missing = meanings
        .iter()
        .zip(&values)
        .zip(asked_for)
        .filter(|(_, asked_for)| *asked_for)
        .filter_map(|((meaning, value), _)| Some(short(meaning, *value.as_ref().ok()?)))
        .filter(|short| *short > 0.01)
        .sum();
    Ok(Tried { answer, session, edits: changes, words, values, missing })
}

/// How much more headroom there is than any goal asks for; nothing where one asks for no more than so much, or nobody asks.
fn spare_headroom_db(meanings: &[&Meaning], values: &Values) -> f64 {
    let of_headroom = meanings.iter().zip(values).filter(|(meaning, _)| meaning.that == That::Headroom);
    let spare = of_headroom.map(|(meaning, value)| match (meaning.at_least, value) {
        (Some(least), Ok(value)) => value - least,
        _ => 0.0,
    });
    spare.reduce(f64::min).unwrap_or(0.0)
}

/// Where the sum peaks higher than `headroom/sum` allows, all of it goes down.
fn lowered(session: &Session, evidence: &Evidence, by: &'static str) -> Option<Edit> {
    let peak = evidence.sound.levels.sample_peak_dbfs().filter(|peak| *peak > CEILING_DBFS)?;
    let address = Address::of("master", "headroom_db");
    let from = session.master.headroom_db;
    let to = ((from + CEILING_DBFS - peak) * 10.0).floor() / 10.0;
    let number = |db: f64| Some(Content::Value(Value::Number(db)));
    (!session.is_locked(&address) && to >= -60.0).then(|| Edit {
        id: format!("{by}:{address}"),
        address,
        from: number(from),
        to: number(to),
        by: by.to_owned(),
        because: format!("the sum would peak at {peak:.1} dBFS; everything goes down together"),
        evidence: Vec::new(),
        sureness: Sureness::Certain,
        strength: 1.0,
    })
}

/// Puts together what was asked, what was measured and what became of it.
fn outcome(
    asked: &[Asked],
    meanings: &[&Meaning],
    (were, hindrances): (Vec<Result<f64, String>>, Vec<Option<String>>),
    tried: Tried,
    rounds: usize,
) -> Outcome {
    let fates = tried.answer.fates.iter().zip(tried.answer.prices);
    let mut of_understood = meanings.iter().zip(were).zip(tried.values).zip(fates.zip(hindrances));
    let goals = asked
        .iter()
        .map(|one| {
            let unknown = |why: String| Became {
                meaning: None,
                was: Err(why.clone()),
                is: Err(why),
                fate: Fate::Unknown,
                price: None,
                hindrance: None,
            };
            if let Err(why) = &one.meaning {
                return unknown(why.clone());
            }
            let Some((((meaning, was), is), ((fate, price), hindrance))) = of_understood.next() else {
                return unknown(String::new());
            };
            // The render has the last word on what passes.
            let passes = |value: &Result<f64, String>| {
                value.as_ref().is_ok_and(|value| short(meaning, *value) <= 0.01)
            };
            let fate = match fate {
                _ if passes(&is) && passes(&was) => Fate::Passed,
                _ if passes(&is) => Fate::Met,
                Fate::Passed | Fate::Met => Fate::Conflict(Vec::new()),
                other => other.clone(),
            };
            let hindrance = hindrance.filter(|_| matches!(fate, Fate::Impossible(_)));
            Became { meaning: Some((*meaning).clone()), was, is, fate, price, hindrance }
        })
        .collect();
    Outcome {
        session: tried.session,
        edits: tried.edits,
        words: tried.words,
        goals,
        price: tried.answer.price,
        rounds,
    }
}
