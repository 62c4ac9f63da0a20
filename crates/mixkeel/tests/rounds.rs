//! The loop: what the render shows to be off what was meant is put right, and nothing else moves.
#![allow(clippy::unwrap_used)] // a test that cannot set up its song has failed

mod common;
#[path = "../../assist/tests/snapshot/mod.rs"]
mod snapshot;

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use common::{RATE_HZ, samples, tone, write_wav};
use mixkeel::Silent;
use mixkeel::ear::Ear;
use mixkeel::mix::{MixOptions, Start, mix};
use mixkeel::rounds::{Corrected, Ended, Heard, RoundOptions, correct};
use mixkeel::song::arrive::arrive;
use mixkeel::song::cache::Cache;
use mixkeel::song::facts::facts;
use mixkeel::song::measure::{Take, measure};
use mixkeel::song::media::Shelf;
use mixkeel::song::scan::scan;
use mixkeel_analysis::spectrum::regions::Region;
use mixkeel_assist::RULES;
use mixkeel_assist::decide::decide_on_paper;
use mixkeel_assist::rounds::parts::parts;
use mixkeel_assist::song::{Song, TrackFacts};
use mixkeel_dsp::block::{Buffer, Channels};
use mixkeel_dsp::catalog;
use mixkeel_dsp::param::Value;
use mixkeel_io::read::Downmix;
use mixkeel_session::resolve::MediaFacts;
use mixkeel_session::role::Role;
use mixkeel_session::session::{Clip, Insert, Section, Session, Track};
use snapshot::snapshot;

/// Eight seconds: kick, bass, guitar, piano, voice.
fn write_band(folder: &Path) {
    let frames = 8 * RATE_HZ as usize;
    let tracks =
        [("Kick", 60.0), ("Bass DI", 110.0), ("EGtr", 440.0), ("Piano", 622.0), ("Lead Vox", 1_000.0)];
    for (name, freq_hz) in tracks {
        write_wav(&folder.join(format!("{name}.wav")), &tone(freq_hz, 0.2, frames, Channels::Mono), RATE_HZ);
    }
}

/// The same, with sounds that have something in every octave, so that nothing is off but what is put off.
fn write_broad_band(folder: &Path) {
    write_band(folder);
    for (name, seed) in [("EGtr", 1), ("Piano", 2), ("Lead Vox", 3)] {
        write_wav(&folder.join(format!("{name}.wav")), &broad(seed), RATE_HZ);
    }
}

/// Eight seconds of tones close to each other, falling by 2 dB an octave.
fn broad(seed: u32) -> Buffer {
    let mut sound = Buffer::new(Channels::Mono, 8 * RATE_HZ as usize);
    for step in 0..70_u32 {
        let freq_hz = 90.0 * 1.075_f64.powf(f64::from(step) + 0.3 * f64::from(seed));
        let height = 0.016 * (90.0 / freq_hz).powf(0.35);
        // A point that turns by so much a sample.
        let (turn_sin, turn_cos) = (std::f64::consts::TAU * freq_hz / f64::from(RATE_HZ)).sin_cos();
        let (mut across, mut up) = (height, 0.0);
        for sample in sound.block().left() {
            (across, up) = (turn_cos * across - turn_sin * up, turn_sin * across + turn_cos * up);
            *sample += up as f32;
        }
    }
    sound
}

/// The band as it was decided on paper, from a fresh balance.
fn decided(folder: &Path) -> (Song, Session) {
    let arrivals = arrive(&scan(folder).unwrap(), Downmix::Refuse, &[]).unwrap();
    let take = |left: &Path, frames| Take { left: left.to_path_buf(), right: None, claimed_frames: frames };
    let takes: Vec<Take> =
        arrivals.tracks.iter().map(|track| take(&track.left, track.claimed_frames())).collect();
    let measured = measure(&takes, Downmix::Refuse, &Cache::off(), &Silent).unwrap();
    let (mut facts, mut tracks) = (Vec::new(), Vec::new());
    for (arrival, measured) in arrivals.tracks.iter().zip(measured) {
        let id = arrival.name.to_lowercase().replace(' ', "-");
        facts.push(TrackFacts::new(&id, &arrival.name, &arrival.guess, 0.0, measured.profile));
        let file = arrival.left.to_string_lossy().into_owned();
        tracks.push(Track {
            clips: vec![Clip { file, right: None, at_s: 0.0 }],
            role: arrival.guess.role,
            ..Track::at_unity(&id, &arrival.name)
        });
    }
    let section = |id: &str, from_s, to_s| Section { id: id.to_owned(), kind: id.to_owned(), from_s, to_s };
    let session = Session {
        focus: vec!["lead-vox".to_owned()],
        sections: vec![section("verse", 0.0, 4.0), section("chorus", 4.0, 8.0)],
        ..Session::at_unity("Band", RATE_HZ, tracks)
    };
    assert!(session.tracks.iter().any(|track| track.role == Role::LeadVocal));
    let mut song = Song::new(facts, Vec::new(), Start::Fresh);
    let session = decide_on_paper(&RULES, &mut song, &session).session;
    (song, session)
}

