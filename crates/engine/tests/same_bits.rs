//! The same song gives the same bytes: on any number of threads, in blocks of any size, whatever order its tracks are
//! written in, on every run.

mod song;

use mixkeel_dsp::block::Channels;
use mixkeel_dsp::catalog;
use mixkeel_dsp::param::Value;
use mixkeel_engine::{CHUNK_FRAMES, Options, Player, Taps};
use mixkeel_session::graph::{GainCurve, Graph, Input, Tap};
use mixkeel_session::resolve::{MediaFacts, resolve};
use mixkeel_session::session::{Bus, Clip, Lane, Master, Return, Send, Session, Song, StripSettings, Track};
use song::kinds::{ECHO, LOOK_AHEAD, MINUS_KEY, PLAIN_GAIN};
use song::{Render, Shelf, bus, edge, graph, insert, lane, play_out, render_with, shelf, track};

/// Everything that a console has: mono and stereo, buses in buses, sends of both kinds, a return, rides, keys, look-ahead,
/// echoes, a fraction of a frame, and a chain on the master.
fn busy_song() -> (Graph, Shelf) {
    let frames = 21_000;
    let shelf = shelf(&[
        ("bass", Channels::Mono, frames),
        ("drums", Channels::Stereo, frames),
        ("keys", Channels::Stereo, 9_000),
        ("vox", Channels::Mono, frames - 777),
    ]);
    let mut bass = track("bass", Channels::Mono, frames);
    bass.inserts = vec![insert(&LOOK_AHEAD, &[("frames", 333.0)]), insert(&MINUS_KEY, &[])];
    let mut drums = track("drums", Channels::Stereo, frames);
    drums.placement.width = lane(1.0, &[(3_000, 0.0), (8_000, 0.6)]);
    drums.inserts = vec![insert(&PLAIN_GAIN, &[])];
    drums.inserts[0].moving.push(("factor".to_owned(), lane(0.5, &[(100, 0.0), (12_345, 0.5)])));
    let mut keys = track("keys", Channels::Stereo, 9_000);
    if let Input::Clips { clips, gain } = &mut keys.input {
        clips[0].at_frame = 4_321.4;
        *gain = -0.7;
    }
    let mut vox = track("vox", Channels::Mono, frames - 777);
    vox.placement.fader = GainCurve(lane(-2.0, &[(0, 0.0), (5_001, 4.0), (5_002, -6.0), (15_000, 1.0)]));
    vox.placement.pan = lane(0.1, &[(9_000, 0.0), (9_500, -0.8)]);
    vox.inserts = vec![insert(&ECHO, &[])];
    let mut band = bus("band", &[0, 2]);
    band.inserts = vec![insert(&LOOK_AHEAD, &[("frames", 64.0)])];
    let plate = mixkeel_session::graph::Node {
        input: Input::Sum(vec![
            edge(1, Tap::PostFader, -9.0),
            mixkeel_session::graph::Edge {
                from: 3,
                tap: Tap::PostInserts,
                gain: GainCurve(lane(-12.0, &[(2_000, 0.0), (7_777, 9.0)])),
            },
        ]),
        inserts: vec![insert(&ECHO, &[("feedback", 0.7)])],
        ..bus("plate", &[])
    };
    let all = bus("all", &[4, 1]);
    let mut graph = graph(vec![bass, drums, keys, vox, band, plate, all], &[6, 5, 3]);
    graph.nodes[0].inserts[1].keys = vec![];
    graph.nodes[4].inserts.push(insert(&MINUS_KEY, &[]));
    graph.nodes[4].inserts[1].keys = vec![3];
    graph.headroom = 0.37;
    graph.master_inserts =
        vec![insert(&LOOK_AHEAD, &[("frames", 50.0)]), insert(&ECHO, &[("feedback", 0.1)])];
    (graph, shelf)
}

fn bits(render: &Render) -> Vec<Vec<u32>> {
    let tracks = [&render.mix, &render.dry].into_iter();
    tracks
        .chain(&render.stems)
        .chain(&render.post_inserts)
        .chain(&render.post_fader)
        .chain(&render.sums)
        .map(song::Track::bits)
        .collect()
}

/// In chunks that end within the song.
fn everything(block_frames: usize) -> Options {
    let taps = Taps { post_fader: true, post_inserts: true, sums: true };
    Options { block_frames, chunk_frames: 8_192, taps, ..Options::default() }
}

#[test]
fn on_any_number_of_threads() {
    let (graph, shelf) = busy_song();
    let on = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| render_with(&graph, &shelf, &everything(512)))
    };
    let alone = on(1);
    assert!(alone.mix.peak() > 0.1);
    for threads in [2, 16] {
        assert!(bits(&on(threads)) == bits(&alone), "{threads} threads");
    }
}

#[test]
fn in_blocks_of_any_size() {
    let (graph, shelf) = busy_song();
    let first = render_with(&graph, &shelf, &everything(512));
    for block_frames in [32, 33, 64, 500, 1_024, 4_096] {
        let other = render_with(&graph, &shelf, &everything(block_frames));
        assert!(bits(&other) == bits(&first), "blocks of {block_frames}");
    }
}

