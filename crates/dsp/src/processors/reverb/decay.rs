//! How fast each line of the network loses sound, by band: two shelves and a gain a line.
//!
//! A line of m frames that multiplies by 10^(−3·m/(rate·T)) decays by 60 dB in T seconds, and so does a network of such
//! lines around a matrix that loses nothing (J.-M. Jot and A. Chaigne, "Digital delay networks for designing artificial
//! reverberators", AES 90th convention, 1991). Second-order shelves make that gain depend on frequency: their levels in dB
//! are proportional to the line's length, so all lines agree on T at every frequency. That shelves leak into each other's
//! band is worked out beforehand: the three times hold exactly an octave under the low crossover, at 1 kHz, and an octave over
//! the high one (the least-squares idea of S. J. Schlecht and E. A. P. Habets, "Accurate reverberation time control in
//! feedback delay networks", DAFx-17, with as many bands as unknowns).

use super::LINES;
use super::network::{RAMP, Rows};
use crate::GRID_FRAMES;
use crate::processor::State;
use crate::simd::wide;

/// The decay times wanted, and between which frequencies they change.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Times {
    pub low_s: f64,
    pub mid_s: f64,
    pub high_s: f64,
    pub low_crossover_hz: f64,
    pub high_crossover_hz: f64,
}

/// Where the middle band is exact. Ours: the octave at which reverberation times are quoted (ISO 3382-1, 500 Hz and 1 kHz).
const MID_HZ: f64 = 1_000.0;

/// Shelves go no farther than this in one pass, up or down. Ours: with 12 dB an octave their slope then stays within an
/// octave of the crossover to either side, and what is not lost in one pass is lost in the next.
const MOST_SHELF_DB: f64 = 24.0;

/// The damping of both shelves, 1/Q of a Butterworth pair: as steep as they get without a bump.
const DAMPING: f64 = std::f64::consts::SQRT_2;

/// What is lost in dB a second: everywhere, and in addition under and over the crossovers.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Losses {
    everywhere: f64,
    low: f64,
    high: f64,
    /// tan(π·f/rate) of both crossovers.
    low_tan: f64,
    high_tan: f64,
    rate_hz: f64,
}

impl Losses {
    pub fn new(times: &Times, rate_hz: u32) -> Self {
        let rate_hz = f64::from(rate_hz);
        let tan = |hz: f64| libm::tan(std::f64::consts::PI * f64::min(hz / rate_hz, 0.45));
        let (low_tan, high_tan) = (tan(times.low_crossover_hz), tan(times.high_crossover_hz));
        // How much of a gentle shelf's level in dB is there at a frequency.
        let of_low = |at: f64| 1.0 / (1.0 + libm::pow(at / low_tan, 4.0));
        let of_high = |at: f64| 1.0 - 1.0 / (1.0 + libm::pow(at / high_tan, 4.0));
        let at = [tan(times.low_crossover_hz / 2.0), tan(MID_HZ), tan(times.high_crossover_hz * 2.0)];
        let wanted = [times.low_s, times.mid_s, times.high_s].map(|seconds| 60.0 / seconds);
        let (lows, highs) = (at.map(of_low), at.map(of_high));
        // Two equations, the differences to the middle, for the two shelves.
        let [a, b] = [lows[0] - lows[1], highs[0] - highs[1]];
        let [c, d] = [lows[2] - lows[1], highs[2] - highs[1]];
        let [p, q] = [wanted[0] - wanted[1], wanted[2] - wanted[1]];
        let determinant = a * d - b * c;
        let low = (p * d - b * q) / determinant;
        let high = (a * q - p * c) / determinant;
        let everywhere = wanted[1] - low * lows[1] - high * highs[1];
        // No shelf gives back all that is lost everywhere, whatever the settings: the network stays stable.
        let most = 0.95 * everywhere;
        Self { everywhere, low: low.max(-most), high: high.max(-most), low_tan, high_tan, rate_hz }
    }

