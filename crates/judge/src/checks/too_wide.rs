//! More side than middle.

use crate::causes::holders;
use crate::check::{Case, Check, WHOLE};
use crate::checks::polarity;
use crate::finding::{Finding, Severity};
use crate::sides::{by_side, side_to_mid};

/// The check.
pub const CHECK: Check = Check { id: "too-wide", file: file!(), holds_for: WHOLE, look };

/// Side over mid from which the middle is empty, as a factor of power: as much of one as of the other, which two unrelated
/// channels have. Ours: records stay 4 dB and more below.
const THRESHOLD: f64 = 1.0;

fn look(case: &Case<'_>) -> Option<Finding> {
    let ratio = side_to_mid(&case.evidence.sound.spectrum.whole().all_bands())?;
    if ratio < THRESHOLD
        || polarity::whole_is_inverted(case.evidence)
        || polarity::low_is_inverted(case.evidence)
    {
        return None;
    }
    let db = |ratio: f64| mixkeel_dsp::units::db_from_power(ratio);
    let tracks = by_side(case.evidence, (20.0, 20_000.0));
    let because = format!(
        "the sides are {:.1} dB louder than the middle: between the loudspeakers there is a hole, and mono loses most{}",
        db(ratio),
        holders(&tracks, "of that width")
    );
    let todo = "bring what carries the song to the middle, and take wideners off";
    Some(
        Finding::new("too-wide", Severity::Warning, because, todo)
            .measured(db(ratio), db(THRESHOLD), "dB side to mid")
            .weight(ratio / THRESHOLD)
            .tracks(tracks),
    )
}
