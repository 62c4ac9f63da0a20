//! The player: builds what a graph asks for, then plays it chunk by chunk, wave by wave.

use mixkeel_dsp::block::{Channels, Signal};
use mixkeel_dsp::processor::Setup;
use mixkeel_dsp::units::gain_from_db;
use mixkeel_session::graph::{Graph, NodeIndex, Tap};
use mixkeel_session::session::Id;
use rayon::prelude::*;

use crate::assets::Assets;
use crate::chain::Chain;
use crate::checkpoint::Checkpoint;
use crate::chunk::Chunk;
use crate::clips::FAR;
use crate::delay::Late;
use crate::desk::Desk;
use crate::error::EngineError;
use crate::options::{HEARD_DBFS, Options};
use crate::plan::{Plan, check_order, listened_to};
use crate::source::Library;
use crate::strip::{Out, Strip};

/// The most frames in a chunk. Ours: two thirds of a second of music, after each of which the threads wait for each other at
/// the end of every wave. A console of 24 tracks takes 13 % less time than with a quarter of that, although what is heard of a
/// stereo strip (512 KiB) no longer stays in the second-level cache of a core: processors work on blocks, which do.
pub const CHUNK_FRAMES: usize = 32_768;

/// Plays a graph.
pub struct Player<'g> {
    graph: &'g Graph,
    options: Options,
    plan: Plan,
    /// In the order of playing, like `outs`.
    strips: Vec<Strip<'g>>,
    outs: Vec<Out>,
    desk: Desk<'g>,
    taps: Vec<StripTaps>,
    /// The first stream frame of the next chunk.
    stream: i64,
    /// The session frames wanted.
    from: i64,
    to: i64,
    /// The session frame at which the recordings end, until it is found where the mix does.
    rings_from: Option<i64>,
}

/// What may be listened to of one strip, waiting for the end of the master.
struct StripTaps {
    sum: Option<Late>,
    post_inserts: Option<Late>,
    post_fader: Option<Late>,
}

impl StripTaps {
    fn each(&self) -> impl Iterator<Item = &Late> {
        self.sum.iter().chain(&self.post_inserts).chain(&self.post_fader)
    }

    fn each_mut(&mut self) -> impl Iterator<Item = &mut Late> {
        self.sum.iter_mut().chain(&mut self.post_inserts).chain(&mut self.post_fader)
    }
}

/// A strip, or the master, whose inserts gave samples that were not finite numbers. They were played as zeros.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotFinite {
    /// The strip, or `master`.
    pub strip: Id,
    /// How many samples so far.
    pub samples: u64,
}

impl<'g> Player<'g> {
    /// Builds every processor, opens every recording that can be heard, and stands ready at the first frame.
    ///
    /// # Errors
    /// A recording that cannot be opened, a block size out of range, strips out of order, a lane on a parameter that
    /// does not exist.
    pub fn new(graph: &'g Graph, library: &dyn Library, options: &Options) -> Result<Self, EngineError> {
        if !(32..=mixkeel_dsp::MAX_BLOCK_FRAMES).contains(&options.block_frames) {
            return Err(EngineError::BlockFrames(options.block_frames));
        }
        let chunk_frames = options.chunk_frames;
        if !(1..=CHUNK_FRAMES).contains(&chunk_frames) {
            return Err(EngineError::ChunkFrames(chunk_frames));
        }
        check_order(graph)?;
        let setup =
            |channels| Setup { rate_hz: graph.rate_hz, channels, max_block_frames: options.block_frames };
        let assets = Assets::load(graph, library)?;
        let mut chains = graph
            .nodes
            .iter()
            .zip(listened_to(graph, options.taps))
            .map(|(node, listened)| {
                listened
                    .then(|| Chain::new(&node.id, &node.inserts, setup(node.channels), &graph.tempo, &assets))
                    .transpose()
            })
            .collect::<Result<Vec<_>, _>>()?;
        let master =
            Chain::new("master", &graph.master_inserts, setup(Channels::Stereo), &graph.tempo, &assets)?;
        let timings: Vec<_> = chains.iter().map(|chain| chain.as_ref().map(Chain::timing)).collect();
        let plan = Plan::new(graph, &timings, &master.timing());

        let to_build: Vec<_> =
            plan.order.iter().filter_map(|&index| Some((index, chains[index].take()?))).collect();
        // All are opened before the first failure is looked at, so that it is the same one every time.
        let strips: Vec<_> = to_build
            .into_par_iter()
            .map(|(index, chain)| Strip::new(graph, index, chain, &plan, library, chunk_frames))
            .collect();
        let strips = strips.into_iter().collect::<Result<Vec<_>, _>>()?;
        let with_sum = |strip: &Strip| options.taps.sums && strip.is_sum();
        let outs = strips
            .iter()
            .map(|strip| Out::new(strip.node().channels, chunk_frames, with_sum(strip)))
            .collect();

        let taps = plan.order.iter().filter_map(|&index| plan.nodes[index].as_ref()).map(|strip| {
            let late = |wanted: bool, lag, channels| {
                wanted.then(|| Late::new(channels, plan.lag - lag, chunk_frames))
            };
            StripTaps {
                sum: late(options.taps.sums, strip.arrives, strip.channels),
                post_inserts: late(options.taps.post_inserts, strip.leaves, strip.channels),
                post_fader: late(options.taps.post_fader, strip.leaves, Channels::Stereo),
            }
        });
        let taps = taps.collect();
        let desk = Desk::new(graph, master, &plan, chunk_frames);
        let options = options.clone();
        let (from, to) = (options.from, options.to);
        let mut player = Self {
            graph,
            options,
            plan,
            strips,
            outs,
            desk,
            taps,
            stream: 0,
            from: 0,
            to: 0,
            rings_from: None,
        };
        player.seek(from, to);
        Ok(player)
    }

