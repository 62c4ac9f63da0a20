//! Two, four or eight times the rate and back: half-band low-passes in a row, for what makes overtones or looks between samples.
//!
//! Every step doubles (or halves) the rate with a linear-phase low-pass of which every second tap is zero and the middle
//! one a copy, so that only one of two samples has to be worked out. The taps are Kaiser's
//! ([`windowed_sinc`](super::windowed_sinc)). The first step is the steep one; those after it have an octave and more to
//! fall in and are short.

use super::windowed_sinc::{WindowedSinc, half_width_frames};
use crate::processor::State;
use crate::simd::wide;

/// Up to here, as a fraction of the base rate, everything passes; from as far above half the rate everything is stopped,
/// so what folds back lies above it. Ours, chosen so that it includes 20 kHz at 44.1 kHz (0.454) with room, and that the
/// fifth harmonic of 5 kHz (0.521 of 48 kHz) does not fold back.
pub const PASS: f64 = 0.48;

/// How far down images and aliases lie, in dB. Ours: 20 dB under what is asked of the saturations (DESIGN, section 9).
pub const STOP_DB: f64 = 110.0;

/// What a row of low-passes lets through and stops.
#[derive(Clone, Copy, Debug)]
struct Band {
    pass: f64,
    stop_db: f64,
}

/// For what is heard.
const HEARD: Band = Band { pass: PASS, stop_db: STOP_DB };

/// For what is only looked at: nearer to half the rate, and no more accurate than a peak has to be (0.01 dB).
const SEEN: Band = Band { pass: SEEN_PASS, stop_db: 60.0 };

/// Up to here, as a fraction of the base rate, [`Upsampler::to_see`] draws everything. Ours: as near to half the rate as
/// the taps of a step for what is heard allow.
pub const SEEN_PASS: f64 = 0.49;

/// Base frames worked on at once, so that the buffers of all steps stay in the first-level cache.
const CHUNK: usize = 64;

/// Sums made side by side; each is the same whatever is made beside it, so blocks are never heard.
const LANES: usize = 32;

/// How many times the base rate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Factor {
    /// Twice.
    Two,
    /// Four times.
    Four,
    /// Eight times.
    Eight,
}

impl Factor {
    /// The least that reaches 352.8 kHz (eight times 44.1 kHz), or twice where the base rate is that high already.
    pub fn for_rate(rate_hz: u32) -> Self {
        match rate_hz {
            0..=87_999 => Factor::Eight,
            88_000..=175_999 => Factor::Four,
            _ => Factor::Two,
        }
    }

    /// 2, 4 or 8.
    pub fn times(self) -> usize {
        1 << self.steps()
    }

    fn steps(self) -> usize {
        match self {
            Factor::Two => 1,
            Factor::Four => 2,
            Factor::Eight => 3,
        }
    }

    /// Frames of the base rate by which one way, up or down, is late for what is heard: always a whole number.
    pub fn latency_frames(self) -> usize {
        (0..self.steps()).map(|step| Step::new(step, HEARD).delay >> step).sum()
    }
}

/// Raises the rate of one channel. What comes out is the waveform that the samples stand for, at the same level.
#[derive(Clone, Debug)]
pub struct Upsampler {
    factor: Factor,
    steps: Vec<(Step, Line)>,
    between: [Vec<f32>; 2],
}

impl Upsampler {
    /// Ready, with silence behind it. Allocates all that it will need.
    pub fn new(factor: Factor) -> Self {
        Self::of(factor, HEARD)
    }

    /// One that draws the waveform to look at it: to [`SEEN_PASS`] instead of [`PASS`], with images 60 dB down.
    pub fn to_see(factor: Factor) -> Self {
        Self::of(factor, SEEN)
    }

    fn of(factor: Factor, band: Band) -> Self {
        let steps = (0..factor.steps())
            .map(|index| {
                let step = Step::new(index, band);
                let line = Line::new(step.past(), CHUNK << index);
                (step, line)
            })
            .collect();
        let between = std::array::from_fn(|_| vec![0.0; CHUNK * factor.times() / 2]);
        Self { factor, steps, between }
    }

    /// Frames of the base rate by which the output is late: a whole number.
    pub fn latency_frames(&self) -> usize {
        self.steps.iter().enumerate().map(|(index, (step, _))| step.delay >> index).sum()
    }

