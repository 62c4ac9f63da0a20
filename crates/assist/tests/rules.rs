//! What the rules promise to everybody: a small band, decided again and again under changes that must not matter, and
//! one fixture for every rule.

#![expect(clippy::expect_used, reason = "a reading or a track that is missing fails the test")]

mod snapshot;

use std::convert::Infallible;
use std::path::Path;

use mixkeel_analysis::bands::BandsReading;
use mixkeel_analysis::energy::EnergyMap;
use mixkeel_analysis::levels::{ChannelLevels, LevelsReading};
use mixkeel_analysis::loudness::{LoudnessContour, LoudnessReading};
use mixkeel_analysis::profile::{Character, Profile};
use mixkeel_assist::decide::{Decision, decide};
use mixkeel_assist::ear::{Ear, Heard};
use mixkeel_assist::roles::roles_from_names;
use mixkeel_assist::rules::balance::table::VOCAL_RE_MIX_LU;
use mixkeel_assist::rules::trim::stage::STAGE_LUFS;
use mixkeel_assist::song::{Song, TrackFacts};
use mixkeel_assist::start::Start;
use mixkeel_assist::{RULES, all_rules, rule};
use mixkeel_dsp::block::Channels;
use mixkeel_dsp::units::{db_from_power, power_from_db};
use mixkeel_session::id;
use mixkeel_session::role::Role;
use mixkeel_session::session::{Clip, Session, Track};

/// A recording: name, loudness in LUFS (none is silence), strongest octave, channels, share of the song it plays.
#[derive(Clone)]
struct Recording {
    name: String,
    lufs: Option<f64>,
    band: usize,
    channels: Channels,
    active: f64,
    length_frames: u64,
}

fn recording(name: &str, lufs: f64, band: usize) -> Recording {
    let (channels, active, length_frames) = (Channels::Mono, 0.9, 48_000 * 200);
    Recording { name: name.to_owned(), lufs: Some(lufs), band, channels, active, length_frames }
}

fn stereo(name: &str, lufs: f64, band: usize) -> Recording {
    Recording { channels: Channels::Stereo, ..recording(name, lufs, band) }
}

fn band() -> Vec<Recording> {
    vec![
        recording("Kick In", -20.0, 1),
        recording("Kick Out", -24.0, 1),
        recording("Snare Top", -18.0, 3),
        recording("HH", -33.0, 8),
        recording("Tom 1", -27.0, 2),
        recording("Floor Tom", -26.0, 2),
        stereo("Overheads", -25.0, 8),
        recording("Bass DI", -16.0, 1),
        recording("Gtr 1", -22.0, 5),
        recording("Gtr 2", -19.5, 5),
        recording("Shaker", -35.0, 8),
        stereo("Piano", -21.0, 4),
        Recording { active: 0.6, ..recording("Lead Vox", -28.0, 5) },
        Recording { active: 0.2, ..recording("BGV 1", -30.0, 5) },
        Recording { active: 0.2, ..recording("BGV 2", -31.0, 5) },
        recording("CLICK", -12.0, 6),
        stereo("Rough Mix", -11.0, 4),
        recording("Audio 17", -23.0, 6),
        Recording { lufs: None, ..recording("Gtr 3", 0.0, 5) },
    ]
}

fn profile(recording: &Recording) -> Profile {
    let mut octave_db = [Some(-80.0); 10];
    octave_db[recording.band] = Some(-20.0);
    let peak = recording.lufs.map(|lufs| lufs + 15.0);
    let one = ChannelLevels { sample_peak_dbfs: peak, rms_dbfs: recording.lufs, dc: 0.0 };
    Profile {
        channels: recording.channels,
        rate_hz: 48_000,
        length_frames: recording.length_frames,
        loudness: LoudnessReading {
            integrated_lufs: recording.lufs,
            max_momentary_lufs: recording.lufs,
            max_short_term_lufs: recording.lufs,
            active_fraction: recording.lufs.map_or(0.0, |_| recording.active),
            first_active_s: recording.lufs.map(|_| 1.0),
            ..LoudnessReading::default()
        },
        levels: LevelsReading {
            channels: vec![one; recording.channels.count()],
            length_frames: recording.length_frames,
            digital_silence: recording.lufs.is_none(),
            same_on_both_sides: false,
        },
        true_peak_dbtp: peak,
        bands: BandsReading { octave_db, centroid_hz: Some(1_000.0) },
        contour: LoudnessContour::default(),
        energy: EnergyMap::default(),
        character: Character::default(),
        music: None,
        flaws: None,
        line: None,
    }
}

