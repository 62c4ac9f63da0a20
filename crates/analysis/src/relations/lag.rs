//! Where two signals match best in time: the correlation of their phases (GCC-PHAT).
//!
//! C. H. Knapp and G. C. Carter, "The generalized correlation method for estimation of time delay", IEEE Trans. Acoust.,
//! Speech, Signal Process. 24 (1976), 320–327: every frequency counts alike, so that one delay gives one sharp peak.

use std::sync::Arc;

use rustfft::num_complex::Complex;
use rustfft::{Fft, FftPlannerScalar};

/// Bins this far below the strongest of the block in either signal count for nothing: −60 dB. Ours: below lies the noise
/// of rooms and converters, which no two microphones share.
const FAINT: f32 = 1e-6;

/// The part of the spectrum that counts, in hertz and as a share of half the rate. Ours: below, windows as short as these
/// have a bin or two, and hum; above, converters' filters differ.
const LOWEST_HZ: f64 = 30.0;
/// See [`LOWEST_HZ`].
const HIGHEST: f64 = 0.9;

/// Turns what the spectra of blocks say about delay into votes, and adds them up.
pub(crate) struct Lag {
    longest: usize,
    first_bin: usize,
    last_bin: usize,
    /// For each bin the sum over blocks of the phase between the signals, as unit vectors, and how many there were.
    phases: Vec<Complex<f64>>,
    counted: Vec<u32>,
    /// For each lag from −longest to +longest: blocks whose best match it is, the right way up and upside down.
    votes: Vec<[u32; 2]>,
    blocks: u32,
    inverse: Arc<dyn Fft<f32>>,
    work: Vec<Complex<f32>>,
    scratch: Vec<Complex<f32>>,
}

/// The best match of all blocks together.
pub(crate) struct Match {
    /// Frames by which the second signal is later than the first.
    pub(crate) later_frames: f64,
    pub(crate) inverted: bool,
    /// The height of the peak: 1 where all phases of all blocks agree.
    pub(crate) height: f64,
}

impl Lag {
    /// For blocks of this many frames at this rate, and delays of up to `longest` frames.
    pub(crate) fn new(rate_hz: u32, length_frames: usize, longest: usize) -> Self {
        let inverse = FftPlannerScalar::new().plan_fft_inverse(length_frames);
        let bin_hz = f64::from(rate_hz) / length_frames as f64;
        let bins = length_frames / 2 + 1;
        Self {
            longest,
            first_bin: libm::ceil(LOWEST_HZ / bin_hz) as usize,
            last_bin: libm::floor(HIGHEST * (bins - 1) as f64) as usize,
            phases: vec![Complex::default(); bins],
            counted: vec![0; bins],
            votes: vec![[0; 2]; 2 * longest + 1],
            blocks: 0,
            work: vec![Complex::default(); length_frames],
            scratch: vec![Complex::default(); inverse.get_inplace_scratch_len()],
            inverse,
        }
    }

    /// The spectra of the next block of both signals.
    pub(crate) fn add(&mut self, first: &[Complex<f32>], second: &[Complex<f32>]) {
        let strongest = |bins: &[Complex<f32>]| bins.iter().map(|z| z.norm_sqr()).fold(0.0, f32::max);
        let floor = (FAINT * strongest(first), FAINT * strongest(second));
        if !(floor.0 > 0.0 && floor.1 > 0.0) {
            return;
        }
        self.work.fill(Complex::default());
        let sums = self.phases.iter_mut().zip(&mut self.counted).zip(&mut self.work);
        let bins = sums.zip(first.iter().zip(second)).enumerate();
        for (_, (((sum, counted), place), (a, b))) in
            bins.skip(self.first_bin).take_while(|(bin, _)| *bin <= self.last_bin)
        {
            if a.norm_sqr() <= floor.0 || b.norm_sqr() <= floor.1 {
                continue;
            }
            // What turns the first into the second: a delay turns it by −ωd.
            let (re, im) = (f64::from(a.re), f64::from(a.im));
            let (of_re, of_im) = (f64::from(b.re), f64::from(b.im));
            let cross = Complex::new(re * of_re + im * of_im, re * of_im - im * of_re);
            let length = (cross.re * cross.re + cross.im * cross.im).sqrt();
            if length > 0.0 {
                let unit = Complex::new(cross.re / length, cross.im / length);
                *sum += unit;
                *counted += 1;
                *place = Complex::new(unit.re as f32, unit.im as f32);
            }
        }
        self.inverse.process_with_scratch(&mut self.work, &mut self.scratch);
        let (lag, inverted) = self.highest();
        if let Some(votes) = self.votes.get_mut((lag + self.longest as i64) as usize) {
            votes[usize::from(inverted)] += 1;
            self.blocks += 1;
        }
    }

