//! Songs for benchmarks: as many tracks of noise as asked for, written once.

use std::path::Path;

use mixkeel_dsp::block::{Buffer, Channels};
use mixkeel_io::write::{Bits, Format, Spec, Tags, create};

/// The rate of every bench song.
pub const RATE_HZ: u32 = 48_000;

/// A stereo recording of full-scale white noise, unless it is there already.
pub fn write_noise(path: &Path, seed: usize, frames: usize) {
    if path.exists() {
        return;
    }
    let mut writer = create(path, &spec(frames)).unwrap();
    let mut buffer = Buffer::new(Channels::Stereo, 4_096);
    let mut state = seed as u32 * 2_654_435_761 + 1;
    let mut left = frames;
    while left > 0 {
        let now = left.min(4_096);
        for channel in buffer.block().each() {
            for sample in channel {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                *sample = (state >> 8) as f32 / 16_777_216.0 - 0.5;
            }
        }
        writer.write(buffer.signal().part(0..now)).unwrap();
        left -= now;
    }
    writer.finish().unwrap();
}

/// How the recordings are written.
pub fn spec(frames: usize) -> Spec {
    Spec {
        format: Format::Wav,
        bits: Bits::I24,
        rate_hz: RATE_HZ,
        channels: Channels::Stereo,
        tags: Tags::default(),
        dither_seed: 0,
        source_bits: None,
        length_frames: Some(frames as u64),
    }
}