/// What rounds come to on these recordings.
fn corrected(folder: &Path, song: &Song, session: &Session) -> Corrected {
    let (shelf, media) = recordings(folder, session);
    correct(song, session, &Ear::new(&shelf, &media, &Silent), &RoundOptions::default(), &Silent).unwrap()
}

fn recordings(folder: &Path, session: &Session) -> (Shelf, BTreeMap<String, MediaFacts>) {
    let shelf = Shelf { folder: folder.to_path_buf(), rate_hz: RATE_HZ, downmix: Downmix::Refuse };
    let media = facts(session, &shelf).unwrap();
    (shelf, media)
}

fn track<'a>(session: &'a Session, id: &str) -> &'a Track {
    session.tracks.iter().find(|track| track.id == id).unwrap()
}

/// What a rule might have put there, and what nobody has told of the level.
fn softer_by(db: f64) -> Insert {
    let kind = catalog::find("gain").unwrap();
    let mut settings = (kind.settings)();
    settings.set("gain_db", &Value::Number(-db)).unwrap();
    Insert {
        id: "gain-9".to_owned(),
        kind,
        settings,
        assets: Vec::new(),
        keys: Vec::new(),
        bypass: false,
        by: Some("dynamics/glue".to_owned()),
        because: None,
    }
}

/// A boost that nobody wanted.
fn bell(freq_hz: f64, gain_db: f64) -> Insert {
    let kind = catalog::find("eq").unwrap();
    let mut settings = (kind.settings)();
    for (name, value) in [("band.1/freq_hz", freq_hz), ("band.1/gain_db", gain_db), ("band.1/q", 1.0)] {
        settings.set(name, &Value::Number(value)).unwrap();
    }
    Insert { id: "eq-9".to_owned(), kind, settings, by: None, ..softer_by(0.0) }
}

#[test]
fn what_steps_back_for_the_voice_is_not_turned_up_again() {
    let folder = tempfile::tempdir().unwrap();
    write_band(folder.path());
    let (song, meant) = decided(folder.path());
    let mut session = meant.clone();
    let room = Insert { by: Some("eq/make-room".to_owned()), ..softer_by(2.5) };
    session.tracks.iter_mut().find(|track| track.id == "piano").unwrap().inserts.push(room);

    let done = corrected(folder.path(), &song, &session);
    let without = corrected(folder.path(), &song, &meant);
    let raised_db = track(&done.session, "piano").fader_db - track(&without.session, "piano").fader_db;
    assert!(raised_db.abs() < 0.5, "the room that the piano made was taken back by {raised_db} dB");
}

#[test]
fn a_covered_focus_comes_up_no_further_than_people_differ_on_its_role() {
    let folder = tempfile::tempdir().unwrap();
    write_band(folder.path());
    let (song, mut session) = decided(folder.path());
    session.focus = vec!["piano".to_owned()];
    // Nothing changes its level but the loop, and it lies far under a guitar and a voice that nobody could play against.
    for track in &mut session.tracks {
        match track.id.as_str() {
            "piano" => {
                track.inserts.clear();
                track.fader_db = -20.0;
            }
            _ => track.fader_db = 6.0,
        }
    }
    let done = corrected(folder.path(), &song, &session);
    let raised_db = track(&done.session, "piano").fader_db - track(&session, "piano").fader_db;
    snapshot("loop/focus", &done.edits);
    // Its row of the table of roles has 1.8 LU, and the level of a single tone is told a little low; three rounds of 3 dB would
    // be 9.
    assert!((0.5..=1.9).contains(&raised_db), "the piano was raised by {raised_db} dB");
    let covered = |round: &mixkeel_assist::rounds::Round| {
        round.aims.iter().any(|aim| aim.what.contains("lost to the rest") && aim.is_heard())
    };
    assert!(covered(&done.made[done.kept]), "what is still covered is told as off");
}

