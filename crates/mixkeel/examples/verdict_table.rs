//! Prints what the judge says of sound whose faults are known: hits, misses and false alarms.
//!
//! `cargo run --release -p mixkeel --example verdict_table` plants every fault at twice and at half of its threshold into the
//! demo's mix and, where the folder `../shared/music` lies beside the repository, into real mixes; and judges the labelled
//! files there. One part of it by its name: `labelled`, `planted` (and the name of one fault), `attribution` (and the name of one song); `figures`
//! prints the raw figures that thresholds are compared with, and `records FOLDER` how they lie in a folder of records.

#![allow(clippy::unwrap_used)] // a table that cannot be made has failed

mod planted;

use std::collections::BTreeMap;
use std::path::PathBuf;

use mixkeel::Silent;
use mixkeel_analysis::spectrum::regions::Region;
use mixkeel_judge::check::Destination;
use mixkeel_judge::evidence::Evidence;
use mixkeel_judge::finding::Severity;
use mixkeel_judge::sides::{LOW_HZ, between, side_to_mid};
use mixkeel_judge::tonal::{balance_db, stands_out_db};
use mixkeel_judge::verdict::{Judgement, judge};
use planted::{CUT_S, PLANTS, attribution, bases, music, records};
use rayon::prelude::*;

/// Files whose faults are known, those that they have, and those that follow from them.
const LABELLED: [(&str, &[&str], &[&str]); 12] = [
    ("defects/mauiwowi__clean.flac", &[], &[]),
    ("defects/mauiwowi__clicks.flac", &["clicks"], &[]),
    ("defects/mauiwowi__clipped_then_lowered.flac", &["clipping"], &["over-limited", "already-mastered"]),
    ("defects/mauiwowi__harsh.flac", &["harsh"], &[]),
    (
        "defects/mauiwowi__low_end_out_of_phase.flac",
        &["polarity"],
        &["mono-loss", "too-wide", "low-end-wide"],
    ),
    ("defects/mauiwowi__muddy.flac", &["muddy"], &[]),
    ("defects/mauiwowi__over_limited.flac", &["over-limited|already-mastered"], &["clipping", "true-peak"]),
    ("defects/mauiwowi__upsampled_from_mp3.flac", &["lossy-source", "upsampled"], &[]),
    (
        "finished/game_tropicalbreeze.flac",
        &["lossy-source", "truncated-end", "truncated-start"],
        &["already-mastered"],
    ),
    (
        "finished/orch_battle_epic.flac",
        &["lossy-source", "truncated-end", "truncated-start"],
        &["already-mastered"],
    ),
    (
        "finished/race1_etr.flac",
        &["dc", "lossy-source", "truncated-end", "truncated-start"],
        &["already-mastered"],
    ),
    (
        "finished/rock_speeditup.flac",
        &["lossy-source", "truncated-end", "truncated-start"],
        &["already-mastered"],
    ),
];

fn main() {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let second = words.get(1).map(String::as_str);
    match words.first().map(String::as_str) {
        Some("figures") => figures(),
        Some("records") => records::print(second.map(PathBuf::from).as_deref()),
        Some("labelled") => labelled(),
        Some("planted") => planted(second),
        Some("attribution") => attribution::print(second),
        _ => {
            labelled();
            planted(None);
            attribution::print(None);
        }
    }
}

