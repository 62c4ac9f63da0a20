//! Prints what every stage of the decisions is worth: the same songs with none, some and all of the rules.
//!
//! `cargo run --release -p mixkeel --example ablation` takes the demo song and the songs of `../shared/music` beside the
//! repository, each from a fresh balance. A stage has the rules of those before it. Loudness and peaks are measured on a
//! render of every stage; spectrum, places and what covers what are told by the forecast. `--paper` renders nothing, `--only
//! SONG` takes one, `--tracks` lists for every track what it loses to the others with levels only and in the end.

mod songs;

use mixkeel::Silent;
use mixkeel::ear::Ear;
use mixkeel::song::facts::facts;
use mixkeel::song::media::Shelf;
use mixkeel_analysis::energy::{BANDS, Power};
use mixkeel_analysis::masking::SpanMasking;
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
}

fn main() -> Result<(), Failure> {
    let arguments: Vec<String> = std::env::args().collect();
    let said = |option: &str| arguments.iter().position(|argument| argument == option);
    let options = Options { on_paper: said("--paper").is_some(), tracks: said("--tracks").is_some() };
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
    }
    if let (Some(levels), Some(full)) = (kept.get(1), kept.last()) {
        covered(levels, full, options.tracks);
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
