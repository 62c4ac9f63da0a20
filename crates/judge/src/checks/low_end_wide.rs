//! Lows that differ from side to side.

use crate::causes::holders;
use crate::check::{Case, Check, WHOLE};
use crate::checks::polarity;
use crate::finding::{Finding, Severity};
use crate::sides::{LOW_HZ, between, by_side, part, side_to_mid};

/// The check.
pub const CHECK: Check = Check { id: "low-end-wide", file: file!(), holds_for: WHOLE, look };

/// Side over mid of the lows, as a factor of power: half as much side as middle, a correlation of 0.33. Ours: a wide bass
/// is no fault by itself; from here on mono takes 2 dB of it, and a record cannot be cut.
const THRESHOLD: f64 = 0.5;

/// Lows that hold less of the sound than this are not worth telling: −15 dB.
const LEAST_PART: f64 = 0.03;

fn look(case: &Case<'_>) -> Option<Finding> {
    let whole = case.evidence.sound.spectrum.whole();
    let low = between(&whole, LOW_HZ);
    let ratio = side_to_mid(&low)?;
    let inverted = polarity::low_is_inverted(case.evidence) || polarity::whole_is_inverted(case.evidence);
    if ratio < THRESHOLD || part(&low, &whole) < LEAST_PART || inverted {
        return None;
    }
    let db = |ratio: f64| mixkeel_dsp::units::db_from_power(ratio);
    let tracks = by_side(case.evidence, LOW_HZ);
    let because = format!(
        "below 130 Hz the sides lie only {:.1} dB under the middle: players with one bass speaker lose {:.1} dB of it{}",
        -db(ratio),
        low.mono_loss_db().unwrap_or(0.0),
        holders(&tracks, "of that width")
    );
    let todo = match tracks.first() {
        Some(first) => format!("make {} mono below 120 Hz, unless its width is the point", first.name),
        None => "make bass and kick mono below 120 Hz, unless their width is the point".to_owned(),
    };
    // Dogma for some, a record's limit for others: worth telling, and no more.
    let severity = if ratio >= 1.0 { Severity::Warning } else { Severity::Note };
    Some(
        Finding::new("low-end-wide", severity, because, todo)
            .measured(db(ratio), db(THRESHOLD), "dB side to mid")
            .weight(ratio / THRESHOLD)
            .band(LOW_HZ.0, LOW_HZ.1)
            .tracks(tracks),
    )
}
