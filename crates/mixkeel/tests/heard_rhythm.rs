//! The tempo, beats and bars of real songs beside the repository, where they are there, from their tracks and from the mixes
//! of their makers.

#![expect(clippy::expect_used, reason = "a song that is there and cannot be read fails the test")]

use std::fs;
use std::path::{Path, PathBuf};

use mixkeel_analysis::meter::Meter;
use mixkeel_analysis::music::rhythm::{Rhythm, TrackCurves, rhythm};
use mixkeel_analysis::profile::ProfileMeter;
use mixkeel_dsp::block::Block;
use mixkeel_io::read::{Downmix, open};

/// The curves of every file in a folder of a song; none where the song is not there.
fn curves(song: &str, folder: &str) -> Vec<TrackCurves> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/music").join(song).join(folder);
    let Ok(files) = fs::read_dir(&folder) else {
        println!("skipped: {song} is not beside the repository");
        return Vec::new();
    };
    let mut paths: Vec<PathBuf> = files.flatten().map(|file| file.path()).collect();
    paths.sort();
    paths
        .iter()
        .map(|path| {
            let mut reader = open(path, Downmix::Refuse).expect("the song is readable");
            let (rate_hz, channels) = (reader.info().rate_hz, reader.info().channels);
            let mut meter = ProfileMeter::new(rate_hz, channels).with_music();
            let (mut left, mut right) = (vec![0.0; 65_536], vec![0.0; 65_536]);
            loop {
                let mut block = Block::stereo(&mut left, &mut right);
                let got = reader.read(&mut block).expect("the song is readable");
                if got == 0 {
                    break;
                }
                meter.push(&block.signal().part(0..got));
            }
            TrackCurves::of(&meter.finish().music.unwrap_or_default())
        })
        .collect()
}

/// The F-measure of times within 70 ms, without the first 5 s, as evaluations of beat tracking have it (Davis, Degara and
/// Plumbley, "Evaluation methods for musical audio beat tracking algorithms", 2009).
fn f_measure(found: &[f64], truth: &[f64], until_s: f64) -> f64 {
    let part = |times: &[f64]| -> Vec<f64> {
        times.iter().copied().filter(|at| (5.0..until_s).contains(at)).collect()
    };
    let (found, truth) = (part(found), part(truth));
    let hits = truth.iter().filter(|at| found.iter().any(|x| (x - **at).abs() <= 0.07)).count();
    2.0 * hits as f64 / (found.len() + truth.len()).max(1) as f64
}

/// When the last stroke of a song is, in seconds: one that is a tenth as strong as the strongest of its track.
fn last_stroke_s(tracks: &[TrackCurves]) -> f64 {
    let last = |track: &TrackCurves| {
        let sums = track.sums();
        let least = 0.1 * sums.iter().copied().fold(0.0, f64::max);
        sums.iter().rposition(|x| *x > least).unwrap_or(0)
    };
    tracks.iter().map(last).max().unwrap_or(0) as f64 * 0.01
}

/// What was heard of a song, with the F-measure of beats and of bars against those of its tempo from 0 s to the last stroke: while the song
/// rings out after it, beats are neither asked for nor held against what was heard.
fn heard(song: &str, folder: &str, bpm: f64) -> Option<(Rhythm, f64, f64)> {
    let tracks = curves(song, folder);
    if tracks.is_empty() {
        return None;
    }
    let (heard, until_s) = (rhythm(&tracks), last_stroke_s(&tracks) + 0.05);
    let every = |beats: f64| -> Vec<f64> {
        (0..).map(|n| f64::from(n) * beats * 60.0 / bpm).take_while(|at| *at < until_s).collect()
    };
    let beats = f_measure(&heard.beats_s, &every(1.0), until_s);
    let bars = f_measure(&heard.downbeats_s, &every(4.0), until_s);
    println!(
        "{song}/{folder}: {:.2?} of {bpm} ({:.2}), beats {beats:.3}, bars {bars:.3}, {:?} ({:.2}), {:?}",
        heard.tempo_bpm, heard.tempo_confidence, heard.metre, heard.metre_confidence, heard.level_reason
    );
    Some((heard, beats, bars))
}

/// Whether a tempo is within 1 % of another.
fn is(bpm: Option<f64>, truth: f64) -> bool {
    bpm.is_some_and(|bpm| (bpm / truth - 1.0).abs() < 0.01)
}

#[test]
fn songs_with_a_clear_beat_are_counted_as_their_makers_counted_them() {
    for (song, bpm, barred) in
        [("caesium", 130.0, true), ("hydrogen_kit", 115.0, true), ("city_blues", 120.0, false)]
    {
        for folder in ["tracks", "mix"] {
            let Some((heard, beats, bars)) = heard(song, folder, bpm) else { continue };
            assert!(is(heard.tempo_bpm, bpm), "{song}/{folder}: {:?}", heard.tempo_bpm);
            assert!(beats >= 0.98, "{song}/{folder}: beats {beats}");
            assert!(!barred || bars >= 0.9, "{song}/{folder}: bars {bars}");
            assert!(
                barred || bars >= 0.9 || heard.downbeat_confidence < 0.5,
                "{song}/{folder}: wrong and sure"
            );
        }
    }
}

#[test]
fn reggae_is_counted_at_its_tempo_or_the_double_or_half_and_the_other_is_among_the_answers() {
    for (song, bpm) in [("reggaetry", 180.0), ("mauiwowi", 102.0)] {
        for folder in ["tracks", "mix"] {
            let Some((heard, beats, _)) = heard(song, folder, bpm) else { continue };
            assert!([0.5, 1.0, 2.0].iter().any(|times| is(heard.tempo_bpm, bpm * times)), "{song}/{folder}");
            let rank = heard.levels.iter().position(|level| is(Some(level.bpm), bpm));
            assert!(rank.is_some_and(|rank| rank < 2), "{song}/{folder}: {:?}", heard.levels);
            // Every other beat is missing or too many where the tempo is half or double: 2/3.
            assert!(beats >= 0.65, "{song}/{folder}: beats {beats}");
            assert!(
                is(heard.tempo_bpm, bpm) || heard.tempo_confidence < 0.75,
                "{song}/{folder}: wrong and sure"
            );
        }
    }
}