    /// Fills `output`, [`times`](Factor::times) as long as `input`. What is longer on either side is left alone.
    pub fn run(&mut self, input: &[f32], output: &mut [f32]) {
        let times = self.factor.times();
        let [one, other] = &mut self.between;
        for (input, output) in input.chunks(CHUNK).zip(output.chunks_mut(CHUNK * times)) {
            let frames = input.len().min(output.len() / times);
            let (input, output) = (&input[..frames], &mut output[..frames * times]);
            match self.steps.as_mut_slice() {
                [first] => raise(first, input, output),
                [first, second] => {
                    let middle = &mut one[..2 * frames];
                    raise(first, input, middle);
                    raise(second, middle, output);
                }
                [first, second, third] => {
                    let (twice, fourfold) = (&mut one[..2 * frames], &mut other[..4 * frames]);
                    raise(first, input, twice);
                    raise(second, twice, fourfold);
                    raise(third, fourfold, output);
                }
                _ => {}
            }
        }
    }

    /// Silence behind it again.
    pub fn reset(&mut self) {
        self.steps.iter_mut().for_each(|(_, line)| line.clear());
    }

    /// Notes the memory.
    pub fn snapshot(&self, to: &mut State) {
        self.steps.iter().for_each(|(_, line)| to.put_all(line.past()));
    }

    /// Goes on from a memory.
    pub fn restore(&mut self, from: &mut State) {
        self.steps.iter_mut().for_each(|(_, line)| from.take_all(line.past_mut()));
    }
}

/// Lowers the rate of one channel back to the base rate, without what does not fit under its half.
#[derive(Clone, Debug)]
pub struct Downsampler {
    factor: Factor,
    /// The last step comes first in time; for each the samples at even and at odd places.
    steps: Vec<(Step, [Line; 2])>,
    between: [Vec<f32>; 2],
}

impl Downsampler {
    /// Ready, with silence behind it. Allocates all that it will need.
    pub fn new(factor: Factor) -> Self {
        let steps = (0..factor.steps())
            .map(|index| {
                let step = Step::new(index, HEARD);
                let line = Line::new(step.past(), CHUNK << index);
                (step, [line.clone(), line])
            })
            .collect();
        let between = std::array::from_fn(|_| vec![0.0; CHUNK * factor.times() / 2]);
        Self { factor, steps, between }
    }

    /// Frames of the base rate by which the output is late.
    pub fn latency_frames(&self) -> usize {
        self.factor.latency_frames()
    }

    /// Fills `output` from `input`, which is [`times`](Factor::times) as long. What is longer on either side is left alone.
    pub fn run(&mut self, input: &[f32], output: &mut [f32]) {
        let times = self.factor.times();
        let [one, other] = &mut self.between;
        for (input, output) in input.chunks(CHUNK * times).zip(output.chunks_mut(CHUNK)) {
            let frames = output.len().min(input.len() / times);
            let (input, output) = (&input[..frames * times], &mut output[..frames]);
            match self.steps.as_mut_slice() {
                [first] => lower(first, input, output),
                [first, second] => {
                    let middle = &mut one[..2 * frames];
                    lower(second, input, middle);
                    lower(first, middle, output);
                }
                [first, second, third] => {
                    let (fourfold, twice) = (&mut other[..4 * frames], &mut one[..2 * frames]);
                    lower(third, input, fourfold);
                    lower(second, fourfold, twice);
                    lower(first, twice, output);
                }
                _ => {}
            }
        }
    }

    /// Silence behind it again.
    pub fn reset(&mut self) {
        self.steps.iter_mut().flat_map(|(_, lines)| lines).for_each(Line::clear);
    }

    /// Notes the memory.
    pub fn snapshot(&self, to: &mut State) {
        self.steps.iter().flat_map(|(_, lines)| lines).for_each(|line| to.put_all(line.past()));
    }

    /// Goes on from a memory.
    pub fn restore(&mut self, from: &mut State) {
        self.steps.iter_mut().flat_map(|(_, lines)| lines).for_each(|line| from.take_all(line.past_mut()));
    }
}

/// One doubling or halving of the rate.
#[derive(Clone, Debug)]
struct Step {
    /// The taps one, three, five … frames of the higher rate to either side of the middle, the outermost first, so that
    /// small products are summed before large ones. Both sides together sum to 1.
    taps: Vec<f32>,
    /// Frames of the lower rate by which it is late: at least as many as there are taps to a side, and as many that the
    /// whole row is late by whole frames of the base rate.
    delay: usize,
}

