//! The judge on sound whose faults are known. `cargo run --release -p mixkeel --example verdict_table` prints the whole
//! table; this holds its core.
#![allow(clippy::unwrap_used)] // a test that cannot set up its song has failed

#[path = "../examples/planted/mod.rs"]
mod planted;

use std::sync::OnceLock;

use mixkeel_dsp::kernels::windowed_sinc::{WindowedSinc, half_width_frames};
use mixkeel_dsp::units::gain_from_db;
use mixkeel_judge::check::Destination;
use mixkeel_judge::checks::CHECKS;
use mixkeel_judge::finding::Severity;
use mixkeel_judge::verdict::{Judgement, Verdict, judge};
use mixkeel_session::role::Role;
use planted::scenes::{STAGGERED_DB, Scene, band};
use planted::{PLANTS, Part, Sound, demo_parts, limit, mixed, songs};
use rayon::prelude::*;

/// The demo's tracks, 8 s from where all of them play.
fn parts() -> &'static [Part] {
    static PARTS: OnceLock<Vec<Part>> = OnceLock::new();
    PARTS.get_or_init(|| {
        let parts = demo_parts();
        let from_s = parts.iter().map(|part| part.sound.frames()).max().unwrap() as f64 / 96_000.0;
        parts.into_iter().map(|part| Part { sound: part.sound.cut(from_s, 8.0), ..part }).collect()
    })
}

fn demo() -> Sound {
    let mut sum = Sound::silent(48_000, parts().iter().map(|part| part.sound.frames()).max().unwrap());
    parts().iter().for_each(|part| sum.add(&part.sound, 1.0));
    let lufs = sum.lufs();
    sum.gain_db(-20.0 - lufs);
    sum
}

fn ids(judged: &Judgement) -> Vec<String> {
    judged.findings.iter().map(|one| format!("{} ({})", one.id, one.severity.word())).collect()
}

fn warnings(judged: &Judgement) -> usize {
    judged.findings.iter().filter(|one| one.severity > Severity::Note).count()
}

