//! Goals that cannot be met: which, whether alone or only together, and what each would cost.

use super::search::{Amounts, passes, price, search, search_for};
use super::{Problem, short};

/// What became of a goal on the desk.
#[derive(Clone, Debug, PartialEq)]
pub enum Fate {
    /// It passed as it was, and still does.
    Passed,
    /// It passes now.
    Met,
    /// It does not pass: with these others (by number) it cannot be met together. What was done is a compromise.
    Conflict(Vec<usize>),
    /// Nothing that may be turned meets it; the nearest is this measure. Nothing was done for it.
    Impossible(Option<f64>),
    /// It cannot be measured there.
    Unknown,
}

/// What was found.
#[derive(Clone, Debug, PartialEq)]
pub struct Answer {
    /// How far every knob is turned.
    pub amounts: Amounts,
    /// One for each goal.
    pub fates: Vec<Fate>,
    /// What each goal would cost alone, in noticeable steps; nothing for one that passes or cannot be met.
    pub prices: Vec<Option<f64>>,
    /// What was done costs so many noticeable steps.
    pub price: f64,
}

/// What searches for goals alone found, kept from one round to the next.
#[derive(Clone, Debug, Default)]
pub struct Known {
    alone: Vec<Option<Amounts>>,
    /// Whether they were searched for together at any price, in vain: what a render shows since is too little to try it again.
    in_vain: bool,
}

impl Known {
    /// What a goal alone takes. It is searched for again when a render has shown since that this does not do.
    fn alone(&mut self, problem: &Problem<'_>, goal: usize, stop: &dyn Fn() -> bool) -> Amounts {
        let known = self.alone.get(goal).and_then(Option::as_ref);
        if let Some(known) = known.filter(|known| passes_bound(problem, goal, known)) {
            return known.clone();
        }
        let amounts = search(problem, &[goal], &problem.untouched(), stop);
        self.alone.resize(self.alone.len().max(goal + 1), None);
        if let Some(place) = self.alone.get_mut(goal) {
            *place = Some(amounts.clone());
        }
        amounts
    }
}

/// Solves for all goals that can be met, and says which of the others cannot be met alone, and which not together. `stop` is
/// asked between searches and their moves; after it, what is known by then is the answer. Who stands in whose way is told by
/// [`in_the_way`].
pub fn answer(problem: &Problem<'_>, from: &[f64], known: &mut Known, stop: &dyn Fn() -> bool) -> Answer {
    let all: Vec<usize> =
        (0..problem.wanted.len()).filter(|goal| problem.short_now(*goal).is_some()).collect();
    let failed: Vec<usize> = all
        .iter()
        .copied()
        .filter(|goal| problem.short_now(*goal).is_some_and(|short| short > 0.01))
        .collect();
    let mut prices = vec![None; problem.wanted.len()];
    let fate = |goal: usize| match (all.contains(&goal), failed.contains(&goal)) {
        (false, _) => Fate::Unknown,
        (true, false) => Fate::Passed,
        (true, true) => Fate::Met,
    };
    let mut fates: Vec<Fate> = (0..problem.wanted.len()).map(fate).collect();
    // What cannot be met even alone is left out: nothing is turned for it in vain.
    let mut possible = all.clone();
    for &goal in &failed {
        if stop() {
            break;
        }
        let alone = known.alone(problem, goal, stop);
        if passes_bound(problem, goal, &alone) {
            if let Some(place) = prices.get_mut(goal) {
                *place = Some(price(problem, &alone));
            }
            continue;
        }
        // A search that was broken off shows nothing.
        if stop() {
            break;
        }
        possible.retain(|one| *one != goal);
        if let Some(place) = fates.get_mut(goal) {
            *place = Fate::Impossible(problem.foretold(&alone).get(goal).copied().flatten());
        }
    }
    let is_afresh = from.iter().all(|amount| *amount == 0.0);
    let together = |from: &[f64], known: &Known| search_for(problem, &possible, from, !known.in_vain, stop);
    let mut amounts = match possible.as_slice() {
        [only] if is_afresh && failed.contains(only) => known.alone(problem, *only, stop),
        _ => together(from, known),
    };
    let mut short = short_of(problem, &possible, &amounts);
    known.in_vain |= !short.is_empty();
    // From where the round before ended the search may be stuck.
    if !short.is_empty() && !is_afresh && !stop() {
        let afresh = together(&problem.untouched(), known);
        let short_afresh = short_of(problem, &possible, &afresh);
        if short_afresh.len() < short.len() {
            (amounts, short) = (afresh, short_afresh);
        }
    }
    for goal in short {
        if let Some(place) = fates.get_mut(goal) {
            *place = Fate::Conflict(Vec::new());
        }
        // What passed as it was costs nothing alone.
        if let Some(price) = prices.get_mut(goal).filter(|_| !failed.contains(&goal)) {
            *price = Some(0.0);
        }
    }
    let price = price(problem, &amounts);
    Answer { amounts, fates, prices, price }
}

/// The goals, by number, each of which cannot be met together with this one. None where renders have shown since that it
/// could not be met alone either.
pub fn in_the_way(
    problem: &Problem<'_>,
    goal: usize,
    fates: &[Fate],
    known: &mut Known,
    stop: &dyn Fn() -> bool,
) -> Vec<usize> {
    let counts = |other: &usize| {
        *other != goal && !matches!(fates.get(*other), None | Some(Fate::Impossible(_) | Fate::Unknown))
    };
    let mut alone = |goal: usize| {
        let fails = problem.short_now(goal).is_some_and(|short| short > 0.01);
        if fails { known.alone(problem, goal, stop) } else { problem.untouched() }
    };
    let mut found = Vec::new();
    if !passes_bound(problem, goal, &alone(goal)) {
        return found;
    }
    for other in (0..problem.wanted.len()).filter(counts) {
        if stop() {
            break;
        }
        let both = [goal, other];
        // Where what one takes leaves the other as it should be, there is nothing to search for.
        let together = |amounts: &[f64]| short_of(problem, &both, amounts).is_empty();
        let is_free = together(&alone(goal)) || together(&alone(other));
        if !is_free && !together(&search(problem, &both, &problem.untouched(), stop)) && !stop() {
            found.push(other);
        }
    }
    found
}

/// Those of some goals that still fall short of their bounds.
fn short_of(problem: &Problem<'_>, goals: &[usize], amounts: &[f64]) -> Vec<usize> {
    if passes(problem, goals, amounts) {
        return Vec::new();
    }
    let foretold = problem.foretold(amounts);
    goals.iter().copied().filter(|goal| !passes_bound_at(problem, *goal, &foretold)).collect()
}

fn passes_bound(problem: &Problem<'_>, goal: usize, amounts: &[f64]) -> bool {
    passes_bound_at(problem, goal, &problem.foretold(amounts))
}

fn passes_bound_at(problem: &Problem<'_>, goal: usize, foretold: &[Option<f64>]) -> bool {
    let foretold = foretold.get(goal).copied().flatten();
    problem.wanted.get(goal).zip(foretold).is_some_and(|(one, value)| short(&one.meaning, value) <= 0.01)
}
