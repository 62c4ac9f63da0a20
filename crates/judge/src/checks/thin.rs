//! Too little between 50 and 160 Hz.

use crate::check::{Case, Check, WHOLE};
use crate::finding::{Finding, Severity};
use crate::tonal::balance_db;

/// The check.
pub const CHECK: Check = Check { id: "thin", file: file!(), holds_for: WHOLE, look };

/// What is looked at: the octave and a half on which bass and kick stand.
const BAND_HZ: (f64, f64) = (48.0, 170.0);

/// By how much less it is than in records, re 200 Hz to 2 kHz. Ours: the tolerance of records there is up to 6 dB; twice
/// that and nothing carries the song, except where nobody plays anything low.
const THRESHOLD_DB: f64 = 12.0;

fn look(case: &Case<'_>) -> Option<Finding> {
    let below_db = -balance_db(&case.evidence.sound.spectrum.whole(), BAND_HZ.0, BAND_HZ.1)?;
    if below_db < THRESHOLD_DB {
        return None;
    }
    let because = format!(
        "between 50 and 160 Hz it lies {below_db:.0} dB below records of the same middle: it will sound small beside them"
    );
    let todo =
        "turn bass and kick up, and look for high-passes that stand too high; if nothing low plays, leave it";
    Some(
        Finding::new("thin", Severity::Warning, because, todo)
            .measured(-below_db, -THRESHOLD_DB, "dB")
            .weight(below_db / THRESHOLD_DB)
            .band(BAND_HZ.0, BAND_HZ.1),
    )
}
