//! The pitch of a line is heard as it was sung, its notes where they begin, and where nothing is sung nothing is heard.

use mixkeel_analysis::meter::Meter;
use mixkeel_analysis::music::pitch::{Line, LineMeter, Register, intonation, timing};
use mixkeel_analysis::music::rhythm::Rhythm;
use mixkeel_analysis::profile::{Profile, ProfileMeter};
use mixkeel_dsp::block::{Channels, Signal};

const RATE: u32 = 44_100;
const TURN: f64 = 2.0 * std::f64::consts::PI;

fn hz(midi: f64) -> f64 {
    440.0 * libm::exp2((midi - 69.0) / 12.0)
}

fn heard(wave: &[f32], register: Register) -> Line {
    let mut meter = LineMeter::new(register);
    meter.prepare(RATE, Channels::Mono);
    meter.push(&Signal::mono(wave));
    meter.finish()
}

/// A tone with overtones of these heights, whose pitch is a function of time; 10 ms to come and go.
fn tone(seconds: f64, heights: &[f64], pitch: impl Fn(f64) -> f64) -> Vec<f32> {
    let frames = (seconds * f64::from(RATE)) as usize;
    let mut phase = 0.0;
    (0..frames)
        .map(|n| {
            let t = n as f64 / f64::from(RATE);
            let freq = hz(pitch(t));
            phase += freq / f64::from(RATE);
            let sum: f64 = heights
                .iter()
                .enumerate()
                .filter(|(n, _)| (*n as f64 + 1.0) * freq < f64::from(RATE) / 2.0)
                .map(|(n, height)| height * libm::sin(TURN * phase * (n as f64 + 1.0)))
                .sum();
            let edge = (t / 0.01).min((seconds - t) / 0.01).clamp(0.0, 1.0);
            (0.2 * edge * sum) as f32
        })
        .collect()
}

/// Heights of the overtones of a voice or a string: each half of the one an octave below.
fn full() -> Vec<f64> {
    (1..=30).map(|n| 1.0 / f64::from(n)).collect()
}

fn noise(frames: usize, mut seed: u32, rms: f64) -> Vec<f32> {
    (0..frames)
        .map(|_| {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            // Even between ±1: its mean square is a third.
            let x = f64::from(seed >> 8) / f64::from(1_u32 << 23) - 1.0;
            (x * rms * 3.0_f64.sqrt()) as f32
        })
        .collect()
}

fn plus(a: &[f32], b: &[f32]) -> Vec<f32> {
    a.iter().zip(b).map(|(a, b)| a + b).collect()
}

fn rms(wave: &[f32]) -> f64 {
    (wave.iter().map(|x| f64::from(*x) * f64::from(*x)).sum::<f64>() / wave.len() as f64).sqrt()
}

/// How many of the steps between two times are within so many cents of a pitch.
fn right(line: &Line, from_s: f64, to_s: f64, cents: f64, pitch: impl Fn(f64) -> f64) -> f64 {
    let steps = (from_s * 100.0) as usize..(to_s * 100.0) as usize;
    let count = steps.len();
    let off = |step: usize| line.pitch(step).map(|x| 100.0 * (x - pitch(0.01 * step as f64 + 0.005)).abs());
    steps.filter(|&step| off(step).is_some_and(|off| off <= cents)).count() as f64 / count as f64
}

#[test]
fn every_semitone_of_both_registers_is_read_within_two_cents() {
    for (register, lowest, highest) in [(Register::Voice, 36, 86), (Register::Bass, 24, 67)] {
        for note in lowest..=highest {
            for (name, heights) in [("full", full()), ("sine", vec![1.0])] {
                let pitch = f64::from(note) + 0.37;
                let line = heard(&tone(0.6, &heights, |_| pitch), register);
                let share = right(&line, 0.08, 0.52, 2.0, |_| pitch);
                let now = line.pitch(30);
                assert!(
                    share == 1.0,
                    "{register:?} {name} {pitch}: {share} within 2 cents, {now:?} in the middle"
                );
            }
        }
    }
}

