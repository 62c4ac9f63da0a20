//! How fast the kernels are: one second of stereo each, so that a time of 1 ms is a thousand times real time.
#![allow(missing_docs)] // The macros of criterion write undocumented functions.

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use mixkeel_dsp::block::{Block, Signal};
use mixkeel_dsp::kernels::dither::{Dither, Quantiser, WordLength};
use mixkeel_dsp::kernels::oversample::{Downsampler, Factor, Upsampler};
use mixkeel_dsp::kernels::resample::Resampler;

#[path = "../tests/listening/mod.rs"]
mod listening;

const BLOCK_FRAMES: usize = 4_096;

fn resample(criterion: &mut Criterion) {
    for (from_hz, to_hz) in [(96_000, 44_100), (44_100, 48_000), (44_100, 44_101)] {
        let Ok(mut resampler) = Resampler::new(from_hz, to_hz) else { continue };
        let mut noise = listening::Noise(1);
        let (left, right) = (noise.samples(from_hz as usize), noise.samples(from_hz as usize));
        let (mut out_left, mut out_right) = (vec![0.0; 2 * BLOCK_FRAMES], vec![0.0; 2 * BLOCK_FRAMES]);
        criterion.bench_function(&format!("resample {from_hz} to {to_hz}, 1 s stereo"), |bencher| {
            bencher.iter(|| {
                for (left, right) in left.chunks(BLOCK_FRAMES).zip(right.chunks(BLOCK_FRAMES)) {
                    resampler.push(&Signal::stereo(left, right));
                    while resampler.pull(&mut Block::stereo(&mut out_left, &mut out_right)) > 0 {}
                }
                black_box(&out_left);
            });
        });
    }
}

fn dither(criterion: &mut Criterion) {
    let sound = listening::Noise(1).samples(48_000);
    let mut codes = vec![0; 48_000];
    let mut quantiser = Quantiser::new(WordLength::Bits16, Dither::Tpdf, 1);
    criterion.bench_function("dither to 16 bit, 1 s stereo at 48 kHz", |bencher| {
        bencher.iter(|| {
            for channel in 0..2 {
                quantiser.quantise_run(black_box(&sound), channel, 0, &mut codes);
            }
            black_box(&codes);
        });
    });
}

fn oversample(criterion: &mut Criterion) {
    let sound = listening::Noise(1).samples(48_000);
    let (mut up, mut down) = (Upsampler::new(Factor::Eight), Downsampler::new(Factor::Eight));
    let mut high = vec![0.0; 8 * BLOCK_FRAMES];
    let mut low = vec![0.0; BLOCK_FRAMES];
    criterion.bench_function("eight times the rate and back, 1 s mono at 48 kHz", |bencher| {
        bencher.iter(|| {
            for part in sound.chunks(BLOCK_FRAMES) {
                up.run(black_box(part), &mut high);
                down.run(&high[..8 * part.len()], &mut low);
            }
            black_box(&low);
        });
    });
}

criterion_group!(benches, resample, dither, oversample);
criterion_main!(benches);
