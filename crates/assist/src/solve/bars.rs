//! The error bars of the forecast: how far it was from renders, measure by measure.

use mixkeel_session::goal::That;

/// How far a foretold change may be from what the render then measures, in the unit of the predicate (of `wider` in dB): the
/// larger of two. The solver aims so far past each bound, and takes back what was too much once it has heard the render.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ErrorBar {
    /// Of the smallest change too.
    pub least: f64,
    /// Of what is changed since the last render, as a part of that change.
    pub share: f64,
}

impl ErrorBar {
    /// How far a foretold change may be from the one that is heard.
    pub fn of(self, change: f64) -> f64 {
        self.least.max(self.share * change.abs())
    }
}

/// The error bar of a predicate: of small changes about what nine in ten of them were wrong by, of others the part that four in
/// five were within, over 60 sessions of five songs turned at random. `forecast_errors` (crates/mixkeel/examples) prints both
/// beside the bars. Nothing was measured of `drier`, for which no send of these songs could be turned; its bar is that of
/// `louder`.
pub fn error_bar(that: That) -> ErrorBar {
    let (least, share) = match that {
        That::Audible | That::Translates => (0.1, 0.2),
        That::Louder | That::Drier => (0.05, 0.08),
        That::Steady => (0.1, 0.2),
        That::Punchier => (0.2, 0.25),
        That::Wider | That::Brighter | That::Warmer | That::Biggest => (0.05, 0.03),
        That::Closer => (0.05, 0.06),
        That::Uncovered => (0.5, 0.15),
        That::MonoSafe | That::Balanced => (0.05, 0.05),
        That::Headroom => (0.3, 0.35),
    };
    ErrorBar { least, share }
}
