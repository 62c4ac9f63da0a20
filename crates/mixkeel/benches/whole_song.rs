//! Times whole songs from files to files: `cargo bench -p mixkeel --bench whole_song -- [render|console|mix|hear|long] [FOLDER]`.
//!
//! `render`: 24 stereo tracks of 4 minutes at 48 kHz and 24 bits, gain and pan, three buses, mix and stems written;
//! beside it the time to read and write the same bytes with nothing in between, which is the limit.
//! `console`: the same tracks with an equaliser and a compressor each, two sends, six buses with compressors, a reverb and a
//! delay. `mix`: the whole way on a folder, split into its stages. `long`: 100 stereo tracks of an hour in sparse files.
//! `hear`: what `song` takes for a folder of tracks that it has never seen, and for one whose profiles are kept.
//! FOLDER is where files are written (a memory file system leaves the disk out of the figures) or, for `mix` and `hear`, the song.
#![allow(missing_docs, clippy::unwrap_used)] // a benchmark that cannot set up its files has nothing to say

mod songs;

use std::fs::{self, File};
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::time::Instant;

use mixkeel::hear::{HearOptions, song};
use mixkeel::mix::{MixOptions, mix};
use mixkeel::render::{RenderOptions, Stems, render};
use mixkeel::song::cache::Cache;
use mixkeel::{Event, Silent, Stage, Watch};
use mixkeel_dsp::block::Buffer;
use mixkeel_io::read::{Downmix, open};
use mixkeel_io::write::create;
use rayon::prelude::*;
use songs::{RATE_HZ, spec, write_noise};

const TRACKS: usize = 24;
const MINUTES: f64 = 4.0;

fn main() {
    let words: Vec<String> = std::env::args().skip(1).filter(|word| !word.starts_with("--")).collect();
    let folder = words.get(1).map_or_else(|| std::env::temp_dir().join("mixkeel-bench"), PathBuf::from);
    match words.first().map(String::as_str) {
        None | Some("render") => render_bench(&folder),
        Some("console") => console_bench(&folder),
        Some("mix") => mix_bench(&folder),
        Some("hear") => hear_bench(&folder),
        Some("long") => long_bench(&folder),
        Some(other) => {
            println!("no benchmark is called {other}; there are render, console, mix, hear and long")
        }
    }
}

fn render_bench(folder: &Path) {
    let song = folder.join("song");
    fs::create_dir_all(&song).unwrap();
    let frames = (MINUTES * 60.0 * f64::from(RATE_HZ)) as usize;
    (0..TRACKS)
        .into_par_iter()
        .for_each(|index| write_noise(&song.join(format!("t{index:02}.wav")), index, frames));
    let session = folder.join("session.toml");
    fs::write(&session, session_text("song", TRACKS, 3)).unwrap();
    let out = folder.join("out");
    let options = RenderOptions { out: Some(out.clone()), stems: Stems::Bus, ..RenderOptions::default() };
    let mut best = f64::INFINITY;
    let mut limit = f64::INFINITY;
    for _ in 0..5 {
        let started = Instant::now();
        let outcome = render(&session, &options, &Silent).unwrap();
        best = best.min(started.elapsed().as_secs_f64());
        limit = limit.min(copy_bytes(&song, folder, outcome.files.len() as u64 * frames as u64 * 8));
    }
    let song_s = MINUTES * 60.0;
    println!(
        "render: {TRACKS} stereo tracks x {MINUTES} min: best of 5 {best:.2} s, {:.0} x real time",
        song_s / best
    );
    println!(
        "limit:  reading and writing the same bytes {limit:.2} s, {:.0} x; the render takes {:.1} times that",
        song_s / limit,
        best / limit
    );
}

fn hear_bench(folder: &Path) {
    let kept = std::env::temp_dir().join(format!("mixkeel-hear-{}", std::process::id()));
    let options = HearOptions { cache: Cache::at(&kept), ..HearOptions::default() };
    let timed = || {
        let started = Instant::now();
        let report = song(folder, &options, &Silent).unwrap().report;
        (started.elapsed().as_secs_f64(), report)
    };
    let (files_s, report) = timed();
    let kept_s = (0..3).map(|_| timed().0).fold(f64::INFINITY, f64::min);
    println!(
        "hear: {} tracks, {:.0} s: from files {files_s:.2} s, from kept profiles {kept_s:.2} s (best of 3)",
        report.tracks.len(),
        report.length_s
    );
    fs::remove_dir_all(&kept).unwrap();
}

