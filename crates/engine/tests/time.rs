//! Everything is on time: latency on every path, keys, tails, parts of a song, checkpoints.

mod song;

use mixkeel_dsp::block::Channels;
use mixkeel_engine::{EngineError, Options, Player, Taps};
use mixkeel_session::graph::{GainCurve, Graph, Input, Node, Tap};
use song::kinds::{ECHO, LOOK_AHEAD, MINUS_KEY, PLAIN_GAIN};
use song::{
    Shelf, Track, at_db, bus, edge, graph, insert, lane, play_out, render, render_with, shelf, track,
};

const FRAMES: usize = 20_000;

fn look_ahead(frames: usize) -> mixkeel_session::graph::Insert {
    insert(&LOOK_AHEAD, &[("frames", frames as f64)])
}

/// Everything, in chunks that end within the song.
fn at_once() -> Options {
    let taps = Taps { post_fader: true, post_inserts: true, sums: true };
    Options { chunk_frames: 8_192, taps, ..Options::default() }
}

#[test]
fn parallel_paths_of_unequal_latency_null() {
    let shelf = shelf(&[("oh", Channels::Stereo, FRAMES)]);
    let plain = track("oh", Channels::Stereo, FRAMES);
    let mut late = plain.clone();
    late.inserts = vec![look_ahead(5_000), look_ahead(77)];
    if let Input::Clips { gain, .. } = &mut late.input {
        *gain = -1.0;
    }
    // One goes through two buses, of which one looks ahead as well; the other straight to the master.
    let mut nested = bus("nested", &[1]);
    nested.inserts = vec![look_ahead(123)];
    let graph = graph(vec![plain, late, nested, bus("outer", &[2])], &[3, 0]);
    let render = render_with(&graph, &shelf, &at_once());
    // A null of −140 dBFS is what we hold ourselves to; whole frames and signs leave nothing at all.
    assert_eq!(render.mix.peak(), 0.0);
    let recording = Track::from(shelf.signal("oh"));
    assert_eq!(
        render.stems[1], recording,
        "the early stem starts at zero, and ends where the recording ends"
    );
    assert_eq!(render.post_fader[0], recording, "taps are on time");
    assert_eq!(render.post_inserts[0], recording);
    assert_eq!(render.post_inserts[1], render.stems[0]);
    assert_eq!(render.post_inserts[2], render.stems[0]);
    assert_eq!(render.sums[2], render.stems[0], "what a bus is given is on time, ahead of its look-ahead");
    assert_eq!(render.sums[0], Track::default(), "a recording is given nothing");
}

#[test]
fn a_render_ends_when_nothing_is_heard_any_more_and_at_the_same_frame_from_anywhere() {
    let shelf = shelf(&[("vox", Channels::Stereo, FRAMES)]);
    let mut vox = track("vox", Channels::Stereo, FRAMES);
    // Half as loud every 100 frames, and told to last for 2,000, which are 120 dB.
    vox.inserts = vec![insert(&ECHO, &[("feedback", 0.5)])];
    let graph = graph(vec![vox], &[0]);
    let whole = render(&graph, &shelf);
    let played = |block_frames: usize, from: u64| {
        let chunk_frames = 16 * block_frames.min(1_024);
        let options = Options { block_frames, chunk_frames, from, while_heard: true, ..Options::default() };
        play_out(&mut Player::new(&graph, &shelf, &options).unwrap(), &graph, from)
    };
    let heard = played(512, 0);
    let frames = heard.mix.left.len();
    let least = mixkeel_dsp::units::gain_from_db(mixkeel_engine::HEARD_DBFS) as f32;
    assert!(frames > FRAMES && frames < whole.mix.left.len(), "{frames} of {}", whole.mix.left.len());
    assert!(
        whole.mix.left[frames..].iter().all(|sample| sample.abs() < least),
        "nothing that is heard is lost"
    );
    assert_eq!(heard.mix.left[..], whole.mix.left[..frames], "finding the end changes nothing");
    for (block_frames, from) in [(32, 0), (4_096, 0), (512, 7_001), (512, FRAMES as u64 + 1)] {
        let part = played(block_frames, from);
        assert_eq!(
            part.mix.left[..],
            heard.mix.left[from as usize..],
            "blocks of {block_frames} from {from}"
        );
    }
    // 24 dB down it is the same mix, so it ends at the same frame, after a chain that leaves it as it is too.
    let mut softer = Graph { headroom: 1.0 / 16.0, ..graph };
    let sixteenths: Vec<f32> = heard.mix.left.iter().map(|sample| sample / 16.0).collect();
    for master_inserts in [vec![], vec![look_ahead(2_222)]] {
        softer.master_inserts = master_inserts;
        let options = Options { while_heard: true, ..Options::default() };
        let down = play_out(&mut Player::new(&softer, &shelf, &options).unwrap(), &softer, 0);
        assert_eq!(down.mix.left, sixteenths);
    }
}

