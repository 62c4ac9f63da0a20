//! What the tests of reverbs and echoes measure with: impulse responses, decay times by band, echo density, correlation.
#![allow(dead_code)] // Each test binary uses its own part.
#![allow(clippy::unwrap_used)] // A measurement that cannot get ready has failed.

pub mod picture;

use mixkeel_dsp::block::{Block, Channels};
use mixkeel_dsp::kernels::svf::{Section, Svf, tan_half};
use mixkeel_dsp::processor::{Context, Processor, Setup};

/// Both sides of what comes back for a click of 1 on both sides.
pub fn click_response<P: Processor>(settings: &P::Settings, rate_hz: u32, frames: usize) -> [Vec<f32>; 2] {
    let mut click = vec![0.0; frames];
    click[0] = 1.0;
    response::<P>(settings, rate_hz, [click.clone(), click])
}

/// Both sides of what comes back for a sound.
pub fn response<P: Processor>(settings: &P::Settings, rate_hz: u32, sound: [Vec<f32>; 2]) -> [Vec<f32>; 2] {
    let mut space = P::default();
    space.set(settings);
    space.prepare(&Setup { rate_hz, channels: Channels::Stereo, max_block_frames: 4_096 });
    let [mut left, mut right] = sound;
    for (index, (left, right)) in left.chunks_mut(4_096).zip(right.chunks_mut(4_096)).enumerate() {
        let at = Context { frame: 4_096 * index as i64, tempo_bpm: 120.0 };
        space.process(&mut Block::stereo(left, right), &[], &at);
    }
    [left, right]
}

/// One octave around a frequency.
pub fn octave(sound: &[f32], centre_hz: f64, rate_hz: u32) -> Vec<f32> {
    band(sound, centre_hz, 1.0, rate_hz)
}

/// A band so many octaves wide around a frequency: Butterworth, 24 dB an octave to either side.
pub fn band(sound: &[f32], centre_hz: f64, octaves: f64, rate_hz: u32) -> Vec<f32> {
    let edges = [-0.5, 0.5].map(|side| centre_hz * libm::exp2(side * octaves));
    let mut frames: Vec<[f64; 1]> = sound.iter().map(|sample| [f64::from(*sample)]).collect();
    for q in [0.541_196_100_146_197, 1.306_562_964_876_376] {
        for section in [
            Section::high_pass(tan_half(edges[0], rate_hz), q),
            Section::low_pass(tan_half(edges[1], rate_hz), q),
        ] {
            Svf::<1>::default().run(&section.step(), &mut frames);
        }
    }
    frames.iter().map(|[sample]| *sample as f32).collect()
}

/// Decay in dB by Schroeder's backward integration (M. R. Schroeder, "New method of measuring reverberation time", J.
/// Acoust. Soc. Am. 37, 1965).
pub fn decay_db(response: &[f32]) -> Vec<f64> {
    let mut left = 0.0;
    let mut curve: Vec<f64> = response
        .iter()
        .rev()
        .map(|sample| {
            left += f64::from(*sample) * f64::from(*sample);
            left
        })
        .collect();
    curve.reverse();
    curve.iter().map(|power| 10.0 * libm::log10((power / left).max(1e-30))).collect()
}

/// The decay time between −5 and −35 dB by a straight line of least squares, times two (ISO 3382-1, T30).
pub fn t30_s(response: &[f32], rate_hz: u32) -> f64 {
    let curve = decay_db(response);
    let from = curve.iter().position(|level| *level <= -5.0).unwrap();
    let to = curve.iter().position(|level| *level <= -35.0).unwrap();
    let count = (to - from) as f64;
    let (mean_x, mean_y) = ((count - 1.0) / 2.0, curve[from..to].iter().sum::<f64>() / count);
    let (mut xy, mut xx) = (0.0, 0.0);
    for (index, level) in curve[from..to].iter().enumerate() {
        let x = index as f64 - mean_x;
        xy += x * (level - mean_y);
        xx += x * x;
    }
    -60.0 * xx / xy / f64::from(rate_hz)
}

/// How dense echoes are, at the middle of windows of 20 ms every 10 ms: the share of samples beyond one standard deviation,
/// over that share in Gaussian noise (J. S. Abel and P. Huang, "A simple, robust measure of reverberation echo density",
/// AES 121st convention, 2006). 1 is noise.
pub fn echo_density(response: &[f32], rate_hz: u32) -> Vec<(f64, f64)> {
    /// erfc(1/√2).
    const OF_NOISE: f64 = 0.317_310_507_862_914;
    let window = rate_hz as usize / 50;
    response
        .windows(window)
        .step_by(window / 2)
        .enumerate()
        .map(|(index, part)| {
            // Hann's window, as in the paper.
            let weights: Vec<f64> = (0..window)
                .map(|i| 0.5 - 0.5 * libm::cos(std::f64::consts::TAU * (i as f64 + 0.5) / window as f64))
                .collect();
            let sum: f64 = weights.iter().sum();
            let power: f64 = part.iter().zip(&weights).map(|(x, w)| w * f64::from(*x) * f64::from(*x)).sum();
            let deviation = (power / sum).sqrt();
            let outside: f64 = part
                .iter()
                .zip(&weights)
                .filter(|(x, _)| f64::from(x.abs()) > deviation)
                .map(|(_, w)| w)
                .sum();
            let middle_s = (index * (window / 2) + window / 2) as f64 / f64::from(rate_hz);
            (1_000.0 * middle_s, outside / sum / OF_NOISE)
        })
        .collect()
}

/// Correlation of both sides, from −1 to 1.
pub fn correlation(left: &[f32], right: &[f32]) -> f64 {
    let product =
        |a: &[f32], b: &[f32]| a.iter().zip(b).map(|(a, b)| f64::from(*a) * f64::from(*b)).sum::<f64>();
    product(left, right) / (product(left, left) * product(right, right)).sqrt()
}
