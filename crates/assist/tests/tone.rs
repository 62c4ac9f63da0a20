//! Tone, movement and space: for every rule a song in which it has something to do, and one in which it has nothing.

#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "what is missing fails the test"
)]

mod snapshot;

use std::f64::consts::TAU;

use mixkeel_analysis::bands::CENTRES_HZ;
use mixkeel_analysis::loudness::LoudnessMeter;
use mixkeel_analysis::meter::Meter;
use mixkeel_analysis::profile::ProfileMeter;
use mixkeel_analysis::space::Estimate;
use mixkeel_assist::forecast::Forecast;
use mixkeel_assist::roles::NameGuess;
use mixkeel_assist::rule;
use mixkeel_assist::rules::eq::role_shape::SHAPES;
use mixkeel_assist::rules::space::depth::{self, WET_RE_MIX_LU};
use mixkeel_assist::song::{Song, TrackFacts};
use mixkeel_assist::start::Start;
use mixkeel_assist::things::settled;
use mixkeel_dsp::block::{Block, Channels, Signal};
use mixkeel_dsp::param::Value;
use mixkeel_dsp::processor::{Context, Report, Setup};
use mixkeel_dsp::units::{db_from_power, gain_from_db, power_from_db};
use mixkeel_session::apply::apply;
use mixkeel_session::edit::{Edit, Sureness};
use mixkeel_session::role::Role;
use mixkeel_session::session::{Bus, Clip, Insert, Master, Section, Session, StripSettings, Track};
use snapshot::snapshot;

const RATE: u32 = 44_100;
const SECONDS: f64 = 8.0;

fn wave(of: impl Fn(f64) -> f64) -> Vec<f32> {
    (0..(SECONDS * f64::from(RATE)) as usize).map(|n| of(n as f64 / f64::from(RATE)) as f32).collect()
}

/// Noise that is the same in every run.
fn noise() -> Vec<f64> {
    let mut state = 7_u32;
    let mut next = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        f64::from(state >> 8) / 8_388_608.0 - 1.0
    };
    (0..(SECONDS * f64::from(RATE)) as usize).map(|_| next()).collect()
}

/// Seven sines in every octave, which together hold these levels, while `on` says how much of it there is.
fn octaves(levels_db: &[f64; 10], on: impl Fn(f64) -> f64) -> Vec<f32> {
    let mut sum = vec![0.0_f64; (SECONDS * f64::from(RATE)) as usize];
    for (centre, level) in CENTRES_HZ.iter().zip(levels_db) {
        for k in 0..7 {
            let step = TAU * centre * libm::exp2((f64::from(k) - 3.0) / 7.5) / f64::from(RATE);
            let amplitude = gain_from_db(*level) * (2.0_f64 / 7.0).sqrt();
            // A pointer that turns by one step a frame.
            let (mut x, mut y) =
                (amplitude * libm::cos(f64::from(k * k)), amplitude * libm::sin(f64::from(k * k)));
            let (cos, sin) = (libm::cos(step), libm::sin(step));
            for place in &mut sum {
                *place += y;
                (x, y) = (x * cos - y * sin, x * sin + y * cos);
            }
        }
    }
    sum.iter().enumerate().map(|(n, x)| (0.2 * x * on(n as f64 / f64::from(RATE))) as f32).collect()
}

fn steady(_: f64) -> f64 {
    1.0
}

/// Strokes of a drum, two a second, each as loud as `level_db` says.
fn strokes(hz: f64, level_db: impl Fn(usize) -> f64) -> Vec<f32> {
    wave(|s| {
        let (stroke, since) = ((s / 0.5) as usize, s % 0.5);
        gain_from_db(level_db(stroke)) * libm::exp(-since / 0.06) * libm::sin(TAU * hz * since)
    })
}