    /// What is left of the power after so many frames, in the middle band.
    pub fn mid_power_after(&self, frames: f64) -> f64 {
        crate::units::power_from_db(-self.everywhere * frames / self.rate_hz)
    }

    /// The longest decay time of any band, in seconds.
    pub fn longest_s(&self) -> f64 {
        60.0 / (self.everywhere + self.low.min(self.high).min(0.0))
    }

    /// The decay time at a frequency of a line of so many frames, as its filters make it.
    pub fn decay_s(&self, line_frames: usize, freq_hz: f64) -> f64 {
        let at = libm::tan(std::f64::consts::PI * f64::min(freq_hz / self.rate_hz, 0.4999));
        let lost_db = -self.sections(line_frames).iter().map(|section| section.gain_db(at)).sum::<f64>();
        60.0 * line_frames as f64 / (self.rate_hz * lost_db.max(1e-9))
    }

    /// Both shelves for a line of so many frames, the first with the gain for everywhere.
    fn sections(&self, line_frames: usize) -> [Section; 2] {
        let passes = line_frames as f64 / self.rate_hz;
        let shelf_db = |loss: f64| (-loss * passes).clamp(-MOST_SHELF_DB, MOST_SHELF_DB);
        let mut low = Section::low_shelf(self.low_tan, shelf_db(self.low));
        let gain = crate::units::gain_from_db(-self.everywhere * passes);
        low.b.iter_mut().for_each(|b| *b *= gain);
        [low, Section::high_shelf(self.high_tan, shelf_db(self.high))]
    }
}

/// A second-order section: b over 1, a₁, a₂, in powers of z⁻¹.
#[derive(Clone, Copy, Debug)]
struct Section {
    b: [f64; 3],
    a: [f64; 2],
}

impl Section {
    /// The analogue shelf (s² + √A·k·s + A)·A / (A·s² + √A·k·s + 1) under the trapezoidal rule, `tan` its centre.
    fn low_shelf(tan: f64, gain_db: f64) -> Self {
        let a = crate::units::gain_from_db(gain_db / 2.0);
        let (root, square) = (a.sqrt() * DAMPING * tan, tan * tan);
        Self::over(
            [a * (1.0 + root + a * square), 2.0 * a * (a * square - 1.0), a * (1.0 - root + a * square)],
            [a + root + square, 2.0 * (square - a), a - root + square],
        )
    }

    /// The same turned round: (A·s² + √A·k·s + 1)·A / (s² + √A·k·s + A).
    fn high_shelf(tan: f64, gain_db: f64) -> Self {
        let a = crate::units::gain_from_db(gain_db / 2.0);
        let (root, square) = (a.sqrt() * DAMPING * tan, tan * tan);
        Self::over(
            [a * (a + root + square), 2.0 * a * (square - a), a * (a - root + square)],
            [1.0 + root + a * square, 2.0 * (a * square - 1.0), 1.0 - root + a * square],
        )
    }

    fn over(b: [f64; 3], a: [f64; 3]) -> Self {
        Self { b: b.map(|b| b / a[0]), a: [a[1] / a[0], a[2] / a[0]] }
    }

    /// The gain in dB where tan(π·f/rate) is `at`.
    fn gain_db(&self, at: f64) -> f64 {
        // z⁻¹ lies on the unit circle at the angle −2·atan(at).
        let (cos, sin) = ((1.0 - at * at) / (1.0 + at * at), 2.0 * at / (1.0 + at * at));
        let power = |c: [f64; 3]| {
            let (re, im) = (c[0] * cos + c[1] + c[2] * cos, (c[0] - c[2]) * sin);
            re * re + im * im
        };
        crate::units::db_from_power(power(self.b) / power([1.0, self.a[0], self.a[1]]))
    }
}

/// Lines filtered side by side.
const LANES: usize = 4;
const GROUPS: usize = LINES / LANES;

