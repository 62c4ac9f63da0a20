//! A track that is covered whenever it sounds.
//!
//! Asks, of a mix, about the track that keeps least of its loudness within the others wherever it plays: it adds work, and no
//! sound that anybody hears.

use mixkeel_analysis::masking::Masker;

use super::{Heard, Question};

/// The shortest time that a track must sound in all, in frames of a tenth of a second. Ours: two bars or so.
const FEWEST_FRAMES: u64 = 40;

/// In so many of the frames in which it sounds it must be heard no more. Ours: somewhere it stands out, and that may be its
/// purpose.
const HEARD: f64 = 0.1;

pub(super) fn asks(song: &Heard) -> Option<Question> {
    let tracks = &song.masking?.whole.tracks;
    let covered = |index: &usize| {
        let track = tracks.get(*index)?;
        let heard = track.heard_frames as f64 / track.sounding_frames.max(1) as f64;
        (track.sounding_frames >= FEWEST_FRAMES && heard <= HEARD).then_some((track, heard))
    };
    let index = (0..tracks.len().min(song.tracks.len())).filter(|index| covered(index).is_some()).min_by(
        |a, b| {
            let heard = |index: &usize| covered(index).map_or(1.0, |(_, heard)| heard);
            heard(a).total_cmp(&heard(b))
        },
    )?;
    let ((track, heard), part) = (covered(&index)?, song.tracks.get(index)?);
    let by: Vec<&str> = track
        .covered_by
        .iter()
        .filter_map(|cover| match cover.by {
            Masker::Track(other) => song.tracks.get(other).map(|part| part.name.as_str()),
            Masker::Noise => None,
        })
        .take(2)
        .collect();
    let plays = |bar: usize| {
        song.form.bars.get(bar).and_then(|bar| bar.plays.get(index)).is_some_and(|plays| *plays > 0.2)
    };
    let bars: Vec<usize> = (0..song.form.bars.len()).filter(|bar| plays(*bar)).collect();
    let (from, to) = (bars.first().copied()?, bars.last().copied()? + 1);
    let covers = if by.is_empty() { String::new() } else { format!(" under {}", by.join(" and ")) };
    let ask = format!(
        "{} cannot be heard{covers} wherever it plays, from bar {} to bar {to}. Does the song need it, or does it need room?",
        part.name,
        from + 1
    );
    let because = format!(
        "in {:.0} of 100 moments in which it sounds, nothing of it is left within the others",
        (1.0 - heard) * 100.0
    );
    let weight = 0.3 * bars.len() as f64 / song.form.bars.len().max(1) as f64;
    Some(
        Question::new("song/covered-track", ask, because, weight)
            .measured("moments in which it is heard", heard * 100.0, "%")
            .measured("loudness alone", track.unmasked_sone, "sone")
            .measured("loudness within the others", track.partial_sone, "sone")
            .bars(from, to)
            .track(&part.name),
    )
}
