//! What the delay promises to those who listen: echoes in time, sides, colour, room for the sound itself, no clicks, an end.

#![allow(clippy::unwrap_used)] // A test that cannot get ready has failed.

mod listening;
mod spaces;

use listening::{Noise, db, find_tone, rms, same_bits, tone};
use mixkeel_dsp::block::{Block, Channels};
use mixkeel_dsp::catalog;
use mixkeel_dsp::kernels::svf::{Section, tan_half};
use mixkeel_dsp::processor::{Context, Processor, Setup};
use mixkeel_dsp::processors::delay::{Delay, DelaySettings, Note};
use spaces::response;

const RATE_HZ: u32 = 48_000;

/// Echoes that lose as little as can be set.
fn open() -> DelaySettings {
    DelaySettings { low_cut_hz: 20.0, high_cut_hz: 20_000.0, ..Default::default() }
}

/// What comes back on both sides, with a tempo for every block of 480 frames.
fn played(
    settings: impl Fn(usize) -> DelaySettings,
    tempo_bpm: impl Fn(usize) -> f64,
    [left, right]: [&[f32]; 2],
) -> [Vec<f32>; 2] {
    let mut delay = Delay::default();
    delay.set(&settings(0));
    delay.prepare(&Setup { rate_hz: RATE_HZ, channels: Channels::Stereo, max_block_frames: 480 });
    let (mut left, mut right) = (left.to_vec(), right.to_vec());
    for (index, (left, right)) in left.chunks_mut(480).zip(right.chunks_mut(480)).enumerate() {
        delay.set(&settings(index));
        let at = Context { frame: 480 * index as i64, tempo_bpm: tempo_bpm(index) };
        delay.process(&mut Block::stereo(left, right), &[], &at);
    }
    [left, right]
}

fn click(frames: usize) -> Vec<f32> {
    let mut click = vec![0.0; frames];
    click[0] = 1.0;
    click
}

fn first_sound(sound: &[f32]) -> Option<usize> {
    sound.iter().position(|sample| *sample != 0.0)
}

/// The gain of one pass through both cuts, in dB.
fn pass_db(settings: &DelaySettings, hz: f64) -> f64 {
    let q = std::f64::consts::FRAC_1_SQRT_2;
    Section::high_pass(tan_half(settings.low_cut_hz, RATE_HZ), q).gain_db(hz, RATE_HZ)
        + Section::low_pass(tan_half(settings.high_cut_hz, RATE_HZ), q).gain_db(hz, RATE_HZ)
}

/// The levels of the first echoes of a tone that plays for half the time between them, in dB under the tone.
fn echo_levels_db(settings: &DelaySettings, hz: f64, echoes: usize) -> Vec<f64> {
    let apart = (settings.time_ms * 48.0) as usize;
    let mut sound = listening::faded_tone(hz, 0.5, RATE_HZ, apart / 2);
    sound.resize((echoes + 1) * apart, 0.0);
    let [left, _] = response::<Delay>(settings, RATE_HZ, [sound.clone(), sound.clone()]);
    let level = |sound: &[f32], from: usize| {
        db(find_tone(&sound[from + apart / 6..from + apart / 3], 0, hz, RATE_HZ).amplitude)
    };
    (1..=echoes).map(|echo| level(&left, echo * apart) - level(&sound, 0)).collect()
}

#[test]
fn every_echo_comes_on_its_frame_at_every_rate() {
    for (rate_hz, time_ms, apart) in
        [(44_100, 5.0, 221), (48_000, 5.0, 240), (48_000, 333.333, 16_000), (192_000, 3_000.0, 576_000)]
    {
        let frames = 3 * apart;
        let once = DelaySettings { time_ms, feedback_percent: 0.0, ..open() };
        let again = DelaySettings { feedback_percent: 50.0, ..once };
        let [one, two] = [once, again]
            .map(|settings| spaces::click_response::<Delay>(&settings, rate_hz, frames)[0].clone());
        assert_eq!(first_sound(&one), Some(apart));
        // With feedback the second echo begins exactly as much later.
        let differs = one.iter().zip(&two).position(|(one, two)| one != two);
        assert_eq!(differs, Some(2 * apart), "{rate_hz} Hz, {time_ms} ms");
    }
}

#[test]
fn half_the_feedback_is_six_decibels_a_repeat() {
    let settings = DelaySettings { time_ms: 200.0, feedback_percent: 50.0, ..open() };
    for (index, level_db) in echo_levels_db(&settings, 1_000.0, 5).into_iter().enumerate() {
        let wanted_db = -6.0206 * index as f64 + (index + 1) as f64 * pass_db(&settings, 1_000.0);
        // The fade of the tone spreads a little into frequencies that the cuts treat otherwise.
        assert!((level_db - wanted_db).abs() < 0.02, "echo {index}: {level_db} dB, wanted {wanted_db} dB");
    }
}

