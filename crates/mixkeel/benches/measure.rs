//! Times `measure` on one core, and what each meter takes of it: `cargo bench -p mixkeel --bench measure [-- FILE…]`.
//!
//! Without files a stereo file of 4 minutes at 48 kHz and 24 bits is written first: decaying noises and a chord, dense
//! enough that no meter can look away. Times are the best of three; the figure is length over time.
#![allow(missing_docs, clippy::unwrap_used)] // a benchmark that cannot set up its file has nothing to say

use std::path::{Path, PathBuf};
use std::time::Instant;

use mixkeel::Silent;
use mixkeel_analysis::faults::{FaultsMeter, Stored};
use mixkeel_analysis::levels::LevelsMeter;
use mixkeel_analysis::loudness::LoudnessMeter;
use mixkeel_analysis::meter::Meter;
use mixkeel_analysis::spectrum::SpectrumMeter;
use mixkeel_analysis::true_peak::TruePeakMeter;
use mixkeel_dsp::block::{Buffer, Channels};
use mixkeel_io::read::{Downmix, open};
use mixkeel_io::write::{Bits, Format, Spec, Tags, create};

const RATE_HZ: u32 = 48_000;
const MINUTES: usize = 4;
const RUNS: usize = 3;
const CHUNK_FRAMES: usize = 16_384;

fn main() {
    rayon::ThreadPoolBuilder::new().num_threads(1).build_global().unwrap();
    let mut files: Vec<PathBuf> =
        std::env::args().skip(1).filter(|word| !word.starts_with("--")).map(PathBuf::from).collect();
    let folder = std::env::temp_dir().join("mixkeel-bench-measure");
    if files.is_empty() {
        std::fs::create_dir_all(&folder).unwrap();
        let file = folder.join("four-minutes.wav");
        write(&file);
        files.push(file);
    }
    for file in files {
        let info = open(&file, Downmix::Fold).unwrap().info().clone();
        let length_s = info.length_frames.unwrap_or(0) as f64 / f64::from(info.rate_hz);
        println!("{}: {length_s:.1} s, {:?}, {} Hz", file.display(), info.channels, info.rate_hz);
        let tell = |name: &str, run: &mut dyn FnMut()| {
            let mut best = f64::INFINITY;
            for _ in 0..RUNS {
                let started = Instant::now();
                run();
                best = best.min(started.elapsed().as_secs_f64());
            }
            println!("  {name:20} {best:7.3} s {:7.0} x real time", length_s / best);
        };
        let (rate_hz, channels) = (info.rate_hz, info.channels);
        let paths = [file.clone()];
        tell("measure", &mut || {
            assert!(mixkeel::measure::measure(&paths, &Silent).unwrap().failures.is_empty())
        });
        tell("  reading alone", &mut || through(&file, channels, |_| ()));
        tell("  loudness", &mut || with(LoudnessMeter::new(), &file, rate_hz, channels));
        tell("  true peak by tenths", &mut || {
            with(TruePeakMeter::new().with_contour(), &file, rate_hz, channels)
        });
        tell("  levels", &mut || with(LevelsMeter::new(), &file, rate_hz, channels));
        tell("  spectrum and stereo", &mut || with(SpectrumMeter::new(), &file, rate_hz, channels));
        tell("  faults", &mut || with(FaultsMeter::new(Stored::default()), &file, rate_hz, channels));
    }
    // What was not written here is not there to be removed.
    let _ = std::fs::remove_dir_all(&folder);
}

/// One meter and the reading of the file.
fn with<M: Meter>(mut meter: M, file: &Path, rate_hz: u32, channels: Channels) {
    meter.prepare(rate_hz, channels);
    through(file, channels, |signal| meter.push(signal));
    std::hint::black_box(meter.finish());
}

fn through(file: &Path, channels: Channels, mut hear: impl FnMut(&mixkeel_dsp::block::Signal)) {
    let mut reader = open(file, Downmix::Fold).unwrap();
    let mut buffer = Buffer::new(channels, CHUNK_FRAMES);
    loop {
        let frames = reader.read(&mut buffer.block()).unwrap();
        if frames == 0 {
            return;
        }
        hear(&buffer.signal().part(0..frames));
    }
}

fn write(file: &Path) {
    let spec = Spec {
        format: Format::Wav,
        bits: Bits::I24,
        rate_hz: RATE_HZ,
        channels: Channels::Stereo,
        tags: Tags::default(),
        dither_seed: 1,
        source_bits: None,
        length_frames: None,
    };
    let mut writer = create(file, &spec).unwrap();
    let mut second = Buffer::new(Channels::Stereo, RATE_HZ as usize);
    let mut seed = 1_u32;
    for _ in 0..MINUTES * 60 {
        for channel in second.block().each() {
            for (n, x) in channel.iter_mut().enumerate() {
                seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                let noise = seed as f32 / u32::MAX as f32 - 0.5;
                let t = n as f32 / RATE_HZ as f32;
                let hit = noise * (1.0 - (2.0 * t).fract()).powi(3);
                let chord: f32 =
                    [110.0, 138.6, 164.8].iter().map(|hz| (std::f32::consts::TAU * hz * t).sin()).sum();
                *x = 0.4 * hit + 0.1 * chord;
            }
        }
        writer.write(second.signal()).unwrap();
    }
    writer.finish().unwrap();
}