/// A song of these tracks, all at unity but for what their loudness needs to stand at −23 LUFS.
fn song(parts: &[(&str, Role, Vec<f32>)]) -> (Song, Session) {
    let (mut facts, mut tracks) = (Vec::new(), Vec::new());
    for (id, role, sound) in parts {
        let mut meter = ProfileMeter::new(RATE, Channels::Mono);
        meter.push(&Signal::mono(sound));
        let guess = NameGuess {
            role: *role,
            sureness: Sureness::Certain,
            matched: Vec::new(),
            rest: Vec::new(),
            side: None,
            number: None,
        };
        let one = TrackFacts::new(id, id, &guess, 0.0, meter.finish());
        let trim_db = -23.0 - one.loudness_lufs().expect("it sounds");
        facts.push(one);
        let clips = vec![Clip { file: format!("{id}.wav"), right: None, at_s: 0.0 }];
        let bus = if *role == Role::Unknown { "master" } else { "band" };
        tracks.push(Track { clips, role: *role, trim_db, bus: bus.to_owned(), ..Track::at_unity(*id, *id) });
    }
    let focus = parts.iter().filter(|(_, role, _)| *role == Role::LeadVocal).map(|(id, ..)| (*id).to_owned());
    let session = Session {
        title: "Song".to_owned(),
        rate_hz: RATE,
        focus: focus.collect(),
        song: Default::default(),
        sections: Vec::new(),
        buses: vec![Bus { id: "band".to_owned(), to: "master".to_owned(), strip: StripSettings::default() }],
        returns: Vec::new(),
        tracks,
        master: Master::default(),
        goals: Vec::new(),
        references: Vec::new(),
        finish: mixkeel_session::finish::Finish::default(),
    };
    (
        Song {
            tracks: facts,
            related: Vec::new(),
            groups: Vec::new(),
            start: Start::Fresh,
            levels_count: 0.0,
            rough: None,
            heard: None,
            style: mixkeel_assist::style::PLAIN,
            keep: Vec::new(),
            intended: None,
        },
        session,
    )
}

fn proposed(id: &str, song: &Song, session: &Session) -> Vec<Edit> {
    let rule = rule(id).expect("there is such a rule");
    settled(id, session, rule.propose(song, session))
}

/// What one rule makes of a song; asked again, it wants nothing more.
fn after(id: &str, song: &Song, session: &Session) -> Session {
    let mut changed = session.clone();
    for edit in proposed(id, song, session) {
        assert!(!edit.because.is_empty() && edit.sureness > Sureness::Guess, "{edit:?}");
        apply(&mut changed, &edit).expect("what a rule wants can be done");
    }
    assert_eq!(proposed(id, song, &changed), [], "asked twice");
    changed
}

/// The same, and what the rule says is held against what it said before.
fn told(id: &str, song: &Song, session: &Session) -> Session {
    snapshot(id, &proposed(id, song, session));
    after(id, song, session)
}

fn insert<'s>(session: &'s Session, track: &str) -> Option<&'s Insert> {
    session.strip(track).expect("it is there").inserts.first()
}

fn number(insert: &Insert, path: &str) -> f64 {
    match insert.settings.get(path) {
        Some(Value::Number(number)) => number,
        other => panic!("{path} is {other:?}"),
    }
}

/// The octaves of a voice, with one of them changed.
fn voice(octave: usize, by_db: f64) -> [f64; 10] {
    let mut levels = SHAPES[0].octave_db;
    levels[octave] += by_db;
    levels
}

#[test]
fn rumble_under_a_voice_is_taken_away_and_neither_a_clean_voice_nor_a_low_one_is_cut() {
    let residue = |level_db: f64| {
        let (song, session) = song(&[("vox", Role::LeadVocal, octaves(&voice(0, level_db), steady))]);
        (after("eq/residue", &song, &session), proposed("eq/residue", &song, &session))
    };
    let (rumbling, said) = residue(14.0); // 2 % of the energy
    snapshot("eq/residue", &said);
    let cut = insert(&rumbling, "vox").expect("a low cut");
    assert_eq!(cut.settings.get("band.1/shape"), Some(Value::Word("low-cut".to_owned())));
    assert!((70.0..=80.0).contains(&number(cut, "band.1/freq_hz")), "{}", number(cut, "band.1/freq_hz"));
    assert!(insert(&residue(-20.0).0, "vox").is_none());
    assert!(insert(&residue(26.0).0, "vox").is_none(), "a quarter of the energy is no residue");
}

#[test]
fn what_rings_through_all_notes_is_taken_down_and_plain_sound_is_left() {
    let hiss = noise();
    // Two poles at 700 Hz.
    let (turn, r) = (TAU * 700.0 / f64::from(RATE), 0.995);
    let (mut one, mut two) = (0.0, 0.0);
    let ringing: Vec<f32> = hiss
        .iter()
        .map(|x| {
            let y = x + 2.0 * r * libm::cos(turn) * one - r * r * two;
            (two, one) = (one, y);
            (0.05 * x + 0.004 * y) as f32
        })
        .collect();
    let plain: Vec<f32> = hiss.iter().map(|x| (0.1 * x) as f32).collect();
    let (facts, session) = song(&[("snare", Role::Snare, ringing.clone()), ("toms", Role::Toms, plain)]);
    let cut = told("eq/resonances", &facts, &session);
    let eq = insert(&cut, "snare").expect("a cut");
    assert!((number(eq, "band.1/freq_hz") / 700.0 - 1.0).abs() < 0.03);
    assert!((-4.0..=-3.0).contains(&number(eq, "band.1/gain_db")) && number(eq, "band.1/q") >= 3.0);
    assert!(insert(&cut, "toms").is_none());
    // Keys dwell on notes: what stands out there may be meant.
    let (facts, session) = song(&[("keys", Role::Keys, ringing)]);
    assert_eq!(proposed("eq/resonances", &facts, &session), []);
}

