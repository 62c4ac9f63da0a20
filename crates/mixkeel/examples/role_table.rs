//! Prints what tracks are taken to be when nobody may read their names, beside what their makers say they are.
//!
//! `cargo run --release -p mixkeel --example role_table -- FOLDER…`; without a folder the songs in `../shared/music` beside the
//! repository. A folder has a `song.json` or, as the demo song, a `truth.json`.

use std::path::{Path, PathBuf};

use mixkeel_analysis::meter::Meter;
use mixkeel_analysis::profile::{Profile, ProfileMeter};
use mixkeel_assist::roles::classes::CLASSES;
use mixkeel_assist::roles::identify::{Arrived, identify};
use mixkeel_assist::roles::role_from_name;
use mixkeel_assist::roles::sound::heard;
use mixkeel_dsp::block::Buffer;
use mixkeel_io::read::Downmix;
use mixkeel_session::edit::Sureness;
use mixkeel_session::role::Role;
use rayon::prelude::*;

type Failure = Box<dyn std::error::Error + Send + Sync>;

/// Roles that are as good as each other in a mix.
const ALIKE: [&[&str]; 6] = [
    &["piano", "keys", "organ"],
    &["pad", "strings", "choir"],
    &["cymbals", "overheads", "ride"],
    &["percussion", "clap"],
    &["lead-vocal", "backing-vocal", "vocal-double", "ad-lib"],
    &["lead-synth", "pluck"],
];

fn main() -> Result<(), Failure> {
    let mut folders: Vec<PathBuf> = std::env::args().skip(1).map(PathBuf::from).collect();
    if folders.is_empty() {
        let music = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/music");
        let songs = std::fs::read_dir(&music).map_err(|error| format!("{}: {error}", music.display()))?;
        folders =
            songs.flatten().map(|song| song.path()).filter(|song| song.join("song.json").is_file()).collect();
        folders.sort();
    }
    let mut sum = Score::default();
    for folder in &folders {
        sum.add(song(folder)?);
    }
    println!("all songs: {sum}");
    Ok(())
}

/// How many of the tracks whose role is known were taken for it.
#[derive(Clone, Copy, Default)]
struct Score {
    known: u32,
    right: u32,
    alike: u32,
    kind: u32,
    unknown: u32,
    wrong: u32,
}

impl Score {
    fn add(&mut self, other: Score) {
        self.known += other.known;
        self.right += other.right;
        self.alike += other.alike;
        self.kind += other.kind;
        self.unknown += other.unknown;
        self.wrong += other.wrong;
    }
}

impl std::fmt::Display for Score {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Score { known, right, alike, kind, unknown, wrong } = self;
        write!(
            f,
            "of {known} known tracks {right} right, {alike} alike, {kind} of the right kind, {unknown} left unknown, {wrong} wrong"
        )
    }
}

fn song(folder: &Path) -> Result<Score, Failure> {
    let told =
        ["song.json", "truth.json"].iter().find_map(|name| std::fs::read_to_string(folder.join(name)).ok());
    let told: serde_json::Value = serde_json::from_str(&told.ok_or("there is no song.json or truth.json")?)?;
    let tracks: Vec<(PathBuf, String)> = told["tracks"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|track| {
            let file = track["file"].as_str()?;
            // The demo song has its tracks in a folder of their own.
            let below = [folder.join(file), folder.join("tracks").join(file)];
            let path = below.into_iter().find(|path| path.is_file())?;
            Some((path, track["role"].as_str()?.replace('_', "-")))
        })
        .collect();
    let profiles: Result<Vec<Profile>, Failure> = tracks.par_iter().map(|(file, _)| measured(file)).collect();
    let profiles = profiles?;
    let hidden = role_from_name("Audio 01");
    let arrived: Vec<Arrived> = profiles
        .iter()
        .map(|profile| Arrived { name: &hidden, by_owner: false, profile, at_s: 0.0 })
        .collect();
    println!("{}", folder.display());
    let mut score = Score::default();
    for (((file, role), identity), profile) in tracks.iter().zip(identify(&arrived)).zip(&profiles) {
        let taken = if identity.sureness > Sureness::Guess { identity.role } else { Role::Unknown };
        let both = |list: &&[&str]| list.contains(&role.as_str()) && list.contains(&taken.word());
        let within =
            |list: &[Role]| list.contains(&taken) && list.iter().any(|member| member.word() == role.as_str());
        let mark = match () {
            () if role == "unknown" => "-",
            () if taken.word() == role => "right",
            () if taken == Role::Unknown => "unknown",
            () if ALIKE.iter().any(both) => "alike",
            () if CLASSES.iter().any(|class| within(class.roles)) => "kind",
            () => "WRONG",
        };
        score.known += u32::from(role != "unknown");
        score.right += u32::from(mark == "right");
        score.alike += u32::from(mark == "alike");
        score.kind += u32::from(mark == "kind");
        score.unknown += u32::from(mark == "unknown");
        score.wrong += u32::from(mark == "WRONG");
        let odds = heard(profile).map(|heard| heard.odds.0).unwrap_or_default();
        let odds: Vec<String> = odds.iter().take(3).map(|(role, odds)| format!("{role} {odds:.2}")).collect();
        let name = file.file_stem().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        println!(
            "  {mark:8} {role:16} {:16} {name:36} {} [{}]",
            taken.word(),
            identity.because,
            odds.join(", ")
        );
    }
    println!("  {score}");
    Ok(score)
}

fn measured(file: &Path) -> Result<Profile, Failure> {
    let mut reader = mixkeel_io::read::open(file, Downmix::Fold).map_err(|error| error.to_string())?;
    let (rate_hz, channels) = (reader.info().rate_hz, reader.info().channels);
    let mut meter = ProfileMeter::new(rate_hz, channels).with_music();
    let mut buffer = Buffer::new(channels, 16_384);
    loop {
        let frames = reader.read(&mut buffer.block()).map_err(|error| error.to_string())?;
        if frames == 0 {
            return Ok(meter.finish());
        }
        meter.push(&buffer.signal().part(0..frames));
    }
}
