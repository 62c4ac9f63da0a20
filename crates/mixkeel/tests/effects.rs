//! A session that uses processors as people write them: presets, bands, keys, sends to a reverb, an impulse response.
#![allow(clippy::unwrap_used)] // a test that cannot set up its song has failed

mod common;

use std::fs;
use std::path::Path;

use common::{RATE_HZ, samples, tone, write_wav};
use mixkeel::render::{RenderOptions, RenderOutcome, Stems, render};
use mixkeel::{Error, ErrorKind, Silent};
use mixkeel_dsp::block::Channels;

const SESSION: &str = r#"
mixkeel = 1
title = "Effects"
rate_hz = 48000

[song]
tempo = [[0.0, 120.0]]

[[bus]]
id = "band"

[[bus.insert]]
id = "glue"
kind = "compressor"
threshold_db = -24.0
ratio = 2.0
keys = ["kick"]

[[return]]
id = "plate"
insert = [{ id = "reverb-1", kind = "reverb", preset = "plate", decay_s = 0.8 }]

[[return]]
id = "hall"
insert = [{ id = "hall-1", kind = "convolution", impulse = "hall.wav"HASH }]

[[track]]
id = "kick"
name = "Kick"
clip = [{ file = "kick.wav" }]
bus = "band"

[[track]]
id = "vox"
name = "Vox"
clip = [{ file = "vox.wav" }]

[[track.insert]]
id = "eq-1"
kind = "eq"
band.1 = { shape = "low-cut", freq_hz = 80 }
band.3 = { freq_hz = 440, gain_db = -6.0, q = 4.0 }

[[track.insert]]
id = "comp-1"
kind = "compressor"
threshold_db = -18.0
look_ahead_ms = 5.0

[[track.send]]
id = "to-plate"
to = "plate"
level_db = -12.0

[[track.send]]
id = "to-hall"
to = "hall"
level_db = -9.0

[[track.lane]]
id = "opening"
of = "eq-1/band.3/gain_db"
points = [[0.0, 0.0], [1.0, 6.0]]
"#;

/// The song, with what stands behind the path of the impulse response.
fn song(hash: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    let frames = 2 * RATE_HZ as usize;
    let fading = |freq_hz: f64, frames: usize, every: usize, decay_frames: f32| {
        let mut sound = tone(freq_hz, 0.8, frames, Channels::Mono);
        for (frame, sample) in sound.block().left().iter_mut().enumerate() {
            *sample *= (-((frame % every) as f32) / decay_frames).exp();
        }
        sound
    };
    write_wav(&at("kick.wav"), &fading(60.0, frames, 24_000, 3_000.0), RATE_HZ);
    write_wav(&at("vox.wav"), &tone(440.0, 0.4, frames, Channels::Mono), RATE_HZ);
    write_wav(&at("hall.wav"), &fading(3_000.0, 9_600, 9_600, 2_000.0), RATE_HZ);
    fs::write(at("session.toml"), SESSION.replace("HASH", hash)).unwrap();
    folder
}

fn play(folder: &Path, name: &str, options: RenderOptions) -> Result<RenderOutcome, Error> {
    let options = RenderOptions { out: Some(folder.join(name)), ..options };
    render(&folder.join("session.toml"), &options, &Silent)
}

#[test]
fn stems_of_a_song_full_of_effects_sum_to_its_mix_and_a_part_is_that_slice() {
    let folder = song("");
    let whole = play(folder.path(), "whole", RenderOptions { stems: Stems::Bus, ..RenderOptions::default() })
        .unwrap();
    let read = |file: &str| samples(&folder.path().join("whole").join(file)).0;
    let mix = read("mix.wav");
    let stems: Vec<Vec<f32>> = whole.files[1..].iter().map(|file| read(file)).collect();
    assert_eq!(stems.len(), 4, "{:?}", whole.files);
    assert!(stems.iter().all(|stem| stem.iter().any(|sample| sample.abs() > 1e-3)), "every one sounds");
    for (frame, mixed) in mix.iter().enumerate() {
        let sum: f64 = stems.iter().map(|stem| f64::from(stem[frame])).sum();
        // One rounding to 32-bit float.
        assert!((sum - f64::from(*mixed)).abs() < 1e-7, "{frame}");
    }
    let slice = RenderOptions { from_s: Some(1.1), to_s: Some(1.7), ..RenderOptions::default() };
    play(folder.path(), "part", slice).unwrap();
    let part = samples(&folder.path().join("part/mix.wav")).0;
    assert_eq!(part, mix[52_800..81_600]);
}

#[test]
fn an_impulse_response_is_the_one_meant_or_nothing_sounds() {
    let wrong = format!(", impulse_sha256 = \"{}\"", "0".repeat(64));
    let folder = song(&wrong);
    let refused = play(folder.path(), "out", RenderOptions::default()).unwrap_err();
    assert_eq!(refused.kind, ErrorKind::Unreadable);
    let words = refused.to_string();
    assert!(words.contains("hall.wav") && words.contains("another recording than the one meant"), "{words}");
    assert!(!folder.path().join("out").exists(), "nothing is left behind");
    // The message names the hash that is there; written into the session, it plays.
    let right = words.split("SHA-256 is ").nth(1).unwrap().split_whitespace().next().unwrap();
    let text = fs::read_to_string(folder.path().join("session.toml")).unwrap();
    fs::write(folder.path().join("session.toml"), text.replace(&"0".repeat(64), right)).unwrap();
    play(folder.path(), "out", RenderOptions::default()).unwrap();

    fs::remove_file(folder.path().join("hall.wav")).unwrap();
    let gone = play(folder.path(), "gone", RenderOptions::default()).unwrap_err();
    assert!(gone.to_string().contains("impulse of hall-1"), "{gone}");
}
