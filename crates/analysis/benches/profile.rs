//! What a stereo minute costs each meter, and all of them together.

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use mixkeel_analysis::bands::BandsMeter;
use mixkeel_analysis::dynamics::DynamicsMeter;
use mixkeel_analysis::energy::EnergyMeter;
use mixkeel_analysis::levels::LevelsMeter;
use mixkeel_analysis::loudness::LoudnessMeter;
use mixkeel_analysis::meter::Meter;
use mixkeel_analysis::profile::ProfileMeter;
use mixkeel_analysis::programme::ProgrammeMeter;
use mixkeel_analysis::space::SpaceMeter;
use mixkeel_analysis::spectrum::SpectrumMeter;
use mixkeel_analysis::stereo::StereoReading;
use mixkeel_analysis::true_peak::TruePeakMeter;
use mixkeel_dsp::block::{Channels, Signal};

const RATE_HZ: u32 = 48_000;

/// A minute of two decaying noises a second: dense enough that the true-peak meter cannot look away.
fn minute(mut seed: u32) -> Vec<f32> {
    (0..RATE_HZ * 60)
        .map(|n| {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let noise = seed as f32 / u32::MAX as f32 - 0.5;
            noise * (1.0 - (n % (RATE_HZ / 2)) as f32 / (RATE_HZ / 2) as f32)
        })
        .collect()
}

fn run<M: Meter>(meter: &mut M, left: &[f32], right: &[f32]) -> M::Reading {
    meter.prepare(RATE_HZ, Channels::Stereo);
    for (left, right) in left.chunks(4_096).zip(right.chunks(4_096)) {
        meter.push(&Signal::stereo(left, right));
    }
    meter.finish()
}

fn stereo_minute(c: &mut Criterion) {
    let (left, right) = (minute(1), minute(2));
    let mut group = c.benchmark_group("stereo minute");
    group.sample_size(10);
    let mut loudness = LoudnessMeter::new();
    group.bench_function("loudness", |b| b.iter(|| black_box(run(&mut loudness, &left, &right))));
    let mut true_peak = TruePeakMeter::new();
    group.bench_function("true peak", |b| b.iter(|| black_box(run(&mut true_peak, &left, &right))));
    let mut levels = LevelsMeter::new();
    group.bench_function("levels", |b| b.iter(|| black_box(run(&mut levels, &left, &right))));
    let mut bands = BandsMeter::new();
    group.bench_function("bands", |b| b.iter(|| black_box(run(&mut bands, &left, &right))));
    let mut spectrum = SpectrumMeter::new();
    group.bench_function("spectrum and stereo", |b| {
        b.iter(|| black_box(StereoReading::of(&run(&mut spectrum, &left, &right))))
    });
    let mut dynamics = DynamicsMeter::new();
    group.bench_function("dynamics", |b| b.iter(|| black_box(run(&mut dynamics, &left, &right))));
    let mut programme = ProgrammeMeter::new();
    group.bench_function("programme", |b| b.iter(|| black_box(run(&mut programme, &left, &right))));
    let mut energy = EnergyMeter::new();
    group.bench_function("energy", |b| b.iter(|| black_box(run(&mut energy, &left, &right))));
    let mut space = SpaceMeter::new();
    group.bench_function("space", |b| b.iter(|| black_box(run(&mut space, &left, &right))));
    let mut profile = ProfileMeter::new(RATE_HZ, Channels::Stereo);
    group.bench_function("profile", |b| b.iter(|| black_box(run(&mut profile, &left, &right))));
    let mut with_music = ProfileMeter::new(RATE_HZ, Channels::Stereo).with_music();
    group.bench_function("profile with music", |b| b.iter(|| black_box(run(&mut with_music, &left, &right))));
    group.finish();
}

criterion_group!(benches, stereo_minute);
criterion_main!(benches);