fn facts_and_session(recordings: &[Recording], start: Start) -> (Song, Session) {
    let names: Vec<&str> = recordings.iter().map(|recording| recording.name.as_str()).collect();
    let (mut tracks, mut facts) = (Vec::<Track>::new(), Vec::new());
    for (recording, guess) in recordings.iter().zip(roles_from_names(&names)) {
        let id = id::unique(&recording.name, |id| tracks.iter().any(|track| track.id == id));
        facts.push(TrackFacts::new(&id, &recording.name, &guess, 0.0, profile(recording)));
        tracks.push(Track {
            clips: vec![Clip { file: format!("{id}.wav"), right: None, at_s: 0.0 }],
            role: guess.role,
            ..Track::at_unity(id, &recording.name)
        });
    }
    let session = Session::at_unity("Band", 48_000, tracks);
    (Song::new(facts, Vec::new(), start), session)
}

/// An ear that hears one peak at no headroom, as a linear sum would have it.
struct Peak(f64, usize);

impl Ear for Peak {
    type Error = Infallible;

    fn listen(&mut self, session: &Session) -> Result<Heard, Infallible> {
        self.1 += 1;
        Ok(Heard { sample_peak_dbfs: Some(self.0 + session.master.headroom_db), ..Heard::default() })
    }
}

fn decided(recordings: &[Recording], start: Start) -> Decision {
    let (song, session) = facts_and_session(recordings, start);
    let Ok(decision) = decide(&song, &session, &mut Peak(-2.26, 0));
    decision
}

fn track<'a>(decision: &'a Decision, id: &str) -> &'a Track {
    decision.session.tracks.iter().find(|track| track.id == id).expect("the track is there")
}

#[test]
fn the_order_of_files_and_the_case_of_names_change_nothing() {
    let one = decided(&band(), Start::Fresh);
    let mut shuffled = band();
    shuffled.reverse();
    shuffled.iter_mut().for_each(|recording| recording.name = recording.name.to_uppercase());
    let mut other = decided(&shuffled, Start::Fresh);
    assert_eq!(one.edits, other.edits);
    let by_id = |a: &Track, b: &Track| a.id.cmp(&b.id);
    other.session.tracks.sort_by(by_id);
    let mut tracks = one.session.tracks.clone();
    tracks.sort_by(by_id);
    for (a, b) in tracks.iter().zip(&other.session.tracks) {
        assert_eq!((a.fader_db, a.pan, &a.bus, a.mute), (b.fader_db, b.pan, &b.bus, b.mute), "{}", a.id);
    }
}

#[test]
fn twelve_decibels_on_any_input_change_nothing_but_its_trim() {
    let plain = decided(&band(), Start::Fresh);
    for at in 0..band().len() {
        for db in [-12.0, 12.0] {
            let mut recordings = band();
            recordings[at].lufs = recordings[at].lufs.map(|lufs| lufs + db);
            let mut moved = decided(&recordings, Start::Fresh).session;
            let before = &plain.session.tracks[at];
            let expected = before.trim_db - if before.mute { 0.0 } else { db };
            assert!((moved.tracks[at].trim_db - expected).abs() < 0.011);
            moved.tracks[at].trim_db = plain.session.tracks[at].trim_db;
            assert_eq!(moved, plain.session);
        }
    }
}

#[test]
fn what_is_locked_is_not_written_and_the_master_only_gets_headroom() {
    let (song, mut session) = facts_and_session(&band(), Start::Fresh);
    for track in &mut session.tracks {
        track.lock = [
            "trim_db",
            "fader_db",
            "pan",
            "bus",
            "mute",
            "eq-1",
            "send-room",
            "send-hall",
            "send-plate",
            "send-echo",
        ]
        .map(str::to_owned)
        .to_vec();
    }
    session.master.lock = vec!["headroom_db".to_owned()];
    let Ok(decision) = decide(&song, &session, &mut Peak(3.0, 0));
    assert_eq!(decision.session, session);
    assert!(decision.edits.is_empty());
    let free = decided(&band(), Start::Fresh);
    let on_master = free.edits.iter().filter(|edit| edit.address.strip == "master");
    assert!(on_master.map(|edit| edit.address.to_string()).eq(["master/headroom_db"]));
    assert!(free.session.master.inserts.is_empty());
}

