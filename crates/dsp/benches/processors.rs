//! How fast every processor of the catalogue is while it works, and convolution with responses.
#![allow(missing_docs)] // The macros of criterion write undocumented functions.

use std::hint::black_box;
use std::sync::Arc;

use criterion::{Criterion, criterion_group, criterion_main};
use mixkeel_dsp::MAX_BLOCK_FRAMES;
use mixkeel_dsp::block::{Buffer, Channels};
use mixkeel_dsp::catalog::{CATALOG, Kind};
use mixkeel_dsp::param::{Bands, Range, Value};
use mixkeel_dsp::processor::{BoxedSettings, Context, Setup};
use mixkeel_dsp::processors::eq::{EqBand, EqSettings, Shape};

mod speed;

/// Prints multiples of real time for stereo noise: with the settings as they are when nothing
/// is said, with numbers far from those, and with everything that can be automated moving a hundred times a second.
fn processors(_: &mut Criterion) {
    println!("{:14} {:>10} {:>10} {:>10}  x real time, stereo, 48 kHz", "", "as it is", "other", "moving");
    let noise = noise(48_000);
    for kind in CATALOG.iter().filter(|kind| speed::wanted(kind.id)) {
        let plain = (kind.settings)();
        let (mut other, mut moved) = ((kind.settings)(), (kind.settings)());
        for spec in kind.specs {
            if let Range::Number { min, max, .. } = spec.range {
                // Inside the range, at no special point.
                let value = Value::Number(min + 0.618 * (max - min));
                let _ = other.set(spec.id, &value);
                if spec.automatable {
                    let _ = moved.set(spec.id, &value);
                }
            }
        }
        let [as_it_is, far, moving] =
            [[&plain, &plain], [&other, &other], [&plain, &moved]].map(|turns| speed_of(kind, &noise, turns));
        println!("{:14} {as_it_is:10.0} {far:10.0} {moving:10.0}", kind.id);
    }
    if let Some(kind) = mixkeel_dsp::catalog::find("eq").filter(|_| speed::wanted("eq, 4 bands")) {
        let [plain, other] = [3.0, -2.0].map(four_bands);
        let [still, moving] = [[&plain, &plain], [&plain, &other]].map(|turns| speed_of(kind, &noise, turns));
        println!("{:14} {still:10.0} {:10} {moving:10.0}", "eq, 4 bands", "");
    }
}

/// An equaliser as many tracks have it: a low cut, two bells and a high shelf, on left and right alike.
fn four_bands(gain_db: f64) -> BoxedSettings {
    let bell = |freq_hz| EqBand { freq_hz, gain_db, ..EqBand::default() };
    BoxedSettings::new(EqSettings {
        band: Bands::of(&[
            EqBand { shape: Shape::LowCut, freq_hz: 60.0, ..EqBand::default() },
            bell(400.0),
            bell(3_000.0),
            EqBand { shape: Shape::HighShelf, freq_hz: 9_000.0, gain_db, ..EqBand::default() },
        ]),
        ..EqSettings::default()
    })
}

/// How many seconds of noise a processor of this kind works through in one, set to these in turn.
fn speed_of(kind: &Kind, noise: &Buffer, turns: [&BoxedSettings; 2]) -> f64 {
    let mut processor = (kind.build)();
    let (channels, max_block_frames) = (Channels::Stereo, MAX_BLOCK_FRAMES);
    processor.prepare(&Setup { rate_hz: 48_000, channels, max_block_frames });
    let (mut sound, mut frame) = (Buffer::new(Channels::Stereo, 480), 0);
    speed::multiple(|| {
        for (part, settings) in (0..100).zip(turns.iter().cycle()) {
            processor.set(&***settings);
            let noise = noise.signal().part(480 * part..480 * (part + 1));
            sound.block().each().zip(noise.each()).for_each(|(to, from)| to.copy_from_slice(from));
            processor.process(&mut sound.block(), &[], &Context { frame, tempo_bpm: 120.0 });
            frame += 480;
            black_box(&sound);
        }
    })
}

/// Something like noise at −18 dBFS: the linear congruential generator of "Numerical Recipes", ch. 7.1.
fn noise(frames: usize) -> Buffer {
    let mut buffer = Buffer::new(Channels::Stereo, frames);
    let mut random = 1_u32;
    for sample in buffer.block().each().flatten() {
        random = random.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        *sample = 0.218 * ((random >> 8) as f32 / (1 << 23) as f32 - 1.0);
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
