//! How steeply a spectrum falls.

use super::Span;
use super::third_octave::{BANDS, edges_hz, mid_hz};

/// The range of the regression, by middles of bands: 89 Hz to 4.5 kHz from edge to edge, over which Elowsson and Friberg
/// ("Long-term average spectrum in popular music and its relation to the level of the percussion", AES 142, 2017) give
/// 4.53 dB an octave for 12,345 records.
const FROM_BAND: usize = 7;
/// See [`FROM_BAND`].
const TO_BAND: usize = 23;

impl Span {
    /// The slope of the power density from 89 Hz to 4.5 kHz in dB an octave, by least squares over third octaves: white
    /// noise 0, pink −3.01, records about −4.5. `None` where one of the bands is silent.
    pub fn tilt_db_per_octave(&self) -> Option<f64> {
        let levels = self.third_octave_db();
        let mut points = Vec::with_capacity(BANDS);
        for (band, level) in levels.iter().enumerate().take(TO_BAND + 1).skip(FROM_BAND) {
            let (from_hz, to_hz) = edges_hz(band);
            let density_db = (*level)? - mixkeel_dsp::units::db_from_power(to_hz - from_hz);
            points.push((libm::log2(mid_hz(band)), density_db));
        }
        let count = points.len() as f64;
        let (x_mean, y_mean) =
            points.iter().fold((0.0, 0.0), |(x, y), point| (x + point.0 / count, y + point.1 / count));
        let across: f64 = points.iter().map(|(x, y)| (x - x_mean) * (y - y_mean)).sum();
        let along: f64 = points.iter().map(|(x, _)| (x - x_mean) * (x - x_mean)).sum();
        Some(across / along)
    }
}
