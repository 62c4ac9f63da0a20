//! Prints what every stage of the decisions is worth: the same songs with none, some and all of the rules.
//!
//! `cargo run --release -p mixkeel --example ablation` takes the demo song and the songs of `../shared/music` beside the
//! repository, each from a fresh balance. A stage has the rules of those before it. Loudness and peaks are measured on a
//! render of every stage; spectrum, places and what covers what are told by the forecast. The last row is the full mix once the
//! loop has heard and corrected it. `--paper` renders nothing and has no such row, `--only
//! SONG` takes one, `--tracks` lists for every track what it loses to the others with levels only and in the end, `--covers`
//! who takes how much from the focus, and where in the spectrum.

mod songs;

use mixkeel::Silent;
use mixkeel::ear::Ear;
use mixkeel::rounds::{RoundOptions, correct};
use mixkeel::song::facts::facts;
use mixkeel::song::media::Shelf;
use mixkeel_analysis::energy::{BANDS, Power};
use mixkeel_analysis::masking::{Masker, SpanMasking};
use mixkeel_analysis::playback::REFERENCE;
use mixkeel_assist::RULES;
use mixkeel_assist::decide::decide_by;
use mixkeel_assist::forecast::Forecast;
use mixkeel_assist::rule::Rule;
use mixkeel_assist::rules::eq::norm;
use mixkeel_dsp::units::db_from_power;
use mixkeel_io::read::Downmix;
use mixkeel_session::session::Session;
use songs::{Deaf, Failure, Loaded, SONGS, load, music, shared};

/// Stages, and the rules that each adds, by the first part of their ids.
const STAGES: [(&str, &[&str]); 8] = [
    ("raw sum", &[]),
    ("levels only", &["repair", "trim", "balance", "headroom"]),
    ("+ pan", &["pan"]),
    ("+ EQ", &["eq"]),
    ("+ dynamics", &["dynamics"]),
    ("+ space", &["space"]),
    ("+ sections", &["sections"]),
    ("full", &["bus"]),
];

/// What is printed, and how.
struct Options {
    on_paper: bool,
    tracks: bool,
    covers: bool,
}

fn main() -> Result<(), Failure> {
    let arguments: Vec<String> = std::env::args().collect();
    let said = |option: &str| arguments.iter().position(|argument| argument == option);
    let options = Options {
        on_paper: said("--paper").is_some(),
        tracks: said("--tracks").is_some(),
        covers: said("--covers").is_some(),
    };
    let only = said("--only").and_then(|at| arguments.get(at + 1));
    let wanted = |name: &str| only.is_none_or(|only| only == name);
    if wanted("demo") {
        let folder = std::env::temp_dir().join("mixkeel-ablation-demo");
        if !folder.is_dir() {
            mixkeel::demo_song::demo(Some(&folder), &Silent)?;
        }
        report(&load("demo", &folder.join("tracks"), None)?, &options)?;
    }
    let Some(music) = music() else { return Ok(()) };
    for name in SONGS.into_iter().filter(|name| wanted(name)) {
        report(&shared(&music, name)?, &options)?;
    }
    Ok(())
}

