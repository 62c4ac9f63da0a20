//! A recording at another rate is the same recording: same level, same moment, same length, nothing added, nothing lost.
//!
//! The recipe is that of the public comparisons of converters (tones through a Kaiser window of β = 38, least-squares
//! removal, misalignment from phase). The bounds are those this project promises: flat within 0.01 dB to 0.91 of the
//! lower Nyquist frequency, nothing else above −140 dB, no delay.

#![allow(clippy::unwrap_used)] // A test that cannot get ready has failed.

mod listening;

use listening::{Noise, db, faded_tone, find_tone, rms, same_bits, strongest_line_db, tone};
use mixkeel_dsp::block::{Block, Signal};
use mixkeel_dsp::kernels::resample::{RateError, Resampler};

/// The pairs people have, the widest, and two that share almost no factor.
const PAIRS: [(u32, u32); 12] = [
    (96_000, 44_100),
    (44_100, 96_000),
    (44_100, 48_000),
    (48_000, 44_100),
    (88_200, 48_000),
    (192_000, 44_100),
    (384_000, 44_100),
    (8_000, 192_000),
    (192_000, 8_000),
    (44_100, 44_101),
    (44_101, 44_100),
    (96_000, 47_952),
];

fn convert(signal: &[f32], from_hz: u32, to_hz: u32) -> Vec<f32> {
    convert_in_chunks(signal, from_hz, to_hz, signal.len().max(1), usize::MAX)
}

fn convert_in_chunks(signal: &[f32], from_hz: u32, to_hz: u32, push: usize, pull: usize) -> Vec<f32> {
    let mut resampler = Resampler::new(from_hz, to_hz).unwrap();
    let mut out = vec![f32::NAN; resampler.output_length(signal.len() as u64) as usize];
    let mut done = 0;
    for chunk in signal.chunks(push) {
        resampler.push(&Signal::mono(chunk));
        done = pull_all(&mut resampler, &mut out, done, pull);
    }
    resampler.finish();
    done = pull_all(&mut resampler, &mut out, done, pull);
    assert_eq!(done, out.len());
    assert_eq!(resampler.pull(&mut Block::mono(&mut [0.0; 8])), 0, "more came out than the length says");
    out
}

fn pull_all(resampler: &mut Resampler, out: &mut [f32], mut done: usize, pull: usize) -> usize {
    loop {
        let end = out.len().min(done.saturating_add(pull));
        let made = resampler.pull(&mut Block::mono(&mut out[done..end]));
        done += made;
        if made == 0 {
            return done;
        }
    }
}

/// Without the first and last 50 ms.
fn middle(signal: &[f32], rate_hz: u32) -> (&[f32], usize) {
    let cut = rate_hz as usize / 20;
    (&signal[cut..signal.len() - cut], cut)
}

#[test]
fn tones_keep_their_level_and_their_moment_to_nine_tenths_of_nyquist() {
    for (from_hz, to_hz) in PAIRS {
        let nyquist_hz = f64::from(from_hz.min(to_hz)) / 2.0;
        for share in [0.002, 0.11, 0.37, 0.71, 0.85, 0.91] {
            let freq_hz = share * nyquist_hz;
            let out = convert(&tone(freq_hz, 0.9, from_hz, from_hz as usize / 3), from_hz, to_hz);
            let (heard, first) = middle(&out, to_hz);
            let found = find_tone(heard, first, freq_hz, to_hz);
            let level_db = db(found.amplitude / 0.9);
            assert!(level_db.abs() < 0.01, "{from_hz} → {to_hz}: {level_db:.4} dB at {freq_hz} Hz");
            // Phase over angular frequency: how many output frames late. A thousandth is 0.36° at Nyquist/2.
            let late = -found.phase / (std::f64::consts::TAU * freq_hz / f64::from(to_hz));
            assert!(late.abs() < 1e-3, "{from_hz} → {to_hz}: {late} frames late at {freq_hz} Hz");
        }
    }
}

#[test]
fn nothing_is_heard_beside_a_tone() {
    for (from_hz, to_hz) in PAIRS {
        let nyquist_hz = f64::from(from_hz.min(to_hz)) / 2.0;
        for share in [0.045_31, 0.3337, 0.6713, 0.903] {
            let freq_hz = share * nyquist_hz;
            let out = convert(&faded_tone(freq_hz, 0.891, from_hz, from_hz as usize * 2 / 5), from_hz, to_hz);
            let worst = strongest_line_db(&out, Some(freq_hz), to_hz);
            assert!(worst < -140.0, "{from_hz} → {to_hz}: {worst:.1} dBFS beside {freq_hz} Hz");
        }
    }
}