impl Step {
    /// The step whose lower rate is 2^index times the base rate.
    fn new(index: usize, Band { pass, stop_db }: Band) -> Self {
        let lower = f64::from(1_u32 << index);
        // From the end of the pass band to its image, as a fraction of half the higher rate.
        let transition = (lower - 2.0 * pass) / lower;
        // Kaiser's estimate is for long filters: short ones miss it by up to 6 dB, measured by the tests.
        let stop_db = stop_db + if index == 0 { 1.0 } else { 10.0 };
        let pairs = (half_width_frames(stop_db, transition) / 2.0).ceil() as usize;
        let shape = WindowedSinc::new(0.5, 2.0 * pairs as f64, stop_db);
        let taps: Vec<f64> = (0..pairs).rev().map(|pair| shape.at(2.0 * pair as f64 + 1.0)).collect();
        let side: f64 = taps.iter().sum();
        let taps = taps.iter().map(|tap| (tap / (2.0 * side)) as f32).collect();
        Self { taps, delay: pairs.next_multiple_of(1 << index) }
    }

    /// Old frames that have to be kept.
    fn past(&self) -> usize {
        self.delay + self.taps.len()
    }
}

/// The last samples of a signal, and the chunk in hand behind them.
#[derive(Clone, Debug)]
struct Line {
    samples: Vec<f32>,
    past: usize,
}

impl Line {
    fn new(past: usize, chunk: usize) -> Self {
        Self { samples: vec![0.0; past + chunk], past }
    }

    fn fresh(&mut self) -> &mut [f32] {
        &mut self.samples[self.past..]
    }

    fn done(&mut self, frames: usize) {
        self.samples.copy_within(frames..frames + self.past, 0);
    }

    fn past(&self) -> &[f32] {
        &self.samples[..self.past]
    }

    fn past_mut(&mut self) -> &mut [f32] {
        &mut self.samples[..self.past]
    }

    fn clear(&mut self) {
        self.samples.fill(0.0);
    }
}

wide! {
    /// Twice as many samples: each one late, and after it the one between it and the next.
    fn raise(of: &mut (Step, Line), input: &[f32], output: &mut [f32]) {
        let (step, line) = of;
        let frames = input.len();
        line.fresh()[..frames].copy_from_slice(input);
        let middle = line.past - step.delay;
        for from in (0..frames).step_by(LANES) {
            let between = sums(&step.taps, &line.samples, middle + from);
            let copies = &line.samples[middle + from..];
            let pairs = output[2 * from..].as_chunks_mut::<2>().0;
            for ((pair, copy), between) in pairs.iter_mut().zip(copies).zip(between) {
                *pair = [*copy, between];
            }
        }
        line.done(frames);
    }

    /// Half as many samples.
    fn lower(of: &mut (Step, [Line; 2]), input: &[f32], output: &mut [f32]) {
        let (step, [even, odd]) = of;
        let frames = output.len();
        let pairs = input.as_chunks::<2>().0.iter();
        for ((pair, even), odd) in pairs.zip(even.fresh()).zip(odd.fresh()) {
            (*even, *odd) = (pair[0], pair[1]);
        }
        let middle = even.past - step.delay;
        for (index, output) in output.chunks_mut(LANES).enumerate() {
            let from = middle + index * LANES;
            let around = sums(&step.taps, &odd.samples, from - 1);
            for ((output, copy), around) in output.iter_mut().zip(&even.samples[from..]).zip(around) {
                *output = 0.5 * (copy + around);
            }
        }
        even.done(frames);
        odd.done(frames);
    }
}

/// For each of [`LANES`] places from `place` on: the sum over taps of tap times what lies equally far before and after
/// the gap that follows the place.
#[inline(always)]
fn sums(taps: &[f32], samples: &[f32], place: usize) -> [f32; LANES] {
    let mut sums = [0.0; LANES];
    let first = place + 1 - taps.len();
    let before = samples[first..].windows(LANES);
    let after = samples[place + 1..place + taps.len() + LANES].windows(LANES).rev();
    for ((tap, before), after) in taps.iter().zip(before).zip(after) {
        for lane in 0..LANES {
            sums[lane] += tap * (before[lane] + after[lane]);
        }
    }
    sums
}