/// The settings of one section of four lines.
#[derive(Clone, Copy, Debug, Default)]
struct Weights {
    b: [[f64; LANES]; 3],
    a: [[f64; LANES]; 2],
}

impl Weights {
    /// A section on the straight line to another.
    #[inline(always)]
    fn toward(&self, to: &Self, share: f64) -> Self {
        let between = |from: [f64; LANES], to: [f64; LANES]| {
            std::array::from_fn(|lane| from[lane] + (to[lane] - from[lane]) * share)
        };
        Self {
            b: std::array::from_fn(|row| between(self.b[row], to.b[row])),
            a: std::array::from_fn(|row| between(self.a[row], to.a[row])),
        }
    }
}

/// A stretch of the lines that are filtered side by side.
type Group = [[f32; GRID_FRAMES]; LANES];

/// What both of their sections remember.
type Memory = [[[f64; LANES]; 2]; 2];

/// The settings of both sections of all lines.
type AllWeights = [[Weights; 2]; GROUPS];

/// The filters of all lines, with their memory.
#[derive(Clone, Debug, Default)]
pub(super) struct Decay {
    /// At the beginning of a cell of the control grid, while they move.
    from: Option<AllWeights>,
    /// At its end.
    weights: AllWeights,
    memory: [Memory; GROUPS],
}

impl Decay {
    /// Sets the filters for lines of these lengths by the end of the cell that begins.
    pub fn aim(&mut self, losses: &Losses, line_frames: &[usize; LINES]) {
        self.from = Some(self.weights);
        for (line, frames) in line_frames.iter().enumerate() {
            let group = &mut self.weights[line / LANES];
            for (weights, section) in group.iter_mut().zip(losses.sections(*frames)) {
                weights.b.iter_mut().zip(section.b).for_each(|(to, b)| to[line % LANES] = b);
                weights.a.iter_mut().zip(section.a).for_each(|(to, a)| to[line % LANES] = a);
            }
        }
    }

    /// Stays where it has arrived.
    pub fn settle(&mut self) {
        self.from = None;
    }

    /// Filters the first `frames` of all lines, which begin at `offset` frames into a cell.
    pub fn run(&mut self, rows: &mut Rows, frames: usize, offset: usize) {
        let groups = rows.as_chunks_mut::<LANES>().0;
        for (group, (rows, memory)) in groups.iter_mut().zip(&mut self.memory).enumerate() {
            let to = &self.weights[group];
            match &self.from {
                None => run_still(rows, memory, frames, to),
                Some(from) => run_moving(rows, memory, frames, [&from[group], to], offset),
            }
        }
    }

    pub fn clear(&mut self) {
        self.memory = Default::default();
    }

    pub fn snapshot(&self, to: &mut State) {
        to.put(f64::from(u8::from(self.from.is_some())));
        for weights in [self.from.as_ref().unwrap_or(&self.weights), &self.weights] {
            let rows = weights.iter().flatten().flat_map(|section| section.b.iter().chain(&section.a));
            rows.flatten().for_each(|value| to.put(*value));
        }
        self.memory.as_flattened().as_flattened().as_flattened().iter().for_each(|value| to.put(*value));
    }

    pub fn restore(&mut self, state: &mut State) {
        let moving = state.take() != 0.0;
        let mut both = [AllWeights::default(); 2];
        for section in both.iter_mut().flatten().flatten() {
            section.b.iter_mut().chain(&mut section.a).flatten().for_each(|value| *value = state.take());
        }
        self.from = moving.then_some(both[0]);
        self.weights = both[1];
        let memory = self.memory.as_flattened_mut().as_flattened_mut().as_flattened_mut();
        memory.iter_mut().for_each(|value| *value = state.take());
    }
}

