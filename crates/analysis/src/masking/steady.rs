//! The loudness of a steady sound given by its components: the model as the standard prints it, 0.1 Cam fine.
//!
//! Slow, and meant to be: the [meter](super::MaskingMeter) works with coarse bands and is held to this.

use mixkeel_dsp::units::{db_from_power, power_from_db};

use super::ear::{Field, ear_gain_db};
use super::roex;
use super::specific::{Filter, release};

/// The spacing of the standard's filters in Cams.
const FINE_STEP_CAM: f64 = 0.1;

/// A sine, or a sliver of noise narrower than a tenth of the ear's filter.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Component {
    /// Its frequency in Hz.
    pub freq_hz: f64,
    /// Its level in dB SPL, measured where the listener's head is, without the listener.
    pub level_db_spl: f64,
}

/// The loudness in sone of a steady sound, heard with both ears (ANSI S3.4-2007).
pub fn loudness_sone(sound: &[Component], field: Field) -> f64 {
    partial_loudness_sone(sound, &[], field)
}

/// The loudness in sone that a steady sound keeps within a rest, heard with both ears (Moore, Glasberg and Baer 1997).
/// Each of the two sets the filters by its own level, and their excitations add up.
pub fn partial_loudness_sone(sound: &[Component], rest: &[Component], field: Field) -> f64 {
    let centres_hz = roex::centres_hz(FINE_STEP_CAM);
    let (sound, rest) = (excitation(sound, field, &centres_hz), excitation(rest, field, &centres_hz));
    let sum: f64 = centres_hz
        .iter()
        .zip(sound.iter().zip(&rest))
        .map(|(&centre_hz, (&sound, &rest))| {
            let filter = Filter::at(centre_hz);
            filter.within(sound, rest, |excitation| filter.grown(excitation), release)
        })
        .sum();
    // Both ears hear the same, and the standard adds them (3.8).
    2.0 * sum * roex::width_cam(centres_hz.len())
}

/// The excitation of each filter by a sound, as a power re 0 dB SPL at the same place.
fn excitation(sound: &[Component], field: Field, centres_hz: &[f64]) -> Vec<f64> {
    let inside: Vec<(f64, f64)> = sound
        .iter()
        .map(|part| (part.freq_hz, power_from_db(part.level_db_spl + ear_gain_db(part.freq_hz, field))))
        .collect();
    let levels_db: Vec<f64> = inside
        .iter()
        .map(|&(around_hz, _)| {
            let sum: f64 =
                inside.iter().map(|&(freq_hz, power)| roex::counts(around_hz, freq_hz) * power).sum();
            db_from_power(sum)
        })
        .collect();
    centres_hz
        .iter()
        .map(|&centre_hz| {
            let parts = inside.iter().zip(&levels_db);
            parts.map(|(&(freq_hz, power), &level)| roex::passes(centre_hz, freq_hz, level) * power).sum()
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::phon::{SONE_OF_PHON, phon_from_sone};
    use super::*;

    fn tones(parts: &[(f64, f64)]) -> Vec<Component> {
        parts.iter().map(|&(freq_hz, level_db_spl)| Component { freq_hz, level_db_spl }).collect()
    }

    /// A band of noise as components `step_hz` apart, all of the same level.
    fn noise(from_hz: f64, to_hz: f64, step_hz: f64, spectrum_db: f64) -> Vec<Component> {
        let count = libm::round((to_hz - from_hz) / step_hz) as usize;
        let level_db_spl = spectrum_db + db_from_power(step_hz);
        (0..count)
            .map(|n| Component { freq_hz: from_hz + (n as f64 + 0.5) * step_hz, level_db_spl })
            .collect()
    }

    /// Pink noise by its spectrum level at 1 kHz, as components a fortieth of an octave apart.
    fn pink(from_hz: f64, to_hz: f64, at_1_khz_db: f64) -> Vec<Component> {
        let half = libm::exp2(1.0 / 80.0);
        let centres =
            (0..).map(|n| from_hz * libm::exp2((f64::from(n) + 0.5) / 40.0)).take_while(|hz| *hz < to_hz);
        let level_db_spl = at_1_khz_db + db_from_power(1_000.0 * (half - 1.0 / half));
        centres.map(|freq_hz| Component { freq_hz, level_db_spl }).collect()
    }

    #[track_caller]
    fn within(sone: f64, wanted: f64, tolerance: f64) {
        assert!((sone / wanted - 1.0).abs() <= tolerance, "{sone} sone instead of {wanted}");
    }

    #[test]
    fn a_1_khz_tone_is_as_loud_as_the_standard_prints_it() {
        // ANSI S3.4-2007, table 7, free field. One sone at 40 dB; the table is printed to three digits.
        for (level, wanted) in SONE_OF_PHON {
            let sone = loudness_sone(&tones(&[(1_000.0, level)]), Field::Free);
            if level >= 20.0 {
                within(sone, wanted, 0.01);
            }
            assert!((phon_from_sone(sone) - level).abs() < 0.8, "{level} {sone}");
        }
    }

    #[test]
    fn the_examples_of_the_standard_come_out() {
        // ANSI S3.4-2007, annex A, free field: tones, complexes and bands of noise.
        for (freq, level, wanted) in
            [(3_000.0, 20.0, 0.35), (3_000.0, 40.0, 1.8), (3_000.0, 60.0, 7.1), (3_000.0, 80.0, 27.5)]
        {
            // Printed to two digits.
            within(loudness_sone(&tones(&[(freq, level)]), Field::Free), wanted, 0.02);
        }
        within(loudness_sone(&tones(&[(100.0, 50.0)]), Field::Free), 0.345, 0.01);
        within(
            loudness_sone(&tones(&[(1_500.0, 60.0), (1_600.0, 60.0), (1_700.0, 60.0)]), Field::Free),
            6.35,
            0.01,
        );
        within(
            loudness_sone(&tones(&[(1_000.0, 60.0), (1_600.0, 60.0), (2_400.0, 60.0)]), Field::Free),
            12.62,
            0.01,
        );
        let harmonics: Vec<(f64, f64)> = (1..=10).map(|n| (100.0 * f64::from(n), 30.0)).collect();
        within(loudness_sone(&tones(&harmonics), Field::Free), 1.99, 0.01);
        within(loudness_sone(&noise(950.0, 1_050.0, 10.0, 40.0), Field::Free), 4.25, 0.01);
        within(loudness_sone(&noise(500.0, 1_500.0, 10.0, 40.0), Field::Free), 14.29, 0.01);
        for (at_1_khz_db, wanted) in [(0.0, 3.62), (20.0, 16.00), (40.0, 49.28)] {
            within(loudness_sone(&pink(50.0, 15_000.0, at_1_khz_db), Field::Free), wanted, 0.01);
        }
    }
}