#[test]
fn overtones_that_invite_to_take_another_octave_do_not() {
    // The fundamental missing; the second 14 dB over every odd one; odd ones only; the third alone with a faint fundamental.
    let traps: [(&str, Vec<f64>); 4] = [
        ("no fundamental", [&[0.0, 0.0][..], &full()[2..]].concat()),
        ("strong octave", vec![0.2, 1.0, 0.2, 0.3, 0.2]),
        ("odd ones", (1..30).map(|n| f64::from(n % 2) / f64::from(n)).collect()),
        ("strong twelfth", vec![0.3, 0.0, 1.0]),
    ];
    for (name, heights) in traps {
        for (register, note) in
            [(Register::Voice, 45.2), (Register::Voice, 57.0), (Register::Bass, 31.0), (Register::Bass, 43.0)]
        {
            let line = heard(&tone(1.0, &heights, |_| note), register);
            let share = right(&line, 0.06, 0.94, 10.0, |_| note);
            assert!(share >= 0.98, "{name} at {note}: {share}, {:?} in the middle", line.pitch(50));
        }
    }
}

#[test]
fn a_glide_is_read_without_delay() {
    // An octave a second is 12 cents a step: within 6 cents it is no more than half a step late or early.
    for (register, from) in [(Register::Voice, 48.0), (Register::Voice, 64.0), (Register::Bass, 33.0)] {
        let glide = |t: f64| from + 12.0 * t;
        let line = heard(&tone(1.5, &full(), glide), register);
        let share = right(&line, 0.1, 1.4, 6.0, glide);
        assert!(share >= 0.97, "from {from}: {share}");
    }
}

#[test]
fn vibrato_is_measured_and_a_straight_tone_has_none() {
    for (note, rate_hz, extent_cents) in
        [(57.0, 5.5, 30.0), (60.0, 6.3, 80.0), (72.0, 4.8, 50.0), (45.0, 5.0, 40.0), (69.0, 7.2, 20.0)]
    {
        let pitch = |t: f64| note + extent_cents / 100.0 * libm::sin(TURN * rate_hz * t);
        let line = heard(&tone(1.6, &full(), pitch), Register::Voice);
        assert_eq!(line.notes.len(), 1, "{rate_hz} Hz by {extent_cents}: {:?}", line.notes);
        let vibrato = line.notes[0].vibrato.expect("there is vibrato");
        // Rates are tried a tenth of a hertz apart; the mean over a window is made up for, its edges are not: a tenth.
        assert!((vibrato.rate_hz - rate_hz).abs() <= 0.11, "{vibrato:?} for {rate_hz}");
        assert!((vibrato.extent_cents / extent_cents - 1.0).abs() <= 0.1, "{vibrato:?} for {extent_cents}");
        assert!((line.notes[0].pitch() - note).abs() <= 0.06, "{}", line.notes[0].pitch());
    }
    let straight = heard(&plus(&tone(1.6, &full(), |_| 57.0), &noise(70_560, 3, 0.002)), Register::Voice);
    assert!(straight.notes.len() == 1 && straight.notes[0].vibrato.is_none(), "{:?}", straight.notes);
}

#[test]
fn noise_and_bleed_are_borne_and_are_no_line_themselves() {
    let tune = |t: f64| [57.0, 60.0, 64.0, 62.0][(t / 0.5) as usize % 4];
    for (register, down) in [(Register::Voice, 0.0), (Register::Bass, 24.0)] {
        let pitch = |t: f64| tune(t) - down;
        let clean = tone(4.0, &full(), pitch);
        // Half a window to either side of a change holds both notes.
        let inner = |line: &Line| -> f64 {
            (0..8)
                .map(|n| right(line, 0.5 * f64::from(n) + 0.05, 0.5 * f64::from(n) + 0.45, 50.0, pitch))
                .sum::<f64>()
                / 8.0
        };
        for (down_db, least) in [(20.0, 1.0), (10.0, 0.98), (3.0, 0.9)] {
            let hiss = noise(clean.len(), 5, rms(&clean) * libm::pow(10.0, -down_db / 20.0));
            let share = inner(&heard(&plus(&clean, &hiss), register));
            assert!(share >= least, "{register:?}, noise {down_db} dB down: {share}");
        }
        // Two guitars and a bass of their own in the microphone, 15 dB down together.
        let other: Vec<f32> = [43.0, 59.0, 67.0]
            .iter()
            .map(|note| tone(4.0, &full(), |t| note + 2.0 * libm::floor(t)))
            .reduce(|a, b| plus(&a, &b))
            .unwrap_or_default();
        let gain = (rms(&clean) / rms(&other)) as f32 * 0.178;
        let bleed: Vec<f32> = other.iter().map(|x| x * gain).collect();
        let share = inner(&heard(&plus(&clean, &bleed), register));
        assert!(share >= 0.95, "{register:?} with bleed: {share}");
        let alone = heard(&noise(176_400, 9, 0.1), register);
        let sung = (0..alone.steps()).filter(|&step| alone.pitch(step).is_some()).count();
        assert!(sung as f64 <= 0.02 * alone.steps() as f64, "{sung} steps of noise have a pitch");
        assert!(alone.notes.is_empty(), "{:?}", alone.notes);
    }
}

