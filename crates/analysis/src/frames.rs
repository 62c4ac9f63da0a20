//! Spectra of a stream at regular times, the same to the last bit however the stream was cut into blocks.
//!
//! Frame k is centred on the time (k + ½)/`per_second`: on the middle of the k-th cell of a grid that starts with the
//! signal. Before its beginning and after its end there is silence, and every frame that reaches into the signal is
//! given, from an index below zero where windows are longer than cells.

use std::array::from_fn;
use std::sync::Arc;

use mixkeel_dsp::block::{Channels, Signal};
use rustfft::num_complex::Complex;
use rustfft::{Fft, FftPlannerScalar};

use crate::four::{FOUR, Four};
use crate::meter::bounded;

/// The shape of a window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Window {
    /// Half a sine. At a length of two cells the squares of neighbours sum to one, so that the power of all frames
    /// together is the power of the signal.
    Sine,
    /// A raised cosine: side lobes fall fast, for lines that stand beside louder ones.
    Hann,
}

impl Window {
    fn at(self, place: f64) -> f64 {
        let sine = libm::sin(std::f64::consts::PI * place);
        match self {
            Window::Sine => sine,
            Window::Hann => sine * sine,
        }
    }
}

/// The spectrum of each channel over one window, from 0 Hz to half the rate. It is scaled so that the powers of all bins
/// (see [`power`](Spectrum::power)) sum to the mean square of the samples, weighted by the window.
pub struct Spectrum<'a> {
    /// Bins of the left, or only, channel.
    pub left: &'a [Complex<f32>],
    /// Bins of the right channel of a stereo signal.
    pub right: Option<&'a [Complex<f32>]>,
    /// The distance between bins in Hz.
    pub bin_hz: f64,
    /// Whether every sample in the window is exactly zero.
    pub silent: bool,
}

impl Spectrum<'_> {
    /// The power of a bin, both halves of the two-sided spectrum together: bins that have a mirror image count twice.
    #[inline(always)]
    pub fn power(bins: &[Complex<f32>], bin: usize) -> f32 {
        let twice = if bin == 0 || bin + 1 == bins.len() { 1.0 } else { 2.0 };
        bins.get(bin).map_or(0.0, |z| twice * (z.re * z.re + z.im * z.im))
    }
}

/// Cuts a stream into windows and transforms them, four at once where there are so many.
pub struct Frames {
    rate_hz: u32,
    per_second: u32,
    stereo: bool,
    window: Vec<f32>,
    fft: Arc<dyn Fft<Four>>,
    /// What turns the two halves of a mono window, transformed as one complex signal, into its spectrum.
    turns: Vec<Complex<f32>>,
    held: [Vec<f32>; 2],
    /// The frame of the stream at which `held` begins.
    held_from: i64,
    next: i64,
    work: Vec<Complex<Four>>,
    scratch: Vec<Complex<Four>>,
    /// Of each window transformed together: its bins left and right.
    spectra: [[Vec<Complex<f32>>; 2]; FOUR],
}

impl Frames {
    /// Windows of `length_frames` (made even, at least 2), so many a second.
    pub fn new(
        rate_hz: u32,
        channels: Channels,
        per_second: u32,
        length_frames: usize,
        shape: Window,
    ) -> Self {
        let length = (length_frames.max(2) + 1) & !1;
        let heights: Vec<f64> = (0..length).map(|n| shape.at((n as f64 + 0.5) / length as f64)).collect();
        let scale = 1.0 / (length as f64 * heights.iter().map(|w| w * w).sum::<f64>()).sqrt();
        let stereo = channels == Channels::Stereo;
        let transformed = if stereo { length } else { length / 2 };
        let fft = FftPlannerScalar::new().plan_fft_forward(transformed);
        let turn = |bin: usize| -2.0 * std::f64::consts::PI * bin as f64 / length as f64;
        let mut frames = Self {
            rate_hz: rate_hz.max(1),
            per_second: per_second.max(1),
            stereo,
            window: heights.iter().map(|w| (w * scale) as f32).collect(),
            turns: (0..if stereo { 0 } else { length / 2 + 1 })
                .map(|bin| Complex::new(libm::cos(turn(bin)) as f32, libm::sin(turn(bin)) as f32))
                .collect(),
            held: [Vec::new(), Vec::new()],
            held_from: 0,
            next: 0,
            work: vec![Complex::default(); transformed],
            scratch: vec![Complex::default(); fft.get_inplace_scratch_len()],
            fft,
            spectra: from_fn(|_| {
                [length / 2 + 1, if stereo { length / 2 + 1 } else { 0 }]
                    .map(|bins| vec![Complex::default(); bins])
            }),
        };
        frames.restart();
        frames
    }

    /// Forgets the stream; the next frame pushed is its first.
    pub fn restart(&mut self) {
        self.next = 0;
        while self.start(self.next - 1) + self.window.len() as i64 > 0 {
            self.next -= 1;
        }
        self.held_from = self.start(self.next);
        let silence = self.held_from.min(0).unsigned_abs() as usize;
        for held in &mut self.held {
            held.clear();
            held.resize(silence, 0.0);
        }
        self.held_from = self.held_from.min(0);
    }

