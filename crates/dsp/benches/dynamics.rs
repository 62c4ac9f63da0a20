//! How fast processors of dynamics are while they work, as multiples of real time: stereo noise at 48 kHz, settings as they are when
//! nothing is said, and with every extra on.

use std::hint::black_box;

use mixkeel_dsp::MAX_BLOCK_FRAMES;
use mixkeel_dsp::block::{Block, Channels};
use mixkeel_dsp::catalog;
use mixkeel_dsp::param::Value;
use mixkeel_dsp::processor::{Context, Setup};

#[path = "../tests/listening/mod.rs"]
mod listening;
mod speed;

const BLOCK_FRAMES: usize = 1_024;

/// A kind, what is special about its settings, and those.
type Case<'a> = (&'a str, &'a str, &'a [(&'a str, Value)]);

fn word(word: &str) -> Value {
    Value::Word(word.to_owned())
}

fn main() {
    let number = Value::Number;
    let cases: &[Case<'_>] = &[
        ("compressor", "as it is", &[]),
        ("compressor", "mono image not linked", &[("link_percent", number(50.0))]),
        ("compressor", "RMS", &[("detector", word("rms"))]),
        (
            "compressor",
            "everything on",
            &[
                ("detector", word("rms")),
                ("ballistics", word("programme")),
                ("adaptive_percent", number(50.0)),
                ("link_percent", number(50.0)),
                ("look_ahead_ms", number(3.0)),
                ("key_filter", word("low-cut")),
            ],
        ),
        ("gate", "as it is", &[]),
        ("gate", "expander", &[("mode", word("expander"))]),
        (
            "transient",
            "more attack, less sustain",
            &[("attack_db", number(6.0)), ("sustain_db", number(-6.0))],
        ),
        ("de-esser", "as it is", &[]),
        ("multiband", "as it is", &[]),
    ];
    let mut noise = listening::Noise(1);
    let (left, right) = (noise.samples(48_000), noise.samples(48_000));
    for (id, name, values) in cases.iter().filter(|(id, ..)| speed::wanted(id)) {
        let Some(kind) = catalog::find(id) else { continue };
        let mut processor = (kind.build)();
        let (channels, max_block_frames) = (Channels::Stereo, MAX_BLOCK_FRAMES);
        processor.prepare(&Setup { rate_hz: 48_000, channels, max_block_frames });
        let mut settings = (kind.settings)();
        for (path, value) in *values {
            let _ = settings.set(path, value);
        }
        processor.set(&*settings);
        let (mut to_left, mut to_right) = (left.clone(), right.clone());
        let mut frame = 0;
        let multiple = speed::multiple(|| {
            for first in (0..48_000).step_by(BLOCK_FRAMES) {
                let part = first..(first + BLOCK_FRAMES).min(48_000);
                to_left[part.clone()].copy_from_slice(&left[part.clone()]);
                to_right[part.clone()].copy_from_slice(&right[part.clone()]);
                let frames = part.len() as i64;
                let mut block = Block::stereo(&mut to_left[part.clone()], &mut to_right[part]);
                processor.process(&mut block, &[], &Context { frame, tempo_bpm: 120.0 });
                frame += frames;
            }
            black_box(&to_left);
        });
        println!("{multiple:8.0} x real time: {id}, {name}");
    }
}