/// Notes that are plucked and die away: when, what, how long.
fn plucked(notes: &[(f64, f64, f64)], seconds: f64) -> Vec<f32> {
    let mut wave = vec![0.0_f32; (seconds * f64::from(RATE)) as usize];
    for &(at_s, note, length_s) in notes {
        let first = (at_s * f64::from(RATE)).round() as usize;
        for n in 0..(length_s * f64::from(RATE)) as usize {
            let t = n as f64 / f64::from(RATE);
            let edge = (t / 0.002).min((length_s - t) / 0.01).clamp(0.0, 1.0);
            let sum: f64 = (1..=12)
                .map(|k| {
                    let k = f64::from(k);
                    libm::exp(-(2.0 + k) * t) / k * libm::sin(TURN * k * hz(note) * t)
                })
                .sum();
            if let Some(sample) = wave.get_mut(first + n) {
                *sample += (0.3 * edge * sum) as f32;
            }
        }
    }
    wave
}

/// The F-measure of notes: begun within 50 ms, within 50 cents.
fn note_f(line: &Line, truth: &[(f64, f64, f64)]) -> f64 {
    let mut left: Vec<&(f64, f64, f64)> = truth.iter().collect();
    let hits = line
        .notes
        .iter()
        .filter(|note| {
            let near =
                |t: &&(f64, f64, f64)| (t.0 - note.from_s).abs() <= 0.05 && (t.1 - note.pitch()).abs() <= 0.5;
            left.iter().position(near).map(|at| left.remove(at)).is_some()
        })
        .count();
    2.0 * hits as f64 / (line.notes.len() + truth.len()) as f64
}

/// Eighths and a few sixteenths, repeated notes among them, late by some seconds against a beat of half a second.
fn bass_line(late_s: f64) -> Vec<(f64, f64, f64)> {
    let pitches = [28.0, 28.0, 40.0, 28.0, 33.0, 33.0, 35.0, 31.0, 31.0, 31.0, 26.0, 38.0];
    (0..36).map(|n| (0.25 + 0.25 * f64::from(n) + late_s, pitches[n as usize % 12], 0.24)).collect()
}

#[test]
fn plucked_notes_are_found_one_by_one_where_they_begin_repeated_ones_too() {
    let truth = bass_line(0.0);
    let line = heard(&plucked(&truth, 10.0), Register::Bass);
    let f = note_f(&line, &truth);
    assert!(f >= 0.97, "{f}: {:?}", line.notes.iter().map(|n| (n.from_s, n.pitch())).collect::<Vec<_>>());
    // Cells of 5 ms: half of one, and the 2 ms of the attack.
    let off: Vec<f64> = line
        .notes
        .iter()
        .map(|note| truth.iter().map(|t| (t.0 - note.from_s).abs()).fold(f64::MAX, f64::min))
        .collect();
    let mut sorted = off.clone();
    sorted.sort_by(f64::total_cmp);
    assert!(sorted[sorted.len() / 2] <= 0.0046, "in the middle {}", sorted[sorted.len() / 2]);
}

#[test]
fn a_legato_tune_with_vibrato_and_scoops_has_the_notes_that_were_written() {
    let written = [
        (0.2, 57.0, 0.4),
        (0.6, 59.0, 0.2),
        (0.8, 60.0, 0.2),
        (1.0, 64.0, 0.8),
        (1.8, 62.0, 0.3),
        (2.1, 57.0, 0.9),
    ];
    let pitch = |t: f64| {
        let now = written.iter().rev().find(|note| t >= note.0).unwrap_or(&written[0]);
        let since = t - now.0;
        // From a semitone below within 60 ms, and a shake that begins after 300.
        let shake = if since > 0.3 { 0.6 * libm::sin(TURN * 5.6 * since) } else { 0.0 };
        now.1 - libm::exp(-since / 0.02) + shake
    };
    let mut wave = tone(3.0, &full(), pitch);
    wave[..(0.2 * f64::from(RATE)) as usize].fill(0.0);
    let line = heard(&wave, Register::Voice);
    let f = note_f(&line, &written);
    assert!(f >= 0.99, "{f}: {:?}", line.notes);
}