#[test]
fn sends_and_returns_wait_for_each_other() {
    let shelf = shelf(&[("vox", Channels::Stereo, FRAMES)]);
    let mut vox = track("vox", Channels::Stereo, FRAMES);
    vox.inserts = vec![look_ahead(400)];
    let mut back = Node { input: Input::Sum(vec![edge(0, Tap::PostInserts, 0.0)]), ..bus("back", &[]) };
    back.inserts = vec![look_ahead(999)];
    let render = render(&graph(vec![vox, back], &[1, 0]), &shelf);
    assert_eq!(render.stems[0], render.stems[1]);
    assert_eq!(render.stems[0], Track::from(shelf.signal("vox")));
}

#[test]
fn a_chain_on_the_master_moves_nothing() {
    let shelf = shelf(&[("mix", Channels::Stereo, FRAMES)]);
    let mut graph = graph(vec![track("mix", Channels::Stereo, FRAMES)], &[0]);
    graph.master_inserts = vec![look_ahead(2_222), insert(&PLAIN_GAIN, &[("factor", 0.5)])];
    let render = render_with(&graph, &shelf, &at_once());
    let recording = Track::from(shelf.signal("mix"));
    let half = |channel: &[f32]| channel.iter().map(|sample| sample / 2.0).collect();
    assert_eq!(render.mix, Track { left: half(&recording.left), right: half(&recording.right) });
    assert_eq!(render.dry, recording);
    assert_eq!(render.stems[0], recording);
    assert_eq!(render.post_fader[0], recording);
}

#[test]
fn a_bypassed_insert_leaves_its_latency() {
    let shelf = shelf(&[("a", Channels::Stereo, FRAMES)]);
    let mut strip = track("a", Channels::Stereo, FRAMES);
    strip.inserts = vec![look_ahead(300), insert(&ECHO, &[])];
    strip.inserts.iter_mut().for_each(|insert| insert.bypass = true);
    let render = render(&graph(vec![strip], &[0]), &shelf);
    assert_eq!(render.mix, Track::from(shelf.signal("a")));
}

#[test]
fn keys_arrive_with_the_sound_that_they_key() {
    let shelf = shelf(&[("bass", Channels::Mono, FRAMES)]);
    // The key is later than the keyed, then earlier: the difference of the same sound is silence both times.
    for (key_latency, own_latency) in [(700, 30), (30, 700), (0, 0)] {
        let mut key = track("bass", Channels::Mono, FRAMES);
        key.inserts = vec![look_ahead(key_latency)];
        key.silent = true;
        let mut keyed = track("bass", Channels::Mono, FRAMES);
        keyed.inserts = vec![look_ahead(own_latency), insert(&MINUS_KEY, &[])];
        keyed.inserts[1].keys = vec![0];
        let render = render(&graph(vec![key, keyed], &[0, 1]), &shelf);
        assert_eq!(render.mix.peak(), 0.0, "latencies {key_latency} and {own_latency}");
    }
}

#[test]
fn rides_are_on_time_behind_latency() {
    let shelf = shelf(&[("a", Channels::Stereo, FRAMES)]);
    let mut prompt = track("a", Channels::Stereo, FRAMES);
    prompt.placement.fader = GainCurve(lane(0.0, &[(3_000, 0.0), (9_000, -20.0)]));
    let mut late = prompt.clone();
    late.inserts = vec![look_ahead(1_001)];
    let render = render(&graph(vec![prompt, late], &[0, 1]), &shelf);
    assert_eq!(render.stems[0].bits(), render.stems[1].bits());
}

#[test]
fn the_render_ends_when_the_last_tail_has_rung_out() {
    let shelf = shelf(&[("snare", Channels::Stereo, 5_000)]);
    let snare = track("snare", Channels::Stereo, 5_000);
    let mut plate = Node { input: Input::Sum(vec![edge(0, Tap::PostFader, 0.0)]), ..bus("plate", &[]) };
    plate.inserts = vec![look_ahead(640), insert(&ECHO, &[])];
    let mut graph = graph(vec![snare, plate], &[1, 0]);
    let mix = render(&graph, &shelf).mix;
    // 2,000 frames are the echo's own word for its tail; look-ahead is taken off.
    assert_eq!(mix.left.len(), 7_000);
    // 19 rounds of an echo that halves.
    let end = mix.part(6_900, 7_000).peak();
    assert!(end > 0.0 && end < 0.5 * 2.0_f32.powi(-18), "{end}");
    graph.nodes[1].silent = true;
    assert_eq!(render(&graph, &shelf).mix.left.len(), 5_000, "a muted return does not ring");
    let past = Options { from: 4_000, to: Some(6_000), ..Options::default() };
    assert_eq!(render_with(&graph, &shelf, &past).mix.part(1_000, 2_000).peak(), 0.0);
    let none = Options { from: 4_000, to: Some(3_000), ..Options::default() };
    assert_eq!(render_with(&graph, &shelf, &none).mix.left.len(), 0);
}

