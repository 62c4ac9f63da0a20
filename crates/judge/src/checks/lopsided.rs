//! One side louder than the other.

use crate::causes::holders;
use crate::check::{Case, Check, WHOLE};
use crate::finding::{Finding, Severity};
use crate::sides::by_balance;

/// The check.
pub const CHECK: Check = Check { id: "lopsided", file: file!(), holds_for: WHOLE, look };

/// By how much one side may be louder over the whole song. Ours: 1 dB is the least that is heard as a shift of the image of
/// the whole; half as much again leaves room for an instrument on one side.
const THRESHOLD_LU: f64 = 1.5;

fn look(case: &Case<'_>) -> Option<Finding> {
    let left_lu = case.evidence.sound.stereo.left_minus_right_lu?;
    if left_lu.abs() < THRESHOLD_LU {
        return None;
    }
    let side = if left_lu > 0.0 { "left" } else { "right" };
    let tracks = by_balance(case.evidence, left_lu > 0.0);
    let because = format!(
        "the {side} is {:.1} LU louder over the whole song: the middle is off the middle{}",
        left_lu.abs(),
        holders(&tracks, "of the difference")
    );
    let todo = match tracks.first() {
        Some(first) => {
            format!("move {} inwards, or give the other side something to answer with", first.name)
        }
        None => "move the loudest track of that side inwards, or turn it down".to_owned(),
    };
    Some(
        Finding::new("lopsided", Severity::Warning, because, todo)
            .measured(left_lu.abs(), THRESHOLD_LU, "LU")
            .weight(left_lu.abs() / THRESHOLD_LU)
            .tracks(tracks),
    )
}
