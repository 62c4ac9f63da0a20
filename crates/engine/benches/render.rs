//! How fast a console plays: sources in memory, so that nothing but the engine is measured. Throughput is in frames of
//! the mix; divided by 48,000 it is the factor over real time.

use std::hint::black_box;
use std::sync::Arc;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use mixkeel_dsp::block::{Block, Buffer, Channels};
use mixkeel_dsp::catalog;
use mixkeel_engine::source::{Library, Source, SourceError};
use mixkeel_engine::{Options, Player};
use mixkeel_session::graph::{
    Clip, Curve, Edge, GainCurve, Graph, Input, Insert, Node, NodeIndex, Placement, Tap,
};

const RATE_HZ: u32 = 48_000;
/// Four minutes.
const SONG_FRAMES: u64 = 4 * 60 * 48_000;
/// What every track repeats: a second, so that all tracks together stay out of the caches like a real song.
const LOOP_FRAMES: usize = 48_000;

struct Loop(Arc<Buffer>);

struct Reading {
    sound: Arc<Buffer>,
    at: usize,
}

impl Library for Loop {
    fn open(&self, _file: &str) -> Result<Box<dyn Source>, SourceError> {
        Ok(Box::new(Reading { sound: Arc::new((*self.0).clone()), at: 0 }))
    }
}

impl Source for Reading {
    fn channels(&self) -> Channels {
        Channels::Stereo
    }

    fn seek(&mut self, frame: u64) -> Result<(), SourceError> {
        self.at = (frame % LOOP_FRAMES as u64) as usize;
        Ok(())
    }

    fn read(&mut self, into: &mut Block<'_>) -> Result<usize, SourceError> {
        let frames = into.frames().min(LOOP_FRAMES - self.at);
        for (into, from) in into.each().zip(self.sound.signal().each()) {
            into[..frames].copy_from_slice(&from[self.at..self.at + frames]);
        }
        self.at = (self.at + frames) % LOOP_FRAMES;
        Ok(frames)
    }
}

fn strip(id: String, input: Input, fader_db: f64, pan: f64) -> Node {
    let placement = Placement {
        fader: GainCurve(Curve::constant(fader_db)),
        pan: Curve::constant(pan),
        width: Curve::constant(1.0),
    };
    Node { id, input, channels: Channels::Stereo, inserts: Vec::new(), placement, silent: false }
}

fn edge(from: NodeIndex, gain_db: f64) -> Edge {
    Edge { from, tap: Tap::PostFader, gain: GainCurve(Curve::constant(gain_db)) }
}

fn tracks() -> Vec<Node> {
    let track = |number: usize| {
        let clip = Clip { file: String::new(), right: None, at_frame: 0.0, length_frames: SONG_FRAMES };
        let input = Input::Clips { clips: vec![clip], gain: 0.7 };
        strip(format!("track-{number:02}"), input, -6.0 + number as f64 / 4.0, number as f64 / 24.0 - 0.5)
    };
    (0..24).map(track).collect()
}

fn three_buses(mut nodes: Vec<Node>) -> Graph {
    for bus in 0..3 {
        let inputs = (bus * 8..bus * 8 + 8).map(|from| edge(from, 0.0)).collect();
        nodes.push(strip(format!("bus-{bus}"), Input::Sum(inputs), -1.0, 0.0));
    }
    Graph {
        rate_hz: RATE_HZ,
        length_frames: SONG_FRAMES,
        tempo: Curve::constant(120.0),
        nodes,
        stems: vec![24, 25, 26],
        headroom: 0.5,
        master_inserts: Vec::new(),
    }
}

fn with_sends() -> Graph {
    let mut nodes = tracks();
    if let Some(kind) = catalog::find("gain") {
        for node in &mut nodes {
            node.inserts.push(Insert {
                assets: Vec::new(),
                id: "gain-1".to_owned(),
                kind,
                settings: (kind.settings)(),
                moving: Vec::new(),
                keys: Vec::new(),
                bypass: false,
            });
        }
    }
    let mut graph = three_buses(nodes);
    for back in ["delay", "plate"] {
        graph.stems.push(graph.nodes.len());
        let sends = (0..24).map(|from| edge(from, -12.0)).collect();
        graph.nodes.push(strip(back.to_owned(), Input::Sum(sends), -3.0, 0.0));
    }
    graph
}

fn play(graph: &Graph, library: &Loop, seconds: u64) {
    let to = Some(seconds * u64::from(RATE_HZ));
    let Ok(mut player) = Player::new(graph, library, &Options { to, ..Options::default() }) else { return };
    while let Ok(Some(chunk)) = player.next() {
        black_box(chunk.mix().left());
        black_box(chunk.stem(0).left());
    }
}

fn renders(criterion: &mut Criterion) {
    let mut sound = Buffer::new(Channels::Stereo, LOOP_FRAMES);
    for channel in sound.block().each() {
        channel.iter_mut().enumerate().for_each(|(index, sample)| *sample = (index % 997) as f32 / 1_994.0);
    }
    let library = Loop(Arc::new(sound));
    let seconds = 30;
    let mut group = criterion.benchmark_group("render");
    group.sample_size(10).throughput(Throughput::Elements(seconds * u64::from(RATE_HZ)));
    let (plain, sends) = (three_buses(tracks()), with_sends());
    for threads in [1, 2] {
        let Ok(pool) = rayon::ThreadPoolBuilder::new().num_threads(threads).build() else { return };
        group.bench_function(format!("24 stereo tracks, 3 buses, {threads} threads"), |bencher| {
            bencher.iter(|| pool.install(|| play(&plain, &library, seconds)));
        });
        group.bench_function(
            format!("24 tracks with inserts and 2 sends each, {threads} threads"),
            |bencher| {
                bencher.iter(|| pool.install(|| play(&sends, &library, seconds)));
            },
        );
    }
    group.finish();
}

criterion_group!(benches, renders);
criterion_main!(benches);
