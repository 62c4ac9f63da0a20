//! Shorter words: the noise is the right noise, it follows no music, and nothing else is added.
//!
//! The figures are those of triangular dither of two steps peak to peak (Lipshitz, Wannamaker and Vanderkooy 1992): total
//! error 1/4 step² whatever the signal, and 1/8, 3/4, 1/8 of the codes −1, 0, +1 in silence.

mod listening;

use listening::{Noise, db, find_tone, spectrum_db, tone};
use mixkeel_dsp::kernels::dither::{Dither, Quantiser, WordLength};

const FRAMES: usize = 1 << 18;

fn codes(samples: &[f32], word: WordLength, dither: Dither, seed: u64, channel: usize) -> Vec<i32> {
    let mut codes = vec![i32::MAX; samples.len()];
    Quantiser::new(word, dither, seed).quantise_run(samples, channel, 0, &mut codes);
    codes
}

/// Codes less the exact value, in steps.
fn errors(samples: &[f32], word: WordLength, dither: Dither, channel: usize) -> Vec<f64> {
    codes(samples, word, dither, 1, channel)
        .iter()
        .zip(samples)
        .map(|(code, sample)| f64::from(*code) - f64::from(*sample) * f64::from(word.full_scale()))
        .collect()
}

fn mean(values: impl ExactSizeIterator<Item = f64>) -> f64 {
    let count = values.len() as f64;
    values.sum::<f64>() / count
}

#[test]
fn silence_becomes_one_eighth_three_quarters_one_eighth() {
    for word in [WordLength::Bits16, WordLength::Bits24] {
        let codes = codes(&vec![0.0; FRAMES], word, Dither::Tpdf, 7, 0);
        for (code, wanted) in [(-1, 0.125), (0, 0.75), (1, 0.125)] {
            let share = codes.iter().filter(|found| **found == code).count() as f64 / FRAMES as f64;
            // Four standard deviations of a share of 3/4 among 2^18: 0.0034.
            assert!((share - wanted).abs() < 0.0034, "{code}: {share}");
        }
    }
}

#[test]
fn the_error_is_a_quarter_step_squared_wherever_the_signal_lies_between_two_codes() {
    for tenth in 0..10 {
        let sample = (f64::from(tenth) / 10.0 / 32_768.0) as f32;
        let errors = errors(&vec![sample; FRAMES], WordLength::Bits16, Dither::Tpdf, 0);
        let bias = mean(errors.iter().copied());
        let power = mean(errors.iter().map(|error| error * error));
        // Four standard deviations: of the mean 0.5/512 each, of the power under 0.3/512 each.
        assert!(bias.abs() < 0.0039, "{tenth}: {bias}");
        assert!((power - 0.25).abs() < 0.0025, "{tenth}: {power}");
    }
}

#[test]
fn a_tone_under_one_step_is_heard_and_its_harmonics_are_not() {
    let rate_hz = 48_000;
    let bin_hz = f64::from(rate_hz) / FRAMES as f64;
    let freq_hz = 5_461.0 * bin_hz;
    for steps in [0.25, 2.7] {
        let heard: Vec<f32> =
            codes(&tone(freq_hz, steps / 32_768.0, rate_hz, FRAMES), WordLength::Bits16, Dither::Tpdf, 3, 0)
                .iter()
                .map(|code| *code as f32)
                .collect();
        let level_db = db(find_tone(&heard, 0, freq_hz, rate_hz).amplitude / steps);
        assert!(level_db.abs() < 0.1, "{steps} steps: {level_db} dB");
        let spectrum = spectrum_db(&heard);
        for harmonic in 2..=20 {
            let bin = 5_461 * harmonic;
            let near = &spectrum[bin - 400..bin + 400];
            let noise_db = 10.0 * libm::log10(mean(near.iter().map(|level| libm::exp10(level / 10.0))));
            // One bin of pure noise passes 11 dB over its mean with a chance of e^−12.6.
            assert!(spectrum[bin] < noise_db + 11.0, "harmonic {harmonic} of {steps} steps");
        }
    }
}

#[test]
fn the_noise_is_white() {
    let errors = errors(&tone(997.0, 0.5, 48_000, FRAMES), WordLength::Bits16, Dither::Tpdf, 0);
    let power = mean(errors.iter().map(|error| error * error));
    for lag in [1, 2, 3, 48, 64, 1_000] {
        let product = mean(errors.iter().zip(&errors[lag..]).map(|(now, later)| now * later));
        // Four standard deviations of a correlation over 2^18 frames.
        assert!((product / power).abs() < 0.0079, "lag {lag}");
    }
}

#[test]
fn channels_have_noise_of_their_own() {
    let silence = vec![0.3 / 32_768.0; FRAMES];
    let left = errors(&silence, WordLength::Bits16, Dither::Tpdf, 0);
    let right = errors(&silence, WordLength::Bits16, Dither::Tpdf, 1);
    let product = mean(left.iter().zip(&right).map(|(left, right)| left * right));
    assert!((product / 0.25).abs() < 0.0079, "{product}");
}

#[test]
fn the_same_frame_gets_the_same_noise_however_it_is_reached() {
    let sound = Noise(4).samples(1_000);
    let whole = codes(&sound, WordLength::Bits16, Dither::Tpdf, 11, 1);
    let mut single = Quantiser::new(WordLength::Bits16, Dither::Tpdf, 11);
    for frame in (0..1_000).rev() {
        assert_eq!(single.quantise(sound[frame], 1, frame as u64), whole[frame]);
    }
    assert_ne!(whole, codes(&sound, WordLength::Bits16, Dither::Tpdf, 12, 1), "another seed, other noise");
}

#[test]
fn without_dither_every_code_comes_back() {
    let all: Vec<f32> = (-32_768..32_768).map(|code| code as f32 / 32_768.0).collect();
    let back = codes(&all, WordLength::Bits16, Dither::None, 0, 0);
    assert!(back.iter().copied().eq(-32_768..32_768));
    let ramp = (-8_388_608..8_388_608).step_by(97);
    let samples: Vec<f32> = ramp.clone().map(|code| code as f32 / 8_388_608.0).collect();
    assert!(codes(&samples, WordLength::Bits24, Dither::None, 0, 0).into_iter().eq(ramp));
}

#[test]
fn what_is_too_loud_is_held_and_counted() {
    let mut quantiser = Quantiser::new(WordLength::Bits16, Dither::None, 0);
    let sound = [1.0, -1.0, 1.5, -1.5, f32::INFINITY, f32::NAN, 0.999_969_5];
    let mut codes = [0; 7];
    quantiser.quantise_run(&sound, 0, 0, &mut codes);
    assert_eq!(codes, [32_767, -32_768, 32_767, -32_768, 32_767, 0, 32_767]);
    assert_eq!(quantiser.clipped_samples(), 4);
}