#[test]
fn a_boomy_voice_is_brought_half_way_to_what_is_usual_and_a_usual_one_is_left() {
    let shaped = |octave: usize, by_db: f64| {
        let (song, session) = song(&[("vox", Role::LeadVocal, octaves(&voice(octave, by_db), steady))]);
        (after("eq/role-shape", &song, &session), proposed("eq/role-shape", &song, &session))
    };
    let (boomy, said) = shaped(3, 14.0);
    snapshot("eq/role-shape", &said);
    let eq = insert(&boomy, "vox").expect("a cut");
    assert_eq!(number(eq, "band.1/freq_hz"), 250.0);
    assert!((-3.0..=-2.0).contains(&number(eq, "band.1/gain_db")), "{}", number(eq, "band.1/gain_db"));
    assert!(insert(&shaped(3, 5.0).0, "vox").is_none(), "5 dB is the voice's own");
    let (dull, _) = shaped(8, -12.0);
    let eq = insert(&dull, "vox").expect("a lift");
    assert!(number(eq, "band.1/gain_db") > 0.9);
}

#[test]
fn a_wall_of_eight_parts_makes_room_all_together_and_in_more_than_one_place() {
    // Each is far under the voice; together they cover it from 250 Hz to 4 kHz.
    let wall = octaves(&[-40.0, -40.0, -30.0, 0.0, 0.0, 0.0, 0.0, 0.0, -30.0, -40.0], steady);
    let names = ["g1", "g2", "g3", "g4", "g5", "g6", "g7", "g8"];
    let mut parts = vec![("vox", Role::LeadVocal, octaves(&voice(4, 0.0), steady))];
    parts.extend(names.map(|name| (name, Role::ElectricGuitar, wall.clone())));
    let (facts, mut session) = song(&parts);
    session.tracks.iter_mut().skip(1).for_each(|track| track.fader_db = -8.0);
    let kept = |session: &Session| {
        let forecast = Forecast::of(&facts, session).expect("it is sound");
        let number = forecast.number("vox").expect("it sounds");
        let report = forecast.masking(&mixkeel_analysis::playback::REFERENCE, &[]);
        report.whole.tracks[number].masked_to_unmasked().expect("it is heard")
    };
    let made = after("eq/make-room", &facts, &session);
    for name in names {
        let room = insert(&made, name).unwrap_or_else(|| panic!("{name} covers it as much as the others"));
        assert!(number(room, "band.2/range_db") > 0.0, "{name} steps back in one place only");
    }
    let (before, now) = (kept(&session), kept(&made));
    assert!(now > before + 0.1, "{before:.2} of the voice was left, now {now:.2}");
}

#[test]
fn guitars_make_room_for_the_voice_only_where_that_is_heard() {
    let sings = |s: f64| if ((s / 1.5) as usize).is_multiple_of(2) { 1.0 } else { 0.0 };
    let mids = [-60.0, -60.0, -40.0, -20.0, -10.0, -6.0, -3.0, -6.0, -15.0, -30.0];
    let lows = [-20.0, -3.0, -6.0, -30.0, -60.0, -80.0, -80.0, -80.0, -80.0, -80.0];
    let band = |guitar: &[f64; 10]| {
        song(&[
            ("vox", Role::LeadVocal, octaves(&SHAPES[0].octave_db, sings)),
            ("gtr", Role::ElectricGuitar, octaves(guitar, steady)),
            ("who", Role::Unknown, octaves(&mids, steady)),
        ])
    };
    let (facts, session) = band(&mids);
    let made = told("eq/make-room", &facts, &session);
    let eq = insert(&made, "gtr").expect("a cut on the guitar");
    assert_eq!((eq.kind.id, eq.keys.as_slice()), ("dynamic-eq", ["vox".to_owned()].as_slice()));
    assert!((500.0..5_000.0).contains(&number(eq, "band.1/freq_hz")));
    assert!((1.0..=6.0).contains(&number(eq, "band.1/range_db")));
    assert!(insert(&made, "who").is_none(), "what nobody knows is left alone");
    let of_voice = made.strip("vox").expect("it is there").inserts.first();
    assert!(of_voice.is_none_or(|eq| number(eq, "band.1/gain_db") > 0.0), "the voice is never cut");
    // The rendered effect, as far as the forecast tells it: the voice keeps more.
    let kept = |session: &Session| {
        let forecast = Forecast::of(&facts, session).expect("it is whole");
        let report = forecast.masking(&mixkeel_analysis::playback::REFERENCE, &[]);
        let voice = forecast.number("vox").expect("it sounds");
        report.whole.tracks[voice].masked_to_unmasked().expect("it sounds")
    };
    assert!(kept(&made) > kept(&session) + 0.005, "{} {}", kept(&made), kept(&session));
    let (facts, session) = band(&lows);
    let without: Vec<Edit> = proposed("eq/make-room", &facts, &session)
        .into_iter()
        .filter(|edit| edit.address.strip == "gtr")
        .collect();
    assert_eq!(without, [], "a sound in the lows is not in the way");
}

