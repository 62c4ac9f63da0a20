//! The oversampler as it is heard: what passes, what folds back, and when it arrives.

mod listening;

use listening::{Noise, db, faded_tone, find_tone, same_bits, spectrum_db};
use mixkeel_dsp::kernels::oversample::{Downsampler, Factor, PASS, STOP_DB, Upsampler};
use mixkeel_dsp::processor::State;

const FACTORS: [Factor; 3] = [Factor::Two, Factor::Four, Factor::Eight];
const RATE_HZ: u32 = 48_000;

/// What `f32` sums leave beside a tone: 24 bits and a hundred additions.
const ROUNDING_DB: f64 = -130.0;

fn raised(factor: Factor, sound: &[f32]) -> Vec<f32> {
    let mut high = vec![0.0; sound.len() * factor.times()];
    Upsampler::new(factor).run(sound, &mut high);
    high
}

fn lowered(factor: Factor, high: &[f32]) -> Vec<f32> {
    let mut low = vec![0.0; high.len() / factor.times()];
    Downsampler::new(factor).run(high, &mut low);
    low
}

/// The strongest line of a spectrum between two frequencies.
fn strongest_db(signal: &[f32], rate_hz: u32, from_hz: f64, to_hz: f64) -> f64 {
    let bin_hz = f64::from(rate_hz) / signal.len() as f64;
    spectrum_db(signal)
        .into_iter()
        .enumerate()
        .filter(|(bin, _)| (from_hz..to_hz).contains(&(*bin as f64 * bin_hz)))
        .fold(f64::NEG_INFINITY, |loudest, (_, level)| loudest.max(level))
}

#[test]
fn up_and_down_again_everything_to_0_45_of_the_rate_is_as_loud_and_as_late_as_it_says() {
    for factor in FACTORS {
        let late = 2 * factor.latency_frames();
        for share in [0.001, 0.02, 0.1, 0.25, 0.35, 0.42, 0.45, PASS] {
            let hz = share * f64::from(RATE_HZ);
            let sound = listening::tone(hz, 0.5, RATE_HZ, 6_000);
            let heard = lowered(factor, &raised(factor, &sound));
            let (wanted, found) = (
                find_tone(&sound[2_000..5_000], 2_000, hz, RATE_HZ),
                find_tone(&heard[2_000 + late..5_000 + late], 2_000, hz, RATE_HZ),
            );
            let off_db = db(found.amplitude / wanted.amplitude);
            assert!(off_db.abs() < 0.01, "{factor:?}, {share} of the rate: {off_db} dB");
            assert!((found.phase - wanted.phase).abs() < 1e-4, "{factor:?}, {share} of the rate");
        }
    }
}

#[test]
fn above_the_old_rate_there_is_nothing_new() {
    for factor in FACTORS {
        for hz in [997.0, 11_000.0, 19_000.0, PASS * 48_000.0 - 50.0] {
            let high = raised(factor, &faded_tone(hz, 1.0, RATE_HZ, 1 << 13));
            let rate_hz = RATE_HZ * factor.times() as u32;
            let images_db = strongest_db(&high, rate_hz, (1.0 - PASS) * 48_000.0, f64::from(rate_hz));
            assert!(images_db < -STOP_DB + 1.0, "{factor:?}, {hz} Hz: {images_db} dB");
        }
    }
}

#[test]
fn nothing_folds_back_into_the_pass_band() {
    for factor in FACTORS {
        let rate_hz = RATE_HZ * factor.times() as u32;
        for step in 0..24 {
            let hz = (1.0 - PASS) * 48_000.0 + 60.0 + f64::from(step) * f64::from(rate_hz) / 48.0 * 0.87;
            if hz > f64::from(rate_hz) / 2.0 {
                continue;
            }
            let low = lowered(factor, &faded_tone(hz, 1.0, rate_hz, (1 << 13) * factor.times()));
            let folded_db = strongest_db(&low, RATE_HZ, 0.0, PASS * 48_000.0);
            assert!(folded_db < -STOP_DB + 1.0, "{factor:?}, {hz} Hz: {folded_db} dB");
        }
    }
}

#[test]
fn a_tone_comes_back_alone() {
    for factor in FACTORS {
        let heard = lowered(factor, &raised(factor, &faded_tone(5_000.0, 0.9, RATE_HZ, 1 << 14)));
        let rest_db = listening::strongest_line_db(&heard, Some(5_000.0), RATE_HZ);
        assert!(rest_db < ROUNDING_DB, "{factor:?}: {rest_db} dB");
    }
}

#[test]
fn a_constant_stays_the_same_number() {
    for factor in FACTORS {
        let heard = lowered(factor, &raised(factor, &[0.75; 1_000]));
        // A hundred additions of f32, rounded to nearest.
        assert!(heard[500..].iter().all(|sample| (sample - 0.75).abs() < 1e-6), "{factor:?}");
    }
}

#[test]
fn the_waveform_between_the_samples_is_drawn_in_time() {
    for factor in FACTORS {
        let times = factor.times();
        let mut sound = [0.0; 1_000];
        sound[400] = 1.0;
        let high = raised(factor, &sound);
        let middle = (400 + factor.latency_frames()) * times;
        assert_eq!(high[middle], 1.0, "{factor:?}");
        for away in 1..300 {
            assert_eq!(high[middle - away].to_bits(), high[middle + away].to_bits(), "{factor:?} {away}");
        }
    }
}

#[test]
fn the_size_of_blocks_changes_no_bit_and_a_memory_goes_on() {
    let sound = Noise(8).samples(3_000);
    for factor in FACTORS {
        let times = factor.times();
        let (high, low) = (raised(factor, &sound), lowered(factor, &raised(factor, &sound)));
        for block in [1, 31, 64, 1_000] {
            let (mut up, mut down) = (Upsampler::new(factor), Downsampler::new(factor));
            let (mut high_again, mut low_again) = (Vec::new(), Vec::new());
            for (index, part) in sound.chunks(block).enumerate() {
                if index == 2 {
                    let mut memory = State::default();
                    up.snapshot(&mut memory);
                    down.snapshot(&mut memory);
                    (up, down) = (Upsampler::new(factor), Downsampler::new(factor));
                    memory.rewind();
                    up.restore(&mut memory);
                    down.restore(&mut memory);
                }
                let (mut raised, mut lowered) = (vec![0.0; part.len() * times], vec![0.0; part.len()]);
                up.run(part, &mut raised);
                down.run(&raised, &mut lowered);
                high_again.extend(raised);
                low_again.extend(lowered);
            }
            assert!(same_bits(&high, &high_again) && same_bits(&low, &low_again), "{factor:?} by {block}");
        }
    }
}

#[test]
fn after_a_reset_nothing_is_left() {
    for factor in FACTORS {
        let (mut up, mut down) = (Upsampler::new(factor), Downsampler::new(factor));
        let mut high = vec![0.0; 500 * factor.times()];
        let mut low = [0.0; 500];
        up.run(&Noise(3).samples(500), &mut high);
        down.run(&high, &mut low);
        up.reset();
        down.reset();
        up.run(&[0.0; 500], &mut high);
        down.run(&high, &mut low);
        assert!(high.iter().chain(&low).all(|sample| *sample == 0.0), "{factor:?}");
    }
}

#[test]
fn the_inner_rate_is_high_at_every_rate() {
    for rate_hz in [44_100, 48_000, 88_200, 96_000, 176_400, 192_000] {
        let inner_hz = rate_hz as usize * Factor::for_rate(rate_hz).times();
        assert!((352_800..=400_000).contains(&inner_hz), "{rate_hz}");
    }
}
