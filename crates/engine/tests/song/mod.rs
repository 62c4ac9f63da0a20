//! Songs for tests: recordings in memory, graphs by hand, whole renders in one call.
#![allow(dead_code)] // every test file takes the part that it needs
#![allow(clippy::unwrap_used)] // a test that cannot play its song has failed

pub mod kinds;

use std::collections::BTreeMap;
use std::sync::Arc;

use mixkeel_dsp::block::{Block, Buffer, Channels, Signal};
use mixkeel_dsp::catalog::Kind;
use mixkeel_dsp::param::Value;
use mixkeel_engine::source::{Library, Source, SourceError};
use mixkeel_engine::{Options, Player};
use mixkeel_session::graph::{
    Clip, Curve, Edge, GainCurve, Graph, Input, Insert, Node, NodeIndex, Placement, Tap,
};

/// Recordings by name.
#[derive(Default)]
pub struct Shelf(BTreeMap<String, Arc<Buffer>>);

impl Shelf {
    pub fn put(&mut self, file: &str, recording: Buffer) {
        self.0.insert(file.to_owned(), Arc::new(recording));
    }

    pub fn signal(&self, file: &str) -> Signal<'_> {
        self.0[file].signal()
    }
}

impl Library for Shelf {
    fn open(&self, file: &str) -> Result<Box<dyn Source>, SourceError> {
        match self.0.get(file) {
            Some(recording) => Ok(Box::new(Reading { recording: recording.clone(), at: 0 })),
            None => {
                Err(SourceError { message: "there is no such recording".to_owned(), file: file.to_owned() })
            }
        }
    }
}

/// Hands out at most 1,000 frames at a time, so that nobody relies on getting all that was asked for.
struct Reading {
    recording: Arc<Buffer>,
    at: usize,
}

impl Source for Reading {
    fn channels(&self) -> Channels {
        self.recording.channels()
    }

    fn seek(&mut self, frame: u64) -> Result<(), SourceError> {
        self.at = frame as usize;
        Ok(())
    }

    fn read(&mut self, into: &mut Block<'_>) -> Result<usize, SourceError> {
        let frames = into.frames().min(1_000).min(self.recording.frames().saturating_sub(self.at));
        for (into, from) in into.each().zip(self.recording.signal().each()) {
            into[..frames].copy_from_slice(&from[self.at..self.at + frames]);
        }
        self.at += frames;
        Ok(frames)
    }
}

/// Noise between −0.5 and 0.5 in steps of 2^−23: what a 24-bit recording holds. The generator is Knuth's MMIX LCG.
pub fn noise(seed: u64, channels: Channels, frames: usize) -> Buffer {
    let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15).wrapping_add(1);
    let mut buffer = Buffer::new(channels, frames);
    for sample in buffer.block().each().flatten() {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        *sample = ((state >> 41) as i64 - (1 << 22)) as f32 / (1 << 23) as f32;
    }
    buffer
}

/// A shelf with one noise recording of this name a strip.
pub fn shelf(recordings: &[(&str, Channels, usize)]) -> Shelf {
    let mut shelf = Shelf::default();
    for (seed, &(file, channels, frames)) in recordings.iter().enumerate() {
        shelf.put(file, noise(seed as u64 + 1, channels, frames));
    }
    shelf
}

pub fn clip(file: &str, at_frame: f64, length_frames: u64) -> Clip {
    Clip { file: file.to_owned(), right: None, at_frame, length_frames }
}

/// A strip that plays the recording of its own name from session zero, in the middle, at unity.
pub fn track(id: &str, channels: Channels, frames: usize) -> Node {
    let clips = vec![clip(id, 0.0, frames as u64)];
    Node {
        id: id.to_owned(),
        input: Input::Clips { clips, gain: 1.0 },
        channels,
        inserts: Vec::new(),
        placement: Placement::unity(),
        silent: false,
    }
}

/// A strip that hears others after their faders, at unity.
pub fn bus(id: &str, from: &[NodeIndex]) -> Node {
    let edges = from.iter().map(|&from| edge(from, Tap::PostFader, 0.0)).collect();
    Node { input: Input::Sum(edges), ..track(id, Channels::Stereo, 0) }
}

pub fn edge(from: NodeIndex, tap: Tap, gain_db: f64) -> Edge {
    Edge { from, tap, gain: GainCurve(Curve::constant(gain_db)) }
}

pub fn insert(kind: &'static Kind, settings: &[(&str, f64)]) -> Insert {
    let mut values = (kind.settings)();
    for (id, value) in settings {
        values.set(id, &Value::Number(*value)).unwrap();
    }
    Insert {
        assets: Vec::new(),
        id: kind.id.to_owned(),
        kind,
        settings: values,
        moving: Vec::new(),
        keys: Vec::new(),
        bypass: false,
    }
}