    /// How many blocks had anything to say.
    pub(crate) fn blocks(&self) -> u32 {
        self.blocks
    }

    /// The share of blocks whose own best match lies within so many frames of this one, the same way up.
    pub(crate) fn agreeing(&self, best: &Match, within_frames: f64) -> f64 {
        let lags = self.votes.iter().enumerate().map(|(n, votes)| (n as f64 - self.longest as f64, votes));
        let near = lags.filter(|(lag, _)| (lag - best.later_frames).abs() <= within_frames);
        let agreeing: u32 = near.map(|(_, votes)| votes[usize::from(best.inverted)]).sum();
        f64::from(agreeing) / f64::from(self.blocks.max(1))
    }

    /// The lag at which the correlation in `work` is farthest from zero; of equals that nearest to none.
    fn highest(&self) -> (i64, bool) {
        let at = |lag: i64| {
            let place = lag.rem_euclid(self.work.len() as i64) as usize;
            self.work.get(place).map_or(0.0, |z| z.re)
        };
        let mut best = 0;
        for distance in 1..=self.longest as i64 {
            for lag in [-distance, distance] {
                if at(lag).abs() > at(best).abs() {
                    best = lag;
                }
            }
        }
        (best, at(best) < 0.0)
    }

    /// The best match of all blocks together, to a small fraction of a frame.
    pub(crate) fn best(&mut self) -> Option<Match> {
        let counted: f64 = self.counted.iter().map(|&count| f64::from(count)).sum();
        if counted == 0.0 {
            return None;
        }
        self.work.fill(Complex::default());
        for (place, sum) in self.work.iter_mut().zip(&self.phases) {
            *place = Complex::new((sum.re / counted) as f32, (sum.im / counted) as f32);
        }
        self.inverse.process_with_scratch(&mut self.work, &mut self.scratch);
        let (lag, inverted) = self.highest();
        let sign = if inverted { -1.0 } else { 1.0 };
        // Between frames the correlation is known exactly, as a sum of sines: its top is found by halving the span.
        let (mut from, mut to) = (lag as f64 - 1.0, lag as f64 + 1.0);
        for _ in 0..24 {
            let (left, right) = (from + (to - from) / 3.0, to - (to - from) / 3.0);
            if sign * self.at(left) < sign * self.at(right) { from = left } else { to = right }
        }
        let later_frames = 0.5 * (from + to);
        let height = (sign * self.at(later_frames) / counted).clamp(0.0, 1.0);
        Some(Match { later_frames, inverted, height })
    }

    /// The sum of all phases turned back by a delay.
    fn at(&self, later_frames: f64) -> f64 {
        let turn = 2.0 * std::f64::consts::PI * later_frames / self.work.len() as f64;
        let step = Complex::new(libm::cos(turn), libm::sin(turn));
        let mut angle = Complex::new(1.0, 0.0);
        let mut sum = 0.0;
        for phase in &self.phases {
            sum += phase.re * angle.re - phase.im * angle.im;
            angle *= step;
        }
        sum
    }
}
