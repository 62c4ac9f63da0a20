//! The solver: the smallest audible change to a session that meets its goals.
//!
//! What may be turned is a list of [`Knob`]s on unlocked things, each with caps and with a price in
//! just-noticeable differences ([`cost`]). The search turns them on a [`Desk`], one after the other, always the one that gains
//! most for its price, then takes back whatever was not needed (the function `search`). Whoever calls renders what came of it, tells
//! by how much the desk was wrong ([`Problem::learn`]), and searches again. Goals that cannot be met at all, or not
//! together, are found by searching for them alone and in pairs ([`conflict`]).

mod bars;
pub mod conflict;
pub mod cost;
mod curves;
mod edits;
mod hindrance;
pub mod knobs;
mod means;
pub mod search;

use mixkeel_judge::goals::{Others, Reference, margin, value_of};
use mixkeel_session::goal::{Beside, Meaning, That, Who};
use mixkeel_session::session::Session;

pub use bars::{ErrorBar, error_bar};
pub use edits::{Words, edits};
pub use search::{Amounts, search};

use crate::desk::Desk;
use knobs::{Knob, What};

/// How far a goal falls short about something that is no longer heard once knobs are turned, in noticeable steps: nobody asked
/// for silence, so it is further than any other way of failing.
const SILENCED: f64 = 1e3;

/// One goal to be met.
#[derive(Clone, Debug, PartialEq)]
pub struct Wanted {
    /// What it is called in reasons: the words of whoever wanted it.
    pub name: String,
    /// Whether it is a note on the version that stands, and no goal of the session.
    pub is_note: bool,
    /// Whether it only has to go on passing: what was asked for now goes before it.
    pub is_kept: bool,
    /// What it means.
    pub meaning: Meaning,
    /// What the last render measured of it. `None` where it could not be measured.
    pub rendered: Option<f64>,
}

/// What is to be solved.
#[derive(Debug)]
pub struct Problem<'a> {
    /// The session as it stands, laid out.
    pub desk: &'a Desk,
    /// The session as it stands.
    pub session: &'a Session,
    /// The goals.
    pub wanted: &'a [Wanted],
    /// The records that goals compare with.
    pub references: &'a [Reference],
    /// What may be turned.
    pub knobs: Vec<Knob>,
    told: Vec<Option<f64>>,
    /// How wrong the desk was about each goal on the last render.
    learnt: Vec<Learnt>,
}

/// How wrong the desk was about a goal.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Learnt {
    /// By how much the render's measure lay over what the desk had said, in the unit of the predicate (of `wider` in dB).
    by: f64,
    /// The change of the measure that the desk had said; 0 of the session as it stands.
    at: f64,
}

impl Learnt {
    /// How wrong the desk is taken to be about a change: the further it goes the way of what was rendered, the nearer to what was
    /// learnt there, and nothing at the session as it stands, which was measured. Where the desk foretold next to no change and the
    /// render told one, it is wrong by that whatever it says.
    fn about(self, change: f64, that: That) -> f64 {
        let part =
            if self.at.abs() <= error_bar(that).least { 1.0 } else { (change / self.at).clamp(0.0, 1.0) };
        part * self.by
    }

    /// How far a measure is taken to be from what the last render told of it, after a change that the desk says.
    fn since(self, change: f64, that: That) -> f64 {
        change + self.about(change, that) - (self.at + self.by)
    }
}

impl<'a> Problem<'a> {
    /// A problem of which nothing but the render of the session as it stands is known.
    pub fn new(
        desk: &'a Desk,
        session: &'a Session,
        wanted: &'a [Wanted],
        references: &'a [Reference],
    ) -> Self {
        let others = Others { before: Some(desk), references };
        let told = wanted.iter().map(|one| value(&one.meaning, desk, others)).collect();
        let learnt = vec![Learnt::default(); wanted.len()];
        let mut problem = Self { desk, session, wanted, references, knobs: Vec::new(), told, learnt };
        let failing: Vec<&Wanted> = (0..wanted.len())
            .filter(|goal| problem.short_now(*goal).is_some_and(|short| short > 0.0))
            .filter_map(|goal| wanted.get(goal))
            .collect();
        problem.knobs = knobs::knobs(session, desk, &failing);
        problem
    }

