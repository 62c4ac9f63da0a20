//! Whatever is set, and whatever comes in: what comes out is a number, and no louder than gain can make it.

#![allow(clippy::unwrap_used)] // A test that cannot get ready has failed.

#[path = "../fuzz/any_play.rs"]
mod any_play;
mod listening;

use listening::Noise;
use mixkeel_dsp::block::{Buffer, Channels, Signal};
use mixkeel_dsp::catalog::{CATALOG, Kind};
use mixkeel_dsp::param::{ParamSpec, Range, Value};
use mixkeel_dsp::processor::{BoxedSettings, Context, Setup};
use proptest::prelude::*;

const FRAMES: usize = 6_000;

/// No setting multiplies by more than this. Twenty-four bands of +24 dB on top of one another could, a resonance of Q 40 too;
/// what runs away does not stop here within an eighth of a second, it goes to infinity.
const RUNAWAY: f32 = 1e30;

/// Signals that are hard on filters, detectors and tables.
fn sound(which: usize, seed: u64) -> Vec<f32> {
    let mut random = Noise(seed);
    (0..FRAMES)
        .map(|frame| match which {
            0 => random.next() as f32,
            1 => 1.0,
            2 => [1.0, -1.0][frame % 2],
            3 => [1.0, -1.0][frame / 50 % 2],
            4 => f32::from(u8::from(frame % 997 == 3)),
            5 => (random.next() * 1e-20) as f32,
            6 => (random.next() * 1e4) as f32,
            7 => [0.0, random.next() as f32][frame / 700 % 2],
            // Bits at random: subnormal numbers, infinities and what is not a number among them.
            _ => f32::from_bits((random.next() * f64::from(i32::MAX)) as i32 as u32),
        })
        .collect()
}

fn any_value(spec: &ParamSpec, random: &mut Noise) -> Value {
    match spec.range {
        Range::Number { min, max, .. } => Value::Number(match random.below(4) {
            0 => min,
            1 => max,
            _ => min + (max - min) * (random.next() + 1.0) / 2.0,
        }),
        Range::Switch { .. } => Value::Switch(random.next() > 0.0),
        Range::Choice { words, .. } => Value::Word(words[random.below(words.len())].to_owned()),
    }
}

/// Settings moved anywhere; what is marked as not automatable stays once sound plays.
fn shake(kind: &Kind, settings: &mut BoxedSettings, playing: bool, random: &mut Noise) {
    for spec in kind.specs.iter().filter(|spec| spec.automatable || !playing) {
        settings.set(spec.id, &any_value(spec, random)).unwrap();
    }
    if let Some(bands) = kind.bands {
        let numbers = if playing { settings.band_numbers() } else { (1..=bands.most.min(4)).collect() };
        for number in numbers {
            for spec in bands.specs.iter().filter(|spec| spec.automatable || !playing) {
                settings.set(&bands.path(number, spec), &any_value(spec, random)).unwrap();
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn what_comes_out_is_a_number(seed in any::<u64>(), which in 0_usize..9, rate in 0_usize..3, stereo in any::<bool>()) {
        let channels = if stereo { Channels::Stereo } else { Channels::Mono };
        let rate_hz = [44_100, 48_000, 192_000][rate];
        let mut random = Noise(seed);
        for kind in CATALOG {
            let mut settings = (kind.settings)();
            shake(kind, &mut settings, false, &mut random);
            let mut processor = (kind.build)();
            processor.prepare(&Setup { rate_hz, channels, max_block_frames: 512 });
            processor.set(&*settings);
            let mut io = Buffer::new(channels, FRAMES);
            io.block().each().for_each(|channel| channel.copy_from_slice(&sound(which, seed)));
            let key: Vec<f32> = sound(which % 5, seed ^ 1);
            for (first, n) in (0..FRAMES).step_by(500).zip(0..) {
                if n % 3 == 2 {
                    shake(kind, &mut settings, true, &mut random);
                    processor.set(&*settings);
                }
                let keys = [Signal::mono(&key).part(first..first + 500)];
                let at = Context { frame: first as i64 - 1_000, tempo_bpm: 40.0 + 100.0 * f64::from(n) };
                processor.process(&mut io.block().part(first..first + 500), &keys, &at);
            }
            for sample in io.signal().each().flatten() {
                prop_assert!(sample.abs() < RUNAWAY, "{} gave {sample} with {settings:?}", kind.id);
            }
        }
    }

    #[test]
    fn whatever_happens_in_whatever_order_it_goes_on(script in proptest::collection::vec(any::<u8>(), 8..2_000), first in any::<u8>()) {
        // Eight kinds in a row with every script: the first byte is the kind.
        for step in 0..8 {
            let mut script = script.clone();
            script[0] = first.wrapping_add(step);
            any_play::play(&script);
        }
    }
}
