//! The low-pass of the sample-rate converter, and its weights for every position between two input frames.

use crate::kernels::windowed_sinc::{WindowedSinc, half_width_frames};

/// The stop band lies this far down. Ours: 10 dB beyond the 140 dB promised, where `f32` weights and sums (about
/// −155 dB) still do not matter.
const STOP_DB: f64 = 150.0;

/// Width of the transition, as a fraction of the lower Nyquist frequency, ending at that frequency. Ours, chosen so
/// that the response is flat within 0.01 dB to 0.91 of it (20.06 kHz when 44.1 kHz is the lower rate) and nothing
/// above it folds back.
const TRANSITION: f64 = 0.09;

/// Weights are kept for every position there is, up to this many (2 MiB of them; every pair of the usual rates but a few
/// of the widest needs less). Beyond, they are interpolated between positions.
const MAX_EXACT_WEIGHTS: u64 = 1 << 19;

/// Positions a frame of the lower rate is divided into where weights are interpolated. The error of a cubic
/// through four points h apart is at most (3/128)·h⁴·max|f⁗|, and |f⁗| ≤ π⁴ for a signal of that rate, so 256 leave
/// 5·10⁻¹⁰ or −185 dB.
const POSITIONS_A_FRAME: f64 = 256.0;

/// Products are summed in this many lanes, on every machine: two SSE2 registers a channel.
pub(super) const LANES: usize = 8;

/// Weights for every position, `taps()` at a time.
#[derive(Debug)]
pub(super) struct Filter {
    half_width: usize,
    rows: Vec<f32>,
    kind: Kind,
}

#[derive(Debug)]
enum Kind {
    /// Row p is position p.
    Exact,
    /// Row p is position (p − 1) / `positions` of a frame; there is one row before and two after that frame's own.
    Interpolated { positions: u64, steps: u64 },
}

impl Filter {
    /// For `steps` positions between two input frames, when one output frame lasts `stride / steps` input frames.
    pub(super) fn new(stride: u64, steps: u64) -> Self {
        let lower_frame = (stride as f64 / steps as f64).max(1.0);
        let wanted = half_width_frames(STOP_DB, TRANSITION) * lower_frame;
        let half_width = (wanted.ceil() as usize).next_multiple_of(LANES);
        let shape = WindowedSinc::new((1.0 - TRANSITION / 2.0) / lower_frame, half_width as f64, STOP_DB);
        let taps = 2 * half_width as u64;
        let row = |fraction: f64| {
            (0..taps).map(move |tap| shape.at(tap as f64 - (half_width - 1) as f64 - fraction) as f32)
        };
        if steps * taps <= MAX_EXACT_WEIGHTS {
            let rows = (0..steps).flat_map(|step| row(step as f64 / steps as f64)).collect();
            return Self { half_width, rows, kind: Kind::Exact };
        }
        let positions = (POSITIONS_A_FRAME / lower_frame).ceil() as u64;
        let rows =
            (0..positions + 3).flat_map(|place| row((place as f64 - 1.0) / positions as f64)).collect();
        Self { half_width, rows, kind: Kind::Interpolated { positions, steps } }
    }

    /// Input frames that one output frame is made of.
    pub(super) fn taps(&self) -> usize {
        2 * self.half_width
    }

    /// Of those, the frames after the one at or before the output frame.
    pub(super) fn half_width(&self) -> usize {
        self.half_width
    }

    /// The weights at `step / steps` of a frame after an input frame. `made` is written where they must be
    /// interpolated and holds [`taps`](Self::taps) of them.
    pub(super) fn weights<'a>(&'a self, step: u64, made: &'a mut [f32]) -> &'a [f32] {
        let taps = self.taps();
        match self.kind {
            Kind::Exact => &self.rows[step as usize * taps..][..taps],
            Kind::Interpolated { positions, steps } => {
                let place = (step * positions / steps) as usize;
                let between = (step * positions % steps) as f64 / steps as f64;
                let rows = &self.rows[place * taps..][..4 * taps];
                interpolate(rows, lagrange(between), made);
                made
            }
        }
    }
}

/// Weights of the points −1, 1 and 2 of the cubic through −1, 0, 1 and 2 at `x` in [0, 1); that of 0 is what they leave of 1.
fn lagrange(x: f64) -> [f32; 3] {
    [
        (-x * (x - 1.0) * (x - 2.0) / 6.0) as f32,
        (-(x + 1.0) * x * (x - 2.0) / 2.0) as f32,
        ((x + 1.0) * x * (x - 1.0) / 6.0) as f32,
    ]
}

/// Adds differences to the row at 0 rather than weighing four rows: the rounding of `f32` then acts on the differences,
/// which are hundreds of times smaller than the weights.
fn interpolate(rows: &[f32], [before, after, second]: [f32; 3], made: &mut [f32]) {
    let taps = made.len();
    let (earlier, rest) = rows.split_at(taps);
    let (here, rest) = rest.split_at(taps);
    let (next, last) = rest.split_at(taps);
    for ((((made, earlier), here), next), last) in made.iter_mut().zip(earlier).zip(here).zip(next).zip(last)
    {
        *made = here + (before * (earlier - here) + after * (next - here) + second * (last - here));
    }
}