#[test]
fn each_repeat_is_darker_and_thinner_by_one_more_pass_through_the_cuts() {
    let settings = DelaySettings {
        time_ms: 300.0,
        feedback_percent: 80.0,
        low_cut_hz: 300.0,
        high_cut_hz: 3_000.0,
        ..Default::default()
    };
    let middle = echo_levels_db(&settings, 1_000.0, 4);
    for hz in [150.0, 6_000.0] {
        let heard = echo_levels_db(&settings, hz, 4);
        let lost_db = pass_db(&settings, hz) - pass_db(&settings, 1_000.0);
        assert!(lost_db < -10.0);
        for (index, (heard, middle)) in heard.iter().zip(&middle).enumerate() {
            let wanted_db = (index + 1) as f64 * lost_db;
            assert!((heard - middle - wanted_db).abs() < 0.3, "{hz} Hz, echo {index}: {heard} {middle}");
        }
    }
}

#[test]
fn notes_last_as_long_as_the_tempo_says() {
    use Note::{DottedEighth, Eighth, EighthTriplet, Half, Quarter, QuarterTriplet, SixteenthTriplet};
    for (note, tempo_bpm, apart) in [
        (Quarter, 120.0, 24_000),
        (Quarter, 90.0, 32_000),
        (Eighth, 120.0, 12_000),
        (DottedEighth, 120.0, 18_000),
        (DottedEighth, 100.0, 21_600),
        (EighthTriplet, 120.0, 8_000),
        (QuarterTriplet, 75.0, 25_600),
        (SixteenthTriplet, 180.0, 2_667),
        (Note::DottedQuarter, 120.0, 36_000),
        (Note::DottedSixteenth, 120.0, 9_000),
        (Note::Sixteenth, 137.5, 5_236),
        (Half, 60.0, 96_000),
        // 6 s are too long: half of them are still in time.
        (Half, 20.0, 144_000),
        (Note::None, 20.0, 16_800),
    ] {
        let sound = click(apart + 100);
        let [left, _] = played(|_| DelaySettings { note, ..open() }, |_| tempo_bpm, [&sound, &sound]);
        assert_eq!(first_sound(&left), Some(apart), "{note:?} at {tempo_bpm}");
    }
}

#[test]
fn ping_pong_goes_from_left_to_right_to_left() {
    let settings = DelaySettings { time_ms: 100.0, feedback_percent: 50.0, ping_pong: true, ..open() };
    // A click on the right alone begins on the left as well.
    for (left, right) in [(1.0, 1.0), (0.0, 1.0)] {
        let mut sound = [click(20_000), click(20_000)];
        (sound[0][0], sound[1][0]) = (left, right);
        let [heard_left, heard_right] = response::<Delay>(&settings, RATE_HZ, sound);
        assert_eq!(first_sound(&heard_left), Some(4_800));
        assert_eq!(first_sound(&heard_right), Some(9_600));
        // Between its echoes each side has only what the low cut at 20 Hz still rings.
        let of = |side: &[f32], echo: usize| rms(&side[4_800 * echo..][..480]);
        let near = |a: f64, b: f64| (db(a) - db(b)).abs() < 0.5;
        assert!(near(of(&heard_right, 2) * 2.0, of(&heard_left, 1)));
        assert!(near(of(&heard_left, 3) * 2.0, of(&heard_right, 2)));
        assert!(of(&heard_left, 2) < 0.02 * of(&heard_right, 2));
        assert!(of(&heard_right, 3) < 0.02 * of(&heard_left, 3));
    }
}

#[test]
fn sides_stay_apart_at_full_width_and_are_one_at_none() {
    let sound = [tone(500.0, 0.5, RATE_HZ, 48_000), tone(900.0, 0.5, RATE_HZ, 48_000)];
    let wide = response::<Delay>(&open(), RATE_HZ, sound.clone());
    assert!(find_tone(&wide[0][38_400..], 0, 900.0, RATE_HZ).amplitude < 1e-3);
    assert!(find_tone(&wide[1][38_400..], 0, 500.0, RATE_HZ).amplitude < 1e-3);
    let [left, right] =
        response::<Delay>(&DelaySettings { width_percent: 0.0, ..open() }, RATE_HZ, sound.clone());
    assert!(same_bits(&left, &right));
    let half = find_tone(&left[38_400..], 0, 500.0, RATE_HZ).amplitude
        / find_tone(&wide[0][38_400..], 0, 500.0, RATE_HZ).amplitude;
    assert!((db(half) + 6.02).abs() < 0.01);
}

