//! What comes in comes out: stems and their sum, unity, headroom, polarity, sends, mutes, clips, rides, and what happens
//! to what is not a number.

mod song;

use mixkeel_dsp::block::{Buffer, Channels};
use mixkeel_dsp::units::gain_from_db;
use mixkeel_engine::{CHUNK_FRAMES, EngineError, NotFinite, Options, Player, Taps};
use mixkeel_session::graph::{Curve, Edge, GainCurve, Input, Node, Placement, Tap};
use song::kinds::{BROKEN, PLAIN_GAIN, TAPE_LOOP};
use song::{Track, at_db, bus, clip, edge, graph, insert, lane, render, render_with, shelf, track};

const FRAMES: usize = 10_000;

/// Twelve stereo strips of noise at odd levels.
fn ensemble() -> (Vec<Node>, song::Shelf) {
    let names: Vec<String> = (10..22).map(|number| format!("track-{number}")).collect();
    let recordings: Vec<_> = names.iter().map(|name| (name.as_str(), Channels::Stereo, FRAMES)).collect();
    let nodes = names.iter().zip(0..).map(|(name, place)| Node {
        placement: Placement {
            fader: GainCurve(Curve::constant(f64::from(place) * 0.37 - 5.0)),
            pan: Curve::constant(f64::from(place) / 12.0 - 0.4),
            width: Curve::constant(0.8),
        },
        ..track(name, Channels::Stereo, FRAMES)
    });
    (nodes.collect(), shelf(&recordings))
}

#[test]
fn stems_sum_to_the_mix_bit_for_bit() {
    let (mut nodes, shelf) = ensemble();
    nodes.push(bus("bus-a", &[0, 1, 2, 3]));
    nodes.push(bus("bus-b", &[4, 5, 6]));
    let mut graph = graph(nodes, &[12, 13, 7, 8, 9, 10, 11]);
    graph.headroom = gain_from_db(-7.3);
    let render = render(&graph, &shelf);
    assert_eq!(render.mix, render.dry, "the master is empty");

    let exact = |side: fn(&Track) -> &Vec<f32>| -> Vec<f32> {
        (0..FRAMES)
            .map(|frame| render.stems.iter().map(|stem| f64::from(side(stem)[frame])).sum::<f64>() as f32)
            .collect()
    };
    assert_eq!(exact(|stem| &stem.left), render.mix.left);
    assert_eq!(exact(|stem| &stem.right), render.mix.right);

    // Anyone else's sum, in 32-bit float: under −120 dBFS (DESIGN §9).
    let naive = |side: fn(&Track) -> &Vec<f32>| -> Vec<f32> {
        (0..FRAMES).map(|frame| render.stems.iter().map(|stem| side(stem)[frame]).sum()).collect()
    };
    let naive = Track { left: naive(|stem| &stem.left), right: naive(|stem| &stem.right) };
    assert!(naive.differs_db(&render.mix) < -120.0);
}

#[test]
fn a_session_at_unity_is_the_recording() {
    let shelf = shelf(&[("one", Channels::Stereo, FRAMES)]);
    let graph = graph(vec![track("one", Channels::Stereo, FRAMES), bus("through", &[0])], &[1]);
    let taps = Taps { post_fader: true, post_inserts: true, sums: true };
    let render = render_with(&graph, &shelf, &Options { taps, ..Options::default() });
    let recording = Track::from(shelf.signal("one"));
    assert_eq!(render.mix, recording);
    assert_eq!(render.post_inserts[0].bits(), recording.bits(), "not even a zero changes its sign");
    assert_eq!(render.post_fader[0].bits(), recording.bits());
}

#[test]
fn a_mono_track_in_the_middle_is_three_decibels_down_on_both_sides() {
    let shelf = shelf(&[("one", Channels::Mono, FRAMES)]);
    let render = render(&graph(vec![track("one", Channels::Mono, FRAMES)], &[0]), &shelf);
    let half = std::f64::consts::FRAC_1_SQRT_2;
    let expected: Vec<f32> =
        shelf.signal("one").left().iter().map(|sample| (f64::from(*sample) * half) as f32).collect();
    // One rounding of the gain and one of the product, at half of full scale: 2^-24 of it.
    assert!(render.mix.differs_db(&Track { left: expected.clone(), right: expected }) < -144.0);
}

