//! Prints how far decisions lie from what people decided on the same tracks: level by track, spectrum, width.
//!
//! `cargo run --release -p mixkeel --example against_people` looks for the folder `../shared/music` beside the repository. A
//! person's levels are read back from their own mix. Levels are compared in LU beside the mix, after the median over the
//! tracks is taken out; figures are told from profiles, without rendering. "Shuffled" turns every track up or down by up to
//! 12 dB first, by a fixed seed, so that levels at which files happen to arrive help nobody. With `--libsonare FILE` the
//! levels that `libsonare_levels.py` wrote stand beside; with `--tracks` every track is listed, with
//! `--other-songs` it is tried how much tracks explain of mixes that they are not in.
//!
//! What is read back is an estimate, and "their mix as rough mix" is held against the estimate that it was made from. So a second
//! table of levels is held against the author's own faders, of tracks that share a channel of the author's mixer: those are facts,
//! up to the effects on single tracks. Its last column says how far reading back itself is off. A third table takes each song
//! at its surest: faders where they are known, and what was read back of the others.

mod songs;

use std::path::Path;

use mixkeel_analysis::energy::{BANDS, Power, Sum};
use mixkeel_assist::decide::decide;
use mixkeel_assist::forecast::Forecast;
use mixkeel_assist::rough::Rough;
use mixkeel_assist::rules::balance::table::{UNKNOWN_LU, row_of};
use mixkeel_assist::song::Song;
use mixkeel_assist::start::Start;
use mixkeel_dsp::units::db_from_power;
use mixkeel_session::session::Session;
use songs::faders::{Channel, channels};
use songs::{Deaf, Failure, Loaded, SONGS, music, shared};

/// What stands beside the person's mix.
const WAYS: [&str; 8] = [
    "raw sum",
    "raw, shuffled",
    "equal loudness",
    "role table alone",
    "fresh",
    "as it comes",
    "their mix as rough mix",
    "libsonare",
];

/// How far one way lies from one person.
#[derive(Clone, Copy, Default)]
struct Off {
    level_lu: f64,
    spectrum_db: f64,
    side_to_mid_db: f64,
}

