//! How fast equalisers are with bands in them: one second of stereo at 48 kHz.
#![allow(missing_docs)] // The macros of criterion write undocumented functions.

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use mixkeel_dsp::block::{Buffer, Channels};
use mixkeel_dsp::param::Bands;
use mixkeel_dsp::processor::{Context, Processor, Setup};
use mixkeel_dsp::processors::dynamic_eq::{DynamicBand, DynamicEq, DynamicEqSettings};
use mixkeel_dsp::processors::eq::{Channel, Eq, EqBand, EqSettings, Shape};

const SETUP: Setup = Setup { rate_hz: 48_000, channels: Channels::Stereo, max_block_frames: 480 };

fn fill(channel: &mut [f32]) {
    let mut random = 1_u32;
    for sample in channel {
        random = random.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        *sample = (random >> 8) as f32 / (1 << 24) as f32 - 0.5;
    }
}

/// A second of sound in blocks of 10 ms, with settings before each.
fn second<P: Processor>(processor: &mut P, sound: &mut Buffer, settings: impl Fn(usize) -> P::Settings) {
    // Each second starts from the same noise: what is filtered over and over again ends at nothing.
    sound.block().each().for_each(fill);
    for (index, first) in (0..48_000).step_by(480).enumerate() {
        processor.set(&settings(index));
        let at = Context { frame: first as i64, tempo_bpm: 120.0 };
        processor.process(&mut sound.block().part(first..first + 480), &[], &at);
    }
}

fn four_bands(gain_db: f64) -> EqSettings {
    let bell = |freq_hz| EqBand { freq_hz, gain_db, ..EqBand::default() };
    EqSettings {
        band: Bands::of(&[
            EqBand { shape: Shape::LowCut, freq_hz: 60.0, ..EqBand::default() },
            bell(400.0),
            bell(3_000.0),
            EqBand { shape: Shape::HighShelf, freq_hz: 9_000.0, gain_db, ..EqBand::default() },
        ]),
        ..EqSettings::default()
    }
}

fn equalisers(criterion: &mut Criterion) {
    let mut sound = Buffer::new(Channels::Stereo, 48_000);
    let mut eq = Eq::default();
    eq.prepare(&SETUP);
    criterion.bench_function("eq, 4 bands, still, 1 s stereo", |bencher| {
        let settings = four_bands(-1.0);
        bencher.iter(|| second(&mut eq, black_box(&mut sound), |_| settings));
    });
    criterion.bench_function("eq, 4 bands, 3 of them moving every block, 1 s stereo", |bencher| {
        bencher.iter(|| {
            second(&mut eq, black_box(&mut sound), |index| {
                four_bands(if index % 2 == 0 { -1.0 } else { 1.0 })
            })
        });
    });
    criterion.bench_function("eq, 4 bands at rest, 1 s stereo", |bencher| {
        let settings = EqSettings { band: Bands::of(&[EqBand::default(); 4]), ..EqSettings::default() };
        bencher.iter(|| second(&mut eq, black_box(&mut sound), |_| settings));
    });
    criterion.bench_function("dynamic-eq, 4 bands at work, 1 s stereo", |bencher| {
        let band = DynamicBand { threshold_db: -50.0, ..DynamicBand::default() };
        let bands = [200.0, 800.0, 2_500.0, 7_000.0].map(|freq_hz| DynamicBand { freq_hz, ..band });
        let settings = DynamicEqSettings { band: Bands::of(&bands), ..DynamicEqSettings::default() };
        let mut dynamic = DynamicEq::default();
        dynamic.prepare(&SETUP);
        bencher.iter(|| second(&mut dynamic, black_box(&mut sound), |_| settings));
    });
    criterion.bench_function("eq, one band made anew", |bencher| {
        let band = EqBand { channel: Channel::Both, gain_db: 3.0, ..EqBand::default() };
        bencher.iter(|| black_box(band).sections(48_000));
    });
}

criterion_group!(benches, equalisers);
criterion_main!(benches);
