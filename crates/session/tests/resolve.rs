//! What a session means: order, sums, solo and mute, time, channels.
#![allow(clippy::unwrap_used, clippy::panic)] // a test fails by panicking, its helpers too

use std::collections::BTreeMap;

use mixkeel_dsp::block::Channels;
use mixkeel_dsp::units::gain_from_db;
use mixkeel_session::graph::{Graph, Input, Tap};
use mixkeel_session::read::read;
use mixkeel_session::resolve::{MediaFacts, resolve};
use mixkeel_session::session::Session;

mod dice;

/// A band: two drums in a bus, a voice with a pre-fader and a post-fader send, and a return.
const BAND: &str = r#"
mixkeel = 1
rate_hz = 48000
[[bus]]
id = "drums"
[[bus]]
id = "music"
[[return]]
id = "plate"
[[return]]
id = "echo"
to = "music"
[[track]]
id = "kick"
bus = "drums"
clip = [{ file = "kick.wav" }]
[[track]]
id = "snare"
bus = "drums"
clip = [{ file = "snare.wav" }]
[[track]]
id = "vox"
clip = [{ file = "vox.wav" }]
send = [{ id = "wet", to = "plate", level_db = -6 }, { id = "cue", to = "echo", pre_fader = true }]
"#;

fn session(text: &str) -> Session {
    let reading = read(text);
    reading.session.unwrap_or_else(|| panic!("{:#?}", reading.problems))
}

/// Every recording there could be: 1,000 frames of mono, or 2,000 of stereo when its name says so.
struct Studio;

impl mixkeel_session::resolve::Media for Studio {
    fn facts(&self, file: &str) -> Option<MediaFacts> {
        let stereo = file.contains("stereo");
        let (channels, length_frames) =
            if stereo { (Channels::Stereo, 2000) } else { (Channels::Mono, 1000) };
        Some(MediaFacts { channels, length_frames })
    }
}

fn graph(session: &Session) -> Graph {
    resolve(session, &Studio).unwrap()
}

fn ids(graph: &Graph) -> Vec<&str> {
    graph.nodes.iter().map(|node| node.id.as_str()).collect()
}

/// Who is heard, with the mutes and solos switched on that are named.
fn heard(switches: &[&str]) -> Vec<String> {
    let mut session = session(BAND);
    for switch in switches {
        session.set(&switch.parse().unwrap(), mixkeel_dsp::param::Value::Switch(true)).unwrap();
    }
    let graph = graph(&session);
    let mut heard: Vec<String> =
        graph.nodes.iter().filter(|node| !node.silent).map(|node| node.id.clone()).collect();
    heard.sort();
    heard
}

#[test]
fn every_strip_comes_after_all_that_it_hears_and_the_stems_are_what_feeds_the_master() {
    let graph = graph(&session(BAND));
    assert_eq!(ids(&graph), ["kick", "snare", "vox", "drums", "echo", "plate", "music"]);
    let stems: Vec<&str> = graph.stems.iter().map(|&stem| graph.nodes[stem].id.as_str()).collect();
    assert_eq!(stems, ["drums", "music", "plate", "vox"]);
    let echo = &graph.nodes[4].input;
    let Input::Sum(edges) = echo else { panic!("a return is a sum") };
    assert_eq!((edges.len(), edges[0].from, edges[0].tap), (1, 2, Tap::PostInserts));
    let Input::Sum(plate) = &graph.nodes[5].input else { panic!("a return is a sum") };
    assert_eq!((plate[0].tap, plate[0].gain.at(0)), (Tap::PostFader, gain_from_db(-6.0)));
}

