//! The search: always the knob that gains most for its price, as far as it gains; then everything that was not needed is
//! taken back, and where one knob alone does it for less, that is turned. Greedy, so it may miss a smaller change in which
//! several knobs help each other; deterministic; and at any time what it has is the best it knows. Knobs are tried side by
//! side.

use mixkeel_session::goal::That;
use rayon::prelude::*;

use super::Problem;
use crate::desk::Desk;

/// How far every knob is turned, in its unit.
pub type Amounts = Vec<f64>;

/// What a noticeable step short of a goal weighs against a noticeable step of change. Ours: goals are what was asked for.
const WEIGHT: f64 = 8.0;

/// So many times that, where what is worth its price is not enough. Ours: a goal about the sum of many tracks gains little from
/// each, and is met by many small moves or by none.
const AT_ANY_PRICE: f64 = 8.0;

/// What it weighs that a goal does not pass, by however little. Ours: more than the tenth of a dB that would be saved by it.
const FAILS: f64 = 0.25;

/// What a goal that only has to go on passing weighs beside one that is asked for now. Ours: under what a step of change costs
/// it would not be held at all; near 1, what somebody says now would be done by half.
const KEPT: f64 = 0.25;

/// The most knobs that are turned one after the other.
const MOST_MOVES: usize = 24;

/// A gain of less is none.
const LEAST: f64 = 1e-3;

/// How many knobs are looked at again before each further move. Ours.
const SHORTLIST: usize = 16;

/// Amounts are told to a tenth of their unit, as people set them; rides to a hundredth.
const FINE: f64 = 0.1;

/// Turns knobs until these goals pass (by number; others do not count), from some amounts on. `stop` is asked after every
/// move: what was found by then is told, rounded as people set it.
///
/// Where no move is worth its price any more and something does not pass yet, price matters less: what a person has asked for is
/// possible as long as something may be turned for it. Only where that does not do either is what was worth its price the answer.
pub fn search(problem: &Problem<'_>, goals: &[usize], from: &[f64], stop: &dyn Fn() -> bool) -> Amounts {
    search_for(problem, goals, from, true, stop)
}

/// The same, and whether price may matter less.
pub(super) fn search_for(
    problem: &Problem<'_>,
    goals: &[usize],
    from: &[f64],
    at_any_price: bool,
    stop: &dyn Fn() -> bool,
) -> Amounts {
    let view = View { problem, goals, weight: WEIGHT };
    let worth = view.climb(view.found(problem.desk, from.to_vec()), stop);
    if at_any_price && !view.passes(&worth) && !stop() {
        let dearer = View { weight: AT_ANY_PRICE * WEIGHT, ..view };
        let met = dearer.climb(dearer.found(problem.desk, worth.amounts.clone()), stop);
        if dearer.passes(&met) {
            return dearer.trimmed(met, stop);
        }
    }
    view.trimmed(worth, stop)
}

/// Whether goals pass with knobs turned, by more than the forecast may be wrong.
pub fn passes(problem: &Problem<'_>, goals: &[usize], amounts: &[f64]) -> bool {
    let view = View { problem, goals, weight: WEIGHT };
    view.passes(&view.found(problem.desk, amounts.to_vec()))
}

/// What amounts cost, in noticeable steps.
pub fn price(problem: &Problem<'_>, amounts: &[f64]) -> f64 {
    // From zero: the sum of nothing would be the zero below it, and be told as "-0.0".
    problem.knobs.iter().zip(amounts).fold(0.0, |sum, (knob, amount)| sum + knob.price(*amount))
}

/// Amounts, the desk on which they are turned, and what they come to.
#[derive(Clone)]
struct Found {
    score: f64,
    amounts: Amounts,
    desk: Desk,
}

#[derive(Clone, Copy)]
struct View<'p, 'a> {
    problem: &'p Problem<'a>,
    goals: &'p [usize],
    /// What a noticeable step short of a goal weighs against a noticeable step of change.
    weight: f64,
}

impl View<'_, '_> {
    /// Makes the best moves from here on, until the goals pass or no move helps.
    fn climb(&self, from: Found, stop: &dyn Fn() -> bool) -> Found {
        let mut best = from;
        // All knobs are looked at first; then those that were best, and all again only where none of these helps any more.
        let all: Vec<usize> = (0..self.problem.knobs.len()).collect();
        let mut order = all.clone();
        for _ in 0..MOST_MOVES {
            if self.passes(&best) || stop() {
                break;
            }
            let mut next = self.best_move(&best, &mut order);
            if next.is_none() && order.len() < all.len() {
                order = all.clone();
                next = self.best_move(&best, &mut order);
            }
            order.truncate(SHORTLIST);
            let Some(next) = next else { break };
            best = next;
        }
        best
    }