fn main() -> Result<(), Failure> {
    let Some(music) = music() else { return Ok(()) };
    let arguments: Vec<String> = std::env::args().collect();
    let said = |option: &str| arguments.iter().any(|argument| argument == option);
    let (verbose, cross) = (said("--tracks"), said("--other-songs"));
    let libsonare = match arguments.iter().position(|argument| argument == "--libsonare") {
        Some(at) => std::fs::read_to_string(arguments.get(at + 1).ok_or("--libsonare wants a file")?)?,
        None => String::new(),
    };
    let mut table: Vec<(String, Vec<Off>)> = Vec::new();
    let mut by_faders: Vec<(String, Vec<Off>)> = Vec::new();
    for name in SONGS {
        let loaded = shared(&music, name)?;
        let Some(mix) = &loaded.by_person else { continue };
        let rough = Rough::read("author", mix, &loaded.song, &loaded.session);
        let percent = |part: f64| 100.0 * part;
        println!(
            "{name}: the tracks explain {:.0} % of the author's mix, {:.0} % of it out of time",
            percent(rough.explained),
            percent(rough.by_chance)
        );
        for other in SONGS.iter().filter(|other| cross && **other != name) {
            let Some(mix) = shared(&music, other)?.by_person else { continue };
            let rough = Rough::read(other, &mix, &loaded.song, &loaded.session);
            println!(
                "  of {other}: {:.0} %, out of time {:.0} %",
                percent(rough.explained),
                percent(rough.by_chance)
            );
        }
        let ways = sessions(&loaded, &rough, &libsonare);
        if verbose {
            tracks(&loaded, &rough, &ways);
        }
        let offs = ways.iter().map(|session| off(&loaded, &rough, session)).collect();
        table.push((name.to_owned(), offs));
        let known = channels(&music.join(name));
        if !known.is_empty() {
            let mut offs: Vec<Off> =
                ways.iter().map(|session| off_faders(&loaded, &known, verbose, session)).collect();
            let mut as_read = loaded.session.clone();
            for track in &mut as_read.tracks {
                track.fader_db = rough.found(&track.id).and_then(|found| found.gain_db).unwrap_or(0.0);
            }
            offs.push(off_faders(&loaded, &known, verbose, &as_read));
            by_faders.push((name.to_owned(), offs));
        }
    }
    type Part = fn(&Off) -> f64;
    let parts: [(&str, Part); 3] = [
        ("Level by track, mean error in LU", |off| off.level_lu),
        ("Spectrum, mean error in dB", |off| off.spectrum_db),
        ("Side to middle, difference in dB", |off| off.side_to_mid_db),
    ];
    for (title, part) in parts {
        print(title, &WAYS, &table, part);
    }
    bootstrap(&table);
    let ways = table.first().map_or(0, |(_, offs)| offs.len()).min(WAYS.len());
    let names: Vec<&str> = WAYS[..ways].iter().copied().chain(["as read back"]).collect();
    let title = "Level by track against the author's own faders, mean error in LU";
    print(title, &names, &by_faders, |off| off.level_lu);
    by_faders.iter_mut().for_each(|(_, offs)| offs.truncate(ways));
    bootstrap(&by_faders);
    let surest: Vec<(String, Vec<Off>)> = table
        .iter()
        .map(|read_back| by_faders.iter().find(|(name, _)| *name == read_back.0).unwrap_or(read_back).clone())
        .collect();
    print("Level by track, faders where they are known, mean error in LU", &names[..ways], &surest, |off| {
        off.level_lu
    });
    bootstrap(&surest);
    Ok(())
}

/// The session of every way.
fn sessions(loaded: &Loaded, rough: &Rough, libsonare: &str) -> Vec<Session> {
    let plain = &loaded.session;
    let with_faders = |fader_db: &dyn Fn(usize, f64) -> f64| {
        let mut session = plain.clone();
        for (at, track) in session.tracks.iter_mut().enumerate() {
            let facts = loaded.song.tracks.iter().find(|facts| facts.id == track.id);
            let lufs = facts.and_then(|facts| facts.loudness_lufs()).unwrap_or(-70.0);
            track.fader_db = fader_db(at, lufs);
        }
        session
    };
    let mut state = 20_260_101_u32;
    let shuffle: Vec<f64> = plain
        .tracks
        .iter()
        .map(|_| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            24.0 * (f64::from(state >> 8) / 16_777_216.0 - 0.5)
        })
        .collect();
    let role = |at: usize| {
        plain.tracks.get(at).and_then(|track| row_of(track.role)).map_or(UNKNOWN_LU, |row| row.target_lu)
    };
    let decided = |start: Start| {
        let song =
            Song { start, rough: (start == Start::Rough).then(|| rough.clone()), ..loaded.song.clone() };
        let Ok(decision) = decide(&song, plain, &mut Deaf);
        decision.session
    };
    // Song, name and gain on every line.
    let suggested = |at: usize| {
        let name = plain.tracks.get(at).map_or("", |track| track.name.as_str());
        let gain = libsonare.lines().find_map(|line| {
            let mut words = line.split('\t');
            let found = words.next() == Some(loaded.name.as_str()) && words.next() == Some(name);
            words.next().filter(|_| found)?.parse::<f64>().ok()
        });
        gain.unwrap_or(0.0)
    };
    let mut ways = vec![
        plain.clone(),
        with_faders(&|at, _| shuffle.get(at).copied().unwrap_or(0.0)),
        with_faders(&|_, lufs| -23.0 - lufs),
        with_faders(&|at, lufs| role(at) - 23.0 - lufs),
        decided(Start::Fresh),
        decided(Start::Auto),
        decided(Start::Rough),
    ];
    if !libsonare.is_empty() {
        ways.push(with_faders(&|at, _| suggested(at)));
    }
    ways
}