#[test]
fn solo_and_mute_silence_exactly_what_the_desk_would() {
    let all = ["drums", "echo", "kick", "music", "plate", "snare", "vox"];
    for (switches, wanted) in [
        (vec![], all.to_vec()),
        (vec!["kick/mute"], vec!["drums", "echo", "music", "plate", "snare", "vox"]),
        (vec!["drums/mute"], vec!["echo", "kick", "music", "plate", "snare", "vox"]),
        // A soloed track is heard through its bus; returns are always safe.
        (vec!["kick/solo"], vec!["drums", "echo", "kick", "plate"]),
        // A soloed bus brings its tracks along.
        (vec!["drums/solo"], vec!["drums", "echo", "kick", "plate", "snare"]),
        // A soloed track brings the bus behind the return that it feeds.
        (vec!["vox/solo"], vec!["echo", "music", "plate", "vox"]),
        // A soloed return brings what it hears.
        (vec!["echo/solo"], vec!["echo", "music", "plate", "vox"]),
        (vec!["kick/solo", "vox/solo"], vec!["drums", "echo", "kick", "music", "plate", "vox"]),
        // Mute is stronger than solo.
        (vec!["kick/solo", "kick/mute"], vec!["drums", "echo", "plate"]),
        (vec!["plate/mute"], vec!["drums", "echo", "kick", "music", "snare", "vox"]),
    ] {
        assert_eq!(heard(&switches), wanted, "{switches:?}");
    }
}

#[test]
fn mute_leaves_a_pre_fader_send_alone_and_another_solo_does_not() {
    let send_gain = |switch: &str| {
        let mut session = session(BAND);
        session.set(&switch.parse().unwrap(), mixkeel_dsp::param::Value::Switch(true)).unwrap();
        let graph = graph(&session);
        let echo = graph.nodes.iter().find(|node| node.id == "echo").unwrap();
        let Input::Sum(edges) = &echo.input else { panic!("a return is a sum") };
        edges[0].gain.at(0)
    };
    assert_eq!(send_gain("vox/mute"), 1.0);
    assert_eq!(send_gain("kick/solo"), 0.0);
}

#[test]
fn the_order_of_tables_in_the_file_changes_nothing() {
    for seed in 0..300 {
        let mut session = dice::session(seed);
        let straight = graph(&session);
        session.tracks.reverse();
        session.buses.reverse();
        session.returns.reverse();
        for track in &mut session.tracks {
            track.sends.reverse();
            track.lanes.reverse();
            // Clips on the same frame of the same file are one recording twice: their order means nothing either.
            track.clips.reverse();
        }
        let turned = graph(&session);
        assert_eq!(ids(&straight), ids(&turned));
        for (node, again) in straight.nodes.iter().zip(&turned.nodes) {
            let clip_times = |input: &Input| match input {
                Input::Clips { clips, .. } => clips.iter().map(|clip| clip.at_frame).collect(),
                Input::Sum(_) => Vec::new(),
            };
            assert_eq!(clip_times(&node.input), clip_times(&again.input));
            if let (Input::Sum(edges), Input::Sum(edges_again)) = (&node.input, &again.input) {
                assert_eq!(edges, edges_again);
            }
            assert_eq!(
                (&node.placement, &node.inserts, node.silent),
                (&again.placement, &again.inserts, again.silent)
            );
        }
        assert_eq!((straight.stems, straight.length_frames), (turned.stems, turned.length_frames));
    }
}

#[test]
fn whatever_is_heard_has_been_played_before() {
    for seed in 0..300 {
        let graph = graph(&dice::session(seed));
        for (index, node) in graph.nodes.iter().enumerate() {
            if let Input::Sum(edges) = &node.input {
                assert!(edges.iter().all(|edge| edge.from < index));
                assert!(edges.is_sorted_by_key(|edge| &graph.nodes[edge.from].id));
            }
            assert!(node.inserts.iter().flat_map(|insert| &insert.keys).all(|&key| key < index));
        }
    }
}

#[test]
fn recordings_lie_where_their_time_and_shift_put_them() {
    let text = "mixkeel = 1\nrate_hz = 44100\n[[track]]\nid = \"a\"\ntrim_db = 6\npolarity = \"inverted\"\nshift_ms = -0.25\n\
        clip = [{ file = \"late.wav\", at_s = 2 }, { file = \"early.wav\", at_s = -0.5 }, { file = \"also.wav\", at_s = 2 }]\n";
    let graph = graph(&session(text));
    let Input::Clips { clips, gain } = &graph.nodes[0].input else { panic!("a track plays clips") };
    let placed: Vec<(&str, f64)> = clips.iter().map(|clip| (clip.file.as_str(), clip.at_frame)).collect();
    // 44,100 frames a second; a quarter of a millisecond is 11.025 frames.
    assert_eq!(placed, [("early.wav", -22_061.025), ("also.wav", 88_188.975), ("late.wav", 88_188.975)]);
    assert_eq!(*gain, -gain_from_db(6.0));
    assert_eq!(graph.length_frames, 89_189, "the last frame is only partly covered, and counts");
}