    /// Nothing turned.
    pub fn untouched(&self) -> Amounts {
        vec![0.0; self.knobs.len()]
    }

    /// A desk with knobs turned; what this one has turned alike is shared with it.
    fn turned(&self, like: &Desk, amounts: &[f64]) -> Desk {
        let (treated, sends) = knobs::treatments(&self.knobs, amounts, self.desk);
        let sends: Vec<(usize, &str, f64)> =
            sends.iter().map(|(track, to, by_db)| (*track, to.as_str(), *by_db)).collect();
        like.turned(&treated, &sends)
    }

    /// What every goal would measure with knobs turned: the last render, moved by what the desk says changes. `None`
    /// where it cannot be measured.
    pub fn foretold(&self, amounts: &[f64]) -> Vec<Option<f64>> {
        let turned = self.turned(self.desk, amounts);
        (0..self.wanted.len()).map(|goal| self.foretold_of(goal, &turned, amounts)).collect()
    }

    /// The same of one goal, on a desk on which so much is turned.
    fn foretold_of(&self, goal: usize, turned: &Desk, amounts: &[f64]) -> Option<f64> {
        let (one, learnt) = (self.wanted.get(goal)?, self.learnt.get(goal)?);
        let (rendered, that) = (one.rendered?, one.meaning.that);
        let change = self.change_of(goal, turned)?;
        Some(moved(that, rendered, change + learnt.about(change, that) + self.exactly(that, amounts)))
    }

    /// By how much a goal's measure changes by what is turned, as the desk says; of `wider` in dB.
    fn change_of(&self, goal: usize, turned: &Desk) -> Option<f64> {
        let (one, told) = (self.wanted.get(goal)?, (*self.told.get(goal)?)?);
        let others = Others { before: Some(self.desk), references: self.references };
        Some(apart(one.meaning.that, told, value(&one.meaning, turned, others)?))
    }

    /// By how much it changes beside that, of which nothing can be wrong: the sum is linear in the gain of everything.
    fn exactly(&self, that: That, amounts: &[f64]) -> f64 {
        let knobs = self.knobs.iter().zip(amounts).filter(|_| that == That::Headroom);
        -knobs.filter(|(knob, _)| knob.what == What::Headroom).map(|(_, amount)| amount).sum::<f64>()
    }

    /// The same amounts with as much headroom as is asked for, in tenths of a dB, where a render had this much to spare or, below
    /// zero, too little; and how many dB louder everything becomes. `None` where nothing changes by it.
    pub fn with_headroom_settled(&self, amounts: &[f64], spare_db: f64) -> Option<(Amounts, f64)> {
        let at = self.knobs.iter().position(|knob| knob.what == What::Headroom)?;
        let (knob, now_db) = (self.knobs.get(at)?, *amounts.get(at)?);
        let db = ((now_db + libm::floor(spare_db * 10.0) / 10.0) * 10.0).round() / 10.0;
        let mut amounts = amounts.to_vec();
        let place = amounts.get_mut(at)?;
        *place = db.clamp(knob.range.0, 0.0);
        let by_db = *place - now_db;
        (by_db.abs() > 1e-6).then_some((amounts, by_db))
    }

    /// How far every goal falls short with knobs turned, in noticeable steps; below zero it passes. What could
    /// not be measured on the render does not count; what is silenced by these knobs counts as far as anything can.
    pub fn shorts(&self, amounts: &[f64]) -> Vec<f64> {
        let turned = self.turned(self.desk, amounts);
        (0..self.wanted.len()).map(|goal| self.short_and_bar(goal, &turned, amounts).0).collect()
    }