fn console_bench(folder: &Path) {
    let song = folder.join("song");
    fs::create_dir_all(&song).unwrap();
    let frames = (MINUTES * 60.0 * f64::from(RATE_HZ)) as usize;
    (0..TRACKS)
        .into_par_iter()
        .for_each(|index| write_noise(&song.join(format!("t{index:02}.wav")), index, frames));
    let session = folder.join("console.toml");
    fs::write(&session, console_text("song", TRACKS, 6)).unwrap();
    let out = folder.join("console-out");
    let options = RenderOptions { out: Some(out.clone()), stems: Stems::Bus, ..RenderOptions::default() };
    let mut best = f64::INFINITY;
    for _ in 0..3 {
        let started = Instant::now();
        render(&session, &options, &Silent).unwrap();
        best = best.min(started.elapsed().as_secs_f64());
    }
    println!(
        "console: {TRACKS} stereo tracks x {MINUTES} min, stems written: best of 3 {best:.2} s, {:.0} x real time",
        MINUTES * 60.0 / best
    );
}

/// A console in use: four bands and a compressor a track, two sends, compressors on the buses, two returns.
fn console_text(song: &str, tracks: usize, buses: usize) -> String {
    let compressor =
        |id: &str| format!("kind = \"compressor\"\nid = \"{id}\"\nthreshold_db = -18.0\nratio = 3.0\n");
    let mut text = session_text(song, tracks, buses);
    let equaliser = "\n[[track.insert]]\nid = \"eq-1\"\nkind = \"eq\"\n\
        band.1 = { shape = \"low-cut\", freq_hz = 60 }\nband.2 = { freq_hz = 250, gain_db = -3.0 }\n\
        band.3 = { freq_hz = 3000, gain_db = 2.0 }\nband.4 = { shape = \"high-shelf\", freq_hz = 9000, gain_db = 2.5 }\n";
    let sends = "\n[[track.send]]\nid = \"send-1\"\nto = \"hall\"\nlevel_db = -14.0\n\
        \n[[track.send]]\nid = \"send-2\"\nto = \"echo\"\nlevel_db = -20.0\n";
    text = text
        .split("\n[[")
        .map(|table| match table.split_once("]]") {
            Some(("track", _)) => {
                format!("\n[[{table}{equaliser}\n[[track.insert]]\n{}{sends}", compressor("comp-1"))
            }
            Some(("bus", _)) => format!("\n[[{table}\n[[bus.insert]]\n{}", compressor("glue")),
            _ => table.to_owned(),
        })
        .collect();
    text.push_str("\n[[return]]\nid = \"hall\"\ninsert = [{ id = \"reverb-1\", kind = \"reverb\", preset = \"hall\" }]\n");
    text.push_str("\n[[return]]\nid = \"echo\"\ninsert = [{ id = \"delay-1\", kind = \"delay\" }]\n");
    text
}

/// Reads every file of a folder and writes so many bytes, on all threads, with nothing in between.
fn copy_bytes(song: &Path, folder: &Path, bytes_out: u64) -> f64 {
    let files: Vec<PathBuf> = fs::read_dir(song).unwrap().map(|entry| entry.unwrap().path()).collect();
    let started = Instant::now();
    files.par_iter().for_each(|path| {
        let (mut file, mut chunk) = (File::open(path).unwrap(), vec![0_u8; 1 << 18]);
        while file.read(&mut chunk).unwrap() > 0 {}
    });
    (0..4_u64).into_par_iter().for_each(|index| {
        let chunk = vec![index as u8; 1 << 18];
        let path = folder.join(format!("limit-{index}"));
        let mut file = File::create(&path).unwrap();
        let mut left = bytes_out / 4;
        while left > 0 {
            let now = left.min(chunk.len() as u64);
            file.write_all(&chunk[..now as usize]).unwrap();
            left -= now;
        }
        file.sync_all().unwrap();
        fs::remove_file(&path).unwrap();
    });
    started.elapsed().as_secs_f64()
}

/// Notes when each stage was first and last heard of.
struct Stages(Mutex<Vec<(Stage, Instant, Instant)>>);

impl Watch for Stages {
    fn event(&self, event: Event) {
        if let Event::Progress { stage, .. } = event {
            let mut stages = self.0.lock().unwrap();
            let now = Instant::now();
            match stages.iter_mut().find(|(known, ..)| *known == stage) {
                Some((.., last)) => *last = now,
                None => stages.push((stage, now, now)),
            }
        }
    }
}

