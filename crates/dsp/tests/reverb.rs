//! What the reverb promises to those who listen: its decay times, no single resonance, two different sides, an end.

#![allow(clippy::unwrap_used)] // A test that cannot get ready has failed.

mod listening;
mod spaces;

use listening::{Noise, db, rms, strongest_line_db, tone};
use mixkeel_dsp::processor::Processor;
use mixkeel_dsp::processors::reverb::{Character, Reverb, ReverbSettings};
use spaces::{click_response, correlation, echo_density, octave, response, t30_s};

const CHARACTERS: [Character; 4] = [Character::Hall, Character::Room, Character::Chamber, Character::Plate];

/// The tail alone, from the lowest to the highest frequency.
fn tail_only() -> ReverbSettings {
    ReverbSettings { early_percent: 0.0, low_cut_hz: 10.0, high_cut_hz: 20_000.0, ..Default::default() }
}

/// T30 in an octave, the mean of both sides: two listeners in one room.
fn measured_s(settings: &ReverbSettings, rate_hz: u32, longest_s: f64, hz: f64) -> f64 {
    let frames = (1.3 * longest_s * f64::from(rate_hz)) as usize + rate_hz as usize / 5;
    let sides = click_response::<Reverb>(settings, rate_hz, frames);
    sides.iter().map(|side| t30_s(&octave(side, hz, rate_hz), rate_hz)).sum::<f64>() / 2.0
}

// 5 % is the smallest difference of decay time that is heard (ISO 3382-1, annex A).
#[test]
fn the_decay_is_the_time_set_at_1_khz() {
    for (turn, character) in CHARACTERS.into_iter().enumerate() {
        // The smallest, the usual and the largest for all; high rates and very long times for one each.
        let other =
            [(96_000, 25.0, 2.0), (48_000, 80.0, 10.0), (192_000, 70.0, 1.0), (44_100, 50.0, 0.5)][turn];
        for (rate_hz, size_percent, decay_s) in
            [(44_100, 0.0, 0.3), (48_000, 50.0, 1.0), (48_000, 100.0, 3.0), other]
        {
            let settings = ReverbSettings { character, size_percent, decay_s, ..tail_only() };
            let t30_s = measured_s(&settings, rate_hz, 1.2 * decay_s, 1_000.0);
            let off = t30_s / decay_s - 1.0;
            assert!(
                off.abs() < 0.05,
                "{character:?} {rate_hz} Hz, size {size_percent}, {decay_s} s: {t30_s}"
            );
        }
    }
}

#[test]
fn lows_and_highs_decay_in_their_own_times() {
    for (character, rate_hz, decay_s) in [
        (Character::Hall, 48_000, 2.0),
        (Character::Room, 44_100, 0.8),
        (Character::Plate, 96_000, 1.5),
        (Character::Chamber, 48_000, 1.0),
    ] {
        let (low_decay_ratio, high_decay_ratio) = (1.4, 0.5);
        for (hz, ratio) in [(100.0, low_decay_ratio), (8_000.0, high_decay_ratio)] {
            // The mean of three sizes: in the octave at 100 Hz one space has only some dozens of modes.
            let of_size = |size_percent: f64| {
                let settings = ReverbSettings {
                    character,
                    decay_s,
                    size_percent,
                    low_decay_ratio,
                    high_decay_ratio,
                    ..tail_only()
                };
                measured_s(&settings, rate_hz, decay_s * low_decay_ratio, hz)
            };
            let off = [40.0, 60.0, 80.0].map(of_size).iter().sum::<f64>() / 3.0 / (decay_s * ratio) - 1.0;
            println!("{character:?} {hz} Hz: {:+.1} %", 100.0 * off);
            // Of an octave the slowest part lasts longest: where the band is shorter than the middle, that is the part
            // nearest to the crossover, which is on its way between the two.
            let allowed = if ratio < 1.0 { 0.08 } else { 0.05 };
            assert!(off.abs() < allowed, "{character:?} {hz} Hz: {off}");
        }
    }
}

/// When echoes first are as dense as noise: nine tenths, in two windows in a row.
fn dense_after_ms(settings: &ReverbSettings) -> f64 {
    let [left, _] = click_response::<Reverb>(settings, 48_000, 24_000);
    let density = echo_density(&left, 48_000);
    let dense = density.windows(2).find(|two| two[0].1 > 0.9 && two[1].1 > 0.9).unwrap()[0].0;
    dense - settings.pre_delay_ms
}

#[test]
fn a_click_soon_becomes_a_wash_and_sooner_on_a_plate_than_in_a_hall() {
    let after_ms: Vec<(&str, f64)> = Reverb::PRESETS
        .iter()
        .map(|preset| (preset.id, dense_after_ms(&preset.settings().unwrap())))
        .collect();
    let of = |id: &str| after_ms.iter().find(|(preset, _)| *preset == id).unwrap().1;
    assert!(of("plate") <= 30.0 && of("ambience") <= 40.0 && of("room") <= 40.0 && of("chamber") <= 40.0);
    assert!(of("drum-room") <= 60.0 && of("hall") <= 60.0 && of("big-hall") <= 100.0);
    let sparse = ReverbSettings { diffusion_percent: 0.0, ..tail_only() };
    assert!(dense_after_ms(&sparse) > 1.5 * dense_after_ms(&tail_only()));
}

