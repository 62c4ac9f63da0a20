//! Prints what the fault meters find in sound whose faults are known: true positives, false alarms and misses.
//!
//! `cargo run --release -p mixkeel --example fault_table` looks for the folder `../shared/music` beside the repository: mixes
//! with labelled faults, finished records, and tracks into which every fault is planted in turn. With files as arguments it
//! lists their faults instead.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use mixkeel_analysis::faults::{FaultsMeter, FaultsReading, Stored};
use mixkeel_analysis::meter::Meter;
use mixkeel_dsp::block::{Buffer, Channels, Signal};
use mixkeel_io::read::Downmix;

type Failure = Box<dyn std::error::Error>;

/// Files whose faults are known, and those that they have. The records are cuts from the middle of Vorbis files. The limiter
/// of the over-limited mix cuts what it does not catch, which is heard and counted as clipping. The offset of one record is
/// its own: 96 % of its tenths of a second have a mean below zero, about the same one in soft and in loud ones.
const LABELLED: [(&str, &[&str]); 12] = [
    ("defects/mauiwowi__clean.flac", &[]),
    ("defects/mauiwowi__clicks.flac", &["clicks"]),
    ("defects/mauiwowi__clipped_then_lowered.flac", &["clipping"]),
    ("defects/mauiwowi__harsh.flac", &[]),
    ("defects/mauiwowi__low_end_out_of_phase.flac", &[]),
    ("defects/mauiwowi__muddy.flac", &[]),
    ("defects/mauiwowi__over_limited.flac", &["clipping"]),
    ("defects/mauiwowi__upsampled_from_mp3.flac", &["lossy-source", "upsampled"]),
    ("finished/game_tropicalbreeze.flac", &["lossy-source", "truncated-end", "truncated-start"]),
    ("finished/orch_battle_epic.flac", &["lossy-source", "truncated-end", "truncated-start"]),
    ("finished/race1_etr.flac", &["dc", "lossy-source", "truncated-end", "truncated-start"]),
    ("finished/rock_speeditup.flac", &["lossy-source", "truncated-end", "truncated-start"]),
];

/// Where tracks are taken from to plant faults into; they count as they are found, so only what is added is judged.
const BASES: [&str; 4] =
    ["defects/mauiwowi__clean.flac", "city_blues/tracks", "hydrogen_kit/tracks", "reggaetry/tracks"];

/// How much of a track is used to plant faults into, in seconds: enough for every fault, and for a table within a minute.
const CUT_S: f64 = 20.0;

/// Fades at both ends of the cut, in seconds, so that cutting plants no fault of its own.
const FADE_S: f64 = 0.25;

/// How often a fault was found where it is, told where it is not, and missed.
#[derive(Clone, Copy, Default)]
struct Score {
    found: u32,
    alarms: u32,
    missed: u32,
}

type Scores = BTreeMap<&'static str, Score>;

fn main() -> Result<(), Failure> {
    let files: Vec<PathBuf> = std::env::args().skip(1).map(PathBuf::from).collect();
    if !files.is_empty() {
        for file in &files {
            let sound = Sound::read(file)?;
            println!("{}", file.display());
            for problem in &sound.faults().problems {
                println!("    {:16} {}", problem.id, problem.message);
            }
        }
        return Ok(());
    }
    let music = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/music");
    if !music.is_dir() {
        println!("skipped: there is no {}", music.display());
        return Ok(());
    }
    let mut scores = Scores::new();
    for (file, wanted) in LABELLED {
        let found = ids(&Sound::read(&music.join(file))?.faults());
        judge(&mut scores, &found, &wanted.iter().copied().collect());
    }
    print("Files with known faults", &scores);
    let mut scores = Scores::new();
    for base in BASES {
        for file in flacs(&music.join(base))? {
            let clean = Sound::read(&file)?.cut();
            let before = ids(&clean.faults());
            for (id, plant) in PLANTS {
                let mut sound = clean.clone();
                plant(&mut sound);
                let found = ids(&sound.faults());
                let added: BTreeSet<_> =
                    found.iter().copied().filter(|found| *found == id || !before.contains(found)).collect();
                judge(&mut scores, &added, &BTreeSet::from([id]));
            }
        }
    }
    print("Faults planted into a mix and single tracks", &scores);
    Ok(())
}

