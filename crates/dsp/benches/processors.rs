//! How fast every processor of the catalogue is: one second of stereo at 48 kHz with settings that move all the time.
#![allow(missing_docs)] // The macros of criterion write undocumented functions.

use std::hint::black_box;

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

criterion_group!(benches, processors);
criterion_main!(benches);