#[test]
fn mono_in_both_sides_share_nothing_and_their_sum_does_not_collapse() {
    for preset in Reverb::PRESETS {
        let [left, right] = click_response::<Reverb>(&preset.settings().unwrap(), 48_000, 48_000);
        assert!(correlation(&left, &right).abs() < 0.2, "{}", preset.id);
        let sum: Vec<f32> = left.iter().zip(&right).map(|(left, right)| (left + right) / 2.0).collect();
        // Two different sounds of one level: half their sum is 3 dB under either.
        let lost_db =
            db(rms(&sum)) - db((rms(&left) * rms(&left) / 2.0 + rms(&right) * rms(&right) / 2.0).sqrt());
        assert!((lost_db + 3.01).abs() < 1.0, "{}: {lost_db}", preset.id);
    }
}

#[test]
fn no_width_is_the_same_on_both_sides_and_as_loud() {
    let wide = click_response::<Reverb>(&tail_only(), 48_000, 48_000);
    let narrow =
        click_response::<Reverb>(&ReverbSettings { width_percent: 0.0, ..tail_only() }, 48_000, 48_000);
    assert!(correlation(&narrow[0], &narrow[1]) > 0.999_999);
    assert!((db(rms(&narrow[0])) - db(rms(&wide[0]))).abs() < 0.7);
}

#[test]
fn decay_and_size_do_not_change_how_loud_noise_comes_back() {
    let mut noise = Noise(7);
    let sound = [noise.samples(4 * 48_000), noise.samples(4 * 48_000)];
    for character in CHARACTERS {
        for (size_percent, decay_s) in
            [(0.0, 0.5), (50.0, 0.5), (50.0, 1.0), (50.0, 3.0), (100.0, 3.0), (100.0, 1.0)]
        {
            // The same decay everywhere, so that what is measured is the level and not the colour.
            let (low_decay_ratio, high_decay_ratio) = (1.0, 1.0);
            let settings = ReverbSettings {
                character,
                size_percent,
                decay_s,
                low_decay_ratio,
                high_decay_ratio,
                ..tail_only()
            };
            let [left, _] = response::<Reverb>(&settings, 48_000, sound.clone());
            let gain_db = db(rms(&left[3 * 48_000..])) - db(rms(&sound[0][3 * 48_000..]));
            assert!(gain_db.abs() < 1.0, "{character:?} {size_percent} {decay_s}: {gain_db}");
        }
    }
}

#[test]
fn it_ends_without_a_rest() {
    for character in CHARACTERS {
        let settings = ReverbSettings { character, decay_s: 1.0, low_decay_ratio: 1.0, ..Default::default() };
        let mut noise = Noise(3);
        let mut sound = [noise.samples(48_000), noise.samples(48_000)];
        let pushed = |sample: &mut f32| *sample = 0.5 + 0.5 * *sample;
        sound.iter_mut().for_each(|side| {
            side.iter_mut().for_each(pushed);
            side.resize(48_000 * 6, 0.0);
        });
        for side in response::<Reverb>(&settings, 48_000, sound) {
            let after = &side[48_000 + 48_000 * 22 / 10..];
            let peak = after.iter().fold(0.0_f32, |peak, sample| peak.max(sample.abs()));
            assert!(db(f64::from(peak)) < -120.0, "{character:?}: {}", db(f64::from(peak)));
            // Twice the time, twice the decibels: nothing circles for ever.
            assert!(side[48_000 * 5..].iter().all(|sample| sample.abs() < 1e-10), "{character:?}");
        }
    }
}

/// How far the strongest line of the late tail stands above the mean power, in dB, for a band where decay is even.
fn strongest_resonance_db(late: &[f32], rate_hz: u32) -> f64 {
    let levels = listening::spectrum_db(late);
    let bin_hz = f64::from(rate_hz) / late.len() as f64;
    let band: Vec<f64> = levels[(300.0 / bin_hz) as usize..(3_000.0 / bin_hz) as usize].to_vec();
    let mean = band.iter().map(|level| libm::exp10(level / 10.0)).sum::<f64>() / band.len() as f64;
    band.iter().fold(f64::NEG_INFINITY, |most, level| most.max(*level)) - 10.0 * libm::log10(mean)
}