/// What a session's compressor makes of a sound, and the most that it turns down.
fn compressed(insert: &Insert, sound: &[f32], trim_db: f64) -> (Vec<f32>, f64) {
    let gain = gain_from_db(trim_db) as f32;
    let mut out: Vec<f32> = sound.iter().map(|x| x * gain).collect();
    let frames = out.len();
    let mut compressor = (insert.kind.build)();
    compressor.prepare(&Setup { rate_hz: RATE, channels: Channels::Mono, max_block_frames: frames });
    compressor.set(&*insert.settings);
    compressor.process(&mut Block::mono(&mut out), &[], &Context { frame: 0, tempo_bpm: 120.0 });
    let mut report = Report::default();
    compressor.report(&mut report);
    (out, report.gain_reduction_db)
}

fn loudness(sound: &[f32]) -> f64 {
    let mut meter = LoudnessMeter::new();
    meter.prepare(RATE, Channels::Mono);
    meter.push(&Signal::mono(sound));
    meter.finish().integrated_lufs.expect("it sounds")
}

#[test]
fn uneven_parts_are_evened_out_as_far_as_was_said_and_stay_as_loud() {
    let uneven = |s: f64| gain_from_db(if ((s / 0.5) as usize).is_multiple_of(3) { 0.0 } else { -11.0 });
    let sound = octaves(&SHAPES[0].octave_db, uneven);
    let drum = strokes(180.0, |stroke| if stroke % 2 == 0 { -6.0 } else { -15.0 });
    let (facts, session) = song(&[
        ("vox", Role::LeadVocal, sound.clone()),
        ("even", Role::BackingVocal, octaves(&SHAPES[0].octave_db, steady)),
        ("snare", Role::Snare, drum),
        ("sample", Role::Snare, strokes(200.0, |_| -6.0)),
    ]);
    let evened = told("dynamics/by-crest-and-role", &facts, &session);
    let compressor = insert(&evened, "vox").expect("a compressor");
    let trim_db = session.tracks[0].trim_db;
    let (out, most_db) = compressed(compressor, &sound, trim_db);
    assert!((3.0..6.5).contains(&most_db), "4 dB at the loud notes, not {most_db}");
    assert!((loudness(&out) + 23.0).abs() < 0.4, "as loud as before, not {}", loudness(&out) + 23.0);
    assert!(insert(&evened, "snare").is_some());
    assert!(insert(&evened, "even").is_none() && insert(&evened, "sample").is_none());
    let exported = Song { start: Start::Tracks, ..facts };
    assert_eq!(proposed("dynamics/by-crest-and-role", &exported, &session), []);
}

#[test]
fn the_bass_steps_back_under_the_kick_where_they_meet() {
    let kick = strokes(60.0, |_| -3.0);
    let bass = |gate: fn(f64) -> f64| {
        wave(move |s| 0.3 * gate(s) * (libm::sin(TAU * 55.0 * s) + 0.4 * libm::sin(TAU * 110.0 * s)))
    };
    let (facts, session) = song(&[("kick", Role::Kick, kick.clone()), ("bass", Role::Bass, bass(steady))]);
    let ducked = told("dynamics/kick-and-bass", &facts, &session);
    let eq = insert(&ducked, "bass").expect("a dynamic equaliser");
    assert_eq!(eq.keys, ["kick"]);
    assert!((40.0..=80.0).contains(&number(eq, "band.1/freq_hz")) && number(eq, "band.1/range_db") <= 3.0);
    assert!(number(eq, "band.1/release_ms") <= 500.0 / 3.0);
    let between = bass(|s| if (0.3..0.48).contains(&(s % 0.5)) { 1.0 } else { 0.0 });
    let (facts, session) = song(&[("kick", Role::Kick, kick), ("bass", Role::Bass, between)]);
    assert_eq!(proposed("dynamics/kick-and-bass", &facts, &session), []);
}