#[test]
fn whatever_is_locked_stays_as_it_stands_whatever_else_is_decided_again() {
    let (song, session) = facts_and_session(&band(), Start::Fresh);
    let Ok(once) = decide(&song, &session, &mut Peak(3.0, 0));
    // Other recordings, so that every rule would like to move.
    let mut others = band();
    others.iter_mut().enumerate().for_each(|(at, recording)| {
        recording.lufs = recording.lufs.map(|lufs| lufs + [4.0, -6.0, 2.0][at % 3]);
        recording.active = [0.9, 0.3][at % 2];
    });
    let (song, _) = facts_and_session(&others, Start::Fresh);
    let mut state = 1_u64;
    for _ in 0..12 {
        let mut locked = once.session.clone();
        let addresses: Vec<_> = locked
            .parameters()
            .into_iter()
            .filter(|address| locked.strip(&address.strip).is_some())
            .filter(|_| {
                // A linear congruence (Knuth's MMIX) deals out a third of them.
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                (state >> 33).is_multiple_of(3)
            })
            .collect();
        addresses.iter().for_each(|address| locked.lock(address));
        let Ok(again) = decide(&song, &locked, &mut Peak(3.0, 0));
        assert!(addresses.len() > 20 && !again.edits.is_empty());
        for address in &addresses {
            assert_eq!(again.session.get(address), locked.get(address), "{address}");
        }
    }
}

#[test]
fn a_rule_that_is_barred_from_a_strip_has_no_say_there_and_what_is_kept_is_not_decided_again() {
    let (song, mut session) = facts_and_session(&band(), Start::Fresh);
    let free = decided(&band(), Start::Fresh);
    let sends = |decision: &Decision| track(decision, "lead-vox").sends.len();
    assert!(sends(&free) > 0);
    session.bar("lead-vox", "space/plate");
    session.bar("lead-vox", "space/echo");
    let Ok(barred) = decide(&song, &session, &mut Peak(3.0, 0));
    assert_eq!(sends(&barred), 0);
    assert!(
        barred.session.returns.iter().all(|one| {
            barred.session.strips().any(|strip| strip.sends.iter().any(|send| send.to == one.id))
        }),
        "no return is left that nobody sends to"
    );
    // The voice is kept, and so are all places.
    let keep = vec!["lead-vox".to_owned(), "pan".to_owned()];
    let (song, session) = facts_and_session(&band(), Start::Fresh);
    let song = Song { keep, ..song };
    let Ok(kept) = decide(&song, &session, &mut Peak(3.0, 0));
    let voice = track(&kept, "lead-vox");
    assert_eq!((voice.trim_db, voice.sends.len(), voice.bus.as_str()), (0.0, 0, "master"));
    assert!(kept.session.tracks.iter().all(|track| track.pan == 0.0));
    assert!(kept.edits.iter().any(|edit| edit.by == "balance/by-role"));
}

#[test]
fn at_half_strength_every_level_stands_half_way_and_at_none_it_is_what_was_sent() {
    use mixkeel_assist::strength::in_part;
    let (song, session) = facts_and_session(&band(), Start::Fresh);
    let whole = || decided(&band(), Start::Fresh);
    let level = |decision: &Decision, id: &str| track(decision, id).trim_db + track(decision, id).fader_db;
    let none = in_part(&song, &session, whole(), 0.0);
    let half = in_part(&song, &session, whole(), 0.5);
    let heard: Vec<&Track> =
        none.session.tracks.iter().filter(|track| !track.mute && track.id != "gtr-3").collect();
    let all_db = level(&none, "kick-in");
    for track in heard {
        assert!((level(&none, &track.id) - all_db).abs() < 0.03, "{}: one gain for all", track.id);
        assert!(track.pan == 0.0 && track.sends.is_empty(), "{}", track.id);
        let between = |id: &str| level(&half, &track.id) - level(&half, id);
        let full = level(&whole(), &track.id) - level(&whole(), "kick-in");
        assert!((between("kick-in") - full / 2.0).abs() < 0.05, "{}", track.id);
    }
    assert_eq!(track(&half, "gtr-1").pan, -0.4);
    let click = none.session.tracks.iter().find(|track| track.id == "click");
    assert!(click.is_some_and(|track| track.mute), "what is no part of the mix stays out");
    assert_eq!(in_part(&song, &session, whole(), 1.0), whole());
}

