//! A file at another rate: its exact length, no delay, the same bits however it is read.
#![allow(clippy::unwrap_used)] // What a test needs and does not get is a failure.

use std::path::PathBuf;

use mixkeel_dsp::block::{Buffer, Channels};
use mixkeel_io::read::{AtRate, Downmix, open};

fn at(rate_hz: u32) -> AtRate {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/tone24.flac");
    AtRate::new(open(&path, Downmix::Refuse).unwrap(), rate_hz).unwrap()
}

fn all(reader: &mut AtRate, block: usize) -> Vec<f32> {
    let mut buffer = Buffer::new(Channels::Stereo, block);
    let mut right = Vec::new();
    loop {
        let got = reader.read(&mut buffer.block()).unwrap();
        right.extend_from_slice(&buffer.signal().right().unwrap()[..got]);
        if got == 0 {
            return right;
        }
    }
}

#[test]
fn the_length_is_rounded_and_the_sound_in_time() {
    // 12,345 frames at 48 kHz.
    for (rate_hz, frames) in [(44_100, 11_342), (96_000, 24_690), (48_000, 12_345), (8_000, 2_058)] {
        let mut reader = at(rate_hz);
        assert_eq!(reader.length_frames(), Some(frames));
        let heard = all(&mut reader, 4096);
        assert_eq!(heard.len() as u64, frames);
        // The right channel is 0.25 sin(2π 1000 t); away from its ends, where the tone is cut off, it stays that.
        for (frame, sample) in heard.iter().enumerate().take(heard.len() * 9 / 10).skip(heard.len() / 10) {
            let t = frame as f64 / f64::from(rate_hz);
            let want = 0.25 * (2.0 * std::f64::consts::PI * 1000.0 * t).sin();
            // The cut ends ring far into the middle at about 1/(π · frames away); a frame of delay would be 0.03 and more.
            assert!((f64::from(*sample) - want).abs() < 1e-4, "{rate_hz} Hz at {frame}: {sample} for {want}");
        }
    }
}

#[test]
fn blocks_and_jumps_change_no_bit() {
    let whole = all(&mut at(44_100), 50_000);
    assert_eq!(all(&mut at(44_100), 61), whole);
    let mut reader = at(44_100);
    let mut buffer = Buffer::new(Channels::Stereo, 200);
    for place in [11_000usize, 3, 5000, 0, 11_341, 11_342, 20_000, 7] {
        reader.seek(place as u64).unwrap();
        let got = reader.read(&mut buffer.block()).unwrap();
        let end = (place + 200).min(whole.len());
        assert_eq!(buffer.signal().right().unwrap()[..got], whole[place.min(end)..end], "at {place}");
    }
}
