//! How the figures that thresholds are compared with lie in a folder of records: what is usual cannot be a fault.

use std::path::{Path, PathBuf};

use mixkeel_analysis::spectrum::SpectrumReading;
use mixkeel_analysis::spectrum::regions::Region;
use mixkeel_judge::sides::{LOW_HZ, between, side_to_mid};
use mixkeel_judge::tonal::balance_db;
use rayon::prelude::*;

use super::Sound;

/// So much of each is heard, from its middle.
const HEARD_S: f64 = 60.0;

const REGIONS: [(&str, Region); 4] =
    [("boom", Region::Boom), ("mud", Region::Mud), ("harsh", Region::Harsh), ("sibilant", Region::Sibilant)];

/// The figures of one sound, each with what it is called.
pub fn figures(spectrum: &SpectrumReading, seconds: f64) -> Vec<(String, f64)> {
    let whole = spectrum.whole();
    let mut figures = Vec::new();
    for level in whole.regions() {
        let Some((name, _)) = REGIONS.iter().find(|(_, region)| *region == level.region) else { continue };
        figures.push((format!("{name} over records"), level.over_records_db));
        figures.push((format!("{name} over neighbours"), level.over_neighbours_db));
        figures.push((format!("{name}, the lesser"), level.over_records_db.min(level.over_neighbours_db)));
    }
    let mut add = |name: &str, value: Option<f64>| figures.push((name.to_owned(), value.unwrap_or(f64::NAN)));
    add("top re middle", balance_db(&whole, 4_800.0, 13_000.0));
    add("bottom re middle", balance_db(&whole, 48.0, 170.0));
    let db = |ratio: Option<f64>| ratio.map(|ratio| 10.0 * libm::log10(ratio.max(1e-9)));
    add("side to mid", db(side_to_mid(&whole.all_bands())));
    add("low side to mid", db(side_to_mid(&between(&whole, LOW_HZ))));
    let bursts = spectrum.bursts.sibilance(0.0..f64::INFINITY).bursts;
    let per_minute = |least_db: f64| {
        bursts.iter().filter(|burst| burst.level_db >= least_db).count() as f64 * 60.0 / seconds.max(1.0)
    };
    add("bursts a minute over 0 dB", Some(per_minute(0.0)));
    add("bursts a minute over 1.5 dB", Some(per_minute(1.5)));
    add("bursts a minute over 3 dB", Some(per_minute(3.0)));
    figures
}

/// Prints percentiles over all files of sound below a folder.
pub fn print(folder: Option<&Path>) {
    let Some(folder) = folder else {
        println!("records: name a folder");
        return;
    };
    let mut files = Vec::new();
    gather(folder, &mut files);
    files.sort();
    let all: Vec<(String, Vec<(String, f64)>)> = files
        .par_iter()
        .filter_map(|path| {
            let sound = Sound::try_read(path)?;
            let length_s = sound.frames() as f64 / f64::from(sound.rate_hz);
            // Jingles and effects are no records.
            if length_s < 45.0 || sound.rate_hz < 44_100 || sound.rms() < 1e-3 {
                return None;
            }
            let middle = sound.cut((length_s - HEARD_S).max(0.0) / 2.0, HEARD_S);
            let name = path.file_name()?.to_string_lossy().into_owned();
            Some((name, figures(&middle.spectrum(), HEARD_S.min(length_s))))
        })
        .collect();
    println!("\n{} records, a minute from the middle of each\n", all.len());
    println!(
        "| figure | 5 % | 25 % | half | 75 % | 90 % | 95 % | 98 % | most |\n|---|--:|--:|--:|--:|--:|--:|--:|---|"
    );
    let Some((_, first)) = all.first() else { return };
    for (number, (name, _)) in first.iter().enumerate() {
        let mut values: Vec<(f64, &str)> = all
            .iter()
            .filter_map(|(file, figures)| Some((figures.get(number)?.1, file.as_str())))
            .filter(|(value, _)| value.is_finite())
            .collect();
        values.sort_by(|a, b| a.0.total_cmp(&b.0));
        if values.is_empty() {
            continue;
        }
        let at = |share: f64| values[((values.len() - 1) as f64 * share).round() as usize].0;
        let (most, of) = values[values.len() - 1];
        println!(
            "| {name} | {:.1} | {:.1} | {:.1} | {:.1} | {:.1} | {:.1} | {:.1} | {most:.1} {of} |",
            at(0.05),
            at(0.25),
            at(0.5),
            at(0.75),
            at(0.9),
            at(0.95),
            at(0.98)
        );
    }
}

fn gather(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            gather(&path, files);
        } else if path
            .extension()
            .is_some_and(|ending| ["ogg", "flac", "wav", "mp3", "opus"].iter().any(|one| ending == *one))
        {
            files.push(path);
        }
    }
}
