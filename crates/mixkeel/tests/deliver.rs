//! What is delivered: the file on the disk, read back, never exceeds its ceiling, and is as loud as it can be told to be.
#![allow(clippy::unwrap_used)] // a test that cannot set up its files has failed

mod common;
#[path = "../../dsp/tests/peaks/mod.rs"]
mod peaks;

use std::path::Path;

use common::{samples, write_wav};
use mixkeel::deliver::{Delivered, Target, deliver, measure};
use mixkeel::{Bits, Format, Silent};
use mixkeel_dsp::block::{Buffer, Channels};
use mixkeel_dsp::kernels::windowed_sinc::WindowedSinc;
use mixkeel_dsp::units::db_from_gain;
use mixkeel_io::write::{Spec, Tags, create};
use peaks::{four_times_dbtp, programmes};

const FRAMES: usize = 12_000;

fn spec(format: Format, bits: Bits, rate_hz: u32) -> Spec {
    Spec {
        format,
        bits,
        rate_hz,
        channels: Channels::Stereo,
        tags: Tags::default(),
        dither_seed: 7,
        source_bits: None,
        length_frames: None,
    }
}

fn sound(frames: usize, mut of: impl FnMut(usize) -> f64) -> Buffer {
    let mut buffer = Buffer::new(Channels::Stereo, frames);
    let made: Vec<f32> = (0..frames).map(|frame| of(frame) as f32).collect();
    buffer.block().each().for_each(|channel| channel.copy_from_slice(&made));
    buffer
}

fn target(lufs: f64, ceiling_dbtp: f64) -> Target {
    Target { integrated_lufs: Some(lufs), ceiling_dbtp, most_limited_db: 3.0, most_gain_db: 40.0 }
}

fn delivered(from: &Path, to: &Path, spec: &Spec, target: &Target) -> Delivered {
    let before = measure(from, spec.rate_hz, &Silent).unwrap();
    deliver(from, &before, to, spec, target, &Silent).unwrap()
}

fn random(seed: &mut u64) -> f64 {
    *seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
    (*seed >> 11) as f64 / (1_u64 << 52) as f64 - 1.0
}

/// 64 points a sample by a sinc 1,000 samples long, where the coarse ones come within a decibel of the highest.
fn sixty_four_times_dbtp(sound: &[f32]) -> f64 {
    let shape = WindowedSinc::new(1.0, 500.0, 90.0);
    let phase = |part: usize| -> Vec<f64> {
        (-499..=500).map(|tap| shape.at(f64::from(tap) - part as f64 / 64.0)).collect()
    };
    let height = |frame: usize, taps: &[f64]| {
        let from = frame as i64 - 499;
        let at = |tap: usize| usize::try_from(from + tap as i64).ok().and_then(|index| sound.get(index));
        taps.iter()
            .enumerate()
            .filter_map(|(tap, weight)| at(tap).map(|x| f64::from(*x) * weight))
            .sum::<f64>()
            .abs()
    };
    let coarse = phase(32);
    let middles: Vec<f64> = (0..sound.len()).map(|frame| height(frame, &coarse)).collect();
    let highest = |frame: usize| f64::from(sound[frame].abs()).max(middles[frame]);
    let top = (0..sound.len()).map(highest).fold(0.0, f64::max);
    let near: Vec<usize> = (0..sound.len()).filter(|frame| highest(*frame) > 0.85 * top).take(400).collect();
    let fine = (1..64)
        .step_by(1)
        .map(phase)
        .flat_map(|taps| near.iter().map(|frame| height(*frame, &taps)).collect::<Vec<_>>());
    db_from_gain(fine.fold(top, f64::max))
}

#[test]
fn the_file_on_the_disk_never_exceeds_its_ceiling() {
    let folder = tempfile::tempdir().unwrap();
    let mut seed = 3;
    for (name, programme) in programmes(FRAMES, &mut || random(&mut seed)) {
        let from = folder.path().join("from.wav");
        // As floats: some of them lie far over full scale.
        let mut writer = create(&from, &spec(Format::Wav, Bits::F32, 48_000)).unwrap();
        writer.write(sound(FRAMES, |frame| f64::from(programme[frame])).signal()).unwrap();
        writer.finish().unwrap();
        for (format, bits, rate_hz) in [
            (Format::Flac, Bits::I24, 48_000),
            (Format::Wav, Bits::I16, 48_000),
            (Format::Flac, Bits::I16, 44_100),
            (Format::Wav, Bits::F32, 96_000),
        ] {
            let to = folder.path().join(format!("to.{}", format.extension()));
            let done = delivered(&from, &to, &spec(format, bits, rate_hz), &target(-3.0, -1.0));
            let (left, _) = samples(&to);
            assert_eq!(left.len() as u64, (FRAMES as u64 * u64::from(rate_hz)).div_ceil(48_000), "{name}");
            let (four, fine) = (four_times_dbtp(&left), sixty_four_times_dbtp(&left));
            println!("{name}, {bits} bits, {rate_hz} Hz: 4× {four:.3}, 64× {fine:.3} dBTP; {done:?}");
            assert!(four <= -1.0 && fine <= -0.9, "{name}: {four} {fine}");
            assert!(done.figures.true_peak_dbtp.unwrap() <= -1.0);
            assert_eq!(done.clipped_samples, 0);
        }
    }
}