#[test]
fn headroom_is_the_same_mix_so_many_decibels_down() {
    let (mut nodes, shelf) = ensemble();
    nodes[3].inserts = vec![insert(&PLAIN_GAIN, &[("factor", 1.7)])];
    let stems: Vec<_> = (0..12).collect();
    let mut graph = graph(nodes, &stems);
    let loud = render(&graph, &shelf).mix;
    for headroom in [0.5, 0.125] {
        graph.headroom = headroom;
        let down = render(&graph, &shelf).mix;
        let scaled: Vec<f32> = loud.left.iter().map(|sample| sample * headroom as f32).collect();
        assert_eq!(down.left, scaled, "exact where the gain is a power of two");
    }
    graph.headroom = gain_from_db(-4.4);
    let down = render(&graph, &shelf).mix;
    let scale =
        |channel: &[f32]| channel.iter().map(|sample| (f64::from(*sample) * graph.headroom) as f32).collect();
    let scaled = Track { left: scale(&loud.left), right: scale(&loud.right) };
    // Twelve stems and two sums under 4.0, each rounded by 2^-24 of itself at most.
    assert!(down.differs_db(&scaled) < 20.0 * (14.0 * 4.0 * 0.5_f64.powi(24)).log10());
}

#[test]
fn a_polarity_pair_cancels_to_exact_zero() {
    let shelf = shelf(&[("in", Channels::Mono, FRAMES)]);
    let upright = track("in", Channels::Mono, FRAMES);
    let mut inverted = upright.clone();
    inverted.input = Input::Clips { clips: vec![clip("in", 0.0, FRAMES as u64)], gain: -1.0 };
    let render = render(&graph(vec![upright, inverted, bus("kick", &[0, 1])], &[2]), &shelf);
    assert_eq!(render.mix.peak(), 0.0);
}

#[test]
fn post_fader_sends_follow_fader_and_mute_and_pre_fader_sends_do_not() {
    let shelf = shelf(&[("vox", Channels::Stereo, FRAMES)]);
    let with = |tap, silent, fader_db| {
        let vox = Node { placement: at_db(fader_db), silent, ..track("vox", Channels::Stereo, FRAMES) };
        let plate = Node { input: Input::Sum(vec![edge(0, tap, -6.0)]), ..bus("plate", &[]) };
        render(&graph(vec![vox, plate], &[1, 0]), &shelf)
    };
    let dry = Track::from(shelf.signal("vox"));
    let scaled = |db: f64| -> Vec<f32> {
        dry.left.iter().map(|sample| (f64::from(*sample) * gain_from_db(db)) as f32).collect()
    };
    assert_eq!(with(Tap::PostInserts, false, -20.0).stems[0].left, scaled(-6.0));
    let muted = with(Tap::PostInserts, true, -20.0);
    assert_eq!(muted.stems[0].left, scaled(-6.0), "a pre-fader send outlives the mute");
    assert_eq!(muted.stems[1].bits(), vec![0; 2 * FRAMES], "the muted strip itself is exact silence");
    assert_eq!(with(Tap::PostFader, true, 0.0).stems[0].peak(), 0.0);
    let low = with(Tap::PostFader, false, -20.0).stems[0].clone();
    // The fader rounds once, the send once, at half of full scale.
    assert!(low.differs_db(&Track { left: scaled(-26.0), right: low.right.clone() }) < -144.0);
}

#[test]
fn a_mono_strip_ahead_of_its_fader_stands_on_both_sides() {
    let shelf = shelf(&[("di", Channels::Mono, FRAMES)]);
    let di = Node { silent: true, ..track("di", Channels::Mono, FRAMES) };
    let room = Node { input: Input::Sum(vec![edge(0, Tap::PostInserts, 0.0)]), ..bus("room", &[]) };
    assert_eq!(render(&graph(vec![di, room], &[1]), &shelf).mix, Track::from(shelf.signal("di")));
}

#[test]
fn clips_lie_where_they_are_put_and_are_cut_at_zero() {
    let shelf =
        shelf(&[("a", Channels::Stereo, 3_000), ("b", Channels::Mono, 2_000), ("c", Channels::Mono, 2_000)]);
    let mut strip = track("a", Channels::Stereo, 0);
    let mut pair = clip("b", 2_500.0, 2_000);
    pair.right = Some("c".to_owned());
    strip.input =
        Input::Clips { clips: vec![clip("a", -1_000.0, 3_000), pair, clip("b", 6_000.0, 2_000)], gain: 1.0 };
    let mix = render(&graph(vec![strip], &[0]), &shelf).mix;
    let (a, b, c) =
        (Track::from(shelf.signal("a")), Track::from(shelf.signal("b")), Track::from(shelf.signal("c")));
    assert_eq!(mix.left.len(), 8_000);
    assert_eq!(mix.part(0, 2_000), a.part(1_000, 3_000), "what lies ahead of zero is cut away");
    assert_eq!(mix.part(2_000, 2_500).peak(), 0.0);
    assert_eq!(mix.part(2_500, 4_500), Track { left: b.left.clone(), right: c.left }, "two files, two sides");
    assert_eq!(mix.part(4_500, 6_000).peak(), 0.0);
    assert_eq!(mix.part(6_000, 8_000), b, "one channel in a stereo strip is on both sides");
}

