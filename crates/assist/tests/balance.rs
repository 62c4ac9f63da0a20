//! The balance: what a rough mix says is read back, what is buried comes up, and recording levels mean nothing.

#![expect(clippy::expect_used, clippy::indexing_slicing, reason = "what is missing fails the test")]

mod snapshot;

use std::convert::Infallible;

use mixkeel_analysis::meter::Meter;
use mixkeel_analysis::profile::{Profile, ProfileMeter};
use mixkeel_assist::decide::{Decision, decide};
use mixkeel_assist::ear::{Ear, Heard};
use mixkeel_assist::forecast::Forecast;
use mixkeel_assist::roles::roles_from_names;
use mixkeel_assist::rough::Rough;
use mixkeel_assist::song::{Song, TrackFacts};
use mixkeel_assist::start::Start;
use mixkeel_dsp::block::{Block, Channels, Signal};
use mixkeel_dsp::catalog;
use mixkeel_dsp::kernels::placing;
use mixkeel_dsp::param::Value;
use mixkeel_dsp::processor::{Context, Setup};
use mixkeel_dsp::units::{db_from_power, gain_from_db, power_from_db};
use mixkeel_session::session::{Clip, Section, Session, Track};

const RATE: u32 = 44_100;
const SECONDS: usize = 8;

/// Noise through a band-pass of one pole each, beaten at its own pace: a part of its own.
fn part(seed: u32, low: f64, high: f64, beat_s: f64, gain_db: f64) -> Vec<f32> {
    let mut state = seed.wrapping_mul(2_654_435_761).wrapping_add(99);
    let (mut slow, mut fast) = (0.0, 0.0);
    (0..RATE as usize * SECONDS)
        .map(|n| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            fast += high * (f64::from(state >> 8) / 8_388_608.0 - 1.0 - fast);
            slow += low * (fast - slow);
            let place = (n as f64 / f64::from(RATE) / beat_s).fract();
            (gain_from_db(gain_db) * 0.3 * (fast - slow) * libm::exp(-2.0 * place)) as f32
        })
        .collect()
}

/// A band: names, left and (of stereo) right.
fn band() -> Vec<(&'static str, Vec<Vec<f32>>)> {
    vec![
        ("Bass", vec![part(1, 0.001, 0.02, 0.9, 6.0)]),
        ("Piano", vec![part(2, 0.02, 0.2, 0.7, 0.0), part(3, 0.02, 0.2, 0.7, 0.0)]),
        ("Gtr", vec![part(4, 0.05, 0.3, 0.45, -6.0)]),
        ("Shaker", vec![part(5, 0.5, 0.9, 0.25, -3.0)]),
        ("Strings", vec![part(6, 0.03, 0.25, 3.0, -9.0), part(7, 0.03, 0.25, 3.0, -9.0)]),
    ]
}

fn profile(sides: &[Vec<f32>]) -> Profile {
    let signal = match sides {
        [left, right] => Signal::stereo(left, right),
        sides => Signal::mono(&sides[0]),
    };
    let mut meter = ProfileMeter::new(RATE, signal.channels());
    meter.push(&signal);
    meter.finish()
}

fn song(band: &[(&str, Vec<Vec<f32>>)], start: Start) -> (Song, Session) {
    let names: Vec<&str> = band.iter().map(|(name, _)| *name).collect();
    let (mut facts, mut tracks) = (Vec::new(), Vec::new());
    for ((name, sides), guess) in band.iter().zip(roles_from_names(&names)) {
        let id = name.to_lowercase().replace(' ', "-");
        facts.push(TrackFacts::new(&id, name, &guess, 0.0, profile(sides)));
        tracks.push(Track {
            clips: vec![Clip { file: format!("{id}.wav"), right: None, at_s: 0.0 }],
            role: guess.role,
            ..Track::at_unity(id, *name)
        });
    }
    let session = Session::at_unity("Noise", RATE, tracks);
    (Song::new(facts, Vec::new(), start), session)
}

