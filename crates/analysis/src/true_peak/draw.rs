//! The waveform between the samples: exactly at any of 16 phases, and quickly at four for all frames of a chunk.

use mixkeel_dsp::kernels::windowed_sinc::WindowedSinc;

/// Samples on each side of a point that shape it. Ours: with [`STOP_DB`] the pass band is flat within 0.03 dB to
/// 0.45 of the rate, measured by the tests.
pub const REACH: usize = 16;

/// Taps of one phase; twice the 12 of the filter that Annex 2 prints, and more.
pub const TAPS: usize = 2 * REACH;

/// Points between two samples.
pub const PHASES: usize = 16;

/// The phases drawn everywhere: four times the rate, the least that Annex 2 allows.
pub const COARSE: usize = PHASES / 4;

/// The stop band of the interpolator in dB. Ours: with 0.02 dB of ripple it leaves a transition from 0.45 to 0.55 of the
/// rate with 32 taps.
const STOP_DB: f64 = 54.0;

/// Frames looked at together. Ours: with the two halves before and after them that their quarters need, 64 points, which
/// are four runs of 16.
pub const CHUNK: usize = 60;

/// Where the first frame of a chunk stands in the window around it: so far in that every tap finds a sample.
pub const ORIGIN: usize = 20;

/// A chunk with what is around it.
pub const WINDOW: usize = CHUNK + 2 * ORIGIN;

/// Halves computed for a chunk: from two frames before it to two behind.
const HALVES: usize = CHUNK + 4;

/// Frames in a run: four registers of four, which leaves room for what is added to them.
const RUN: usize = 16;

/// A quarter from the eight nearest points of a grid twice as fine as the samples: Lagrange's polynomial in the middle of
/// eight points, for pairs from the inside out (1225, −245, 49 and −5, each over 2048). On a wave up to 0.45 of the rate
/// its error is under 1.2 %.
const QUARTER: [f32; 4] = [1225.0 / 2048.0, -245.0 / 2048.0, 49.0 / 2048.0, -5.0 / 2048.0];

/// The taps that draw the waveform.
#[derive(Clone, Debug)]
pub struct Pen {
    phases: Vec<[f32; TAPS]>,
    /// No point can be higher than the highest sample around it times this: the sum of the taps' magnitudes.
    pub reach_gain: f32,
}

impl Pen {
    /// For each phase the taps of a windowed sinc, scaled to pass a constant unchanged.
    pub fn new() -> Self {
        let shape = WindowedSinc::new(1.0, REACH as f64, STOP_DB);
        let taps_of = |phase: usize| {
            let fraction = phase as f64 / PHASES as f64;
            let away = |tap: usize| tap as f64 - (REACH - 1) as f64 - fraction;
            let taps: [f64; TAPS] = std::array::from_fn(|tap| shape.at(away(tap)));
            let sum: f64 = taps.iter().sum();
            taps.map(|tap| (tap / sum) as f32)
        };
        let phases: Vec<[f32; TAPS]> = (0..PHASES).map(taps_of).collect();
        let magnitudes = phases.iter().map(|taps| taps.iter().map(|tap| tap.abs()).sum::<f32>());
        // A little more, for the rounding of `f32`.
        let reach_gain = magnitudes.fold(1.0, f32::max) * 1.001;
        Self { phases, reach_gain }
    }

    /// The height of the waveform so many sixteenths after the frame that stands at `at` in a window.
    pub fn height(&self, window: &[f32], at: usize, phase: usize) -> f32 {
        let first = (at + 1).saturating_sub(REACH);
        let (Some(samples), Some(taps)) = (window.get(first..first + TAPS), self.phases.get(phase)) else {
            return 0.0;
        };
        let mut sums = [0.0_f32; 8];
        for (eight, taps) in samples.chunks_exact(8).zip(taps.chunks_exact(8)) {
            for lane in 0..8 {
                sums[lane] += eight[lane] * taps[lane];
            }
        }
        (((sums[0] + sums[4]) + (sums[1] + sums[5])) + ((sums[2] + sums[6]) + (sums[3] + sums[7]))).abs()
    }

