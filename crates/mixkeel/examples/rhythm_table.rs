//! Hears generated rhythms whose truth is known, and real songs where they lie beside the repository, and prints how right it
//! was and how sure.
//!
//! `cargo run --release -p mixkeel --example rhythm_table -- [KEPT] [wrong] [SEED]…` (seed 9001 where none is given). Each seed is
//! another set of some 200 pieces of half a minute, heard from their tracks and from their sum. `wrong` lists the pieces that were
//! heard wrong, with what was heard. Curves are kept in the folder KEPT, so that a second run only decides.

#[path = "rhythms/kept.rs"]
mod kept;
#[path = "rhythms/mod.rs"]
mod rhythms;
#[path = "rhythms/scores.rs"]
mod scores;

use std::path::{Path, PathBuf};

use mixkeel_analysis::music::rhythm::{Rhythm, rhythm};
use rayon::prelude::*;

type Failure = Box<dyn std::error::Error + Send + Sync>;

fn main() -> Result<(), Failure> {
    let (mut seeds, mut kept, mut wrong) = (Vec::new(), None, false);
    for word in std::env::args().skip(1) {
        match word.parse::<u64>() {
            Ok(seed) => seeds.push(seed),
            Err(_) if word == "wrong" => wrong = true,
            Err(_) => kept = Some(PathBuf::from(word)),
        }
    }
    let kept = kept.as_deref();
    let seeds = if seeds == [0] {
        vec![]
    } else if seeds.is_empty() {
        vec![9001]
    } else {
        seeds
    };
    let pieces: Vec<(String, rhythms::Piece)> = seeds
        .into_iter()
        .flat_map(|seed| {
            rhythms::pieces(seed)
                .into_iter()
                .enumerate()
                .map(move |(n, piece)| (format!("{seed}-{n}"), piece))
        })
        .collect();
    let heard: Result<Vec<Vec<Row>>, Failure> =
        pieces.par_iter().map(|(name, piece)| generated(kept, name, piece)).collect();
    let heard: Vec<Row> = heard?.into_iter().flatten().collect();
    heard.iter().filter(|_| wrong).filter_map(|(_, line)| line.as_ref()).for_each(|line| println!("{line}"));
    scores::print(&heard.into_iter().map(|(scored, _)| scored).collect::<Vec<_>>());
    println!("\nreal songs:");
    let music = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/music");
    for (song, bpm) in rhythms::SONGS {
        for folder in ["tracks", "mix"] {
            real(kept, &music.join(song).join(folder), bpm)?;
        }
    }
    Ok(())
}

/// What is scored of one piece, and a line on it where it was heard wrong.
type Row = ((String, bool, f64, scores::Score), Option<String>);

/// One piece, heard from its tracks and from its sum.
fn generated(kept: Option<&Path>, name: &str, piece: &rhythms::Piece) -> Result<Vec<Row>, Failure> {
    let (tracks, sum) = kept::of_piece(kept, name, piece)?;
    let truth = scores::Truth {
        bpm: piece.bpm,
        metres: &piece.metres,
        beats_s: &piece.score.beats_s,
        downbeats_s: &piece.score.downbeats_s,
        swing: piece.swing,
    };
    let score = |(from, heard): (&str, Rhythm)| {
        let score = scores::Score::of(&heard, &truth);
        let right = (score.exact || piece.open)
            && score.metre != Some(false)
            && score.bars.is_none_or(|bars| bars >= 0.8);
        let line = (!right).then(|| line(name, piece, from, &heard, &score));
        ((format!("{}, {from}", piece.group), piece.open, piece.bpm, score), line)
    };
    Ok([("tracks", rhythm(&tracks)), ("sum", rhythm(&[sum]))].map(score).into())
}

/// What was wrong with one piece.
fn line(name: &str, piece: &rhythms::Piece, from: &str, heard: &Rhythm, score: &scores::Score) -> String {
    let tempo = match (score.exact, score.octave) {
        (true, _) => "",
        (_, true) => " octave",
        _ => " tempo",
    };
    let metre = if score.metre == Some(false) { " metre" } else { "" };
    let bars = if score.bars.is_some_and(|bars| bars < 0.8) { " bars" } else { "" };
    let levels: Vec<String> = heard
        .levels
        .iter()
        .take(3)
        .map(|level| format!("{:.1} {:.2}", level.bpm, level.likelihood))
        .collect();
    let metres: Vec<String> = heard.metre.iter().map(|(_, metre)| metre.to_string()).collect();
    format!(
        "wrong{tempo}{metre}{bars}: {name} {from} {}, {}, at {:.1}{}: {} for {:?}; {} ({:.2}); beats {:.2} bars {:.2} ({:.2})",
        piece.group,
        piece.name,
        piece.bpm,
        if piece.open { ", open" } else { "" },
        levels.join(", "),
        heard.level_reason,
        metres.join(" "),
        score.sure[1],
        score.beats,
        score.bars.unwrap_or(0.0),
        score.sure[2],
    )
}

/// What is heard of a song, on one line.
fn real(kept: Option<&Path>, folder: &Path, bpm: f64) -> Result<(), Failure> {
    let tracks = kept::of_folder(kept, folder)?;
    if tracks.is_empty() {
        println!("skipped: there is no {}", folder.display());
        return Ok(());
    }
    let heard = rhythm(&tracks);
    let length_s = tracks.iter().map(|track| track.onsets.len()).max().unwrap_or(0) as f64 * 0.01;
    let every = |beats: f64| -> Vec<f64> {
        (0..).map(|n| f64::from(n) * beats * 60.0 / bpm).take_while(|at| *at < length_s).collect()
    };
    let levels: Vec<String> = heard
        .levels
        .iter()
        .take(3)
        .map(|level| format!("{:.0} {:.2}", level.bpm, level.likelihood))
        .collect();
    let metres: Vec<String> = heard.metre.iter().map(|(_, metre)| metre.to_string()).collect();
    println!(
        "{:40} {:.1} of {bpm}; {}; beats {:.3} bars {:.3} ({:.2}); {} ({:.2}); {:?}; swing {:.2}",
        folder.iter().rev().take(2).map(|part| part.to_string_lossy()).collect::<Vec<_>>().join(" of "),
        heard.tempo_bpm.unwrap_or(0.0),
        levels.join(", "),
        scores::f_measure(&heard.beats_s, &every(1.0), 0.07),
        scores::f_measure(&heard.downbeats_s, &every(4.0), 0.07),
        heard.downbeat_confidence,
        metres.join(" "),
        heard.metre_confidence,
        heard.level_reason,
        heard.swing.map_or(0.0, |swing| swing.ratio),
    );
    Ok(())
}
