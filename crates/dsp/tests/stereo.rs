//! A stereo image is shaped as it is drawn, and its mono sum is left alone.

mod listening;

use listening::{Noise, db, find_tone, rms, same_bits, tone};
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

/// Noise, and the same later and at a gain.
fn copy(delay_frames: usize, gain: f32, frames: usize) -> [Vec<f32>; 2] {
    let sound = Noise(77).samples(frames + delay_frames);
    let early = sound[delay_frames..].to_vec();
    [early, sound[..frames].iter().map(|sample| sample * gain).collect()]
}

fn guarded() -> StereoSettings {
    StereoSettings { haas_guard_percent: 100.0, comb_db: 6.0, ..StereoSettings::default() }
}

#[test]
fn a_late_copy_combs_the_mono_sum_no_deeper_than_asked() {
    for (rate_hz, delay_frames) in [(48_000, 480), (44_100, 445), (96_000, 2_884), (48_000, 150)] {
        let frames = 2 * rate_hz as usize;
        let [early, late] = copy(delay_frames, 0.9, frames);
        for swapped in [false, true] {
            let (left, right) = if swapped { (&late, &early) } else { (&early, &late) };
            let [l, r] = heard(&guarded(), rate_hz, left, right);
            let (kept, turned_down) = if swapped { (&r, &l) } else { (&l, &r) };
            assert!(same_bits(kept, &early), "the earlier channel changed");
            // After the first second: a comb of 1 and a has peaks (1 + a)/(1 − a) over its dips.
            let from = rate_hz as usize;
            let a = rms(&turned_down[from..]) / rms(&early[from - delay_frames..]);
            let depth_db = db((1.0 + a) / (1.0 - a));
            // Noise as long as the guard remembers has a level that is known to 3 %: 0.3 dB.
            assert!((5.0..=6.4).contains(&depth_db), "{rate_hz} {delay_frames}: {depth_db}");
        }
    }
}

#[test]
fn the_guard_leaves_what_is_in_time_or_unrelated() {
    let frames = 96_000;
    let (one, other) = (Noise(5).samples(frames), Noise(6).samples(frames));
    let panned: Vec<f32> = one.iter().map(|sample| sample * 0.4).collect();
    let steady = tone(220.0, 0.5, 48_000, frames);
    let quarter = tone(220.0, 0.5, 48_000, frames + 50)[50..].to_vec();
    for (left, right) in [(&one, &other), (&one, &panned), (&steady, &quarter), (&one, &vec![0.0; frames])] {
        let [l, r] = heard(&guarded(), 48_000, left, right);
        assert!(same_bits(&l, left) && same_bits(&r, right));
    }
}

#[test]
fn the_guard_comes_and_goes_without_a_click() {
    // Noise up to 2 s and its copy, then unrelated: from frame to frame the gain moves by less than 0.1 dB.
    let [left, mut right] = copy(480, 1.0, 96_000);
    right.extend(Noise(8).samples(48_000));
    let left = [left, Noise(9).samples(48_000)].concat();
    let [_, r] = heard(&guarded(), 48_000, &left, &right);
    let gains: Vec<f64> = r
        .iter()
        .zip(&right)
        .filter(|(_, before)| before.abs() > 0.05)
        .map(|(after, before)| f64::from(after / before))
        .collect();
    assert!(gains.windows(2).all(|two| db(two[1] / two[0]).abs() < 0.1));
    assert!(gains.iter().any(|gain| *gain < 0.36) && gains.last().is_some_and(|gain| *gain > 0.99));
}
