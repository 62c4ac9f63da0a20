//! Faults that recordings have, planted one at a time: each repair fires where it should and stays silent where it should.

#![expect(clippy::expect_used, reason = "a track that is missing fails the test")]

mod snapshot;

use std::convert::Infallible;

use mixkeel_analysis::energy::EnergyMap;
use mixkeel_analysis::levels::{ChannelLevels, LevelsReading};
use mixkeel_analysis::loudness::{LoudnessContour, LoudnessReading};
use mixkeel_analysis::meter::Meter;
use mixkeel_analysis::profile::{Profile, ProfileMeter};
use mixkeel_analysis::relations::{Delay, PairReading};
use mixkeel_assist::decide::{Decision, decide};
use mixkeel_assist::ear::{Ear, Heard};
use mixkeel_assist::focus;
use mixkeel_assist::related::{Body, Related, Relation};
use mixkeel_assist::roles::identify::{Arrived, identify};
use mixkeel_assist::roles::{role_from_name, roles_from_names};
use mixkeel_assist::rules::repair::clipped::advice;
use mixkeel_assist::song::{Song, TrackFacts};
use mixkeel_assist::start::Start;
use mixkeel_assist::starts::questions;
use mixkeel_dsp::block::{Channels, Signal};
use mixkeel_dsp::param::Value;
use mixkeel_session::edit::{Edit, Sureness};
use mixkeel_session::role::Role;
use mixkeel_session::session::{Clip, Session, Track};
use snapshot::snapshot;

/// A track that sounds between two shares of a song of 100 s.
fn profile(from: f64, to: f64) -> Profile {
    let powers =
        (0..1_000).map(|step| if (from..to).contains(&(f64::from(step) / 1_000.0)) { 0.01 } else { 0.0 });
    let one = ChannelLevels { sample_peak_dbfs: Some(-6.0), rms_dbfs: Some(-20.0), dc: 0.0 };
    Profile {
        channels: Channels::Mono,
        rate_hz: 48_000,
        length_frames: 4_800_000,
        loudness: LoudnessReading {
            integrated_lufs: Some(-20.0),
            active_fraction: to - from,
            first_active_s: Some(100.0 * from),
            ..LoudnessReading::default()
        },
        levels: LevelsReading { channels: vec![one], length_frames: 4_800_000, ..LevelsReading::default() },
        true_peak_dbtp: Some(-6.0),
        contour: LoudnessContour { powers: powers.collect() },
        energy: EnergyMap::default(),
        ..silence()
    }
}

fn silence() -> Profile {
    ProfileMeter::new(48_000, Channels::Mono).finish()
}

fn song(names: &[&str], related: Vec<Related>) -> (Song, Session) {
    let all: Vec<(&str, Profile)> = names.iter().map(|name| (*name, profile(0.0, 1.0))).collect();
    song_of(&all, related)
}

fn song_of(tracks: &[(&str, Profile)], related: Vec<Related>) -> (Song, Session) {
    let names: Vec<&str> = tracks.iter().map(|(name, _)| *name).collect();
    let guesses = roles_from_names(&names);
    let id = |name: &str| name.to_lowercase().replace(' ', "-");
    let facts: Vec<TrackFacts> = tracks
        .iter()
        .zip(&guesses)
        .map(|((name, profile), guess)| TrackFacts::new(&id(name), name, guess, 0.0, profile.clone()))
        .collect();
    let tracks = tracks.iter().zip(&guesses).map(|((name, _), guess)| Track {
        clips: vec![Clip { file: format!("{}.wav", id(name)), right: None, at_s: 0.0 }],
        role: guess.role,
        ..Track::at_unity(id(name), *name)
    });
    let session = Session::at_unity("Faults", 48_000, tracks.collect());
    (Song::new(facts, related, Start::Fresh), session)
}

/// Two microphones on one source.
fn pair(
    first: &str,
    second: &str,
    later_ms: f64,
    inverted: bool,
    confidence: f64,
    body: (f64, f64),
) -> Related {
    let later_frames = later_ms * 48.0;
    Related {
        first: first.to_owned(),
        second: second.to_owned(),
        rate_hz: 48_000,
        pair: PairReading {
            delay: Some(Delay { later_frames, inverted, confidence, height: 0.4 }),
            blocks: 100,
            ..PairReading::default()
        },
        relation: Some(Relation::SameSource { later_frames, inverted }),
        body: Some(Body { as_is: body.0, aligned: body.1 }),
    }
}

