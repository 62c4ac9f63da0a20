//! Laws that the whole profile keeps: blocks do not show, what is no number spoils nothing, a cache gives it back.

mod signals;

use mixkeel_analysis::bands::BandsMeter;
use mixkeel_analysis::meter::Meter;
use mixkeel_analysis::profile::{Profile, ProfileMeter};
use mixkeel_dsp::block::{Channels, Signal};
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
fn a_profile_comes_back_from_a_cache_as_it_went_in() {
    let wave = noise(60_000, 6);
    let measured = profile(&Signal::mono(&wave), 4_096);
    let text = serde_json::to_string(&measured).expect("it can be written");
    assert_eq!(serde_json::from_str::<Profile>(&text).expect("it can be read"), measured);
    let mut bands = BandsMeter::new();
    bands.prepare(44_100, Channels::Mono);
    bands.push(&Signal::mono(&wave));
    assert_eq!(bands.finish(), measured.bands);
}
