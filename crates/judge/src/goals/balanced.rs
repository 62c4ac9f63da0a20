//! Balanced: a spectrum like that of records.
//!
//! **Measure.** Root mean square of the distance of each third octave from the average of records (Elowsson and Friberg, AES 142,
//! 2017), or from the mean of the references that are named, each by its tolerance, in dB; in several places the farthest.
//! **Limits.** Of the whole mix only. An orchestra is not a record of popular music: name a reference then. A reference counts as a
//! whole, whatever section is asked about, and not where a lossy coding has cut its treble off.

use mixkeel_analysis::spectrum::records::Shape;
use mixkeel_session::goal::Who;

use super::{Case, Foreseen};

/// Third octaves come from the last render, moved by what broader bands say.
pub const FORESEEN: Foreseen = Foreseen::Roughly;

/// dB away.
pub fn measure(case: &Case<'_>) -> Result<f64, String> {
    if *case.of.who != Who::Mix {
        return Err("only the whole mix is compared with records".to_owned());
    }
    let shape = match &case.like {
        None => Shape::records(),
        Some(like) => {
            let spectra = like.iter().map(|reference| &reference.spectrum);
            Shape::mean_of(spectra).ok_or("its reference is silent, or could not be read")?
        }
    };
    let spectra = case.of.heard.spectra(case.of.place);
    let distances = spectra.iter().filter_map(|span| Some(span.departure_from(&shape)?.distance_db));
    distances.reduce(f64::max).ok_or_else(|| case.of.silent())
}
