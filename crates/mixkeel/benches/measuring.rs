//! Times measuring side by side with others: `cargo bench -p mixkeel --bench measuring -- [loudness|song] [FOLDER]`.
//!
//! `loudness`: integrated loudness, loudness range and true peak of a file of 10 minutes, 48 kHz, 24 bits, stereo: ours, the
//! crate `ebur128` behind our reader, and `ffmpeg -af ebur128=peak=true` where it is installed, by turns in one run, the
//! best of three. Only the ratios say something; seconds are those of the machine.
//! `song`: the base layer of 24 stereo tracks of 4 minutes, without a cache, with an empty one, and with a full one.
//! FOLDER is where files are written (a memory file system leaves the disk out of the figures).
#![allow(missing_docs, clippy::unwrap_used)] // a benchmark that cannot set up its files has nothing to say

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

use ebur128::{EbuR128, Mode};
use mixkeel::Silent;
use mixkeel::song::cache::Cache;
use mixkeel::song::measure::{Take, measure};
use mixkeel_analysis::loudness::LoudnessMeter;
use mixkeel_analysis::meter::Meter;
use mixkeel_analysis::programme::ProgrammeMeter;
use mixkeel_analysis::true_peak::TruePeakMeter;
use mixkeel_dsp::block::{Buffer, Channels, Signal};
use mixkeel_io::read::{Downmix, open};
use mixkeel_io::write::{Bits, Format, Spec, Tags, create};
use rayon::prelude::*;

const RATE_HZ: u32 = 48_000;
const ROUNDS: usize = 3;
const TRACKS: usize = 24;
const TRACK_S: usize = 240;

fn main() {
    let words: Vec<String> = std::env::args().skip(1).filter(|word| !word.starts_with("--")).collect();
    let folder = words.get(1).map_or_else(|| std::env::temp_dir().join("mixkeel-bench"), PathBuf::from);
    fs::create_dir_all(&folder).unwrap();
    match words.first().map(String::as_str) {
        None => {
            loudness(&folder);
            song(&folder);
        }
        Some("loudness") => loudness(&folder),
        Some("song") => song(&folder),
        Some(other) => println!("no benchmark is called {other}; there are loudness and song"),
    }
}

fn loudness(folder: &Path) {
    let path = folder.join("ten-minutes.wav");
    write_music(&path, 1, 600);
    let mut best = [f64::INFINITY; 4];
    let mut said = [String::new(), String::new(), String::new(), String::new()];
    for _ in 0..ROUNDS {
        let runs: [fn(&Path) -> Option<String>; 4] = [ours, ours_with_psr, crate_ebur128, ffmpeg];
        for ((best, said), run) in best.iter_mut().zip(&mut said).zip(runs) {
            let started = Instant::now();
            if let Some(words) = run(&path) {
                *best = best.min(started.elapsed().as_secs_f64());
                *said = words;
            }
        }
    }
    for (index, name) in ["ours", "ours and PSR", "ebur128 crate", "ffmpeg"].iter().enumerate() {
        if best[index].is_finite() {
            let (seconds, ratio) = (best[index], best[index] / best[0]);
            println!("{name:14} {seconds:6.2} s  {ratio:5.2} × ours  {}", said[index]);
        } else {
            println!("{name:14} is not installed here, and is left out");
        }
    }
}

fn blocks(path: &Path, mut each: impl FnMut(&Signal)) {
    let mut reader = open(path, Downmix::Refuse).unwrap();
    let mut buffer = Buffer::new(Channels::Stereo, 16_384);
    loop {
        let frames = reader.read(&mut buffer.block()).unwrap();
        if frames == 0 {
            return;
        }
        each(&buffer.signal().part(0..frames));
    }
}

fn ours(path: &Path) -> Option<String> {
    let (mut loudness, mut true_peak) = (LoudnessMeter::new(), TruePeakMeter::new());
    loudness.prepare(RATE_HZ, Channels::Stereo);
    true_peak.prepare(RATE_HZ, Channels::Stereo);
    blocks(path, |signal| {
        loudness.push(signal);
        true_peak.push(signal);
    });
    let reading = loudness.finish();
    Some(line(reading.integrated_lufs?, reading.loudness_range_lu?, true_peak.finish()?))
}

fn ours_with_psr(path: &Path) -> Option<String> {
    let mut meter = ProgrammeMeter::new();
    meter.prepare(RATE_HZ, Channels::Stereo);
    blocks(path, |signal| meter.push(signal));
    let reading = meter.finish();
    let loudness = reading.loudness;
    Some(line(loudness.integrated_lufs?, loudness.loudness_range_lu?, reading.true_peak_dbtp?))
}

