//! After which times a sound repeats itself: the summits of its normalised square difference function.
//!
//! McLeod and Wyvill, "A smarter way to find pitch" (ICMC 2005): twice the product of a window with itself some time later,
//! over the power of both, is 1 where they are the same and −1 where they are opposite. It is the difference function of
//! YIN (de Cheveigné and Kawahara, "YIN, a fundamental frequency estimator for speech and music", JASA 111, 2002) turned over,
//! and lies evenly around the middle of the window, so that glides are not read late. The channels of a stereo track are
//! added as products, not as samples: what is inverted between them is not lost.

use std::sync::Arc;

use rustfft::num_complex::Complex;
use rustfft::{Fft, FftPlannerScalar};

use super::register::Register;

/// Windows hold so many of the longest periods. Ours: one and a half are compared even at the longest, and vibrato moves
/// little within 42 ms for a voice.
const PERIODS: f64 = 2.5;

/// Summits kept of a window. Ours: the pitch is among the first three of all sounds tried.
pub(super) const SUMMITS: usize = 6;

/// The lowest summit that is kept. Ours: under it, noise has as high ones.
const LOWEST: f64 = 0.35;

/// The least power at which periods are looked for, as a mean square: −100 dBFS, under any recording's noise.
const SILENT: f64 = 1e-10;

/// A part of the window's power under which what is left of it at a lag says nothing. Ours: single precision.
const LEFT: f64 = 1e-3;

/// Up to which part of the longest period short ones are read from several. Ours: so that a pitch that moves is still the
/// same.
const REFINED: f64 = 0.5;

/// What an octave of longer period costs, so that of equal summits the first is taken (Boersma 1993, see `path`: 0.01). Ours is
/// more because longer lags compare fewer samples and vary more.
const OCTAVE: f64 = 0.02;

/// How many lags on either side a value between lags is put together from. Ours: the sound is smoothed to a half at a quarter of
/// its rate, so few are enough.
const SINC: i32 = 8;

/// A time after which the sound repeats itself.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Period {
    pub freq_hz: f64,
    /// The height of the summit: 1 is an exact repetition.
    pub clarity: f64,
    /// The same, less what a longer period costs.
    pub worth: f64,
}

/// Finds the periods of windows.
pub(super) struct Periods {
    rate_hz: f64,
    window: usize,
    shortest: usize,
    longest: usize,
    fft: Arc<dyn Fft<f32>>,
    inverse: Arc<dyn Fft<f32>>,
    work: Vec<Complex<f32>>,
    scratch: Vec<Complex<f32>>,
    repeats: Vec<f64>,
    pub found: Vec<Period>,
}

impl Periods {
    /// For windows of a sound at this rate.
    pub fn new(rate_hz: f64, register: Register) -> Self {
        let longest = libm::ceil(rate_hz / register.lowest_hz()) as usize;
        let window = libm::ceil(PERIODS * longest as f64) as usize;
        // Nothing of the window comes round to meet itself.
        let length = (window + longest + SINC as usize + 1).next_power_of_two();
        let mut planner = FftPlannerScalar::new();
        let (fft, inverse) = (planner.plan_fft_forward(length), planner.plan_fft_inverse(length));
        let scratch = fft.get_inplace_scratch_len().max(inverse.get_inplace_scratch_len());
        Self {
            rate_hz,
            window,
            // Twice as high as the register, so that what lies above it is known for what it is.
            shortest: ((rate_hz / register.highest_hz() / 2.0) as usize).max(2),
            longest,
            fft,
            inverse,
            work: vec![Complex::default(); length],
            scratch: vec![Complex::default(); scratch],
            repeats: Vec::new(),
            found: Vec::new(),
        }
    }

    /// How long a window is.
    pub fn window(&self) -> usize {
        self.window
    }

    /// Finds the periods of a window, the worthiest first.
    pub fn find(&mut self, samples: &[Complex<f32>]) {
        self.found.clear();
        let power = |z: &Complex<f32>| f64::from(z.re) * f64::from(z.re) + f64::from(z.im) * f64::from(z.im);
        let Some(window) = samples.get(..self.window) else { return };
        let whole: f64 = window.iter().map(power).sum();
        if whole < SILENT * 2.0 * window.len() as f64 {
            return;
        }
        self.compare(window, whole);
        // Up to where it first falls below zero a sound is merely like itself a moment ago.
        let first = self.repeats.iter().position(|x| *x < 0.0).unwrap_or(self.longest);
        for lag in first.max(self.shortest)..=self.longest {
            let [low, here, high] = [self.at(lag - 1), self.at(lag), self.at(lag + 1)];
            if here > low && here >= high && here >= LOWEST {
                let (lag, clarity) = self.refined(lag);
                let clarity = clarity.min(1.0);
                let worth = clarity - OCTAVE * libm::log2(lag / self.shortest as f64);
                self.found.push(Period { freq_hz: self.rate_hz / lag, clarity, worth });
            }
        }
        self.found.sort_by(|a, b| b.worth.total_cmp(&a.worth));
        self.found.truncate(SUMMITS);
    }