#[test]
fn clips_that_overlap_add_up() {
    let shelf = shelf(&[("a", Channels::Mono, 3_000)]);
    let mut strip = track("a", Channels::Mono, 0);
    strip.placement.pan = Curve::constant(-1.0);
    let again = clip("a", 1_000.0, 3_000);
    strip.input = Input::Clips { clips: vec![clip("a", 0.0, 3_000), again], gain: 1.0 };
    let mix = render(&graph(vec![strip], &[0]), &shelf).mix;
    let a = shelf.signal("a").left();
    let at = |frame: usize| a.get(frame).copied().unwrap_or(0.0);
    let expected: Vec<f32> =
        (0..4_000).map(|frame| at(frame) + if frame < 1_000 { 0.0 } else { at(frame - 1_000) }).collect();
    assert_eq!(mix.left, expected);
}

#[test]
fn a_shift_within_a_frame_moves_a_sine_by_its_phase() {
    let sine = |shift: f64| -> Vec<f32> {
        (0..FRAMES).map(|frame| (0.1 * (frame as f64 - shift)).sin() as f32 * 0.5).collect()
    };
    let mut shelf = song::Shelf::default();
    let mut recording = Buffer::new(Channels::Mono, FRAMES);
    recording.block().left().copy_from_slice(&sine(0.0));
    shelf.put("di", recording);
    let mut di = track("di", Channels::Mono, FRAMES);
    di.placement.pan = Curve::constant(-1.0);
    di.input = Input::Clips { clips: vec![clip("di", 12.3, FRAMES as u64)], gain: 1.0 };
    let mix = render(&graph(vec![di], &[0]), &shelf).mix;
    // Away from the ends of the recording, where the sinc would ring. The kernel's own claim is −110 dB.
    let (from, to) = (200, FRAMES - 200);
    let silence = Track { left: vec![0.0; to - from], right: vec![0.0; to - from] };
    let expected = Track { left: sine(12.3)[from..to].to_vec(), right: silence.right.clone() };
    assert!(mix.part(from, to).differs_db(&expected) < -110.0);
}

#[test]
fn rides_and_send_rides_are_heard_where_they_are_written() {
    let mut shelf = song::Shelf::default();
    let mut ones = Buffer::new(Channels::Stereo, FRAMES);
    ones.block().each().for_each(|channel| channel.fill(1.0));
    shelf.put("ones", ones);
    let ride = GainCurve(lane(-3.0, &[(1_280, 0.0), (6_400, 6.0)]));
    let mut ridden = track("ones", Channels::Stereo, FRAMES);
    ridden.placement.fader = ride.clone();
    ridden.inserts = vec![insert(&PLAIN_GAIN, &[])];
    ridden.inserts[0].moving.push(("factor".to_owned(), lane(1.0, &[(0, 0.0), (8_000, 1.0)])));
    let plain = track("ones", Channels::Stereo, FRAMES);
    let sent = Node {
        input: Input::Sum(vec![Edge { from: 1, tap: Tap::PostFader, gain: ride.clone() }]),
        ..bus("sent", &[])
    };
    let render = render(&graph(vec![ridden, plain, sent], &[0, 2]), &shelf);
    for frame in (0..9_000).step_by(64) {
        let expected = ride.at(frame as i64);
        assert_eq!(render.stems[1].left[frame], expected as f32, "exact on the grid");
        // A processor that jumps is told the value of the next point of the grid.
        let factor = 1.0 + ((frame + 64).min(8_000) as f64) / 8_000.0;
        let ridden = f64::from(render.stems[0].left[frame]);
        assert!((ridden / (expected * factor) - 1.0).abs() < 1e-6, "frame {frame}");
    }
    // Between two points of the grid a ride of 6 dB in 5,120 frames is a straight line within 0.001 dB of its curve.
    let between = f64::from(render.stems[1].left[3_000]) / ride.at(3_000);
    assert!((20.0 * between.log10()).abs() < 0.001);
}

