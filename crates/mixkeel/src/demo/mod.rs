//! A song of our own, "Harbour Light": 22 tracks made by arithmetic alone, with the faults that people's folders have.
//!
//! Nothing is recorded and nothing is read: [`synthesise`] is a pure function of the track's number, and every bit is the
//! same on every machine (transcendental functions from `libm`, noise from an integer generator). [`truth`] says what
//! is in it, so that everything that listens can be tested against it.
//!
//! `score` is the song on paper, `instruments` and `voice` make sound, `kit` and `microphones` put drums into
//! a room, `faults` are the faults, `tracks` is the folder.

mod faults;
mod filters;
mod instruments;
mod kit;
mod microphones;
mod modal;
mod noise;
mod oscillator;
mod room;
mod score;
mod tracks;
mod truth;
mod voice;

#[cfg(test)]
mod tests;

use mixkeel_dsp::block::{Buffer, Channels};
use mixkeel_dsp::units::gain_from_db;

use score::tempo::frame;
use tracks::{TRACKS, Take, Track};

pub use truth::{Truth, TruthChord, TruthKey, TruthNote, TruthSection, TruthTrack, truth};

/// One file of the song.
#[derive(Clone, Debug)]
pub struct DemoTrack {
    /// The name of the file, as somebody typed it.
    pub file_name: &'static str,
    /// Its rate in Hz: 48,000 but for one.
    pub rate_hz: u32,
    /// The word length in bits, 16 or 24. The samples lie on that grid already: written without dither they are exact.
    pub bits: u8,
    /// One channel or two.
    pub channels: Channels,
    /// The sound.
    pub samples: Buffer,
}

/// The names of the files, in order.
pub fn track_names() -> impl Iterator<Item = &'static str> {
    TRACKS.iter().map(|track| track.file_name)
}

/// How many files there are.
pub fn track_count() -> usize {
    TRACKS.len()
}

/// Makes one file: a pure function of its number, so that callers may make them in any order, on any number of threads,
/// and write each before the next. A number past the last gives the last.
pub fn synthesise(index: usize) -> DemoTrack {
    let last = TRACKS.len() - 1;
    let index = index.min(last);
    finish(&TRACKS[index], index as u64)
}

/// Fades the end, sets the level, adds hiss, and rounds to the word length of the file.
fn finish(track: &Track, stream: u64) -> DemoTrack {
    let (mut left, mut right) = match (track.play)(track.rate_hz) {
        Take::Mono(only) => (only, None),
        Take::Stereo(left, right) => (left, Some(right)),
    };
    let peak = |line: &[f64]| line.iter().fold(0.0f64, |peak, sample| peak.max(sample.abs()));
    let highest = peak(&left).max(right.as_deref().map_or(0.0, peak)).max(1e-9);
    let gain = gain_from_db(track.peak_dbfs) / highest;
    for (channel, line) in std::iter::once(&mut left).chain(right.as_mut()).enumerate() {
        line.iter_mut().for_each(|sample| *sample *= gain);
        if let Some(level_db) = track.hiss_db {
            // `hiss_db` is against the peak of the track, as a preamplifier's is against its gain.
            faults::hiss(line, level_db + track.peak_dbfs, 2 * stream + channel as u64);
        }
        fade(line, track.rate_hz);
        round(line, track.bits, 2 * stream + channel as u64);
    }
    let channels = if right.is_some() { Channels::Stereo } else { Channels::Mono };
    let mut samples = Buffer::new(channels, left.len());
    let mut block = samples.block();
    for (to, from) in block.each().zip(std::iter::once(&left).chain(right.as_ref())) {
        to.iter_mut().zip(from).for_each(|(to, from)| *to = *from as f32);
    }
    DemoTrack { file_name: track.file_name, rate_hz: track.rate_hz, bits: track.bits, channels, samples }
}

/// Fades the last half second, as an export does that stops a ringing chord.
fn fade(line: &mut [f64], rate_hz: u32) {
    let frames = frame(0.5, rate_hz).min(line.len());
    let start = line.len() - frames;
    for (index, sample) in line[start..].iter_mut().enumerate() {
        let rest = 1.0 - (index + 1) as f64 / frames as f64;
        *sample *= rest * rest;
    }
}

/// Rounds to the grid of a word length; 16 bits with triangular dither of ±1 step, 24 bits without, as recorders do.
fn round(line: &mut [f64], bits: u8, stream: u64) {
    let steps = libm::exp2(f64::from(bits) - 1.0);
    let mut noise = noise::Noise::new(97, stream);
    for sample in line {
        let dither = if bits < 24 { (noise.white() + noise.white()) / 2.0 } else { 0.0 };
        *sample = libm::round(*sample * steps + dither).clamp(-steps, steps - 1.0) / steps;
    }
}
