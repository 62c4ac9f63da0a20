//! Laws that the whole profile keeps: blocks do not show, what is no number spoils nothing, its bytes give it back.

mod signals;

use mixkeel_analysis::meter::Meter;
use mixkeel_analysis::profile::{Profile, ProfileError, ProfileMeter, VERSION};
use mixkeel_dsp::block::{Channels, Signal};
use proptest::prelude::*;
use signals::noise;

fn profile(signal: &Signal, block_frames: usize) -> Profile {
    let mut meter = ProfileMeter::new(44_100, signal.channels());
    for from in (0..signal.frames()).step_by(block_frames) {
        meter.push(&signal.part(from..from + block_frames));
    }
    meter.finish()
}

#[test]
fn no_reading_depends_on_how_the_stream_was_cut() {
    let (left, right) = (noise(100_003, 3), noise(100_003, 4));
    let signal = Signal::stereo(&left, &right);
    let whole = profile(&signal, usize::MAX / 2);
    for block_frames in [1, 7, 64, 1_000, 4_096] {
        assert_eq!(profile(&signal, block_frames), whole, "blocks of {block_frames}");
    }
}

#[test]
fn samples_that_are_not_finite_count_as_zero_and_spoil_nothing() {
    let clean = noise(100_000, 5);
    let (mut broken, mut zeroed) = (clean.clone(), clean);
    for (at, bad) in [(10, f32::NAN), (50_000, f32::INFINITY), (99_999, f32::NEG_INFINITY)] {
        broken[at] = bad;
        zeroed[at] = 0.0;
    }
    assert_eq!(profile(&Signal::mono(&broken), 4_096), profile(&Signal::mono(&zeroed), 4_096));
    // The largest samples there are read as something, never as nothing at all.
    let huge = vec![f32::MAX; 50_000];
    assert!(profile(&Signal::mono(&huge), 4_096).true_peak_dbtp.is_some_and(f64::is_finite));
}

#[test]
fn a_profile_comes_back_from_its_bytes_as_it_went_in() {
    let (left, right) = (noise(60_000, 6), noise(60_000, 7));
    for signal in [Signal::mono(&left), Signal::stereo(&left, &right), Signal::mono(&[])] {
        let measured = profile(&signal, 4_096);
        assert_eq!(Profile::from_bytes(&measured.to_bytes()), Ok(measured));
    }
}

#[test]
fn four_minutes_of_stereo_are_kept_in_little_over_a_megabyte() {
    let (left, right) = (noise(44_100 * 24, 8), noise(44_100 * 24, 9));
    let mut meter = ProfileMeter::new(44_100, Channels::Stereo).with_music();
    meter.push(&Signal::stereo(&left, &right));
    let bytes = meter.finish().to_bytes().len();
    assert!(bytes * 10 < 1_100_000, "a tenth of it is {bytes} bytes");
}

#[test]
fn bytes_that_are_no_profile_say_so() {
    let bytes = profile(&Signal::mono(&noise(10_000, 8)), 4_096).to_bytes();
    assert_eq!(Profile::from_bytes(b"RIFF and more"), Err(ProfileError::NoProfile));
    assert_eq!(Profile::from_bytes(&[]), Err(ProfileError::NoProfile));
    let mut older = bytes.clone();
    older[8..12].copy_from_slice(&1_u32.to_le_bytes());
    assert_eq!(Profile::from_bytes(&older), Err(ProfileError::OtherVersion(1)));
    for length in 8..bytes.len() {
        assert_eq!(Profile::from_bytes(&bytes[..length]), Err(ProfileError::Damaged), "cut to {length}");
    }
    assert_eq!(Profile::from_bytes(&[bytes.as_slice(), &[0]].concat()), Err(ProfileError::Damaged));
}

proptest! {
    #[test]
    fn a_byte_that_changed_is_always_noticed(at in 0.0..1.0_f64, flip in 1..=255_u8) {
        let mut bytes = profile(&Signal::mono(&noise(9_000, 8)), 4_096).to_bytes();
        let at = (at * bytes.len() as f64) as usize;
        bytes[at] ^= flip;
        prop_assert!(Profile::from_bytes(&bytes).is_err());
    }

    /// The sum to check by keeps damage out; what lies behind it has to stand any bytes whatever all the same.
    #[test]
    fn any_bytes_with_a_right_sum_are_read_or_refused(body in prop::collection::vec(any::<u8>(), 0..600)) {
        let sum = body.iter().fold(0xCBF2_9CE4_8422_2325_u64, |sum, &byte| {
            (sum ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01B3)
        });
        let mut bytes = b"mixkprof".to_vec();
        bytes.extend_from_slice(&VERSION.to_le_bytes());
        bytes.extend_from_slice(&sum.to_le_bytes());
        bytes.extend_from_slice(&body);
        if let Ok(profile) = Profile::from_bytes(&bytes) {
            prop_assert!(profile.energy.cells() * 42 * 2 <= body.len());
        }
    }

    #[test]
    fn a_body_changed_and_summed_anew_is_read_or_refused(at in 0.0..1.0_f64, new in any::<u8>()) {
        let mut bytes = profile(&Signal::stereo(&noise(9_000, 8), &noise(9_000, 9)), 4_096).to_bytes();
        let at = 20 + (at * (bytes.len() - 20) as f64) as usize;
        bytes[at] = new;
        let sum = bytes[20..].iter().fold(0xCBF2_9CE4_8422_2325_u64, |sum, &byte| {
            (sum ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01B3)
        });
        bytes[12..20].copy_from_slice(&sum.to_le_bytes());
        if let Ok(profile) = Profile::from_bytes(&bytes) {
            prop_assert!(profile.energy.power(0, 3).left.is_finite());
        }
    }
}
