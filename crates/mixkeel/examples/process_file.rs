//! Reads a file, changes it with any processor, writes another:
//! `cargo run --release -p mixkeel --example process_file -- IN OUT KIND [SETTING=VALUE…]`.
//!
//! `process_file voice.wav out.wav compressor threshold_db=-24 ratio=3`, `… eq band.1/shape=low-cut band.1/freq_hz=80`,
//! `… reverb preset=plate mix_percent=30`. The output starts in time (latency is taken off) and rings out.

use std::error::Error;
use std::path::Path;

use mixkeel_dsp::block::Buffer;
use mixkeel_dsp::catalog::{self, CATALOG, Kind};
use mixkeel_dsp::param::Value;
use mixkeel_dsp::processor::{BoxedSettings, Context, Setup};
use mixkeel_io::read::{Downmix, open};
use mixkeel_io::write::{Spec, create};

const BLOCK_FRAMES: usize = 1_024;

/// The longest that is waited for the last sound, in seconds: some processors only ever fade.
const LONGEST_TAIL_S: usize = 20;

fn main() -> Result<(), Box<dyn Error>> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let [input, output, kind, values @ ..] = words.as_slice() else {
        let kinds: Vec<&str> = CATALOG.iter().map(|kind| kind.id).collect();
        return Err(
            format!("usage: process_file IN OUT KIND [SETTING=VALUE…]; kinds: {}", kinds.join(", ")).into()
        );
    };
    let kind = catalog::find(kind).ok_or_else(|| format!("there is no processor `{kind}`"))?;
    let settings = settings(kind, values)?;
    process(Path::new(input), Path::new(output), kind, &settings)
}

fn settings(kind: &Kind, values: &[String]) -> Result<BoxedSettings, Box<dyn Error>> {
    let mut settings = (kind.settings)();
    for pair in values {
        let (path, value) = pair.split_once('=').ok_or_else(|| format!("`{pair}` is not SETTING=VALUE"))?;
        if path == "preset" {
            let preset = kind.find_preset(value).ok_or_else(|| format!("there is no preset `{value}`"))?;
            settings = (kind.preset)(preset)?;
            continue;
        }
        let value = match value.parse() {
            Ok(number) => Value::Number(number),
            Err(_) => value.parse().map_or_else(|_| Value::Word(value.to_owned()), Value::Switch),
        };
        settings.set(path, &value)?;
    }
    Ok(settings)
}

fn process(input: &Path, output: &Path, kind: &Kind, settings: &BoxedSettings) -> Result<(), Box<dyn Error>> {
    let mut reader = open(input, Downmix::Fold)?;
    let (channels, rate_hz) = (reader.info().channels, reader.info().rate_hz);
    let spec = Spec::float_wav(rate_hz, channels);
    let mut writer = create(output, &spec)?;

    let mut processor = (kind.build)();
    processor.prepare(&Setup { rate_hz, channels, max_block_frames: BLOCK_FRAMES });
    processor.set(&**settings);
    let late = processor.latency_frames();
    // After the end of the input comes silence, until what is on its way is out.
    let mut ring_out = processor.tail().frames().max(late).min(LONGEST_TAIL_S * rate_hz as usize);

    let (mut buffer, mut frame) = (Buffer::new(channels, BLOCK_FRAMES), 0);
    let mut to_drop = late;
    loop {
        let mut frames = reader.read(&mut buffer.block())?;
        if frames == 0 {
            frames = ring_out.min(BLOCK_FRAMES);
            ring_out -= frames;
            buffer.block().clear();
        }
        if frames == 0 {
            break;
        }
        let at = Context { frame, tempo_bpm: 120.0 };
        processor.process(&mut buffer.block().part(0..frames), &[], &at);
        frame += frames as i64;
        let from = to_drop.min(frames);
        to_drop -= from;
        writer.write(buffer.signal().part(from..frames))?;
    }
    let written = writer.finish()?;
    println!("{}: {} frames", output.display(), written.length_frames);
    Ok(())
}
