//! The transition that nothing marks.
//!
//! Asks of a border between two kinds of sections where the bar before it is like the bars before that (no fill, no pause, no
//! build), no track enters or leaves, and neither loudness nor density changes. The border with the least is asked about.

use super::{Heard, Question, Span};

/// How alike the last bar must be to the one before it, in who plays and in rhythm and notes, for nothing to lead over. Ours.
const LIKE_SOUND: f64 = 0.85;

/// How much loudness and the presence of any track may change over the border. Ours: 1 LU, and a fifth of a track's full level.
const LOUDNESS_LU: f64 = 1.0;
const ENTERS: f64 = 0.2;

/// Changes of density under this part are none. Ours.
const DENSITY: f64 = 0.2;

/// Bars on either side. Ours.
const AROUND: usize = 2;

/// The shortest section that has a border worth marking, in bars. Ours.
const SHORTEST: usize = 4;

pub(super) fn asks(song: &Heard) -> Option<Question> {
    let unmarked = song.sections.windows(2).find_map(|two| {
        let (before, after) = (&two[0], &two[1]);
        let long = |section: &Span| section.to_bar - section.from_bar >= SHORTEST;
        (before.kind != after.kind && long(before) && long(after) && nothing_marks(song, after.from_bar))
            .then_some(after)
    })?;
    let bar = unmarked.from_bar;
    let change = song.form.contour(bar, bar + AROUND).loudness_lufs.unwrap_or(-70.0)
        - song.form.contour(bar - AROUND, bar).loudness_lufs.unwrap_or(-70.0);
    let ask = format!(
        "Nothing marks bar {}, where {} begins: no fill, no pause, nothing that enters or leaves. Should the listener feel that \
         something begins?",
        bar + 1,
        unmarked.label
    );
    let because = format!(
        "over the border the loudness changes by {:.1} LU, no track by more than a fifth of its level, and the bar before it is \
         like the one before that",
        change.abs()
    );
    let weight = AROUND as f64 * 2.0 / song.form.bars.len().max(1) as f64;
    Some(
        Question::new("song/unmarked-transition", ask, because, weight)
            .measured("loudness, after less before", change, "LU")
            .bars(bar - AROUND, bar + AROUND),
    )
}

fn nothing_marks(song: &Heard, bar: usize) -> bool {
    let form = song.form;
    if bar < AROUND + 1 || bar + AROUND > form.bars.len() {
        return false;
    }
    let (before, after) = (form.contour(bar - AROUND, bar), form.contour(bar, bar + AROUND));
    let loudness = before.loudness_lufs.zip(after.loudness_lufs).map(|(a, b)| (a - b).abs());
    let denser = (after.onsets_per_s - before.onsets_per_s).abs()
        > DENSITY * after.onsets_per_s.max(before.onsets_per_s);
    let plays = |from: usize, track: usize| {
        let bars = form.bars.get(from..from + AROUND).unwrap_or_default();
        bars.iter().filter_map(|bar| bar.plays.get(track)).sum::<f64>() / AROUND as f64
    };
    let tracks = form.bars.first().map_or(0, |bar| bar.plays.len());
    let enters = (0..tracks).any(|track| (plays(bar, track) - plays(bar - AROUND, track)).abs() > ENTERS);
    let leads = form.likeness.in_sound(bar - 1, bar - 2) < LIKE_SOUND;
    loudness.is_some_and(|lu| lu <= LOUDNESS_LU) && !denser && !enters && !leads
}