    /// The amounts without what was not needed, rounded as people set them.
    fn trimmed(&self, found: Found, stop: &dyn Fn() -> bool) -> Amounts {
        let mut best = found;
        if !stop() {
            self.take_back(&mut best);
            best = self.one_alone(&best).unwrap_or(best);
        }
        self.tidy(&mut best);
        best.amounts
    }

    /// How far every goal falls short of where the solver aims (the bound, and the error bar behind it), and how much that
    /// counts.
    fn shorts(&self, desk: &Desk, amounts: &[f64]) -> Vec<(f64, f64)> {
        let of = |goal: &usize| {
            let wanted = self.problem.wanted.get(*goal)?;
            let (short, bar) = self.problem.short_and_bar(*goal, desk, amounts);
            // A note on a level is a size that somebody named: it is turned by that and no more.
            let bar = if wanted.is_note && wanted.meaning.that == That::Louder { 0.0 } else { bar };
            // What passes already need not pass by more than it does.
            let bar = match self.problem.short_now(*goal) {
                Some(short) if short <= 0.0 => bar.min(-short),
                _ => bar,
            };
            Some((short + bar, if wanted.is_kept { KEPT } else { 1.0 }))
        };
        self.goals.iter().filter_map(of).collect()
    }

    /// Amounts, and what they come to: what is missing and what they cost, together. What is missing counts more than in
    /// proportion, so that of two goals that cannot both be met each gets a part.
    fn found(&self, like: &Desk, amounts: Amounts) -> Found {
        let desk = self.problem.turned(like, &amounts);
        let missing =
            |short: f64| if short > 1e-6 { FAILS + self.weight * short + short * short } else { 0.0 };
        let weighed = self.shorts(&desk, &amounts).into_iter().map(|(short, weight)| weight * missing(short));
        let score = weighed.sum::<f64>() + price(self.problem, &amounts);
        Found { score, amounts, desk }
    }

    fn passes(&self, found: &Found) -> bool {
        self.shorts(&found.desk, &found.amounts).into_iter().all(|(short, _)| short <= 1e-6)
    }

    fn with(&self, found: &Found, knob: usize, amount: f64) -> Found {
        let mut amounts = found.amounts.clone();
        if let (Some(place), Some(knob)) = (amounts.get_mut(knob), self.problem.knobs.get(knob)) {
            *place = amount.clamp(knob.range.0, knob.range.1);
        }
        self.found(&found.desk, amounts)
    }

    /// The knob of these that lowers the score most when turned by one step, turned as far as that lowers it. Puts them
    /// in the order of what they gained.
    fn best_move(&self, found: &Found, order: &mut Vec<usize>) -> Option<Found> {
        for step in [1.0, 0.25] {
            let turned = |&number: &usize| {
                let knob = self.problem.knobs.get(number)?;
                let at = found.amounts.get(number).copied().unwrap_or(0.0);
                let by = (step / knob.cost).min(knob.range.1 - knob.range.0);
                let up = self.with(found, number, at + by);
                let gains = up.score < found.score - LEAST;
                let down = if gains { up.clone() } else { self.with(found, number, at - by) };
                Some(if gains || up.score <= down.score { (up, number, by) } else { (down, number, -by) })
            };
            let mut tried: Vec<(Found, usize, f64)> = order.par_iter().filter_map(turned).collect();
            tried.sort_by(|a, b| a.0.score.total_cmp(&b.0.score).then(a.1.cmp(&b.1)));
            *order = tried.iter().map(|(_, number, _)| *number).collect();
            if let Some((first, number, by)) = tried.into_iter().next()
                && first.score < found.score - LEAST
            {
                return Some(self.as_far_as_it_gains(found, first, number, by));
            }
        }
        None
    }

    /// Goes on the same way, by twice as much each time, then narrows down.
    fn as_far_as_it_gains(&self, from: &Found, first: Found, knob: usize, by: f64) -> Found {
        let at = from.amounts.get(knob).copied().unwrap_or(0.0);
        let (mut best, mut far) = (first, by);
        for _ in 0..5 {
            let tried = self.with(from, knob, at + 2.0 * far);
            if tried.score >= best.score || tried.amounts == best.amounts {
                break;
            }
            best = tried;
            far *= 2.0;
        }
        self.narrow(from, best, knob, (at + 0.25 * far, at + 2.0 * far))
    }