fn judge(scores: &mut Scores, found: &BTreeSet<&'static str>, wanted: &BTreeSet<&'static str>) {
    for id in found.union(wanted) {
        let score = scores.entry(id).or_default();
        match (found.contains(id), wanted.contains(id)) {
            (true, true) => score.found += 1,
            (true, false) => score.alarms += 1,
            _ => score.missed += 1,
        }
    }
}

fn print(title: &str, scores: &Scores) {
    println!("\n{title}\n\n| fault | found | false alarms | missed |\n|---|--:|--:|--:|");
    for (id, Score { found, alarms, missed }) in scores {
        println!("| `{id}` | {found} | {alarms} | {missed} |");
    }
}

fn ids(reading: &FaultsReading) -> BTreeSet<&'static str> {
    reading.problems.iter().map(|problem| problem.id).collect()
}

/// A file, or all files of a folder in order of their names.
fn flacs(path: &Path) -> Result<Vec<PathBuf>, Failure> {
    if path.is_file() {
        return Ok(vec![path.to_owned()]);
    }
    let mut files: Vec<PathBuf> =
        std::fs::read_dir(path)?.map(|entry| entry.map(|entry| entry.path())).collect::<Result<_, _>>()?;
    files.retain(|file| file.extension().is_some_and(|ending| ending == "flac"));
    files.sort();
    Ok(files)
}

#[derive(Clone)]
struct Sound {
    rate_hz: u32,
    stored: Stored,
    channels: Vec<Vec<f32>>,
}

impl Sound {
    fn read(path: &Path) -> Result<Self, Failure> {
        let mut reader = mixkeel_io::read::open(path, Downmix::Fold)?;
        let info = reader.info().clone();
        let mut buffer = Buffer::new(info.channels, 8_192);
        let mut channels = vec![Vec::new(); info.channels.count()];
        loop {
            let frames = reader.read(&mut buffer.block())?;
            if frames == 0 {
                break;
            }
            let heard = buffer.signal().part(0..frames);
            channels.iter_mut().zip(heard.each()).for_each(|(all, now)| all.extend_from_slice(now));
        }
        let stored = Stored { bits: info.bits, float: info.float, lossy: info.bits.is_none() };
        Ok(Self { rate_hz: info.rate_hz, stored, channels })
    }

    fn faults(&self) -> FaultsReading {
        let mut meter = FaultsMeter::new(self.stored);
        match self.channels.as_slice() {
            [left, right] => {
                meter.prepare(self.rate_hz, Channels::Stereo);
                meter.push(&Signal::stereo(left, right));
            }
            [only, ..] => {
                meter.prepare(self.rate_hz, Channels::Mono);
                meter.push(&Signal::mono(only));
            }
            [] => {}
        }
        meter.finish()
    }

    fn each(&mut self, mut change: impl FnMut(f64, f32) -> f32) {
        let rate = f64::from(self.rate_hz);
        for channel in &mut self.channels {
            channel.iter_mut().enumerate().for_each(|(n, x)| *x = change(n as f64 / rate, *x));
        }
    }

    /// [`CUT_S`] around the middle of the energy, faded in and out.
    fn cut(mut self) -> Self {
        let (half, fade) = (self.frames(CUT_S / 2.0), self.frames(FADE_S));
        let from = self.middle().saturating_sub(half);
        for channel in &mut self.channels {
            channel.drain(..from.min(channel.len()));
            channel.truncate(2 * half);
            let gain = |n: usize| (n as f32 / fade.max(1) as f32).min(1.0);
            channel.iter_mut().take(fade).enumerate().for_each(|(n, x)| *x *= gain(n));
            channel.iter_mut().rev().take(fade).enumerate().for_each(|(n, x)| *x *= gain(n));
        }
        self
    }

