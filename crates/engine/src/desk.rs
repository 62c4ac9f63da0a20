//! The end of the line: stems at their headroom, their sum, and the owner's chain on it.

use mixkeel_dsp::block::{Buffer, Channels, Signal};
use mixkeel_dsp::processor::State;
use mixkeel_dsp::simd::runs::{add, round, scale_exactly};
use mixkeel_session::graph::{Graph, Tap};
use rayon::prelude::*;

use crate::chain::Chain;
use crate::delay::{Late, copy_into};
use crate::plan::Plan;
use crate::strip::Out;
use crate::sum::SPAN_FRAMES;

/// The master.
pub(crate) struct Desk<'g> {
    stems: Vec<Stem>,
    headroom: f64,
    /// How long a frame stays in the owner's chain.
    inside: usize,
    dry: Late,
    sum: Buffer,
    /// The sum through the owner's chain. Without frames while there is none.
    wet: Buffer,
    chain: Chain<'g>,
}

struct Stem {
    /// Nothing for a stem that is silent throughout.
    slot: Option<usize>,
    /// Until the latest stem arrives.
    meets: Late,
    out: Buffer,
    /// Until the mix leaves the owner's chain.
    leaves: Late,
}

impl<'g> Desk<'g> {
    pub fn new(graph: &'g Graph, mut chain: Chain<'g>, plan: &Plan, chunk_frames: usize) -> Self {
        chain.connect(plan.master_arrives, plan, chunk_frames);
        let inside = plan.lag - plan.master_arrives;
        let late = |frames| Late::new(Channels::Stereo, frames, chunk_frames);
        let stems = graph.stems.iter().map(|&index| {
            let played = plan.nodes[index].as_ref().filter(|_| !graph.nodes[index].silent);
            Stem {
                slot: played.map(|strip| strip.slot),
                meets: late(played.map_or(0, |strip| plan.master_arrives - strip.leaves)),
                out: Buffer::new(Channels::Stereo, chunk_frames),
                leaves: late(inside),
            }
        });
        Self {
            stems: stems.collect(),
            headroom: graph.headroom,
            inside,
            dry: late(inside),
            sum: Buffer::new(Channels::Stereo, chunk_frames),
            wet: Buffer::new(Channels::Stereo, if chain.is_empty() { 0 } else { chunk_frames }),
            chain,
        }
    }

    pub fn not_finite(&self) -> u64 {
        self.chain.not_finite()
    }

    /// Plays one chunk from a frame of the stream on.
    pub fn play(&mut self, done: &[Out], stream: i64, frames: usize) {
        let headroom = self.headroom;
        self.stems.par_iter_mut().with_max_len(1).for_each(|stem| stem.play(done, headroom, frames));

        let stems = &self.stems;
        let mut sum = self.sum.block();
        let mut sum = sum.part(0..frames);
        for (side, out) in sum.each().enumerate() {
            // What each span gets does not depend on who works it out.
            out.par_chunks_mut(SPAN_FRAMES).with_min_len(2).enumerate().for_each(|(span, out)| {
                let mut sums = [0.0; SPAN_FRAMES];
                let sums = &mut sums[..out.len()];
                for stem in stems {
                    let channel =
                        if side == 0 { stem.out.signal().left() } else { stem.out.signal().right_or_only() };
                    add(&channel[span * SPAN_FRAMES..], 1.0, sums);
                }
                round(sums, out);
            });
        }
        if !self.chain.is_empty() {
            let mut wet = self.wet.block();
            let mut wet = wet.part(0..frames);
            copy_into(sum.signal(), &mut wet);
            self.chain.run(&mut wet, done, stream);
        }
        self.dry.take(sum.signal());
        for stem in &mut self.stems {
            stem.leaves.take(stem.out.signal().part(0..frames));
        }
    }

    /// How far the last frame that is at least so loud lies from the first, of the chunk just played and of what has arrived for the
    /// next: of the stems ahead of their headroom, so that a mix does not end sooner for being softer, and of what the owner's chain
    /// makes of them.
    pub fn last_heard(&self, done: &[Out], frames: usize, least: f64) -> Option<usize> {
        let mut sums = [vec![0.0; frames], vec![0.0; frames]];
        for signal in self.stems.iter().filter_map(|stem| stem.arriving(done, frames)) {
            let [left, right] = &mut sums;
            add(signal.left(), 1.0, left);
            add(signal.right_or_only(), 1.0, right);
        }
        let dry = sums.iter().filter_map(|side| side.iter().rposition(|sum| sum.abs() >= least)).max();
        let wet = self.wet.signal().part(0..frames.min(self.wet.frames()));
        let is_heard = |sample: &f32| f64::from(sample.abs()) >= least;
        let wet =
            [wet.left(), wet.right_or_only()].into_iter().filter_map(|side| side.iter().rposition(is_heard));
        dry.map(|last| last + self.inside).max(wet.max())
    }

    pub fn mix(&self, frames: usize) -> Signal<'_> {
        if self.chain.is_empty() { self.dry(frames) } else { self.wet.signal().part(0..frames) }
    }

    pub fn dry(&self, frames: usize) -> Signal<'_> {
        self.dry.heard(self.sum.signal().part(0..frames))
    }

    pub fn stem(&self, index: usize, frames: usize) -> Option<Signal<'_>> {
        self.stems.get(index).map(|stem| stem.leaves.heard(stem.out.signal().part(0..frames)))
    }

    /// Makes ready to begin at a frame of the stream.
    pub fn start(&mut self, stream: i64) {
        self.chain.start(stream);
        self.delays().for_each(Late::reset);
    }

    pub fn snapshot(&self) -> Vec<State> {
        let mut states = Vec::new();
        self.chain.snapshot(&mut states);
        self.dry.snapshot(&mut states);
        for stem in &self.stems {
            stem.meets.snapshot(&mut states);
            stem.leaves.snapshot(&mut states);
        }
        states
    }

    /// Goes on at a frame of the stream from what was noted there.
    pub fn restore(&mut self, stream: i64, states: &mut impl Iterator<Item = State>) {
        self.chain.restore(stream, states);
        self.delays().for_each(|late| late.restore(states));
    }

    fn delays(&mut self) -> impl Iterator<Item = &mut Late> {
        std::iter::once(&mut self.dry)
            .chain(self.stems.iter_mut().flat_map(|stem| [&mut stem.meets, &mut stem.leaves]))
    }
}

impl Stem {
    /// What has just arrived at the sum, headroom not applied. Nothing of a stem that is silent throughout.
    fn arriving<'a>(&'a self, done: &'a [Out], frames: usize) -> Option<Signal<'a>> {
        Some(self.meets.heard(done[self.slot?].tap(Tap::PostFader, frames)))
    }

    /// The headroom is one product in `f64`, rounded once: exact at unity and at every power of two.
    fn play(&mut self, done: &[Out], headroom: f64, frames: usize) {
        let Some(slot) = self.slot else { return };
        let signal = done[slot].tap(Tap::PostFader, frames);
        self.meets.take(signal);
        let signal = self.meets.heard(signal);
        let mut out = self.out.block();
        for (out, signal) in out.each().zip(signal.each()) {
            scale_exactly(signal, headroom, out);
        }
    }
}