#[test]
fn variations_differ_as_they_say_and_keep_what_they_changed() {
    use mixkeel_assist::variations::VARIATIONS;
    let (song, _) = facts_and_session(&band(), Start::Fresh);
    let plain = Session { focus: vec!["lead-vox".to_owned()], ..decided(&band(), Start::Fresh).session };
    for variation in &VARIATIONS {
        let (session, edits) = variation.of(&song, &plain).expect("it differs");
        assert!(
            session != plain && edits.iter().all(|edit| session.is_locked(&edit.address)),
            "{}",
            variation.name
        );
        assert!(edits.iter().all(|edit| rule(&edit.by).is_some()));
        // One of each kind, with its first amount.
        if ["drier", "voice-up", "wider"].contains(&variation.name) {
            snapshot::snapshot(&edits[0].by, &edits);
        }
    }
    let fader = |session: &Session| {
        session.tracks.iter().find(|track| track.id == "lead-vox").map(|track| track.fader_db)
    };
    let up = VARIATIONS.iter().find(|one| one.name == "voice-up").and_then(|one| one.of(&song, &plain));
    let (before, after) = (fader(&plain), up.and_then(|(session, _)| fader(&session)));
    assert_eq!(before.map(|db| db + 1.5), after);
}

#[test]
fn a_style_moves_the_voice_a_little_and_is_inferred_where_signs_agree() {
    use mixkeel_assist::style::{find, infer};
    let (song, session) = facts_and_session(&band(), Start::Fresh);
    assert_eq!(infer(&song, &session).style.name, "rock", "{}", infer(&song, &session).because);
    let others = |song: &Song| {
        let Ok(decision) = decide(song, &session, &mut Peak(-2.26, 0));
        track(&decision, "gtr-1").fader_db - track(&decision, "lead-vox").fader_db
    };
    let metal = Song { style: find("metal").expect("it is one"), ..song.clone() };
    let lifted = others(&metal) - others(&song);
    assert!((1.0..5.0).contains(&lifted), "guitars stand {lifted} dB nearer to the voice");
    let few = [recording("Audio 1", -20.0, 4), recording("Audio 2", -20.0, 5)];
    let (song, session) = facts_and_session(&few, Start::Fresh);
    assert_eq!(infer(&song, &session).style.name, "plain");
}

#[test]
fn the_voice_stands_as_far_under_the_mix_as_engineers_leave_it() {
    let decision = decided(&band(), Start::Fresh);
    let power = |recording: &Recording, track: &Track| {
        let level = recording.lufs.map_or(f64::NEG_INFINITY, |lufs| lufs + track.trim_db + track.fader_db);
        if track.mute { 0.0 } else { power_from_db(level) * recording.active / 0.9 }
    };
    let recordings = band();
    let mix: f64 = recordings.iter().zip(&decision.session.tracks).map(|(r, t)| power(r, t)).sum();
    let voice = track(&decision, "lead-vox");
    assert_eq!(voice.fader_db, 0.0);
    assert!((-28.0 + voice.trim_db - STAGE_LUFS).abs() < 0.01);
    assert!((STAGE_LUFS - db_from_power(mix) - VOCAL_RE_MIX_LU).abs() < 0.05, "{}", db_from_power(mix));
}

#[test]
fn microphones_on_one_drum_share_its_level() {
    let decision = decided(&band(), Start::Fresh);
    let (inside, outside) = (track(&decision, "kick-in"), track(&decision, "kick-out"));
    assert_eq!(inside.fader_db, outside.fader_db);
    let alone: Vec<Recording> = band().into_iter().filter(|recording| recording.name != "Kick Out").collect();
    let alone = decided(&alone, Start::Fresh);
    // Half the power each; what the voice needs is the same, so the shift is too.
    assert!((track(&alone, "kick-in").fader_db - inside.fader_db - 3.01).abs() < 0.02);
}

#[test]
fn two_sources_of_one_role_share_half_of_what_two_microphones_do() {
    let beside_the_bass = |recordings: &[Recording]| {
        let decision = decided(recordings, Start::Fresh);
        track(&decision, "gtr-1").fader_db - track(&decision, "bass-di").fader_db
    };
    let two = beside_the_bass(&band());
    let one: Vec<Recording> = band().into_iter().filter(|recording| recording.name != "Gtr 2").collect();
    assert!((beside_the_bass(&one) - two - 1.505).abs() < 0.02, "{two}");
}