fn crate_ebur128(path: &Path) -> Option<String> {
    let mut meter = EbuR128::new(2, RATE_HZ, Mode::I | Mode::LRA | Mode::TRUE_PEAK).ok()?;
    blocks(path, |signal| meter.add_frames_planar_f32(&[signal.left(), signal.right_or_only()]).unwrap());
    let peak = [0, 1].iter().filter_map(|&channel| meter.true_peak(channel).ok()).fold(0.0, f64::max);
    Some(line(meter.loudness_global().ok()?, meter.loudness_range().ok()?, 20.0 * libm::log10(peak)))
}

fn ffmpeg(path: &Path) -> Option<String> {
    let output = Command::new("ffmpeg")
        .args(["-hide_banner", "-nostats", "-i"])
        .arg(path)
        .args(["-af", "ebur128=peak=true:framelog=verbose", "-f", "null", "-"])
        .stdin(Stdio::null())
        .output()
        .ok()
        .filter(|output| output.status.success())?;
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    // The summary stands at the end.
    let last = |name: &str| -> Option<f64> {
        text.lines()
            .rev()
            .find_map(|line| line.trim().strip_prefix(name)?.split_whitespace().next()?.parse().ok())
    };
    Some(line(last("I:")?, last("LRA:")?, last("Peak:")?))
}

fn line(integrated: f64, range: f64, peak: f64) -> String {
    format!("I {integrated:.3} LUFS, LRA {range:.2} LU, {peak:.2} dBTP")
}

fn song(folder: &Path) {
    let paths: Vec<PathBuf> = (0..TRACKS).map(|track| folder.join(format!("track-{track:02}.wav"))).collect();
    paths.par_iter().enumerate().for_each(|(track, path)| write_music(path, track as u32 + 2, TRACK_S));
    let takes: Vec<Take> =
        paths.iter().map(|path| Take { left: path.clone(), right: None, claimed_frames: 0 }).collect();
    let kept = folder.join("kept");
    if kept.exists() {
        fs::remove_dir_all(&kept).unwrap();
    }
    let threads = rayon::current_num_threads();
    println!("{TRACKS} stereo tracks of {TRACK_S} s on {threads} threads");
    let runs =
        [("no cache", Cache::off()), ("empty cache", Cache::at(&kept)), ("full cache", Cache::at(&kept))];
    for (name, cache) in runs {
        let started = Instant::now();
        let measured = measure(&takes, Downmix::Refuse, &cache, &Silent).unwrap();
        let seconds = started.elapsed().as_secs_f64();
        let times = TRACK_S as f64 / seconds;
        println!(
            "{name:12} {seconds:6.2} s  {times:7.1} × real time for the song  ({} profiles)",
            measured.len()
        );
    }
    let bytes: u64 = fs::read_dir(&kept).unwrap().map(|entry| entry.unwrap().metadata().unwrap().len()).sum();
    println!(
        "a profile is kept in {} kB; peak memory {} MiB",
        bytes / 1000 / TRACKS as u64,
        peak_memory_mib()
    );
}

fn peak_memory_mib() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok()).map_or(0, |kib| kib / 1024)
}

/// Two decaying noises a second over a hum, louder and softer by turns: dense enough that no meter can look away.
fn write_music(path: &Path, seed: u32, seconds: usize) {
    if path.exists() {
        return;
    }
    let frames = seconds * RATE_HZ as usize;
    let spec = Spec {
        format: Format::Wav,
        bits: Bits::I24,
        rate_hz: RATE_HZ,
        channels: Channels::Stereo,
        tags: Tags::default(),
        dither_seed: 0,
        source_bits: None,
        length_frames: Some(frames as u64),
    };
    let mut writer = create(path, &spec).unwrap();
    let mut buffer = Buffer::new(Channels::Stereo, 4_096);
    let mut state = seed.wrapping_mul(2_654_435_761).wrapping_add(1);
    let mut done = 0;
    while done < frames {
        let now = (frames - done).min(4_096);
        for channel in buffer.block().each() {
            for (offset, sample) in channel.iter_mut().enumerate() {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                let at = done + offset;
                let noise = (state >> 8) as f32 / 16_777_216.0 - 0.5;
                let beat = 1.0 - (at % (RATE_HZ as usize / 2)) as f32 / (RATE_HZ / 2) as f32;
                let part = if (at / (RATE_HZ as usize * 20)).is_multiple_of(2) { 1.0 } else { 0.4 };
                let hum = libm::sinf(at as f32 * 0.0072);
                *sample = part * (noise * beat + 0.2 * hum);
            }
        }
        writer.write(buffer.signal().part(0..now)).unwrap();
        done += now;
    }
    writer.finish().unwrap();
}
