//! A song that is as loud everywhere.

use crate::check::{Case, Check, MIX};
use crate::finding::{Finding, Severity};

/// The check.
pub const CHECK: Check = Check { id: "flat-contour", file: file!(), holds_for: MIX, look };

/// The least that the loudest section stands above the softest. Ours: 1 LU is what is just heard from one section to the
/// next.
const THRESHOLD_LU: f64 = 1.0;

/// Sections shorter than this, and openings and endings, are not counted.
const LEAST_SECTION_S: f64 = 6.0;

/// Where no sections are known: a loudness range (EBU Tech 3342) this small over a whole song. Ours: dense pop has 3 LU.
const RANGE_LU: f64 = 1.0;

/// A song is at least this long; less says nothing of its course.
const LEAST_S: f64 = 90.0;

fn look(case: &Case<'_>) -> Option<Finding> {
    let evidence = case.evidence;
    if evidence.length_s() < LEAST_S {
        return None;
    }
    let levels: Vec<f64> = evidence
        .sections
        .iter()
        .filter(|one| one.to_s - one.from_s >= LEAST_SECTION_S)
        .filter(|one| !["intro", "outro"].contains(&one.kind.as_str()))
        .filter_map(|one| one.integrated_lufs)
        .collect();
    let (range, wanted) = if levels.len() >= 3 {
        let most = levels.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let least = levels.iter().copied().fold(f64::INFINITY, f64::min);
        (most - least, THRESHOLD_LU)
    } else {
        (evidence.sound.loudness.loudness_range_lu?, RANGE_LU)
    };
    if range >= wanted {
        return None;
    }
    let because = format!(
        "from its softest to its loudest part it moves by {range:.1} LU: the chorus has nowhere to go"
    );
    let todo = "lower the verses by 1 or 2 dB, or let something start only in the chorus";
    Some(
        Finding::new("flat-contour", Severity::Note, because, todo)
            .measured(range, wanted, "LU")
            .weight(wanted / range.max(0.1)),
    )
}
