//! Sound taken apart into short spectra, changed, and put together again.
//!
//! Windows are half a sine, going in and coming out, and overlap by three quarters: their squares sum to two, and spectra that
//! nobody changes come back as the sound itself, one window later. They begin on multiples of a quarter window, counted in
//! frames of the session, so the size of blocks changes nothing.

use std::ops::Range;

use rustfft::num_complex::Complex;

use super::real_fft::RealFft;
use crate::block::{Block, Signal};
use crate::processor::State;

/// Windows that overlap at any frame. Four, with a half-sine both ways, is the least at which a gain that changes from
/// window to window does not beat with the window (Griffin and Lim 1984 use the same).
const OVERLAP: usize = 4;

/// Takes apart up to some channels and keys, and puts the channels together again.
#[derive(Debug)]
pub struct Stft {
    fft: RealFft,
    window: Vec<f32>,
    /// The last window of every channel, then of every key, by session frame modulo its length.
    heard: Vec<Vec<f32>>,
    /// What is still to come out of every channel, by session frame modulo the window's length.
    ready: Vec<Vec<f32>>,
    spectra: Vec<Vec<Complex<f32>>>,
    row: Vec<f32>,
    channels: usize,
    /// Rows of keys that there are.
    keyed: usize,
}

/// The spectra of one window.
#[derive(Debug)]
pub struct Spectra<'a> {
    /// Of every channel that is put together again.
    pub channels: &'a mut [Vec<Complex<f32>>],
    /// Of every key, first sides and then second sides each in the order of the keys.
    pub keys: &'a [Vec<Complex<f32>>],
}

impl Stft {
    /// A window about as long as this at a rate: the nearest power of two.
    pub fn window_frames(window_ms: f64, rate_hz: u32) -> usize {
        let frames = window_ms * f64::from(rate_hz) / 1000.0;
        1 << libm::round(libm::log2(frames.max(64.0))) as u32
    }

    /// For windows of so many frames (a power of two, at least 64), channels that are changed, and at most so many rows of
    /// keys, which are only looked at; a stereo key is two. Allocates; nothing else here does.
    pub fn new(window_frames: usize, channels: usize, keys: usize) -> Self {
        let fft = RealFft::new(window_frames.next_power_of_two().max(64));
        let frames = fft.frames();
        // The squares of four half-sines in a row sum to two: each way takes half of what makes that one.
        let scale = libm::sqrt(2.0 / OVERLAP as f64);
        let half_sine = |n: usize| libm::sin(std::f64::consts::PI * (n as f64 + 0.5) / frames as f64);
        Self {
            window: (0..frames).map(|n| (scale * half_sine(n)) as f32).collect(),
            heard: vec![vec![0.0; frames]; channels + keys],
            ready: vec![vec![0.0; frames]; channels],
            spectra: vec![vec![Complex::default(); fft.bins()]; channels + keys],
            row: vec![0.0; frames],
            fft,
            channels,
            keyed: 0,
        }
    }

    /// Frames by which sound comes out late: one window.
    pub fn latency_frames(&self) -> usize {
        self.window.len()
    }

    /// Frames from one window to the next.
    pub fn hop_frames(&self) -> usize {
        self.window.len() / OVERLAP
    }

    /// Bins of a spectrum, 0 Hz and half the rate included.
    pub fn bins(&self) -> usize {
        self.fft.bins()
    }

    /// The mean power of a bin, white noise of this power a sample given.
    pub fn white_bin_power(&self, power: f64) -> f64 {
        power * self.window.iter().map(|w| f64::from(w * w)).sum::<f64>()
    }