#[test]
fn what_is_not_a_number_stops_at_the_strip_and_is_counted() {
    let shelf = shelf(&[("bad", Channels::Stereo, FRAMES), ("good", Channels::Stereo, FRAMES)]);
    let mut bad = track("bad", Channels::Stereo, FRAMES);
    bad.inserts = vec![insert(&BROKEN, &[("at_frame", 5_000.0)])];
    let graph = graph(vec![bad, track("good", Channels::Stereo, FRAMES)], &[0, 1]);
    let mut player = Player::new(&graph, &shelf, &Options::default()).unwrap();
    let render = song::play_out(&mut player, &graph, 0);
    assert_eq!(player.not_finite(), [NotFinite { strip: "bad".to_owned(), samples: 4 }]);
    assert_eq!(render.stems[0].left[5_000..5_003], [0.0; 3]);
    assert_eq!(render.stems[1], Track::from(shelf.signal("good")));
    assert_eq!(render.mix.left[5_000..5_003], render.stems[1].left[5_000..5_003]);
    assert!(render.mix.left.iter().all(|sample| sample.is_finite()));
}

#[test]
fn what_cannot_be_played_is_said_before_a_note_sounds() {
    let shelf = shelf(&[("a", Channels::Mono, 100)]);
    let error = |nodes, stems: &[usize], block_frames| {
        let graph = graph(nodes, stems);
        Player::new(&graph, &shelf, &Options { block_frames, ..Options::default() }).err()
    };
    let missing = error(vec![track("b", Channels::Mono, 100)], &[0], 512).unwrap();
    assert_eq!(missing.to_string(), "there is no such recording: b");
    assert_eq!(error(vec![bus("loop", &[0])], &[0], 512), Some(EngineError::Order("loop".to_owned())));
    assert_eq!(error(vec![], &[0], 512), Some(EngineError::Order("master".to_owned())));
    assert_eq!(error(vec![], &[], 31), Some(EngineError::BlockFrames(31)));
    assert_eq!(error(vec![], &[], 4_097), Some(EngineError::BlockFrames(4_097)));
    for chunk_frames in [0, CHUNK_FRAMES + 1] {
        let (nothing, options) = (graph(vec![], &[]), Options { chunk_frames, ..Options::default() });
        let refused = Player::new(&nothing, &shelf, &options).err();
        assert_eq!(refused, Some(EngineError::ChunkFrames(chunk_frames)));
    }
    let mut lost = track("a", Channels::Mono, 100);
    lost.inserts = vec![insert(&PLAIN_GAIN, &[])];
    lost.inserts[0].moving.push(("loudness".to_owned(), Curve::constant(0.0)));
    let error = error(vec![lost], &[0], 512).unwrap();
    assert_eq!(error.to_string(), "`plain-gain` on `a`: there is no parameter `loudness`");
    let mut unheard = track("b", Channels::Mono, 100);
    unheard.silent = true;
    let quiet = graph(vec![unheard], &[0]);
    assert_eq!(render(&quiet, &shelf).mix.peak(), 0.0, "a muted strip's recording is not even opened");
}

#[test]
fn a_processor_gets_its_recording_whole_and_at_every_restart() {
    let mut shelf = shelf(&[("a", Channels::Mono, FRAMES), ("tape", Channels::Mono, 2_500)]);
    shelf.put("too-long", Buffer::new(Channels::Mono, 61 * 48_000));
    let mut node = track("a", Channels::Mono, FRAMES);
    node.inserts =
        vec![mixkeel_session::graph::Insert { assets: vec!["tape".to_owned()], ..insert(&TAPE_LOOP, &[]) }];
    node.placement.pan = Curve::constant(-1.0);
    let mut graph = graph(vec![node], &[0]);
    let tape = shelf.signal("tape").left();
    for from in [0, 1_700] {
        let options = Options { from, ..Options::default() };
        let heard = render_with(&graph, &shelf, &options).mix.left;
        let wanted = tape.iter().cycle().skip(from as usize);
        assert!(heard[..5_000].iter().zip(wanted).all(|(heard, wanted)| heard == wanted), "from {from}");
    }
    for (file, why) in [("gone", "there is no such recording: gone"), ("too-long", "longer than the 60 s")] {
        graph.nodes[0].inserts[0].assets = vec![file.to_owned()];
        let refused = Player::new(&graph, &shelf, &Options::default()).err().unwrap();
        assert!(refused.to_string().contains(why), "{refused}");
    }
}
