//! The solver: the smallest audible change to a session that meets its goals.
//!
//! What may be turned is a list of [`Knob`]s on unlocked things, each with caps and with a price in
//! just-noticeable differences ([`cost`]). The search turns them on a [`Desk`], one after the other, always the one that gains
//! most for its price, then takes back whatever was not needed (the function `search`). Whoever calls renders what came of it, tells
//! by how much the desk was wrong ([`Problem::bias`]), and searches again. Goals that cannot be met at all, or not
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

use mixkeel_judge::goals::{margin, value_of};
use mixkeel_session::goal::{Beside, Meaning, That, Who};
use mixkeel_session::session::Session;

pub use bars::{ErrorBar, error_bar};
pub use edits::{Words, edits};
pub use search::{Amounts, search};

use crate::desk::Desk;
use knobs::{Knob, What};

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
    /// What may be turned.
    pub knobs: Vec<Knob>,
    /// By how much each goal's measure on the last render lay over what the desk had said (as a factor for `wider`).
    pub bias: Vec<f64>,
    told: Vec<Option<f64>>,
    /// What every goal measured on the last render.
    last: Vec<Option<f64>>,
}

impl<'a> Problem<'a> {
    /// A problem of which nothing but the render of the session as it stands is known.
    pub fn new(desk: &'a Desk, session: &'a Session, wanted: &'a [Wanted]) -> Self {
        let told = wanted.iter().map(|one| value(&one.meaning, desk, desk)).collect();
        let bias = wanted.iter().map(|one| if one.meaning.that == That::Wider { 1.0 } else { 0.0 }).collect();
        let last = wanted.iter().map(|one| one.rendered).collect();
        let mut problem = Self { desk, session, wanted, knobs: Vec::new(), bias, told, last };
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

    /// The desk with knobs turned.
    pub fn turned(&self, amounts: &[f64]) -> Desk {
        let (treated, sends) = knobs::treatments(&self.knobs, amounts, self.desk);
        let sends: Vec<(usize, &str, f64)> =
            sends.iter().map(|(track, to, by_db)| (*track, to.as_str(), *by_db)).collect();
        self.desk.turned(&treated, &sends)
    }

    /// What every goal would measure with knobs turned: the last render, moved by what the desk says changes. `None`
    /// where it cannot be measured.
    pub fn foretold(&self, amounts: &[f64]) -> Vec<Option<f64>> {
        let desk = self.turned(amounts);
        let headroom_db = self.headroom_db(amounts);
        let goals = self.wanted.iter().zip(&self.told).zip(&self.bias);
        goals
            .map(|((one, told), bias)| {
                let (rendered, told) = (one.rendered?, (*told)?);
                let now = value(&one.meaning, &desk, self.desk)?;
                Some(match one.meaning.that {
                    That::Wider => rendered * now / told * bias,
                    That::Headroom => rendered + now - told - headroom_db + bias,
                    _ => rendered + now - told + bias,
                })
            })
            .collect()
    }

    /// How far every goal falls short with knobs turned, in noticeable steps; below zero it passes. What cannot be
    /// measured does not count.
    pub fn shorts(&self, amounts: &[f64]) -> Vec<f64> {
        let foretold = self.foretold(amounts);
        let goals = self.wanted.iter().zip(foretold);
        goals
            .map(|(one, value)| value.map_or(f64::NEG_INFINITY, |value| short(&one.meaning, value)))
            .collect()
    }

    /// The same, and how wrong the desk may be about it: the more, the more has changed since the last render.
    pub fn shorts_and_bars(&self, amounts: &[f64]) -> Vec<(f64, f64)> {
        let goals = self.wanted.iter().zip(&self.last).zip(self.foretold(amounts));
        goals
            .map(|((one, last), foretold)| {
                let Some(foretold) = foretold else { return (f64::NEG_INFINITY, 0.0) };
                let that = one.meaning.that;
                let change = last.map_or(0.0, |last| apart(that, last, foretold));
                (short(&one.meaning, foretold), error_bar(that).of(change) / step(that))
            })
            .collect()
    }

    /// How far a goal falls short on the last render of the session as it stood.
    pub fn short_now(&self, goal: usize) -> Option<f64> {
        let one = self.wanted.get(goal)?;
        Some(short(&one.meaning, one.rendered?))
    }

    /// Takes in what a render of these amounts measured.
    pub fn learn(&mut self, amounts: &[f64], rendered: &[Option<f64>]) {
        let foretold = self.foretold(amounts);
        let known = self.bias.iter_mut().zip(&mut self.last);
        let goals = self.wanted.iter().zip(known).zip(foretold.iter().zip(rendered));
        for ((one, (bias, last)), (foretold, rendered)) in goals {
            let (Some(foretold), Some(rendered)) = (foretold, rendered) else { continue };
            *last = Some(*rendered);
            match one.meaning.that {
                That::Wider if *foretold > 0.0 => *bias *= rendered / foretold,
                That::Wider => {}
                _ => *bias += rendered - foretold,
            }
        }
    }

    fn headroom_db(&self, amounts: &[f64]) -> f64 {
        let knobs = self.knobs.iter().zip(amounts);
        knobs.filter(|(knob, _)| knob.what == What::Headroom).map(|(_, amount)| amount).sum()
    }
}

/// What a goal measures on a desk. The version before counts as the desk before anything was turned: what it measured drops
/// out of the difference.
fn value(meaning: &Meaning, desk: &Desk, before: &Desk) -> Option<f64> {
    let heard: &dyn mixkeel_judge::goals::Heard = desk;
    value_of(meaning, heard, Some(before), meaning.within.as_deref()).ok()
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