wide! {
    fn run_still(rows: &mut Group, memory: &mut Memory, frames: usize, weights: &[Weights; 2]) {
        run_group(rows, memory, frames, |_| *weights);
    }

    /// Between two stable filters, all filters on the straight line of their coefficients are stable: the triangle of stable
    /// second-order denominators has no dents.
    fn run_moving(
        rows: &mut Group,
        memory: &mut Memory,
        frames: usize,
        ends: [&[Weights; 2]; 2],
        offset: usize,
    ) {
        let [from, to] = ends;
        run_group(rows, memory, frames, |frame| {
            let along = f64::from(RAMP.get(offset + frame).copied().unwrap_or(1.0));
            [from[0].toward(&to[0], along), from[1].toward(&to[1], along)]
        });
    }
}

/// Two sections in a row, transposed direct form II, four lines at a time.
#[inline(always)]
fn run_group(rows: &mut Group, memory: &mut Memory, frames: usize, weights: impl Fn(usize) -> [Weights; 2]) {
    let [[mut s1, mut s2], [mut t1, mut t2]] = *memory;
    let [a, b, c, d] = rows;
    let samples = a.iter_mut().zip(b).zip(c).zip(d).take(frames);
    for (frame, (((a, b), c), d)) in samples.enumerate() {
        let [first, second] = weights(frame);
        let mut x = [f64::from(*a), f64::from(*b), f64::from(*c), f64::from(*d)];
        step(&first, &mut s1, &mut s2, &mut x);
        step(&second, &mut t1, &mut t2, &mut x);
        [*a, *b, *c, *d] = x.map(|y| y as f32);
    }
    *memory = [[s1, s2], [t1, t2]];
}

#[inline(always)]
fn step(w: &Weights, s1: &mut [f64; LANES], s2: &mut [f64; LANES], x: &mut [f64; LANES]) {
    for lane in 0..LANES {
        let y = w.b[0][lane] * x[lane] + s1[lane];
        s1[lane] = w.b[1][lane] * x[lane] + s2[lane] - w.a[0][lane] * y;
        s2[lane] = w.b[2][lane] * x[lane] - w.a[1][lane] * y;
        x[lane] = y;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_decays_in_the_times_asked_for() {
        let times = Times {
            low_s: 2.4,
            mid_s: 1.6,
            high_s: 0.7,
            low_crossover_hz: 200.0,
            high_crossover_hz: 4_000.0,
        };
        for rate_hz in [44_100, 48_000, 96_000, 192_000] {
            let losses = Losses::new(&times, rate_hz);
            for milliseconds in [15, 50, 140] {
                let frames = rate_hz as usize * milliseconds / 1_000;
                for (hz, wanted_s) in [(100.0, 2.4), (1_000.0, 1.6), (8_000.0, 0.7)] {
                    let decay_s = losses.decay_s(frames, hz);
                    // What is left is that shelves of many dB differ in shape from gentle ones.
                    assert!(
                        (decay_s / wanted_s - 1.0).abs() < 0.015,
                        "{rate_hz} {milliseconds} {hz}: {decay_s}"
                    );
                }
            }
        }
    }

    #[test]
    fn nothing_grows_at_any_setting() {
        for mid_s in [0.1, 1.0, 12.0] {
            for (low, high) in [(0.3, 0.1), (0.3, 1.5), (2.5, 0.1), (2.5, 1.5)] {
                for (low_crossover_hz, high_crossover_hz) in
                    [(80.0, 2_500.0), (400.0, 10_000.0), (400.0, 2_500.0)]
                {
                    let (low_s, high_s) = (mid_s * low, mid_s * high);
                    let times = Times { low_s, mid_s, high_s, low_crossover_hz, high_crossover_hz };
                    let losses = Losses::new(&times, 48_000);
                    for hz in [1.0, 30.0, 300.0, 2_000.0, 6_000.0, 23_000.0] {
                        let decay_s = losses.decay_s(4_000, hz);
                        assert!(
                            decay_s > 0.0 && decay_s < 1.1 * losses.longest_s(),
                            "{times:?} {hz}: {decay_s}"
                        );
                        assert!(losses.longest_s() < 2.0 * mid_s * low.max(high).max(1.0), "{times:?}");
                    }
                }
            }
        }
    }
}
