//! One track is made louder, or thicker, or wider until the judge finds a fault that was not there: does the finding name
//! that track first?

use mixkeel_judge::check::Destination;
use mixkeel_judge::evidence::StripReading;
use mixkeel_judge::finding::Finding;
use mixkeel_judge::verdict::judge;
use rayon::prelude::*;

use super::filters::bell;
use super::{Part, Sound, demo_parts, gathered, music};

/// What is done to a track, by so many decibels.
pub type Push = fn(&Sound, f64) -> Sound;

/// A fault, and what is done to one track until it is there.
pub struct Way {
    /// The finding.
    pub id: &'static str,
    /// What is done, for the table.
    pub done: &'static str,
    /// Does it.
    pub push: Push,
}

fn louder(sound: &Sound, by_db: f64) -> Sound {
    let mut louder = sound.clone();
    louder.gain_db(by_db);
    louder
}

fn thicker(sound: &Sound, by_db: f64) -> Sound {
    let mut thicker = sound.clone();
    bell(&mut thicker, 175.0, by_db, 0.9);
    thicker
}

fn harder(sound: &Sound, by_db: f64) -> Sound {
    let mut harder = sound.clone();
    bell(&mut harder, 2_900.0, by_db, 1.2);
    harder
}

/// A widener that goes in mono: the right is the left, late and upside down.
fn wider(sound: &Sound, by_db: f64) -> Sound {
    let mut wide = sound.clone();
    let late = sound.at(0.000_4);
    for n in 0..wide.frames() {
        let mid = 0.5 * (sound.left[n] + sound.right[n]);
        let earlier = if n < late { 0.0 } else { 0.5 * (sound.left[n - late] + sound.right[n - late]) };
        (wide.left[n], wide.right[n]) = (mid, -earlier);
    }
    wide.gain_db(by_db);
    wide
}

/// Everything that is tried.
pub const WAYS: [Way; 6] = [
    Way { id: "muddy", done: "louder", push: louder },
    Way { id: "muddy", done: "a bell at 175 Hz", push: thicker },
    Way { id: "harsh", done: "a bell at 2.9 kHz", push: harder },
    Way { id: "mono-loss", done: "widened, then louder", push: wider },
    Way { id: "buried-focus", done: "louder, the voice in front before", push: louder },
    Way { id: "masked-track", done: "louder", push: louder },
];

/// What others take from a voice that is still in front: half of its loudness.
const IN_FRONT_PHON: f64 = 10.0;

/// The most by which it is raised to be there.
const MOST_RAISED_DB: u32 = 18;

/// A song whose tracks were measured once.
pub struct Desk {
    parts: Vec<Part>,
    readings: Vec<StripReading>,
}

impl Desk {
    /// From its tracks, all as long as each other.
    pub fn new(parts: Vec<Part>) -> Self {
        let readings = parts.par_iter().map(|part| part.sound.strip()).collect();
        Self { parts, readings }
    }

    /// The same with what the song is about in front: raised until it keeps half of its loudness. In the plain balance of the demo
    /// the others take 12.8 of the 14 phon that bury it, and the bass half of that. What is pushed there is the last straw: without
    /// the bass the voice would gain more (2.6 to 3.6 phon) than without what was pushed (1.8 to 2.9), and the bass is named first.
    fn with_focus_in_front(&self) -> Option<Self> {
        let index = self.parts.iter().position(|part| part.in_focus)?;
        (0..=MOST_RAISED_DB).find_map(|by_db| {
            let mut desk = Self { parts: self.parts.clone(), readings: self.readings.clone() };
            desk.parts[index].sound.gain_db(f64::from(by_db));
            desk.readings[index] = desk.parts[index].sound.strip();
            let evidence = gathered(&desk.parts, desk.readings.clone()).evidence_on(&[]);
            let at = evidence.tracks.iter().position(|strip| strip.name == desk.parts[index].name)?;
            (evidence.masking?.whole.tracks.get(at)?.lost_phon() <= IN_FRONT_PHON).then_some(desk)
        })
    }

    /// The finding of this id, with one track in place of its own sound.
    pub fn found(&self, changed: Option<(usize, &Sound)>, id: &str) -> Option<Finding> {
        let mut parts = self.parts.clone();
        let mut readings = self.readings.clone();
        if let Some((index, sound)) = changed {
            parts[index].sound = sound.clone();
            readings[index] = sound.strip();
        }
        let judged = judge(&gathered(&parts, readings).evidence(), Destination::Mastering);
        judged.findings.into_iter().find(|finding| finding.id == id)
    }