    /// The length of a window in frames of the stream.
    pub fn length_frames(&self) -> usize {
        self.window.len()
    }

    /// The first frame of the stream in a window: round((k + ½) · rate / per_second) − length/2.
    fn start(&self, index: i64) -> i64 {
        let (rate, per_second) = (i64::from(self.rate_hz), i64::from(self.per_second));
        let middle = ((2 * index + 1) * rate + per_second).div_euclid(2 * per_second);
        middle - self.window.len() as i64 / 2
    }

    /// The next part of the stream. `each` is given windows that are complete, in order, with their index; up to three wait
    /// for those that follow, or for the end. A mono signal where stereo was announced counts as the same sound on both sides.
    pub fn push(&mut self, signal: &Signal, mut each: impl FnMut(i64, &Spectrum)) {
        let clean = |x: &f32| bounded(*x);
        // In parts, so that a stream given whole does not have to be held whole.
        let most = self.window.len().max(4_096);
        let mut done = 0;
        while done < signal.frames() {
            let part = signal.part(done..done + most);
            self.held[0].extend(part.left().iter().map(clean));
            if self.stereo {
                self.held[1].extend(part.right_or_only().iter().map(clean));
            }
            done += part.frames();
            self.give(FOUR, &mut each);
        }
    }

    /// The end of the stream: `each` is given the windows that reach beyond it.
    pub fn finish(&mut self, mut each: impl FnMut(i64, &Spectrum)) {
        let end = self.held_from + self.held[0].len() as i64;
        if end <= 0 {
            return;
        }
        let mut last = self.next;
        while self.start(last) < end {
            let wanted = (self.start(last) + self.window.len() as i64 - self.held_from).max(0) as usize;
            let wanted = wanted.max(self.held[0].len());
            self.held[0].resize(wanted, 0.0);
            if self.stereo {
                self.held[1].resize(wanted, 0.0);
            }
            last += 1;
        }
        self.give(1, &mut each);
    }

    /// Gives windows that lie within what is held, as long as there are so many or more.
    fn give(&mut self, least: usize, each: &mut impl FnMut(i64, &Spectrum)) {
        let length = self.window.len();
        loop {
            let at: [usize; FOUR] =
                from_fn(|n| (self.start(self.next + n as i64) - self.held_from).max(0) as usize);
            let complete = at.iter().take_while(|at| **at + length <= self.held[0].len()).count();
            if complete < least {
                break;
            }
            let silent = self.transform(at.get(..complete).unwrap_or_default());
            for ([left, right], silent) in self.spectra.iter().zip(silent).take(complete) {
                let spectrum = Spectrum {
                    left,
                    right: self.stereo.then_some(right.as_slice()),
                    bin_hz: f64::from(self.rate_hz) / length as f64,
                    silent,
                };
                each(self.next, &spectrum);
                self.next += 1;
            }
        }
        let gone = (self.start(self.next) - self.held_from).max(0) as usize;
        let gone = gone.min(self.held[0].len());
        self.held_from += gone as i64;
        self.held[0].drain(..gone);
        if self.stereo {
            self.held[1].drain(..gone);
        }
    }

    /// Fills the spectra from the windows that begin at these places in what is held, four at most; says in which there is
    /// only silence.
    fn transform(&mut self, at: &[usize]) -> [bool; FOUR] {
        let length = self.window.len();
        // Where there are fewer than four, the first stands for those that are missing.
        let at: [usize; FOUR] = from_fn(|n| at.get(n).or(at.first()).copied().unwrap_or(0));
        let left = at.map(|at| &self.held[0][at..at + length]);
        let right = at.map(|at| if self.stereo { &self.held[1][at..at + length] } else { &[] });
        let silent: [bool; FOUR] = from_fn(|n| left[n].iter().chain(right[n]).all(|&x| x == 0.0));
        if silent != [true; FOUR] {
            if self.stereo {
                // Left as the real and right as the imaginary part: one transform for both.
                for (n, (z, &w)) in self.work.iter_mut().zip(&self.window).enumerate() {
                    *z =
                        Complex::new(Four(left.map(|wave| wave[n])) * w, Four(right.map(|wave| wave[n])) * w);
                }
            } else {
                // Even samples as the real and odd ones as the imaginary part: a transform of half the length.
                for (n, (z, w)) in self.work.iter_mut().zip(self.window.chunks_exact(2)).enumerate() {
                    let sample = |odd: usize| Four(left.map(|wave| wave[2 * n + odd])) * w[odd];
                    *z = Complex::new(sample(0), sample(1));
                }
            }
            self.fft.process_with_scratch(&mut self.work, &mut self.scratch);
            self.unfold();
        }
        for (bins, _) in self.spectra.iter_mut().zip(silent).filter(|(_, silent)| *silent) {
            bins.iter_mut().for_each(|bins| bins.fill(Complex::default()));
        }
        silent
    }

