//! Prints what convolution costs, the dearest block included:
//! `cargo run --release -p mixkeel-dsp --example convolution_report`.

use std::error::Error;
use std::sync::Arc;
use std::time::Instant;

use mixkeel_dsp::block::{Buffer, Channels};
use mixkeel_dsp::catalog;
use mixkeel_dsp::processor::{Context, Setup};

const RATE_HZ: u32 = 48_000;

/// Every block is timed in so many runs over the same sound, and the least counts: what a machine does beside this does
/// not hit the same block every time.
const RUNS: usize = 7;

/// A response that fades by 60 dB in its length.
fn response(frames: usize, seed: u32) -> Arc<Buffer> {
    let mut buffer = Buffer::new(Channels::Stereo, frames);
    let mut random = seed;
    for channel in buffer.block().each() {
        for (frame, sample) in channel.iter_mut().enumerate() {
            random = random.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let fade = libm::exp(-6.9 * frame as f64 / frames as f64);
            *sample = (fade * (f64::from(random >> 8) / f64::from(1 << 23) - 1.0)) as f32;
        }
    }
    Arc::new(buffer)
}

fn main() -> Result<(), Box<dyn Error>> {
    let kind = catalog::find("convolution").ok_or("there is no convolution")?;
    for (what, seconds, count) in
        [("2 s stereo", 2, 1), ("2 s true stereo", 2, 2), ("10 s true stereo", 10, 2)]
    {
        let assets: Vec<_> = (1..=count).map(|seed| response(seconds * RATE_HZ as usize, seed)).collect();
        for block_frames in [64, 256, 1_024] {
            let mut processor = (kind.build)();
            processor.load(&assets);
            processor.prepare(&Setup {
                rate_hz: RATE_HZ,
                channels: Channels::Stereo,
                max_block_frames: block_frames,
            });
            // Four of the longest partitions.
            let sound = response(65_536, 9);
            let blocks = sound.frames() / block_frames;
            let mut least_s = vec![f64::INFINITY; blocks];
            for _ in 0..RUNS {
                let mut heard = (*sound).clone();
                for (block, least_s) in least_s.iter_mut().enumerate() {
                    let first = block * block_frames;
                    let at = Context { frame: first as i64, tempo_bpm: 120.0 };
                    let begin = Instant::now();
                    processor.process(&mut heard.block().part(first..first + block_frames), &[], &at);
                    *least_s = least_s.min(begin.elapsed().as_secs_f64());
                }
            }
            let block_s = block_frames as f64 / f64::from(RATE_HZ);
            let all_s: f64 = least_s.iter().sum();
            let worst_s = least_s.iter().fold(0.0, |worst: f64, s| worst.max(*s));
            println!(
                "{what}, blocks of {block_frames}: {:.0} times real time, worst block {:.3} ms of {:.3} ms ({:.0} %)",
                blocks as f64 * block_s / all_s,
                1_000.0 * worst_s,
                1_000.0 * block_s,
                100.0 * worst_s / block_s
            );
        }
    }
    Ok(())
}