    /// The least score between two amounts of one knob, to about a tenth of the way, by golden sections.
    fn narrow(&self, from: &Found, best: Found, knob: usize, (mut low, mut high): (f64, f64)) -> Found {
        const GOLD: f64 = 0.618_033_988_749_895;
        let mut best = best;
        let (mut left, mut right) = (high - GOLD * (high - low), low + GOLD * (high - low));
        let (mut a, mut b) = (self.with(from, knob, left), self.with(from, knob, right));
        for _ in 0..6 {
            for one in [&a, &b] {
                if one.score < best.score {
                    best = one.clone();
                }
            }
            if a.score < b.score {
                high = right;
                (right, b) = (left, a);
                left = high - GOLD * (high - low);
                a = self.with(from, knob, left);
            } else {
                low = left;
                (left, a) = (right, b);
                right = low + GOLD * (high - low);
                b = self.with(from, knob, right);
            }
        }
        best
    }

    /// One knob that meets the goals by itself for less than this costs, turned no further than they need. The greedy way may
    /// have begun with another that gained more at first.
    fn one_alone(&self, than: &Found) -> Option<Found> {
        let untouched = self.found(self.problem.desk, self.problem.untouched());
        let turned = |number: usize| {
            let knob = self.problem.knobs.get(number)?;
            let reaches = |end: f64| {
                let parts = [0.25, 0.5, 1.0].into_iter().map(|part| part * end);
                let affordable =
                    parts.filter(|amount| *amount != 0.0 && knob.price(amount / 2.0) < than.score);
                let mut from = 0.0;
                for amount in affordable {
                    let tried = self.with(&untouched, number, amount);
                    if self.passes(&tried) {
                        return Some(self.just_passing(&untouched, tried, number, (from, amount)));
                    }
                    from = amount;
                }
                None
            };
            let ends = [knob.range.0, knob.range.1].into_iter().filter_map(reaches);
            ends.filter(|one| one.score < than.score - LEAST).min_by(|a, b| a.score.total_cmp(&b.score))
        };
        let best: Vec<Found> = (0..self.problem.knobs.len()).into_par_iter().filter_map(turned).collect();
        best.into_iter().reduce(|best, one| if one.score < best.score { one } else { best })
    }

    /// Halves the way between an amount that fails and one that passes until it is told as people set it.
    fn just_passing(&self, from: &Found, passing: Found, knob: usize, (fails, passes): (f64, f64)) -> Found {
        let (mut best, mut fails, mut passes) = (passing, fails, passes);
        while (passes - fails).abs() > FINE / 4.0 {
            let tried = self.with(from, knob, (passes + fails) / 2.0);
            if self.passes(&tried) {
                (best, passes) = (tried, (passes + fails) / 2.0);
            } else {
                fails = (passes + fails) / 2.0;
            }
        }
        best
    }

    /// Takes back what costs more than it gains, the dearest first, wholly or in part.
    fn take_back(&self, found: &mut Found) {
        for _ in 0..2 {
            let mut order: Vec<(f64, usize)> = found
                .amounts
                .iter()
                .enumerate()
                .filter(|(_, amount)| **amount != 0.0)
                .filter_map(|(n, amount)| Some((self.problem.knobs.get(n)?.price(*amount), n)))
                .collect();
            order.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
            for (_, knob) in order {
                let at = found.amounts.get(knob).copied().unwrap_or(0.0);
                let without = self.with(found, knob, 0.0);
                if without.score <= found.score {
                    *found = without;
                    continue;
                }
                *found = self.narrow(found, found.clone(), knob, (0.3 * at, 1.3 * at));
            }
        }
    }

    /// Rounds amounts as people set them, away from nothing where a goal needs it.
    fn tidy(&self, found: &mut Found) {
        for knob in 0..found.amounts.len() {
            let at = found.amounts.get(knob).copied().unwrap_or(0.0);
            let Some(one) = self.problem.knobs.get(knob).filter(|_| at != 0.0) else { continue };
            let fine = if one.range.1 - one.range.0 <= 1.0 { FINE / 10.0 } else { FINE };
            let to = |round: fn(f64) -> f64| self.with(found, knob, round(at / fine) * fine);
            let (near, far) = (to(libm::round), to(if at > 0.0 { libm::ceil } else { libm::floor }));
            *found = if near.score <= far.score { near } else { far };
        }
    }
}
