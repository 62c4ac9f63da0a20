//! A dozen goals solved on the demo and on two shared songs, alone and together, confirmed on the render, beside what a naive
//! search does: the fader of the track that the goal names, turned by half decibels either way until the forecast passes, and on
//! the same way until the render does.
//!
//! What is asked is measured first: every goal wants a step that is well heard more than the mix has, so that none is met before
//! anything was done. Two goals that contradict each other and one that nothing can meet end each song.
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
use mixkeel_judge::evidence::Evidence;
use mixkeel_judge::goals::{Others, Rendered, margin, value_of};
use mixkeel_session::goal::{Goal, Meaning, Who};
use mixkeel_session::session::{Id, Session};

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
        let standing = Standing::of(&out, &cache)?;
        let wanted = standing.wanted();
        for goal in &wanted {
            row(&name, &out, std::slice::from_ref(goal), &cache);
        }
        row(&name, &out, &wanted, &cache);
        row(&name, &out, &standing.contradicting(), &cache);
        let (lead, other) = standing.two();
        row(&name, &out, &[format!("the {lead} is at least 90 dB louder than the {other}")], &cache);
    }
    std::fs::remove_dir_all(&work)?;
    Ok(())
}

/// A song's mix as it stands, for sentences that ask for more than it has.
struct Standing {
    session: Session,
    evidence: Evidence,
}

impl Standing {
    fn of(out: &Path, cache: &Cache) -> Result<Self, songs::Failure> {
        let (evidence, session) =
            mixkeel::evidence::of_session_kept(&out.join("session.toml"), cache, &Silent)?;
        Ok(Self { session, evidence })
    }

    fn sounding(&self) -> Vec<&str> {
        self.session.tracks.iter().filter(|track| !track.mute).map(|track| track.id.as_str()).collect()
    }

    /// What a sentence measures; nothing where it cannot be told.
    fn measure(&self, say: &str) -> Option<f64> {
        let meaning = mixkeel_session::goal::read(say, &self.session).ok()?.meaning(&self.session).ok()?;
        let rendered = Rendered { evidence: &self.evidence };
        value_of(&meaning, &rendered, Others::default(), meaning.within.as_deref()).ok()
    }

    /// That one has so much more of something beside the other than now.
    fn beside(&self, one: &str, word: &str, other: &str, more: f64) -> Option<String> {
        let wanted = self.measure(&format!("the {one} is {word} than the {other}"))? + more;
        Some(if wanted >= 0.0 {
            format!("the {one} is at least {wanted:.1} dB {word} than the {other}")
        } else {
            format!("the {other} is at most {:.1} dB {word} than the {one}", -wanted)
        })
    }

    /// That something is less than now by so much.
    fn less(&self, say: &str, unit: &str, on: &str, by: f64) -> Option<String> {
        let wanted = (self.measure(&format!("{say} {on}"))? - by).max(0.0);
        Some(format!("{say} at most {wanted:.1} {unit} {on}").trim_end().to_owned())
    }

    /// A dozen sentences about the tracks that a song has, fewer where it has nothing to say them of.
    fn wanted(&self) -> Vec<String> {
        let (lead, other) = self.two();
        let of = |of: &str, what: &str| format!("the {of} is {what}");
        let has_sends =
            |id: &&str| self.session.strip(id).is_some_and(|strip| !strip.sends.is_empty()) && *id != lead;
        let wet = self.sounding().into_iter().find(has_sends).unwrap_or(other);
        let covering = |id: &&str| self.measure(&of(lead, &format!("not covered by the {id}")));
        let coverers = self.sounding().into_iter().filter(|id| *id != lead);
        let coverer = coverers
            .filter_map(|id| covering(&id).map(|percent| (id, percent)))
            .max_by(|a, b| a.1.total_cmp(&b.1))
            .map_or(other, |(id, _)| id);
        let kinds: Vec<&str> = self.session.sections.iter().map(|section| section.kind.as_str()).collect();
        let kind = |wanted: &str, else_at: Option<&&str>| {
            kinds.iter().find(|kind| **kind == wanted).or(else_at).map(|kind| (*kind).to_owned())
        };
        let wide = kind("chorus", kinds.last()).zip(kind("verse", kinds.first())).and_then(|(big, small)| {
            let times = self.measure(&format!("the {big} is wider than the {small}"))?;
            Some(format!("the {big} is at least {:.2} times wider than the {small}", 1.2 * times))
        });
        let room_db = self.measure("the mix has headroom").map_or(8.0, |room_db| room_db + 2.0);
        [
            self.beside(lead, "louder", other, 2.0),
            self.less(&of(lead, "audible"), "phon", "on laptop speakers", 3.0),
            self.less(&of(other, "audible"), "phon", "on phone", 3.0),
            self.beside(lead, "brighter", other, 1.0),
            self.beside(other, "warmer", lead, 1.0),
            self.beside(wet, "drier", lead, 2.0),
            self.less(&of(lead, "steady"), "LU", "", 1.0),
            self.less(&of(lead, &format!("not covered by the {coverer}")), "percent", "", 1.0),
            Some(format!("the mix has {room_db:.1} dB of headroom")),
            self.less("the mix is balanced", "dB", "", 0.3),
            self.beside(lead, "closer", other, 2.0),
            wide,
        ]
        .into_iter()
        .flatten()
        .collect()
    }

    /// What the song is about, and another track.
    fn two(&self) -> (&str, &str) {
        let sounding = self.sounding();
        let lead = self.session.focus.first().map(String::as_str).or_else(|| sounding.first().copied());
        let lead = lead.unwrap_or("mix");
        (lead, sounding.iter().copied().filter(|id| *id != lead).nth(1).unwrap_or("mix"))
    }

    /// Two that cannot both be met: either of two tracks louder than the other.
    fn contradicting(&self) -> Vec<String> {
        let (lead, other) = self.two();
        vec![
            format!("the {lead} is at least 1 dB louder than the {other}"),
            format!("the {other} is at least 1 dB louder than the {lead}"),
        ]
    }
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
    let turned = |by_db: f64| {
        let mut amounts = problem.untouched();
        amounts
            .iter_mut()
            .enumerate()
            .filter(|(knob, _)| *knob == fader)
            .for_each(|(_, place)| *place = by_db);
        amounts
    };
    let steps = (1..=20).flat_map(|half| [0.5, -0.5].map(|way| way * f64::from(half)));
    let Some(mut by_db) = steps.into_iter().find(|by_db| passes(&problem, &[0], &turned(*by_db))) else {
        return Ok(None);
    };
    while by_db.abs() <= 10.0 {
        if rendered_passes(&meaning, &session, own, by_db, out)? {
            return Ok(Some(price(&problem, &turned(by_db))));
        }
        by_db += 0.5 * by_db.signum();
    }
    Ok(None)
}

/// Whether a goal passes on the render with the faders of some tracks moved.
fn rendered_passes(
    meaning: &Meaning,
    session: &Session,
    tracks: &[Id],
    by_db: f64,
    out: &Path,
) -> Result<bool, songs::Failure> {
    let mut session = session.clone();
    session
        .tracks
        .iter_mut()
        .filter(|track| tracks.contains(&track.id))
        .for_each(|track| track.fader_db += by_db);
    let path = out.join("naive.toml");
    std::fs::write(&path, mixkeel_session::write::write(&session))?;
    let (evidence, _) = mixkeel::evidence::of_session(&path, &Silent)?;
    let rendered = Rendered { evidence: &evidence };
    let value = value_of(meaning, &rendered, Others::default(), meaning.within.as_deref())?;
    Ok(margin(meaning, value) >= 0.0)
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