#[test]
fn what_processors_take_from_a_level_comes_back_and_too_much_reverb_goes() {
    let folder = tempfile::tempdir().unwrap();
    write_band(folder.path());
    let (song, meant) = decided(folder.path());
    let (shelf, media) = recordings(folder.path(), &meant);
    let ear = Ear::new(&shelf, &media, &Silent);
    let mut session = meant.clone();
    session.tracks.iter_mut().find(|track| track.id == "piano").unwrap().inserts.push(softer_by(2.5));
    assert!(!session.returns.is_empty(), "the voice has its plate");
    session.returns.iter_mut().for_each(|one| one.strip.fader_db = 9.0);

    let done = correct(&song, &session, &ear, &RoundOptions::default(), &Silent).unwrap();
    snapshot("loop/levels", &done.edits);
    snapshot("loop/reverb", &done.edits);
    // What the piano's other processors take comes back with or without it.
    let without = correct(&song, &meant, &ear, &RoundOptions::default(), &Silent).unwrap();
    let raised_db = track(&done.session, "piano").fader_db - track(&without.session, "piano").fader_db;
    // Either may stay off by what is not heard.
    assert!((raised_db - 2.5).abs() <= 1.0, "the piano came back by {raised_db} dB");
    assert!(done.session.returns.iter().all(|one| one.strip.fader_db < 6.0), "{:?}", done.session.returns);
    let (first, kept) = (&done.made[0], &done.made[done.kept]);
    // What tones of one frequency each are off of records stays; the piano's 4 steps and more of reverberation go.
    assert!(kept.off < first.off - 5.0, "{} then {}", first.off, kept.off);
    assert!(done.made.iter().all(|round| round.off >= kept.off), "the best is kept");
    assert!(done.edits.iter().all(|edit| edit.by.starts_with("loop/") && !edit.because.is_empty()));

    // The same again, to the bit; and fewer rounds are the first of more.
    let again = correct(&song, &session, &ear, &RoundOptions::default(), &Silent).unwrap();
    assert_eq!((&again.session, &again.made), (&done.session, &done.made));
    let one = correct(&song, &session, &ear, &RoundOptions { most: 1, ..RoundOptions::default() }, &Silent)
        .unwrap();
    assert_eq!(one.made[..], done.made[..one.made.len()]);
    let in_no_time =
        RoundOptions { until: Some((std::time::Instant::now(), Duration::ZERO)), ..RoundOptions::default() };
    let none = correct(&song, &session, &ear, &in_no_time, &Silent).unwrap();
    assert_eq!((none.ended, &none.session, none.made.len()), (Ended::Time, &session, 0));

    // What its owner locked stays where it is, however far it is off.
    session.tracks.iter_mut().for_each(|track| track.lock = vec!["fader_db".to_owned()]);
    session.returns.iter_mut().for_each(|one| one.strip.lock = vec!["fader_db".to_owned()]);
    let locked = correct(&song, &session, &ear, &RoundOptions::default(), &Silent).unwrap();
    let faders = |session: &Session| session.strips().map(|strip| strip.fader_db).collect::<Vec<_>>();
    assert_eq!(faders(&locked.session), faders(&session));
    // So does what is to be kept.
    session.tracks.iter_mut().for_each(|track| track.lock.clear());
    let keeping = Song { keep: vec!["balance".to_owned()], ..song.clone() };
    let kept = correct(&keeping, &session, &ear, &RoundOptions::default(), &Silent).unwrap();
    assert_eq!(faders(&kept.session), faders(&session));
}

/// What a strip measures of this name in the first listening and in the one that is kept.
fn measured(done: &Corrected, what: &str) -> (f64, f64) {
    let of = |round: usize| done.made[round].aims.iter().find(|aim| aim.what == what).unwrap().measured;
    (of(0), of(done.kept))
}

