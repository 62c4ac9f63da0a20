//! One strip at work: what comes in, through the inserts, to its place.

use mixkeel_dsp::block::{Buffer, Channels, Signal};
use mixkeel_dsp::processor::State;
use mixkeel_session::graph::{Graph, Input, Node, NodeIndex, Tap};

use crate::chain::Chain;
use crate::clips::Clips;
use crate::delay::copy_into;
use crate::error::EngineError;
use crate::place::place;
use crate::plan::Plan;
use crate::source::{Library, SourceError};
use crate::sum::Sum;

/// What a strip lets others hear of the current chunk.
pub(crate) struct Out {
    /// What a sum is given. Without frames where nobody asks for it, and for recordings.
    sum: Buffer,
    inserts: Buffer,
    /// Never written to, so exact silence, when the strip is silent.
    fader: Buffer,
}

impl Out {
    pub fn new(channels: Channels, chunk_frames: usize, with_sum: bool) -> Self {
        Self {
            sum: Buffer::new(channels, if with_sum { chunk_frames } else { 0 }),
            inserts: Buffer::new(channels, chunk_frames),
            fader: Buffer::new(Channels::Stereo, chunk_frames),
        }
    }

    /// What a sum was given. No frames where it is not kept.
    pub fn sum(&self, frames: usize) -> Signal<'_> {
        self.sum.signal().part(0..frames.min(self.sum.frames()))
    }

    pub fn tap(&self, tap: Tap, frames: usize) -> Signal<'_> {
        match tap {
            Tap::PostInserts => self.inserts.signal().part(0..frames),
            Tap::PostFader => self.fader.signal().part(0..frames),
        }
    }
}

/// One strip: its recordings or inputs, its inserts, its fader.
pub(crate) struct Strip<'g> {
    node: &'g Node,
    feed: Feed<'g>,
    chain: Chain<'g>,
    arrives: i64,
    leaves: i64,
    failed: Option<SourceError>,
}

enum Feed<'g> {
    Clips(Clips),
    Sum(Sum<'g>),
}

impl<'g> Strip<'g> {
    pub fn new(
        graph: &'g Graph,
        index: NodeIndex,
        mut chain: Chain<'g>,
        plan: &Plan,
        library: &dyn Library,
        chunk_frames: usize,
    ) -> Result<Self, EngineError> {
        let node = &graph.nodes[index];
        let (arrives, leaves) =
            plan.nodes[index].as_ref().map_or((0, 0), |planned| (planned.arrives, planned.leaves));
        chain.connect(arrives, plan, chunk_frames);
        let feed = match &node.input {
            Input::Clips { clips, gain } => {
                Feed::Clips(Clips::open(clips, *gain, node.channels, library, chunk_frames)?)
            }
            Input::Sum(edges) => Feed::Sum(Sum::new(graph, edges, arrives, plan, chunk_frames)),
        };
        Ok(Self { node, feed, chain, arrives: arrives as i64, leaves: leaves as i64, failed: None })
    }

    /// Whether it is the sum of others.
    pub fn is_sum(&self) -> bool {
        matches!(self.feed, Feed::Sum(_))
    }

    pub fn node(&self) -> &'g Node {
        self.node
    }

    pub fn not_finite(&self) -> u64 {
        self.chain.not_finite()
    }

    /// Why the last chunk could not be played.
    pub fn take_failure(&mut self) -> Option<SourceError> {
        self.failed.take()
    }

    /// Plays the next `frames` from a frame of the stream on, hearing those in `done`.
    pub fn play(&mut self, done: &[Out], stream: i64, frames: usize, out: &mut Out) {
        let mut inserts = out.inserts.block();
        let mut io = inserts.part(0..frames);
        match &mut self.feed {
            Feed::Clips(clips) => {
                if let Err(error) = clips.read(stream - self.arrives, &mut io) {
                    self.failed = Some(error);
                    return;
                }
            }
            Feed::Sum(sum) => {
                sum.play(done, stream - self.arrives, &mut io);
                if out.sum.frames() > 0 {
                    copy_into(io.signal(), &mut out.sum.block().part(0..frames));
                }
            }
        }
        self.chain.run(&mut io, done, stream);
        if !self.node.silent {
            let mut fader = out.fader.block();
            let mut placed = fader.part(0..frames);
            place(&self.node.placement, self.node.channels, stream - self.leaves, io.signal(), &mut placed);
        }
    }

    /// Makes ready to begin at a frame of the stream.
    pub fn start(&mut self, stream: i64) {
        self.chain.start(stream);
        if let Feed::Sum(sum) = &mut self.feed {
            sum.reset();
        }
    }

    pub fn snapshot(&self) -> Vec<State> {
        let mut states = Vec::new();
        self.chain.snapshot(&mut states);
        if let Feed::Sum(sum) = &self.feed {
            sum.snapshot(&mut states);
        }
        states
    }

    /// Goes on at a frame of the stream from what was noted there. Recordings need no note: they are read from where the
    /// stream stands.
    pub fn restore(&mut self, stream: i64, states: &[State]) {
        let mut states = states.iter().cloned();
        self.chain.restore(stream, &mut states);
        if let Feed::Sum(sum) = &mut self.feed {
            sum.restore(&mut states);
        }
    }
}
