//! Sums of strips: in `f64`, in the order of inputs, rounded once.
//!
//! An `f32` product with an `f64` gain is exact to 2^−53, and so is every addition; the one rounding to `f32` at the end
//! is the only error that can be heard about, at −150 dB below the sum, whether two strips meet or two hundred.

use mixkeel_dsp::block::{Block, Channels};
use mixkeel_dsp::processor::State;
use mixkeel_dsp::simd::runs::{add, round};
use mixkeel_session::graph::{Edge, GainCurve, Graph, Tap};

use crate::delay::Late;
use crate::grid::{around, cells};
use crate::plan::{Plan, audible};
use crate::strip::Out;

/// How many frames are summed at a time. Ours: 16 KiB of `f64`, so the sums stay in the first-level cache while every input passes
/// by once, in runs long enough to be fetched ahead.
pub(crate) const SPAN_FRAMES: usize = 2_048;

/// The inputs of a bus or a return.
pub(crate) struct Sum<'g> {
    inputs: Vec<Heard<'g>>,
}

struct Heard<'g> {
    slot: usize,
    tap: Tap,
    gain: &'g GainCurve,
    late: Late,
    /// The gain of this chunk, where it does not move.
    steady: Option<f64>,
}

impl<'g> Sum<'g> {
    pub fn new(
        graph: &'g Graph,
        edges: &'g [Edge],
        arrives: usize,
        plan: &Plan,
        chunk_frames: usize,
    ) -> Self {
        let inputs = audible(graph, edges)
            .filter_map(|edge| {
                let from = plan.nodes[edge.from].as_ref()?;
                let channels = match edge.tap {
                    Tap::PostInserts => from.channels,
                    Tap::PostFader => Channels::Stereo,
                };
                let late = Late::new(channels, arrives - from.leaves, chunk_frames);
                Some(Heard { slot: from.slot, tap: edge.tap, gain: &edge.gain, late, steady: None })
            })
            .collect();
        Self { inputs }
    }

    /// Writes the sum to `out`. `frame` is the session frame of its first sample.
    ///
    /// A mono strip tapped ahead of its fader has no place yet: it stands on both sides of a stereo sum as it is. Into a
    /// mono sum goes the mean of two sides.
    pub fn play(&mut self, done: &[Out], frame: i64, out: &mut Block<'_>) {
        let frames = out.frames();
        let (first, last) = around(frame, frames);
        for input in &mut self.inputs {
            input.late.take(done[input.slot].tap(input.tap, frames));
            input.steady = input.gain.0.rests(first, last).then(|| input.gain.at(first));
        }
        let mono = out.channels() == Channels::Mono;
        for from in (0..frames).step_by(SPAN_FRAMES) {
            let span = from..frames.min(from + SPAN_FRAMES);
            let mut part = out.part(span.clone());
            for (side, out) in part.each().enumerate() {
                let mut sums = [0.0; SPAN_FRAMES];
                let sums = &mut sums[..out.len()];
                for input in &self.inputs {
                    let signal = input.late.heard(done[input.slot].tap(input.tap, frames)).part(span.clone());
                    let frame = frame + from as i64;
                    match (mono, signal.right()) {
                        (true, Some(right)) => {
                            input.add(frame, signal.left(), 0.5, sums);
                            input.add(frame, right, 0.5, sums);
                        }
                        (false, Some(right)) if side == 1 => input.add(frame, right, 1.0, sums),
                        _ => input.add(frame, signal.left(), 1.0, sums),
                    }
                }
                round(sums, out);
            }
        }
    }

    pub fn reset(&mut self) {
        self.inputs.iter_mut().for_each(|input| input.late.reset());
    }

    pub fn snapshot(&self, to: &mut Vec<State>) {
        self.inputs.iter().for_each(|input| input.late.snapshot(to));
    }

    pub fn restore(&mut self, from: &mut impl Iterator<Item = State>) {
        self.inputs.iter_mut().for_each(|input| input.late.restore(from));
    }
}

impl Heard<'_> {
    /// Adds a run of samples, the first of which is session frame `frame`.
    fn add(&self, frame: i64, samples: &[f32], share: f64, sums: &mut [f64]) {
        if let Some(gain) = self.steady {
            return add(samples, share * gain, sums);
        }
        for cell in cells(frame, samples.len()) {
            let (start, end) = (self.gain.at(cell.point), self.gain.at(cell.next_point()));
            let run = samples[cell.from..cell.to].iter().zip(cell.progress());
            for (sum, (sample, progress)) in sums[cell.from..cell.to].iter_mut().zip(run) {
                *sum += f64::from(*sample) * (share * (start + (end - start) * progress));
            }
        }
    }
}
