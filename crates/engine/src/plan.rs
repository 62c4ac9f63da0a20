//! When everybody plays: who can play at once, how long the early wait for the late, when the last tail has rung out, and
//! how early a render of a part has to start. Whole numbers only; no sound.
//!
//! The stream is the engine's own time. What belongs to session frame f passes a point of the graph at stream frame
//! f + lag, where the lag is what the processors ahead of it need. Everything that meets at a strip is made to wait for
//! the latest to arrive, so a strip has one lag, and the end of the master has the lag that is taken off the output.

use std::ops::Range;

use mixkeel_dsp::GRID_FRAMES;
use mixkeel_dsp::block::Channels;
use mixkeel_dsp::processor::Tail;
use mixkeel_session::graph::{Edge, Graph, Input, Node, NodeIndex, Tap};

use crate::clips::{FAR, sounds};
use crate::error::EngineError;
use crate::options::Taps;

/// What planning has to know of a chain of inserts.
#[derive(Clone, Debug)]
pub(crate) struct Timing {
    /// From the first insert to the last.
    pub latency: usize,
    /// From the first insert to the last, counted at the output, so latency is part of it.
    pub tail: Tail,
    /// Who keys an insert, and the latency of the inserts ahead of that one.
    pub keys: Vec<(NodeIndex, usize)>,
}

/// One strip in the plan.
#[derive(Clone, Debug)]
pub(crate) struct Planned {
    /// Place in the order of playing.
    pub slot: usize,
    /// Channels from the input to the fader.
    pub channels: Channels,
    /// Lag at the input.
    pub arrives: usize,
    /// Lag after the inserts, at both taps.
    pub leaves: usize,
}

/// When everybody plays.
#[derive(Debug)]
pub(crate) struct Plan {
    /// By place in the graph; nothing for strips that nobody listens to.
    pub nodes: Vec<Option<Planned>>,
    /// Places in the graph, in the order of playing.
    pub order: Vec<NodeIndex>,
    /// Runs of the order whose strips do not hear each other.
    pub waves: Vec<Range<usize>>,
    /// Lag at which the stems are added.
    pub master_arrives: usize,
    /// Lag after the master's inserts, taken off the output.
    pub lag: usize,
    /// Session frames until the last tail has rung out.
    pub length_frames: u64,
    /// How many frames of stream an output frame depends on; nothing when it depends on all since the beginning.
    memory: Option<usize>,
}

/// The edges of a strip that can be heard: those that do not come from a muted fader.
pub(crate) fn audible<'g>(graph: &'g Graph, edges: &'g [Edge]) -> impl Iterator<Item = &'g Edge> {
    edges.iter().filter(|edge| edge.tap == Tap::PostInserts || !graph.nodes[edge.from].silent)
}

/// Every strip hears only what comes before it, and what exists.
pub(crate) fn check_order(graph: &Graph) -> Result<(), EngineError> {
    let heard = |node: &Node, before: usize| {
        let edges = match &node.input {
            Input::Clips { .. } => &[],
            Input::Sum(edges) => edges.as_slice(),
        };
        edges.iter().map(|edge| edge.from).chain(keys(&node.inserts)).all(|from| from < before)
    };
    if let Some((_, node)) = graph.nodes.iter().enumerate().find(|(index, node)| !heard(node, *index)) {
        return Err(EngineError::Order(node.id.clone()));
    }
    let master = graph.stems.iter().copied().chain(keys(&graph.master_inserts));
    if master.into_iter().all(|from| from < graph.nodes.len()) {
        Ok(())
    } else {
        Err(EngineError::Order("master".to_owned()))
    }
}

fn keys(inserts: &[mixkeel_session::graph::Insert]) -> impl Iterator<Item = NodeIndex> {
    inserts.iter().filter(|insert| !insert.bypass).flat_map(|insert| insert.keys.iter().copied())
}

/// Which strips have to play for what is wanted to be heard.
pub(crate) fn listened_to(graph: &Graph, taps: Taps) -> Vec<bool> {
    let mut listened = vec![taps.any(); graph.nodes.len()];
    for &stem in &graph.stems {
        listened[stem] |= !graph.nodes[stem].silent;
    }
    for key in keys(&graph.master_inserts) {
        listened[key] = true;
    }
    for (index, node) in graph.nodes.iter().enumerate().rev() {
        if !listened[index] {
            continue;
        }
        if let Input::Sum(edges) = &node.input {
            audible(graph, edges).for_each(|edge| listened[edge.from] = true);
        }
        keys(&node.inserts).for_each(|key| listened[key] = true);
    }
    listened
}

/// What is worked out for a strip, or for the master, from those that it hears.
#[derive(Clone, Debug)]
struct Reckoned {
    wave: usize,
    arrives: usize,
    leaves: usize,
    /// The stream frame after the last that can sound; nothing when none can.
    rings_until: Option<i64>,
    memory: Option<usize>,
}