#[test]
fn sharp_consonants_are_softened_and_soft_ones_are_not() {
    let sung = |sharp: f64| {
        let vowel = octaves(&SHAPES[0].octave_db, |s| if s % 0.5 < 0.35 { 1.0 } else { 0.001 });
        let with_s = |(n, x): (usize, &f32)| {
            let s = n as f64 / f64::from(RATE);
            let hiss: f64 = (0..12).map(|k| libm::sin(TAU * (4_500.0 + 370.0 * f64::from(k)) * s)).sum();
            x + (sharp * if (0.36..0.48).contains(&(s % 0.5)) { hiss } else { 0.0 }) as f32
        };
        vowel.iter().enumerate().map(with_s).collect::<Vec<f32>>()
    };
    let (facts, session) =
        song(&[("sharp", Role::LeadVocal, sung(0.06)), ("soft", Role::BackingVocal, sung(0.003))]);
    let softened = told("dynamics/sibilance", &facts, &session);
    let de_esser = insert(&softened, "sharp").expect("a de-esser");
    assert!((2.0..=6.0).contains(&number(de_esser, "range_db")));
    assert!(insert(&softened, "soft").is_none());
}

#[test]
fn a_kit_is_tied_together_by_two_decibels_and_two_drums_are_not() {
    let kick = ("kick", Role::Kick, strokes(60.0, |stroke| if stroke % 2 == 0 { -3.0 } else { -40.0 }));
    let snare = ("snare", Role::Snare, strokes(200.0, |stroke| if stroke % 2 == 1 { -3.0 } else { -40.0 }));
    let hat = ("hat", Role::Hihat, strokes(5_000.0, |_| -9.0));
    let (facts, session) = song(&[kick.clone(), snare.clone(), hat]);
    let glued = told("dynamics/glue", &facts, &session);
    let compressor = insert(&glued, "band").expect("a compressor on the bus");
    assert_eq!(number(compressor, "ratio"), 2.0);
    assert!((0.0..3.0).contains(&number(compressor, "makeup_db")));
    let (facts, session) = song(&[kick, snare]);
    assert_eq!(proposed("dynamics/glue", &facts, &session), []);
}

#[test]
fn reverb_is_as_loud_as_it_should_be_and_nothing_wet_gets_wetter() {
    let part = |id, role| (id, role, octaves(&SHAPES[0].octave_db, steady));
    let (mut facts, mut session) = song(&[
        part("vox", Role::LeadVocal),
        part("bgv", Role::BackingVocal),
        part("snare", Role::Snare),
        part("kick", Role::Kick),
        part("bass", Role::Bass),
    ]);
    session.song.tempo = vec![(0.0, 100.0)];
    let spaces = ["space/room", "space/hall", "space/plate", "space/echo"];
    let placed = spaces.iter().fold(session.clone(), |session, id| told(id, &facts, &session));
    let returns: Vec<&str> = placed.returns.iter().map(|one| one.id.as_str()).collect();
    assert_eq!(returns, ["room", "hall", "plate", "echo"]);
    for id in ["kick", "bass"] {
        assert!(placed.strip(id).expect("it is there").sends.is_empty(), "{id} is dry");
    }
    // All five tracks are as loud as each other, so the sends alone say how loud the reverb is beside the mix.
    let sent: f64 =
        placed.tracks.iter().flat_map(|track| &track.sends).map(|send| power_from_db(send.level_db)).sum();
    assert!((db_from_power(sent / 5.0) - WET_RE_MIX_LU).abs() < 0.3, "{}", db_from_power(sent / 5.0));
    // The effects give back about as much as they get.
    let forecast = Forecast::of(&facts, &placed).expect("it is whole");
    let wet = forecast.of_some((5..9).collect::<Vec<_>>()).integrated_lufs().expect("it rings");
    let mix = forecast.of_some(0..5).integrated_lufs().expect("it sounds");
    assert!((wet - mix - WET_RE_MIX_LU).abs() < 2.5, "{}", wet - mix);
    assert!(
        (number(&placed.returns[2].strip.inserts[0], "pre_delay_ms") - 37.5).abs() < 0.1,
        "a beat halved four times"
    );
    // Now the backing vocal comes from a church, and the lead says what is in it.
    let ratio = Estimate { value: 2.0, from: 1.0, to: 3.0, decays: 9 };
    facts.tracks[1].profile.character.space.direct_to_reverberant_db = Some(ratio);
    facts.tracks[0].name = "Vox + Reverb".to_owned();
    let wet = spaces.iter().fold(session.clone(), |session, id| after(id, &facts, &session));
    let returns: Vec<&str> = wet.returns.iter().map(|one| one.id.as_str()).collect();
    assert_eq!(returns, ["room"], "only the snare is left");
    assert_eq!(depth::amounts(&facts, &session).len(), 1);
    // What was put there for an earlier version goes when the recording turns out to be wet.
    let cleared = spaces.iter().fold(placed, |session, id| after(id, &facts, &session));
    assert_eq!(cleared.returns, wet.returns);
}