fn labelled() {
    let Some(music) = music() else {
        println!("labelled files: skipped, they are not beside the repository");
        return;
    };
    println!(
        "\nFiles with known faults, checked as mixes\n\n| file | verdict | found | missed | unexplained warnings |\n|---|---|---|---|---|"
    );
    for (file, wanted, explained) in LABELLED {
        let evidence = mixkeel::evidence::of_file(&music.join(file), &Silent).unwrap();
        let judged = judge(&evidence, Destination::Mastering);
        let is = |id: &str, wanted: &str| wanted.split('|').any(|one| one == id);
        let found: Vec<&str> = judged.findings.iter().map(|one| one.id.as_str()).collect();
        let missed: Vec<&&str> =
            wanted.iter().filter(|wanted| !found.iter().any(|id| is(id, wanted))).collect();
        let strange =
            unexplained(&judged, |id| wanted.iter().any(|wanted| is(id, wanted)) || explained.contains(&id));
        let told: Vec<String> =
            judged.findings.iter().map(|one| format!("{} ({})", one.id, one.severity.word())).collect();
        println!("| {file} | {} | {} | {missed:?} | {strange:?} |", judged.verdict.word(), told.join(", "));
    }
}

fn unexplained(judged: &Judgement, is_explained: impl Fn(&str) -> bool) -> Vec<String> {
    judged
        .findings
        .iter()
        .filter(|one| one.severity > Severity::Note && !is_explained(&one.id))
        .map(|one| one.id.clone())
        .collect()
}

/// One line of the table.
#[derive(Default)]
struct Row {
    found: u32,
    missed: Vec<String>,
    alarms: Vec<String>,
    strange: Vec<String>,
}

fn planted(only: Option<&str>) {
    let bases = bases(CUT_S);
    let mut rows: BTreeMap<&str, Row> = BTreeMap::new();
    println!("\n| mix as it is | verdict | findings |\n|---|---|---|");
    let mut before = BTreeMap::new();
    for (name, sound) in &bases {
        for destination in [Destination::Mastering, Destination::Release] {
            let judged = sound.judged(destination);
            let told: Vec<String> =
                judged.findings.iter().map(|one| format!("{} ({})", one.id, one.severity.word())).collect();
            println!("| {name}, {} | {} | {} |", destination.word(), judged.verdict.word(), told.join(", "));
            before.insert((name.as_str(), destination.word()), judged);
        }
    }
    let jobs: Vec<_> = bases
        .iter()
        .flat_map(|(name, sound)| {
            PLANTS
                .iter()
                .filter(move |plant| only.is_none_or(|only| only == plant.id))
                .flat_map(move |plant| [2.0, 0.5].map(|times| (name, sound, plant, times)))
        })
        .collect();
    let judged: Vec<Judgement> = jobs
        .par_iter()
        .map(|(_, sound, plant, times)| {
            let mut sound = (*sound).clone();
            (plant.plant)(&mut sound, *times);
            sound.judged(plant.destination)
        })
        .collect();
    for ((name, _, plant, times), judged) in jobs.iter().zip(&judged) {
        let row = rows.entry(plant.id).or_default();
        let known = &before[&(name.as_str(), plant.destination.word())];
        let was = known.findings.iter().any(|one| one.id == plant.id);
        let there = judged.findings.iter().find(|one| one.id == plant.id);
        let loud = there.is_some_and(|one| one.severity > Severity::Note || !plant.warns());
        match (*times > 1.0, there.is_some(), loud) {
            (true, true, _) => row.found += 1,
            (true, false, _) => row.missed.push((*name).clone()),
            (false, _, true) if !was => row.alarms.push((*name).clone()),
            _ => {}
        }
        let is_known = |id: &str| {
            id == plant.id || plant.explained.contains(&id) || known.findings.iter().any(|one| one.id == id)
        };
        row.strange
            .extend(unexplained(judged, is_known).into_iter().map(|id| format!("{id} in {name} ×{times}")));
    }
    println!("\nFaults planted at twice and half of the threshold, {} in all\n", jobs.len());
    println!(
        "| fault | threshold | its source | found at twice | missed at twice | told at half | unexplained warnings |\n|---|---|---|--:|---|---|---|"
    );
    for plant in PLANTS {
        let Some(row) = rows.get(plant.id) else { continue };
        println!(
            "| `{}` | {} | {} | {} | {} | {} | {} |",
            plant.id,
            plant.threshold,
            plant.source,
            row.found,
            row.missed.join(", "),
            row.alarms.join(", "),
            row.strange.join(", ")
        );
    }
    let found: u32 = rows.values().map(|row| row.found).sum();
    let missed: usize = rows.values().map(|row| row.missed.len()).sum();
    let alarms: usize = rows.values().map(|row| row.alarms.len()).sum();
    println!(
        "\n{found} of {} found at twice the threshold; {alarms} told at half of it",
        found as usize + missed
    );
}