#[test]
fn a_tone_above_the_new_nyquist_does_not_come_back_as_another() {
    for (from_hz, to_hz) in PAIRS.into_iter().filter(|(from_hz, to_hz)| from_hz > to_hz) {
        let (lowest, highest) = (f64::from(to_hz) / 2.0, f64::from(from_hz) / 2.0);
        // 40 Hz over, because the fades of a tone spread it.
        let steps = [lowest + 40.0, lowest * 1.0466, lowest * 1.3, lowest * 2.03, highest * 0.97];
        for freq_hz in steps.into_iter().filter(|hz| (lowest + 39.0..highest).contains(hz)) {
            let out = convert(&faded_tone(freq_hz, 0.891, from_hz, from_hz as usize * 2 / 5), from_hz, to_hz);
            let worst = strongest_line_db(&out, None, to_hz);
            assert!(worst < -140.0, "{from_hz} → {to_hz}: {freq_hz} Hz comes back at {worst:.1} dBFS");
        }
    }
}

#[test]
fn noise_under_a_tone_stays_that_of_the_sample_format() {
    // Rounding to 32-bit float leaves 153.7 dB below 997 Hz at −0.1 dBFS; sums in the same format may cost a few.
    for (from_hz, to_hz) in [(96_000, 44_100), (44_100, 48_000), (48_000, 44_100), (44_100, 44_101)] {
        let out = convert(&tone(997.0, 0.9886, from_hz, 2 * from_hz as usize), from_hz, to_hz);
        let (heard, first) = middle(&out, to_hz);
        let found = find_tone(heard, first, 997.0, to_hz);
        let ratio_db = db(found.amplitude / 2.0_f64.sqrt() / found.rest_rms);
        assert!(ratio_db > 143.0, "{from_hz} → {to_hz}: {ratio_db:.1} dB");
    }
}

#[test]
fn the_length_is_that_of_the_recording() {
    for (from_hz, to_hz) in PAIRS {
        let resampler = Resampler::new(from_hz, to_hz).unwrap();
        for frames in [0u64, 1, 2, 3, 159, 160, 4_410, 9_999, 44_100, 1 << 40] {
            let exact = frames as f64 * f64::from(to_hz) / f64::from(from_hz);
            let length = resampler.output_length(frames);
            assert!((length as f64 - exact).abs() <= 0.5 + exact * 1e-15, "{frames} became {length}");
        }
        for frames in [0, 1, 2, 7, 160, 997] {
            // Checks inside that exactly so many come out.
            convert(&vec![0.5; frames], from_hz, to_hz);
        }
    }
}

#[test]
fn the_size_of_blocks_changes_no_bit() {
    let signal = Noise(1).samples(70_000);
    for (from_hz, to_hz) in [(96_000, 44_100), (44_100, 48_000), (44_100, 44_101), (48_000, 48_000)] {
        let whole = convert(&signal, from_hz, to_hz);
        for (push, pull) in [(1, 64), (64, 1), (1_000, 333), (65_536, 4_096), (4_096, usize::MAX)] {
            let parts = convert_in_chunks(&signal, from_hz, to_hz, push, pull);
            assert!(same_bits(&whole, &parts), "{from_hz} → {to_hz} by {push} and {pull}");
        }
    }
}

#[test]
fn a_part_is_that_part_of_the_whole() {
    let signal = Noise(2).samples(30_000);
    let mut random = Noise(3);
    for (from_hz, to_hz) in PAIRS.into_iter().chain([(48_000, 48_000), (11_025, 96_000)]) {
        let whole = convert(&signal, from_hz, to_hz);
        let mut resampler = Resampler::new(from_hz, to_hz).unwrap();
        for _ in 0..8 {
            let first = random.below(whole.len());
            let frames = 1 + random.below(500.min(whole.len() - first));
            let mut part = vec![0.0; frames];
            let from = resampler.reset_to(first as u64);
            let range = resampler.input_range(first as u64..(first + frames) as u64);
            assert_eq!(from, range.start);
            let end = (range.end as usize).min(signal.len());
            resampler.push(&Signal::mono(&signal[from as usize..end]));
            if end == signal.len() {
                resampler.finish();
            }
            assert_eq!(resampler.pull(&mut Block::mono(&mut part)), frames);
            assert!(same_bits(&part, &whole[first..first + frames]), "{from_hz} → {to_hz} from {first}");
        }
    }
}

#[test]
fn starting_after_the_end_gives_nothing() {
    let mut resampler = Resampler::new(48_000, 44_100).unwrap();
    resampler.reset_to(1_000_000);
    resampler.finish();
    assert_eq!(resampler.pull(&mut Block::mono(&mut [0.0; 64])), 0);
    resampler.push(&Signal::mono(&[1.0; 64]));
    assert_eq!(resampler.pull(&mut Block::mono(&mut [0.0; 64])), 0);
}