/// The sum at these gains in dB and places.
fn mixed(band: &[(&str, Vec<Vec<f32>>)], gains_db: &[f64], pans: &[f64]) -> Vec<Vec<f32>> {
    let mut sum = vec![vec![0.0_f32; RATE as usize * SECONDS]; 2];
    for (((_, sides), gain_db), pan) in band.iter().zip(gains_db).zip(pans) {
        let gain = gain_from_db(*gain_db);
        let (left, right) = if sides.len() == 1 { placing::mono_pan(*pan) } else { placing::balance(*pan) };
        for ((out, side), share) in sum.iter_mut().zip(sides.iter().cycle()).zip([left, right]) {
            out.iter_mut().zip(side).for_each(|(sum, x)| *sum += (gain * share) as f32 * x);
        }
    }
    sum
}

struct Deaf;

impl Ear for Deaf {
    type Error = Infallible;

    fn listen(&mut self, _session: &Session) -> Result<Heard, Infallible> {
        Ok(Heard::default())
    }
}

fn decided(song: &Song, session: &Session) -> Decision {
    let Ok(decision) = decide(song, session, &mut Deaf);
    decision
}

#[test]
fn the_levels_and_places_of_a_known_sum_are_read_back() {
    let band = band();
    let (gains_db, pans) = ([-3.0, -11.0, 2.0, -8.0, 5.0], [0.0, 0.0, -0.6, 0.35, 0.0]);
    let (song, session) = song(&band, Start::Rough);
    let mix = profile(&mixed(&band, &gains_db, &pans));
    let rough = Rough::read("rough", &mix, &song, &session);
    assert!(rough.is_made_of_them() && rough.explained > 0.85, "{}", rough.explained);
    assert_eq!(rough.doubt(), None);
    let doubt = Rough { explained: 0.42, ..rough.clone() }.doubt();
    assert!(doubt.is_some_and(|said| said.contains("only 42 %") && said.contains("--start fresh")));
    for (at, (name, sides)) in band.iter().enumerate() {
        let found = rough.found(&name.to_lowercase()).expect("it is told");
        let gain_db = found.gain_db.expect("it is in the mix");
        assert!((gain_db - gains_db[at]).abs() < 0.5, "{name}: {gain_db} for {}", gains_db[at]);
        assert!(sides.len() == 2 || (found.pan - pans[at]).abs() < 0.1, "{name}: {}", found.pan);
    }
    // And the mix that starts from it has those levels between its tracks.
    let song = Song { rough: Some(rough), ..song };
    let decision = decided(&song, &session);
    assert_eq!(decision.start, Start::Rough);
    snapshot::snapshot("balance/rough-mix", &decision.edits);
    let level = |at: usize| decision.session.tracks[at].trim_db + decision.session.tracks[at].fader_db;
    for at in 1..band.len() {
        assert!((level(at) - level(0) - (gains_db[at] - gains_db[0])).abs() < 0.7, "{at}");
    }
    assert!((decision.session.tracks[2].pan + 0.6).abs() < 0.1);
    assert!(decision.edits.iter().any(|edit| edit.by == "balance/rough-mix" && !edit.because.is_empty()));
    let again = decided(&song, &decision.session);
    assert_eq!(again.edits, Vec::new(), "a second decision changes nothing");
}

