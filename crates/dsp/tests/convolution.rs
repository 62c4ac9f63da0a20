//! What convolution promises: the sum that defines it, no delay, the level of pink noise, and dry sound without a response.

#![allow(clippy::unwrap_used)] // A test that cannot get ready has failed.

mod listening;

use std::sync::Arc;

use listening::{Noise, db, rms, same_bits};
use mixkeel_dsp::block::{Block, Buffer, Channels};
use mixkeel_dsp::processor::{Context, Processor, Setup, State};
use mixkeel_dsp::processors::convolution::{Convolution, ConvolutionSettings};

fn recording(channels: Channels, frames: usize, fall_s: f64, seed: u64) -> Arc<Buffer> {
    let mut random = Noise(seed);
    let mut buffer = Buffer::new(channels, frames);
    for channel in buffer.block().each() {
        for (frame, sample) in channel.iter_mut().enumerate() {
            *sample = (0.2 * random.next() * libm::exp(-6.9 * frame as f64 / (fall_s * 48_000.0))) as f32;
        }
    }
    Arc::new(buffer)
}

/// Nothing between the sound and its response that a sum would not know of.
fn plain() -> ConvolutionSettings {
    ConvolutionSettings::default()
}

fn convolve(assets: &[Arc<Buffer>], settings: &ConvolutionSettings, sound: &[Vec<f32>; 2]) -> [Vec<f32>; 2] {
    let mut space = Convolution::default();
    space.load(assets);
    space.set(settings);
    space.prepare(&Setup { rate_hz: 48_000, channels: Channels::Stereo, max_block_frames: 1_000 });
    let [mut left, mut right] = sound.clone();
    for (index, (left, right)) in left.chunks_mut(1_000).zip(right.chunks_mut(1_000)).enumerate() {
        let at = Context { frame: 1_000 * index as i64 - 37, tempo_bpm: 120.0 };
        space.process(&mut Block::stereo(left, right), &[], &at);
    }
    [left, right]
}

/// The defining sum at one frame.
fn sum_at(sound: &[f32], response: &[f32], frame: usize) -> f64 {
    (0..response.len().min(frame + 1))
        .map(|back| f64::from(sound[frame - back]) * f64::from(response[back]))
        .sum()
}

#[test]
fn every_frame_is_the_sum_that_defines_it() {
    // Past the beginning of the longest partitions, in true stereo.
    let frames = 70_000;
    let (of_left, of_right) =
        (recording(Channels::Stereo, frames, 1.0, 1), recording(Channels::Stereo, frames, 1.0, 2));
    let mut random = Noise(3);
    let sound = [random.samples(frames + 9_000), random.samples(frames + 9_000)];
    let heard = convolve(&[of_left.clone(), of_right.clone()], &plain(), &sound);
    // What the cuts do to the sound: a response of one frame does nothing else, but for its level.
    let mut one = Buffer::new(Channels::Stereo, 1);
    one.block().each().for_each(|channel| channel[0] = 1.0);
    let alone = Arc::new(one);
    let cut = convolve(&[alone], &plain(), &sound);
    let wanted = |frame: usize, side: usize| {
        let response = |asset: &Arc<Buffer>| {
            let signal = asset.signal();
            if side == 0 { signal.left().to_vec() } else { signal.right_or_only().to_vec() }
        };
        sum_at(&cut[0], &response(&of_left), frame) + sum_at(&cut[1], &response(&of_right), frame)
    };
    let frames_tried: Vec<usize> = (0..220).map(|step| step * 359 % (frames + 9_000)).collect();
    for (side, heard) in heard.iter().enumerate() {
        let pairs: Vec<(f64, f64)> =
            frames_tried.iter().map(|frame| (f64::from(heard[*frame]), wanted(*frame, side))).collect();
        // The gains of both responses, by least squares.
        let gain =
            pairs.iter().map(|(a, b)| a * b).sum::<f64>() / pairs.iter().map(|(_, b)| b * b).sum::<f64>();
        let error = pairs.iter().fold(0.0_f64, |most, (a, b)| most.max((a - gain * b).abs()));
        let loud = pairs.iter().fold(0.0_f64, |most, (a, _)| most.max(a.abs()));
        // Transforms of 32-bit samples round at 2⁻²⁵, −150 dB; over the dozens of partitions of a long response that adds up.
        assert!(db(error / loud) < -130.0, "{} dB", db(error / loud));
    }
}

#[test]
fn pink_noise_keeps_its_level() {
    // Pink noise as the sum of octave bands is what the level is made for; a filter of −3 dB an octave is what is heard.
    let mut random = Noise(5);
    let mut states = [0.0_f64; 11];
    let mut counter = 0_u32;
    // Voss and McCartney: the sum of noises that change every 2, 4, 8 … frames, down to 23 Hz.
    let mut pink = || -> f32 {
        counter = counter.wrapping_add(1);
        let row = (counter.trailing_zeros() as usize).min(10);
        states[row] = random.next();
        (0.1 * (states.iter().sum::<f64>() + random.next())) as f32
    };
    let frames = 4 * 48_000;
    let sound: [Vec<f32>; 2] = std::array::from_fn(|_| (0..frames).map(|_| pink()).collect());
    for (assets, what) in [
        (vec![recording(Channels::Mono, 48_000, 0.8, 8)], "mono"),
        (vec![recording(Channels::Stereo, 24_000, 0.3, 9)], "stereo"),
        (
            vec![recording(Channels::Stereo, 48_000, 1.0, 10), recording(Channels::Stereo, 48_000, 1.0, 11)],
            "true stereo",
        ),
    ] {
        let heard = convolve(&assets, &plain(), &sound);
        for side in 0..2 {
            let gain_db = db(rms(&heard[side][96_000..])) - db(rms(&sound[side][96_000..]));
            println!("{what}: {gain_db:.2} dB");
            assert!(gain_db.abs() < 1.5, "{what}: {gain_db} dB");
        }
    }
}

