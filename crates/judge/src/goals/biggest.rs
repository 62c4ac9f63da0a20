//! Biggest: a section that is louder than every other.
//!
//! **Measure.** Its loudness less that of the loudest other section, in LU; of sections of a kind the loudest counts.
//! **Limits.** Big is also wide and dense; say those as goals of their own.

use super::{Case, Foreseen, Side};

/// Told from profiles: powers by band and time are all that it needs.
pub const FORESEEN: Foreseen = Foreseen::Forecast;

/// LU over the loudest other.
pub fn measure(case: &Case<'_>) -> Result<f64, String> {
    let wanted = case.of.place.ok_or("which section?")?;
    let places = case.of.heard.places();
    let loudest = |inside: bool| {
        places
            .iter()
            .filter(|(id, kind)| (id == wanted || kind == wanted) == inside)
            .filter_map(|(id, _)| Side { place: Some(id), ..case.of }.lufs().ok())
            .reduce(f64::max)
    };
    let own = loudest(true).ok_or_else(|| case.of.silent())?;
    Ok(own - loudest(false).ok_or("there is no other section")?)
}
