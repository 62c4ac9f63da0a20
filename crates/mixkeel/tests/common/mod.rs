//! A small song for tests: four short tracks with names that people use.
#![allow(dead_code)] // each test binary uses a part of it
#![allow(clippy::unwrap_used)] // a test that cannot set up its song has failed

use std::fs;
use std::path::Path;

use mixkeel_dsp::block::{Block, Buffer, Channels};
use mixkeel_io::read::{Downmix, open};
use mixkeel_io::write::{Bits, Format, Spec, Tags, create};

pub const RATE_HZ: u32 = 48_000;

/// A tone with a slow swell, so that no two tracks measure alike.
pub fn tone(freq_hz: f64, peak: f64, frames: usize, channels: Channels) -> Buffer {
    let mut buffer = Buffer::new(channels, frames);
    for (side, channel) in buffer.block().each().enumerate() {
        for (frame, sample) in channel.iter_mut().enumerate() {
            let t = frame as f64 / f64::from(RATE_HZ);
            let swell = 0.75 + 0.25 * libm::sin(3.0 * t + side as f64);
            *sample = (peak * swell * libm::sin(std::f64::consts::TAU * freq_hz * t + side as f64)) as f32;
        }
    }
    buffer
}

pub fn write_wav(path: &Path, sound: &Buffer, rate_hz: u32) {
    write_stamped(path, sound, rate_hz, 0);
}

/// With the time of day at which a recorder started, in frames since midnight.
pub fn write_stamped(path: &Path, sound: &Buffer, rate_hz: u32, time_reference_frames: u64) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    let spec = Spec {
        format: Format::Wav,
        bits: Bits::I24,
        rate_hz,
        channels: sound.channels(),
        tags: Tags { time_reference_frames, ..Tags::default() },
        dither_seed: 0,
        source_bits: None,
        length_frames: Some(sound.frames() as u64),
    };
    let mut writer = create(path, &spec).unwrap();
    writer.write(sound.signal()).unwrap();
    writer.finish().unwrap();
}

/// Kick, bass, guitar (two sides), voice, a click and a hidden file; `gains` turn the first four up or down.
pub fn write_song(folder: &Path, gains_db: [f64; 4]) {
    let seconds = |s: f64| (s * f64::from(RATE_HZ)) as usize;
    let peak = |index: usize| 0.2 * mixkeel_dsp::units::gain_from_db(gains_db[index]);
    write_wav(&folder.join("Kick In.wav"), &tone(60.0, peak(0), seconds(2.0), Channels::Mono), RATE_HZ);
    write_wav(&folder.join("BASS DI.wav"), &tone(110.0, peak(1), seconds(2.0), Channels::Mono), RATE_HZ);
    write_wav(&folder.join("sub/EGtr L.wav"), &tone(440.0, peak(2), seconds(1.5), Channels::Mono), RATE_HZ);
    write_wav(&folder.join("sub/EGtr R.wav"), &tone(554.0, peak(2), seconds(1.5), Channels::Mono), RATE_HZ);
    write_wav(&folder.join("LdVox.wav"), &tone(880.0, peak(3), seconds(2.0), Channels::Mono), RATE_HZ);
    write_wav(&folder.join("CLICK.wav"), &tone(1_500.0, 0.5, seconds(2.0), Channels::Mono), RATE_HZ);
    fs::write(folder.join("._Kick In.wav"), b"resource fork").unwrap();
    fs::write(folder.join("notes.txt"), b"la la").unwrap();
}

/// All samples of a file, left and right.
pub fn samples(path: &Path) -> (Vec<f32>, Vec<f32>) {
    let mut reader = open(path, Downmix::Refuse).unwrap();
    let (mut left, mut right) = (Vec::new(), Vec::new());
    let mut buffer = Buffer::new(reader.info().channels, 4_096);
    loop {
        let mut block: Block<'_> = buffer.block();
        let frames = reader.read(&mut block).unwrap();
        if frames == 0 {
            return (left, right);
        }
        let signal = buffer.signal().part(0..frames);
        left.extend_from_slice(signal.left());
        right.extend_from_slice(signal.right_or_only());
    }
}

/// Every file below a folder with its bytes, by relative path.
pub fn tree(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let mut found = Vec::new();
    let mut open = vec![folder.to_path_buf()];
    while let Some(next) = open.pop() {
        for entry in fs::read_dir(next).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else {
                let name = path.strip_prefix(folder).unwrap().to_string_lossy().replace('\\', "/");
                found.push((name, fs::read(&path).unwrap()));
            }
        }
    }
    found.sort();
    found
}
