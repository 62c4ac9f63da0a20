//! How fast the forecast is on 24 tracks, beside what the design asks for: the demo's recordings, repeated under other names until
//! there are so many, on the session that `mix` made of them. Medians of repeats, one thread where nothing
//! else is said.
//!
//! `cargo run --release -p mixkeel --example forecast_speed`

#[path = "foretold/mod.rs"]
#[allow(dead_code)] // only what is known of the recordings is wanted here
mod foretold;

use std::hint::black_box;
use std::time::Instant;

use mixkeel::Silent;
use mixkeel::mix::{MixOptions, Start, mix};
use mixkeel::project::session_file::open;
use mixkeel::song::cache::Cache;
use mixkeel_analysis::energy::{BANDS, Power, lower_hz};
use mixkeel_analysis::masking::Console;
use mixkeel_analysis::playback::{REFERENCE, SYSTEMS, System, find};
use mixkeel_assist::desk::{Desk, Treatment};
use mixkeel_assist::forecast::Forecast;
use mixkeel_judge::goals::Heard as _;
use mixkeel_session::goal::Who;
use rayon::prelude::*;

/// Representative frames of the console: as many as the solver takes.
const FRAMES: usize = 32;

/// So many tracks the design speaks of.
const TRACKS: usize = 24;

fn main() -> Result<(), foretold::Failure> {
    let work = std::env::temp_dir().join(format!("mixkeel-forecast-speed-{}", std::process::id()));
    let demo = work.join("demo");
    mixkeel::demo_song::demo(Some(&demo), &Silent)?;
    let out = work.join("mix");
    let options =
        MixOptions { out: Some(out.clone()), start: Start::Auto, stems: false, ..MixOptions::default() };
    mix(&demo.join("tracks"), &options, &Silent)?;
    let mut session = open(&out)?.session;
    let mut song = foretold::song(&session, &out, &Cache::off())?;
    let sounding: Vec<_> = session.tracks.iter().filter(|track| !track.mute).cloned().collect();
    for (n, track) in (sounding.len()..TRACKS).zip(sounding.iter().cycle()) {
        let id = format!("{}-{n}", track.id);
        let facts = song.tracks.iter().find(|facts| facts.id == track.id).cloned();
        let Some(mut facts) = facts else { continue };
        facts.id.clone_from(&id);
        song.tracks.push(facts);
        let mut copy = track.clone();
        copy.id = id;
        session.tracks.push(copy);
    }
    std::fs::remove_dir_all(&work)?;
    let forecast = Forecast::of(&song, &session).map_err(|faults| format!("{faults:?}"))?;
    let desk = Desk::of(&forecast, &session, None);
    let ids: Vec<String> = desk.tracks().map(str::to_owned).collect();
    println!("{} tracks, {:.0} s", ids.len(), forecast.cells() as f64 / 10.0);
    println!("| what | ms | asked for |");
    println!("|---|--:|--:|");
    let edges_hz: Vec<f64> = (0..=BANDS).map(lower_hz).collect();
    let laptop = find("laptop").ok_or("there is no laptop")?;
    let mut console = Console::new(ids.len(), &edges_hz, laptop);
    for frame in 0..FRAMES {
        let cell = (2 * frame + 1) * forecast.cells() / (2 * FRAMES);
        let powers: Vec<Vec<Power>> = (0..ids.len())
            .map(|track| (0..BANDS).map(|band| forecast.power(track, cell, band)).collect())
            .collect();
        console.push(&powers.iter().map(Vec::as_slice).collect::<Vec<_>>());
    }
    row("one gain: how well one track is heard then", 0.2, 200, || {
        console.set_power(0, 0.9);
        black_box(console.within(0));
    });
    row("the whole console on one playback system", 5.0, 50, || {
        for track in 0..ids.len() {
            black_box(console.within(track));
        }
    });
    row("one gain, and the loudness of the whole mix", f64::NAN, 50, || {
        let treatment = Treatment { gain: 0.9, ..Treatment::default() };
        black_box(desk.turned(&[(0, treatment)], &[]).lufs(&Who::Mix, None));
    });
    let borders: Vec<usize> =
        session.sections.iter().map(|section| (section.from_s * 10.0).round() as usize).collect();
    let frames = forecast.frames(&borders);
    let each: Vec<Vec<usize>> = (0..ids.len()).map(|track| vec![track]).collect();
    let systems: Vec<&System> = std::iter::once(&REFERENCE).chain(SYSTEMS).collect();
    let what =
        format!("every track in {} frames on {} playback systems, all cores", frames.len(), systems.len());
    row(&what, 1_000.0, 3, || {
        systems.par_iter().for_each(|system| {
            let console = forecast.console(&each, &frames, system);
            (0..ids.len()).for_each(|track| {
                black_box(console.within(track));
            });
        });
    });
    row("who covers whom in every cell, one system", f64::NAN, 1, || {
        black_box(forecast.masking(&REFERENCE, &[]));
    });
    row("laying a session out", f64::NAN, 3, || {
        if let Ok(forecast) = Forecast::of(&song, &session) {
            black_box(Desk::of(&forecast, &session, None));
        }
    });
    Ok(())
}

fn row(what: &str, asked_ms: f64, times: usize, mut work: impl FnMut()) {
    let mut took_ms: Vec<f64> = (0..times)
        .map(|_| {
            let started = Instant::now();
            work();
            1_000.0 * started.elapsed().as_secs_f64()
        })
        .collect();
    took_ms.sort_by(f64::total_cmp);
    let median = took_ms.get(took_ms.len() / 2).copied().unwrap_or(f64::NAN);
    let asked = if asked_ms.is_nan() { String::new() } else { format!("{asked_ms}") };
    println!("| {what} | {median:.2} | {asked} |");
}