struct Quiet;

impl Ear for Quiet {
    type Error = Infallible;

    fn listen(&mut self, _: &Session) -> Result<Heard, Infallible> {
        Ok(Heard::default())
    }
}

fn decided((song, session): &(Song, Session)) -> Decision {
    let Ok(decision) = decide(song, session, &mut Quiet);
    decision
}

fn track<'a>(decision: &'a Decision, id: &str) -> &'a Track {
    decision.session.tracks.iter().find(|track| track.id == id).expect("the track is there")
}

#[test]
fn a_crossed_microphone_is_turned_and_one_that_is_only_near_it_is_not() {
    let upside_down = pair("kick-in", "kick-out", 1.2, true, 0.7, (-0.7, 0.9));
    let fixture = song(&["Kick In", "Kick Out"], vec![upside_down]);
    let decision = decided(&fixture);
    assert!(track(&decision, "kick-out").inverted && !track(&decision, "kick-in").inverted);
    snapshot("repair/polarity", &decision.edits);
    let edit = decision.edits.iter().find(|edit| edit.by == "repair/polarity").expect("it says so");
    assert!(edit.sureness == Sureness::Certain && edit.because.contains("7.5 dB"), "{}", edit.because);
    // Deciding again turns nothing back.
    let again = decided(&(fixture.0.clone(), decision.session.clone()));
    assert_eq!(again.session, decision.session);
    for (confidence, body) in [(0.2, (-0.7, 0.9)), (0.7, (-0.1, 0.9))] {
        let doubtful = pair("kick-in", "kick-out", 1.2, true, confidence, body);
        let decision = decided(&song(&["Kick In", "Kick Out"], vec![doubtful]));
        assert!(!track(&decision, "kick-out").inverted, "{confidence} {body:?}");
    }
    let right = pair("kick-in", "kick-out", 1.2, false, 0.9, (-0.5, 0.9));
    assert!(!track(&decided(&song(&["Kick In", "Kick Out"], vec![right])), "kick-out").inverted);
    // Two drums are not one source.
    let apart = pair("kick", "snare", 1.2, true, 0.9, (-0.7, 0.9));
    assert!(
        decided(&song(&["Kick", "Snare"], vec![apart])).session.tracks.iter().all(|track| !track.inverted)
    );
}

#[test]
fn a_late_amplifier_is_moved_where_body_comes_back_and_a_room_never() {
    let late = pair("bass-amp", "bass-di", -4.2, false, 0.8, (0.1, 0.9));
    let fixture = song(&["Bass DI", "bass amp"], vec![late]);
    let decision = decided(&fixture);
    assert_eq!((track(&decision, "bass-amp").shift_ms, track(&decision, "bass-di").shift_ms), (-4.2, 0.0));
    snapshot("repair/align", &decision.edits);
    assert_eq!(decided(&(fixture.0.clone(), decision.session.clone())).session, decision.session);

    // Overheads that already help the snare are left; less than a decibel is only proposed.
    let over = |body| pair("overheads", "snare-top", -3.0, false, 0.8, body);
    let helped = decided(&song(&["Overheads", "Snare Top"], vec![over((0.8, 0.9))]));
    assert_eq!(track(&helped, "overheads").shift_ms, 0.0);
    assert!(!helped.proposed.iter().any(|edit| edit.by == "repair/align"));
    let some = decided(&song(&["Overheads", "Snare Top"], vec![over((0.2, 0.4))]));
    assert_eq!(track(&some, "overheads").shift_ms, 0.0);
    assert!(some.proposed.iter().any(|edit| edit.by == "repair/align"), "{:?}", some.proposed);
    let hurt = decided(&song(&["Overheads", "Snare Top"], vec![over((-0.5, 0.6))]));
    assert_eq!(track(&hurt, "overheads").shift_ms, -3.0);
    let room = decided(&song(
        &["Room", "Snare Top"],
        vec![pair("room", "snare-top", -25.0, false, 0.9, (-0.5, 0.9))],
    ));
    assert_eq!(track(&room, "room").shift_ms, 0.0);
}

