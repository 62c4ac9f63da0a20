//! Writes what a sound would be like on playback systems: filtered by their curves, folded as they fold, all files at one
//! loudness, so that nothing sounds better for being louder.
//!
//! The filters have linear phase, because the curves say nothing about phase; rooms and noise are not added.

use std::fs;
use std::path::{Path, PathBuf};

use mixkeel_analysis::playback::{Folding, REFERENCE, System};
use mixkeel_dsp::block::{Buffer, Channels};
use mixkeel_dsp::kernels::convolver::{Convolver, Way};
use mixkeel_dsp::units::gain_from_db;
use mixkeel_dsp::{GRID_FRAMES, MAX_BLOCK_FRAMES};
use mixkeel_io::read::Downmix;
use mixkeel_io::write::{Bits, Format, Spec, Tags, create};

use crate::deliver::{Figures, Target, deliver, measure};
use crate::error::{Error, ErrorKind};
use crate::render::{RenderOptions, render};
use crate::watch::Watch;

/// Taps of the filters at 48 kHz or so: 85 ms, so that a curve is followed down to about 25 Hz.
const TAPS: usize = 4_096;

/// The loudest that files are made: what streams play at, less room for what small speakers do to peaks. Ours.
const LOUDEST_LUFS: f64 = -16.0;

/// No file's true peak goes higher (AES TD1008).
const CEILING_DBTP: f64 = -1.0;

/// Curves are followed this far down. Ours: what is 60 dB down nobody hears.
const FLOOR_DB: f64 = -60.0;

