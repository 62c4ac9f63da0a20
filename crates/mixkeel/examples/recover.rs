//! Prints whether a mix finds back to itself when its recordings are spoilt: `cargo run --release -p mixkeel --example recover`.
//!
//! Takes the stems of caesium from `../shared/music` beside the repository, turns every one up or down by up to 12 dB, tilts its
//! spectrum by up to 4 dB an octave either way, turns the polarity of one and delays another, all by a fixed seed, and decides
//! on both sets from a fresh balance, the loop included, as `mix` does. Printed is how loud every track stands in both mixes, told
//! by the forecast; `--paper` leaves the loop out, `--levels` the tilts.

mod songs;

use std::path::Path;

use mixkeel::Silent;
use mixkeel::ear::Ear;
use mixkeel::rounds::{RoundOptions, correct};
use mixkeel::song::facts::facts;
use mixkeel::song::media::Shelf;
use mixkeel_assist::decide::decide;
use mixkeel_assist::forecast::Forecast;
use mixkeel_dsp::block::Buffer;
use mixkeel_dsp::catalog;
use mixkeel_dsp::param::Value;
use mixkeel_dsp::processor::{Context, Setup};
use mixkeel_dsp::units::gain_from_db;
use mixkeel_io::read::{Downmix, open};
use mixkeel_io::write::{Spec, create};
use songs::{Deaf, Failure, Loaded, load, music};

const BLOCK_FRAMES: usize = 1_024;

/// What is done to one recording.
#[derive(Clone, Copy)]
struct Spoilt {
    gain_db: f64,
    tilt_db_an_octave: f64,
    inverted: bool,
    late_ms: f64,
}

fn main() -> Result<(), Failure> {
    let Some(music) = music() else { return Ok(()) };
    let clean = music.join("caesium/tracks");
    let folder = std::env::temp_dir().join("mixkeel-recover");
    std::fs::create_dir_all(&folder)?;
    let only_levels = std::env::args().any(|argument| argument == "--levels");
    let mut names: Vec<_> = std::fs::read_dir(&clean)?.flatten().map(|entry| entry.path()).collect();
    names.sort();
    let mut state = 20_261_129_u32;
    let mut draw = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        2.0 * f64::from(state >> 8) / 16_777_216.0 - 1.0
    };
    let mut plans = Vec::new();
    for (at, path) in names.iter().enumerate() {
        let (gain_db, tilt) = (12.0 * draw(), 4.0 * draw());
        let spoilt = Spoilt {
            gain_db,
            tilt_db_an_octave: if only_levels { 0.0 } else { tilt },
            inverted: at == 4,
            late_ms: if at == 7 { 3.0 } else { 0.0 },
        };
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        spoil(path, &folder.join(format!("{name}.wav")), spoilt)?;
        plans.push((name, spoilt));
    }
    let (clean, spoilt) = (load("caesium", &clean, None)?, load("caesium, spoilt", &folder, None)?);
    let on_paper = std::env::args().any(|argument| argument == "--paper");
    let (here, there) = (levels(&clean, on_paper)?, levels(&spoilt, on_paper)?);
    println!(
        "| track | role | spoilt by | LUFS in the mix | of the spoilt | difference |\n|---|---|---|--:|--:|--:|"
    );
    let mut worst = 0.0_f64;
    for ((id, role, lufs), (_, role_there, other)) in here.iter().zip(&there) {
        let plan = plans.iter().find(|(name, _)| name.to_lowercase().replace([' ', '_'], "-") == *id);
        let by = plan.map_or(String::new(), |(_, spoilt)| {
            format!("{:+.1} dB, {:+.1} dB/oct", spoilt.gain_db, spoilt.tilt_db_an_octave)
                + if spoilt.inverted { ", inverted" } else { "" }
                + if spoilt.late_ms > 0.0 { ", late" } else { "" }
        });
        let role = if role == role_there { role.clone() } else { format!("{role} / {role_there}") };
        worst = worst.max((other - lufs).abs());
        println!("| {id} | {role} | {by} | {lufs:.1} | {other:.1} | {:+.1} |", other - lufs);
    }
    println!("\nfurthest: {worst:.2} LU (asked: 1.5)");
    Ok(())
}

