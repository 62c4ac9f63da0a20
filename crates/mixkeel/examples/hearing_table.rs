//! Hears music of which everything is known, says how sure it was and how often it was right, and writes both down for
//! `hearing_peers.py` to score beside librosa and libsonare.
//!
//! `cargo run --release -p mixkeel --example hearing_table -- OUT [tuned|held] [SEED]` writes generated songs and the demo song into
//! OUT and hears them, and the songs in `../shared/music` beside the repository where they are there, each from its tracks and from
//! its mix. `OUT/heard.json` then holds truths and answers; `python crates/mixkeel/examples/hearing_peers.py OUT` lets the others hear
//! the same mixes and prints all scores. `held`, which is taken where nothing is said, has progressions that nothing was tuned
//! on. What was measured is kept in OUT, so that a second run only decides.

#[path = "hearing/songs.rs"]
mod songs;

use std::fs;
use std::path::{Path, PathBuf};

use mixkeel::Silent;
use mixkeel::demo::{synthesise, track_count, truth};
use mixkeel::hear::{HearOptions, SongReport, song};
use mixkeel::song::cache::Cache;
use mixkeel_dsp::block::{Buffer, Channels, Signal};
use mixkeel_io::read::{Downmix, open};
use mixkeel_io::write::{Bits, Format, Spec, Tags, create};
use serde::{Deserialize, Serialize};
use serde_json::Value;

type Failure = Box<dyn std::error::Error + Send + Sync>;

/// The name of a song, its mix, tempo, and key.
type Known = (&'static str, &'static str, f64, Option<(&'static str, &'static str)>);

/// Real songs: where the mix is, tempo, key. The key of one is what its author says; that of the blues is the one its notes
/// are in (Krumhansl on `truth.json`: its signature says G, its thirds and sevenths are those of the blues).
const SONGS: [Known; 5] = [
    ("caesium", "sum_of_stems.flac", 130.0, Some(("C", "major"))),
    ("city_blues", "author_mix.flac", 120.0, Some(("G", "minor"))),
    ("hydrogen_kit", "", 115.0, None),
    ("mauiwowi", "", 102.0, None),
    ("reggaetry", "", 180.0, None),
];

/// Of what it is told how sure it was.
const WHATS: [&str; 6] =
    ["tempo", "metre", "key", "chords, by time", "borders, within 1 s", "names of sections, by time"];

/// A piece and what is true of it.
#[derive(Serialize, Deserialize)]
struct Piece {
    group: String,
    name: String,
    /// The folder of its tracks, and its mix.
    tracks: PathBuf,
    mix: PathBuf,
    truth: Truth,
}

#[derive(Default, Serialize, Deserialize)]
struct Truth {
    tempo_bpm: f64,
    beats_s: Vec<f64>,
    key: Option<(String, String)>,
    /// From, to, label.
    chords: Vec<(f64, f64, String)>,
    /// From, to, kind.
    sections: Vec<(f64, f64, String)>,
}

