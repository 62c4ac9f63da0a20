//! A stereo image is shaped as it is drawn, and its mono sum is left alone.

mod listening;

use listening::{Noise, db, find_tone, same_bits, tone};
use mixkeel_dsp::block::{Block, Channels};
use mixkeel_dsp::processor::{Context, Processor, Setup};
use mixkeel_dsp::processors::stereo::{MonoSlope, Stereo, StereoSettings};

fn heard(settings: &StereoSettings, rate_hz: u32, left: &[f32], right: &[f32]) -> [Vec<f32>; 2] {
    let (mut left, mut right) = (left.to_vec(), right.to_vec());
    let mut stereo = Stereo::default();
    stereo.prepare(&Setup { rate_hz, channels: Channels::Stereo, max_block_frames: 4_096 });
    stereo.set(settings);
    let at = Context { frame: 0, tempo_bpm: 120.0 };
    stereo.process(&mut Block::stereo(&mut left, &mut right), &[], &at);
    [left, right]
}

fn negative(sound: &[f32]) -> Vec<f32> {
    sound.iter().map(|sample| -sample).collect()
}

#[test]
fn the_bass_stands_in_the_middle_and_the_mono_sum_stays() {
    for rate_hz in [44_100, 48_000, 192_000] {
        for (mono_slope, octave_down_db) in [(MonoSlope::Db24, -24.0), (MonoSlope::Db48, -48.0)] {
            let settings = StereoSettings { mono_bass: true, mono_slope, ..StereoSettings::default() };
            let from = rate_hz as usize;
            for (hz, wanted_db, allowed_db) in
                [(60.0, octave_down_db, 0.3), (120.0, -3.01, 0.05), (480.0, 0.0, 0.05), (5_000.0, 0.0, 0.02)]
            {
                let sound = tone(hz, 0.5, rate_hz, 2 * from);
                // Only sides: the level of the sides is left.
                let [left, _] = heard(&settings, rate_hz, &sound, &negative(&sound));
                let side_db = db(find_tone(&left[from..], from, hz, rate_hz).amplitude / 0.5);
                assert!((side_db - wanted_db).abs() < allowed_db, "{rate_hz} {mono_slope:?} {hz}: {side_db}");
                // Only the left: half of it is middle, and that sum is what it was.
                let [left, right] = heard(&settings, rate_hz, &sound, &vec![0.0; sound.len()]);
                let worst = left
                    .iter()
                    .zip(&right)
                    .zip(&sound)
                    .fold(0.0_f32, |worst, ((l, r), sound)| worst.max((l + r - sound).abs()));
                assert!(worst < 2e-7, "{worst}");
            }
        }
    }
}

#[test]
fn what_is_set_to_nothing_keeps_every_bit() {
    let mut random = Noise(1);
    let (left, right) = (random.samples(2_000), random.samples(2_000));
    let [l, r] = heard(&StereoSettings::default(), 44_100, &left, &right);
    assert!(same_bits(&l, &left) && same_bits(&r, &right));
}

#[test]
fn without_width_both_channels_are_alike() {
    let mut random = Noise(2);
    let (left, right) = (random.samples(2_000), random.samples(2_000));
    let settings =
        StereoSettings { low_width: 0.0, mid_width: 0.0, high_width: 0.0, ..StereoSettings::default() };
    let [l, r] = heard(&settings, 48_000, &left, &right);
    assert!(same_bits(&l, &r));
}

#[test]
fn the_image_turns_and_keeps_its_power() {
    let mut random = Noise(3);
    let (left, right) = (random.samples(4_000), random.samples(4_000));
    let power = |pair: [&[f32]; 2]| -> f64 {
        pair.iter().flat_map(|channel| channel.iter()).map(|sample| f64::from(sample * sample)).sum()
    };
    for rotation_degrees in [-45.0, -20.0, 10.0, 45.0] {
        let settings = StereoSettings { rotation_degrees, ..StereoSettings::default() };
        let [l, r] = heard(&settings, 48_000, &left, &right);
        assert!((power([&l, &r]) / power([&left, &right]) - 1.0).abs() < 1e-6);
        // What stood in the middle stands at the angle.
        let [l, r] = heard(&settings, 48_000, &[0.5; 64], &[0.5; 64]);
        let angle = libm::atan2(f64::from(r[9]), f64::from(l[9])).to_degrees();
        assert!((angle - 45.0 - rotation_degrees).abs() < 1e-4);
    }
}

#[test]
fn balance_leaves_nothing_on_the_far_side_and_all_on_the_near() {
    let sound = Noise(4).samples(500);
    let [left, right] =
        heard(&StereoSettings { balance: 1.0, ..StereoSettings::default() }, 48_000, &sound, &sound);
    assert!(left.iter().all(|sample| *sample == 0.0) && same_bits(&right, &sound));
}

#[test]
fn middle_and_sides_have_gains_of_their_own_as_drawn() {
    let settings = StereoSettings { mid_db: -3.0, side_db: 4.0, low_width: 0.3, ..StereoSettings::default() };
    let curves = Stereo::curves(&settings, 48_000);
    let from = 48_000;
    for point in [30, 120, 200] {
        let (hz, mid_db) = curves[0].points[point];
        let (_, side_db) = curves[1].points[point];
        let sound = tone(hz, 0.25, 48_000, 96_000);
        let [mid, _] = heard(&settings, 48_000, &sound, &sound);
        let [side, _] = heard(&settings, 48_000, &sound, &negative(&sound));
        let level_db = |sound: &[f32]| db(find_tone(&sound[from..], from, hz, 48_000).amplitude / 0.25);
        assert!((level_db(&mid) - mid_db).abs() < 0.001 && (mid_db + 3.0).abs() < 1e-9, "{hz}");
        assert!((level_db(&side) - side_db).abs() < 0.001, "{hz}");
    }
}
