//! The same music at another level the second time.

use crate::check::{Case, Check, WHOLE};
use crate::finding::{Finding, Severity};

/// The check.
pub const CHECK: Check = Check { id: "uneven-level", file: file!(), holds_for: WHOLE, look };

/// By how much sections of one kind may differ. Ours: lifts from one chorus to the next are 0.5 to 2 dB (mixing practice);
/// 3 LU is a fader that was left somewhere.
const THRESHOLD_LU: f64 = 3.0;

/// Where no sections are known, a range that needs a hand on the volume: EBU Tech 3342's range of films and orchestras
/// ends at about 20 LU.
const RANGE_LU: f64 = 20.0;

fn look(case: &Case<'_>) -> Option<Finding> {
    let evidence = case.evidence;
    let mut worst: Option<(f64, usize, usize)> = None;
    for (index, one) in evidence.sections.iter().enumerate() {
        for (other_index, other) in evidence.sections.iter().enumerate().skip(index + 1) {
            // Openings and endings fade.
            if one.kind != other.kind || ["intro", "outro"].contains(&one.kind.as_str()) {
                continue;
            }
            if let (Some(a), Some(b)) = (one.integrated_lufs, other.integrated_lufs)
                && worst.is_none_or(|(most, ..)| (a - b).abs() > most)
            {
                worst = Some(((a - b).abs(), index, other_index));
            }
        }
    }
    if let Some((apart, a, b)) = worst.filter(|(apart, ..)| *apart >= THRESHOLD_LU) {
        let (one, other) = (evidence.sections.get(a)?, evidence.sections.get(b)?);
        let (loud, soft) =
            if one.integrated_lufs > other.integrated_lufs { (one, other) } else { (other, one) };
        let because = format!(
            "{} is {apart:.1} LU louder than {}, and both are the same music",
            loud.id.replace('-', " "),
            soft.id.replace('-', " ")
        );
        let todo =
            format!("look what was turned in {}, and ride it so that they match", soft.id.replace('-', " "));
        return Some(
            Finding::new("uneven-level", Severity::Warning, because, todo)
                .measured(apart, THRESHOLD_LU, "LU")
                .weight(apart / THRESHOLD_LU)
                .spans(vec![[soft.from_s, soft.to_s]]),
        );
    }
    let range = evidence.sound.loudness.loudness_range_lu.filter(|range| *range > RANGE_LU)?;
    let because = format!(
        "its loudness ranges over {range:.0} LU: soft parts are lost on the road, loud ones surprise"
    );
    let todo = "ride the softest parts up, unless this is music for a quiet room";
    Some(
        Finding::new("uneven-level", Severity::Note, because, todo)
            .measured(range, RANGE_LU, "LU")
            .weight(range / RANGE_LU),
    )
}
