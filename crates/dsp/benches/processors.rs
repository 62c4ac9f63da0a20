//! How fast every processor of the catalogue is: one second of stereo at 48 kHz with settings that move all the time.
#![allow(missing_docs)] // The macros of criterion write undocumented functions.

use std::hint::black_box;
use std::sync::Arc;

use criterion::{Criterion, criterion_group, criterion_main};
use mixkeel_dsp::MAX_BLOCK_FRAMES;
use mixkeel_dsp::block::{Buffer, Channels};
use mixkeel_dsp::catalog::CATALOG;
use mixkeel_dsp::param::{Range, Value};
use mixkeel_dsp::processor::{Context, Setup};

fn processors(criterion: &mut Criterion) {
    for kind in CATALOG {
        let mut processor = (kind.build)();
        processor.prepare(&Setup {
            rate_hz: 48_000,
            channels: Channels::Stereo,
            max_block_frames: MAX_BLOCK_FRAMES,
        });
        let mut settings = (kind.settings)();
        for spec in kind.specs {
            if let Range::Number { min, max, .. } = spec.range {
                // Inside the range, at no special point.
                let _ = settings.set(spec.id, &Value::Number(min + 0.618 * (max - min)));
            }
        }
        // Silence would be slept through.
        let sound = noise(48_000);
        let (mut heard, mut frame) = (sound.clone(), 0);
        for still in [true, false] {
            let name = format!("{}, {}, 1 s stereo", kind.id, if still { "still" } else { "moving" });
            let away = (kind.settings)();
            criterion.bench_function(&name, |bencher| {
                bencher.iter(|| {
                    again(&mut heard, &sound);
                    for (index, first) in (0..48_000).step_by(480).enumerate() {
                        let moved = !still && index % 2 == 1;
                        processor.set(if moved { &*away } else { &*settings });
                        let at = Context { frame, tempo_bpm: 120.0 };
                        processor.process(&mut heard.block().part(first..first + 480), &[], &at);
                        frame += 480;
                    }
                    black_box(&heard);
                });
            });
        }
    }
}

/// Something like noise at −12 dBFS: the linear congruential generator of "Numerical Recipes", ch. 7.1.
fn noise(frames: usize) -> Buffer {
    let mut buffer = Buffer::new(Channels::Stereo, frames);
    let mut random = 1_u32;
    for sample in buffer.block().each().flatten() {
        random = random.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        *sample = 0.43 * ((random >> 8) as f32 / (1 << 23) as f32 - 1.0);
    }
    buffer
}

/// Puts the same sound there again, without allocating.
fn again(to: &mut Buffer, from: &Buffer) {
    let mut block = to.block();
    block.each().zip(from.signal().each()).for_each(|(to, from)| to.copy_from_slice(from));
}

/// Convolution with responses of 2 s: without one it does nothing.
fn convolution(criterion: &mut Criterion) {
    let Some(kind) = mixkeel_dsp::catalog::find("convolution") else { return };
    for (what, count) in [("stereo", 1), ("true stereo", 2)] {
        let mut processor = (kind.build)();
        processor.load(&(0..count).map(|_| Arc::new(noise(96_000))).collect::<Vec<_>>());
        processor.prepare(&Setup {
            rate_hz: 48_000,
            channels: Channels::Stereo,
            max_block_frames: MAX_BLOCK_FRAMES,
        });
        let sound = noise(48_000);
        let (mut heard, mut frame) = (sound.clone(), 0);
        criterion.bench_function(&format!("convolution, 2 s {what} response, 1 s stereo"), |bencher| {
            bencher.iter(|| {
                again(&mut heard, &sound);
                for first in (0..48_000).step_by(480) {
                    let at = Context { frame, tempo_bpm: 120.0 };
                    processor.process(&mut heard.block().part(first..first + 480), &[], &at);
                    frame += 480;
                }
                black_box(&heard);
            });
        });
    }
}

criterion_group!(benches, processors, convolution);
criterion_main!(benches);
