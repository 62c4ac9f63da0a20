//! Who covers whom: tracks by tracks.

use mixkeel_analysis::masking::Masker;
use mixkeel_judge::evidence::Evidence;

use super::{Part, name_of};
use crate::page::chart::{Cell, Matrix};

/// Less than this of a track's loudness is not worth a figure: it is a third of what anybody notices.
const LEAST: f64 = 0.02;

/// The part; nothing for a file, whose tracks nobody knows.
pub fn draw(evidence: &Evidence) -> Option<Part> {
    let masking = evidence.masking.as_ref()?;
    let tracks = &evidence.tracks;
    let mut rows = Vec::new();
    let mut lead = String::new();
    for (track, covered) in tracks.iter().zip(&masking.whole.tracks) {
        let part_of =
            |sone: f64| if covered.unmasked_sone > 0.0 { sone / covered.unmasked_sone } else { 0.0 };
        // Nearly every track loses nearly all to all together: shading that would hide who takes it.
        let mut cells = vec![Cell { weight: 0.0, ..shaded(part_of(covered.lost_sone())) }];
        cells.extend((0..tracks.len()).map(|by| {
            let cover = covered.covered_by.iter().find(|cover| cover.by == Masker::Track(by));
            shaded(cover.map_or(0.0, |cover| part_of(cover.lost_sone)))
        }));
        if track.in_focus && lead.is_empty() {
            let kept = 100.0 - 100.0 * part_of(covered.lost_sone());
            lead = format!("{} keeps {kept:.0} % of its loudness", name_of(track));
        }
        rows.push((name_of(track), cells));
    }
    let mut columns = vec!["all together".to_owned()];
    columns.extend(tracks.iter().map(name_of));
    let matrix = Matrix {
        caption: "Percent of its loudness that the track in the row loses to the one in the column"
            .to_owned(),
        corner: "track".to_owned(),
        columns,
        rows,
    };
    let mut part = Part::new("covering", "Who covers whom").lead(&lead);
    part.matrix(&matrix);
    part.text(
        "Partial loudness after Moore, Glasberg and Baer (1997), heard at the reference level, over the moments in \
         which the track sounds. The five that cover most are told apart. Every track loses something in a mix; \
         what matters is whether the ones the song is about lose least.",
    );
    Some(part)
}

fn shaded(lost: f64) -> Cell {
    let text = if lost < LEAST { String::new() } else { format!("{:.0}", lost * 100.0) };
    Cell { text, weight: lost }
}