    /// Plays a block whose first frame is `first`. `change` is told of every window that ends in it, in order.
    pub fn run(
        &mut self,
        io: &mut Block<'_>,
        keys: &[Signal<'_>],
        first: i64,
        mut change: impl FnMut(Spectra<'_>),
    ) {
        let (frames, hop) = (io.frames(), self.hop_frames());
        let mut done = 0;
        while done < frames {
            let into_hop = first.wrapping_add(done as i64).rem_euclid(hop as i64) as usize;
            let to = frames.min(done + hop - into_hop);
            let at = first.wrapping_add(done as i64).rem_euclid(self.window.len() as i64) as usize;
            self.exchange(io, keys, done..to, at);
            if into_hop + (to - done) == hop {
                self.turn((at + to - done) % self.window.len(), &mut change);
            }
            done = to;
        }
    }

    /// Takes in a stretch within one hop and gives out what is ready for it.
    fn exchange(&mut self, io: &mut Block<'_>, keys: &[Signal<'_>], stretch: Range<usize>, at: usize) {
        let frames = stretch.len();
        let (rows, key_rows) = self.heard.split_at_mut(self.channels);
        for ((channel, heard), ready) in io.each().zip(rows).zip(&mut self.ready) {
            let samples = &mut channel[stretch.clone()];
            heard[at..at + frames].copy_from_slice(samples);
            samples.copy_from_slice(&ready[at..at + frames]);
            ready[at..at + frames].fill(0.0);
        }
        let lefts = keys.iter().map(Signal::left);
        let rights = keys.iter().filter_map(Signal::right);
        self.keyed = 0;
        for (key, heard) in lefts.chain(rights).zip(key_rows) {
            heard[at..at + frames].copy_from_slice(&key[stretch.clone()]);
            self.keyed += 1;
        }
    }

    /// Changes the window whose oldest frame stands at `oldest`.
    fn turn(&mut self, oldest: usize, change: &mut impl FnMut(Spectra<'_>)) {
        let rows = self.channels + self.keyed;
        for (heard, spectrum) in self.heard.iter().zip(&mut self.spectra).take(rows) {
            let in_order = heard[oldest..].iter().chain(&heard[..oldest]);
            for ((row, sample), window) in self.row.iter_mut().zip(in_order).zip(&self.window) {
                *row = sample * window;
            }
            self.fft.forward(&self.row, spectrum);
        }
        let (channels, keys) = self.spectra.split_at_mut(self.channels);
        change(Spectra { channels: &mut *channels, keys: &keys[..self.keyed] });
        for (spectrum, ready) in channels.iter_mut().zip(&mut self.ready) {
            self.fft.inverse(spectrum, &mut self.row);
            let (wrapped, straight) = ready.split_at_mut(oldest);
            let places = straight.iter_mut().chain(wrapped);
            for ((ready, row), window) in places.zip(&self.row).zip(&self.window) {
                *ready += row * window;
            }
        }
    }

    /// Forgets everything.
    pub fn reset(&mut self) {
        self.heard.iter_mut().chain(&mut self.ready).for_each(|row| row.fill(0.0));
    }

    /// Notes the memory.
    pub fn snapshot(&self, to: &mut State) {
        self.heard.iter().chain(&self.ready).for_each(|row| to.put_all(row));
    }

    /// Takes up a memory.
    pub fn restore(&mut self, from: &mut State) {
        self.heard.iter_mut().chain(&mut self.ready).for_each(|row| from.take_all(row));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sound(frames: usize) -> Vec<f32> {
        let mut state = 3_u64;
        (0..frames)
            .map(|_| {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                (state >> 40) as f32 / (1 << 24) as f32 - 0.5
            })
            .collect()
    }

    #[test]
    fn what_nobody_changes_comes_back_one_window_later() {
        let mut stft = Stft::new(256, 1, 0);
        let wanted = sound(3_000);
        let mut heard = wanted.clone();
        let (mut windows, mut done) = (0, 0);
        for block in heard.chunks_mut(77) {
            stft.run(&mut Block::mono(block), &[], -1_000 + done, |_| windows += 1);
            done += 77;
        }
        // One ends on every multiple of 64 from −960 to 1,984.
        assert_eq!(windows, 47);
        // A window's worth from the start on, everything has been under all four windows.
        let pairs = heard[256..].iter().zip(&wanted);
        let worst = pairs.fold(0.0_f32, |worst, (heard, wanted)| worst.max((heard - wanted).abs()));
        assert!(worst < 1e-6, "{worst}");
    }

    #[test]
    fn the_power_of_white_noise_is_found_in_every_bin() {
        let mut stft = Stft::new(512, 1, 0);
        let mut noise = sound(200_000);
        let (mut power, mut windows) = (0.0, 0);
        stft.run(&mut Block::mono(&mut noise), &[], 0, |spectra| {
            let bins = &spectra.channels[0][1..256];
            power += bins.iter().map(|bin| f64::from(bin.norm_sqr())).sum::<f64>() / 255.0;
            windows += 1;
        });
        // Uniform between −½ and ½: a twelfth. The mean of so many periodograms scatters by a hundredth.
        let wanted = stft.white_bin_power(1.0 / 12.0);
        assert!((power / f64::from(windows) / wanted - 1.0).abs() < 0.02);
    }

    #[test]
    fn a_stereo_key_is_seen_on_both_sides() {
        let mut stft = Stft::new(64, 1, 2);
        let (left, right) = (vec![1.0; 64], vec![-2.0; 64]);
        let mut seen = Vec::new();
        stft.run(&mut Block::mono(&mut [0.0; 64]), &[Signal::stereo(&left, &right)], 0, |spectra| {
            seen = spectra.keys.iter().map(|key| key[0].re).collect();
        });
        assert!(seen[0] > 0.0 && (seen[1] / seen[0] + 2.0).abs() < 1e-6, "{seen:?}");
    }
}
