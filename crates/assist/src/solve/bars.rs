//! The error bars of the forecast: how far it was from renders, measure by measure.

use mixkeel_session::goal::That;

/// How far foretold changes may be from what the render then measures, in the unit of the predicate (of `wider` as a part
/// of it). The solver aims so far past each bound, and shrinks what was too much once it has heard the render. Ours, first
/// guesses: `forecast_errors` (crates/mixkeel/examples) prints the errors of sessions turned at random beside them.
pub fn error_bar(that: That) -> f64 {
    match that {
        That::Audible | That::Translates => 0.5,
        That::Louder | That::Biggest | That::Drier => 0.2,
        That::Steady | That::Punchier => 0.4,
        That::Wider => 0.05,
        That::Brighter | That::Warmer | That::Closer => 0.4,
        That::Uncovered => 2.0,
        That::MonoSafe | That::Balanced => 0.2,
        That::Headroom => 0.3,
    }
}
