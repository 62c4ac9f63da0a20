//! Prints what the role classifier judges by, as CSV: a row for each file. Training and use share this code.
//!
//! `cargo run --release -p mixkeel --example role_features -- FILE…`; a lone `-` reads the names of files from standard input.

use std::io::Write as _;
use std::path::Path;

use mixkeel_analysis::meter::Meter;
use mixkeel_analysis::profile::ProfileMeter;
use mixkeel_assist::roles::sound::features::{NAMES, features};
use mixkeel_dsp::block::Buffer;
use mixkeel_io::read::Downmix;
use rayon::prelude::*;

type Failure = Box<dyn std::error::Error + Send + Sync>;

fn main() -> Result<(), Failure> {
    let mut files: Vec<String> = std::env::args().skip(1).collect();
    if files == ["-"] {
        files = std::io::stdin().lines().collect::<Result<_, _>>()?;
    }
    println!("file,{}", NAMES.join(","));
    let rows: Result<Vec<Option<String>>, Failure> = files.par_iter().map(|file| row(file)).collect();
    let mut out = std::io::stdout().lock();
    for row in rows?.into_iter().flatten() {
        writeln!(out, "{row}")?;
    }
    Ok(())
}

/// The row of a file; nothing for one that is silent.
fn row(file: &str) -> Result<Option<String>, Failure> {
    let mut reader =
        mixkeel_io::read::open(Path::new(file), Downmix::Fold).map_err(|error| error.to_string())?;
    let (rate_hz, channels) = (reader.info().rate_hz, reader.info().channels);
    let mut meter = ProfileMeter::new(rate_hz, channels).with_music();
    let mut buffer = Buffer::new(channels, 16_384);
    loop {
        let frames = reader.read(&mut buffer.block()).map_err(|error| error.to_string())?;
        if frames == 0 {
            break;
        }
        meter.push(&buffer.signal().part(0..frames));
    }
    let Some(features) = features(&meter.finish()) else { return Ok(None) };
    let numbers: Vec<String> = features.0.iter().map(|value| format!("{value:.5}")).collect();
    Ok(Some(format!("{file},{}", numbers.join(","))))
}