#[test]
fn what_is_turned_is_also_brought_in_line_and_polarity_comes_first() {
    let both = pair("snare-btm", "snare-top", -0.4, true, 0.8, (-0.4, 0.9));
    let decision = decided(&song(&["Snare Top", "Snare Btm"], vec![both]));
    let bottom = track(&decision, "snare-btm");
    assert!(bottom.inverted && bottom.shift_ms == -0.4, "{bottom:?}");
    let order: Vec<&str> =
        decision.edits.iter().map(|edit| edit.by.as_str()).filter(|by| by.starts_with("repair")).collect();
    assert_eq!(order, ["repair/polarity", "repair/align"]);
}

#[test]
fn of_takes_the_comp_or_the_newest_plays_and_doubles_are_no_takes() {
    let muted = |decision: &Decision| -> Vec<String> {
        decision.session.tracks.iter().filter(|track| track.mute).map(|track| track.id.clone()).collect()
    };
    let comped = decided(&song(&["Vox take 1", "Vox take 2", "Vox comp", "Kick"], Vec::new()));
    assert_eq!(muted(&comped), ["vox-take-1", "vox-take-2"]);
    snapshot("repair/takes", &comped.edits);
    assert!(comped.edits.iter().any(|edit| edit.by == "repair/takes" && edit.because.contains("Vox comp")));
    let newest = decided(&song(&["Gtr take 1", "Gtr take 3", "Gtr take 2"], Vec::new()));
    assert_eq!(muted(&newest), ["gtr-take-1", "gtr-take-2"]);
    assert!(muted(&decided(&song(&["Vox", "Vox dbl", "Gtr 1", "Gtr 2"], Vec::new()))).is_empty());
    // Takes of different places are parts.
    let parts =
        [("Vox take 1", profile(0.0, 0.4)), ("Vox take 2", profile(0.5, 1.0)), ("Kick", profile(0.0, 1.0))];
    assert!(muted(&decided(&song_of(&parts, Vec::new()))).is_empty());
}

#[test]
fn of_two_copies_the_one_that_says_what_it_is_plays() {
    let copy = |relation| Related {
        relation: Some(relation),
        body: None,
        ..pair("audio-07", "piano", 0.0, false, 1.0, (1.0, 1.0))
    };
    for relation in [Relation::Identical, Relation::SameTake { gain_db: -6.0 }] {
        let decision = decided(&song(&["Piano", "Audio 07", "Kick"], vec![copy(relation)]));
        assert!(track(&decision, "audio-07").mute && !track(&decision, "piano").mute);
        assert!(
            decision.edits.iter().any(|edit| edit.by == "repair/keep-out" && edit.because.contains("Piano"))
        );
    }
    let copied = decided(&song(&["Piano", "Audio 07", "Kick"], vec![copy(Relation::Identical)]));
    snapshot("repair/keep-out", &copied.edits);
    // Also where the sound of the nameless one has said it too.
    let (mut known, mut session) = song(&["Piano", "Audio 07", "Kick"], vec![copy(Relation::Identical)]);
    for facts in known.tracks.iter_mut().filter(|facts| facts.id == "audio-07") {
        (facts.role, facts.sureness) = (Role::Piano, Sureness::Likely);
    }
    for track in session.tracks.iter_mut().filter(|track| track.id == "audio-07") {
        track.role = Role::Piano;
    }
    let decision = decided(&(known, session));
    assert!(track(&decision, "audio-07").mute && !track(&decision, "piano").mute);
    let double = decided(&song(&["Piano", "Audio 07", "Kick"], vec![copy(Relation::Double)]));
    assert!(double.session.tracks.iter().all(|track| !track.mute));
}

/// Six seconds of a part: noise around a pitch, in bursts of its own rhythm.
fn part(hz: f64, every_s: f64, seed: u64) -> Vec<f32> {
    let mut state = seed;
    let mut noise = move || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 40) as f64 / f64::from(1_u32 << 23) - 1.0
    };
    (0..6 * 48_000)
        .map(|frame| {
            let t = f64::from(frame) / 48_000.0;
            let burst = libm::exp(-(t % every_s) / (0.4 * every_s));
            (0.2 * burst * (libm::sin(2.0 * std::f64::consts::PI * hz * t) + 0.3 * noise())) as f32
        })
        .collect()
}

