//! Measures a [`Line`] as the sound streams past.

use mixkeel_dsp::block::{Channels, Signal};
use mixkeel_dsp::kernels::svf::{Section, Step, Svf};
use rustfft::num_complex::Complex;

use super::path::Path;
use super::periods::Periods;
use super::register::Register;
use super::strokes::{Levels, LevelsBuilder};
use super::{Line, PITCHES_PER_S};
use crate::meter::{Meter, bounded};
use crate::spectrum::Decimator;

/// Up to which part of the lower rate the sound is kept whole. Ours: a quarter, above which the smoothing below takes it away.
const KEEP: f64 = 0.25;

/// Where the sound is cut at the bottom, in parts of the lowest pitch: rumble is no pitch. Ours: an octave below, so that the
/// lowest fundamental loses a quarter of a decibel.
const FLOOR: f64 = 0.5;

/// The weights by which neighbours are smoothed: half the amplitude is left at a quarter of the lower rate, so that three
/// samples describe the summits of any period. Ours.
const SMOOTH: [f32; 5] = [1.0 / 16.0, 4.0 / 16.0, 6.0 / 16.0, 4.0 / 16.0, 1.0 / 16.0];

/// Frames taken at once.
const PART_FRAMES: usize = 4_096;

/// Measures a [`Line`].
pub struct LineMeter {
    register: Register,
    stream: Option<Stream>,
}

impl LineMeter {
    /// Listens for pitches of a register.
    pub fn new(register: Register) -> Self {
        Self { register, stream: None }
    }
}

impl Meter for LineMeter {
    type Reading = Line;

    fn prepare(&mut self, rate_hz: u32, channels: Channels) {
        self.stream = Some(Stream::new(self.register, rate_hz, channels));
    }

    fn push(&mut self, signal: &Signal) {
        if let Some(stream) = &mut self.stream {
            stream.push(signal);
        }
    }

    fn finish(&mut self) -> Line {
        self.stream.take().map(Stream::finish).unwrap_or_default()
    }
}

/// What is on its way.
struct Stream {
    register: Register,
    rate_hz: u32,
    stereo: bool,
    length_frames: u64,
    levels: LevelsBuilder,
    decimator: Decimator,
    factor: usize,
    floor: Step,
    cut: Svf<2>,
    periods: Periods,
    path: Path,
    /// The last frames at the lower rate before smoothing.
    rough: Vec<Complex<f32>>,
    /// Frames at the lower rate that windows still need.
    held: Vec<Complex<f32>>,
    /// The frame at the lower rate at which `held` begins.
    held_from: i64,
    next: i64,
}

impl Stream {
    fn new(register: Register, rate_hz: u32, channels: Channels) -> Self {
        let rate_hz = rate_hz.max(1);
        let factor = (rate_hz / register.least_rate_hz()).max(1) as usize;
        let low_hz = f64::from(rate_hz) / factor as f64;
        let decimator = Decimator::new(rate_hz, factor, KEEP * low_hz);
        let periods = Periods::new(low_hz, register);
        let tan = libm::tan(std::f64::consts::PI * FLOOR * register.lowest_hz() / low_hz);
        let mut stream = Self {
            register,
            rate_hz,
            stereo: channels == Channels::Stereo,
            length_frames: 0,
            levels: LevelsBuilder::new(rate_hz),
            decimator,
            factor,
            floor: Section::high_pass(tan, std::f64::consts::FRAC_1_SQRT_2).step(),
            cut: Svf::default(),
            periods,
            path: Path::new(register),
            rough: vec![Complex::default(); SMOOTH.len() - 1],
            held: Vec::new(),
            held_from: 0,
            next: 0,
        };
        // Silence before the beginning.
        stream.held_from = stream.start(0).min(0);
        stream.held.resize(stream.held_from.unsigned_abs() as usize, Complex::default());
        stream
    }

    /// The first frame of a window at the lower rate: its middle is the middle of the step, and what comes out of the filters
    /// is late.
    fn start(&self, step: i64) -> i64 {
        let late = self.decimator.delay_frames() as f64 / self.factor as f64 + (SMOOTH.len() / 2) as f64;
        let low_hz = f64::from(self.rate_hz) / self.factor as f64;
        let middle = (step as f64 + 0.5) / f64::from(PITCHES_PER_S) * low_hz + late;
        libm::round(middle - self.periods.window() as f64 / 2.0) as i64
    }

    fn push(&mut self, signal: &Signal) {
        let mut done = 0;
        while done < signal.frames() {
            let part = signal.part(done..done + PART_FRAMES);
            done += part.frames();
            self.length_frames += part.frames() as u64;
            let left: Vec<f32> = part.left().iter().map(|x| bounded(*x)).collect();
            let right: Vec<f32> = match part.right() {
                Some(right) if self.stereo => right.iter().map(|x| bounded(*x)).collect(),
                _ => left.clone(),
            };
            self.levels.push(&left, &right);
            self.take(&left, &right);
            while self.start(self.next) + self.periods.window() as i64 <= self.end() {
                self.window();
            }
        }
    }

    /// Frames at the lower rate there are.
    fn end(&self) -> i64 {
        self.held_from + self.held.len() as i64
    }

    fn take(&mut self, left: &[f32], right: &[f32]) {
        let from = self.rough.len();
        self.decimator.push(left, right, &mut self.rough);
        let mut frames: Vec<[f64; 2]> =
            self.rough[from..].iter().map(|z| [f64::from(z.re), f64::from(z.im)]).collect();
        self.cut.run(&self.floor, &mut frames);
        for (z, [re, im]) in self.rough[from..].iter_mut().zip(frames) {
            *z = Complex::new(re as f32, im as f32);
        }
        let smooth = |near: &[Complex<f32>]| {
            near.iter()
                .zip(SMOOTH)
                .fold(Complex::default(), |sum: Complex<f32>, (z, weight)| sum + z * weight)
        };
        self.held.extend(self.rough.windows(SMOOTH.len()).map(smooth));
        let gone = self.rough.len() - (SMOOTH.len() - 1);
        self.rough.drain(..gone);
    }

    /// The next window, which is there.
    fn window(&mut self) {
        let from = (self.start(self.next) - self.held_from).max(0) as usize;
        self.periods.find(self.held.get(from..).unwrap_or_default());
        self.path.add(&self.periods.found);
        self.next += 1;
        // Now and then, so that what is left is not moved for every window.
        if from > PART_FRAMES {
            self.held.drain(..from);
            self.held_from += from as i64;
        }
    }

    fn finish(mut self) -> Line {
        let steps = (self.length_frames * u64::from(PITCHES_PER_S)).div_ceil(u64::from(self.rate_hz)) as i64;
        // Silence after the end.
        let silence = vec![0.0; PART_FRAMES];
        while self.next < steps {
            while self.start(self.next) + self.periods.window() as i64 > self.end() {
                self.take(&silence, &silence);
            }
            self.window();
        }
        let levels: Levels = self.levels.finish();
        Line::of(self.register, &levels.without_silence(self.path.finish()), &levels)
    }
}