/// Renders, filters and writes; the files and the loudness that all of them have. The first is how it is on monitors.
pub fn write(
    path: &Path,
    systems: &[&'static System],
    to: &Path,
    watch: &dyn Watch,
) -> Result<(Vec<PathBuf>, Option<f64>), Error> {
    fs::create_dir_all(to).map_err(|error| unwritable(to, &error))?;
    let work = to.join(".listen.partial");
    let _ = fs::remove_dir_all(&work);
    fs::create_dir_all(&work).map_err(|error| unwritable(&work, &error))?;
    let done = filtered(path, systems, &work, watch).and_then(|made| matched(&made, to, watch));
    // Whatever came of it, nothing half-written stays.
    let _ = fs::remove_dir_all(&work);
    done
}

/// What was made for one system, before it has its loudness.
struct Made {
    id: &'static str,
    file: PathBuf,
    rate_hz: u32,
    figures: Figures,
}

fn filtered(
    path: &Path,
    systems: &[&'static System],
    work: &Path,
    watch: &dyn Watch,
) -> Result<Vec<Made>, Error> {
    let is_session =
        path.is_dir() || path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("toml"));
    let source = if is_session {
        let options =
            RenderOptions { out: Some(work.join("mix")), allow_solo: true, ..RenderOptions::default() };
        render(path, &options, watch)?;
        work.join("mix/mix.wav")
    } else {
        path.to_path_buf()
    };
    let mut made = Vec::new();
    let others = systems.iter().copied().filter(|system| system.id != REFERENCE.id);
    for system in std::iter::once(&REFERENCE).chain(others) {
        let file = work.join(format!("{}.wav", system.id));
        let rate_hz = play_on(&source, system, &file, watch)?;
        let figures = measure(&file, rate_hz, watch)?;
        made.push(Made { id: system.id, file, rate_hz, figures });
    }
    Ok(made)
}

/// Plays a file through a system's curve and folding into another; its rate.
fn play_on(source: &Path, system: &System, to: &Path, watch: &dyn Watch) -> Result<u32, Error> {
    let mut reader = mixkeel_io::read::open(source, Downmix::Fold)?;
    let rate_hz = reader.info().rate_hz;
    let mut writer = create(to, &spec(Format::Wav, Bits::F32, rate_hz))?;
    let taps = response(system, rate_hz);
    let mut filter = Convolver::new(&[Way { from: 0, to: 0 }, Way { from: 1, to: 1 }], taps.len());
    for way in 0..2 {
        filter.respond(way, |frame| taps.get(frame).copied().unwrap_or(0.0));
    }
    let mut heard = Buffer::new(reader.info().channels, MAX_BLOCK_FRAMES);
    let mut out = Buffer::new(Channels::Stereo, GRID_FRAMES);
    // A filter of linear phase is late by half its length; so much silence is let in at the end and left out at the start.
    let (mut late, mut rest, mut frame) = (taps.len() / 2, taps.len() / 2, 0_i64);
    let mut waiting: [Vec<f32>; 2] = [Vec::new(), Vec::new()];
    loop {
        if watch.stop() {
            return Err(Error::interrupted());
        }
        let frames = reader.read(&mut heard.block())?;
        if frames > 0 {
            let signal = heard.signal().part(0..frames);
            let folded = |left: f32, right: f32| match system.folding {
                Folding::Mono => [(left + right) / 2.0; 2],
                _ => [left, right],
            };
            for (left, right) in signal.left().iter().zip(signal.right_or_only()) {
                let [left, right] = folded(*left, *right);
                waiting[0].push(left);
                waiting[1].push(right);
            }
        } else {
            let more = rest.min(MAX_BLOCK_FRAMES);
            rest -= more;
            waiting.iter_mut().for_each(|side| side.extend(std::iter::repeat_n(0.0, more)));
        }
        let last = frames == 0 && rest == 0;
        let whole = if last { waiting[0].len() } else { waiting[0].len() / GRID_FRAMES * GRID_FRAMES };
        for from in (0..whole).step_by(GRID_FRAMES) {
            let upto = (from + GRID_FRAMES).min(whole);
            let mut block = out.block();
            block.each().for_each(|side| side.fill(0.0));
            if let Some((left, right)) = block.pair() {
                let count = upto - from;
                let input = [&waiting[0][from..upto], &waiting[1][from..upto]];
                filter.run(frame, input, [&mut left[..count], &mut right[..count]]);
                frame += count as i64;
            }
            let skip = late.min(upto - from);
            late -= skip;
            writer.write(out.signal().part(skip..upto - from))?;
        }
        waiting.iter_mut().for_each(|side| drop(side.drain(..whole)));
        if last {
            writer.finish()?;
            return Ok(rate_hz);
        }
    }
}

/// The taps of a system's curve, symmetrical, by summing its cosines; with a window that keeps them from ringing.
fn response(system: &System, rate_hz: u32) -> Vec<f32> {
    let bins = TAPS / 2;
    let top = (1..bins)
        .map(|bin| system.gain_db(bin as f64 * f64::from(rate_hz) / TAPS as f64))
        .fold(f64::NEG_INFINITY, f64::max);
    let gain = |bin: usize| {
        let hz = (bin as f64 * f64::from(rate_hz) / TAPS as f64).max(5.0);
        gain_from_db((system.gain_db(hz) - top).max(FLOOR_DB))
    };
    let gains: Vec<f64> = (0..=bins).map(gain).collect();
    let turn: Vec<f64> =
        (0..TAPS).map(|n| libm::cos(std::f64::consts::TAU * n as f64 / TAPS as f64)).collect();
    (0..TAPS)
        .map(|tap| {
            let away = tap as i64 - bins as i64;
            let sum: f64 = gains
                .iter()
                .enumerate()
                .map(|(bin, gain)| {
                    let twice = if bin == 0 || bin == bins { 1.0 } else { 2.0 };
                    let place = (away * bin as i64).rem_euclid(TAPS as i64) as usize;
                    twice * gain * turn[place]
                })
                .sum();
            let hann = 0.5 + 0.5 * libm::cos(std::f64::consts::PI * away as f64 / bins as f64);
            (hann * sum / TAPS as f64) as f32
        })
        .collect()
}

/// Gives every file the loudness that all of them can have.
fn matched(made: &[Made], to: &Path, watch: &dyn Watch) -> Result<(Vec<PathBuf>, Option<f64>), Error> {
    let reach = |one: &Made| {
        let (lufs, peak) = (one.figures.integrated_lufs?, one.figures.true_peak_dbtp?);
        Some(lufs - peak + CEILING_DBTP - 0.2)
    };
    let lufs = made.iter().filter_map(reach).reduce(f64::min).map(|lufs| lufs.min(LOUDEST_LUFS));
    let mut files = Vec::new();
    for one in made {
        let file = to.join(format!("{}.flac", one.id));
        let target = Target {
            integrated_lufs: lufs,
            ceiling_dbtp: CEILING_DBTP,
            most_limited_db: 0.0,
            most_gain_db: 80.0,
        };
        let spec = spec(Format::Flac, Bits::I24, one.rate_hz);
        deliver(&one.file, &one.figures, &file, &spec, &target, watch)?;
        files.push(file);
    }
    Ok((files, lufs))
}

fn spec(format: Format, bits: Bits, rate_hz: u32) -> Spec {
    Spec {
        format,
        bits,
        rate_hz,
        channels: Channels::Stereo,
        tags: Tags {
            engine_version: format!("Mixkeel {}", crate::ENGINE_VERSION),
            comment: Some("what it would sound like on a playback system".to_owned()),
            ..Tags::default()
        },
        dither_seed: 0,
        source_bits: None,
        length_frames: None,
    }
}

fn unwritable(path: &Path, error: &std::io::Error) -> Error {
    Error::new(ErrorKind::Unwritable, "can't write what it would sound like")
        .at(path)
        .because(error.to_string())
}
