//! What the ear does before it hears: the field at the head, the middle ear, the threshold and the low-frequency gain.
//!
//! Tables of ANSI S3.4-2007 ("Procedure for the computation of loudness of steady sounds"), which is the model of
//! Moore, Glasberg and Baer, "A model for the prediction of thresholds, loudness, and partial loudness", J. Audio Eng.
//! Soc. 45 (1997), 224–240, with later ears. Between printed values all tables run straight in dB over log frequency.

use serde::{Deserialize, Serialize};

use crate::curve::at_log_freq;

/// How sound comes to the head, which decides what the outer ear does to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Field {
    /// From in front, with nothing around: loudspeakers heard close by, and all examples of the standard.
    Free,
    /// From everywhere: a room, a car, and what headphones are usually tuned to.
    Diffuse,
}

/// From the free field in front of the listener to the eardrum: Hz, dB (ANSI S3.4-2007, table 1).
const FREE_FIELD_DB: [(f64, f64); 32] = [
    (100.0, 0.0),
    (125.0, 0.1),
    (160.0, 0.3),
    (200.0, 0.5),
    (250.0, 0.9),
    (315.0, 1.4),
    (400.0, 1.6),
    (500.0, 1.7),
    (630.0, 2.5),
    (750.0, 2.7),
    (800.0, 2.6),
    (1_000.0, 2.6),
    (1_250.0, 3.2),
    (1_500.0, 5.2),
    (1_600.0, 6.6),
    (2_000.0, 12.0),
    (2_500.0, 16.8),
    (3_000.0, 15.3),
    (3_150.0, 15.2),
    (4_000.0, 14.2),
    (5_000.0, 10.7),
    (6_000.0, 7.1),
    (6_300.0, 6.4),
    (8_000.0, 1.8),
    (9_000.0, -0.9),
    (10_000.0, -1.6),
    (11_200.0, 1.9),
    (12_500.0, 4.9),
    (14_000.0, 2.0),
    (15_000.0, -2.0),
    (16_000.0, 2.5),
    (20_000.0, 2.5),
];

/// From a diffuse field to the eardrum: Hz, dB (ANSI S3.4-2007, table 1).
const DIFFUSE_FIELD_DB: [(f64, f64); 32] = [
    (100.0, 0.0),
    (125.0, 0.1),
    (160.0, 0.3),
    (200.0, 0.4),
    (250.0, 0.5),
    (315.0, 1.0),
    (400.0, 1.6),
    (500.0, 1.7),
    (630.0, 2.2),
    (750.0, 2.7),
    (800.0, 2.9),
    (1_000.0, 3.8),
    (1_250.0, 5.3),
    (1_500.0, 6.8),
    (1_600.0, 7.2),
    (2_000.0, 10.2),
    (2_500.0, 14.9),
    (3_000.0, 14.5),
    (3_150.0, 14.4),
    (4_000.0, 12.7),
    (5_000.0, 10.8),
    (6_000.0, 8.9),
    (6_300.0, 8.7),
    (8_000.0, 8.5),
    (9_000.0, 6.2),
    (10_000.0, 5.0),
    (11_200.0, 4.5),
    (12_500.0, 4.0),
    (14_000.0, 3.3),
    (15_000.0, 2.6),
    (16_000.0, 2.0),
    (20_000.0, 2.0),
];

/// From the eardrum to the inner ear: Hz, dB (ANSI S3.4-2007, table 2).
const MIDDLE_EAR_DB: [(f64, f64); 40] = [
    (20.0, -39.6),
    (25.0, -32.0),
    (31.5, -25.85),
    (40.0, -21.4),
    (50.0, -18.5),
    (63.0, -15.9),
    (80.0, -14.1),
    (100.0, -12.4),
    (125.0, -11.0),
    (160.0, -9.6),
    (200.0, -8.3),
    (250.0, -7.4),
    (315.0, -6.2),
    (400.0, -4.8),
    (500.0, -3.8),
    (630.0, -3.3),
    (750.0, -2.9),
    (800.0, -2.6),
    (1_000.0, -2.6),
    (1_250.0, -4.5),
    (1_500.0, -5.4),
    (1_600.0, -6.1),
    (2_000.0, -8.5),
    (2_500.0, -10.4),
    (3_000.0, -7.3),
    (3_150.0, -7.0),
    (4_000.0, -6.6),
    (5_000.0, -7.0),
    (6_000.0, -9.2),
    (6_300.0, -10.2),
    (8_000.0, -12.2),
    (9_000.0, -10.8),
    (10_000.0, -10.1),
    (11_200.0, -12.7),
    (12_500.0, -15.0),
    (14_000.0, -18.2),
    (15_000.0, -23.8),
    (16_000.0, -32.3),
    (18_000.0, -45.5),
    (20_000.0, -50.0),
];