#[test]
fn what_leans_to_one_side_goes_inwards_until_the_sides_are_alike() {
    let folder = tempfile::tempdir().unwrap();
    write_broad_band(folder.path());
    let (song, mut session) = decided(folder.path());
    for track in session.tracks.iter_mut().filter(|track| ["egtr", "piano"].contains(&track.id.as_str())) {
        (track.pan, track.fader_db) = (-0.9, track.fader_db + 6.0);
    }
    let done = corrected(folder.path(), &song, &session);
    println!(
        "ROUND sides {:?}",
        done.made
            .iter()
            .map(|r| (
                r.off,
                r.aims
                    .iter()
                    .filter(|a| a.unit == "LU" || a.unit == "dB")
                    .map(|a| (a.what.clone(), a.measured))
                    .collect::<Vec<_>>()
            ))
            .collect::<Vec<_>>()
    );
    snapshot("loop/sides", &done.edits);
    for id in ["egtr", "piano"] {
        assert!(
            (-0.89..-0.1).contains(&track(&done.session, id).pan),
            "{id}: {}",
            track(&done.session, id).pan
        );
    }
    let (before_lu, after_lu) = measured(&done, "left over right");
    assert!(before_lu > 2.0 && after_lu < before_lu - 0.5, "{before_lu} then {after_lu}");
    // A lean that nobody hears is left.
    let (_, even) = decided(folder.path());
    assert!(!corrected(folder.path(), &song, &even).edits.iter().any(|edit| edit.by == "loop/sides"));
}

#[test]
fn what_one_loudspeaker_would_lose_of_the_mix_is_narrowed() {
    let folder = tempfile::tempdir().unwrap();
    write_broad_band(folder.path());
    // The middle, and as much again that is upside down on the other side.
    let mut pad = Buffer::new(Channels::Stereo, 8 * RATE_HZ as usize);
    for (sign, channel) in [1.0, -1.0].into_iter().zip(pad.block().each()) {
        let (middle, side) = (broad(4), broad(5));
        let both = middle.signal().left().iter().zip(side.signal().left());
        channel.iter_mut().zip(both).for_each(|(sample, (middle, side))| *sample = middle + sign * side);
    }
    write_wav(&folder.path().join("Pad.wav"), &pad, RATE_HZ);
    let (song, mut session) = decided(folder.path());
    let pad = session.tracks.iter_mut().find(|track| track.id == "pad").unwrap();
    (pad.width, pad.fader_db) = (2.0, pad.fader_db + 14.0);
    let done = corrected(folder.path(), &song, &session);
    println!(
        "ROUND mono {:?}",
        done.made
            .iter()
            .map(|r| (
                r.off,
                r.aims
                    .iter()
                    .filter(|a| a.unit == "LU" || a.unit == "dB")
                    .map(|a| (a.what.clone(), a.measured))
                    .collect::<Vec<_>>()
            ))
            .collect::<Vec<_>>()
    );
    snapshot("loop/mono", &done.edits);
    assert!(track(&done.session, "pad").width < 2.0);
    let (before_lu, after_lu) = measured(&done, "lost in mono");
    assert!(before_lu > 2.5 && after_lu < before_lu - 0.2, "{before_lu} then {after_lu}");
    // Without it hardly anything is lost.
    let (_, plain) = decided(folder.path());
    assert!(!corrected(folder.path(), &song, &plain).edits.iter().any(|edit| edit.by == "loop/mono"));
}

#[test]
fn what_builds_up_in_the_sum_is_taken_down_where_most_of_it_comes_from() {
    let folder = tempfile::tempdir().unwrap();
    write_broad_band(folder.path());
    let (song, plain) = decided(folder.path());
    let mut session = plain.clone();
    let (from_hz, to_hz) = Region::Box.edges_hz();
    for track in session.tracks.iter_mut().filter(|track| ["egtr", "piano"].contains(&track.id.as_str())) {
        track.inserts.push(bell((from_hz * to_hz).sqrt(), 15.0));
        track.fader_db += 9.0;
    }
    let done = corrected(folder.path(), &song, &session);
    println!(
        "ROUND tone {:?}",
        done.made
            .iter()
            .map(|r| (
                r.off,
                r.aims
                    .iter()
                    .filter(|a| a.unit == "LU" || a.unit == "dB")
                    .map(|a| (a.what.clone(), a.measured))
                    .collect::<Vec<_>>()
            ))
            .collect::<Vec<_>>()
    );
    snapshot("loop/tone", &done.edits);
    let (before_db, after_db) = measured(&done, "box over records");
    assert!(before_db > 3.0 && after_db < before_db - 1.0, "{before_db} then {after_db}");
    let cut =
        |id: &str| track(&done.session, id).inserts.iter().any(|one| one.by.as_deref() == Some("loop/tone"));
    assert!((cut("egtr") || cut("piano")) && !cut("lead-vox") && !cut("bass-di"));
}

