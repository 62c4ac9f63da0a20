//! Goals that cannot be met: which, whether alone or only together, and what each would cost.

use super::search::{Amounts, passes, price, search};
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

/// Solves for all goals that can be met, and says what stands in the way of the others. `stop` is asked between searches;
/// after it, what is known by then is the answer.
pub fn answer(problem: &Problem<'_>, from: &[f64], stop: &dyn Fn() -> bool) -> Answer {
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
    let mut amounts = search(problem, &all, from);
    if failed.is_empty() || short_of(problem, &all, &amounts).is_empty() {
        let price = price(problem, &amounts);
        if let [only] = failed.as_slice()
            && let Some(place) = prices.get_mut(*only)
        {
            *place = Some(price);
        }
        return Answer { amounts, fates, prices, price };
    }
    // What cannot be met even alone is left out: nothing is turned for it in vain.
    let mut possible = all.clone();
    for &goal in &failed {
        if stop() {
            break;
        }
        let alone = search(problem, &[goal], &problem.untouched());
        if passes_bound(problem, goal, &alone) {
            if let Some(place) = prices.get_mut(goal) {
                *place = Some(price(problem, &alone));
            }
            continue;
        }
        possible.retain(|one| *one != goal);
        if let Some(place) = fates.get_mut(goal) {
            *place = Fate::Impossible(problem.foretold(&alone).get(goal).copied().flatten());
        }
    }
    if possible.len() < all.len() {
        amounts = search(problem, &possible, &problem.untouched());
    }
    for goal in short_of(problem, &possible, &amounts) {
        let with: Vec<usize> = possible
            .iter()
            .copied()
            .filter(|other| *other != goal)
            .filter(|other| {
                let both = [goal, *other];
                !stop() && !short_of(problem, &both, &search(problem, &both, &problem.untouched())).is_empty()
            })
            .collect();
        if let Some(place) = fates.get_mut(goal) {
            *place = Fate::Conflict(with);
        }
        // What passed as it was costs nothing alone.
        if let Some(price) = prices.get_mut(goal).filter(|_| !failed.contains(&goal)) {
            *price = Some(0.0);
        }
    }
    let price = price(problem, &amounts);
    Answer { amounts, fates, prices, price }
}

/// Those of some goals that still fall short of their bounds.
fn short_of(problem: &Problem<'_>, goals: &[usize], amounts: &[f64]) -> Vec<usize> {
    if passes(problem, goals, amounts) {
        return Vec::new();
    }
    goals.iter().copied().filter(|goal| !passes_bound(problem, *goal, amounts)).collect()
}

fn passes_bound(problem: &Problem<'_>, goal: usize, amounts: &[f64]) -> bool {
    let foretold = problem.foretold(amounts).get(goal).copied().flatten();
    problem.wanted.get(goal).zip(foretold).is_some_and(|(one, value)| short(&one.meaning, value) <= 0.01)
}