    /// The spectra of real signals from those of the complex ones that were made of them.
    fn unfold(&mut self) {
        let ahead = self.work.iter().chain(self.work.first());
        let mirrored = self.work.first().into_iter().chain(self.work.iter().rev());
        for (bin, (z, m)) in ahead.zip(mirrored).enumerate().take(self.window.len() / 2 + 1) {
            let even = Complex::new((z.re + m.re) * 0.5, (z.im - m.im) * 0.5);
            let odd = Complex::new((z.im + m.im) * 0.5, (m.re - z.re) * 0.5);
            let of = |four: Complex<Four>, lane: usize| Complex::new(four.re.0[lane], four.im.0[lane]);
            for (lane, [first, second]) in self.spectra.iter_mut().enumerate() {
                let (even, odd) = (of(even, lane), of(odd, lane));
                if self.stereo {
                    (first[bin], second[bin]) = (even, odd);
                } else {
                    first[bin] = even + self.turns[bin] * odd;
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn noise(frames: usize, mut seed: u32) -> Vec<f32> {
        (0..frames)
            .map(|_| {
                seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                (seed >> 8) as f32 / 8_388_608.0 - 1.0
            })
            .collect()
    }

    /// Mean squares of every frame, left and right, with its index.
    fn read(frames: &mut Frames, signal: &Signal, block_frames: usize) -> Vec<(i64, f64, f64)> {
        let mut all = Vec::new();
        let mut each = |index: i64, spectrum: &Spectrum| {
            let sum = |bins: &[Complex<f32>]| -> f64 {
                (0..bins.len()).map(|bin| f64::from(Spectrum::power(bins, bin))).sum()
            };
            all.push((index, sum(spectrum.left), spectrum.right.map_or(0.0, sum)));
        };
        for from in (0..signal.frames()).step_by(block_frames) {
            frames.push(&signal.part(from..from + block_frames), &mut each);
        }
        frames.finish(&mut each);
        all
    }

    #[test]
    fn the_power_of_all_cells_is_the_power_of_the_signal() {
        // 11,025 Hz: cells of 1102 and 1103 frames.
        for rate_hz in [48_000, 11_025] {
            let (left, right) = (noise(30_001, 1), noise(30_001, 2));
            let length = rate_hz as usize / 5;
            let mut frames = Frames::new(rate_hz, Channels::Stereo, 10, length, Window::Sine);
            let cells = read(&mut frames, &Signal::stereo(&left, &right), 777);
            let power = |wave: &[f32]| wave.iter().map(|x| f64::from(*x).powi(2)).sum::<f64>();
            let per_frame = f64::from(rate_hz) / 10.0;
            let sums = cells.iter().fold((0.0, 0.0), |(l, r), cell| (l + cell.1, r + cell.2));
            // Where cells are not a whole number of frames, neighbours overlap by half a frame more or less: 0.1 %.
            assert!((sums.0 * per_frame / power(&left) - 1.0).abs() < 1e-3);
            assert!((sums.1 * per_frame / power(&right) - 1.0).abs() < 1e-3);
            assert_eq!(cells[0].0, -1);
            assert!(cells.windows(2).all(|two| two[1].0 == two[0].0 + 1));
        }
    }

    #[test]
    fn mono_is_the_left_of_stereo_and_blocks_do_not_show() {
        let wave = noise(20_000, 3);
        let mut two = Frames::new(44_100, Channels::Stereo, 100, 1_024, Window::Hann);
        let mut one = Frames::new(44_100, Channels::Mono, 100, 1_024, Window::Hann);
        let stereo = read(&mut two, &Signal::stereo(&wave, &wave), 4_096);
        let mono = read(&mut one, &Signal::mono(&wave), 4_096);
        assert_eq!(mono.len(), stereo.len());
        for (mono, stereo) in mono.iter().zip(&stereo) {
            // Single precision over ten stages of butterflies.
            assert!((mono.1 - stereo.1).abs() < 1e-5 * stereo.1, "{mono:?} {stereo:?}");
        }
        for block_frames in [1, 64, 20_000] {
            one.restart();
            assert_eq!(read(&mut one, &Signal::mono(&wave), block_frames), mono);
        }
    }

    #[test]
    fn a_tone_stands_in_its_bin_in_its_own_channel() {
        let wave: Vec<f32> = (0..48_000)
            .map(|n| libm::sin(2.0 * std::f64::consts::PI * 1_500.0 * f64::from(n) / 48_000.0) as f32)
            .collect();
        for channels in [Channels::Mono, Channels::Stereo] {
            let mut frames = Frames::new(48_000, channels, 10, 4_800, Window::Hann);
            frames.push(&Signal::stereo(&wave, &vec![0.0; wave.len()]), |index, spectrum| {
                if index != 4 {
                    return;
                }
                let bin = (1_500.0 / spectrum.bin_hz) as usize;
                // A full-scale sine has a power of 1/2, of which a Hann window leaves 2/3 in the middle bin.
                assert!((Spectrum::power(spectrum.left, bin) - 1.0 / 3.0).abs() < 1e-4);
                assert!(Spectrum::power(spectrum.left, bin + 9) < 1e-9);
                assert!(spectrum.right.is_none_or(|right| Spectrum::power(right, bin) < 1e-9));
            });
        }
    }
}