#[test]
fn rounds_hear_a_part_of_every_section_and_no_more_than_a_quarter_of_a_long_song() {
    let folder = tempfile::tempdir().unwrap();
    write_band(folder.path());
    let (mut song, session) = decided(folder.path());
    // Short songs are heard whole; from less nothing can be told.
    assert!((parts(&song, &session).iter().map(|part| part.length_s()).sum::<f64>() - 8.0).abs() < 0.21);
    for facts in &mut song.tracks {
        let profile = &mut facts.profile;
        profile.length_frames *= 20;
        profile.contour.powers = profile.contour.powers.repeat(20);
    }
    let mut session = session;
    let section = |n: u32| {
        let (from_s, to_s) = (f64::from(n) * 20.0, f64::from(n + 1) * 20.0);
        Section { id: format!("part-{n}"), kind: "part".to_owned(), from_s, to_s }
    };
    session.sections = (0..8).map(section).collect();
    let parts = parts(&song, &session);
    let heard_s: f64 = parts.iter().map(|part| part.length_s()).sum();
    assert!((30.0..=40.0 + 1e-6).contains(&heard_s), "{heard_s} of 160 s");
    for section in &session.sections {
        let inside = |part: &&mixkeel_assist::rounds::parts::Part| {
            part.from_s >= section.from_s - 1e-9 && part.to_s <= section.to_s + 1e-9
        };
        assert!(parts.iter().any(|part| inside(&part)), "nothing of {}", section.id);
    }
}

#[test]
fn a_mix_tells_its_rounds_and_none_is_made_where_none_is_wanted() {
    let folder = tempfile::tempdir().unwrap();
    write_band(&folder.path().join("Song"));
    let mixed = |out: &str, rounds: usize, time_limit: Option<Duration>| {
        let out = Some(folder.path().join(out));
        let options = MixOptions {
            out,
            start: Start::Fresh,
            rounds,
            time_limit,
            stems: false,
            ..MixOptions::default()
        };
        mix(&folder.path().join("Song"), &options, &Silent).unwrap()
    };
    let edits = |out: &str| std::fs::read_to_string(folder.path().join(out).join("edits.json")).unwrap();
    let looped = mixed("loop", 3, None);
    let rounds = looped.report.rounds.as_ref().unwrap();
    assert_eq!(rounds.heard.last().map(|line| line.of), Some(Heard::Whole), "the whole mix confirms");
    assert!(rounds.heard.len() >= 2 && looped.summary().iter().any(|line| line.starts_with("Heard: ")));
    let ledger = std::fs::read_to_string(folder.path().join("loop/ledger.jsonl")).unwrap();
    let line: serde_json::Value = serde_json::from_str(ledger.lines().next().unwrap()).unwrap();
    assert_eq!(line["rounds"].as_array().unwrap().len(), rounds.heard.len());
    let off = mixed("off", 0, None);
    assert_eq!(off.report.rounds.as_ref().map(|rounds| (rounds.kept, rounds.ended)), Some((0, Ended::Off)));
    assert!(!edits("off").contains("\"loop/"));
    // Without time for a round the mix is that without rounds, to the bit.
    mixed("late", 3, Some(Duration::ZERO));
    let sound = |out: &str| samples(&folder.path().join(out).join("mix.wav"));
    assert!(sound("late") == sound("off"));
}

#[test]
fn a_breath_ahead_of_the_voice_is_nothing_to_be_brought_to_the_front() {
    let folder = tempfile::tempdir().unwrap();
    write_band(folder.path());
    let half = 4 * RATE_HZ as usize;
    let mut voice = tone(1_000.0, 0.2, 2 * half, Channels::Mono);
    voice.block().left()[..half].iter_mut().for_each(|sample| *sample *= 0.02);
    write_wav(&folder.path().join("Lead Vox.wav"), &voice, RATE_HZ);
    let (song, session) = decided(folder.path());
    let made = corrected(folder.path(), &song, &session).made;
    let looked_at = |section: &str| {
        made.iter()
            .flat_map(|round| &round.aims)
            .any(|aim| aim.what.ends_with(&format!("the rest in {section}")))
    };
    assert!(looked_at("chorus") && !looked_at("verse"), "{made:?}");
}
