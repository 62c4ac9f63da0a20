//! A part whose accents never vary.
//!
//! Asks of a track with many strokes that are all as strong as each other, as where a machine plays every one at the same
//! velocity. Onsets follow the fourth root of power, so what is told in decibels is four times what the curve shows.

use super::{Heard, Question};

/// The fewest strokes. Ours: eight bars of eighths.
const FEWEST: usize = 64;

/// How many of the strokes must lie within how many decibels of the middle one. Ours: a drummer's hats spread over 6 dB and more,
/// and what else bleeds into them further; one sample at one velocity stays within a half.
const NEARLY_ALL: f64 = 0.95;
const WITHIN_DB: f64 = 0.5;

pub(super) fn asks(song: &Heard) -> Option<Question> {
    // In the sum of all, strokes of several instruments fall together.
    if song.tracks.len() < 2 {
        return None;
    }
    let even = |index: usize| {
        let part = song.tracks.get(index)?;
        let mut levels_db: Vec<f64> =
            part.onsets.iter().map(|onset| 40.0 * libm::log10(onset.strength.max(1e-9))).collect();
        levels_db.sort_by(f64::total_cmp);
        let middle = levels_db.get(levels_db.len() / 2).copied()?;
        let within = levels_db.iter().filter(|db| (**db - middle).abs() <= WITHIN_DB).count();
        let part_within = within as f64 / levels_db.len().max(1) as f64;
        (levels_db.len() >= FEWEST && part_within >= NEARLY_ALL).then_some((index, part, part_within))
    };
    // The one with the most strokes stands for all.
    let found: Vec<_> = (0..song.tracks.len()).filter_map(even).collect();
    let (_, part, within) =
        found.iter().max_by_key(|(index, part, _)| (part.onsets.len(), usize::MAX - index))?;
    let bar_of = |at_s: f64| song.form.bars_s.iter().filter(|bar| **bar <= at_s + 0.02).count().max(1) - 1;
    let first = part.onsets.first().map_or(0, |onset| bar_of(onset.at_s));
    let last = part.onsets.last().map_or(0, |onset| bar_of(onset.at_s));
    let others = match found.len() - 1 {
        0 => String::new(),
        1 => ", and one more track is like it".to_owned(),
        more => format!(", and {more} more tracks are like it"),
    };
    let ask = format!(
        "All {} strokes of {} from bar {} to bar {} are as strong as each other. Should some of them lean, and others step back?",
        part.onsets.len(),
        part.name,
        first + 1,
        last + 1
    );
    let because = format!("{:.0} of 100 lie within {WITHIN_DB} dB of the middle one{others}", within * 100.0);
    let mut question = Question::new("song/even-accents", ask, because, 0.2)
        .measured("strokes", part.onsets.len() as f64, "")
        .measured("of them within 0.5 dB", within * 100.0, "%")
        .bars(first, last + 1);
    for (_, part, _) in &found {
        question = question.track(&part.name);
    }
    Some(question)
}