#[test]
fn a_flat_chorus_lifts_and_a_loud_one_is_left() {
    let flat = octaves(&SHAPES[0].octave_db, steady);
    let lifted = octaves(&SHAPES[0].octave_db, |s| if s < 4.0 { 0.6 } else { 1.0 });
    let sections = |session: &mut Session| {
        let section =
            |kind: &str, from_s, to_s| Section { id: kind.to_owned(), kind: kind.to_owned(), from_s, to_s };
        session.sections = vec![section("verse", 0.0, 4.0), section("chorus", 4.0, 7.5)];
    };
    let (facts, mut session) = song(&[("keys", Role::Keys, flat)]);
    assert_eq!(proposed("sections/lift", &facts, &session), [], "nobody knows where the chorus is");
    sections(&mut session);
    let lift = told("sections/lift", &facts, &session);
    let lane = &lift.buses[0].strip.lanes[0];
    assert_eq!((lane.id.as_str(), lane.points[1].1), ("lift", 1.5));
    assert!(lane.points[0].0 < 4.0 && lane.points[1].0 == 4.0);
    let (facts, mut session) = song(&[("keys", Role::Keys, lifted)]);
    sections(&mut session);
    assert_eq!(proposed("sections/lift", &facts, &session), []);
}

#[test]
fn a_line_that_is_lost_is_ridden_up_and_even_singing_is_not() {
    let sung = |third_db: f64| {
        octaves(&SHAPES[0].octave_db, move |s| match (s % 2.0 < 1.3, (s / 2.0) as usize) {
            (true, 2) => gain_from_db(third_db),
            (true, _) => 1.0,
            _ => 0.0,
        })
    };
    let keys = || ("keys", Role::Keys, octaves(&SHAPES[3].octave_db, steady));
    let (facts, session) = song(&[("vox", Role::LeadVocal, sung(-4.0)), keys()]);
    let ridden = told("sections/ride", &facts, &session);
    let lane = &ridden.tracks[0].lanes[0];
    assert_eq!((lane.id.as_str(), lane.of.as_str()), ("ride", "fader_db"));
    let most = lane.points.iter().map(|(_, db)| *db).fold(0.0, f64::max);
    assert!((2.0..=2.6).contains(&most), "{:?}", lane.points);
    assert!(lane.points.iter().any(|&(s, db)| db == most && (3.8..4.0).contains(&s)), "{:?}", lane.points);
    let (facts, session) = song(&[("vox", Role::LeadVocal, sung(-1.0)), keys()]);
    assert_eq!(proposed("sections/ride", &facts, &session), []);
}

/// The middle of the soft parts of a sound under its peak, in dB: how much stands between strokes.
fn tails_db(sound: &[f32]) -> f64 {
    let mut peaks: Vec<f64> = sound
        .chunks(441)
        .map(|some| f64::from(some.iter().fold(0.0_f32, |most, x| most.max(x.abs()))))
        .collect();
    peaks.sort_by(f64::total_cmp);
    db_from_power((peaks[peaks.len() / 2] / peaks[peaks.len() - 1]).powi(2))
}

#[test]
fn a_rock_kit_gets_a_crushed_copy_that_brings_up_its_tails_and_a_jazz_kit_does_not() {
    let drum = |hz, odd: bool| strokes(hz, move |stroke| if (stroke % 2 == 1) == odd { -3.0 } else { -40.0 });
    let (kick, snare) = (drum(60.0, false), drum(200.0, true));
    let parts = [
        ("kick", Role::Kick, kick),
        ("snare", Role::Snare, snare.clone()),
        ("hat", Role::Hihat, strokes(5_000.0, |_| -12.0)),
    ];
    let (mut facts, session) = song(&parts);
    assert_eq!(proposed("dynamics/parallel", &facts, &session), [], "nobody knows the style");
    facts.style = mixkeel_assist::style::find("jazz").expect("there is jazz");
    assert_eq!(proposed("dynamics/parallel", &facts, &session), []);
    facts.style = mixkeel_assist::style::find("rock").expect("there is rock");
    let laid = told("dynamics/parallel", &facts, &session);
    let copy = insert(&laid, "band").expect("a compressor on the bus");
    assert_eq!((number(copy, "mix_percent"), number(copy, "ratio")), (25.0, 10.0));
    let trim_db = session.tracks[1].trim_db;
    let before: Vec<f32> = snare.iter().map(|x| x * gain_from_db(trim_db) as f32).collect();
    let (out, _) = compressed(copy, &snare, trim_db);
    assert!(tails_db(&out) > tails_db(&before) + 1.5, "{} then {}", tails_db(&before), tails_db(&out));
    assert!(
        (loudness(&out) - loudness(&before)).abs() < 1.5,
        "{} then {}",
        loudness(&before),
        loudness(&out)
    );
    // After the glue it stands behind it, and both stay.
    let both = after("dynamics/parallel", &facts, &after("dynamics/glue", &facts, &session));
    assert_eq!(both.strip("band").expect("the kit's bus").inserts.len(), 2);
}