fn measured(samples: &[f32]) -> Profile {
    let mut meter = ProfileMeter::new(48_000, Channels::Mono).with_music();
    meter.push(&Signal::mono(samples));
    meter.finish()
}

#[test]
fn a_premix_is_kept_out_when_it_is_the_sum_of_the_others_and_kept_whole_when_it_is_not() {
    let parts = [part(90.0, 0.5, 1), part(700.0, 0.75, 2), part(3_000.0, 0.31, 3)];
    let gains = [0.5_f32, 1.4, 0.8];
    let sum: Vec<f32> = (0..parts[0].len())
        .map(|at| parts.iter().zip(gains).map(|(part, gain)| gain * part[at]).sum())
        .collect();
    let other: Vec<f32> = part(220.0, 0.6, 9).iter().zip(part(1_900.0, 0.9, 8)).map(|(a, b)| a + b).collect();
    let identified = |name: &str, whole: &[f32]| {
        let profiles: Vec<Profile> =
            parts.iter().map(|part| measured(part)).chain([measured(whole)]).collect();
        let names = ["Bass", "Gtr", "Shaker", name].map(role_from_name);
        let arrived: Vec<Arrived> = names
            .iter()
            .zip(&profiles)
            .map(|(name, profile)| Arrived { name, by_owner: false, profile, at_s: 0.0 })
            .collect();
        identify(&arrived).pop().expect("four tracks came")
    };
    let shown = identified("Rough Mix", &sum);
    assert_eq!((shown.role, shown.sureness), (Role::Mix, Sureness::Certain), "{shown:?}");
    assert_eq!(identified("Playback", &sum).role, Role::Mix);
    let kept = identified("Rough Mix", &other);
    assert!(kept.role == Role::BackingTrack && kept.doubt.is_some(), "{kept:?}");
    assert_eq!(identified("Playback", &other).role, Role::BackingTrack);
}

#[test]
fn a_song_is_about_its_voice_or_what_leads_where_none_sings() {
    let all = |names: &[&str]| focus::of_song(&song(names, Vec::new()).0, &song(names, Vec::new()).1).tracks;
    assert_eq!(all(&["Kick", "Bass", "Lead Vox", "Pad"]), ["lead-vox"]);
    assert_eq!(all(&["Kick", "Bass", "Synth Lead", "Pad"]), ["synth-lead"]);
    assert_eq!(all(&["Kick", "Bass", "Pad"]), ["bass", "kick"]);
    assert_eq!(all(&["Kick", "Sax", "Bass"]), ["sax"]);
    assert_eq!(all(&["Pad", "Shaker"]), ["pad"]);
    // Where the voice rests, the song goes on about something else.
    let (song, session) = song_of(
        &[("Lead Vox", profile(0.3, 0.7)), ("Kick", profile(0.0, 1.0)), ("Bass", profile(0.0, 1.0))],
        Vec::new(),
    );
    let intro = focus::between(&song, &session, 0.0, 25.0);
    let verse = focus::between(&song, &session, 30.0, 60.0);
    assert_eq!(
        (intro.tracks.join(" "), verse.tracks.join(" ")),
        ("bass kick".to_owned(), "lead-vox".to_owned())
    );
    assert!(!intro.because.is_empty());
}

#[test]
fn a_clip_without_a_common_start_is_asked_about_and_one_that_waits_is_not() {
    let short = |first_s: f64| {
        let mut profile = profile(0.0, 0.4);
        profile.length_frames = 48_000 * 30;
        profile.loudness.first_active_s = Some(first_s);
        profile
    };
    let asked = |first_s: f64| {
        questions(&song_of(&[("Vox", short(first_s)), ("Drums", profile(0.0, 1.0))], Vec::new()).0.tracks)
    };
    assert!(
        asked(0.1)
            .first()
            .is_some_and(|question| question.contains("Vox") && question.contains("where does it begin"))
    );
    assert!(asked(12.0).is_empty());
}

