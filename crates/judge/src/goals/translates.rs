//! Translates: a playback system takes little of it beyond what it takes of everything.
//!
//! **Measure.** Its loudness level within the rest on the reference system less that on the other, less the same of the whole mix,
//! in phon. **Limits.** The systems are models, each with its source.

use mixkeel_session::goal::Who;

use super::{Case, Foreseen, Side};

/// Told from profiles: powers by band and time are all that it needs.
pub const FORESEEN: Foreseen = Foreseen::Forecast;

/// Phon lost.
pub fn measure(case: &Case<'_>) -> Result<f64, String> {
    let on = case.on.ok_or("on which system?")?;
    let lost = |side: &Side<'_>| -> Result<f64, String> {
        let at = |on: &str| side.heard.audibility(side.who, side.place, on).ok_or_else(|| side.silent());
        Ok(at("reference")?.within_phon - at(on)?.within_phon)
    };
    Ok(lost(&case.of)? - lost(&Side { who: &Who::Mix, ..case.of })?)
}