#[test]
fn in_chunks_of_any_size() {
    let (graph, shelf) = busy_song();
    let first = render_with(&graph, &shelf, &everything(512));
    for chunk_frames in [61, 1_000, 4_096, CHUNK_FRAMES] {
        let other = render_with(&graph, &shelf, &Options { chunk_frames, ..everything(500) });
        assert!(bits(&other) == bits(&first), "chunks of {chunk_frames}");
    }
}

#[test]
fn whatever_was_played_before() {
    let (graph, shelf) = busy_song();
    for preroll in [None, Some(500)] {
        let options = Options { preroll, ..everything(512) };
        let mut player = Player::new(&graph, &shelf, &options).unwrap();
        play_out(&mut player, &graph, 0);
        for (from, to) in [(9_000, Some(15_000)), (1_000, Some(4_000)), (12_000, None)] {
            player.seek(from, to);
            let again = play_out(&mut player, &graph, from);
            let made_for_it = render_with(&graph, &shelf, &Options { from, to, ..options.clone() });
            assert!(bits(&again) == bits(&made_for_it), "from {from} to {to:?}, preroll {preroll:?}");
        }
    }
}

#[test]
fn whatever_else_is_listened_to() {
    let (graph, shelf) = busy_song();
    let all = render_with(&graph, &shelf, &everything(512));
    let stems = render_with(&graph, &shelf, &Options::default());
    assert_eq!(stems.mix.bits(), all.mix.bits());
    assert_eq!(stems.stems, all.stems);
}

fn written(id: &str, pan: f64) -> Track {
    Track {
        clips: vec![Clip { file: id.to_owned(), right: None, at_s: 0.0 }],
        bus: if pan < 0.0 { "left-bus" } else { "master" }.to_owned(),
        trim_db: 1.3,
        shift_ms: pan,
        fader_db: -4.1,
        pan,
        sends: vec![Send {
            id: "send-plate".into(),
            to: "plate".into(),
            level_db: -7.7,
            pre_fader: pan > 0.5,
        }],
        lanes: vec![Lane {
            id: "lift".into(),
            of: "fader_db".into(),
            by: None,
            because: None,
            points: vec![(0.01, 0.0), (0.1, 2.0)],
        }],
        ..Track::at_unity(id, id)
    }
}

#[test]
fn in_whatever_order_the_tracks_are_written() {
    let ids = ["kick", "snare", "oh", "gtr-1", "gtr-2", "vox"];
    let recordings: Vec<_> = ids.iter().map(|&id| (id, Channels::Mono, 9_600)).collect();
    let shelf = shelf(&recordings);
    let facts = MediaFacts { channels: Channels::Mono, length_frames: 9_600 };
    let media = ids.iter().map(|id| ((*id).to_owned(), facts)).collect::<std::collections::BTreeMap<_, _>>();
    let mut session = Session {
        title: "Any order".to_owned(),
        rate_hz: 48_000,
        focus: Vec::new(),
        song: Song::default(),
        sections: Vec::new(),
        goals: Vec::new(),
        references: Vec::new(),
        finish: mixkeel_session::finish::Finish::default(),
        buses: vec![Bus { id: "left-bus".into(), to: "master".into(), strip: StripSettings::default() }],
        returns: vec![Return { id: "plate".into(), to: "master".into(), strip: StripSettings::default() }],
        tracks: ids.iter().zip(-3..).map(|(id, place)| written(id, f64::from(place) / 3.0)).collect(),
        master: Master { headroom_db: -2.5, inserts: Vec::new(), lock: Vec::new() },
    };
    let play = |session: &Session| render_with(&resolve(session, &media).unwrap(), &shelf, &everything(512));
    let first = play(&session);
    assert!(first.mix.peak() > 0.1);
    for _ in 0..3 {
        session.tracks.rotate_left(1);
        session.tracks.swap(0, 3);
        assert!(bits(&play(&session)) == bits(&first));
    }
}

#[test]
fn a_tempo_that_steps_moves_echoes_at_the_same_frame_in_blocks_of_any_size() {
    let shelf = shelf(&[("vox", Channels::Stereo, 30_000)]);
    let mut vox = track("vox", Channels::Stereo, 30_000);
    vox.inserts = vec![insert(catalog::find("delay").unwrap(), &[("feedback_percent", 20.0)])];
    vox.inserts[0].settings.set("note", &Value::Word("1/16 triplet".to_owned())).unwrap();
    let mut graph = graph(vec![vox], &[0]);
    // Within a cell of the grid.
    graph.tempo = lane(180.0, &[(9_000, 0.0), (9_000, -70.0), (20_111, -70.0), (20_111, 15.0)]);
    let wanted = render_with(&graph, &shelf, &everything(512));
    for block_frames in [32, 100, 1_000, 4_096] {
        assert!(
            bits(&render_with(&graph, &shelf, &everything(block_frames))) == bits(&wanted),
            "{block_frames}"
        );
    }
    graph.tempo = lane(180.0, &[]);
    assert!(bits(&render_with(&graph, &shelf, &everything(512))) != bits(&wanted));
}
