//! Hears generated rhythms whose truth is known, and real songs where they lie beside the repository, and prints how right it
//! was and how sure.
//!
//! `cargo run --release -p mixkeel --example rhythm_table -- [SEED]…` (seed 9001 where none is given). Each seed is another set
//! of some 200 pieces of half a minute, heard from their tracks and from their sum.

#[path = "rhythms/mod.rs"]
mod rhythms;
#[path = "rhythms/scores.rs"]
mod scores;

use std::fs;
use std::path::{Path, PathBuf};

use mixkeel_analysis::meter::Meter;
use mixkeel_analysis::music::rhythm::{Rhythm, TrackCurves, rhythm};
use mixkeel_analysis::profile::ProfileMeter;
use mixkeel_dsp::block::{Buffer, Channels, Signal};
use mixkeel_io::read::{Downmix, open};
use rayon::prelude::*;

type Failure = Box<dyn std::error::Error + Send + Sync>;

/// Songs whose tempo is known; all are in four, and begin with a bar.
const SONGS: [(&str, f64); 5] = [
    ("caesium", 130.0),
    ("city_blues", 120.0),
    ("hydrogen_kit", 115.0),
    ("mauiwowi", 102.0),
    ("reggaetry", 180.0),
];

fn main() -> Result<(), Failure> {
    let seeds: Result<Vec<u64>, _> = std::env::args().skip(1).map(|seed| seed.parse()).collect();
    let seeds = Some(seeds?).filter(|seeds| !seeds.is_empty()).unwrap_or_else(|| vec![9001]);
    let pieces: Vec<rhythms::Piece> = seeds.into_iter().flat_map(rhythms::pieces).collect();
    let scored: Vec<(String, bool, f64, scores::Score)> = pieces.par_iter().flat_map(generated).collect();
    scores::print(&scored);
    println!("\nreal songs:");
    let music = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/music");
    for (song, bpm) in SONGS {
        for folder in ["tracks", "mix"] {
            real(&music.join(song).join(folder), bpm)?;
        }
    }
    Ok(())
}

/// One piece, heard from its tracks and from its sum.
fn generated(piece: &rhythms::Piece) -> Vec<(String, bool, f64, scores::Score)> {
    let curves = |wave: &[f32]| {
        let mut meter = ProfileMeter::new(rhythms::RATE_HZ, Channels::Mono).with_music();
        meter.push(&Signal::mono(wave));
        TrackCurves::of(&meter.finish().music.unwrap_or_default())
    };
    let tracks = piece.score.tracks();
    let mut sum: Vec<f32> = Vec::new();
    for wave in &tracks {
        sum.resize(sum.len().max(wave.len()), 0.0);
        sum.iter_mut().zip(wave).for_each(|(to, x)| *to += 0.5 * x);
    }
    let truth = scores::Truth {
        bpm: piece.bpm,
        metres: &piece.metres,
        beats_s: &piece.score.beats_s,
        downbeats_s: &piece.score.downbeats_s,
        swing: piece.swing,
    };
    let apart: Vec<TrackCurves> = tracks.iter().map(|wave| curves(wave)).collect();
    let heard = [("tracks", rhythm(&apart)), ("sum", rhythm(&[curves(&sum)]))];
    let score = |(from, heard): (&str, Rhythm)| {
        let score = scores::Score::of(&heard, &truth);
        if !piece.open && !score.exact && score.sure[0] > 0.75 {
            let bpm = heard.tempo_bpm.unwrap_or(0.0);
            println!("wrong and sure: {} {} at {:.0}, {from}: {bpm:.0}", piece.group, piece.name, piece.bpm);
        }
        (format!("{}, {from}", piece.group), piece.open, piece.bpm, score)
    };
    heard.into_iter().map(score).collect()
}

/// What is heard of a song, on one line.
fn real(folder: &Path, bpm: f64) -> Result<(), Failure> {
    let Ok(files) = fs::read_dir(folder) else {
        println!("skipped: there is no {}", folder.display());
        return Ok(());
    };
    let mut paths: Vec<PathBuf> = files.flatten().map(|file| file.path()).collect();
    paths.sort();
    let tracks: Result<Vec<TrackCurves>, Failure> = paths.par_iter().map(|path| curves_of(path)).collect();
    let tracks = tracks?;
    let heard = rhythm(&tracks);
    let length_s = tracks.iter().map(|track| track.onsets.len()).max().unwrap_or(0) as f64 * 0.01;
    let every = |beats: f64| -> Vec<f64> {
        (0..).map(|n| f64::from(n) * beats * 60.0 / bpm).take_while(|at| *at < length_s).collect()
    };
    let levels: Vec<String> = heard
        .levels
        .iter()
        .take(3)
        .map(|level| format!("{:.0} {:.2}", level.bpm, level.likelihood))
        .collect();
    let metres: Vec<String> = heard.metre.iter().map(|(_, metre)| metre.to_string()).collect();
    println!(
        "{:40} {:.1} of {bpm}; {}; beats {:.3} bars {:.3} ({:.2}); {} ({:.2}); {:?}; swing {:.2}",
        folder.iter().rev().take(2).map(|part| part.to_string_lossy()).collect::<Vec<_>>().join(" of "),
        heard.tempo_bpm.unwrap_or(0.0),
        levels.join(", "),
        scores::f_measure(&heard.beats_s, &every(1.0), 0.07),
        scores::f_measure(&heard.downbeats_s, &every(4.0), 0.07),
        heard.downbeat_confidence,
        metres.join(" "),
        heard.metre_confidence,
        heard.level_reason,
        heard.swing.map_or(0.0, |swing| swing.ratio),
    );
    Ok(())
}

fn curves_of(path: &Path) -> Result<TrackCurves, Failure> {
    let mut reader = open(path, Downmix::Refuse)?;
    let (rate_hz, channels) = (reader.info().rate_hz, reader.info().channels);
    let mut meter = ProfileMeter::new(rate_hz, channels).with_music();
    let mut buffer = Buffer::new(channels, 65_536);
    loop {
        let got = reader.read(&mut buffer.block())?;
        if got == 0 {
            break;
        }
        meter.push(&buffer.signal().part(0..got));
    }
    Ok(TrackCurves::of(&meter.finish().music.unwrap_or_default()))
}