/// The level of every track that the person has in their mix, in LUFS: theirs, and that of a session.
fn levels(loaded: &Loaded, rough: &Rough, session: &Session) -> Vec<(String, f64, f64)> {
    let Ok(forecast) = Forecast::of(&loaded.song, session) else { return Vec::new() };
    let facts = |id: &str| loaded.song.tracks.iter().find(|facts| facts.id == id);
    let theirs = rough.tracks.iter().filter_map(|found| {
        let lufs = facts(&found.id)?.loudness_lufs()? + found.gain_db?;
        let ours = forecast.integrated_lufs(forecast.number(&found.id)?)?;
        Some((found.id.clone(), lufs, ours))
    });
    theirs.collect()
}

/// How far a session is from faders that are known, channel by channel of the author's mixer.
fn off_faders(loaded: &Loaded, known: &[Channel], verbose: bool, session: &Session) -> Off {
    let Ok(forecast) = Forecast::of(&loaded.song, session) else { return Off::default() };
    let facts = |id: &str| loaded.song.tracks.iter().find(|facts| facts.id == id);
    let mut all: Vec<f64> = Vec::new();
    for channel in known {
        let levels = channel.iter().filter_map(|(file, gain_db)| {
            let track = loaded.session.tracks.iter().find(|track| {
                track
                    .clips
                    .iter()
                    .any(|clip| Path::new(&clip.file).file_stem().is_some_and(|stem| *stem == **file))
            })?;
            let theirs = facts(&track.id)?.loudness_lufs()? + gain_db;
            Some((track.id.clone(), theirs, forecast.integrated_lufs(forecast.number(&track.id)?)?))
        });
        let levels: Vec<(String, f64, f64)> = levels.collect();
        let found = differences(&levels);
        if verbose {
            let told = levels.iter().zip(&found).map(|((id, ..), off)| format!("{id} {off:+.1}"));
            println!("  beside faders: {}", told.collect::<Vec<_>>().join(", "));
        }
        all.extend(found);
    }
    let level_lu = all.iter().map(|off| off.abs()).sum::<f64>() / all.len().max(1) as f64;
    Off { level_lu, ..Off::default() }
}

/// Differences of levels without their median.
fn differences(levels: &[(String, f64, f64)]) -> Vec<f64> {
    let mut sorted: Vec<f64> = levels.iter().map(|(_, theirs, ours)| ours - theirs).collect();
    sorted.sort_by(f64::total_cmp);
    let count = sorted.len();
    let median = if count == 0 { 0.0 } else { (sorted[count / 2] + sorted[(count - 1) / 2]) / 2.0 };
    levels.iter().map(|(_, theirs, ours)| ours - theirs - median).collect()
}

fn off(loaded: &Loaded, rough: &Rough, session: &Session) -> Off {
    let differences = differences(&levels(loaded, rough, session));
    let level_lu = differences.iter().map(|off| off.abs()).sum::<f64>() / differences.len().max(1) as f64;
    let (Some(mix), Ok(forecast)) = (&loaded.by_person, Forecast::of(&loaded.song, session)) else {
        return Off::default();
    };
    let mut theirs = Sum::silent(mix.energy.cells());
    for cell in 0..mix.energy.cells() {
        for band in 0..BANDS {
            theirs.add(cell, band, mix.energy.power(cell, band), 1.0);
        }
    }
    let ours = forecast.sum();
    let (theirs, ours) = (theirs.spectrum(0..theirs.cells()), ours.spectrum(0..ours.cells()));
    // 60 Hz to 12 kHz: what lies outside is mostly the sound of the files.
    let bands = 2..36;
    let off = |band: usize| {
        db_from_power((ours[band].left + ours[band].right) / (theirs[band].left + theirs[band].right))
    };
    let mean = bands.clone().map(off).sum::<f64>() / bands.len() as f64;
    let spectrum_db = bands.clone().map(|band| (off(band) - mean).abs()).sum::<f64>() / bands.len() as f64;
    Off { level_lu, spectrum_db, side_to_mid_db: side_to_mid_db(&ours) - side_to_mid_db(&theirs) }
}