    /// Four points to a frame, for every frame of a chunk: halves by the exact taps, quarters from samples and halves.
    pub fn sketch(&self, window: &[f32; WINDOW]) -> Sketch {
        let halves = self.halves(window);
        let before = quarters(&window[ORIGIN - 1..], &halves);
        let after = quarters(&halves, &window[ORIGIN - 2..]);
        Sketch { halves, before, after }
    }

    /// The points half a frame after each frame from two before a chunk to one behind it. The taps are the same on both
    /// sides of such a point, so that each pair of samples is multiplied once.
    fn halves(&self, window: &[f32; WINDOW]) -> [f32; HALVES] {
        let mut halves = [0.0; HALVES];
        let Some(taps) = self.phases.get(PHASES / 2) else { return halves };
        for (run, out) in halves.chunks_exact_mut(RUN).enumerate() {
            let at = ORIGIN - 2 + RUN * run;
            let mut sums = [0.0_f32; RUN];
            for pair in 0..REACH {
                let tap = taps[REACH + pair];
                let (low, high) = (&window[at - pair..][..RUN], &window[at + 1 + pair..][..RUN]);
                for lane in 0..RUN {
                    sums[lane] += tap * (low[lane] + high[lane]);
                }
            }
            out.copy_from_slice(&sums);
        }
        halves
    }
}

/// The points of a chunk, four to a frame, with one more before and one behind.
pub type Points = [f32; 4 * CHUNK + 2];

/// The waveform of a chunk at four times the rate.
pub struct Sketch {
    halves: [f32; HALVES],
    before: [f32; CHUNK + 1],
    after: [f32; CHUNK + 1],
}

impl Sketch {
    /// The highest point between the samples.
    pub fn top(&self) -> f32 {
        highest(&self.halves[2..2 + CHUNK]).max(highest(&self.before)).max(highest(&self.after))
    }

    /// All points in a row: point 1 + 4·n + q is q quarters after frame n.
    pub fn points(&self, window: &[f32; WINDOW]) -> Points {
        let mut points = [0.0; 4 * CHUNK + 2];
        points[0] = self.after[0];
        for (frame, four) in points[1..].chunks_exact_mut(4).enumerate() {
            let [sample, half] = [window[ORIGIN + frame], self.halves[frame + 2]];
            four.copy_from_slice(&[sample, self.before[frame], half, self.after[frame + 1]]);
        }
        points[4 * CHUNK + 1] = window[ORIGIN + CHUNK];
        points
    }
}

/// The points between neighbours of two rows that together are a grid twice as fine as the samples: `behind[k + 1]`,
/// `ahead[k + 1]`, here, `behind[k + 2]`, `ahead[k + 2]`, with two more on each side.
fn quarters(ahead: &[f32], behind: &[f32]) -> [f32; CHUNK + 1] {
    let mut quarters = [0.0; CHUNK + 1];
    let rows = (ahead.first_chunk::<{ CHUNK + 4 }>(), behind.first_chunk::<{ CHUNK + 4 }>());
    if let (Some(ahead), Some(behind)) = rows {
        for k in 0..=CHUNK {
            quarters[k] = (QUARTER[0] * (ahead[k + 1] + behind[k + 2])
                + QUARTER[1] * (behind[k + 1] + ahead[k + 2]))
                + (QUARTER[2] * (ahead[k] + behind[k + 3]) + QUARTER[3] * (behind[k] + ahead[k + 3]));
        }
    }
    quarters
}

/// The highest magnitude, eight side by side, because this is what much of the time goes into.
pub fn highest(samples: &[f32]) -> f32 {
    let mut lanes = [0.0_f32; 8];
    let eights = samples.chunks_exact(8);
    let rest = eights.remainder();
    for eight in eights {
        for (lane, sample) in lanes.iter_mut().zip(eight) {
            let height = sample.abs();
            *lane = if height > *lane { height } else { *lane };
        }
    }
    rest.iter().chain(&lanes).fold(0.0, |top, sample| sample.abs().max(top))
}
