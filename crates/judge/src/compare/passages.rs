//! Which passages of two sounds correspond.

use mixkeel_analysis::spectrum::Span;

use crate::evidence::Evidence;

/// The loud passages are the loudest part of the rows, the soft ones the softest. Ours: a quarter, which in songs is the
/// chorus.
const SHARE: f64 = 0.25;

/// Rows that are this far under the loudest are pauses.
const PAUSE_DB: f64 = 40.0;

/// A passage of two sounds.
#[derive(Clone, Debug, PartialEq)]
pub struct Passage {
    /// `whole`, `loud passages`, `soft passages`, or a kind of section: `chorus`.
    pub name: String,
    /// Where it is in either sound, in seconds.
    pub spans: [Vec<[f64; 2]>; 2],
}

/// The whole, then passages that correspond: sections of one kind where both sounds have some, else the loud and the soft
/// ones of each.
pub fn corresponding(a: &Evidence, b: &Evidence) -> Vec<Passage> {
    let mut passages = vec![Passage {
        name: "whole".to_owned(),
        spans: [vec![[0.0, a.length_s()]], vec![[0.0, b.length_s()]]],
    }];
    let of_kind = |evidence: &Evidence, kind: &str| -> Vec<[f64; 2]> {
        evidence.sections.iter().filter(|one| one.kind == kind).map(|one| [one.from_s, one.to_s]).collect()
    };
    let mut kinds: Vec<&str> = a.sections.iter().map(|one| one.kind.as_str()).collect();
    kinds.sort_unstable();
    kinds.dedup();
    kinds.retain(|kind| !of_kind(b, kind).is_empty());
    for kind in &kinds {
        passages.push(Passage { name: (*kind).to_owned(), spans: [of_kind(a, kind), of_kind(b, kind)] });
    }
    if kinds.is_empty() {
        for (name, loud) in [("loud passages", true), ("soft passages", false)] {
            let spans = [by_level(a, loud), by_level(b, loud)];
            if spans.iter().all(|spans| !spans.is_empty()) {
                passages.push(Passage { name: name.to_owned(), spans });
            }
        }
    }
    passages
}

/// The loudest or softest rows of a sound.
fn by_level(evidence: &Evidence, loud: bool) -> Vec<[f64; 2]> {
    let contour = &evidence.sound.spectrum.contour;
    let levels: Vec<(usize, f64)> = (0..contour.len())
        .filter_map(|row| {
            let power = contour.row(row)?.weighted.total();
            (power > 0.0).then(|| (row, mixkeel_dsp::units::db_from_power(power)))
        })
        .collect();
    let loudest = levels.iter().map(|(_, level)| *level).fold(f64::NEG_INFINITY, f64::max);
    let mut sounding: Vec<f64> =
        levels.iter().map(|(_, level)| *level).filter(|level| *level > loudest - PAUSE_DB).collect();
    sounding.sort_by(f64::total_cmp);
    // Under ten seconds there is nothing to divide.
    if contour.row_s() * (sounding.len() as f64) < 10.0 {
        return Vec::new();
    }
    let share = if loud { 1.0 - SHARE } else { SHARE };
    let Some(&border) = sounding.get((sounding.len() as f64 * share) as usize) else { return Vec::new() };
    let row_s = contour.row_s();
    levels
        .iter()
        .filter(
            |(_, level)| {
                if loud { *level >= border } else { *level <= border && *level > loudest - PAUSE_DB }
            },
        )
        .map(|(row, _)| [*row as f64 * row_s, (*row as f64 + 1.0) * row_s])
        .collect()
}

/// The energies of all spans together.
pub fn heard(evidence: &Evidence, spans: &[[f64; 2]]) -> Option<Span> {
    let contour = &evidence.sound.spectrum.contour;
    let mut parts = spans.iter().map(|[from_s, to_s]| contour.between(*from_s..*to_s));
    let mut sum = parts.next()?;
    for part in parts {
        sum.frames += part.frames;
        for (all, one) in sum.bands.iter_mut().zip(&part.bands).chain([(&mut sum.weighted, &part.weighted)]) {
            all.left += one.left;
            all.right += one.right;
            all.mid += one.mid;
            all.side += one.side;
        }
        sum.erb.iter_mut().zip(&part.erb).for_each(|(all, one)| *all += one);
    }
    Some(sum)
}