#[test]
fn ducked_echoes_step_back_by_what_is_set_and_return_when_the_sound_ends() {
    let mut sound = tone(1_000.0, 0.25, RATE_HZ, 48_000);
    sound.resize(96_000, 0.0);
    let heard = |duck_db: f64| {
        let settings = DelaySettings { time_ms: 500.0, feedback_percent: 0.0, duck_db, ..open() };
        response::<Delay>(&settings, RATE_HZ, [sound.clone(), sound.clone()])[0].clone()
    };
    let (plain, ducked) = (heard(0.0), heard(12.0));
    let step_db = |from: usize| db(rms(&ducked[from..from + 480])) - db(rms(&plain[from..from + 480]));
    // While the sound plays, and half a second after its end.
    assert!((step_db(40_000) + 12.0).abs() < 0.01, "{}", step_db(40_000));
    assert!(step_db(71_000).abs() < 0.01, "{}", step_db(71_000));
    // On its way between, without a jump.
    let path: Vec<f64> = (48_500..71_000).step_by(480).map(step_db).collect();
    assert!(path.windows(2).all(|two| two[1] >= two[0] - 0.01 && two[1] < two[0] + 1.0));
}

#[test]
fn a_sway_is_never_early_and_at_most_twice_its_depth_late() {
    let settings = DelaySettings {
        time_ms: 100.0,
        feedback_percent: 0.0,
        sway_ms: 2.0,
        sway_hz: 0.5,
        low_cut_hz: 2_000.0,
        ..open()
    };
    let mut clicks = vec![0.0; 48_000 * 4];
    clicks.iter_mut().step_by(9_600).for_each(|sample| *sample = 1.0);
    let [left, _] = response::<Delay>(&settings, RATE_HZ, [clicks.clone(), clicks]);
    let late: Vec<usize> = left[4_800 - 2..]
        .chunks(9_600)
        .filter(|part| part.len() > 4_000)
        .map(|part| {
            let peak = part.iter().enumerate().max_by(|a, b| a.1.abs().total_cmp(&b.1.abs()));
            peak.unwrap().0
        })
        .collect();
    let (least, most) = (*late.iter().min().unwrap(), *late.iter().max().unwrap());
    // Two frames of head start above; the peak of the filters lies a frame or two after their onset.
    assert!(least >= 2 && most <= 2 + 192 + 3 && most - least > 180, "{late:?}");
}

#[test]
fn one_channel_gives_the_bits_of_two_equal_ones() {
    let mut random = Noise(4);
    let sound = random.samples(30_000);
    let settings = DelaySettings {
        time_ms: 37.0,
        feedback_percent: 70.0,
        sway_ms: 1.0,
        duck_db: 6.0,
        width_percent: 60.0,
        mix_percent: 40.0,
        ..Default::default()
    };
    let [left, right] = response::<Delay>(&settings, RATE_HZ, [sound.clone(), sound.clone()]);
    let mut alone = Delay::default();
    alone.set(&settings);
    alone.prepare(&Setup { rate_hz: RATE_HZ, channels: Channels::Mono, max_block_frames: 4_096 });
    let mut mono = sound;
    for (index, part) in mono.chunks_mut(4_096).enumerate() {
        let at = Context { frame: 4_096 * index as i64, tempo_bpm: 120.0 };
        alone.process(&mut Block::mono(part), &[], &at);
    }
    assert!(same_bits(&left, &right) && same_bits(&left, &mono));
}

/// The sharpest bend of a waveform: a click shows in it.
fn sharpest(sound: &[f32]) -> f32 {
    sound.windows(3).map(|three| (three[0] - 2.0 * three[1] + three[2]).abs()).fold(0.0, f32::max)
}

