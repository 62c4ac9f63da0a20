//! How fast equalisers are with bands in them: one second of stereo at 48 kHz.
#![allow(missing_docs)] // The macros of criterion write undocumented functions.

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use mixkeel_dsp::block::{Buffer, Channels};
use mixkeel_dsp::param::Bands;
use mixkeel_dsp::processor::{Context, Processor, Setup};
use mixkeel_dsp::processors::eq::{Channel, Eq, EqBand, EqSettings, Shape};

const SETUP: Setup = Setup { rate_hz: 48_000, channels: Channels::Stereo, max_block_frames: 480 };

fn noise() -> Buffer {
    let mut sound = Buffer::new(Channels::Stereo, 48_000);
    let mut random = 1_u32;
    for channel in sound.block().each() {
        for sample in channel {
            random = random.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            *sample = (random >> 8) as f32 / (1 << 24) as f32 - 0.5;
        }
    }
    sound
}

/// A second of sound in blocks of 10 ms, with settings before each.
fn second<P: Processor>(processor: &mut P, sound: &mut Buffer, settings: impl Fn(usize) -> P::Settings) {
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
    let mut sound = noise();
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
    criterion.bench_function("eq, one band made anew", |bencher| {
        let band = EqBand { channel: Channel::Both, gain_db: 3.0, ..EqBand::default() };
        bencher.iter(|| black_box(band).sections(48_000));
    });
}

criterion_group!(benches, equalisers);
criterion_main!(benches);
