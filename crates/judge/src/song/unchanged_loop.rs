//! The loop that repeats unchanged.
//!
//! Asks where at least sixteen bars and half a minute are the same one, two, four or eight bars over and over, in who plays, in
//! notes and in rhythm. Repetition is what much music is made of, so nothing is asked of less, nor where a voice joins or
//! leaves.

use super::{Heard, Question, seconds};

/// Bars that a loop may have.
const LENGTHS: [usize; 4] = [1, 2, 4, 8];

/// How alike two bars must be to be the same, in sound and in notes. Ours: played again from the same file they are at 0.98
/// and above; played again by hand, under 0.9.
const SAME: f64 = 0.95;

/// The fewest bars and seconds and rounds that are asked about. Ours: two usual sections, heard four times at least.
const FEWEST_BARS: usize = 16;
const FEWEST_S: f64 = 30.0;
const FEWEST_ROUNDS: usize = 4;

pub(super) fn asks(song: &Heard) -> Option<Question> {
    let (form, count) = (song.form, song.form.likeness.bars());
    // The longest run of the shortest loop.
    let mut best: Option<(usize, usize, usize)> = None;
    for length in LENGTHS {
        let mut from = length;
        while from < count {
            let same = |bar: usize| {
                let like = &form.likeness;
                like.in_sound(bar, bar - length) >= SAME && like.in_notes(bar, bar - length) >= SAME
            };
            let sounds = |bar: usize| form.bars.get(bar).is_some_and(|bar| bar.power > SILENT);
            let to = (from..count).find(|bar| !same(*bar) || !sounds(*bar)).unwrap_or(count);
            let (start, bars) = (from - length, to + length - from);
            let enough = to > from
                && bars >= FEWEST_BARS
                && bars >= FEWEST_ROUNDS * length
                && seconds(form, start, to) >= FEWEST_S;
            if enough && best.is_none_or(|(from, to, _)| bars > to - from) {
                best = Some((start, to, length));
            }
            from = to + 1;
        }
    }
    let (from, to, length) = best?;
    let (bars, rounds) = (to - from, (to - from) / length);
    let what = if length == 1 { "bar".to_owned() } else { format!("{length} bars") };
    let ask = format!(
        "Bars {} to {to} are the same {what} {rounds} times, with nothing added or taken away. Is the listener meant to notice \
         when something changes there?",
        from + 1
    );
    let because = format!(
        "for {:.0} s no bar differs from the one {length} before it, in who plays, in notes or in rhythm",
        seconds(form, from, to)
    );
    let weight = bars as f64 / count.max(1) as f64;
    Some(
        Question::new("song/unchanged-loop", ask, because, weight)
            .measured("bars of the loop", length as f64, "bars")
            .measured("times", rounds as f64, "")
            .bars(from, to),
    )
}

/// −70 LUFS: silence repeats itself too.
const SILENT: f64 = 1e-7;