/// Two seconds of a chord with hits on it, whose peaks lie well over its loudness.
fn song() -> Buffer {
    let mut seed = 11;
    sound(96_000, |frame| {
        let time = frame as f64 / 48_000.0;
        let hit = 0.5 * libm::exp(-25.0 * (time % 0.5)) * random(&mut seed);
        let chord: f64 =
            [110.0, 220.0, 277.2, 329.6].iter().map(|hz| libm::sin(std::f64::consts::TAU * hz * time)).sum();
        hit + 0.06 * chord
    })
}

#[test]
fn it_is_as_loud_as_asked_where_three_decibels_of_limiting_suffice() {
    let folder = tempfile::tempdir().unwrap();
    let (from, to) = (folder.path().join("from.wav"), folder.path().join("to.flac"));
    write_wav(&from, &song(), 48_000);
    let before = measure(&from, 48_000, &Silent).unwrap();
    let (lufs, peak) = (before.integrated_lufs.unwrap(), before.true_peak_dbtp.unwrap());
    // A decibel more than peaks allow, and twenty more.
    let free_lufs = lufs - 1.1 - peak;
    let spec = spec(Format::Flac, Bits::I24, 48_000);
    let near = delivered(&from, &to, &spec, &target(free_lufs + 1.0, -1.0));
    let loud = near.figures.integrated_lufs.unwrap();
    assert!((loud - (free_lufs + 1.0)).abs() < 0.15, "{loud} {near:?}");
    assert!(near.limited_db > 1.0 && near.limited_db < 3.5, "{near:?}");
    let far = delivered(&from, &to, &spec, &target(free_lufs + 20.0, -1.0));
    assert!(far.limited_db < 3.5 && far.figures.integrated_lufs.unwrap() < free_lufs + 3.1, "{far:?}");
    // What the file says about itself is what it measures.
    assert_eq!(far.figures, measure(&to, 48_000, &Silent).unwrap());
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 2, "nothing else is left");
}

#[test]
fn where_no_peak_is_in_the_way_only_the_gain_differs() {
    let folder = tempfile::tempdir().unwrap();
    let (from, to) = (folder.path().join("from.wav"), folder.path().join("to.wav"));
    write_wav(&from, &song(), 48_000);
    let lufs = measure(&from, 48_000, &Silent).unwrap().integrated_lufs.unwrap();
    let done = delivered(&from, &to, &spec(Format::Wav, Bits::F32, 48_000), &target(lufs - 6.0, -1.0));
    assert_eq!((done.limited_db, done.corrections), (0.0, 0));
    let (source, copy) = (samples(&from).0, samples(&to).0);
    let factor = mixkeel_dsp::units::gain_from_db(done.gain_db);
    assert!(source.iter().zip(&copy).all(|(from, to)| (f64::from(*from) * factor) as f32 == *to));
}

#[test]
fn the_same_sound_gives_the_same_bytes() {
    let folder = tempfile::tempdir().unwrap();
    let from = folder.path().join("from.wav");
    write_wav(&from, &song(), 48_000);
    let bytes = |name: &str| {
        let to = folder.path().join(name);
        delivered(&from, &to, &spec(Format::Flac, Bits::I16, 44_100), &target(-9.0, -2.0));
        std::fs::read(to).unwrap()
    };
    assert_eq!(bytes("one.flac"), bytes("two.flac"));
}

#[test]
fn a_word_too_short_for_the_ceiling_is_found_out_and_corrected() {
    // Dither of 16 bits stands 1.5 steps over what the limiter holds: at −78 dBFS, four steps, that is over the ceiling.
    let folder = tempfile::tempdir().unwrap();
    let (from, to) = (folder.path().join("from.wav"), folder.path().join("to.wav"));
    write_wav(&from, &song(), 48_000);
    let quiet =
        Target { integrated_lufs: None, ceiling_dbtp: -78.0, most_limited_db: 3.0, most_gain_db: 0.0 };
    let done = delivered(&from, &to, &spec(Format::Wav, Bits::I16, 48_000), &quiet);
    assert!(done.corrections > 0 && done.figures.true_peak_dbtp.unwrap() <= -78.0, "{done:?}");
}

#[test]
fn silence_is_delivered_as_silence() {
    let folder = tempfile::tempdir().unwrap();
    let (from, to) = (folder.path().join("from.wav"), folder.path().join("to.wav"));
    write_wav(&from, &Buffer::new(Channels::Stereo, 5_000), 48_000);
    let done = delivered(&from, &to, &spec(Format::Wav, Bits::F32, 48_000), &target(-14.0, -1.0));
    // What is there is the dither of 24 bits.
    assert_eq!((done.figures.integrated_lufs, done.gain_db, done.limited_db), (None, 0.0, 0.0));
    assert_eq!(samples(&to).0, samples(&from).0);
}