#[test]
fn without_a_response_or_with_a_silent_one_sound_passes_as_it_is() {
    let mut random = Noise(6);
    let sound = [random.samples(5_000), random.samples(5_000)];
    for assets in [
        vec![],
        vec![Arc::new(Buffer::new(Channels::Mono, 4_000))],
        vec![Arc::new(Buffer::new(Channels::Mono, 0))],
    ] {
        let heard = convolve(&assets, &plain(), &sound);
        assert!(same_bits(&heard[0], &sound[0]) && same_bits(&heard[1], &sound[1]));
    }
}

#[test]
fn length_and_decay_shorten_and_pre_delay_waits() {
    let assets = [recording(Channels::Mono, 48_000, 5.0, 12)];
    let mut click = vec![0.0; 96_000];
    click[0] = 1.0;
    let heard = |settings: ConvolutionSettings| {
        convolve(&assets, &settings, &[click.clone(), click.clone()])[0].clone()
    };
    let whole = heard(plain());
    let short = heard(ConvolutionSettings { length_percent: 25.0, ..plain() });
    // What is left is the ring of the low cut at 10 Hz.
    assert!(rms(&short[12_100..48_000]) < 1e-2 * rms(&whole[12_100..48_000]));
    assert!((db(rms(&short[..10_000])) - db(rms(&whole[..10_000]))).abs() < 0.01);
    // Half the decay: 60 dB more over the length, 30 at its middle.
    let damped = heard(ConvolutionSettings { decay_percent: 50.0, ..plain() });
    let lost_db = db(rms(&whole[23_500..24_500])) - db(rms(&damped[23_500..24_500]));
    assert!((lost_db - 30.0).abs() < 0.5, "{lost_db}");
    let late = heard(ConvolutionSettings { pre_delay_ms: 20.0, ..plain() });
    assert!(late[..960].iter().all(|sample| *sample == 0.0));
    // Partitions lie elsewhere in the response: equal but for their rounding.
    let off =
        late[960..].iter().zip(&whole).fold(0.0_f32, |most, (late, whole)| most.max((late - whole).abs()));
    assert!(db(f64::from(off)) < -120.0);
}

#[test]
fn one_channel_hears_what_both_sides_would_have_in_common() {
    let assets = [recording(Channels::Stereo, 9_000, 0.2, 13)];
    let mut random = Noise(14);
    let sound = random.samples(12_000);
    let mut space = Convolution::default();
    space.load(&assets);
    space.prepare(&Setup { rate_hz: 48_000, channels: Channels::Mono, max_block_frames: 12_000 });
    let mut mono = sound.clone();
    space.process(&mut Block::mono(&mut mono), &[], &Context { frame: -37, tempo_bpm: 120.0 });
    let [left, right] = convolve(&assets, &plain(), &[sound.clone(), sound]);
    let middle: Vec<f32> = left.iter().zip(&right).map(|(left, right)| (left + right) / 2.0).collect();
    let off = mono.iter().zip(&middle).fold(0.0_f32, |most, (mono, middle)| most.max((mono - middle).abs()));
    assert!(db(f64::from(off)) < -120.0, "{}", db(f64::from(off)));
}

#[test]
fn a_long_response_hears_no_blocks_and_goes_on_from_a_checkpoint_anywhere() {
    // Long enough for partitions of every length.
    let assets = [recording(Channels::Stereo, 50_000, 1.0, 15), recording(Channels::Stereo, 50_000, 1.0, 16)];
    let new = || {
        let mut space = Convolution::default();
        space.load(&assets);
        space.prepare(&Setup { rate_hz: 48_000, channels: Channels::Stereo, max_block_frames: 4_096 });
        space
    };
    let play = |space: &mut Convolution, sound: &mut [Vec<f32>; 2], from: usize, to: usize, frames: usize| {
        let [left, right] = sound;
        for first in (from..to).step_by(frames) {
            let end = to.min(first + frames);
            let at = Context { frame: first as i64 - 37, tempo_bpm: 120.0 };
            space.process(&mut Block::stereo(&mut left[first..end], &mut right[first..end]), &[], &at);
        }
    };
    let mut random = Noise(17);
    let sound = [random.samples(90_000), random.samples(90_000)];
    let mut wanted = sound.clone();
    play(&mut new(), &mut wanted, 0, 90_000, 4_096);
    let mut heard = sound.clone();
    play(&mut new(), &mut heard, 0, 90_000, 777);
    assert!(same_bits(&heard[0], &wanted[0]) && same_bits(&heard[1], &wanted[1]));
    // In the cells at either end of the longest partitions, and in the middle of one.
    for frame in [49_152 + 37 - 70, 49_152 + 37, 49_152 + 37 + 100, 57_001] {
        let mut first = new();
        let mut heard = sound.clone();
        play(&mut first, &mut heard, 0, frame, 1_024);
        let mut state = State::default();
        first.snapshot(&mut state);
        state.rewind();
        let mut second = new();
        second.restore(&mut state);
        play(&mut second, &mut heard, frame, 90_000, 1_024);
        assert!(same_bits(&heard[0], &wanted[0]) && same_bits(&heard[1], &wanted[1]), "from frame {frame}");
    }
}