    /// The same of one goal, on a desk on which so much is turned, and how wrong the desk may be about it: the more, the more
    /// has changed since the last render.
    fn short_and_bar(&self, goal: usize, turned: &Desk, amounts: &[f64]) -> (f64, f64) {
        let told = self.told.get(goal).copied().flatten();
        let Some((one, Some(_))) = self.wanted.get(goal).map(|one| (one, one.rendered.and(told))) else {
            return (f64::NEG_INFINITY, 0.0);
        };
        let Some(foretold) = self.foretold_of(goal, turned, amounts) else { return (SILENCED, 0.0) };
        let that = one.meaning.that;
        let change = self.change_of(goal, turned).unwrap_or(0.0);
        let since = self.learnt.get(goal).map_or(0.0, |learnt| learnt.since(change, that));
        let (short, bar) = (short(&one.meaning, foretold), error_bar(that));
        // Whatever is turned for what fails will have that bar. Were it none here, a small step would look like a loss.
        let bar = if short > 0.0 { bar.least.max(bar.of(since)) } else { bar.of(since) };
        (short, bar / step(that))
    }

    /// How far a goal falls short on the last render of the session as it stood.
    pub fn short_now(&self, goal: usize) -> Option<f64> {
        let one = self.wanted.get(goal)?;
        Some(short(&one.meaning, one.rendered?))
    }

    /// Takes in what a render of these amounts measured.
    pub fn learn(&mut self, amounts: &[f64], rendered: &[Option<f64>]) {
        let turned = self.turned(self.desk, amounts);
        for (goal, heard) in rendered.iter().enumerate() {
            let Some((one, heard)) = self.wanted.get(goal).zip(*heard) else { continue };
            let (that, was) = (one.meaning.that, one.rendered);
            let (change, exactly) = (self.change_of(goal, &turned), self.exactly(that, amounts));
            if let (Some(was), Some(at), Some(learnt)) = (was, change, self.learnt.get_mut(goal)) {
                *learnt = Learnt { by: apart(that, was, heard) - exactly - at, at };
            }
        }
    }
}

/// What a goal measures on a desk. The version before counts as the desk before anything was turned: what it measured drops
/// out of the difference.
fn value(meaning: &Meaning, desk: &Desk, others: Others<'_>) -> Option<f64> {
    value_of(meaning, desk, others, meaning.within.as_deref()).ok()
}

/// How far a measure falls short of what is wanted, in noticeable steps; below zero it passes by so much.
pub fn short(meaning: &Meaning, value: f64) -> f64 {
    let that = meaning.that;
    if that == That::Wider {
        let under = meaning.at_least.map_or(f64::NEG_INFINITY, |least| apart(that, value, least));
        let over = meaning.at_most.map_or(f64::NEG_INFINITY, |most| apart(that, most, value));
        return under.max(over) / step(that);
    }
    -margin(meaning, value) / step(that)
}

/// How far one measure lies from another, in the unit of its predicate; of `wider`, which is a factor, in dB.
fn apart(that: That, from: f64, to: f64) -> f64 {
    let decibels = |factor: f64| 20.0 * libm::log10(factor.max(1e-6));
    if that == That::Wider { decibels(to) - decibels(from) } else { to - from }
}

/// A measure after such a change.
fn moved(that: That, from: f64, by: f64) -> f64 {
    if that == That::Wider { from * libm::pow(10.0, by / 20.0) } else { from + by }
}

/// A noticeable step, in the same unit.
fn step(that: That) -> f64 {
    apart(that, if that == That::Wider { 1.0 } else { 0.0 }, that.row().noticeable)
}

/// The tracks that a goal is about, and those that it compares with.
pub(crate) fn whom(meaning: &Meaning) -> Vec<&Who> {
    let than = match &meaning.than {
        Some(Beside::Who(who)) => Some(who),
        _ => None,
    };
    std::iter::once(&meaning.of).chain(than).collect()
}