    fn at(&self, lag: usize) -> f64 {
        self.repeats.get(lag).copied().unwrap_or(0.0)
    }

    /// Fills `repeats`, lag by lag.
    fn compare(&mut self, window: &[Complex<f32>], whole: f64) {
        self.work.fill(Complex::default());
        self.work[..window.len()].copy_from_slice(window);
        self.fft.process_with_scratch(&mut self.work, &mut self.scratch);
        // Left is the real part and right the imaginary one. The real part of what comes back is the sum of the products of
        // both with themselves: their product with each other lies in the imaginary part.
        for z in &mut self.work {
            *z = Complex::new(z.re * z.re + z.im * z.im, 0.0);
        }
        self.inverse.process_with_scratch(&mut self.work, &mut self.scratch);
        let scale = 1.0 / self.work.len() as f64;
        let power = |z: &Complex<f32>| f64::from(z.re) * f64::from(z.re) + f64::from(z.im) * f64::from(z.im);
        self.repeats.clear();
        let mut both = 2.0 * whole;
        for lag in 0..=self.longest + SINC as usize {
            if lag > 0 {
                both -= power(&window[lag - 1]) + power(&window[window.len() - lag]);
            }
            let product = f64::from(self.work[lag].re) * scale;
            self.repeats.push(if both > LEFT * whole { 2.0 * product / both } else { 0.0 });
        }
    }

    /// The top of the parabola through a summit and its neighbours.
    fn top(&self, lag: usize) -> (f64, f64) {
        let [low, here, high] = [self.at(lag.saturating_sub(1)), self.at(lag), self.at(lag + 1)];
        let bend = low - 2.0 * here + high;
        let beside = if bend < 0.0 { (0.5 * (low - high) / bend).clamp(-0.5, 0.5) } else { 0.0 };
        (lag as f64 + beside, here - 0.25 * (low - high) * beside)
    }

    /// The place and height of a summit between lags. Short periods, which few samples describe, are read from several of
    /// them: the error of the parabola is then shared between so many.
    fn refined(&self, lag: usize) -> (f64, f64) {
        let (mut period, height) = self.top(lag);
        let mut times = 2.0;
        while times * period <= self.longest as f64 * REFINED {
            let near = libm::round(times * period) as usize;
            let best = (near - 1..=near + 1).fold(near, |a, b| if self.at(b) > self.at(a) { b } else { a });
            let (place, there) = self.top(best);
            if there < 0.9 * height || (place - times * period).abs() > 1.0 {
                break;
            }
            period = place / times;
            times += 1.0;
        }
        (period, self.between(period).max(height))
    }

    /// The repetition at a lag between two: the lags are as close as samples, and what they show holds nothing above half the
    /// rate, so it is put together from its neighbours as any sound is. A parabola is too low where overtones make a summit
    /// narrow, and then an octave lower would look better.
    fn between(&self, lag: f64) -> f64 {
        let whole = libm::floor(lag);
        let part = lag - whole;
        if part < 1e-6 {
            return self.at(whole as usize);
        }
        let sine = libm::sin(std::f64::consts::PI * part) / std::f64::consts::PI;
        let mut sum = 0.0;
        for n in 1 - SINC..=SINC {
            let off = part - f64::from(n);
            let window = libm::cos(0.5 * std::f64::consts::PI * off / f64::from(SINC));
            let sign = if n % 2 == 0 { 1.0 } else { -1.0 };
            // A lag below zero is the same as one above.
            sum += sign * sine / off
                * window
                * window
                * self.at((whole as i64 + i64::from(n)).unsigned_abs() as usize);
        }
        sum
    }
}

/// How much of a vibrato is left in the pitches that windows give. A window compares what lies a lag apart at all places there
/// is room for, so the pitch it gives is the mean over the lag and over those places; of a sine a mean leaves sin(x)/x.
pub(super) fn left_of_vibrato(register: Register, freq_hz: f64, rate_hz: f64) -> f64 {
    let longest_s = 1.0 / register.lowest_hz();
    let times = libm::floor(longest_s * REFINED * freq_hz).max(1.0);
    let lag_s = times / freq_hz;
    let mean = |seconds: f64| {
        let x = std::f64::consts::PI * rate_hz * seconds;
        if x > 0.0 { libm::sin(x) / x } else { 1.0 }
    };
    mean(lag_s) * mean((PERIODS * longest_s - lag_s).max(0.0))
}