/// The excitation at the threshold of hearing in quiet: Hz, dB (ANSI S3.4-2007, table 3; constant from 500 Hz on).
const THRESHOLD_DB: [(f64, f64); 11] = [
    (50.0, 28.18),
    (63.0, 23.9),
    (80.0, 19.2),
    (100.0, 15.68),
    (125.0, 12.67),
    (160.0, 10.09),
    (200.0, 8.08),
    (250.0, 6.3),
    (315.0, 5.3),
    (400.0, 4.5),
    (500.0, 3.73),
];

/// The constant A against the low-level gain G: dB, power (ANSI S3.4-2007, table 4).
const A_OF_GAIN: [(f64, f64); 23] = [
    (-24.545_31, 8.852),
    (-23.783_97, 8.631_5),
    (-22.781_69, 8.358_4),
    (-19.783_05, 7.652_58),
    (-16.210_55, 6.999_54),
    (-11.238_66, 6.107_19),
    (-9.459_02, 5.824_9),
    (-7.383_38, 5.553_22),
    (-5.893_92, 5.364_25),
    (-4.977_18, 5.250_64),
    (-3.628_82, 5.103_14),
    (-2.500_42, 4.982_03),
    (-1.774_05, 4.905_15),
    (-1.577_45, 4.884_49),
    (-1.240_06, 4.849_18),
    (-0.945_96, 4.818_54),
    (-0.756_63, 4.798_9),
    (-0.525_01, 4.774_94),
    (-0.354_51, 4.757_36),
    (-0.187_5, 4.740_19),
    (-0.078_45, 4.728_99),
    (-0.024_7, 4.723_49),
    (0.0, 4.720_96),
];

/// The exponent α against the low-level gain G in dB (ANSI S3.4-2007, table 5).
const ALPHA_OF_GAIN: [(f64, f64); 6] = [
    (-25.0, 0.266_92),
    (-20.0, 0.250_16),
    (-15.0, 0.236_79),
    (-10.0, 0.222_28),
    (-5.0, 0.210_55),
    (0.0, 0.2),
];

/// The signal-to-noise ratio at the output of the ear's filter at masked threshold: Hz, dB. Moore, Glasberg and Baer
/// 1997, figure 9, as read by the polynomial published with D. Ward's "Loudness" library, taken here at third octaves
/// and rounded to 0.1 dB; constant from 1 kHz on.
const RATIO_AT_THRESHOLD_DB: [(f64, f64); 14] = [
    (50.0, 13.5),
    (63.0, 10.0),
    (80.0, 7.1),
    (100.0, 4.9),
    (125.0, 3.1),
    (160.0, 1.5),
    (200.0, 0.4),
    (250.0, -0.5),
    (315.0, -1.3),
    (400.0, -1.9),
    (500.0, -2.3),
    (630.0, -2.7),
    (800.0, -2.9),
    (1_000.0, -3.0),
];

/// What the outer and the middle ear do to a sound of this frequency, in dB.
pub fn ear_gain_db(freq_hz: f64, field: Field) -> f64 {
    let outer = match field {
        Field::Free => &FREE_FIELD_DB,
        Field::Diffuse => &DIFFUSE_FIELD_DB,
    };
    at_log_freq(outer, freq_hz) + at_log_freq(&MIDDLE_EAR_DB, freq_hz)
}

/// The excitation in dB of a filter at this frequency by a sound at the threshold of hearing in quiet.
pub fn threshold_db(freq_hz: f64) -> f64 {
    at_log_freq(&THRESHOLD_DB, freq_hz)
}

/// The gain in dB of the cochlea at low levels, re that at 500 Hz and above (ANSI S3.4-2007, 3.6).
pub fn low_level_gain_db(freq_hz: f64) -> f64 {
    threshold_db(500.0) - threshold_db(freq_hz)
}

/// The constant A of the loudness formula for a filter at this frequency.
pub fn a(freq_hz: f64) -> f64 {
    crate::curve::at(&A_OF_GAIN, low_level_gain_db(freq_hz))
}

/// The exponent α of the loudness formula for a filter at this frequency.
pub fn alpha(freq_hz: f64) -> f64 {
    crate::curve::at(&ALPHA_OF_GAIN, low_level_gain_db(freq_hz))
}

/// The ratio K in dB of signal to noise in a filter at this frequency at which the signal is just heard.
pub fn ratio_at_threshold_db(freq_hz: f64) -> f64 {
    at_log_freq(&RATIO_AT_THRESHOLD_DB, freq_hz)
}