/// Eight seconds of phrases of a second, each after a second of rest, on a pitch that moves.
fn phrases(hz: f64) -> Vec<f32> {
    (0..8 * 48_000)
        .map(|frame| {
            let t = f64::from(frame) / 48_000.0;
            let at = t % 2.0;
            let level = if at < 1.0 { (at / 0.02).min(1.0) * ((1.0 - at) / 0.05).min(1.0) } else { 0.0 };
            let turn = 2.0 * std::f64::consts::PI * (hz * t + 0.2 * libm::sin(5.0 * t));
            (0.2 * level * (libm::sin(turn) + 0.4 * libm::sin(2.0 * turn) + 0.2 * libm::sin(5.0 * turn)))
                as f32
        })
        .collect()
}

fn hissing(mut samples: Vec<f32>, level_dbfs: f64) -> Vec<f32> {
    let mut state = 77_u64;
    let gain = mixkeel_dsp::units::gain_from_db(level_dbfs) * 3.0_f64.sqrt();
    for sample in &mut samples {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        *sample += (gain * ((state >> 40) as f64 / f64::from(1_u32 << 23) - 1.0)) as f32;
    }
    samples
}

fn humming(mut samples: Vec<f32>, mains_hz: f64, level_dbfs: f64) -> Vec<f32> {
    let gain = mixkeel_dsp::units::gain_from_db(level_dbfs);
    for (frame, sample) in samples.iter_mut().enumerate() {
        let turn = 2.0 * std::f64::consts::PI * mains_hz * frame as f64 / 48_000.0;
        *sample += (gain * (libm::sin(turn) + libm::sin(2.0 * turn) + 0.7 * libm::sin(3.0 * turn))) as f32;
    }
    samples
}

/// As a mix measures it: with what is wrong with it.
fn flawed(samples: &[f32]) -> Profile {
    let mut meter = ProfileMeter::new(48_000, Channels::Mono).with_music().with_flaws();
    meter.push(&Signal::mono(samples));
    meter.finish()
}

/// What repairs say of tracks with this sound: rule, strip, kind of insert; and whether it was applied.
fn repaired(tracks: &[(&str, Vec<f32>)]) -> Vec<(String, String, bool)> {
    let tracks: Vec<(&str, Profile)> =
        tracks.iter().map(|(name, samples)| (*name, flawed(samples))).collect();
    let fixture = song_of(&tracks, Vec::new());
    let decision = decided(&fixture);
    // Deciding again changes nothing.
    assert_eq!(decided(&(fixture.0.clone(), decision.session.clone())).session, decision.session);
    let of = |edits: &[Edit], applied: bool| -> Vec<(String, String, bool)> {
        let repairs = edits.iter().filter(|edit| edit.by.starts_with("repair/"));
        repairs.map(|edit| (edit.by.clone(), edit.address.to_string(), applied)).collect()
    };
    [of(&decision.edits, true), of(&decision.proposed, false)].concat()
}

fn one(rule: &str, address: &str, applied: bool) -> Vec<(String, String, bool)> {
    vec![(rule.to_owned(), address.to_owned(), applied)]
}

#[test]
fn hum_is_taken_out_at_its_own_frequency_where_it_is_heard_and_nowhere_else() {
    let piano = || ("Piano", phrases(330.0));
    for mains_hz in [50.0, 60.0] {
        let vox = humming(phrases(233.0), mains_hz, -50.0);
        assert_eq!(
            repaired(&[("Lead Vox", vox.clone()), piano()]),
            one("repair/hum", "lead-vox/dehum-1", true)
        );
        let decision =
            decided(&song_of(&[("Lead Vox", flawed(&vox)), ("Piano", flawed(&piano().1))], Vec::new()));
        let insert = &track(&decision, "lead-vox").inserts[0];
        assert_eq!(insert.settings.get("freq_hz"), Some(Value::Number(mains_hz)));
        if mains_hz == 50.0 {
            snapshot("repair/hum", &decision.edits);
        }
        assert_eq!(insert.settings.get("harmonics"), Some(Value::Number(6.0)));
    }
    assert_eq!(repaired(&[("Lead Vox", phrases(233.0)), piano()]), []);
    // A pad stands still as hum does: its owner is asked.
    let pad = humming(phrases(233.0), 50.0, -50.0);
    assert_eq!(repaired(&[("Pad", pad), piano()]), one("repair/hum", "pad/dehum-1", false));
    // Where a louder noise covers it, it is nobody's trouble.
    let covered =
        [("Lead Vox", humming(phrases(233.0), 50.0, -60.0)), ("Rain fx", hissing(phrases(90.0), -22.0))];
    assert_eq!(repaired(&covered), []);
}

