//! How far the forecast of a changed session is from its render: the demo and the shared songs, sessions turned at random,
//! an excerpt of each song rendered. Prints the distribution of the error by measure, beside the bar that the solver uses.
//!
//! `cargo run --release -p mixkeel --example forecast_errors [sessions a song]`

#[path = "foretold/mod.rs"]
mod foretold;
mod songs;

use std::path::{Path, PathBuf};

use foretold::{Change, Failure, changes};
use mixkeel::Silent;
use mixkeel::mix::{MixOptions, Start, mix};
use mixkeel::song::cache::Cache;
use mixkeel_assist::solve::error_bar;
use mixkeel_dsp::MAX_BLOCK_FRAMES;
use mixkeel_dsp::block::Buffer;
use mixkeel_io::read::Downmix;
use mixkeel_io::write::{Spec, create};
use mixkeel_session::goal::{ROWS, That};

/// The part of every song that is rendered, in seconds.
const EXCERPT_S: (f64, f64) = (30.0, 45.0);

fn main() -> Result<(), Failure> {
    let times: u32 = std::env::args().nth(1).map_or(Ok(40), |word| word.parse())?;
    let work = std::env::temp_dir().join(format!("mixkeel-forecast-errors-{}", std::process::id()));
    let mut all: Vec<Change> = Vec::new();
    let mut sources: Vec<(String, PathBuf)> = Vec::new();
    let demo = work.join("demo");
    mixkeel::demo_song::demo(Some(&demo), &Silent)?;
    sources.push(("demo".to_owned(), demo.join("tracks")));
    if let Some(music) = songs::music() {
        sources.extend(songs::SONGS.iter().map(|name| ((*name).to_owned(), music.join(name).join("tracks"))));
    }
    for (name, tracks) in sources {
        let excerpt = work.join(&name).join("excerpt");
        cut(&tracks, &excerpt)?;
        let out = work.join(&name).join("mix");
        let options = MixOptions {
            out: Some(out.clone()),
            // The demo is mixed afresh, so that there are sends to be turned; the songs as they come.
            start: if name == "demo" { Start::Fresh } else { Start::Tracks },
            stems: false,
            ..MixOptions::default()
        };
        if let Err(error) = mix(&excerpt, &options, &Silent) {
            println!("{name}: left out: {error}");
            continue;
        }
        let found = changes(&out.join("session.toml"), times, &Cache::off())?;
        println!("{name}: {times} sessions");
        table(&found);
        all.extend(found);
    }
    println!("all");
    table(&all);
    std::fs::remove_dir_all(&work)?;
    Ok(())
}

fn table(changes: &[Change]) {
    println!(
        "| measure | unit | changes | RMS change | median error | 90 % | worst | of small changes, 90 % | of others, as a part: 50 % | 80 % | bar |"
    );
    println!("|---|---|--:|--:|--:|--:|--:|--:|--:|--:|---|");
    for row in ROWS {
        let of: Vec<&Change> = changes.iter().filter(|one| one.that == row.that).collect();
        let error = |one: &&&Change| (one.foretold - one.heard).abs();
        let errors = sorted(of.iter().map(|one| error(&one)));
        let rms = (of.iter().map(|one| one.heard * one.heard).sum::<f64>() / of.len().max(1) as f64).sqrt();
        // What is less than a noticeable step counts as small.
        let noticeable = if row.that == That::Wider { 20.0 * row.noticeable.log10() } else { row.noticeable };
        let (large, small): (Vec<&Change>, Vec<&Change>) =
            of.iter().partition(|one| one.foretold.abs() >= noticeable);
        let small = sorted(small.iter().map(|one| error(&one)));
        let parts = sorted(large.iter().map(|one| error(&one) / one.foretold.abs()));
        let bar = error_bar(row.that);
        let unit = if row.that == That::Wider { "dB" } else { row.unit };
        println!(
            "| {} | {unit} | {} | {rms:.2} | {:.2} | {:.2} | {:.2} | {:.2} | {:.2} | {:.2} | {} + {} |",
            row.word,
            of.len(),
            at(&errors, 0.5),
            at(&errors, 0.9),
            at(&errors, 1.0),
            at(&small, 0.9),
            at(&parts, 0.5),
            at(&parts, 0.8),
            bar.least,
            bar.share
        );
    }
}

fn sorted(values: impl Iterator<Item = f64>) -> Vec<f64> {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    values
}

/// The value below which a part of them lies.
fn at(sorted: &[f64], part: f64) -> f64 {
    sorted.get(((sorted.len().max(1) - 1) as f64 * part) as usize).copied().unwrap_or(0.0)
}

/// Copies a part of every recording into another folder.
fn cut(from: &Path, to: &Path) -> Result<(), Failure> {
    std::fs::create_dir_all(to)?;
    for file in mixkeel::song::scan::scan(from)?.files {
        let mut reader = mixkeel_io::read::open(&file.path, Downmix::Fold)?;
        let (rate_hz, channels) = (reader.info().rate_hz, reader.info().channels);
        let name = file.path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let spec = Spec::float_wav(rate_hz, channels);
        let mut writer = create(&to.join(format!("{name}.wav")), &spec)?;
        let frame = |seconds: f64| (seconds * f64::from(rate_hz)) as usize;
        let (first, last) = (frame(EXCERPT_S.0), frame(EXCERPT_S.1));
        let mut buffer = Buffer::new(channels, MAX_BLOCK_FRAMES);
        let mut at = 0;
        loop {
            let frames = reader.read(&mut buffer.block())?;
            if frames == 0 || at >= last {
                break;
            }
            let (low, high) = (first.saturating_sub(at).min(frames), (last - at).min(frames));
            if low < high {
                writer.write(buffer.signal().part(low..high))?;
            }
            at += frames;
        }
        writer.finish()?;
    }
    Ok(())
}
