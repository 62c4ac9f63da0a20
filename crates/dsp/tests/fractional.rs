//! A shift by part of a frame moves the sound and changes nothing else.

mod listening;

use listening::{Noise, db, same_bits, tone};
use mixkeel_dsp::kernels::fractional::{FractionalShift, TAPS, taps};

/// All of a signal moved, with silence around it.
fn shifted(signal: &[f32], shift_frames: f64) -> Vec<f32> {
    part_shifted(signal, shift_frames, 0, signal.len())
}

fn part_shifted(signal: &[f32], shift_frames: f64, first: usize, frames: usize) -> Vec<f32> {
    let shift = FractionalShift::new(shift_frames);
    let input: Vec<f32> = shift
        .input_range(first as i64..(first + frames) as i64)
        .map(|frame| usize::try_from(frame).ok().and_then(|frame| signal.get(frame)).copied().unwrap_or(0.0))
        .collect();
    let mut out = vec![f32::NAN; frames];
    shift.apply(&input, &mut out);
    out
}

#[test]
fn a_tone_arrives_at_its_moment_with_its_level() {
    for shift_frames in [0.5, 0.25, -0.3, 17.811, -203.49, 1e-6, 0.999_999] {
        for share in [0.01, 0.3, 0.6, 0.8, 0.9] {
            let freq_hz = share * 24_000.0;
            let heard = shifted(&tone(freq_hz, 0.5, 48_000, 2_000), shift_frames);
            let step = std::f64::consts::TAU * freq_hz / 48_000.0;
            let worst = (300..1_700).fold(0.0_f64, |worst, frame| {
                let wanted = 0.5 * libm::sin(step * (frame as f64 - shift_frames));
                worst.max((f64::from(heard[frame]) - wanted).abs())
            });
            let error_db = db(worst / 0.5);
            assert!(error_db < -110.0, "{error_db:.1} dB at {share} of Nyquist, moved by {shift_frames}");
        }
    }
}

#[test]
fn whole_frames_are_exact_copies() {
    let signal = Noise(1).samples(500);
    assert!(same_bits(&shifted(&signal, 0.0), &signal));
    assert!(same_bits(&shifted(&signal, 7.0)[7..], &signal[..493]));
    assert!(same_bits(&shifted(&signal, -7.0)[..493], &signal[7..]));
    assert_eq!(taps(0.0).iter().filter(|weight| **weight != 0.0).count(), 1);
    // Too little to be told from nothing.
    assert!(same_bits(&shifted(&signal, 1e-20), &signal));
}

#[test]
fn a_part_is_that_part_of_the_whole() {
    let signal = Noise(2).samples(1_000);
    for shift_frames in [2.5, -31.77, 12.0] {
        let whole = shifted(&signal, shift_frames);
        for (first, frames) in [(0, 1), (17, 64), (990, 10), (333, 500)] {
            let part = part_shifted(&signal, shift_frames, first, frames);
            assert!(same_bits(&part, &whole[first..first + frames]));
        }
    }
}

#[test]
fn direct_current_keeps_its_level_at_every_fraction() {
    for step in 0..=1_000 {
        let sum: f64 = taps(f64::from(step) / 1_000.0).iter().sum();
        assert!((sum - 1.0).abs() < 1e-14);
    }
}

#[test]
fn strange_shifts_and_short_input_do_no_harm() {
    for shift_frames in [f64::NAN, f64::INFINITY, 1e300, -1e300] {
        let range = FractionalShift::new(shift_frames).input_range(-5..5);
        assert!(range.start <= range.end);
    }
    let mut out = [f32::NAN; 4];
    FractionalShift::new(0.5).apply(&[1.0; TAPS + 1], &mut out);
    assert!(out[0] > 0.9 && out[1] > 0.9 && out[2..] == [0.0, 0.0]);
}
