//! What it costs to find out who covers whom in a song of 24 stereo tracks and four minutes.

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use mixkeel_analysis::energy::Power;
use mixkeel_analysis::erb::hz_from_rate;
use mixkeel_analysis::masking::MaskingMeter;
use mixkeel_analysis::playback::REFERENCE;

const TRACKS: usize = 24;
const FRAMES: usize = 2_400;
const BANDS: usize = 41;

/// Bands of a track, all sounding, around −30 dBFS and different on each side, so that nothing can be skipped.
fn track(number: usize) -> Vec<Power> {
    let mut seed = number as u32 + 1;
    let mut random = || {
        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        f64::from(seed >> 8) / f64::from(1_u32 << 24)
    };
    (0..BANDS * 64)
        .map(|_| {
            let (left, right) = (1e-3 * random() * random(), 1e-3 * random() * random());
            Power { left, right, cross: 0.5 * left.min(right) }
        })
        .collect()
}

fn song(c: &mut Criterion) {
    let tracks: Vec<Vec<Power>> = (0..TRACKS).map(track).collect();
    let edges_hz: Vec<f64> = (0..=BANDS).map(|n| hz_from_rate(0.7 + n as f64)).collect();
    let mut group = c.benchmark_group("masking");
    group.sample_size(10);
    group.bench_function("24 tracks, 4 minutes", |b| {
        b.iter(|| {
            let mut meter = MaskingMeter::new(TRACKS, &edges_hz, &REFERENCE);
            for frame in 0..FRAMES {
                let at = frame % 64 * BANDS;
                let powers: Vec<&[Power]> = tracks.iter().map(|track| &track[at..at + BANDS]).collect();
                meter.push(&powers);
                if frame % 240 == 239 {
                    meter.end_span();
                }
            }
            black_box(meter.finish())
        });
    });
    group.bench_function("making ready", |b| {
        b.iter(|| black_box(MaskingMeter::new(TRACKS, &edges_hz, &REFERENCE)).push(&[]));
    });
    group.finish();
}

criterion_group!(benches, song);
criterion_main!(benches);