fn report(loaded: &Loaded, options: &Options) -> Result<(), Failure> {
    println!("\n{}\n", loaded.name);
    println!(
        "| stage | LUFS | dBTP | peak to loudness | spectrum off the norm, dB | side to middle, dB | left over right, LU | \
         focus lost, phon | most lost, phon | mean lost, phon | audible |"
    );
    println!("|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|");
    let mut heeded: Vec<&'static dyn Rule> = Vec::new();
    let mut kept: Vec<Vec<Kept>> = Vec::new();
    let mut sessions: Vec<(&str, Session)> = Vec::new();
    for (stage, adds) in STAGES {
        let of_stage = |rule: &&'static dyn Rule| {
            let first = rule.id().split('/').next().unwrap_or_default();
            adds.contains(&first) || heeded.iter().any(|heeded| heeded.id() == rule.id())
        };
        heeded = RULES.into_iter().filter(of_stage).collect();
        let mut session = loaded.session.clone();
        if options.on_paper {
            let Ok(decision) = decide_by(&heeded, &loaded.song, &session, &mut Deaf);
            session = decision.session;
            kept.push(row(stage, loaded, &session, None)?);
        } else {
            let shelf =
                Shelf { folder: loaded.folder.clone(), rate_hz: session.rate_hz, downmix: Downmix::Refuse };
            let media = facts(&session, &shelf)?;
            let mut ear = Ear::new(&shelf, &media, &Silent);
            session = decide_by(&heeded, &loaded.song, &session, &mut ear)?.session;
            let heard = ear.heard_of(&session)?;
            kept.push(row(stage, loaded, &session, heard.integrated_lufs.zip(heard.true_peak_dbtp))?);
        }
        sessions.push((stage, session));
    }
    if let Some((_, full)) = sessions.last().filter(|_| !options.on_paper) {
        let shelf = Shelf { folder: loaded.folder.clone(), rate_hz: full.rate_hz, downmix: Downmix::Refuse };
        let media = facts(full, &shelf)?;
        let mut ear = Ear::new(&shelf, &media, &Silent);
        let corrected = correct(&loaded.song, full, &ear, &RoundOptions::default(), &Silent)?;
        let heard = ear.heard_of(&corrected.session)?;
        let stage = "with the loop";
        kept.push(row(stage, loaded, &corrected.session, heard.integrated_lufs.zip(heard.true_peak_dbtp))?);
        for edit in corrected.edits.iter().filter(|_| options.covers) {
            eprintln!("{} {}: {:?} to {:?}, {}", edit.by, edit.address, edit.from, edit.to, edit.because);
        }
        sessions.push((stage, corrected.session));
    }
    if options.covers {
        for (stage, session) in [sessions.get(1), sessions.last()].into_iter().flatten() {
            covers(stage, loaded, session)?;
        }
    }
    if let (Some(levels), Some(full)) = (kept.get(1), kept.last()) {
        covered(levels, full, options.tracks);
    }
    Ok(())
}

/// Where the focus is covered is told up to these frequencies, in Hz.
const UP_TO_HZ: [f64; 6] = [200.0, 500.0, 1_200.0, 3_000.0, 7_000.0, f64::INFINITY];

/// Who takes how much of the loudness of the focus, and where: in percent of what it has alone.
fn covers(stage: &str, loaded: &Loaded, session: &Session) -> Result<(), Failure> {
    let forecast = Forecast::of(&loaded.song, session).map_err(|faults| format!("{faults:?}"))?;
    let report = forecast.masking(&REFERENCE, &[]);
    let place = |hz: f64| UP_TO_HZ.iter().position(|up_to| hz < *up_to).unwrap_or(UP_TO_HZ.len() - 1);
    let sounds: Vec<&str> = forecast.sounds().collect();
    for (at, track) in report.whole.tracks.iter().enumerate().take(forecast.tracks().len()) {
        let Some(id) = sounds.get(at).filter(|id| session.focus.iter().any(|focus| focus == **id)) else {
            continue;
        };
        println!(
            "\n{id}, {stage}: {:.1} sone alone at {:.1} LUFS, {:.1} within\n\n| lost to | level, LUFS | all | to 200 Hz | to 500 | \
             to 1200 | to 3000 | to 7000 | above |\n|---|--:|--:|--:|--:|--:|--:|--:|--:|",
            track.unmasked_sone,
            forecast.integrated_lufs(at).unwrap_or(-70.0),
            track.partial_sone
        );
        let told = |name: &str, lufs: Option<f64>, bands: &[f64]| {
            let mut by_place = [0.0; UP_TO_HZ.len()];
            for (sone, hz) in bands.iter().zip(&report.centres_hz) {
                by_place[place(*hz)] += 100.0 * sone / track.unmasked_sone;
            }
            let all: f64 = by_place.iter().sum();
            let lufs = lufs.map_or("–".to_owned(), |lufs| format!("{lufs:.1}"));
            let row: Vec<String> = by_place.iter().map(|part| format!("{part:.1}")).collect();
            println!("| {name} | {lufs} | {all:.1} | {} |", row.join(" | "));
        };
        let alone: Vec<f64> = track.bands.iter().map(|band| band.unmasked_sone).collect();
        let lost: Vec<f64> = track.bands.iter().map(|band| band.unmasked_sone - band.partial_sone).collect();
        told("(what it has alone)", None, &alone);
        told("(all that it loses)", None, &lost);
        for cover in &track.covered_by {
            let Masker::Track(by) = cover.by else { continue };
            let name = sounds.get(by).copied().unwrap_or_default();
            told(name, forecast.integrated_lufs(by), &cover.bands_sone);
        }
    }
    Ok(())
}

/// How much of its loudness a track keeps within the others.
struct Kept {
    id: String,
    in_focus: bool,
    /// From 0 to 1.
    share: f64,
    lost_phon: f64,
}