#[test]
fn a_microphone_is_shut_between_strokes_only_where_its_bleed_would_be_raised() {
    // A snare of uneven strokes, with the kick in its microphone so far under it.
    let snare_with = |bleed_db: f64| {
        let own = strokes(200.0, |stroke| match stroke % 4 {
            1 => -3.0,
            3 => -10.0,
            _ => -90.0,
        });
        let kick = strokes(60.0, move |stroke| if stroke % 2 == 0 { bleed_db } else { -90.0 });
        own.iter().zip(kick).map(|(own, kick)| own + kick).collect::<Vec<f32>>()
    };
    let kick = || ("kick", Role::Kick, strokes(60.0, |stroke| if stroke % 2 == 0 { -3.0 } else { -60.0 }));
    let at = |bleed_db: f64| song(&[kick(), ("snare", Role::Snare, snare_with(bleed_db))]);
    let (facts, session) = at(-26.0);
    let shut = told("repair/bleed", &facts, &session);
    let gate = insert(&shut, "snare").expect("a gate");
    let opens_dbfs = number(gate, "threshold_db") - session.tracks[1].trim_db;
    assert_eq!(gate.kind.id, "gate");
    assert!((-26.0..-12.0).contains(&opens_dbfs), "over the kick and under the soft strokes: {opens_dbfs}");
    assert!(insert(&shut, "kick").is_none(), "its strokes are even: nothing raises what is in it");
    let pressed = after("dynamics/by-crest-and-role", &facts, &shut);
    let kinds: Vec<&str> =
        pressed.strip("snare").expect("it is there").inserts.iter().map(|one| one.kind.id).collect();
    assert_eq!(kinds, ["gate", "compressor"]);
    // Too near to be told apart by level.
    let (facts, session) = at(-15.0);
    assert_eq!(proposed("repair/bleed", &facts, &session), []);
    // So far down that nobody hears it.
    let (facts, session) = at(-50.0);
    assert_eq!(proposed("repair/bleed", &facts, &session), []);
    // Ghost strokes of its own, each with one of the kick: of the kick's others there is nothing, so they are no bleed.
    let ghosts = strokes(200.0, |stroke| match stroke % 8 {
        1 | 5 => -3.0,
        3 | 7 => -10.0,
        2 => -26.0,
        _ => -90.0,
    });
    let (facts, session) = song(&[kick(), ("snare", Role::Snare, ghosts)]);
    assert_eq!(proposed("repair/bleed", &facts, &session), []);
}

fn sectioned(session: &mut Session, kinds: &[(&str, f64, f64)]) {
    let section = |(kind, from_s, to_s): &(&str, f64, f64)| Section {
        id: (*kind).to_owned(),
        kind: (*kind).to_owned(),
        from_s: *from_s,
        to_s: *to_s,
    };
    session.sections = kinds.iter().map(section).collect();
}

#[test]
fn a_band_steps_back_in_a_verse_that_leaves_the_voice_no_room() {
    let sung = |verse: f64| octaves(&SHAPES[0].octave_db, move |s| if s < 4.0 { verse } else { 1.0 });
    let keys = || ("keys", Role::Keys, octaves(&SHAPES[3].octave_db, steady));
    let at = |verse: f64| {
        let (facts, mut session) = song(&[("vox", Role::LeadVocal, sung(verse)), keys()]);
        // The voice has its own way to the master.
        session.tracks[0].bus = "master".to_owned();
        sectioned(&mut session, &[("verse", 0.0, 4.0), ("chorus", 4.0, 7.5)]);
        (facts, session)
    };
    let (facts, session) = at(gain_from_db(-1.2));
    let stepped = told("sections/verses", &facts, &session);
    assert!(stepped.tracks.iter().all(|track| track.lanes.is_empty()), "the voice stays as it is");
    let lane = &stepped.buses[0].strip.lanes[0];
    assert_eq!((lane.id.as_str(), lane.of.as_str()), ("room", "fader_db"));
    let least = lane.points.iter().map(|(_, db)| *db).fold(0.0, f64::min);
    assert!((-1.4..=-1.0).contains(&least), "{:?}", lane.points);
    assert!(lane.points.iter().all(|(s, db)| *db == 0.0 || *s <= 4.0), "{:?}", lane.points);
    let (facts, session) = at(1.0);
    assert_eq!(proposed("sections/verses", &facts, &session), []);
}

