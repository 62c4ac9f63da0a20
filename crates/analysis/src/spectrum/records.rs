//! How far a spectrum lies from the measured average of records, or from records that somebody names.

use mixkeel_dsp::units::db_from_power;
use serde::{Deserialize, Serialize};

use super::Span;
use super::third_octave::{BANDS, REFERENCE_BAND, mid_hz};

/// The average of records, as power density in dB: −(5.0·o + 0.65·o²) with o in octaves above 800 Hz.
///
/// Elowsson and Friberg ("Long-term average spectrum in popular music and its relation to the level of the percussion",
/// AES 142, 2017; 12,345 records) print slopes, not the curve: 5 dB an octave at 800 Hz and 7.6 at 3.2 kHz, 4.53 from
/// 89 Hz to 4.5 kHz, 5.79 from 94 Hz to 15.7 kHz, and a top near 100 Hz. This quadratic reproduces all four slopes (5.0,
/// 7.6, 4.56, 5.77).
const LINEAR_DB: f64 = 5.0;
/// See [`LINEAR_DB`].
const SQUARE_DB: f64 = 0.65;
/// See [`LINEAR_DB`].
const PIVOT_HZ: f64 = 800.0;

/// Below the bass the quadratic goes on rising while records fall. Ours: a second-order roll-off at 50 Hz, which brings
/// the top of the density to 90 Hz and leaves what lies above 80 Hz within 0.6 dB of the quadratic.
const ROLL_OFF_HZ: f64 = 50.0;

/// The tolerance between 200 Hz and 4 kHz, where records differ least (the same paper: from 200 Hz to 1 kHz).
const TOLERANCE_DB: f64 = 3.0;

/// How much the tolerance widens with every octave beyond. Ours: 6 dB at 50 Hz and at 16 kHz.
const WIDER_DB_PER_OCTAVE: f64 = 1.5;

/// Where a spectrum departs from a shape, such as the average of records, once both are brought to the same level.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Departure {
    /// By how much each third octave is stronger than there, in dB. `None` where it is silent, or nothing is asked.
    pub difference_db: [Option<f64>; BANDS],
    /// The root of the mean square of the differences, each counted by its tolerance, in dB.
    pub distance_db: f64,
    /// What was subtracted to bring both to the same level: the mean difference, each counted by its tolerance.
    pub offset_db: f64,
}

/// A third octave this far under what records have there is not in use: a lossy coding has cut it off, or nothing plays so
/// low. Ours.
const UNUSED_DB: f64 = 30.0;

/// What a spectrum is held against: a level for each third octave, of which only the differences count. `None` where nothing is
/// asked.
#[derive(Clone, Debug, PartialEq)]
pub struct Shape([Option<f64>; BANDS]);

impl Shape {
    /// The average of records.
    pub fn records() -> Self {
        Self(std::array::from_fn(|band| Some(record_db(band))))
    }

    /// The mean of some records in dB, each brought to the same level first. `None` where none of them sounds.
    pub fn mean_of<'a>(spans: impl IntoIterator<Item = &'a Span>) -> Option<Self> {
        let mut sums = [(0.0, 0_u32); BANDS];
        for departure in spans.into_iter().filter_map(Span::departure) {
            for ((sum, count), difference_db) in sums.iter_mut().zip(departure.difference_db) {
                if let Some(difference_db) = difference_db.filter(|db| *db > -UNUSED_DB) {
                    *sum += difference_db;
                    *count += 1;
                }
            }
        }
        let level_db = |band: usize| {
            let (sum, count) = sums[band];
            (count > 0).then(|| record_db(band) + sum / f64::from(count))
        };
        let shape = Self(std::array::from_fn(level_db));
        shape.0.iter().any(Option::is_some).then_some(shape)
    }
}

/// The level of a third octave in records, in dB re that at 1 kHz.
pub fn record_db(band: usize) -> f64 {
    shape_db(mid_hz(band)) - shape_db(mid_hz(REFERENCE_BAND))
}

/// How far a third octave may lie from it, to either side, in dB.
pub fn tolerance_db(band: usize) -> f64 {
    let freq_hz = mid_hz(band);
    let beyond = libm::log2(200.0 / freq_hz).max(libm::log2(freq_hz / 4_000.0)).max(0.0);
    TOLERANCE_DB + WIDER_DB_PER_OCTAVE * beyond
}

/// The power density of records at a frequency, in dB re that at 800 Hz, about.
pub fn density_db(freq_hz: f64) -> f64 {
    let octaves = libm::log2(freq_hz / PIVOT_HZ);
    let ratio = ROLL_OFF_HZ / freq_hz;
    let low_db = -db_from_power(1.0 + ratio * ratio * ratio * ratio);
    low_db - (LINEAR_DB * octaves + SQUARE_DB * octaves * octaves)
}

