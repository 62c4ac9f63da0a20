//! What goals are measured on.

use mixkeel_analysis::energy::Power;
use mixkeel_analysis::spectrum::Span;
use mixkeel_session::goal::Who;

/// How loud something is alone and within the rest, as loudness levels in phon.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Audibility {
    /// Alone in silence.
    pub alone_phon: f64,
    /// Within everything else, on the same system.
    pub within_phon: f64,
}

/// One render, or the forecast of one. A place is a section by id or kind; nothing is the whole song. `None` is silence, or
/// what is not known there.
pub trait Heard: Sync {
    /// The sections: id and kind, in order of time.
    fn places(&self) -> Vec<(String, String)>;

    /// Gated loudness in LUFS.
    fn lufs(&self, who: &Who, place: Option<&str>) -> Option<f64>;

    /// Mean power in each band of one ERB.
    fn bands(&self, who: &Who, place: Option<&str>) -> Option<Vec<Power>>;

    /// K-weighted mean power of every 100 ms, in order; places of one kind one after another.
    fn steps(&self, who: &Who, place: Option<&str>) -> Vec<f64>;

    /// How loud it is alone and within the rest on a playback system (`reference` where none is meant).
    fn audibility(&self, who: &Who, place: Option<&str>, on: &str) -> Option<Audibility>;

    /// The part of its loudness that somebody takes, 0 to 1.
    fn taken(&self, who: &Who, by: &Who, place: Option<&str>) -> Option<f64>;

    /// The loudness of its part in all returns, in LUFS.
    fn wet_lufs(&self, who: &Who, place: Option<&str>) -> Option<f64>;

    /// The highest sample of the mix in dBFS.
    fn sample_peak_dbfs(&self) -> Option<f64>;

    /// The spectrum of the mix: one for each section that is meant.
    fn spectra(&self, place: Option<&str>) -> Vec<Span>;
}