/// Latency, keys, rides and fractions; with an echo, nothing is ever quite forgotten.
fn song_of_parts(echo: bool) -> (Graph, Shelf) {
    let shelf = shelf(&[("a", Channels::Mono, FRAMES), ("b", Channels::Stereo, FRAMES)]);
    let mut a = track("a", Channels::Mono, FRAMES);
    a.placement.pan = lane(0.0, &[(0, -0.5), (19_000, 0.9)]);
    if let Input::Clips { clips, .. } = &mut a.input {
        clips[0].at_frame = 100.25;
    }
    a.inserts = vec![look_ahead(321), insert(&PLAIN_GAIN, &[])];
    a.inserts[1].moving.push(("factor".to_owned(), lane(0.2, &[(0, 0.0), (15_000, 1.0)])));
    let mut b = track("b", Channels::Stereo, FRAMES);
    b.inserts = vec![insert(&MINUS_KEY, &[])];
    b.inserts[0].keys = vec![0];
    b.placement = at_db(-2.0);
    let mut sum = bus("sum", &[0, 1]);
    sum.inserts = vec![if echo { insert(&ECHO, &[]) } else { look_ahead(45) }];
    let mut graph = graph(vec![a, b, sum], &[2, 1]);
    graph.headroom = 0.8;
    graph.master_inserts = vec![look_ahead(10)];
    (graph, shelf)
}

#[test]
fn a_part_is_the_slice_of_the_whole() {
    for echo in [false, true] {
        let (graph, shelf) = song_of_parts(echo);
        let whole = render_with(&graph, &shelf, &at_once());
        let length = whole.mix.left.len();
        for (from, to) in [
            (0, 1),
            (1, 700),
            (63, 64),
            (777, 9_000),
            (8_192, 12_288),
            (12_345, length),
            (length - 1, length),
        ] {
            let options = Options { from: from as u64, to: Some(to as u64), block_frames: 333, ..at_once() };
            let part = render_with(&graph, &shelf, &options);
            let pairs = [(&part.mix, &whole.mix), (&part.dry, &whole.dry)].into_iter();
            let pairs = pairs.chain(part.stems.iter().zip(&whole.stems));
            let pairs = pairs.chain(part.post_inserts.iter().zip(&whole.post_inserts));
            for (part, whole) in pairs.chain(part.post_fader.iter().zip(&whole.post_fader)) {
                assert!(part.bits() == whole.part(from, to).bits(), "{from}..{to}, echo: {echo}");
            }
        }
    }
}

#[test]
fn a_render_resumed_from_a_checkpoint_is_the_same_render() {
    let (graph, shelf) = song_of_parts(true);
    let whole = render_with(&graph, &shelf, &at_once());
    let mut first = Player::new(&graph, &shelf, &at_once()).unwrap();
    for _ in 0..2 {
        first.next().unwrap();
        let checkpoint = first.checkpoint();
        for ahead in [0, 1, 3_000] {
            let from = checkpoint.frame() + ahead;
            let mut second = Player::new(&graph, &shelf, &Options { from, ..at_once() }).unwrap();
            second.resume(&checkpoint).unwrap();
            let rest = play_out(&mut second, &graph, from);
            assert!(rest.mix.bits() == whole.mix.part(from as usize, whole.mix.left.len()).bits());
            assert!(rest.post_inserts[1] == whole.post_inserts[1].part(from as usize, whole.mix.left.len()));
        }
        let early = Options { from: checkpoint.frame() - 1, ..at_once() };
        let refused = Player::new(&graph, &shelf, &early).unwrap().resume(&checkpoint);
        assert!(matches!(refused, Err(EngineError::Checkpoint(_))));
    }
    let (mut other, shelf) = song_of_parts(true);
    other.nodes[2].id = "another".to_owned();
    let refused = Player::new(&other, &shelf, &at_once()).unwrap().resume(&first.checkpoint());
    assert!(matches!(refused, Err(EngineError::Checkpoint(_))));
}