/// How loud every track stands beside the mix that is decided on.
fn levels(loaded: &Loaded, on_paper: bool) -> Result<Vec<(String, String, f64)>, Failure> {
    let session = if on_paper {
        let Ok(decision) = decide(&loaded.song, &loaded.session, &mut Deaf);
        decision.session
    } else {
        let rate_hz = loaded.session.rate_hz;
        let shelf = Shelf { folder: loaded.folder.clone(), rate_hz, downmix: Downmix::Refuse };
        let media = facts(&loaded.session, &shelf)?;
        let mut ear = Ear::new(&shelf, &media, &Silent);
        let decided = decide(&loaded.song, &loaded.session, &mut ear)?.session;
        correct(&loaded.song, &decided, &ear, &RoundOptions::default(), &Silent)?.session
    };
    let forecast = Forecast::of(&loaded.song, &session).map_err(|faults| format!("{faults:?}"))?;
    let mix = forecast.sum().integrated_lufs().unwrap_or(0.0);
    let of = |(number, id): (usize, &str)| {
        let role = session.tracks.iter().find(|track| track.id == id)?.role.to_string();
        Some((id.to_owned(), role, forecast.integrated_lufs(number)? - mix))
    };
    Ok(forecast.tracks().enumerate().filter_map(of).collect())
}

/// One file through all that is done to it.
fn spoil(from: &Path, to: &Path, spoilt: Spoilt) -> Result<(), Failure> {
    let mut reader = open(from, Downmix::Fold)?;
    let (channels, rate_hz) = (reader.info().channels, reader.info().rate_hz);
    let spec = Spec::float_wav(rate_hz, channels);
    let mut writer = create(to, &spec)?;
    let kind = catalog::find("eq").ok_or("there is no equaliser")?;
    let mut settings = (kind.settings)();
    // A shelf an octave, as high as the tilt is steep, is a straight line between the first and the last.
    for band in 0..8 {
        let at = |leaf: &str| format!("band.{}/{leaf}", band + 1);
        settings.set(&at("shape"), &Value::Word("high-shelf".to_owned()))?;
        settings.set(&at("freq_hz"), &Value::Number(88.4 * f64::from(1 << band)))?;
        settings.set(&at("q"), &Value::Number(0.5))?;
        settings.set(&at("gain_db"), &Value::Number(spoilt.tilt_db_an_octave))?;
    }
    // Level at 1 kHz, in the middle of the shelves, stays as it is.
    settings.set("output_db", &Value::Number(-4.0 * spoilt.tilt_db_an_octave))?;
    let mut processor = (kind.build)();
    processor.prepare(&Setup { rate_hz, channels, max_block_frames: BLOCK_FRAMES });
    processor.set(&*settings);
    let late = (spoilt.late_ms / 1_000.0 * f64::from(rate_hz)) as usize;
    if late > 0 {
        writer.write(Buffer::new(channels, late).signal())?;
    }
    let gain = gain_from_db(spoilt.gain_db) as f32 * if spoilt.inverted { -1.0 } else { 1.0 };
    let (mut buffer, mut frame) = (Buffer::new(channels, BLOCK_FRAMES), 0);
    loop {
        let frames = reader.read(&mut buffer.block())?;
        if frames == 0 {
            break;
        }
        let at = Context { frame, tempo_bpm: 120.0 };
        processor.process(&mut buffer.block().part(0..frames), &[], &at);
        buffer.block().each().for_each(|channel| channel.iter_mut().for_each(|x| *x *= gain));
        writer.write(buffer.signal().part(0..frames))?;
        frame += frames as i64;
    }
    writer.finish()?;
    Ok(())
}