fn side_to_mid_db(spectrum: &[Power; BANDS]) -> f64 {
    let (mut side, mut mid) = (0.0, 0.0);
    for power in spectrum {
        side += power.left + power.right - 2.0 * power.cross;
        mid += power.left + power.right + 2.0 * power.cross;
    }
    db_from_power(side.max(1e-12) / mid.max(1e-12))
}

fn tracks(loaded: &Loaded, rough: &Rough, ways: &[Session]) {
    let all: Vec<Vec<f64>> =
        ways.iter().map(|session| differences(&levels(loaded, rough, session))).collect();
    let Some(first) = ways.first() else { return };
    for (at, (id, theirs, _)) in levels(loaded, rough, first).iter().enumerate() {
        let row: Vec<String> =
            all.iter().map(|way| way.get(at).map_or(String::new(), |off| format!("{off:6.1}"))).collect();
        let role =
            loaded.session.tracks.iter().find(|track| track.id == *id).map(|track| track.role.to_string());
        println!("  {id:34} {:16} {theirs:6.1} |{}", role.unwrap_or_default(), row.join(" "));
    }
}

fn print(title: &str, names: &[&str], table: &[(String, Vec<Off>)], part: fn(&Off) -> f64) {
    let ways = table.iter().map(|(_, offs)| offs.len()).max().unwrap_or(0).min(names.len());
    let names = &names[..ways];
    println!("\n{title}\n\n| song | {} |\n|---|{}", names.join(" | "), "--:|".repeat(ways));
    for (name, offs) in table {
        let row: Vec<String> = offs.iter().map(|off| format!("{:.1}", part(off))).collect();
        println!("| {name} | {} |", row.join(" | "));
    }
    let mean = |way: usize| {
        let all = table.iter().filter_map(|(_, offs)| offs.get(way)).map(|off| part(off).abs());
        all.sum::<f64>() / table.len().max(1) as f64
    };
    let row: Vec<String> = (0..ways).map(|way| format!("{:.2}", mean(way))).collect();
    println!("| mean | {} |", row.join(" | "));
}

/// How much nearer the fresh balance is than the others, with what 90 % of resampled sets of songs say.
fn bootstrap(table: &[(String, Vec<Off>)]) {
    const ROUNDS: usize = 2_000;
    println!(
        "\nLevel error of the fresh balance less that of others, in LU: mean and the middle 90 % of {ROUNDS} resamplings\n"
    );
    for (way, name) in WAYS.iter().enumerate().filter(|(way, _)| *way < 4 || *way == 7) {
        let gains: Vec<f64> = table
            .iter()
            .filter_map(|(_, offs)| Some(offs.get(4)?.level_lu - offs.get(way)?.level_lu))
            .collect();
        if gains.is_empty() {
            continue;
        }
        let mut state = 99_u32;
        let mut means: Vec<f64> = (0..ROUNDS)
            .map(|_| {
                let one = |_| {
                    state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                    gains.get((state >> 8) as usize % gains.len().max(1)).copied().unwrap_or(0.0)
                };
                (0..gains.len()).map(one).sum::<f64>() / gains.len().max(1) as f64
            })
            .collect();
        means.sort_by(f64::total_cmp);
        let at = |part: f64| means.get((part * (ROUNDS - 1) as f64) as usize).copied().unwrap_or(0.0);
        let mean = gains.iter().sum::<f64>() / gains.len().max(1) as f64;
        println!("| {name} | {mean:+.2} | {:+.2} to {:+.2} |", at(0.05), at(0.95));
    }
}