    /// Stands ready to give other frames, as a player does that was made for them: nothing that was played is remembered, but
    /// for what was [not finite](Self::not_finite). Quicker than making one.
    pub fn seek(&mut self, from: u64, to: Option<u64>) {
        let far = |frame: u64| frame.min(FAR as u64) as i64;
        (self.from, self.to) = (far(from), far(to.unwrap_or(self.plan.length_frames)));
        let finds_end = self.options.while_heard && to.is_none();
        self.rings_from = finds_end.then(|| far(self.graph.length_frames));
        self.stream = self.plan.begin(self.from);
        if let Some(preroll) = self.options.preroll {
            let latest = self.from + self.plan.lag as i64 - preroll.min(FAR as u64) as i64;
            self.stream = self.stream.max(latest);
        }
        let stream = self.stream;
        self.strips.par_iter_mut().for_each(|strip| strip.start(stream));
        self.desk.start(stream);
        self.taps.iter_mut().flat_map(StripTaps::each_mut).for_each(Late::reset);
    }

    /// Frames that this render gives, tails included. Where it plays [for as long as anything is heard]
    /// (Options::while_heard), the most that it gives, until it has come to the end.
    pub fn length_frames(&self) -> u64 {
        (self.to - self.from).max(0) as u64
    }

    /// Plays on, and gives the next frames; nothing after the last.
    ///
    /// # Errors
    /// A recording that cannot be read. The render is over then: what follows would not be the song.
    #[allow(clippy::should_implement_trait)] // an `Iterator` cannot lend what the next call overwrites
    pub fn next(&mut self) -> Result<Option<Chunk<'_>>, EngineError> {
        let lag = self.plan.lag as i64;
        let first = self.from + lag;
        while self.from < self.to && self.stream < self.to + lag {
            let next = self.stream + self.options.chunk_frames as i64;
            if let Some(over) = self.rings_from.filter(|over| next > over + lag) {
                self.rings_from = None;
                self.find_end(over)?;
                continue;
            }
            let stream = self.stream;
            let frames = self.play_on()?;
            if self.stream > first {
                let skipped = (first - stream).max(0);
                let part = skipped as usize..frames;
                return Ok(Some(Chunk::new(self, (stream + skipped - lag) as u64, part)));
            }
        }
        Ok(None)
    }

    /// Plays the next chunk, or what is left of the stream.
    fn play_on(&mut self) -> Result<usize, EngineError> {
        let left = self.to + self.plan.lag as i64 - self.stream;
        let frames = left.min(self.options.chunk_frames as i64) as usize;
        if let Err(error) = self.play(frames) {
            self.to = self.from;
            return Err(error);
        }
        self.stream += frames as i64;
        Ok(frames)
    }

    /// Finds where the mix ends: plays on from here to where the last tail must have rung out, notes the last frame that is
    /// heard, and comes back. What is found lies on a frame of the session, so it is the same from wherever this began.
    fn find_end(&mut self, over: i64) -> Result<(), EngineError> {
        let here = self.checkpoint();
        let lag = self.plan.lag as i64;
        let least = gain_from_db(HEARD_DBFS);
        let mut end = over;
        while self.stream < self.to + lag {
            let from = self.stream - lag;
            let frames = self.play_on()?;
            if let Some(last) = self.desk.last_heard(&self.outs, frames, least) {
                end = end.max(from + last as i64 + 1);
            }
        }
        self.restore(&here);
        self.to = self.to.min(end);
        Ok(())
    }

    /// The strips whose inserts have given something other than numbers, and how often.
    pub fn not_finite(&self) -> Vec<NotFinite> {
        let strips = self.strips.iter().map(|strip| (strip.node().id.as_str(), strip.not_finite()));
        strips
            .chain([("master", self.desk.not_finite())])
            .filter(|&(_, samples)| samples > 0)
            .map(|(strip, samples)| NotFinite { strip: strip.to_owned(), samples })
            .collect()
    }

    /// The memory of the render after the last chunk.
    pub fn checkpoint(&self) -> Checkpoint {
        let mut master = self.desk.snapshot();
        self.taps.iter().flat_map(StripTaps::each).for_each(|late| late.snapshot(&mut master));
        Checkpoint {
            stream: self.stream,
            frame: (self.stream - self.plan.lag as i64).max(0) as u64,
            rate_hz: self.graph.rate_hz,
            taps: self.options.taps,
            strips: self.strips.iter().map(|strip| (strip.node().id.clone(), strip.snapshot())).collect(),
            master,
        }
    }

    /// Goes on from where a checkpoint was made, and gives the frames wanted that come after it.
    ///
    /// # Errors
    /// A checkpoint of other strips, or one after the first frame wanted.
    pub fn resume(&mut self, checkpoint: &Checkpoint) -> Result<(), EngineError> {
        if !checkpoint.fits(&self.checkpoint()) {
            return Err(EngineError::Checkpoint("was made from another session"));
        }
        if checkpoint.stream > self.from + self.plan.lag as i64 {
            return Err(EngineError::Checkpoint("lies after the first frame to be played"));
        }
        self.restore(checkpoint);
        Ok(())
    }

    fn restore(&mut self, checkpoint: &Checkpoint) {
        self.stream = checkpoint.stream;
        for (strip, (_, states)) in self.strips.iter_mut().zip(&checkpoint.strips) {
            strip.restore(self.stream, states);
        }
        let mut states = checkpoint.master.iter().cloned();
        self.desk.restore(self.stream, &mut states);
        self.taps.iter_mut().flat_map(StripTaps::each_mut).for_each(|late| late.restore(&mut states));
    }

    /// Plays one run of the stream, wave by wave: within a wave nobody hears anybody else.
    fn play(&mut self, frames: usize) -> Result<(), EngineError> {
        let stream = self.stream;
        for wave in &self.plan.waves {
            let (done, playing) = self.outs.split_at_mut(wave.start);
            let done = &*done;
            let work = self.strips[wave.clone()].iter_mut().zip(playing);
            // In this order, one after the other, by whoever is free.
            work.par_bridge().for_each(|(strip, out)| strip.play(done, stream, frames, out));
        }
        if let Some(error) = self.strips.iter_mut().find_map(Strip::take_failure) {
            return Err(error.into());
        }
        self.desk.play(&self.outs, stream, frames);
        for (taps, out) in self.taps.iter_mut().zip(&self.outs) {
            if let Some(late) = &mut taps.sum {
                late.take(out.sum(frames));
            }
            for (late, tap) in
                [(&mut taps.post_inserts, Tap::PostInserts), (&mut taps.post_fader, Tap::PostFader)]
            {
                if let Some(late) = late {
                    late.take(out.tap(tap, frames));
                }
            }
        }
        Ok(())
    }

    pub(crate) fn desk(&self) -> &Desk<'g> {
        &self.desk
    }

    pub(crate) fn sum(&self, node: NodeIndex, frames: usize) -> Option<Signal<'_>> {
        let slot = self.plan.nodes.get(node)?.as_ref()?.slot;
        Some(self.taps.get(slot)?.sum.as_ref()?.heard(self.outs.get(slot)?.sum(frames)))
    }

    pub(crate) fn tap(&self, node: NodeIndex, tap: Tap, frames: usize) -> Option<Signal<'_>> {
        let slot = self.plan.nodes.get(node)?.as_ref()?.slot;
        let late = match tap {
            Tap::PostInserts => self.taps.get(slot)?.post_inserts.as_ref()?,
            Tap::PostFader => self.taps.get(slot)?.post_fader.as_ref()?,
        };
        Some(late.heard(self.outs.get(slot)?.tap(tap, frames)))
    }
}