fn shape_db(freq_hz: f64) -> f64 {
    // A third octave is as wide as it is high: 3.01 dB an octave over the density.
    density_db(freq_hz) + db_from_power(freq_hz)
}

impl Span {
    /// The departure from the average of records. `None` for silence.
    pub fn departure(&self) -> Option<Departure> {
        self.departure_from(&Shape::records())
    }

    /// The departure from a shape. `None` for silence.
    pub fn departure_from(&self, shape: &Shape) -> Option<Departure> {
        let levels = self.third_octave_db();
        let raw = std::array::from_fn(|band| Some(levels[band]? - shape.0[band]?));
        let offset_db = mean(&raw, |band| Some(1.0 / (tolerance_db(band) * tolerance_db(band))))?;
        let difference_db = raw.map(|difference| difference.map(|db| db - offset_db));
        let squares = difference_db.map(|difference| difference.map(|db| db * db));
        let distance_db =
            mean(&squares, |band| Some(1.0 / (tolerance_db(band) * tolerance_db(band))))?.sqrt();
        Some(Departure { difference_db, distance_db, offset_db })
    }

    /// Levels less those of records, at whatever level they are.
    pub(crate) fn over_records_db(&self) -> [Option<f64>; BANDS] {
        let levels = self.third_octave_db();
        std::array::from_fn(|band| levels[band].map(|level| level - record_db(band)))
    }
}

/// The mean of the values that are there, by weight; a band without weight does not count.
pub(crate) fn mean(values: &[Option<f64>; BANDS], weight: impl Fn(usize) -> Option<f64>) -> Option<f64> {
    let (mut sum, mut weights) = (0.0, 0.0);
    for (band, value) in values.iter().enumerate() {
        if let (Some(value), Some(weight)) = (value, weight(band)) {
            sum += value * weight;
            weights += weight;
        }
    }
    (weights > 0.0).then(|| sum / weights)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spectrum::Pair;

    fn density_slope(from_hz: f64, to_hz: f64) -> f64 {
        let density = |freq_hz: f64| shape_db(freq_hz) - db_from_power(freq_hz);
        (density(to_hz) - density(from_hz)) / libm::log2(to_hz / from_hz)
    }

    #[test]
    fn the_curve_has_the_printed_slopes_and_top() {
        // Chords for tangents at two points; the roll-off adds 0.05 dB an octave to slopes that begin near 90 Hz.
        assert!((density_slope(790.0, 810.0) + 5.0).abs() < 0.01);
        assert!((density_slope(3_150.0, 3_250.0) + 7.6).abs() < 0.02);
        assert!((density_slope(89.0, 4_500.0) + 4.53).abs() < 0.15);
        assert!((density_slope(94.0, 15_700.0) + 5.79).abs() < 0.15);
        let top = (30..300).max_by(|&a, &b| {
            let density = |freq: i32| shape_db(f64::from(freq)) - db_from_power(f64::from(freq));
            density(a).total_cmp(&density(b))
        });
        assert!((70..120).contains(&top.unwrap()), "{top:?}");
    }

    #[test]
    fn a_spectrum_is_its_own_shape_at_any_level_and_what_a_coding_cut_off_is_not_asked() {
        let span = |level: f64, treble_db: f64| {
            let pair = |band: usize| {
                let db = record_db(band) + if band > 25 { treble_db } else { 0.0 };
                let power = level * mixkeel_dsp::units::power_from_db(db);
                Pair { left: power, right: power, ..Pair::default() }
            };
            Span {
                bands: std::array::from_fn(pair),
                erb: [0.0; crate::spectrum::erb_bands::ERB_BANDS],
                weighted: Pair::default(),
                frames: 1.0,
            }
        };
        let dull = Shape::mean_of([&span(1e-3, -4.0)]).unwrap();
        assert!(span(1e-5, -4.0).departure_from(&dull).unwrap().distance_db < 1e-9);
        let apart = span(1e-5, 0.0).departure_from(&dull).unwrap();
        assert!((apart.difference_db[28].unwrap() - apart.difference_db[10].unwrap() - 4.0).abs() < 1e-9);
        let cut = Shape::mean_of([&span(1e-3, -50.0)]).unwrap();
        assert!(span(1e-5, 0.0).departure_from(&cut).unwrap().difference_db[28].is_none());
        let both = Shape::mean_of([&span(1e-3, -4.0), &span(1.0, 4.0)]).unwrap();
        assert!(span(1e-2, 0.0).departure_from(&both).unwrap().distance_db < 0.1);
    }

    #[test]
    fn tolerances_widen_at_both_ends() {
        assert_eq!(tolerance_db(REFERENCE_BAND), 3.0);
        assert!((tolerance_db(4) - 6.0).abs() < 0.03 && (tolerance_db(29) - 6.0).abs() < 0.03);
    }
}