    /// Pushes a track in steps of 3 dB until the fault is there, by 24 dB at most: the least step is looked for by halves. `None`
    /// where it was there before or never comes; else the finding and by how much the track was pushed.
    pub fn push(&self, index: usize, way: &Way) -> Option<(Finding, f64)> {
        if self.found(None, way.id).is_some() {
            return None;
        }
        let pushed = |step: u32| {
            let by_db = 3.0 * f64::from(step);
            let sound = (way.push)(&self.parts[index].sound, by_db);
            self.found(Some((index, &sound)), way.id).map(|finding| (finding, by_db))
        };
        let mut there = pushed(8)?;
        let (mut without, mut with) = (0, 8);
        while with - without > 1 {
            let step = (without + with) / 2;
            match pushed(step) {
                Some(found) => (there, with) = (found, step),
                None => without = step,
            }
        }
        Some(there)
    }

    /// A track by its name, pushed by so much, and the finding that it causes.
    pub fn pushed(&self, name: &str, way: &Way, by_db: f64) -> Option<Finding> {
        let index = self.parts.iter().position(|part| part.name == name).unwrap();
        self.found(Some((index, &(way.push)(&self.parts[index].sound, by_db))), way.id)
    }

    /// What a track is called.
    pub fn name(&self, index: usize) -> &str {
        &self.parts[index].name
    }

    /// Tracks that are not what the song is about.
    pub fn others(&self) -> impl Iterator<Item = usize> {
        (0..self.parts.len()).filter(|index| !self.parts[*index].in_focus)
    }
}

/// The demo's tracks, some seconds from where all of them play.
pub fn demo(seconds: f64) -> Desk {
    let parts = demo_parts();
    let from_s = parts.iter().map(|part| part.sound.frames()).max().unwrap() as f64 / 96_000.0;
    let cut = |part: Part| Part { sound: part.sound.cut(from_s, seconds), ..part };
    Desk::new(parts.into_iter().map(cut).collect())
}

/// A song of the shared folder at the levels of its tracks.
fn shared(name: &str, from_s: f64, seconds: f64) -> Option<Desk> {
    let folder = music()?.join(name).join("tracks");
    let mut paths: Vec<_> = std::fs::read_dir(folder).ok()?.flatten().map(|entry| entry.path()).collect();
    paths.sort();
    let parts = paths
        .iter()
        .map(|path| {
            let file = path.file_stem().unwrap().to_string_lossy().into_owned();
            let role = mixkeel_assist::roles::role_from_name(&file).role;
            let mut sound = Sound::read(path).cut(from_s, seconds);
            let frames = (seconds * f64::from(sound.rate_hz)) as usize;
            sound.each(|channel| channel.resize(frames, 0.0));
            Part { in_focus: file == "VOX_LEAD", name: file, role, sends: Vec::new(), sound }
        })
        .filter(|part| part.sound.rms() > 1e-4)
        .collect();
    Some(Desk::new(parts))
}

/// Prints the table, of one song if it is named.
pub fn print(only: Option<&str>) {
    println!("\nTracks pushed until a fault is there, by 24 dB at most\n");
    println!(
        "| song | fault | what was done | caused it | named first | named otherwise |\n|---|---|---|--:|--:|---|"
    );
    let songs = [("demo", 0.0), ("caesium", 60.0), ("city_blues", 20.0), ("mauiwowi", 50.0)];
    let (mut caused, mut right) = (0, 0);
    for (song, from_s) in songs.into_iter().filter(|(song, _)| only.is_none_or(|only| only == *song)) {
        let desk = if song == "demo" { Some(demo(10.0)) } else { shared(song, from_s, 10.0) };
        let Some(desk) = desk else { continue };
        let in_front = desk.with_focus_in_front();
        for way in &WAYS {
            let desk = if way.id == "buried-focus" { in_front.as_ref().unwrap_or(&desk) } else { &desk };
            let tracks: Vec<usize> = desk.others().collect();
            let pushed: Vec<(usize, Finding, f64)> = tracks
                .par_iter()
                .filter_map(|&index| desk.push(index, way).map(|(finding, by_db)| (index, finding, by_db)))
                .collect();
            let is_first = |(index, finding, _): &&(usize, Finding, f64)| {
                finding.tracks.first().is_some_and(|first| first.name == desk.name(*index))
            };
            let named = pushed.iter().filter(is_first).count();
            let otherwise: Vec<String> = pushed
                .iter()
                .filter(|one| !is_first(one))
                .map(|(index, finding, by_db)| {
                    let first = finding.tracks.first().map_or("nobody", |first| first.name.as_str());
                    let mut named = finding.tracks.iter();
                    let place = named.position(|one| one.name == desk.name(*index)).map(|at| at + 1);
                    let place = place.map_or_else(String::new, |place| format!(", itself number {place}"));
                    format!("{} by {by_db:.0} dB: {first}{place}", desk.name(*index))
                })
                .collect();
            println!(
                "| {song} | `{}` | {} | {} | {named} | {} |",
                way.id,
                way.done,
                pushed.len(),
                otherwise.join("; ")
            );
            (caused, right) = (caused + pushed.len(), right + named);
        }
    }
    println!("\n{right} of {caused} named first");
}