/// A value that moves through these frames.
pub fn lane(base: f64, points: &[(i64, f64)]) -> Curve {
    Curve { base, lanes: vec![points.to_vec()], bounds: (-200.0, 200.0) }
}

pub fn at_db(db: f64) -> Placement {
    Placement { fader: GainCurve(Curve::constant(db)), ..Placement::unity() }
}

pub fn graph(nodes: Vec<Node>, stems: &[NodeIndex]) -> Graph {
    let ends = nodes.iter().filter_map(|node| match &node.input {
        Input::Clips { clips, .. } => {
            clips.iter().map(|clip| (clip.at_frame + clip.length_frames as f64).ceil().max(0.0) as u64).max()
        }
        Input::Sum(_) => None,
    });
    Graph {
        rate_hz: 48_000,
        length_frames: ends.max().unwrap_or(0),
        tempo: Curve::constant(120.0),
        nodes,
        stems: stems.to_vec(),
        headroom: 1.0,
        master_inserts: Vec::new(),
    }
}

/// Left and right of a whole render.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Track {
    pub left: Vec<f32>,
    pub right: Vec<f32>,
}

impl Track {
    fn take(&mut self, signal: Signal<'_>) {
        self.left.extend(signal.left());
        self.right.extend(signal.right_or_only());
    }

    pub fn part(&self, from: usize, to: usize) -> Track {
        Track { left: self.left[from..to].to_vec(), right: self.right[from..to].to_vec() }
    }

    pub fn peak(&self) -> f32 {
        self.left.iter().chain(&self.right).fold(0.0, |peak, sample| peak.max(sample.abs()))
    }

    /// The loudest difference, in dBFS.
    pub fn differs_db(&self, other: &Track) -> f64 {
        assert_eq!(self.left.len(), other.left.len());
        let pairs = self.left.iter().zip(&other.left).chain(self.right.iter().zip(&other.right));
        let most = pairs.fold(0.0_f64, |most, (a, b)| most.max((f64::from(*a) - f64::from(*b)).abs()));
        20.0 * most.log10()
    }

    /// Every bit, for comparisons in which −0 is not 0.
    pub fn bits(&self) -> Vec<u32> {
        self.left.iter().chain(&self.right).map(|sample| sample.to_bits()).collect()
    }
}

impl From<Signal<'_>> for Track {
    fn from(signal: Signal<'_>) -> Self {
        let mut track = Track::default();
        track.take(signal);
        track
    }
}

/// Everything that a render gave.
#[derive(Clone, Debug, PartialEq)]
pub struct Render {
    pub mix: Track,
    pub dry: Track,
    pub stems: Vec<Track>,
    pub post_inserts: Vec<Track>,
    pub post_fader: Vec<Track>,
    pub sums: Vec<Track>,
}

/// Plays on to the end.
pub fn play_out(player: &mut Player<'_>, graph: &Graph, from: u64) -> Render {
    let tracks = |count: usize| vec![Track::default(); count];
    let mut render = Render {
        mix: Track::default(),
        dry: Track::default(),
        stems: tracks(graph.stems.len()),
        post_inserts: tracks(graph.nodes.len()),
        post_fader: tracks(graph.nodes.len()),
        sums: tracks(graph.nodes.len()),
    };
    let mut at = from;
    while let Some(chunk) = player.next().unwrap() {
        assert_eq!(chunk.from_frame(), at, "chunks follow each other without a gap");
        assert!(chunk.frames() > 0);
        at += chunk.frames() as u64;
        render.mix.take(chunk.mix());
        render.dry.take(chunk.dry());
        render.stems.iter_mut().enumerate().for_each(|(index, stem)| stem.take(chunk.stem(index)));
        render.post_inserts.iter_mut().enumerate().for_each(|(node, tap)| tap.take(chunk.post_inserts(node)));
        render.post_fader.iter_mut().enumerate().for_each(|(node, tap)| tap.take(chunk.post_fader(node)));
        render.sums.iter_mut().enumerate().for_each(|(node, tap)| tap.take(chunk.sum(node)));
    }
    render
}

pub fn render_with(graph: &Graph, library: &dyn Library, options: &Options) -> Render {
    let mut player = Player::new(graph, library, options).unwrap();
    let length = player.length_frames();
    let render = play_out(&mut player, graph, options.from);
    assert_eq!(render.mix.left.len() as u64, length, "a render is as long as it said it would be");
    render
}

pub fn render(graph: &Graph, library: &dyn Library) -> Render {
    render_with(graph, library, &Options::default())
}