fn main() -> Result<(), Failure> {
    let mut arguments = std::env::args().skip(1);
    let out = PathBuf::from(arguments.next().ok_or("usage: hearing_table OUT [tuned|held] [SEED]")?);
    let set = arguments.next().unwrap_or_else(|| "held".to_owned());
    let seed: u32 = arguments.next().map_or(Ok(7), |seed| seed.parse())?;
    let mut pieces = generated(&out, set != "tuned", seed)?;
    pieces.push(demo(&out.join("demo"))?);
    pieces.extend(real(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/music"))?);
    let cache = Cache::at(out.join("measured"));
    let mut heard = Vec::new();
    let mut sure = Sure::default();
    for piece in pieces {
        let answer = |path: &Path| -> Result<SongReport, Failure> {
            Ok(song(path, &HearOptions { cache: cache.clone(), ..HearOptions::default() }, &Silent)?.report)
        };
        let (tracks, mix) = (answer(&piece.tracks)?, answer(&piece.mix)?);
        for (from, report) in [("tracks", &tracks), ("mix", &mix)] {
            sure.take(&piece.truth, report);
            let key = report
                .key
                .as_ref()
                .map_or_else(String::new, |key| format!("{} {} {:.2}", key.tonic, key.mode, key.confidence));
            let chords = chords_right(
                &report.chords.iter().map(|c| (c.from_s, c.to_s, c.label.clone())).collect::<Vec<_>>(),
                &piece.truth.chords,
            );
            let is = if key_is_right(report, &piece.truth) { "" } else { "  ← key" };
            println!(
                "{:<28} {from:<6} {:>6.1} bpm  {key:<20} chords {chords:.2}{is}",
                piece.name,
                report.tempo_bpm.unwrap_or(0.0)
            );
        }
        heard.push(serde_json::json!({ "piece": piece, "tracks": tracks, "mix": mix }));
    }
    sure.print();
    let whole: Value = serde_json::json!({ "set": set, "seed": seed, "pieces": heard });
    fs::write(out.join("heard.json"), serde_json::to_vec(&whole)?)?;
    println!(
        "\n{} pieces ({set}, seed {seed}); now: python crates/mixkeel/examples/hearing_peers.py {}",
        heard.len(),
        out.display()
    );
    Ok(())
}

/// What, how sure it was, how right, and how much it weighs.
type Said = (&'static str, f64, f64, f64);

/// What was said with which confidence, how often it was right, and how much that weighs.
#[derive(Default)]
struct Sure {
    said: Vec<Said>,
}

impl Sure {
    fn take(&mut self, truth: &Truth, report: &SongReport) {
        let yes = |right: bool| f64::from(u8::from(right));
        if let Some(bpm) = report.tempo_bpm {
            let right = (bpm / truth.tempo_bpm - 1.0).abs() <= 0.04;
            self.said.push(("tempo", report.tempo_confidence, yes(right), 1.0));
            // All pieces here are in four.
            let four = report.metre.as_deref() == Some("4/4");
            self.said.push(("metre", report.metre_confidence, yes(four), 1.0));
        }
        if let (Some(_), Some(key)) = (&truth.key, &report.key) {
            self.said.push(("key", key.confidence, yes(key_is_right(report, truth)), 1.0));
        }
        if !truth.chords.is_empty() {
            let end = truth.chords.last().map_or(0.0, |chord| chord.1);
            for chord in report.chords.iter().filter(|chord| chord.from_s < end && chord.label != "N") {
                let long = chord.to_s - chord.from_s;
                let whole: f64 = truth.chords.iter().map(|chord| chord.1 - chord.0).sum();
                let right =
                    whole * chords_right(&[(chord.from_s, chord.to_s, chord.label.clone())], &truth.chords);
                self.said.push(("chords, by time", chord.confidence, (right / long).min(1.0), long));
            }
        }
        if !truth.sections.is_empty() {
            for section in report.sections.iter().skip(1) {
                let near = |(at_s, _, _): &(f64, f64, String)| (at_s - section.from_s).abs() <= 1.0;
                let right = truth.sections.iter().skip(1).any(near);
                self.said.push(("borders, within 1 s", section.border_confidence, yes(right), 1.0));
            }
            // A part that is only lettered is named nothing.
            for section in report.sections.iter().filter(|section| !section.kind.starts_with("part-")) {
                let long = section.to_s - section.from_s;
                let both =
                    |one: &(f64, f64, String)| (one.1.min(section.to_s) - one.0.max(section.from_s)).max(0.0);
                let right: f64 = truth.sections.iter().filter(|one| one.2 == section.kind).map(both).sum();
                self.said.push((
                    "names of sections, by time",
                    section.confidence,
                    (right / long).min(1.0),
                    long,
                ));
            }
        }
    }

    fn print(&self) {
        println!("\n| what was said | how sure | right | how much |\n|---|--:|--:|--:|");
        for what in WHATS {
            for (low, high) in
                [(0.0, 0.2), (0.2, 0.4), (0.4, 0.6), (0.6, 0.7), (0.7, 0.8), (0.8, 0.9), (0.9, 1.01)]
            {
                let rows: Vec<_> =
                    self.said.iter().filter(|row| row.0 == what && row.1 >= low && row.1 < high).collect();
                let weight: f64 = rows.iter().map(|row| row.3).sum();
                if weight > 0.0 {
                    let mean =
                        |of: fn(&Said) -> f64| rows.iter().map(|row| of(row) * row.3).sum::<f64>() / weight;
                    println!(
                        "| {what} | {:.2} | {:.2} | {weight:.0} |",
                        mean(|row| row.1),
                        mean(|row| row.2)
                    );
                }
            }
        }
    }
}

fn key_is_right(report: &SongReport, truth: &Truth) -> bool {
    let Some((tonic, mode)) = &truth.key else { return true };
    report.key.as_ref().is_some_and(|key| class(&key.tonic) == class(tonic) && &key.mode == mode)
}

/// The part of the time of a truth in which root and third are right.
fn chords_right(heard: &[(f64, f64, String)], truth: &[(f64, f64, String)]) -> f64 {
    let (mut right, mut all) = (0.0, 0.0);
    for (from_s, to_s, label) in truth {
        all += to_s - from_s;
        for (since, until, _) in
            heard.iter().filter(|chord| root_and_third(&chord.2) == root_and_third(label))
        {
            right += (until.min(*to_s) - since.max(*from_s)).max(0.0);
        }
    }
    if all > 0.0 { right / all } else { 0.0 }
}

/// The root, 0 for C, and whether the third is minor; `None` for no chord.
fn root_and_third(label: &str) -> Option<(i32, bool)> {
    let (name, quality) = label.split_once(':')?;
    Some((class(name)?, quality.starts_with("min") || quality.starts_with("dim")))
}

fn class(name: &str) -> Option<i32> {
    let white = "C D EF G A B".find(name.get(..1)?)? as i32;
    let signs = name.chars().map(|sign| i32::from(sign == '#') - i32::from(sign == 'b')).sum::<i32>();
    Some((white + signs).rem_euclid(12))
}

fn generated(out: &Path, held: bool, seed: u32) -> Result<Vec<Piece>, Failure> {
    let folder = out.join(format!("{}-{seed}", if held { "held" } else { "tuned" }));
    let mut pieces = Vec::new();
    for song in songs::songs(held, seed) {
        let (tracks, mix) = (folder.join(&song.name).join("tracks"), folder.join(&song.name).join("mix.wav"));
        let names: Vec<(&str, &[f32])> =
            song.tracks.iter().map(|(name, wave)| (*name, wave.as_slice())).collect();
        write_song(&tracks, &mix, &names, songs::RATE_HZ)?;
        pieces.push(Piece {
            group: "generated songs".to_owned(),
            name: song.name,
            tracks,
            mix,
            truth: Truth {
                tempo_bpm: song.bpm,
                beats_s: song.beats_s,
                key: Some((songs::NAMES[usize::from(song.key.0)].to_owned(), song.key.1.to_string())),
                chords: song.chords,
                sections: song.sections,
            },
        });
    }
    Ok(pieces)
}

/// The demo song and the sum of its tracks, but for the click and a track of another rate.
fn demo(folder: &Path) -> Result<Piece, Failure> {
    let (truth, tracks, mix) = (truth(), folder.join("tracks"), folder.join("mix.wav"));
    if !mix.is_file() {
        fs::create_dir_all(&tracks)?;
        let mut sum: Vec<f32> = Vec::new();
        for track in (0..track_count()).map(synthesise) {
            let signal = track.samples.signal();
            write(&tracks.join(track.file_name), track.rate_hz, &signal)?;
            if track.rate_hz == truth.rate_hz && !track.file_name.to_lowercase().contains("click") {
                sum.resize(sum.len().max(signal.frames()), 0.0);
                for (to, (l, r)) in sum.iter_mut().zip(signal.left().iter().zip(signal.right_or_only())) {
                    *to += 0.1 * (l + r);
                }
            }
        }
        write(&mix, truth.rate_hz, &Signal::mono(&sum))?;
    }
    Ok(Piece {
        group: "demo song".to_owned(),
        name: "demo".to_owned(),
        tracks,
        mix,
        truth: Truth {
            tempo_bpm: truth.tempo_bpm,
            beats_s: truth.beats_s,
            key: Some((truth.key.tonic.to_owned(), truth.key.mode.to_owned())),
            chords: truth.chords.into_iter().map(|chord| (chord.from_s, chord.to_s, chord.label)).collect(),
            sections: truth
                .sections
                .into_iter()
                .map(|section| (section.from_s, section.to_s, section.kind.to_owned()))
                .collect(),
        },
    })
}

fn real(music: &Path) -> Result<Vec<Piece>, Failure> {
    if !music.is_dir() {
        println!("skipped: there is no {}", music.display());
        return Ok(Vec::new());
    }
    let mut pieces = Vec::new();
    for (name, mix, bpm, key) in SONGS {
        let folder = music.join(name);
        let mut mixes: Vec<PathBuf> =
            fs::read_dir(folder.join("mix"))?.flatten().map(|entry| entry.path()).collect();
        mixes.sort();
        let named = folder.join("mix").join(mix);
        let mix =
            if named.is_file() { named } else { mixes.into_iter().next().ok_or("a song without a mix")? };
        let until_s = sounds_until_s(&mix)?;
        pieces.push(Piece {
            group: "real songs".to_owned(),
            name: name.to_owned(),
            tracks: folder.join("tracks"),
            mix,
            truth: Truth {
                tempo_bpm: bpm,
                beats_s: (0..).map(|n| f64::from(n) * 60.0 / bpm).take_while(|at| *at < until_s).collect(),
                key: key.map(|(tonic, mode)| (tonic.to_owned(), mode.to_owned())),
                chords: if name == "city_blues" { blues() } else { Vec::new() },
                sections: Vec::new(),
            },
        });
    }
    Ok(pieces)
}

/// When the last sample over -60 dB of full scale is heard: no beats are asked for in the silence after it.
fn sounds_until_s(path: &Path) -> Result<f64, Failure> {
    let mut reader = open(path, Downmix::Refuse)?;
    let (rate_hz, mut buffer) = (reader.info().rate_hz, Buffer::new(reader.info().channels, 65_536));
    let (mut read, mut until) = (0, 0);
    loop {
        let got = reader.read(&mut buffer.block())?;
        if got == 0 {
            return Ok(until as f64 / f64::from(rate_hz));
        }
        let signal = buffer.signal().part(0..got);
        let last = |wave: &[f32]| wave.iter().rposition(|x| x.abs() > 1e-3);
        if let Some(at) = last(signal.left()).max(last(signal.right_or_only())) {
            until = read + at + 1;
        }
        read += got;
    }
}

/// The chords of the blues, bars of two seconds: roots are those of the bass, thirds those that sound, by the notes in its
/// `truth.json`. Bars in which all play one line, and one without a third, are left out.
fn blues() -> Vec<(f64, f64, String)> {
    let bars = [
        (2, 4, "G:min"),
        (6, 2, "C:7"),
        (8, 2, "G:min"),
        (10, 1, "D:7"),
        (14, 4, "G:min"),
        (18, 2, "C:7"),
        (20, 2, "G:min"),
    ];
    let at = |bar: i32| f64::from(bar) * 2.0;
    bars.into_iter().map(|(bar, long, label)| (at(bar), at(bar + long), label.to_owned())).collect()
}

/// Writes tracks and their sum, unless they are there.
fn write_song(tracks: &Path, mix: &Path, named: &[(&str, &[f32])], rate_hz: u32) -> Result<(), Failure> {
    if mix.is_file() {
        return Ok(());
    }
    fs::create_dir_all(tracks)?;
    let mut sum: Vec<f32> = Vec::new();
    for (name, wave) in named {
        write(&tracks.join(format!("{name}.wav")), rate_hz, &Signal::mono(wave))?;
        sum.resize(sum.len().max(wave.len()), 0.0);
        sum.iter_mut().zip(*wave).for_each(|(to, x)| *to += 0.5 * x);
    }
    write(mix, rate_hz, &Signal::mono(&sum))
}

fn write(path: &Path, rate_hz: u32, signal: &Signal) -> Result<(), Failure> {
    let spec = Spec {
        format: Format::Wav,
        bits: Bits::F32,
        rate_hz,
        channels: if signal.channels() == Channels::Stereo { Channels::Stereo } else { Channels::Mono },
        tags: Tags::default(),
        dither_seed: 0,
        source_bits: None,
        length_frames: Some(signal.frames() as u64),
    };
    let mut writer = create(path, &spec)?;
    writer.write(*signal)?;
    writer.finish()?;
    Ok(())
}