#[test]
fn what_is_no_part_of_the_mix_is_muted_with_the_reason() {
    let decision = decided(&band(), Start::Fresh);
    let muted: Vec<&str> =
        decision.session.tracks.iter().filter(|track| track.mute).map(|track| track.id.as_str()).collect();
    assert_eq!(muted, ["click", "rough-mix", "gtr-3"]);
    for id in muted {
        assert!(track(&decision, id).bus == "master" && track(&decision, id).trim_db == 0.0);
        let edit = decision.edits.iter().find(|edit| edit.address.to_string() == format!("{id}/mute"));
        assert!(edit.is_some_and(|edit| edit.by == "repair/keep-out" && !edit.because.is_empty()));
    }
    // A name that only may mean a guide is left in.
    let unsure = [recording("Scratch", -20.0, 5), recording("Vox", -20.0, 5)];
    assert!(decided(&unsure, Start::Fresh).session.tracks.iter().all(|track| !track.mute));
}

#[test]
fn an_unknown_track_is_levelled_by_loudness_and_otherwise_left_alone() {
    let decision = decided(&band(), Start::Fresh);
    let unknown = track(&decision, "audio-17");
    assert_eq!(
        (unknown.role, unknown.pan, unknown.mute, unknown.bus.as_str()),
        (Role::Unknown, 0.0, false, "master")
    );
    assert!(unknown.trim_db == 0.0 && unknown.fader_db < 0.0);
}

#[test]
fn places_are_symmetrical_and_lows_stand_in_the_middle() {
    let decision = decided(&band(), Start::Fresh);
    let pan = |id: &str| track(&decision, id).pan;
    for id in ["kick-in", "kick-out", "snare-top", "bass-di", "lead-vox", "overheads", "piano", "audio-17"] {
        assert_eq!(pan(id), 0.0, "{id}");
    }
    assert_eq!((pan("gtr-1"), pan("gtr-2")), (-0.8, 0.8));
    assert_eq!((pan("bgv-1"), pan("bgv-2")), (-0.7, 0.7));
    assert_eq!((pan("tom-1"), pan("floor-tom")), (0.5, -0.5));
    assert!(pan("hh") > 0.0 && pan("shaker") < 0.0, "the shaker answers the hi-hat");
    // The sides balance within 1 dB.
    let mut sides = [0.0, 0.0];
    for (recording, track) in band().iter().zip(&decision.session.tracks) {
        if let (Some(lufs), false) = (recording.lufs, track.mute) {
            let (left, right) = mixkeel_dsp::kernels::placing::mono_pan(track.pan);
            let power = power_from_db(lufs + track.trim_db + track.fader_db);
            sides[0] += power * left * left;
            sides[1] += power * right * right;
        }
    }
    assert!(db_from_power(sides[0] / sides[1]).abs() < 1.0, "{sides:?}");
}

#[test]
fn buses_are_there_only_for_those_who_play() {
    let decision = decided(&band(), Start::Fresh);
    let buses: Vec<&str> = decision.session.buses.iter().map(|bus| bus.id.as_str()).collect();
    assert_eq!(buses, ["drums", "bass", "guitars", "keys", "vocals"]);
    assert_eq!(track(&decision, "shaker").bus, "drums");
    // A track that bears the name of its family does not lose it.
    let named = decided(&[recording("Bass", -20.0, 1), recording("Vox", -20.0, 5)], Start::Fresh);
    assert_eq!(track(&named, "bass").bus, "bass-bus");
}

#[test]
fn the_sum_peaks_at_minus_six_or_less_after_one_listening_and_is_never_raised() {
    let (song, session) = facts_and_session(&band(), Start::Fresh);
    let mut ear = Peak(-2.26, 0);
    let Ok(decision) = decide(&song, &session, &mut ear);
    assert_eq!(ear.1, 1);
    assert_eq!(decision.session.master.headroom_db, -3.8);
    let Ok(quiet) = decide(&song, &session, &mut Peak(-9.0, 0));
    assert_eq!(quiet.session.master.headroom_db, 0.0);
}

#[test]
fn a_balance_that_arrives_is_kept_and_one_that_does_not_is_made() {
    let export: Vec<Recording> = ["Drums", "Bass", "Keys", "Vox", "Pad"]
        .iter()
        .zip([-18.0, -21.0, -26.0, -19.0, -31.0])
        .map(|(name, lufs)| stereo(name, lufs, 4))
        .collect();
    let kept = decided(&export, Start::Auto);
    assert_eq!(kept.start, Start::Tracks);
    assert!(kept.session.tracks.iter().all(|track| track.fader_db == 0.0 && track.pan == 0.0));
    assert!(kept.session.tracks.iter().all(|track| track.trim_db == kept.session.tracks[0].trim_db));
    let raw = decided(&band(), Start::Auto);
    assert_eq!(raw.start, Start::Fresh);
    assert!(!raw.start_because.is_empty());
    let normalised: Vec<Recording> =
        export.iter().map(|r| Recording { lufs: Some(-15.0), ..r.clone() }).collect();
    assert_eq!(decided(&normalised, Start::Auto).start, Start::Fresh);
    let mut late = export;
    late[2].length_frames += 48_000;
    assert_eq!(decided(&late, Start::Auto).start, Start::Fresh);
}

