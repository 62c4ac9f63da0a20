//! A strip's inserts in order: set, keyed, kept on the control grid, and kept from spreading what is not a number.

use std::sync::Arc;

use mixkeel_dsp::GRID_FRAMES;
use mixkeel_dsp::block::{Block, Buffer, Signal};
use mixkeel_dsp::guard::clean;
use mixkeel_dsp::param::Value;
use mixkeel_dsp::processor::{AnyProcessor, BoxedSettings, Context, Setup, State, Tail};
use mixkeel_session::graph::{Curve, Insert, NodeIndex, Tap, grid_before};

use crate::assets::Assets;
use crate::delay::{Delay, Late};
use crate::error::EngineError;
use crate::plan::{Plan, Timing};
use crate::strip::Out;

/// One cell of the control grid.
const GRID: i64 = GRID_FRAMES as i64;

/// The inserts of one strip.
pub(crate) struct Chain<'g> {
    slots: Vec<Slot<'g>>,
    setup: Setup,
    tempo: &'g Curve,
    /// Samples so far that were not finite.
    not_finite: u64,
}

struct Slot<'g> {
    insert: &'g Insert,
    settings: BoxedSettings,
    assets: Vec<Arc<Buffer>>,
    playing: Playing,
    /// How many frames sound arrives here after its time: stream frame − lag = session frame.
    lag: i64,
    keys: Vec<Key>,
}

enum Playing {
    Processor(Box<dyn AnyProcessor>),
    /// Out of the path, with its latency still in it.
    Bypassed(Delay),
}

struct Key {
    slot: usize,
    late: Late,
}

impl<'g> Chain<'g> {
    /// Builds every processor, set to what it is when nothing moves.
    pub fn new(
        strip: &str,
        inserts: &'g [Insert],
        setup: Setup,
        tempo: &'g Curve,
        assets: &Assets,
    ) -> Result<Self, EngineError> {
        let slots = inserts
            .iter()
            .map(|insert| Slot::new(strip, insert, &setup, assets.of(insert)))
            .collect::<Result<_, _>>()?;
        Ok(Self { slots, setup, tempo, not_finite: 0 })
    }

    pub fn is_empty(&self) -> bool {
        self.slots.is_empty()
    }

    pub fn not_finite(&self) -> u64 {
        self.not_finite
    }

    /// What planning has to know.
    pub fn timing(&self) -> Timing {
        let mut timing = Timing { latency: 0, tail: Tail::Exact(0), keys: Vec::new() };
        for slot in &self.slots {
            if matches!(slot.playing, Playing::Processor(_)) {
                timing.keys.extend(slot.insert.keys.iter().map(|&key| (key, timing.latency)));
            }
            timing.tail = timing.tail.then(slot.tail());
            timing.latency += slot.latency();
        }
        timing
    }

    /// Takes its place in a plan, where sound arrives `arrives` frames after its time.
    pub fn connect(&mut self, arrives: usize, plan: &Plan, chunk_frames: usize) {
        let mut lag = arrives;
        for slot in &mut self.slots {
            slot.lag = lag as i64;
            if matches!(slot.playing, Playing::Processor(_)) {
                slot.keys = slot
                    .insert
                    .keys
                    .iter()
                    .filter_map(|&from| Key::new(from, lag, plan, chunk_frames))
                    .collect();
            }
            lag += slot.latency();
        }
    }

    /// Makes every processor new, with the settings that hold just ahead of a frame of the stream.
    pub fn start(&mut self, stream: i64) {
        for slot in &mut self.slots {
            slot.start(stream, &self.setup);
        }
    }

    /// Plays all inserts over one chunk, in place.
    pub fn run(&mut self, io: &mut Block<'_>, done: &[Out], stream: i64) {
        for slot in &mut self.slots {
            self.not_finite += slot.run(io, done, stream, self.setup.max_block_frames, self.tempo);
        }
    }

    pub fn snapshot(&self, to: &mut Vec<State>) {
        for slot in &self.slots {
            let mut state = State::default();
            match &slot.playing {
                Playing::Processor(processor) => processor.snapshot(&mut state),
                Playing::Bypassed(delay) => delay.snapshot(&mut state),
            }
            to.push(state);
            slot.keys.iter().for_each(|key| key.late.snapshot(to));
        }
    }

    /// Goes on at a frame of the stream from what was noted there.
    pub fn restore(&mut self, stream: i64, from: &mut impl Iterator<Item = State>) {
        for slot in &mut self.slots {
            slot.start(stream, &self.setup);
            if let Some(mut state) = from.next() {
                state.rewind();
                match &mut slot.playing {
                    Playing::Processor(processor) => processor.restore(&mut state),
                    Playing::Bypassed(delay) => delay.restore(&mut state),
                }
            }
            slot.keys.iter_mut().for_each(|key| key.late.restore(from));
        }
    }
}