// In Gaussian noise the power of a bin is exponentially distributed: of n independent ones the strongest stands 10·log10(ln n +
// 0.58) dB above the mean, which the noise beside it shows to be 10 dB here. A ringing mode of a metal box stands 20 dB and
// more above. Half of that is allowed: no line is twice as loud as the loudest of noise.
#[test]
fn no_resonance_stands_out_of_the_late_tail() {
    for character in CHARACTERS {
        for (size_percent, decay_s) in [(30.0, 1.0), (50.0, 2.0), (80.0, 4.0)] {
            let settings = ReverbSettings { character, size_percent, decay_s, ..tail_only() };
            let sides = click_response::<Reverb>(&settings, 48_000, 4 * 48_000);
            // The same fall of level on noise, to compare with.
            let mut noise = Noise(11);
            let fall = |frame: usize| libm::exp10(-3.0 * frame as f64 / (decay_s * 48_000.0));
            let (mut tail_db, mut noise_db) = (0.0, 0.0);
            for round in 0..4 {
                let from = (0.3 * decay_s * 48_000.0) as usize + 24_000 * (round / 2);
                let like: Vec<f32> = (0..65_536).map(|frame| (noise.next() * fall(frame)) as f32).collect();
                tail_db += strongest_resonance_db(&sides[round % 2][from..][..65_536], 48_000) / 4.0;
                noise_db += strongest_resonance_db(&like, 48_000) / 4.0;
            }
            println!(
                "{character:?}, size {size_percent}, {decay_s} s: {tail_db:.1} dB, noise {noise_db:.1} dB"
            );
            assert!(tail_db < noise_db + 5.0, "{character:?}: {tail_db} dB, noise {noise_db} dB");
        }
    }
}

// 6 Hz is 10 cents at 1 kHz, about twice what is heard as a change of pitch of a steady tone (E. Zwicker and H. Fastl,
// "Psychoacoustics", ch. 7.2, give 0.7 % for slow frequency modulation, 12 cents).
#[test]
fn a_held_note_keeps_its_pitch() {
    let settings =
        ReverbSettings { decay_s: 4.0, modulation_percent: 100.0, high_decay_ratio: 1.0, ..tail_only() };
    let note = tone(1_000.0, 0.5, 48_000, 6 * 48_000);
    let [left, _] = response::<Reverb>(&settings, 48_000, [note.clone(), note]);
    let held = &left[3 * 48_000..][..131_072];
    let beside_db = strongest_line_db(held, Some(1_000.0), 48_000) - db(rms(held));
    assert!(beside_db < -50.0, "{beside_db}");
}

#[test]
fn settings_move_without_clicks() {
    let note = tone(200.0, 0.5, 48_000, 96_000);
    let step = |sound: &[f32]| {
        sound.windows(3).map(|three| (three[0] - 2.0 * three[1] + three[2]).abs()).fold(0.0, f32::max)
    };
    let at_rest = ReverbSettings { high_cut_hz: 3_000.0, ..Default::default() };
    let mut moved = vec![at_rest; 6];
    moved[0].decay_s = 0.4;
    moved[1].size_percent = 90.0;
    moved[2].pre_delay_ms = 40.0;
    moved[3].width_percent = 0.0;
    moved[4].high_decay_ratio = 0.1;
    moved[5].diffusion_percent = 0.0;
    for to in moved {
        use mixkeel_dsp::block::{Block, Channels};
        use mixkeel_dsp::processor::{Context, Setup};
        let mut space = Reverb::default();
        space.set(&at_rest);
        space.prepare(&Setup { rate_hz: 48_000, channels: Channels::Stereo, max_block_frames: 480 });
        let (mut left, mut right) = (note.clone(), note.clone());
        for (index, (left, right)) in left.chunks_mut(480).zip(right.chunks_mut(480)).enumerate() {
            space.set(if index < 120 { &at_rest } else { &to });
            let at = Context { frame: 480 * index as i64, tempo_bpm: 120.0 };
            space.process(&mut Block::stereo(left, right), &[], &at);
        }
        // The bend of a sine of the loudest second, and a hundredth of full scale at most on top of it.
        let (before, after) = (step(&left[40_000..57_000]), step(&left[57_000..70_000]));
        assert!(after < before + 0.01, "{to:?}: {before} {after}");
    }
}

#[test]
fn the_curve_that_is_drawn_is_the_decay_that_is_heard() {
    let settings = ReverbSettings { low_decay_ratio: 1.4, ..tail_only() };
    let curves = Reverb::curves(&settings, 48_000);
    for hz in [100.0, 1_000.0, 10_000.0] {
        let drawn_s = curves[0].points.iter().find(|(along, _)| *along >= hz).unwrap().1;
        let heard_s = measured_s(&settings, 48_000, 2.6, hz);
        assert!((heard_s / drawn_s - 1.0).abs() < 0.05, "{hz}: {drawn_s} {heard_s}");
    }
}

#[test]
fn the_picture_in_the_reference_is_how_it_sounds_today() {
    let shown = include_str!("../../../docs/reference/img/reverb.svg").replace("\r\n", "\n");
    let today = spaces::picture::svg();
    assert!(today.len() < 60_000);
    let line = shown.lines().zip(today.lines()).position(|(shown, today)| shown != today);
    assert!(
        shown == today,
        "line {line:?} differs; draw it anew: cargo run --release -p mixkeel-dsp --example reverb_report -- \
         docs/reference/img/reverb.svg"
    );
}