impl Plan {
    /// `timings` has one entry for each strip that plays.
    pub fn new(graph: &Graph, timings: &[Option<Timing>], master: &Timing) -> Self {
        let mut reckoned: Vec<Option<Reckoned>> = Vec::with_capacity(graph.nodes.len());
        for (node, timing) in graph.nodes.iter().zip(timings) {
            let next = timing.as_ref().map(|timing| match &node.input {
                Input::Clips { clips, .. } => {
                    let ends =
                        clips.iter().map(sounds).filter(|sounds| !sounds.is_empty()).map(|sounds| sounds.end);
                    reckon(&reckoned, &[], ends.max(), 0, timing)
                }
                Input::Sum(edges) => {
                    let heard: Vec<_> = audible(graph, edges).map(|edge| edge.from).collect();
                    reckon(&reckoned, &heard, None, 0, timing)
                }
            });
            reckoned.push(next);
        }
        let stems: Vec<_> = graph.stems.iter().copied().filter(|&stem| !graph.nodes[stem].silent).collect();
        let played: Vec<_> = reckoned.iter().flatten().collect();
        // The master waits for all that plays, in the mix or not, so that no tap is later than the mix.
        let latest = played.iter().map(|strip| strip.leaves).max().unwrap_or(0);
        let end = reckon(&reckoned, &stems, None, latest, master);

        // A tap of a strip waits for the end of the master, which counts as memory too.
        let memory = played.iter().try_fold(end.memory, |most, strip| {
            strip.memory.map(|memory| most.map(|most| most.max(memory + end.leaves - strip.leaves)))
        });
        let rings = end.rings_until.map_or(0, |until| until - end.leaves as i64);

        let waves_count = played.iter().map(|strip| strip.wave + 1).max().unwrap_or(0);
        let mut order = Vec::with_capacity(played.len());
        let mut waves = Vec::with_capacity(waves_count);
        for wave in 0..waves_count {
            let from = order.len();
            let plays = |index: &usize| reckoned[*index].as_ref().is_some_and(|strip| strip.wave == wave);
            let mut playing: Vec<usize> = (0..reckoned.len()).filter(plays).collect();
            // Who rings longest begins, since reverbs are the most work, and one that began last would be waited for. Nobody in
            // a wave hears another, so the order changes no bit.
            let tail = |index: usize| timings[index].as_ref().map_or(0, |timing| timing.tail.frames());
            playing.sort_by_key(|&index| std::cmp::Reverse(tail(index)));
            order.extend(playing);
            waves.push(from..order.len());
        }
        let mut nodes = vec![None; reckoned.len()];
        for (slot, &index) in order.iter().enumerate() {
            nodes[index] = reckoned[index].as_ref().map(|strip| Planned {
                slot,
                channels: graph.nodes[index].channels,
                arrives: strip.arrives,
                leaves: strip.leaves,
            });
        }
        Self {
            nodes,
            order,
            waves,
            master_arrives: end.arrives,
            lag: end.leaves,
            length_frames: graph.length_frames.max(rings.max(0) as u64).min(FAR as u64),
            memory: memory.flatten(),
        }
    }

    /// The stream frame at which to begin, so that session frame `from` is exact.
    ///
    /// Two cells of the control grid more than the processors remember, because a parameter that moves arrives at its
    /// value from the point before last.
    pub fn begin(&self, from: i64) -> i64 {
        match self.memory {
            Some(memory) => (from + self.lag as i64 - (memory + 2 * GRID_FRAMES) as i64).max(0),
            None => 0,
        }
    }
}

/// Who hears these strips (and the recordings that end at a session frame) through these inserts, and waits at least
/// `patience` frames.
fn reckon(
    before: &[Option<Reckoned>],
    heard: &[NodeIndex],
    recorded: Option<i64>,
    patience: usize,
    timing: &Timing,
) -> Reckoned {
    let at = |index: NodeIndex| before.get(index).and_then(Option::as_ref);
    let heard: Vec<_> = heard.iter().filter_map(|&from| at(from)).collect();
    let keys: Vec<_> = timing.keys.iter().filter_map(|&(from, ahead)| Some((at(from)?, ahead))).collect();

    // A key has to be there when the sound reaches its insert: the strip as a whole waits for it.
    let arrives = heard
        .iter()
        .map(|strip| strip.leaves)
        .chain(keys.iter().map(|(key, ahead)| key.leaves.saturating_sub(*ahead)))
        .fold(patience, usize::max);
    let waits = |strip: &Reckoned| arrives - strip.leaves;
    let tail = timing.tail.frames();
    let rings = heard.iter().filter_map(|strip| strip.rings_until.map(|until| until + waits(strip) as i64));
    let rings_until = rings.chain(recorded.map(|end| end + arrives as i64)).max();

    let through_inputs = heard.iter().map(|strip| strip.memory.map(|memory| memory + waits(strip)));
    let through_keys =
        keys.iter().map(|(key, ahead)| key.memory.map(|memory| memory + arrives + ahead - key.leaves));
    let remembered =
        through_inputs.chain(through_keys).try_fold(0, |most: usize, memory| Some(most.max(memory?)));
    Reckoned {
        wave: heard
            .iter()
            .copied()
            .chain(keys.iter().map(|(key, _)| *key))
            .map(|strip| strip.wave + 1)
            .max()
            .unwrap_or(0),
        arrives,
        leaves: arrives + timing.latency,
        rings_until: rings_until.map(|until| until.saturating_add(tail as i64)),
        memory: match timing.tail {
            Tail::Exact(frames) => remembered.map(|memory| memory + frames),
            Tail::Fading(_) => None,
        },
    }
}