#[test]
fn a_sound_mix_is_ready_and_every_planted_fault_is_found_and_half_of_one_is_not() {
    let clean = demo();
    for destination in [Destination::Mastering, Destination::Release] {
        let judged = clean.judged(destination);
        assert!(judged.verdict != Verdict::ReEvaluate && warnings(&judged) <= 1, "{:?}", ids(&judged));
    }
    // Those whose strength has to be searched for, or that need a longer song, are in the example's table.
    let searched = ["over-limited", "harsh", "boomy", "dull", "thin", "hum", "clipping"];
    let jobs: Vec<_> = PLANTS
        .iter()
        .filter(|plant| !searched.contains(&plant.id))
        .flat_map(|plant| [2.0, 0.5].map(|times| (plant, times)))
        .collect();
    let wrong: Vec<String> = jobs
        .par_iter()
        .filter_map(|(plant, times)| {
            let mut sound = clean.clone();
            (plant.plant)(&mut sound, *times);
            let judged = sound.judged(plant.destination);
            let there = judged.findings.iter().find(|one| one.id == plant.id);
            let told = there.is_some_and(|one| one.severity > Severity::Note || !plant.warns());
            let right = if *times > 1.0 { there.is_some() } else { !told };
            (!right).then(|| format!("{} ×{times}: {:?}", plant.id, ids(&judged)))
        })
        .collect();
    assert!(jobs.len() >= 36, "{}", jobs.len());
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn metal_a_ballad_an_808_and_an_orchestra_are_not_blamed_for_being_themselves() {
    type Song = (&'static str, fn(f64) -> Sound);
    let all: [Song; 4] = [
        ("metal", songs::metal),
        ("ballad", songs::ballad),
        ("808", songs::eight_oh_eight),
        ("orchestra", songs::orchestra),
    ];
    let wrong: Vec<String> = all
        .par_iter()
        .flat_map_iter(|(name, play)| {
            let mut song = play(16.0);
            let lufs = song.lufs();
            song.gain_db(-20.0 - lufs);
            let mut wrong = Vec::new();
            let judged = song.judged(Destination::Mastering);
            if judged.verdict == Verdict::ReEvaluate || warnings(&judged) > 1 {
                wrong.push(format!("{name}: {:?}", ids(&judged)));
            }
            // As loud as people want it, and over full scale between the samples: a master all the same.
            for _ in 0..5 {
                let lufs = song.lufs();
                song.gain_db(-8.0 - lufs);
                limit(&mut song, 0.98);
            }
            let peak = song.peak();
            song.gain_db(0.3 - 20.0 * libm::log10(peak));
            let judged = song.judged(Destination::Release);
            if judged.verdict == Verdict::ReEvaluate {
                wrong.push(format!("{name}, loud: {:?}", ids(&judged)));
            }
            if !judged.findings.iter().any(|one| one.id == "true-peak") {
                wrong.push(format!("{name}: nobody says that it is over"));
            }
            // Given as a mix, it is sent back with one request and no list.
            let judged = song.judged(Destination::Mastering);
            if judged.findings.first().is_none_or(|one| one.id != "already-mastered") {
                wrong.push(format!("{name}, loud, as a mix: {:?}", ids(&judged)));
            }
            wrong
        })
        .collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// The demo with one track brought to this many times the level of the whole, and what is found in it.
fn with(name: &str, times: f64) -> Judgement {
    let mut whole = Sound::silent(48_000, parts()[0].sound.frames());
    parts().iter().for_each(|part| whole.add(&part.sound, 1.0));
    let mut changed = parts().to_vec();
    let part = changed.iter_mut().find(|part| part.name == name).unwrap();
    let level = part.sound.rms();
    part.sound.gain_db(20.0 * libm::log10(times * whole.rms() / level));
    judge(&mixed(&changed), Destination::Mastering)
}

#[test]
fn a_track_that_nobody_hears_is_told() {
    let judged = with("Pno", 0.006);
    let finding = judged.findings.iter().find(|one| one.id == "masked-track");
    assert!(finding.is_some_and(|one| one.about.contains(&"pno".to_owned())), "{:?}", ids(&judged));
    assert!(parts().iter().any(|part| part.role == Role::LeadVocal && part.in_focus));
}

#[test]
fn every_finding_of_the_design_has_its_check_in_its_file() {
    let design = "clipping true-peak over-limited too-quiet dc hum hiss clicks dropout muddy harsh dull thin boomy sibilant \
                  mono-loss polarity lopsided too-narrow too-wide low-end-wide channel-delay truncated-start truncated-end \
                  leading-silence lossy-source upsampled padded-bits buried-focus masked-track uneven-level flat-depth \
                  flat-contour too-wet too-dry low-rate low-bits already-mastered";
    let wanted: Vec<&str> = design.split_whitespace().collect();
    assert_eq!(CHECKS.iter().map(|check| check.id).collect::<Vec<_>>(), wanted);
    for check in &CHECKS {
        let file = format!("checks/{}.rs", check.id.replace('-', "_"));
        assert!(check.file.replace('\\', "/").ends_with(&file), "{} is in {}", check.id, check.file);
    }
}

#[test]
fn the_word_length_the_rate_and_what_is_silent_are_told_as_they_are() {
    let clean = demo();
    let found = |sound: &Sound, destination| ids(&sound.judged(destination));
    let mut short = clean.clone();
    (short.bits, short.float) = (12, false);
    assert!(found(&short, Destination::Mastering).contains(&"low-bits (warning)".to_owned()));
    (short.bits, short.float) = (24, false);
    assert!(!found(&short, Destination::Mastering).iter().any(|id| id.starts_with("low-bits")));
    let slow = Sound { rate_hz: 22_050, ..clean.clone() };
    assert!(found(&slow, Destination::Mixing).contains(&"low-rate (warning)".to_owned()));
    assert!(!found(&clean, Destination::Mixing).iter().any(|id| id.starts_with("low-rate")));
    assert!(!found(&clean, Destination::Mastering).iter().any(|id| id.starts_with("padded-bits")));
    let steps = 32_768.0 * gain_from_db(0.0);
    let mut padded = clean.clone();
    padded.each(|channel| {
        channel.iter_mut().for_each(|x| *x = ((f64::from(*x) * steps).round() / steps) as f32)
    });
    (padded.bits, padded.float) = (24, false);
    assert!(found(&padded, Destination::Mastering).contains(&"padded-bits (note)".to_owned()));
    let nothing = Sound::silent(48_000, 96_000).judged(Destination::Mastering);
    assert_eq!(nothing.verdict, Verdict::ReEvaluate);
    assert!(nothing.sentence.contains("low level"), "{}", nothing.sentence);
}

/// What only a session knows: a scene, what is told about it, and what is not.
type Fixture = (&'static str, fn() -> Scene, &'static [&'static str], &'static [&'static str]);

const FIXTURES: [Fixture; 13] = [
    ("a sound mix", Scene::sound, &[], &["too-wet", "too-dry", "masked-track"]),
    ("a loud room", || Scene { room_db: Some(9.0), ..Scene::sound() }, &["too-wet"], &[]),
    ("no room", || Scene { room_db: None, ..Scene::sound() }, &["too-dry"], &[]),
    ("one distance", || Scene { parts: band(10.0, [-12.0; 6]), ..Scene::sound() }, &["flat-depth"], &[]),
    ("distances", || Scene { parts: band(10.0, STAGGERED_DB), ..Scene::sound() }, &[], &["flat-depth"]),
    ("sections alike", || Scene::song([0.0; 5]), &["flat-contour"], &[]),
    ("choruses louder", || Scene::song([-4.0, 0.0, -4.0, 0.0, -2.0]), &[], &["flat-contour", "uneven-level"]),
    ("a last chorus lost", || Scene::song([-4.0, 0.0, -4.0, -5.0, -2.0]), &["uneven-level"], &[]),
    ("a voice far down", || Scene::sound().with("Vox", -30.0), &["buried-focus"], &[]),
    ("a voice in front", || Scene::sound().with("Vox", 6.0), &[], &["buried-focus"]),
    // A voice that has one word in the intro is not covered there: the song is not about it yet.
    ("one word, and lost later", || Scene::one_word().with("Vox", -36.0), &["buried-focus"], &[]),
    ("one word in the intro", Scene::one_word, &[], &["buried-focus"]),
    ("a bell nobody hears", || Scene::sound().with("Bell", -48.0), &["masked-track"], &[]),
];

#[test]
fn what_only_a_session_knows_is_told_where_it_is_and_not_where_it_is_not() {
    let wrong: Vec<String> = FIXTURES
        .par_iter()
        .filter_map(|(name, scene, told, quiet)| {
            let judged = scene().judged();
            let has = |id: &&&str| judged.findings.iter().any(|one| one.id == **id);
            let right = told.iter().all(|id| has(&id)) && !quiet.iter().any(|id| has(&id));
            (!right).then(|| format!("{name}: {:?}", ids(&judged)))
        })
        .collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// The same through the filter of a coder: everything above so many hertz is gone, within 300 Hz.
fn coded(sound: &Sound, above_hz: f64) -> Sound {
    let nyquist_hz = 0.5 * f64::from(sound.rate_hz);
    let half_width = half_width_frames(80.0, 300.0 / nyquist_hz).ceil();
    let low_pass = WindowedSinc::new(above_hz / nyquist_hz, half_width, 80.0);
    let reach = half_width as usize;
    let taps: Vec<f32> = (0..=2 * reach).map(|k| low_pass.at(k as f64 - half_width) as f32).collect();
    let mut coded = sound.clone();
    coded.each(|channel| {
        let mut padded = vec![0.0; reach];
        padded.extend_from_slice(channel);
        padded.resize(channel.len() + 2 * reach, 0.0);
        *channel = padded
            .windows(taps.len())
            .map(|heard| heard.iter().zip(&taps).map(|(x, tap)| x * tap).sum())
            .collect();
    });
    coded
}

#[test]
fn a_cut_start_a_coder_and_a_raised_rate_are_told_and_their_sound_twins_are_not() {
    let clean = demo();
    let short = clean.cut(1.0, 4.0);
    let inside = |from_s: f64| {
        let from = clean.at(from_s);
        let mut cut = clean.clone();
        cut.each(|channel| drop(channel.drain(..from)));
        cut
    };
    // What a coder takes away is air; a song that has some.
    let airy = songs::metal(4.0);
    let dark = {
        let mut dark = airy.clone();
        planted::low_pass(&mut dark, 6_000.0);
        dark
    };
    let raised = airy.at_rate(96_000);
    let mut recorded = raised.clone();
    // What was recorded at that rate holds at least the hiss of its room up there.
    let mut state = 1_u32;
    recorded.each(|channel| {
        channel.iter_mut().for_each(|x| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            *x += 1e-3 * (state as i32 as f32 / 2_147_483_648.0);
        });
    });
    let scenes = [
        ("truncated-start", inside(1.3), true),
        ("truncated-start", short, false),
        ("lossy-source", coded(&airy, 16_000.0), true),
        ("lossy-source", airy.clone(), false),
        ("lossy-source", dark, false),
        ("upsampled", raised, true),
        ("upsampled", recorded, false),
        ("upsampled", airy, false),
    ];
    let wrong: Vec<String> = scenes
        .par_iter()
        .filter_map(|(id, sound, is_told)| {
            let judged = sound.judged(Destination::Mastering);
            let told = judged.findings.iter().any(|one| one.id == *id);
            (told != *is_told).then(|| format!("{id}, {is_told}: {:?}", ids(&judged)))
        })
        .collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}
