//! Prints what the sample-rate converter does to sound, and how fast: `cargo run --release --example resample_report`.
//!
//! With two rates as arguments, for those; else from 96 to 44.1 kHz. The method is that of `tests/resample.rs`.

use std::error::Error;
use std::time::Instant;

use mixkeel_dsp::block::{Block, Signal};
use mixkeel_dsp::kernels::resample::Resampler;

#[path = "../tests/listening/mod.rs"]
mod listening;

use listening::{Noise, db, faded_tone, find_tone, strongest_line_db, tone};

fn main() -> Result<(), Box<dyn Error>> {
    let rates_hz: Vec<u32> = std::env::args().skip(1).map(|rate| rate.parse()).collect::<Result<_, _>>()?;
    let (from_hz, to_hz) = match rates_hz[..] {
        [from_hz, to_hz] => (from_hz, to_hz),
        _ => (96_000, 44_100),
    };
    let lower_hz = f64::from(from_hz.min(to_hz));
    let level = |freq_hz: f64| -> Result<(f64, f64), Box<dyn Error>> {
        let out = convert(&tone(freq_hz, 0.9, from_hz, from_hz as usize / 2), from_hz, to_hz)?;
        let cut = to_hz as usize / 20;
        let found = find_tone(&out[cut..out.len() - cut], cut, freq_hz, to_hz);
        let late = -found.phase / (std::f64::consts::TAU * freq_hz / f64::from(to_hz));
        Ok((db(found.amplitude / 0.9), late))
    };

    println!("{from_hz} Hz to {to_hz} Hz");
    for drop_db in [0.01, 0.1, 3.0] {
        let (mut flat, mut fallen) = (0.8 * lower_hz / 2.0, lower_hz / 2.0);
        while fallen - flat > 1.0 {
            let middle = (flat + fallen) / 2.0;
            if level(middle)?.0 < -drop_db { fallen = middle } else { flat = middle }
        }
        println!(
            "-{drop_db} dB at {flat:.0} Hz, {:.4} of the lower Nyquist frequency",
            flat / (lower_hz / 2.0)
        );
    }
    println!("late by {:.6} frames at 997 Hz", level(997.0)?.1);

    let (mut beside, mut alias) = (f64::NEG_INFINITY, f64::NEG_INFINITY);
    for step in 1..40 {
        let freq_hz = f64::from(step) / 40.0 * 0.91 * lower_hz / 2.0 + 0.37;
        let out = convert(&faded_tone(freq_hz, 0.891, from_hz, from_hz as usize * 2 / 5), from_hz, to_hz)?;
        beside = beside.max(strongest_line_db(&out, Some(freq_hz), to_hz));
    }
    println!("strongest line beside a tone: {beside:.1} dBFS");
    if from_hz > to_hz {
        let (lowest, highest) = (lower_hz / 2.0 + 40.0, f64::from(from_hz) / 2.0 - 40.0);
        for step in 0..40 {
            let freq_hz = lowest + (highest - lowest) * f64::from(step) / 40.0;
            let out =
                convert(&faded_tone(freq_hz, 0.891, from_hz, from_hz as usize * 2 / 5), from_hz, to_hz)?;
            alias = alias.max(strongest_line_db(&out, None, to_hz));
        }
        println!("strongest alias of a tone from 40 Hz over Nyquist up: {alias:.1} dBFS");
    }

    let seconds = 60;
    let mut noise = Noise(1);
    let (left, right) =
        (noise.samples((seconds * from_hz) as usize), noise.samples((seconds * from_hz) as usize));
    let mut resampler = Resampler::new(from_hz, to_hz)?;
    let (mut out_left, mut out_right) = (vec![0.0; 8_192], vec![0.0; 8_192]);
    let begin = Instant::now();
    for (left, right) in left.chunks(4_096).zip(right.chunks(4_096)) {
        resampler.push(&Signal::stereo(left, right));
        while resampler.pull(&mut Block::stereo(&mut out_left, &mut out_right)) > 0 {}
    }
    println!("{:.0} times real time in stereo", f64::from(seconds) / begin.elapsed().as_secs_f64());
    Ok(())
}

fn convert(signal: &[f32], from_hz: u32, to_hz: u32) -> Result<Vec<f32>, Box<dyn Error>> {
    let mut resampler = Resampler::new(from_hz, to_hz)?;
    let mut out = vec![0.0; resampler.output_length(signal.len() as u64) as usize];
    resampler.push(&Signal::mono(signal));
    resampler.finish();
    resampler.pull(&mut Block::mono(&mut out));
    Ok(out)
}
