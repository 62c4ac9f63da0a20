//! A dozen goals solved on the demo and on two shared songs, alone and together, confirmed on the render, beside what a naive
//! search does: the fader of the track that the goal names, turned by half decibels either way until the forecast passes.
//!
//! `cargo run --release -p mixkeel --example solve_table`

#[path = "foretold/mod.rs"]
#[allow(dead_code)] // only what is known of the recordings is wanted here
mod foretold;
mod songs;

use std::path::{Path, PathBuf};
use std::time::Instant;

use mixkeel::Silent;
use mixkeel::mix::{MixOptions, Start, mix};
use mixkeel::solve::{SolveOptions, SolveReport, solve};
use mixkeel::song::cache::Cache;
use mixkeel_assist::desk::Desk;
use mixkeel_assist::forecast::Forecast;
use mixkeel_assist::solve::knobs::What;
use mixkeel_assist::solve::search::{passes, price};
use mixkeel_assist::solve::{Problem, Wanted};
use mixkeel_judge::goals::{Others, Rendered, value_of};
use mixkeel_session::goal::{Goal, Who};

/// The shared songs.
const SHARED: [&str; 2] = ["city_blues", "mauiwowi"];

fn main() -> Result<(), songs::Failure> {
    let work = std::env::temp_dir().join(format!("mixkeel-solve-table-{}", std::process::id()));
    let cache = Cache::at(work.join("cache"));
    let mut songs: Vec<(String, PathBuf)> = Vec::new();
    let demo = work.join("demo");
    mixkeel::demo_song::demo(Some(&demo), &Silent)?;
    songs.push(("demo".to_owned(), demo.join("tracks")));
    if let Some(music) = songs::music() {
        songs.extend(SHARED.iter().map(|name| ((*name).to_owned(), music.join(name).join("tracks"))));
    }
    println!("| song | goals | became | was | is | changes | steps | naive steps | rounds | s |");
    println!("|---|---|---|--:|--:|--:|--:|--:|--:|--:|");
    for (name, tracks) in songs {
        let out = work.join(&name).join("mix");
        let options = MixOptions {
            out: Some(out.clone()),
            start: Start::Auto,
            stems: false,
            cache: cache.clone(),
            ..MixOptions::default()
        };
        mix(&tracks, &options, &Silent)?;
        let wanted = wanted(&out)?;
        for goal in &wanted {
            row(&name, &out, std::slice::from_ref(goal), &cache);
        }
        row(&name, &out, &wanted, &cache);
        let (one, other) = (goal("louder", &wanted), "everything else is louder");
        row(&name, &out, &[one, other.to_owned()], &cache);
    }
    std::fs::remove_dir_all(&work)?;
    Ok(())
}

/// A dozen sentences about the tracks that a song has.
fn wanted(out: &Path) -> Result<Vec<String>, songs::Failure> {
    let session = mixkeel::project::session_file::open(out)?.session;
    let sounding: Vec<&str> =
        session.tracks.iter().filter(|track| !track.mute).map(|track| track.id.as_str()).collect();
    let lead =
        session.focus.first().map(String::as_str).or_else(|| sounding.first().copied()).unwrap_or("mix");
    let other = sounding.iter().copied().filter(|id| *id != lead).nth(1).unwrap_or("mix");
    Ok(vec![
        format!("the {lead} is at least 4 dB louder than the {other}"),
        format!("the {lead} is clearly audible on laptop speakers"),
        format!("the {other} is audible at most 6 phon on phone"),
        format!("the {lead} is brighter than the {other}"),
        format!("the {other} is warmer than the {lead}"),
        format!("the {lead} is drier than the {other}"),
        format!("the {lead} is steady at most 5 LU"),
        format!("the {lead} is not covered by the {other}"),
        "the mix has 8 dB of headroom".to_owned(),
        "the mix is mono-safe".to_owned(),
        "the mix is balanced".to_owned(),
        format!("the {lead} is closer than the {other}"),
    ])
}

fn goal(word: &str, wanted: &[String]) -> String {
    wanted.iter().find(|one| one.contains(word)).cloned().unwrap_or_default()
}

fn row(song: &str, out: &Path, goals: &[String], cache: &Cache) {
    let started = Instant::now();
    let options = SolveOptions {
        goals: goals.to_vec(),
        dry_run: true,
        cache: cache.clone(),
        ..SolveOptions::default()
    };
    let name = if goals.len() == 1 { goals.concat() } else { format!("{} goals together", goals.len()) };
    match solve(out, &options, &Silent) {
        Err(error) => println!("| {song} | {name} | {} |", error.to_string().replace('\n', " ")),
        Ok(report) => {
            let took_s = started.elapsed().as_secs_f64();
            let alone = goals.first().filter(|_| goals.len() == 1);
            let naive = alone.and_then(|goal| naive(out, goal, cache).ok().flatten());
            print(song, &name, &report, naive, took_s);
        }
    }
}

/// What one fader alone costs, in noticeable steps; nothing where it does not do.
fn naive(out: &Path, say: &str, cache: &Cache) -> Result<Option<f64>, songs::Failure> {
    let path = out.join("session.toml");
    let (evidence, session) = mixkeel::evidence::of_session_kept(&path, cache, &Silent)?;
    let goal = Goal { say: Some(say.to_owned()), ..Goal::default() };
    let meaning = goal.meaning(&session).map_err(|error| error.why)?;
    let rendered = Rendered { evidence: &evidence };
    let value = value_of(&meaning, &rendered, Others::default(), meaning.within.as_deref()).ok();
    let wanted = [Wanted {
        name: say.to_owned(),
        is_note: false,
        is_kept: false,
        meaning: meaning.clone(),
        rendered: value,
    }];
    let song = foretold::song(&session, out, cache)?;
    let forecast = Forecast::of(&song, &session).map_err(|faults| format!("{faults:?}"))?;
    let desk = Desk::of(&forecast, &session, Some(&evidence));
    let problem = Problem::new(&desk, &session, &wanted, &[]);
    let Who::Tracks(own) = &meaning.of else { return Ok(None) };
    let fader = problem.knobs.iter().position(|knob| knob.what == What::Fader && knob.strips == *own);
    let Some(fader) = fader else { return Ok(None) };
    for half in 1..=20 {
        for way in [0.5, -0.5] {
            let mut amounts = problem.untouched();
            if let Some(place) = amounts.get_mut(fader) {
                *place = way * f64::from(half);
            }
            if passes(&problem, &[0], &amounts) {
                return Ok(Some(price(&problem, &amounts)));
            }
        }
    }
    Ok(None)
}

fn print(song: &str, name: &str, report: &SolveReport, naive: Option<f64>, took_s: f64) {
    let became: Vec<String> = ["passed", "met", "conflict", "impossible", "unknown"]
        .iter()
        .map(|word| (report.goals.iter().filter(|goal| goal.became == **word).count(), word))
        .filter(|(count, _)| *count > 0)
        .map(
            |(count, word)| {
                if report.goals.len() == 1 { (*word).to_string() } else { format!("{count} {word}") }
            },
        )
        .collect();
    let only = report.goals.first().filter(|_| report.goals.len() == 1);
    let figure = |value: Option<f64>| value.map_or(String::new(), |value| format!("{value:.1}"));
    println!(
        "| {song} | {name} | {} | {} | {} | {} | {:.1} | {} | {} | {took_s:.1} |",
        became.join(", "),
        figure(only.and_then(|goal| goal.was)),
        figure(only.and_then(|goal| goal.is)),
        report.changes.len(),
        report.cost_jnd,
        figure(naive.filter(|_| !report.changes.is_empty())),
        report.rounds
    );
}