#[test]
fn every_rule_is_found_by_its_id_and_knows_its_file_and_says_why() {
    let decision = decided(&band(), Start::Fresh);
    for known in RULES {
        let path = format!("src/rules/{}.rs", known.id().replace('-', "_"));
        assert!(known.file().replace('\\', "/").ends_with(&path), "{}", known.file());
        assert!(known.line() > 0 && rule(known.id()).is_some());
        // Rules that need sound or faults to go by have their fixtures in `tests/tone.rs`, `tests/repair.rs` and `tests/balance.rs`.
        let by_sound = ["eq/", "dynamics/", "sections/", "repair/", "balance/rough-mix", "pan/mono"]
            .iter()
            .any(|stage| known.id().starts_with(stage));
        if !by_sound && !known.id().starts_with("space/") {
            snapshot::snapshot(known.id(), &decision.edits);
        }
    }
    let mut ids: Vec<&str> = decision.edits.iter().map(|edit| edit.id.as_str()).collect();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), decision.edits.len());
    assert!(decision.edits.iter().all(|edit| !edit.because.is_empty()));
    assert!(rule("eq/none").is_none());
}

#[test]
fn every_rule_has_a_snapshot_and_every_snapshot_a_rule() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/rules");
    let mut said: Vec<String> = Vec::new();
    for stage in std::fs::read_dir(&folder).expect("there are snapshots").flatten() {
        for file in std::fs::read_dir(stage.path()).expect("a folder for each stage").flatten() {
            let name = Path::new(&stage.file_name()).join(file.file_name());
            // What differs from a snapshot lies beside it until somebody has read it.
            if name.extension().is_some_and(|ending| ending == "snap") {
                said.push(name.with_extension("").to_string_lossy().replace('\\', "/"));
            }
        }
    }
    said.sort();
    let mut rules: Vec<&str> = all_rules().map(|rule| rule.id()).collect();
    rules.sort_unstable();
    assert_eq!(said, rules);
}

#[test]
fn a_second_decision_on_a_decided_session_changes_nothing() {
    let (song, session) = facts_and_session(&band(), Start::Fresh);
    let Ok(once) = decide(&song, &session, &mut Peak(-2.26, 0));
    let Ok(twice) = decide(&song, &once.session, &mut Peak(-2.26, 0));
    assert_eq!((twice.session, twice.edits), (once.session, Vec::new()));
}

#[test]
fn what_is_one_instrument_is_a_group_whatever_the_order_of_files() {
    use mixkeel_assist::groups::GroupKind::{Doubles, Kit, Microphones, Stack};
    let mut recordings = band();
    recordings.push(recording("Lead Vox dbl", -28.0, 5));
    recordings.push(recording("bass_amp", -18.0, 1));
    let (song, _) = facts_and_session(&recordings, Start::Fresh);
    let found: Vec<_> = song.groups.iter().map(|group| (group.kind, group.tracks.join(" "))).collect();
    assert!(found.contains(&(Microphones, "kick-in kick-out".to_owned())), "{found:?}");
    assert!(found.contains(&(Doubles, "lead-vox lead-vox-dbl".to_owned())), "{found:?}");
    assert!(found.contains(&(Stack, "bgv-1 bgv-2".to_owned())), "{found:?}");
    let kit = song.groups_of("hh").find(|group| group.kind == Kit).expect("there is a kit");
    assert_eq!(kit.tracks.join(" "), "floor-tom hh kick-in kick-out overheads snare-top tom-1");
    let amplified = song.groups_of("bass-di").next().expect("a direct signal has its amplifier");
    assert_eq!(amplified.tracks.join(" "), "bass-amp bass-di");
    assert!(song.groups_of("gtr-1").next().is_none() && song.groups_of("shaker").next().is_none());
    recordings.reverse();
    assert_eq!(facts_and_session(&recordings, Start::Fresh).0.groups, song.groups);
}
