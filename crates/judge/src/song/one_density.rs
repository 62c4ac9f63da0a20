//! One metre and one density throughout.
//!
//! Asks where a song of at least 48 bars has one metre, and no bar of it has clearly more or fewer onsets than any other:
//! nothing ever rests, and nothing ever hurries.

use super::{Heard, Question, seconds};

/// The fewest bars and seconds. Ours: a minute and a half at 120 in 4/4.
const FEWEST_BARS: usize = 48;
const FEWEST_S: f64 = 90.0;

/// How many of the bars must be as dense as the middle one, and within which part of it. Ours.
const NEARLY_ALL: f64 = 0.95;
const AS_DENSE: f64 = 0.13;

pub(super) fn asks(song: &Heard) -> Option<Question> {
    let (form, count) = (song.form, song.form.bars.len());
    if count < FEWEST_BARS
        || seconds(form, 0, count) < FEWEST_S
        || !form.on_bars
        || song.rhythm.metre.len() > 1
    {
        return None;
    }
    let mut densities: Vec<f64> = form.bars.iter().map(|bar| bar.onsets_per_s).collect();
    densities.sort_by(f64::total_cmp);
    let middle = densities.get(count / 2).copied()?;
    let alike = densities.iter().filter(|x| (**x - middle).abs() <= AS_DENSE * middle).count() as f64;
    let part = alike / count as f64;
    if middle <= 0.0 || part < NEARLY_ALL {
        return None;
    }
    let metre = song.rhythm.metre.first().map_or(String::new(), |(_, metre)| metre.to_string());
    let ask = format!(
        "From bar 1 to bar {count} it is {metre} with about {middle:.1} strokes and notes a second. Could it breathe somewhere, or \
         hurry?"
    );
    let because = format!("{:.0} of 100 bars are as dense as the middle one, within an eighth", part * 100.0);
    // It concerns all of the song, but asks less than what stands still.
    Some(
        Question::new("song/one-density", ask, because, 0.5)
            .measured("onsets of the middle bar", middle, "a second")
            .measured("bars as dense", part * 100.0, "%")
            .bars(0, count),
    )
}