#[test]
fn hiss_goes_gently_where_it_stands_alone_and_stays_where_the_band_covers_it() {
    let piano = || ("Piano", phrases(330.0));
    let vox = || hissing(phrases(233.0), -55.0);
    assert_eq!(repaired(&[("Lead Vox", vox()), piano()]), one("repair/hiss", "lead-vox/denoise-1", true));
    let decision =
        decided(&song_of(&[("Lead Vox", flawed(&vox())), ("Piano", flawed(&piano().1))], Vec::new()));
    snapshot("repair/hiss", &decision.edits);
    let Some(Value::Number(less_db)) = track(&decision, "lead-vox").inserts[0].settings.get("reduction_db")
    else {
        unreachable!("a denoiser has a reduction")
    };
    assert!((3.0..=10.0).contains(&less_db), "{less_db}");
    assert_eq!(repaired(&[("Lead Vox", hissing(phrases(233.0), -85.0)), piano()]), []);
    let covered = [("Lead Vox", vox()), ("Rain fx", hissing(phrases(90.0), -22.0))];
    assert!(
        repaired(&covered).iter().all(|(_, address, _)| !address.starts_with("lead-vox")),
        "{:?}",
        repaired(&covered)
    );
}

#[test]
fn clicks_in_a_voice_are_mended_and_on_a_drum_its_owner_is_asked() {
    let clicked = || {
        let mut samples = phrases(233.0);
        for second in [0.31, 2.57, 4.2, 6.73] {
            samples[(second * 48_000.0) as usize] += 0.4;
        }
        samples
    };
    assert_eq!(
        repaired(&[("Lead Vox", clicked()), ("Piano", phrases(330.0))]),
        one("repair/clicks", "lead-vox/declick-1", true)
    );
    let tracks = [("Lead Vox", flawed(&clicked())), ("Piano", flawed(&phrases(330.0)))];
    snapshot("repair/clicks", &decided(&song_of(&tracks, Vec::new())).edits);
    assert_eq!(
        repaired(&[("Shaker", clicked()), ("Piano", phrases(330.0))]),
        one("repair/clicks", "shaker/declick-1", false)
    );
}

#[test]
fn an_offset_is_taken_out_under_everything_that_is_heard() {
    let off: Vec<f32> = phrases(233.0).iter().map(|sample| sample + 0.02).collect();
    let tracks = [("Lead Vox", flawed(&off)), ("Piano", flawed(&phrases(330.0)))];
    snapshot("repair/offset", &decided(&song_of(&tracks, Vec::new())).edits);
    assert_eq!(
        repaired(&[("Lead Vox", off), ("Piano", phrases(330.0))]),
        one("repair/offset", "lead-vox/eq-1", true)
    );
}

#[test]
fn a_recording_that_was_cut_off_is_named_with_what_cannot_be_undone_and_changed_in_nothing() {
    let cut = |ceiling: f32| -> Vec<f32> {
        phrases(233.0).iter().map(|sample| (8.0 * sample).clamp(-1.0, 1.0) * ceiling).collect()
    };
    for (ceiling, told) in [(1.0, "at full scale"), (0.5, "-6.0 dBFS, before its level was changed")] {
        let tracks = [("Lead Vox", flawed(&cut(ceiling))), ("Piano", flawed(&phrases(330.0)))];
        let (song, session) = song_of(&tracks, Vec::new());
        let told_of = advice(&song.tracks);
        assert_eq!(told_of.len(), 1, "{told_of:?}");
        assert!(told_of[0].starts_with("Lead Vox: cut off") && told_of[0].contains(told), "{}", told_of[0]);
        let decision = decided(&(song, session));
        assert!(decision.edits.iter().all(|edit| !edit.by.starts_with("repair/")), "{:?}", decision.edits);
    }
}