#[test]
fn a_level_that_moves_in_a_known_sum_is_read_back_where_it_moves() {
    let band = band();
    let (gains_db, pans) = ([-3.0, -11.0, 2.0, -8.0, 5.0], [0.0; 5]);
    let (lifted_db, from_s, to_s) = (4.0, 3.0, 6.0);
    let still = mixed(&band, &gains_db, &pans);
    let mut louder_db = gains_db;
    louder_db[2] += lifted_db;
    let lifted = mixed(&band, &louder_db, &pans);
    let during = (from_s * f64::from(RATE)) as usize..(to_s * f64::from(RATE)) as usize;
    let mut ridden = still.clone();
    for (side, lifted) in ridden.iter_mut().zip(&lifted) {
        side[during.clone()].copy_from_slice(&lifted[during.clone()]);
    }
    let (song, mut session) = song(&band, Start::Rough);
    let section = |id: &str, from_s, to_s| Section { id: id.to_owned(), kind: id.to_owned(), from_s, to_s };
    session.sections = vec![
        section("verse", 0.0, from_s),
        section("solo", from_s, to_s),
        section("end", to_s, SECONDS as f64),
    ];
    let rough = Rough::read("rough", &profile(&ridden), &song, &session);
    for (at, (name, _)) in band.iter().enumerate() {
        let found = rough.found(&name.to_lowercase()).expect("it is told");
        let gain_db = found.gain_db.expect("it is in the mix");
        assert!((gain_db - gains_db[at]).abs() < 0.5, "{name}: {gain_db} for {}", gains_db[at]);
        if at != 2 {
            assert_eq!(found.moves, [], "{name} stands still");
        }
    }
    let moved = &rough.found("gtr").expect("it is told").moves;
    assert_eq!(moved.iter().map(|one| (one.from_s, one.to_s)).collect::<Vec<_>>(), [(from_s, to_s)]);
    assert!((moved[0].by_db - lifted_db).abs() < 0.5, "{moved:?}");
    // The mix that starts from it moves too.
    let decision = decided(&Song { rough: Some(rough), ..song.clone() }, &session);
    let lane = &decision.session.tracks[2].lanes[0];
    assert_eq!((lane.id.as_str(), lane.of.as_str()), ("rough", "fader_db"));
    let at_s: Vec<f64> = lane.points.iter().map(|(at_s, _)| *at_s).collect();
    assert_eq!(at_s, [2.75, 3.25, 5.75, 6.25]);
    // What stands still has no lane.
    let rough = Rough::read("rough", &profile(&still), &song, &session);
    assert!(rough.tracks.iter().all(|found| found.moves.is_empty()), "{rough:?}");
}

/// A stereo track of a middle and of a difference that stands so many decibels over it.
fn widened(over_db: f64) -> Vec<Vec<f32>> {
    let (middle, side) = (part(8, 0.03, 0.25, 3.0, -9.0), part(9, 0.03, 0.25, 3.0, -9.0 + over_db));
    let with = |sign: f32| middle.iter().zip(&side).map(|(m, s)| m + sign * s).collect();
    vec![with(1.0), with(-1.0)]
}

#[test]
fn a_track_that_one_loudspeaker_would_lose_is_narrowed_and_a_wide_one_is_left() {
    let narrowed = |sides: Vec<Vec<f32>>, start: Start| {
        let mut band = band();
        band.push(("Pad", sides));
        let (song, session) = song(&band, start);
        let decision = decided(&song, &session);
        let width = decision.session.tracks[5].width;
        (width, decision.edits)
    };
    let (width, edits) = narrowed(widened(4.0), Start::Fresh);
    snapshot::snapshot("pan/mono", &edits);
    // 5.5 dB go missing; with width w the difference is w² of what it was, and 3.5 dB are 2.24 times the middle.
    let lost_db = |over_db: f64, width: f64| db_from_power(1.0 + width * width * power_from_db(over_db));
    assert!(lost_db(4.0, 1.0) > 5.0 && (lost_db(4.0, width) - 3.5).abs() < 0.2, "{width}");
    assert_eq!(
        narrowed(widened(1.0), Start::Fresh).0,
        1.0,
        "two unrelated sides lose 3 dB, which everybody knows"
    );
    assert_eq!(
        narrowed(widened(30.0), Start::Fresh).0,
        1.0,
        "where nothing is in the middle, nothing comes back"
    );
    assert_eq!(narrowed(widened(4.0), Start::Tracks).0, 1.0, "the owner's balance has its width");
}

#[test]
fn a_mix_among_the_files_is_found_and_one_of_another_song_is_not_believed() {
    let mut tracks = band();
    let mix = mixed(&tracks, &[-3.0, -11.0, 2.0, -8.0, 5.0], &[0.0; 5]);
    tracks.push(("Rough Mix", mix));
    let (song_with, session) = song(&tracks, Start::Auto);
    let decision = decided(&song_with, &session);
    assert_eq!(decision.start, Start::Rough);
    assert!(decision.start_because.contains("Rough Mix"), "{}", decision.start_because);
    // Other notes at other times.
    let other: Vec<(&str, Vec<Vec<f32>>)> = vec![("Mix", vec![part(40, 0.01, 0.6, 1.31, 0.0)])];
    let mix = profile(&mixed(&other, &[0.0], &[0.0]));
    let (song, session) = song(&band(), Start::Auto);
    let rough = Rough::read("other", &mix, &song, &session);
    assert!(!rough.is_made_of_them(), "{}", rough.explained);
}