#[test]
fn nothing_that_is_moved_clicks_and_neither_does_the_tempo() {
    let note = tone(200.0, 0.5, RATE_HZ, 96_000);
    let at_rest = DelaySettings { note: Note::Eighth, sway_ms: 0.5, ..Default::default() };
    let mut moved = vec![at_rest; 11];
    moved[0].note = Note::EighthTriplet;
    (moved[1].note, moved[1].time_ms) = (Note::None, 123.0);
    moved[2].feedback_percent = 80.0;
    moved[3].ping_pong = true;
    moved[4].low_cut_hz = 400.0;
    moved[5].high_cut_hz = 700.0;
    moved[6].sway_ms = 5.0;
    moved[7].sway_hz = 1.7;
    moved[8].duck_db = 18.0;
    moved[9].width_percent = 0.0;
    let other = tone(200.0, 0.3, RATE_HZ, 96_000);
    for (index, to) in moved.into_iter().enumerate() {
        // The last one stays as it is while the tempo jumps.
        let tempo_bpm = |block: usize| if index == 10 && block >= 120 { 131.0 } else { 120.0 };
        let heard = played(|block| if block < 120 { at_rest } else { to }, tempo_bpm, [&note, &other]);
        for side in heard {
            // The bend of a sine that is a little louder, and the corner of a gain that leaves half of full scale within
            // one cell of the control grid.
            let (before, after) = (sharpest(&side[40_000..57_000]), sharpest(&side[57_000..90_000]));
            assert!(after < 1.5 * before + 0.5 / 64.0, "{index} {to:?}: {before} {after}");
        }
    }
}

#[test]
fn after_a_change_of_tempo_echoes_keep_the_new_time() {
    let mut sound = vec![0.0; 96_000];
    sound[0] = 0.5;
    sound[48_000] = 1.0;
    let settings = DelaySettings { note: Note::Eighth, feedback_percent: 0.0, ..open() };
    let [left, _] = played(|_| settings, |block| if block < 50 { 120.0 } else { 96.0 }, [&sound, &sound]);
    assert_eq!(first_sound(&left), Some(12_000));
    let loudest = left[40_000..].iter().enumerate().max_by(|a, b| a.1.abs().total_cmp(&b.1.abs())).unwrap().0;
    assert!((23_000..23_002).contains(&loudest), "{loudest}");
}

#[test]
fn a_loud_note_in_time_with_high_feedback_is_gone_after_the_tail_and_not_long_before() {
    let settings = DelaySettings { time_ms: 20.0, feedback_percent: 95.0, ..open() };
    // 1 kHz falls in with itself every 20 ms: it adds up to twenty times its level.
    let mut sound = tone(1_000.0, 1.0, RATE_HZ, 96_000);
    let mut delay = Delay::default();
    delay.set(&settings);
    delay.prepare(&Setup { rate_hz: RATE_HZ, channels: Channels::Mono, max_block_frames: 4_096 });
    delay.process(&mut Block::mono(&mut sound), &[], &Context { frame: 0, tempo_bpm: 120.0 });
    let loudest = sound[90_000..].iter().fold(0.0_f32, |most, sample| most.max(sample.abs()));
    assert!(loudest > 15.0);
    let tail = delay.tail().frames();
    let mut rest = vec![0.0; tail + 4_800];
    delay.process(&mut Block::mono(&mut rest), &[], &Context { frame: 96_000, tempo_bpm: 120.0 });
    let peak = |part: &[f32]| db(f64::from(part.iter().fold(0.0_f32, |most, sample| most.max(sample.abs()))));
    assert!(peak(&rest[tail..]) < -120.0);
    assert!(peak(&rest[tail * 3 / 4..]) > -120.0, "the tail is over a third longer than it has to be");
}

#[test]
fn a_faster_tempo_or_less_feedback_does_not_cut_off_what_still_rings() {
    let kind = catalog::find("delay").unwrap();
    for (tempo_bpm, feedback) in [(240.0, 60.0), (60.0, 5.0)] {
        let mut delay = (kind.build)();
        delay.prepare(&Setup { rate_hz: RATE_HZ, channels: Channels::Mono, max_block_frames: 4_096 });
        let settings = DelaySettings { note: Note::Half, feedback_percent: 60.0, ..open() };
        delay.set(&settings);
        let mut noise = Noise(8);
        let mut sound = noise.samples(4_800);
        delay.process(&mut Block::mono(&mut sound), &[], &Context { frame: 0, tempo_bpm: 60.0 });
        // Five echoes of two seconds each.
        let mut silence = vec![0.0; 480_000];
        delay.process(&mut Block::mono(&mut silence), &[], &Context { frame: 4_800, tempo_bpm: 60.0 });
        delay.set(&DelaySettings { feedback_percent: feedback, ..settings });
        let mut after = vec![0.0; 240_000];
        delay.process(&mut Block::mono(&mut after), &[], &Context { frame: 484_800, tempo_bpm });
        let loudest = after[10_000..].iter().fold(0.0_f32, |most, sample| most.max(sample.abs()));
        // Four passes at 60 % are 18 dB down; one at 5 % may come on top, and half of noise at the cuts.
        assert!(db(f64::from(loudest)) > -55.0, "{tempo_bpm} {feedback}: {loudest}");
    }
}
