//! The contour of sections that stays flat.
//!
//! Asks where at least four sections of the song proper, of at least two kinds, are as loud, as full, as dense and as wide as
//! each other: nothing is the summit. Intro, outro and breaks are not counted, so that a song which is flat between them is
//! still found.

use mixkeel_analysis::music::form::Contour;

use super::{Heard, Question, Span, range, seconds};

/// What sections may differ by and still be on one level. Ours: 1.5 LU are heard as no lift in context; three quarters of a
/// voice are a track that plays a little more; a sixth of the onsets; 1.5 dB of side against middle.
const LOUDNESS_LU: f64 = 1.5;
const VOICES: f64 = 0.75;
const DENSITY: f64 = 0.17;
const WIDTH_DB: f64 = 1.5;

/// The fewest sections, bars and seconds in them. Ours.
const FEWEST: usize = 4;
const FEWEST_BARS: usize = 24;
const FEWEST_S: f64 = 60.0;

pub(super) fn asks(song: &Heard) -> Option<Question> {
    let ends = ["intro", "outro", "break"];
    let proper: Vec<&Span> =
        song.sections.iter().filter(|section| !ends.contains(&section.kind.as_str())).collect();
    let bars: usize = proper.iter().map(|section| section.to_bar - section.from_bar).sum();
    let length_s: f64 = proper.iter().map(|one| seconds(song.form, one.from_bar, one.to_bar)).sum();
    let one_kind = proper.windows(2).all(|two| two[0].kind == two[1].kind);
    if proper.len() < FEWEST || bars < FEWEST_BARS || length_s < FEWEST_S || one_kind {
        return None;
    }
    let contours: Vec<Contour> =
        proper.iter().map(|section| song.form.contour(section.from_bar, section.to_bar)).collect();
    let spread = |value: &dyn Fn(&Contour) -> Option<f64>| {
        let (low, high) = range(contours.iter().filter_map(value))?;
        Some((high - low, high))
    };
    let (loudness, _) = spread(&|one| one.loudness_lufs)?;
    let (voices, _) = spread(&|one| Some(one.voices))?;
    let (onsets, densest) = spread(&|one| Some(one.onsets_per_s))?;
    let width = spread(&|one| one.width_db.map(|db| db.max(-30.0))).map_or(0.0, |(width, _)| width);
    let flat =
        loudness <= LOUDNESS_LU && voices <= VOICES && onsets <= DENSITY * densest && width <= WIDTH_DB;
    if !flat {
        return None;
    }
    let (from, to) = (proper.first()?.from_bar, proper.last()?.to_bar);
    let ask = format!(
        "From bar {} to bar {to}, {} sections are as loud, as full and as wide as each other. Which of them is the summit, and \
         what could the others leave out?",
        from + 1,
        proper.len()
    );
    let because = format!(
        "they differ by {loudness:.1} LU, {voices:.1} voices and {width:.1} dB of width, all told from the tracks as they stand"
    );
    let weight = bars as f64 / song.form.bars.len().max(1) as f64;
    Some(
        Question::new("song/flat-contour", ask, because, weight)
            .measured("loudness, highest less lowest", loudness, "LU")
            .measured("voices, most less fewest", voices, "")
            .measured("onsets, most less fewest", onsets, "a second")
            .measured("width, widest less narrowest", width, "dB")
            .bars(from, to),
    )
}
