//! Spectra of a stream at regular times, the same to the last bit however the stream was cut into blocks.
//!
//! Frame k is centred on the time (k + ½)/`per_second`: on the middle of the k-th cell of a grid that starts with the
//! signal. Before its beginning and after its end there is silence, and every frame that reaches into the signal is
//! given, from an index below zero where windows are longer than cells.

mod alike;
mod held;
mod transform;

use std::array::from_fn;

use mixkeel_dsp::block::{Channels, Signal};
use rustfft::num_complex::Complex;

use crate::four::{FOUR, Four};
use alike::ratio;
use held::Held;
use transform::Transform;
pub(crate) use transform::unfolded;

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

/// Windows as they came out of the transform together, not yet told apart: for those who can work on four at once.
pub(crate) struct Together<'a> {
    /// The index of the first.
    pub first: i64,
    /// How many there are.
    pub windows: usize,
    /// Which is where.
    pub as_one: AsOne,
    /// The transform; nothing where there is only silence.
    pub bins: &'a [Complex<Four>],
}

/// What was transformed as one.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum AsOne {
    /// Left as the real and right as the imaginary part of each lane.
    LeftAndRight,
    /// The left of a window as the real and that of the fourth after it as the imaginary part; the right is the left times this.
    TwoWindows(f32),
}

/// How many windows of two channels that are one are transformed at once.
const EIGHT: usize = 2 * FOUR;