fn mix_bench(song: &Path) {
    let started = Instant::now();
    let files: Vec<PathBuf> = fs::read_dir(song).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.par_iter().for_each(|path| decode(path));
    println!(
        "decoding alone: {:.2} s, once; a mix decodes three times (measure, listen, render)",
        started.elapsed().as_secs_f64()
    );
    let out = std::env::temp_dir().join("mixkeel-bench-mix");
    for _ in 0..3 {
        let _ = fs::remove_dir_all(&out);
        let stages = Stages(Mutex::new(Vec::new()));
        let started = Instant::now();
        let outcome =
            mix(song, &MixOptions { out: Some(out.clone()), ..MixOptions::default() }, &stages).unwrap();
        let took = started.elapsed().as_secs_f64();
        println!(
            "mix: {:.1} s of song in {took:.2} s, {:.0} x real time",
            outcome.report.length_s,
            outcome.report.length_s / took
        );
        for (stage, first, last) in stages.0.into_inner().unwrap() {
            println!("  {:<12} {:.2} s", format!("{stage:?}").to_lowercase(), (last - first).as_secs_f64());
        }
    }
}

/// Reads a file to its end and drops it.
fn decode(path: &Path) {
    let Ok(reader) = open(path, Downmix::Fold) else { return };
    let mut reader = reader.without_checksum();
    let mut buffer = Buffer::new(reader.info().channels, 4_096);
    while reader.read(&mut buffer.block()).unwrap() > 0 {}
}

fn long_bench(folder: &Path) {
    let (tracks, minutes) = (100, 60.0);
    let song = folder.join("long");
    fs::create_dir_all(&song).unwrap();
    let frames = (minutes * 60.0 * f64::from(RATE_HZ)) as usize;
    (0..tracks).for_each(|index| write_sparse(&song.join(format!("t{index:02}.wav")), frames));
    let session = folder.join("long.toml");
    fs::write(&session, session_text("long", tracks, 3)).unwrap();
    let last = RenderOptions {
        out: Some(folder.join("long-last")),
        from_s: Some(minutes * 60.0 - 10.0),
        ..RenderOptions::default()
    };
    let started = Instant::now();
    render(&session, &last, &Silent).unwrap();
    println!(
        "long: {tracks} stereo tracks x {minutes} min, the last 10 s: {:.2} s, peak memory so far {} MiB",
        started.elapsed().as_secs_f64(),
        peak_mib()
    );
    let whole = RenderOptions { out: Some(folder.join("long-whole")), ..RenderOptions::default() };
    let started = Instant::now();
    render(&session, &whole, &Silent).unwrap();
    println!(
        "long: the whole hour: {:.2} s, peak memory {} MiB",
        started.elapsed().as_secs_f64(),
        peak_mib()
    );
}

/// The most memory this process has had, where the system says so.
fn peak_mib() -> u64 {
    fs::read_to_string("/proc/self/status")
        .ok()
        .and_then(|status| {
            status
                .lines()
                .find_map(|line| line.strip_prefix("VmHWM:")?.split_whitespace().next()?.parse::<u64>().ok())
        })
        .map_or(0, |kib| kib / 1024)
}

fn session_text(song: &str, tracks: usize, buses: usize) -> String {
    let mut text =
        format!("mixkeel = 1\ntitle = \"bench\"\nrate_hz = {RATE_HZ}\n\n[master]\nheadroom_db = -12.0\n");
    for bus in 0..buses {
        text.push_str(&format!("\n[[bus]]\nid = \"bus-{bus}\"\nto = \"master\"\n"));
    }
    for index in 0..tracks {
        let pan = index as f64 / tracks as f64 - 0.5;
        text.push_str(&format!(
            "\n[[track]]\nid = \"t{index:02}\"\nname = \"t{index:02}\"\nclip = [{{ file = \"{song}/t{index:02}.wav\", at_s = 0.0 }}]\nbus = \"bus-{}\"\ntrim_db = -6.0\nfader_db = -3.5\npan = {pan}\n",
            index % buses
        ));
    }
    text
}

/// A file whose header promises an hour and whose body is a hole, which reads as silence; a click near the end.
fn write_sparse(path: &Path, frames: usize) {
    if path.exists() {
        return;
    }
    let writer = create(path, &spec(0)).unwrap();
    writer.finish().unwrap();
    let mut bytes = fs::read(path).unwrap();
    let data = bytes.windows(4).position(|window| window == b"data").unwrap();
    let size = (frames * 6) as u32;
    bytes.truncate(data);
    bytes.extend_from_slice(b"data");
    bytes.extend_from_slice(&size.to_le_bytes());
    let riff = (bytes.len() as u32 + size - 8).to_le_bytes();
    bytes[4..8].copy_from_slice(&riff);
    let mut file = File::create(path).unwrap();
    file.write_all(&bytes).unwrap();
    file.set_len(bytes.len() as u64 + u64::from(size)).unwrap();
    file.seek(SeekFrom::End(-600)).unwrap();
    file.write_all(&[0x10; 6]).unwrap();
}