#[test]
fn a_track_is_mono_only_when_all_its_recordings_are() {
    for (clips, channels) in [
        (r#"[{ file = "a.wav" }, { file = "b.wav", at_s = 1 }]"#, Channels::Mono),
        (r#"[{ file = "a.wav" }, { file = "stereo.wav", at_s = 1 }]"#, Channels::Stereo),
        (r#"[{ file = "l.wav", right = "r.wav" }]"#, Channels::Stereo),
    ] {
        let text = format!("mixkeel = 1\nrate_hz = 48000\n[[track]]\nid = \"a\"\nclip = {clips}\n");
        assert_eq!(graph(&session(&text)).nodes[0].channels, channels, "{clips}");
    }
    assert_eq!(graph(&session(BAND)).nodes[3].channels, Channels::Stereo, "buses are stereo");
}

#[test]
fn lanes_move_faders_sends_and_settings_within_their_ranges() {
    let text = r#"
mixkeel = 1
rate_hz = 1000e1
[[return]]
id = "plate"
[[track]]
id = "a"
fader_db = -3
send = [{ id = "wet", to = "plate", level_db = -20 }]
insert = [{ id = "drive", kind = "gain", gain_db = 20 }]
lane = [
    { id = "z", of = "fader_db", points = [[0, 1], [1, 3]] },
    { id = "a", of = "fader_db", points = [[0, 20]] },
    { id = "b", of = "wet/level_db", points = [[0, 0], [1, 10]] },
    { id = "c", of = "drive/gain_db", points = [[0, 0], [1, 9]] },
]
"#;
    let graph = graph(&session(&text.replace("1000e1", "10000")));
    let fader = &graph.nodes[0].placement.fader.0;
    assert_eq!((fader.lanes.len(), fader.at(0)), (2, 12.0), "18 dB would be above the fader's end");
    let Input::Sum(edges) = &graph.nodes[1].input else { panic!("a return is a sum") };
    assert_eq!(edges[0].gain.at(5_000), gain_from_db(-15.0));
    let (parameter, curve) = &graph.nodes[0].inserts[0].moving[0];
    assert_eq!((parameter.as_str(), curve.at(0), curve.at(10_000)), ("gain_db", 20.0, 24.0));
}

#[test]
fn the_tempo_steps_and_does_not_glide() {
    let text = "mixkeel = 1\nrate_hz = 48000\n[song]\ntempo = [[0, 92.1], [1, 120.3], [2, 60]]\n";
    let tempo = graph(&session(text)).tempo;
    for (frame, bpm) in
        [(-9, 92.1), (0, 92.1), (47_999, 92.1), (48_000, 120.3), (95_999, 120.3), (96_000, 60.0)]
    {
        assert_eq!(tempo.at(frame), bpm, "at frame {frame}");
    }
    assert_eq!(graph(&session(BAND)).tempo.at(0), 120.0);
}

#[test]
fn a_missing_recording_is_named_with_its_place() {
    let media =
        BTreeMap::from([("kick.wav".to_owned(), MediaFacts { channels: Channels::Mono, length_frames: 1 })]);
    let faults = resolve(&session(BAND), &media).unwrap_err();
    let said: Vec<String> = faults.iter().map(ToString::to_string).collect();
    assert_eq!(
        said,
        [
            "track[1].clip[0].file: the recording `snare.wav` is not there",
            "track[2].clip[0].file: the recording `vox.wav` is not there",
        ]
    );
}

#[test]
fn a_key_that_goes_round_is_refused() {
    let text = BAND.replace(
        "id = \"kick\"\n",
        "id = \"kick\"\ninsert = [{ id = \"duck\", kind = \"gain\", keys = [\"drums\"] }]\n",
    );
    let problems = read(&text).problems;
    assert_eq!(problems[0].message, "sound goes round in a circle: kick → drums → kick");
}