/// Cuts a stream into windows and transforms them, four at once where there are so many.
pub struct Frames {
    bin_hz: f64,
    stereo: bool,
    held: Held,
    transform: Transform,
    /// What turns the two halves of a mono window, transformed as one complex signal, into its spectrum.
    turns: Vec<Complex<f32>>,
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
        let heights: Vec<f32> = heights.iter().map(|w| (w * scale) as f32).collect();
        let stereo = channels == Channels::Stereo;
        let turn = |bin: usize| -2.0 * std::f64::consts::PI * bin as f64 / length as f64;
        Self {
            bin_hz: f64::from(rate_hz.max(1)) / length as f64,
            stereo,
            held: Held::new(rate_hz, stereo, per_second, length),
            transform: if stereo { Transform::of_two(heights) } else { Transform::of_halves(heights) },
            turns: (0..if stereo { 0 } else { length / 2 + 1 })
                .map(|bin| Complex::new(libm::cos(turn(bin)) as f32, libm::sin(turn(bin)) as f32))
                .collect(),
            spectra: from_fn(|_| {
                [length / 2 + 1, if stereo { length / 2 + 1 } else { 0 }]
                    .map(|bins| vec![Complex::default(); bins])
            }),
        }
    }

    /// Forgets the stream; the next frame pushed is its first.
    pub fn restart(&mut self) {
        self.held.restart();
    }

    /// The length of a window in frames of the stream.
    pub fn length_frames(&self) -> usize {
        self.held.length
    }

    /// The next part of the stream. `each` is given windows that are complete, in order, with their index; up to three wait
    /// for those that follow, or for the end. A mono signal where stereo was announced counts as the same sound on both sides.
    pub fn push(&mut self, signal: &Signal, mut each: impl FnMut(i64, &Spectrum)) {
        self.in_groups(FOUR, signal, |frames| frames.give(FOUR, &mut each));
    }

    /// The end of the stream: `each` is given the windows that reach beyond it.
    pub fn finish(&mut self, mut each: impl FnMut(i64, &Spectrum)) {
        let mut left = self.held.end();
        while left > 0 {
            let now = left.min(FOUR);
            self.give(now, &mut each);
            left -= now;
        }
    }

    /// The same as [`push`](Self::push) of a stream of two channels, not told apart; up to seven windows wait.
    pub(crate) fn push_together(&mut self, signal: &Signal, mut each: impl FnMut(&Together)) {
        self.in_groups(EIGHT, signal, |frames| frames.give_together(EIGHT, &mut each));
    }

    /// The same as [`finish`](Self::finish) after [`push_together`](Self::push_together).
    pub(crate) fn finish_together(&mut self, mut each: impl FnMut(&Together)) {
        let mut left = self.held.end();
        while left > 0 {
            let now = left.min(EIGHT);
            self.give_together(now, &mut each);
            left -= now;
        }
    }

    /// Takes frames, and stops whenever so many windows are complete.
    fn in_groups(&mut self, windows: usize, signal: &Signal, mut complete: impl FnMut(&mut Self)) {
        let mut done = 0;
        while done < signal.frames() {
            let missing = self.held.missing(windows);
            let part = signal.part(done..done.saturating_add(missing));
            self.held.take(&part);
            done += part.frames();
            if part.frames() == missing {
                complete(self);
            }
        }
    }

    /// Gives so many windows, four at most, and lets go of them.
    fn give(&mut self, windows: usize, each: &mut impl FnMut(i64, &Spectrum)) {
        let silent = self.transform(windows);
        let first = self.held.next;
        for (index, ([left, right], silent)) in (first..).zip(self.spectra.iter().zip(silent)).take(windows) {
            let right = self.stereo.then_some(right.as_slice());
            each(index, &Spectrum { left, right, bin_hz: self.bin_hz, silent });
        }
        self.held.drop(windows);
    }

    /// Fills the spectra from so many windows, four at most; says in which there is only silence.
    fn transform(&mut self, windows: usize) -> [bool; FOUR] {
        let Self { held, transform, turns, spectra, stereo, .. } = self;
        let [left, right] = [0, 1].map(|channel| four(held, channel, 0, windows));
        let right_or_none = if *stereo { right } else { [&[] as &[f32]; FOUR] };
        let silent: [bool; FOUR] = from_fn(|n| left[n].iter().chain(right_or_none[n]).all(|&x| x == 0.0));
        if silent != [true; FOUR] {
            let bins = if *stereo { transform.two(left, right) } else { transform.halves(left) };
            // The spectra of real signals from those of the complex ones that were made of them.
            for bin in 0..spectra[0][0].len() {
                let [even, odd] = unfolded(bins, bin);
                let of = |four: Complex<Four>, lane: usize| Complex::new(four.re.0[lane], four.im.0[lane]);
                for (lane, [first, second]) in spectra.iter_mut().enumerate() {
                    let (even, odd) = (of(even, lane), of(odd, lane));
                    if *stereo {
                        (first[bin], second[bin]) = (even, odd);
                    } else {
                        first[bin] = even + turns[bin] * odd;
                    }
                }
            }
        }
        for (bins, _) in spectra.iter_mut().zip(silent).filter(|(_, silent)| *silent) {
            bins.iter_mut().for_each(|bins| bins.fill(Complex::default()));
        }
        silent
    }

    /// Gives so many windows of two channels, eight at most, in one transform where the channels are one and in two where they
    /// are not, and lets go of them.
    fn give_together(&mut self, windows: usize, each: &mut impl FnMut(&Together)) {
        let Self { held, transform, .. } = self;
        let first = held.next;
        let [left, right] = held.both(windows);
        // Half as many go into one transform anyway.
        let ratio = if windows > FOUR { ratio(left, right) } else { None };
        if left.iter().chain(right).all(|&x| x == 0.0) {
            each(&Together { first, windows, as_one: AsOne::TwoWindows(1.0), bins: &[] });
        } else if let Some(ratio) = ratio {
            let bins = transform.two(four(held, 0, 0, windows), four(held, 0, FOUR, windows));
            each(&Together { first, windows, as_one: AsOne::TwoWindows(ratio), bins });
        } else {
            for from in (0..windows).step_by(FOUR) {
                let bins = transform.two(four(held, 0, from, windows), four(held, 1, from, windows));
                let windows = (windows - from).min(FOUR);
                let first = first + from as i64;
                each(&Together { first, windows, as_one: AsOne::LeftAndRight, bins });
            }
        }
        held.drop(windows);
    }
}

/// Four windows of a channel, from one on of so many there are. The last stands for those that are missing.
fn four(held: &Held, channel: usize, from: usize, windows: usize) -> [&[f32]; FOUR] {
    from_fn(|n| held.window(channel, held.place((from + n).min(windows.saturating_sub(1)))))
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