#[test]
fn what_is_not_in_the_rough_mix_stands_where_its_role_puts_it() {
    let band = band();
    let (song, session) = song(&band, Start::Rough);
    let mix = profile(&mixed(&band, &[0.0, 0.0, 0.0, f64::NEG_INFINITY, 0.0], &[0.0; 5]));
    let rough = Rough::read("rough", &mix, &song, &session);
    assert_eq!(rough.found("shaker").expect("it is told").gain_db, None);
    let song = Song { rough: Some(rough), ..song };
    let decision = decided(&song, &session);
    let by =
        |id: &str| decision.edits.iter().find(|edit| edit.address.to_string() == format!("{id}/fader_db"));
    assert!(by("shaker").is_some_and(|edit| edit.by == "balance/by-role"));
    assert!(by("bass").is_some_and(|edit| edit.by == "balance/rough-mix"));
}

#[test]
fn what_carries_a_song_that_nobody_sings_comes_up_towards_the_place_of_the_voice() {
    let (song, mut session) = song(&band(), Start::Fresh);
    let beside_voice = |session: &Session, id: &str| {
        let decision = decided(&song, session);
        let edit = decision.edits.iter().find(|edit| edit.address.to_string() == format!("{id}/fader_db"));
        let edit = edit.expect("every fader is set").clone();
        let level = edit.evidence.iter().find(|one| one.what.contains("beside the lead vocal"));
        (level.expect("it is told").value, edit.because)
    };
    let (plain, _) = beside_voice(&session, "piano");
    let (guitar, _) = beside_voice(&session, "gtr");
    session.focus = vec!["piano".to_owned()];
    let (lifted, because) = beside_voice(&session, "piano");
    // As far as people differ on pianos: 1.8 LU in the table of roles.
    assert!((lifted - plain - 1.8).abs() < 0.01, "from {plain} to {lifted} LU");
    assert!(because.contains("carries a song without a voice"), "{because}");
    assert_eq!(beside_voice(&session, "gtr").0, guitar, "the others stay where their roles put them");
}

#[test]
fn a_part_that_the_others_cover_comes_up_and_recording_levels_mean_nothing() {
    // Two pianos: one plays where nobody else does, one under the guitar and the strings.
    let mut tracks = band();
    tracks.push(("Organ", vec![part(8, 0.03, 0.25, 2.9, 0.0)]));
    let (song_at, session) = song(&tracks, Start::Fresh);
    let plain = decided(&song_at, &session);
    let moved: Vec<&str> = plain
        .edits
        .iter()
        .filter(|edit| edit.evidence.iter().any(|evidence| evidence.unit == "phon"))
        .map(|edit| edit.address.strip.as_str())
        .collect();
    assert!(!moved.is_empty());
    for edit in plain.edits.iter().filter(|edit| edit.by == "balance/by-role") {
        assert!(edit.address.parameter.as_deref() == Some("fader_db"));
    }
    assert_eq!(decided(&song_at, &plain.session).edits, Vec::new(), "a second decision changes nothing");
    // 12 dB on one input is taken out by its trim; no fader moves by more than its rounding.
    for sound in &mut tracks[2].1 {
        sound.iter_mut().for_each(|x| *x *= gain_from_db(-12.0) as f32);
    }
    let (song_at, session) = song(&tracks, Start::Fresh);
    let turned = decided(&song_at, &session);
    for (one, other) in plain.session.tracks.iter().zip(&turned.session.tracks) {
        assert!(
            (one.fader_db - other.fader_db).abs() < 0.11,
            "{}: {} {}",
            one.id,
            one.fader_db,
            other.fader_db
        );
    }
}

