//! Balanced: a spectrum like that of records.
//!
//! **Measure.** Root mean square of the distance of each third octave from the average of records (Elowsson and Friberg, AES 142,
//! 2017), each by its tolerance, in dB. **Limits.** Of the whole mix only; an orchestra is not a record of popular music.

use mixkeel_session::goal::Who;

use super::{Case, Foreseen};

/// Third octaves come from the last render, moved by what broader bands say.
pub const FORESEEN: Foreseen = Foreseen::Roughly;

/// dB away.
pub fn measure(case: &Case<'_>) -> Result<f64, String> {
    if *case.of.who != Who::Mix {
        return Err("only the whole mix is compared with records".to_owned());
    }
    case.of.heard.distance_from_records_db(case.of.place).ok_or_else(|| case.of.silent())
}