    fn peak(&self) -> f32 {
        self.channels.iter().flatten().fold(0.0, |most, x| most.max(x.abs()))
    }

    /// The frame before which half of all energy lies, so that a fault is planted into sound.
    fn middle(&self) -> usize {
        let power =
            |n: usize| self.channels.iter().filter_map(|c| c.get(n)).map(|x| f64::from(x * x)).sum::<f64>();
        let frames = self.channels.first().map_or(0, Vec::len);
        let half = (0..frames).map(power).sum::<f64>() / 2.0;
        let mut sum = 0.0;
        (0..frames)
            .find(|n| {
                sum += power(*n);
                sum >= half
            })
            .unwrap_or(0)
    }

    /// How much of something added is there at a time: it comes and goes with the fades of the cut, or it would be cut itself.
    fn ramp(&self) -> impl Fn(f64) -> f64 + use<> {
        let length_s = self.channels.first().map_or(0, Vec::len) as f64 / f64::from(self.rate_hz);
        move |t| (t.min(length_s - t) / FADE_S).clamp(0.0, 1.0)
    }

    fn frames(&self, seconds: f64) -> usize {
        (seconds * f64::from(self.rate_hz)) as usize
    }
}

/// Puts one fault into sound.
type Plant = fn(&mut Sound);

/// What is planted, and how.
const PLANTS: [(&str, Plant); 8] = [
    // Driven 6 dB over a wall at the old peak, then lowered by 4 dB.
    ("clipping", |sound| {
        let wall = 0.5 * sound.peak();
        sound.each(|_, x| x.clamp(-wall, wall) * 2.0 * 0.63);
    }),
    // 2 % of full scale, everywhere.
    ("dc", |sound| {
        let ramp = sound.ramp();
        sound.each(|t, x| x + 0.02 * ramp(t) as f32);
    }),
    // 50 Hz and two harmonics, 34 dB under the peak.
    ("hum", |sound| {
        let (size, ramp) = (f64::from(sound.peak()) * 0.02, sound.ramp());
        sound.each(|t, x| {
            let line = |n: f64| size / n * (std::f64::consts::TAU * 50.0 * n * t + n).sin();
            x + (ramp(t) * (line(1.0) + line(2.0) + line(3.0))) as f32
        });
    }),
    // Eight single samples of half the peak.
    ("clicks", |sound| {
        let (size, frames) = (0.5 * sound.peak(), sound.channels.first().map_or(0, Vec::len));
        for channel in &mut sound.channels {
            for place in 1..=8 {
                if let Some(x) = channel.get_mut(place * frames / 9 + 17) {
                    *x += size;
                }
            }
        }
    }),
    // Five times 5 ms of silence, 40 ms apart, where half of the energy has passed.
    ("dropout", |sound| {
        let (middle, gap, step) = (sound.middle(), sound.frames(0.005), sound.frames(0.040));
        for channel in &mut sound.channels {
            for from in (0..5).map(|n| middle + n * step) {
                channel.iter_mut().skip(from).take(gap).for_each(|x| *x = 0.0);
            }
        }
    }),
    // The second half of the energy only.
    ("truncated-start", |sound| {
        let middle = sound.middle() + sound.frames(0.020);
        sound.channels.iter_mut().for_each(|channel| drop(channel.drain(..middle)));
    }),
    // The first half of the energy only.
    ("truncated-end", |sound| {
        let middle = sound.middle() + sound.frames(0.020);
        sound.channels.iter_mut().for_each(|channel| channel.truncate(middle));
    }),
    // Sixteen bits said to be 24.
    ("padded-bits", |sound| {
        sound.each(|_, x| (x * 32_768.0).round() / 32_768.0);
        sound.stored = Stored { bits: Some(24), ..Stored::default() };
    }),
];