#[test]
fn a_flat_singer_is_flat_by_the_tuning_of_the_song_and_a_late_bass_is_late() {
    let truth: Vec<(f64, f64, f64)> =
        bass_line(0.018).iter().map(|(at, note, long)| (*at, note - 0.18, *long)).collect();
    let line = heard(&plucked(&truth, 10.0), Register::Bass);
    // 18 cents under a song that is itself 10 above.
    let tuned = intonation(&line, 10.0).expect("there are notes");
    assert!((tuned.median_cents + 28.0).abs() <= 2.0, "{tuned:?}");
    assert!(tuned.spread_cents <= 5.0 && tuned.in_tune <= 0.2, "{tuned:?}");
    let home = intonation(&line, -18.0).expect("there are notes");
    assert!(home.median_cents.abs() <= 2.0 && home.in_tune >= 0.9, "{home:?}");

    let beats = Rhythm { beats_s: (0..22).map(|n| 0.5 * f64::from(n)).collect(), ..Rhythm::default() };
    let timed = timing(&line, &beats).expect("there are notes");
    assert_eq!(timed.parts, 2, "{timed:?}");
    // Half a cell of 5 ms, and the 2 ms of the attack.
    assert!(
        (timed.median_ms - 18.0).abs() <= 4.5 && timed.spread_ms <= 5.0,
        "{} {}",
        timed.median_ms,
        timed.spread_ms
    );
    assert!(timed.notes.len() >= 34);
    assert_eq!(timing(&line, &Rhythm::default()), None);
    assert_eq!(intonation(&Line::default(), 0.0), None);
}

#[test]
fn blocks_polarity_and_broken_samples_do_not_show_and_silence_has_no_pitch() {
    let wave = plucked(&bass_line(0.0), 3.0);
    let whole = heard(&wave, Register::Bass);
    assert!(whole.notes.len() >= 9);
    for block in [1, 77, 4_096, 50_000] {
        let mut meter = LineMeter::new(Register::Bass);
        meter.prepare(RATE, Channels::Mono);
        wave.chunks(block).for_each(|part| meter.push(&Signal::mono(part)));
        assert_eq!(meter.finish(), whole, "blocks of {block}");
    }
    // What is inverted between the channels cancels in their sum, and is heard all the same.
    let inverted: Vec<f32> = wave.iter().map(|x| -x).collect();
    let mut stereo = LineMeter::new(Register::Bass);
    stereo.prepare(RATE, Channels::Stereo);
    stereo.push(&Signal::stereo(&wave, &inverted));
    let stereo = stereo.finish();
    assert_eq!(stereo.notes.len(), whole.notes.len());
    let (mut broken, mut zeroed) = (wave.clone(), wave);
    (broken[20_000], zeroed[20_000]) = (f32::NAN, 0.0);
    assert_eq!(heard(&broken, Register::Bass), heard(&zeroed, Register::Bass));
    assert!(heard(&[f32::MAX; 9_000], Register::Voice).steps() > 0);

    let silent = heard(&vec![0.0; 44_100], Register::Voice);
    assert_eq!((silent.steps(), silent.notes.len()), (100, 0));
    assert!((0..100).all(|step| silent.pitch(step).is_none() && silent.confidence(step) == 0.0));
    assert_eq!(heard(&[], Register::Voice).steps(), 0);
    // Nothing is heard before it is told what comes.
    assert_eq!(LineMeter::new(Register::Voice).finish(), Line::default());
}

#[test]
fn what_lies_above_the_register_is_not_taken_for_an_octave_of_itself() {
    let line = heard(&tone(1.0, &[1.0, 0.5, 0.2], |_| 69.0), Register::Bass);
    assert!((0..line.steps()).all(|step| line.pitch(step).is_none()), "{:?}", line.pitch(50));
}

#[test]
fn a_profile_keeps_the_line_to_the_last_bit() {
    let wave = plucked(&bass_line(0.0), 3.0);
    let mut meter = ProfileMeter::new(RATE, Channels::Mono).with_pitch(Register::Bass);
    for _ in 0..2 {
        meter.prepare(RATE, Channels::Mono);
        wave.chunks(3_001).for_each(|part| meter.push(&Signal::mono(part)));
        let profile = meter.finish();
        assert_eq!(profile.line.as_ref(), Some(&heard(&wave, Register::Bass)));
        assert_eq!(Profile::from_bytes(&profile.to_bytes()).as_ref(), Ok(&profile));
    }
}