#[test]
fn a_bridge_that_is_like_what_goes_before_it_goes_deeper_and_another_is_left() {
    let at = |bridge: f64| {
        let keys = octaves(&SHAPES[3].octave_db, move |s| if s < 4.0 { 1.0 } else { bridge });
        let vox = octaves(&SHAPES[0].octave_db, steady);
        let (facts, mut session) = song(&[("vox", Role::LeadVocal, vox), ("keys", Role::Keys, keys)]);
        sectioned(&mut session, &[("chorus", 0.0, 4.0), ("bridge", 4.0, 7.5)]);
        (facts, session)
    };
    let (facts, session) = at(1.0);
    assert_eq!(proposed("sections/bridge", &facts, &session), [], "it is sent nowhere");
    let spaces = |facts: &Song, session: &Session| {
        ["space/hall", "space/plate"].iter().fold(session.clone(), |session, id| after(id, facts, &session))
    };
    let sent = spaces(&facts, &session);
    let deeper = told("sections/bridge", &facts, &sent);
    let lane = &deeper.tracks[0].lanes[0];
    assert_eq!((lane.id.as_str(), lane.of.as_str()), ("bridge", "send-plate/level_db"));
    assert_eq!(lane.points[1], (4.0, 3.0));
    let (facts, session) = at(0.1);
    assert_eq!(proposed("sections/bridge", &facts, &spaces(&facts, &session)), []);
}

#[test]
fn a_solo_comes_forward_while_the_voice_rests_and_one_that_is_in_front_is_left() {
    let during = |from_s: f64, to_s: f64| move |s: f64| if (from_s..to_s).contains(&s) { 1.0 } else { 0.0 };
    let at = |name: &'static str, fader_db: f64| {
        let (facts, mut session) = song(&[
            ("vox", Role::LeadVocal, octaves(&SHAPES[0].octave_db, during(0.0, 4.0))),
            (name, Role::ElectricGuitar, octaves(&SHAPES[0].octave_db, during(4.0, 8.0))),
            ("keys", Role::Keys, octaves(&SHAPES[0].octave_db, steady)),
        ]);
        session.focus = vec!["vox".to_owned()];
        session.tracks[1].fader_db = fader_db;
        sectioned(&mut session, &[("verse", 0.0, 4.0), ("solo", 4.0, 7.5)]);
        (facts, session)
    };
    let (facts, session) = at("lead-gtr", 0.8);
    let lost_phon = |session: &Session| {
        let forecast = Forecast::of(&facts, session).expect("it is sound");
        let number = forecast.number("lead-gtr").expect("it sounds");
        let report = forecast.masking(&mixkeel_analysis::playback::REFERENCE, &[]);
        report.whole.tracks[number].lost_phon()
    };
    let forward = told("sections/lead", &facts, &session);
    let lane = &forward.tracks[1].lanes[0];
    assert_eq!((lane.id.as_str(), lane.of.as_str()), ("lead", "fader_db"));
    let most = lane.points.iter().map(|(_, db)| *db).fold(0.0, f64::max);
    assert!((1.0..=3.0).contains(&most), "{:?}", lane.points);
    assert!(lane.points.iter().all(|(s, db)| *db == 0.0 || *s >= 4.0), "{:?}", lane.points);
    assert!(forward.tracks[0].lanes.is_empty() && forward.tracks[2].lanes.is_empty());
    let (before, now) = (lost_phon(&session), lost_phon(&forward));
    assert!(before > 10.5 && now < before - 0.8 * most, "{before} then {now} phon");
    // In front already; nobody says that it leads; the song is about it; and whose balance is kept has ridden it.
    let unmoved = |(facts, session): (Song, Session)| proposed("sections/lead", &facts, &session).is_empty();
    assert!(unmoved(at("lead-gtr", 12.0)) && unmoved(at("gtr", 0.8)));
    let (facts, mut session) = at("lead-gtr", 0.8);
    session.focus.push("lead-gtr".to_owned());
    assert!(unmoved((facts.clone(), session)));
    assert!(unmoved((Song { start: Start::Tracks, ..facts }, at("lead-gtr", 0.8).1)));
}
