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
        let mut sound = Buffer::new(Channels::Stereo, 48_000);
        for still in [true, false] {
            let name = format!("{}, {}, 1 s stereo", kind.id, if still { "still" } else { "moving" });
            let away = (kind.settings)();
            criterion.bench_function(&name, |bencher| {
                bencher.iter(|| {
                    for (index, first) in (0..48_000).step_by(480).enumerate() {
                        let moved = !still && index % 2 == 1;
                        processor.set(if moved { &*away } else { &*settings });
                        let at = Context { frame: first as i64, tempo_bpm: 120.0 };
                        processor.process(&mut sound.block().part(first..first + 480), &[], &at);
                    }
                    black_box(&sound);
                });
            });
        }
    }
}

/// Convolution with responses of 2 s: without one it does nothing.
fn convolution(criterion: &mut Criterion) {
    let Some(kind) = mixkeel_dsp::catalog::find("convolution") else { return };
    for (what, count) in [("stereo", 1), ("true stereo", 2)] {
        let response = || {
            let mut buffer = Buffer::new(Channels::Stereo, 96_000);
            for channel in buffer.block().each() {
                channel.iter_mut().enumerate().for_each(|(frame, sample)| {
                    *sample =
                        ((frame * 7_919 % 1_009) as f32 / 504.5 - 1.0) * (1.0 - frame as f32 / 96_000.0);
                });
            }
            Arc::new(buffer)
        };
        let mut processor = (kind.build)();
        processor.load(&(0..count).map(|_| response()).collect::<Vec<_>>());
        processor.prepare(&Setup {
            rate_hz: 48_000,
            channels: Channels::Stereo,
            max_block_frames: MAX_BLOCK_FRAMES,
        });
        let (sound, mut first) = (response(), 0);
        criterion.bench_function(&format!("convolution, 2 s {what} response, 1 s stereo"), |bencher| {
            bencher.iter(|| {
                let mut heard = (*sound).clone();
                for from in (0..48_000).step_by(480) {
                    let at = Context { frame: first, tempo_bpm: 120.0 };
                    processor.process(&mut heard.block().part(from..from + 480), &[], &at);
                    first += 480;
                }
                black_box(&heard);
            });
        });
    }
}

criterion_group!(benches, processors, convolution);
criterion_main!(benches);
