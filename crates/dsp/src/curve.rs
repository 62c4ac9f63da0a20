//! What settings do, as curves to draw: frequency responses, static curves of dynamics, decays.

use crate::units::db_from_gain;

/// What a curve runs along, and what stands against it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Axis {
    /// Gain in dB against frequency in Hz: the magnitude response of what is linear, measured as such.
    ResponseDb,
    /// Level out against steady level in, both in dBFS of a sine's peak.
    LevelOutDbfs,
    /// Gain in dB against time in ms: an envelope, a decay.
    GainDbOverMs,
    /// Decay time (T60) in seconds against frequency in Hz.
    DecaySOverHz,
    /// Sample out against sample in, both as a fraction of full scale: the shape of a distortion.
    SampleOut,
}

/// What is drawn of nothing at all, in dB.
pub const LEAST_DB: f64 = -300.0;

/// One line of a drawing.
#[derive(Clone, Debug, PartialEq)]
pub struct Curve {
    /// What it belongs to: `both`, `left`, `mid`, `band.2`.
    pub of: String,
    /// What runs along and what stands against it.
    pub axis: Axis,
    /// Along and against, along rising.
    pub points: Vec<(f64, f64)>,
}

impl Curve {
    /// A response at the [`drawn frequencies`](frequencies_hz) of a rate.
    pub fn response(of: &str, rate_hz: u32, gain_db_at: impl Fn(f64) -> f64) -> Self {
        let points = frequencies_hz(rate_hz).map(|hz| (hz, gain_db_at(hz).max(LEAST_DB))).collect();
        Self { of: of.to_owned(), axis: Axis::ResponseDb, points }
    }

    /// A response that is the same everywhere: of a factor, which may be negative or nothing at all.
    pub fn flat(of: &str, rate_hz: u32, factor: f64) -> Self {
        let gain_db = db_from_gain(factor.abs());
        Self::response(of, rate_hz, |_| gain_db)
    }

    /// A static curve over the levels that matter, −80 to 0 dBFS, one point a dB.
    pub fn levels(of: &str, out_dbfs_at: impl Fn(f64) -> f64) -> Self {
        let points = (-80..=0).map(|dbfs| (f64::from(dbfs), out_dbfs_at(f64::from(dbfs)))).collect();
        Self { of: of.to_owned(), axis: Axis::LevelOutDbfs, points }
    }
}

/// The frequencies at which responses are drawn: 24 an octave from 20 Hz (ours, chosen because a bell of Q 40 is then
/// still four points wide), up to 20 kHz or to 0.49 of the rate if that is less.
pub fn frequencies_hz(rate_hz: u32) -> impl Iterator<Item = f64> {
    let top_hz = f64::min(20_000.0, 0.49 * f64::from(rate_hz));
    (0..).map(|step| 20.0 * libm::exp2(f64::from(step) / 24.0)).take_while(move |hz| *hz <= top_hz)
}