#[test]
fn both_channels_are_treated_alike() {
    let (one, other) = (Noise(4).samples(20_000), Noise(5).samples(20_000));
    for (from_hz, to_hz) in [(96_000, 44_100), (44_100, 44_101), (44_100, 44_100)] {
        let mut resampler = Resampler::new(from_hz, to_hz).unwrap();
        let frames = resampler.output_length(20_000) as usize;
        let (mut left, mut right) = (vec![0.0; frames], vec![0.0; frames]);
        resampler.push(&Signal::stereo(&one, &other));
        resampler.finish();
        assert_eq!(resampler.pull(&mut Block::stereo(&mut left, &mut right)), frames);
        assert!(same_bits(&left, &convert(&one, from_hz, to_hz)));
        assert!(same_bits(&right, &convert(&other, from_hz, to_hz)));
    }
}

#[test]
fn the_same_rate_is_a_copy_of_the_bits() {
    let mut signal = Noise(6).samples(10_001);
    signal[17] = -0.0;
    signal[18] = f32::MIN_POSITIVE / 2.0;
    assert!(same_bits(&signal, &convert(&signal, 44_100, 44_100)));
}

#[test]
fn silence_stays_silence() {
    for (from_hz, to_hz) in PAIRS {
        assert!(convert(&[0.0; 5_000], from_hz, to_hz).iter().all(|sample| sample.to_bits() == 0));
    }
}

#[test]
fn beginning_and_end_are_heard_at_full_level() {
    for (from_hz, to_hz) in PAIRS {
        let freq_hz = 997.0;
        let signal = tone(freq_hz, 0.5, from_hz, from_hz as usize / 2);
        let out = convert(&signal, from_hz, to_hz);
        let edge = to_hz as usize / 20;
        for heard in [&out[..edge], &out[out.len() - edge..]] {
            // 50 ms hold 49.85 periods, whose own level differs from the tone's by up to 0.03 dB.
            let level_db = db(rms(heard) / (0.5 / 2.0_f64.sqrt()));
            assert!(level_db.abs() < 0.06, "{from_hz} → {to_hz}: {level_db:.3} dB");
        }
        // Where the window no longer reaches the edge, 120 frames of the lower rate in, the tone is exact.
        let clear = (120.0 * f64::from(to_hz) / f64::from(from_hz.min(to_hz))) as usize;
        let rest = find_tone(&out[clear..out.len() - clear], clear, freq_hz, to_hz).rest_rms;
        assert!(db(rest / 0.35) < -140.0, "{from_hz} → {to_hz}: {:.1} dB", db(rest / 0.35));
    }
}

#[test]
fn direct_current_keeps_its_level() {
    for (from_hz, to_hz) in PAIRS {
        let out = convert(&vec![0.5; from_hz as usize / 2], from_hz, to_hz);
        for sample in middle(&out, to_hz).0 {
            assert!(db(f64::from(*sample) / 0.5).abs() < 1e-4);
        }
    }
}

#[test]
fn there_and_back_is_where_it_began() {
    let mut random = Noise(7);
    let mut signal = vec![0.0_f32; 44_100];
    for _ in 0..60 {
        let freq_hz = 30.0 + 19_900.0 * (random.next() + 1.0) / 2.0;
        let phase = random.below(44_100);
        let part = tone(freq_hz, 0.015, 44_100, 44_100 + phase);
        signal.iter_mut().zip(&part[phase..]).for_each(|(sum, part)| *sum += part);
    }
    let back = convert(&convert(&signal, 44_100, 96_000), 96_000, 44_100);
    assert_eq!(back.len(), signal.len());
    // The cut edges hold more than 20 kHz: they are outside the promise.
    let difference: Vec<f32> = back.iter().zip(&signal).map(|(back, signal)| back - signal).collect();
    let worst = difference[2_000..42_000].iter().fold(0.0_f32, |worst, sample| worst.max(sample.abs()));
    assert!(db(f64::from(worst)) < -120.0, "{:.1} dBFS", db(f64::from(worst)));
}

#[test]
fn over_full_scale_is_not_clipped() {
    let loud = 1.412_537_5;
    let out = convert(&tone(997.0, loud, 96_000, 48_000), 96_000, 44_100);
    let (heard, first) = middle(&out, 44_100);
    assert!((db(find_tone(heard, first, 997.0, 44_100).amplitude) - 3.0).abs() < 0.001);
}

#[test]
fn a_bad_sample_is_heard_only_where_it_is() {
    let mut signal = vec![0.25_f32; 20_000];
    signal[10_000] = f32::NAN;
    let out = convert(&signal, 96_000, 44_100);
    assert!(out[4_594 - 130..4_594 + 130].iter().any(|sample| sample.is_nan()));
    assert!(out[..4_594 - 130].iter().chain(&out[4_594 + 130..]).all(|sample| sample.is_finite()));
}

#[test]
fn rates_that_no_recording_has_are_refused() {
    assert_eq!(Resampler::new(0, 44_100).err(), Some(RateError::OutOfRange { rate_hz: 0 }));
    assert_eq!(Resampler::new(44_100, u32::MAX).err(), Some(RateError::OutOfRange { rate_hz: u32::MAX }));
}