/// A recording that was turned, tilted by so many dB an octave around 1 kHz, and began later.
fn spoilt(sides: &[Vec<f32>], gain_db: f64, tilt_db: f64, late: usize) -> Vec<Vec<f32>> {
    let kind = catalog::find("eq").expect("there is an equaliser");
    let mut settings = (kind.settings)();
    // A shelf an octave, as high as the tilt is steep, is a straight line.
    for band in 0..8 {
        let mut set = |leaf: &str, value| settings.set(&format!("band.{}/{leaf}", band + 1), &value);
        set("shape", Value::Word("high-shelf".to_owned())).expect("it has one");
        set("freq_hz", Value::Number(88.4 * f64::from(1 << band))).expect("it has one");
        set("q", Value::Number(0.5)).expect("it has one");
        set("gain_db", Value::Number(tilt_db)).expect("it has one");
    }
    let gain = gain_from_db(gain_db - 4.0 * tilt_db) as f32;
    let spoil = |side: &Vec<f32>| {
        let mut sound = vec![0.0; late];
        sound.extend(side.iter().take(side.len() - late).map(|x| x * gain));
        let mut processor = (kind.build)();
        let frames = sound.len();
        processor.prepare(&Setup { rate_hz: RATE, channels: Channels::Mono, max_block_frames: frames });
        processor.set(&*settings);
        processor.process(&mut Block::mono(&mut sound), &[], &Context { frame: 0, tempo_bpm: 120.0 });
        sound
    };
    sides.iter().map(spoil).collect()
}

#[test]
fn recordings_that_were_turned_tilted_inverted_and_late_come_back_to_the_same_balance() {
    let clean = band();
    let spoilt: Vec<(&str, Vec<Vec<f32>>)> = clean
        .iter()
        .zip([(12.0, 1.5, 0), (-12.0, -2.0, 0), (7.0, 2.0, 0), (-5.0, -1.0, 130), (3.0, 1.0, 0)])
        .map(|((name, sides), (gain_db, tilt_db, late))| (*name, spoilt(sides, gain_db, tilt_db, late)))
        .map(|(name, mut sides)| {
            if name == "Gtr" {
                sides.iter_mut().flatten().for_each(|x| *x = -*x);
            }
            (name, sides)
        })
        .collect();
    let levels = |band: &[(&str, Vec<Vec<f32>>)]| -> Vec<(String, f64)> {
        let (song, session) = song(band, Start::Fresh);
        let decision = decided(&song, &session);
        let forecast = Forecast::of(&song, &decision.session).expect("it is whole");
        let mix = forecast.sum().integrated_lufs().expect("it sounds");
        let of = |(number, id): (usize, &str)| {
            (id.to_owned(), forecast.integrated_lufs(number).expect("it sounds") - mix)
        };
        forecast.tracks().enumerate().map(of).collect()
    };
    for ((id, there), (_, here)) in levels(&clean).iter().zip(&levels(&spoilt)) {
        assert!((here - there).abs() < 1.5, "{id} stands {here} LU beside the mix and not {there}");
    }
}

#[test]
fn a_pad_that_one_loudspeaker_would_lose_is_narrowed_and_a_wide_one_is_left() {
    let mut tracks = band();
    let (one, other) = (part(21, 0.03, 0.25, 1.9, 0.0), part(22, 0.03, 0.25, 1.9, 0.0));
    let turned = one.iter().zip(&other).map(|(a, b)| 0.5 * b - 0.5 * a).collect();
    tracks.push(("Pad", vec![one, turned]));
    let (song, session) = song(&tracks, Start::Fresh);
    let decision = decided(&song, &session);
    let width = |id: &str| {
        decision.session.tracks.iter().find(|track| track.id == id).map_or(f64::NAN, |track| track.width)
    };
    // Middle to difference is 1 to 5: it lost 7.8 dB, and loses 3.5.
    assert!((width("pad") - 0.5).abs() < 0.05, "{}", width("pad"));
    assert_eq!(width("strings"), 1.0, "two unrelated sides are what everybody hears as wide");
}