impl<'g> Slot<'g> {
    fn new(
        strip: &str,
        insert: &'g Insert,
        setup: &Setup,
        assets: Vec<Arc<Buffer>>,
    ) -> Result<Self, EngineError> {
        let mut settings = insert.settings.clone();
        for (id, curve) in &insert.moving {
            settings.set(id, &Value::Number(curve.at(0))).map_err(|error| EngineError::Moving {
                strip: strip.to_owned(),
                insert: insert.id.clone(),
                reason: error.to_string(),
            })?;
        }
        let processor = built(insert, &settings, &assets, setup);
        let playing = if insert.bypass {
            Playing::Bypassed(Delay::new(setup.channels, processor.latency_frames()))
        } else {
            Playing::Processor(processor)
        };
        Ok(Self { insert, settings, assets, playing, lag: 0, keys: Vec::new() })
    }

    fn latency(&self) -> usize {
        match &self.playing {
            Playing::Processor(processor) => processor.latency_frames(),
            Playing::Bypassed(delay) => delay.frames(),
        }
    }

    /// Counted at its output as time passes, so never shorter than its latency.
    fn tail(&self) -> Tail {
        match &self.playing {
            Playing::Processor(processor) => match processor.tail() {
                Tail::Exact(frames) => Tail::Exact(frames.max(processor.latency_frames())),
                Tail::Fading(frames) => Tail::Fading(frames.max(processor.latency_frames())),
            },
            Playing::Bypassed(delay) => Tail::Exact(delay.frames()),
        }
    }

    fn start(&mut self, stream: i64, setup: &Setup) {
        // What was set at the last point of the grid before this frame; one exactly here is still to come.
        move_settings(&mut self.settings, self.insert, grid_before(stream - self.lag - 1) + GRID);
        match &mut self.playing {
            Playing::Processor(processor) => {
                *processor = built(self.insert, &self.settings, &self.assets, setup)
            }
            Playing::Bypassed(delay) => delay.reset(),
        }
        self.keys.iter_mut().for_each(|key| key.late.reset());
    }

    /// Plays over one chunk, in place, and says how many samples were not finite and are zeros now.
    fn run(
        &mut self,
        io: &mut Block<'_>,
        done: &[Out],
        stream: i64,
        block_frames: usize,
        tempo: &Curve,
    ) -> u64 {
        let Slot { insert, settings, playing, lag, keys, .. } = self;
        let processor = match playing {
            Playing::Processor(processor) => processor,
            Playing::Bypassed(delay) => {
                delay.run(io);
                return clean(io);
            }
        };
        let (frames, first) = (io.frames(), stream - *lag);
        for key in keys.iter_mut() {
            key.late.take(done[key.slot].tap(Tap::PostInserts, frames));
        }
        let whole: Vec<Signal<'_>> =
            keys.iter().map(|key| key.late.heard(done[key.slot].tap(Tap::PostInserts, frames))).collect();
        let mut parts = Vec::with_capacity(whole.len());
        let mut not_finite = 0;
        let mut from = 0;
        while from < frames {
            let frame = first + from as i64;
            let mut to = frames.min(from + block_frames);
            // Processors read the tempo at the points of the grid, wherever blocks begin.
            let moving = !insert.moving.is_empty();
            if moving || !tempo.rests(frame, first + to as i64) {
                let point = grid_before(frame);
                if moving && point == frame {
                    // A processor takes one cell to arrive at what it is set to: said now, it is there in time.
                    move_settings(settings, insert, point + GRID);
                    processor.set(&**settings);
                }
                to = to.min(from + (point + GRID - frame) as usize);
            }
            parts.clear();
            parts.extend(whole.iter().map(|key| key.part(from..to)));
            let at = Context { frame, tempo_bpm: tempo.at(frame) };
            let mut part = io.part(from..to);
            processor.process(&mut part, &parts, &at);
            // One bad sample would otherwise spread through every sum to the end of the mix.
            not_finite += clean(&mut part);
            from = to;
        }
        not_finite
    }
}

impl Key {
    /// Nothing when the plan does not play the strip, which it always does for the keys of a strip that it plays.
    fn new(from: NodeIndex, lag: usize, plan: &Plan, chunk_frames: usize) -> Option<Self> {
        let key = plan.nodes[from].as_ref()?;
        Some(Self { slot: key.slot, late: Late::new(key.channels, lag - key.leaves, chunk_frames) })
    }
}

/// A new processor with its recordings, prepared and set.
fn built(
    insert: &Insert,
    settings: &BoxedSettings,
    assets: &[Arc<Buffer>],
    setup: &Setup,
) -> Box<dyn AnyProcessor> {
    let mut processor = (insert.kind.build)();
    processor.load(assets);
    processor.prepare(setup);
    processor.set(&**settings);
    processor
}

/// The settings at a point of the grid. A value that the processor refuses leaves the last one standing; curves carry
/// the bounds of their parameters, so none is refused that the first one was not.
fn move_settings(settings: &mut BoxedSettings, insert: &Insert, point: i64) {
    for (id, curve) in &insert.moving {
        let _refused = settings.set(id, &Value::Number(curve.at(point)));
    }
}