/// The raw figures of everything that is there.
fn figures() {
    let mut all: Vec<(String, Evidence)> =
        bases(CUT_S).into_iter().map(|(name, sound)| (name, sound.evidence())).collect();
    if let Some(music) = music() {
        let mut files: Vec<PathBuf> = LABELLED.iter().map(|(file, ..)| music.join(file)).collect();
        files.extend(
            [
                "caesium/mix/sum_of_stems.flac",
                "hydrogen_kit/mix/author_mix.flac",
                "mauiwowi/mix/author_mix.flac",
            ]
            .map(|file| music.join(file)),
        );
        all.extend(files.iter().map(|file| {
            let name = file.file_stem().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
            (name, mixkeel::evidence::of_file(file, &Silent).unwrap())
        }));
    }
    println!(
        "{:26} {:>6} {:>6} {:>6} {:>6} {:>6} {:>6} {:>6} {:>6} {:>6} {:>6} {:>6} {:>6} {:>14} {:>14} {:>14} {:>12}",
        "",
        "mud",
        "boom",
        "harsh",
        "sib",
        "hi",
        "lo",
        "LUFS",
        "TP",
        "PSR",
        "held",
        "S/M",
        "lowS/M",
        "burst",
        "space",
        "delay",
        "LR mono LRA"
    );
    for (name, evidence) in &all {
        let sound = &evidence.sound;
        let whole = sound.spectrum.whole();
        let region = |region| stands_out_db(&whole, region).unwrap_or(f64::NAN);
        let sibilance = sound.spectrum.bursts.sibilance(0.0..f64::INFINITY);
        let number = |value: Option<f64>| value.unwrap_or(f64::NAN);
        let delay = sound.stereo.delay;
        println!(
            "{name:26.26} {:6.1} {:6.1} {:6.1} {:6.1} {:6.1} {:6.1} {:6.1} {:6.1} {:6.1} {:6.2} {:6.2} {:6.2} {:6.1}/{:<6} {:>14} {:>6.1}/{:.2}{} {:5.1} {:4.1} {:4.1}",
            region(Region::Mud),
            region(Region::Boom),
            region(Region::Harsh),
            region(Region::Sibilant),
            number(balance_db(&whole, 4_800.0, 13_000.0)),
            number(balance_db(&whole, 48.0, 170.0)),
            number(sound.loudness.integrated_lufs),
            number(sound.true_peak_dbtp),
            number(sound.psr_min_db),
            number(sound.dynamics.printed.held_share),
            side_to_mid(&whole.all_bands()).unwrap_or(f64::NAN),
            side_to_mid(&between(&whole, LOW_HZ)).unwrap_or(f64::NAN),
            number(sibilance.level_db),
            sibilance.bursts.len(),
            sound.space.decay_s.map_or(String::new(), |decay| format!(
                "{:.2}s/{} {:.1}",
                decay.value,
                decay.decays,
                number(sound.space.direct_to_reverberant_db.map(|one| one.value))
            )),
            delay.map_or(f64::NAN, |delay| delay.right_later_frames),
            delay.map_or(f64::NAN, |delay| delay.confidence),
            if delay.is_some_and(|delay| delay.inverted) { "i" } else { " " },
            number(sound.stereo.left_minus_right_lu),
            number(sound.stereo.mono_loss_lu),
            number(sound.loudness.loudness_range_lu),
        );
    }
}