/// What the focus loses with levels only and in the end, and what that costs the others.
fn covered(levels: &[Kept], full: &[Kept], tracks: bool) {
    if tracks {
        println!(
            "\n| track | lost with levels only | in the end | phon before | after |\n|---|--:|--:|--:|--:|"
        );
    }
    let mut worst = (0.0, "none");
    for before in levels {
        let Some(after) = full.iter().find(|after| after.id == before.id) else { continue };
        let percent = |kept: &Kept| 100.0 * (1.0 - kept.share);
        if tracks || before.in_focus {
            println!(
                "| {}{} | {:.0} % | {:.0} % | {:.1} | {:.1} |",
                before.id,
                if before.in_focus { " (focus)" } else { "" },
                percent(before),
                percent(after),
                before.lost_phon,
                after.lost_phon
            );
        }
        let rise = percent(after) / percent(before).max(1.0) - 1.0;
        if !before.in_focus && rise > worst.0 {
            worst = (rise, &before.id);
        }
    }
    println!(
        "\nof the others {} loses {:.0} % more than with levels only, no other as much",
        worst.1,
        100.0 * worst.0
    );
}

fn row(
    stage: &str,
    loaded: &Loaded,
    session: &Session,
    heard: Option<(f64, f64)>,
) -> Result<Vec<Kept>, Failure> {
    let forecast = Forecast::of(&loaded.song, session).map_err(|faults| format!("{faults:?}"))?;
    let sum = forecast.sum();
    let spectrum = sum.spectrum(0..sum.cells());
    let total = |part: fn(&Power) -> f64| spectrum.iter().map(part).sum::<f64>().max(1e-12);
    let side = total(|power| power.left + power.right - 2.0 * power.cross);
    let mid = total(|power| power.left + power.right + 2.0 * power.cross);
    let masking = forecast.masking(&REFERENCE, &[]).whole;
    let tracks = forecast.tracks().len();
    let losses: Vec<f64> = sounding(&masking, tracks).map(|(_, lost)| lost).collect();
    let in_focus =
        |at: usize| forecast.tracks().nth(at).is_some_and(|id| session.focus.iter().any(|focus| focus == id));
    let focus: Vec<f64> =
        sounding(&masking, tracks).filter(|(at, _)| in_focus(*at)).map(|(_, lost)| lost).collect();
    let audible =
        masking.tracks.iter().take(tracks).filter(|track| track.sounding_frames > 0 && !track.is_masked());
    let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len().max(1) as f64;
    let (lufs, peak) = heard.map_or((sum.integrated_lufs(), None), |(lufs, peak)| (Some(lufs), Some(peak)));
    let text = |value: Option<f64>| value.map_or("–".to_owned(), |value| format!("{value:.1}"));
    println!(
        "| {stage} | {} | {} | {} | {:.1} | {:.1} | {:+.1} | {} | {:.1} | {:.1} | {} of {} |",
        text(lufs),
        text(peak),
        text(peak.zip(lufs).map(|(peak, lufs)| peak - lufs)),
        off_norm_db(&spectrum),
        db_from_power(side / mid),
        db_from_power(total(|power| power.left) / total(|power| power.right)),
        text((!focus.is_empty()).then(|| mean(&focus))),
        losses.iter().copied().fold(0.0, f64::max),
        mean(&losses),
        audible.count(),
        losses.len(),
    );
    let kept = forecast.tracks().enumerate().filter_map(|(at, id)| {
        let track = masking.tracks.get(at).filter(|track| track.sounding_frames > 0)?;
        Some(Kept {
            id: id.to_owned(),
            in_focus: in_focus(at),
            share: track.partial_sone / track.unmasked_sone.max(1e-9),
            lost_phon: track.lost_phon(),
        })
    });
    Ok(kept.collect())
}

/// Tracks that sound, and the loudness that each loses to the others.
fn sounding(masking: &SpanMasking, tracks: usize) -> impl Iterator<Item = (usize, f64)> {
    let all = masking.tracks.iter().take(tracks).enumerate();
    all.filter(|(_, track)| track.sounding_frames > 0).map(|(at, track)| (at, track.lost_phon()))
}

/// How far the spectrum lies from that of records: the mean over bands.
fn off_norm_db(spectrum: &[Power; BANDS]) -> f64 {
    let off = norm::off_norm_db(spectrum);
    off.iter().map(|(_, off)| off.abs()).sum::<f64>() / off.len().max(1) as f64
}
